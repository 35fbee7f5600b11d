# needs: build cmocka
# Linux with the poller on plain poll(), which systems without epoll and kqueue use. Runs the tests
# that use pollers, also those of xsock-posix.
# shellcheck shell=bash

tests=(poller poller_members poller_threads readiness wasix_epoll wasix_many fork connect_result
    quiet)
posix_tests=(linux_calls linux_more kernel_only kernel_threads)
must "configures" cmake -S "$TOP" -B "$OUT" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON \
    -DXSOCK_POLLER=poll -DXSOCK_POSIX_EMULATE=ON -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=None
must "builds without a warning" without_warnings cmake --build "$OUT" --target \
    "${tests[@]/#/test_}" "${posix_tests[@]/#/posix_}"

has_no_epoll() {
    nm --undefined-only "$OUT/bin/test_poller" | grep -w poll
    ! nm --undefined-only "$OUT/bin/test_poller" | grep epoll
}
check "a program calls poll(), and not epoll" has_no_epoll
for name in "${tests[@]}"; do
    run_program "$name" "$OUT/bin/test_$name"
done
for name in "${posix_tests[@]}"; do
    run_program "posix_$name" "$OUT/bin/posix_$name"
done
