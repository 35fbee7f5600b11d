# needs: build cmocka clang
# Linux, clang, the shared library.
# shellcheck shell=bash

cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang -DBUILD_SHARED_LIBS=ON
run_tests "$OUT"
