# needs: build cmocka
# Linux with the poller on kqueue, which FreeBSD and macOS use. The tests that use pollers run with
# the kqueue of tests/support/kqueue, which is written for them. As on these systems, the library
# does not tell the system of SHUT_RD, so tests of xsock-posix and of shutdowns run, too.
# shellcheck shell=bash

tests=(bsd_kqueue poller poller_members poller_threads readiness wakes close_wakes deadline_wakes
    wasix_epoll
    wasix_many fork connect_result connected_elsewhere errors_talk)
library=$OUT/libkqueue.a
make_library() {
    mkdir -p "$OUT"
    gcc -g -Wall -Wextra -Werror "-I$TOP/tests/support/kqueue" \
        -c "$TOP/tests/support/kqueue/kqueue.c" -o "$OUT/kqueue.o"
    ar rcs "$library" "$OUT/kqueue.o"
}
must "the kqueue of the tests builds" make_library
must "configures" cmake -S "$TOP" -B "$OUT" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON \
    -DXSOCK_POLLER=kqueue -DXSOCK_POSIX_EMULATE=ON \
    -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=None \
    "-DCMAKE_C_FLAGS=-isystem $TOP/tests/support/kqueue" \
    "-DCMAKE_C_STANDARD_LIBRARIES=$library -pthread"
must "builds without a warning" without_warnings cmake --build "$OUT" --target \
    "${tests[@]/#/test_}" posix_kernel_threads

has_kqueue() { nm "$OUT/bin/test_poller" | grep -w "T kevent"; }
check "a program calls kevent()" has_kqueue
for name in "${tests[@]}"; do
    run_program "$name" "$OUT/bin/test_$name"
done
run_program posix-kernel-threads "$OUT/bin/posix_kernel_threads"
