# needs: build cmocka
# Linux, gcc, ThreadSanitizer: the tests with threads. ThreadSanitizer cannot find anything in the
# others, which the other suites run. ci/full.sh runs all tests.
# shellcheck shell=bash

mapfile -t tests < <(threaded_test_names)
[ -z "${XSOCK_FULL:-}" ] || mapfile -t tests < <(test_names "fake real inner")
TARGETS=("${tests[@]/#/test_}")
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_FLAGS=-fsanitize=thread
export TSAN_OPTIONS=halt_on_error=1
run_names "$OUT" "${tests[@]}" -- "${STEADY[@]}"
mapfile -t again < <(test_names signal | grep -xFf <(printf '%s\n' "${tests[@]}"))
# ThreadSanitizer holds back a signal that comes while a thread is in the system, so that each wake
# takes long. These programs run with the usual number of rounds in ci/full.sh, too.
XSOCK_TEST_WAKE_SIGNAL=1 run_names "$OUT" "${again[@]}" -- env -u XSOCK_FULL "${STEADY[@]}"
