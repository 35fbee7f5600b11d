# needs: build cmocka zig sources
# FreeBSD by Zig: library (both), program and tests are compiled and linked whole. They can't be run here.
# shellcheck shell=bash

once zig quietly install_zig
once cmocka-freebsd quietly build_cmocka freebsd freebsd-x86_64.cmake
mapfile -t cmocka < <(cmocka_options freebsd)
toolchain=-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/freebsd-x86_64.cmake
cmake_build "$OUT/static" "$toolchain" "${cmocka[@]}"
cmake_build "$OUT/shared" "$toolchain" "${cmocka[@]}" -DBUILD_SHARED_LIBS=ON

is_freebsd() { # in the ELF header, OSABI 9 is FreeBSD
    local program
    for program in "$OUT"/static/bin/*; do
        [ "$(od -An -tu1 -j7 -N1 "$program" | tr -d ' ')" = 9 ] || { echo "$program is not FreeBSD's"; return 1; }
    done
}
check "the programs are FreeBSD's" is_freebsd
