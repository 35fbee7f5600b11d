# needs: build cmocka clang
# Linux, clang, the shared library, optimised. ci/test.sh runs some tests for each part of the
# library, because the suite clang-sanitizers compiles and runs all of them. ci/full.sh runs all of
# them here, too.
# shellcheck shell=bash

mapfile -t tests < <(some_test_names)
[ -z "${XSOCK_FULL:-}" ] || mapfile -t tests < <(test_names "fake real inner")
TARGETS=(xsock xsock-program "${tests[@]/#/test_}")
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang -DBUILD_SHARED_LIBS=ON
run_names "$OUT" "${tests[@]}"
