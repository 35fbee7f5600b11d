# needs: build cmocka zig sources
# FreeBSD by Zig. Both libraries, the program, xsock-posix under a program, and tests are compiled
# and linked. They cannot run on this machine. ci/test.sh takes a few tests, and ci/full.sh all.
# ci/full.sh optimises the shared library.
# shellcheck shell=bash

target=x86_64-freebsd.14.0
once zig quietly install_zig
# Without optimisation, Zig would add checks of its own, and compile a library for them.
zig=(-DXSOCK_ZIG_TARGET=$target -DCMAKE_C_FLAGS=-fno-sanitize=undefined)
once cmocka-freebsd quietly build_cmocka freebsd zig.cmake "${zig[@]}"
mapfile -t cmocka < <(cmocka_options freebsd)
toolchain=("-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/zig.cmake" "${zig[@]}")
type=Release shared=() static=()
if [ -z "${XSOCK_FULL:-}" ]; then
    type=None
    shared=(xsock xsock-program test_life test_poller test_wasix)
    static=("${shared[@]}" xsock-posix posix_sockets)
fi
TARGETS=("${static[@]}")
cmake_build "$OUT/static" "${toolchain[@]}" "${cmocka[@]}" -DXSOCK_POSIX_EMULATE=ON \
    -DCMAKE_BUILD_TYPE=None
TARGETS=("${shared[@]}")
cmake_build "$OUT/shared" "${toolchain[@]}" "${cmocka[@]}" -DBUILD_SHARED_LIBS=ON \
    -DCMAKE_BUILD_TYPE=$type

are_freebsd() { # FreeBSD runs only programs with this mark
    local program
    for program in "$OUT"/static/bin/* "$OUT"/shared/bin/*; do
        readelf -n "$program" | grep '^ *FreeBSD .*NT_VERSION' ||
            { echo "$program is not FreeBSD's"; return 1; }
    done
}
check "the program and the tests are FreeBSD's" are_freebsd
