# needs: build cmocka musl sources
# Linux with musl by Debian's musl-gcc, which has no kernel headers. Builds the library and the
# program, and runs all tests. The build is not optimised, because the other suites test optimised
# builds, and this suite should be fast.
# shellcheck shell=bash

once cmocka-musl quietly build_cmocka musl musl.cmake
mapfile -t cmocka < <(cmocka_options musl)
cmake_build "$OUT" "-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/musl.cmake" "${cmocka[@]}" \
    -DCMAKE_BUILD_TYPE=None

needs_musl_only() { # musl is the only C library that is loaded
    readelf -d "$OUT/bin/xsock" | grep NEEDED
    ! readelf -d "$OUT/bin/xsock" | grep 'libc\.so\.6' >/dev/null
}
check "the program loads musl, and not glibc" needs_musl_only
run_tests "$OUT"
run_script program bash "$TOP/tests/tool/run.sh" "$OUT/bin/xsock"
