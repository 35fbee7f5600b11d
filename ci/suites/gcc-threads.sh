# needs: build cmocka
# Linux, gcc, ThreadSanitizer: the tests with threads.
# shellcheck shell=bash

cmake_build "$OUT" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_FLAGS=-fsanitize=thread
export TSAN_OPTIONS=halt_on_error=1
run_tests "$OUT" "${STEADY[@]}"
