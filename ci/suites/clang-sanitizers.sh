# needs: build cmocka clang
# Linux, clang, AddressSanitizer (with leaks) and UndefinedBehaviorSanitizer.
# shellcheck shell=bash

flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang -DCMAKE_C_FLAGS="$flags"
run_tests "$OUT" "${STEADY[@]}"
run_script program bash "$TOP/tests/tool/run.sh" "${STEADY[@]}" "$OUT/bin/xsock"
