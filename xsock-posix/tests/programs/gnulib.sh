#!/usr/bin/env bash
# Runs gnulib's tests of sockets and descriptors over xsock-posix, unmodified, with a config.h of
# ours. How the script is called stands in lib.sh.
# shellcheck source=xsock-posix/tests/programs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

G=$SOURCES/gnulib/source
TESTS=(accept accept4 arpa_inet bind close connect dup dup2 dup3 getaddrinfo getpeername
    getsockname getsockopt inet_ntop inet_pton ioctl listen net_if netdb netinet_in pipe pipe2
    poll poll-h recv recvfrom select send sendto setsockopt shutdown sockets sys_ioctl sys_select
    sys_socket)

# The tests that cannot pass on Windows, and why.
declare -A NOT_ON_WINDOWS=(
    [dup2]="the test opens folders by openat(), which Windows lacks"
    [pipe2]="the test takes it for granted that Windows has no O_NONBLOCK for pipes"
    [sys_select]="tv_sec of the runtime's struct timeval is a long of 32 bits"
)

# gnulib's headers that the tests need, and no others: the rest would replace the system's.
mkdir -p "$OUT/gnulib"
cp "$G"/lib/{sockets,binary-io}.h "$G"/tests/{macros,signature,test-select}.h "$OUT/gnulib"

for name in "${TESTS[@]}"; do
    if [ "$KIND" = wine ] && [ -n "${NOT_ON_WINDOWS[$name]:-}" ]; then
        echo "ok - gnulib's test-$name # SKIP ${NOT_ON_WINDOWS[$name]}"
        continue
    fi
    one() {
        build gnulib-test -D_GNU_SOURCE -I"$HERE/stubs/gnulib" -I"$OUT/gnulib" \
            "$G/tests/test-$name.c" "$HERE/stubs/gnulib/sockets.c" && run gnulib-test
    }
    check "gnulib's test-$name" one
done
exit $FAILED
