# needs: build cmocka sources mingw wine peers meson package zig
# needs in ci/full.sh: cxx
# Tests xsock-posix. Its tests run natively, with the library and without, and under Wine, in
# ci/full.sh with both C runtimes of Windows. Programs of other projects do their work with a native
# peer. In ci/full.sh the test suites of other projects run, too, without the library and with. The
# suite msvc has the tests in MSVC mode, and the suite freebsd links them for FreeBSD, in ci/test.sh
# one of them.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine

PROGRAMS=(c-ares curl gnulib hiredis microsocks musl netcat socat tinyproxy ucspi-tcp)
COMMON=(-DCMAKE_BUILD_TYPE=Debug) # nothing here measures
COMMON+=(-DXSOCK_BUILD_PAGES=OFF -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON)
COMMON+=(-DXSOCK_BUILD_TOOLS=OFF -DCMAKE_INSTALL_LIBDIR=lib)
consumer=$TOP/xsock-posix/tests/consumer
programs=(hiredis microsocks)
[ -z "${XSOCK_FULL:-}" ] || programs+=(tinyproxy libcurl) # ci/full.sh runs them, too
native_only=() # c-ares takes Winsock if the compiler is for Windows, and the others fork
[ -z "${XSOCK_FULL:-}" ] || native_only+=(c_ares ucspi_tcp socat netcat)
suites=() # they take about eight minutes
[ -z "${XSOCK_FULL:-}" ] || suites+=(libevent libuv nng memcached)
[ -z "${XSOCK_FULL:-}" ] || PROGRAMS+=(libevent libuv1 nng memcached) # their source packages
# shellcheck disable=SC2034 # run_script and run_program use it
LIMIT=3600 # a script builds programs, and the machine may have much else to do
posix_tests() { grep -v '^#' "$TOP/xsock-posix/tests/tests.txt"; }
plain_tests() { posix_tests | grep -v '^inner_'; }

fetch_programs() {
    local name
    for name in "${PROGRAMS[@]}"; do
        once "source-$name" fetch_source "$name" "$DEPS/programs/$name"
    done
}
must "the sources of programs are there" fetch_programs

# by_pkg_config WHICH COMPILER [WRAPPER] builds a program by the flags of the installed package.
by_pkg_config() {
    local words which=$1 compiler=$2
    shift 2
    read -ra words < <(PKG_CONFIG_LIBDIR=$OUT/$which/installed/lib/pkgconfig \
        pkg-config --cflags --libs xsock-posix)
    "$compiler" "$consumer/main.c" -o "$OUT/$which/by-pkg-config.exe" "${words[@]}"
    prints works "$@" "$OUT/$which/by-pkg-config.exe"
}

# by_cmake WHICH PROGRAM OPTION... [-- WRAPPER] does the same by the installed CMake package.
by_cmake() {
    local which=$1 program=$2 options=()
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    rm -rf "$OUT/$which/by-cmake"
    cmake -S "$consumer" -B "$OUT/$which/by-cmake" -G Ninja \
        -Dxsock_DIR="$OUT/$which/installed/lib/cmake/xsock" "${options[@]}"
    cmake --build "$OUT/$which/by-cmake"
    prints works "$@" "$OUT/$which/by-cmake/$program"
}

by_meson() { # WHICH
    rm -rf "$OUT/$1/by-meson"
    PKG_CONFIG_LIBDIR=$OUT/$1/installed/lib/pkgconfig meson setup "$OUT/$1/by-meson" "$consumer"
    ninja -C "$OUT/$1/by-meson"
    prints works "$OUT/$1/by-meson/consumer"
}

# Natively, without the library: the system itself must do what the tests expect.
must "configures for emulation" cmake -S "$TOP" -B "$OUT/native" -G Ninja "${COMMON[@]}" \
    -DXSOCK_POSIX_EMULATE=ON -DCMAKE_INSTALL_PREFIX="$OUT/native/installed"
targets=(xsock-posix)
while read -r name; do targets+=("posix_$name"); done < <(posix_tests)
while read -r name; do targets+=("plain_$name"); done < <(plain_tests)
must "builds for emulation without a warning" without_warnings cmake --build "$OUT/native" \
    --target "${targets[@]}"
while read -r name; do
    run_program "plain-$name" "$OUT/native/bin/plain_$name"
done < <(plain_tests)
while read -r name; do
    run_program "posix-$name" "$OUT/native/bin/posix_$name"
    XSOCK_POSIX_WAKE_SIGNAL=64 run_program "posix-$name-signal" "$OUT/native/bin/posix_$name"
done < <(posix_tests)
for name in "${programs[@]}" "${native_only[@]}"; do
    run_script "program-$name" bash "$TOP/xsock-posix/tests/programs/run.sh" native "$OUT/native" \
        "$DEPS/programs" "$OUT/run" "$name"
done
run_script gnulib bash "$TOP/xsock-posix/tests/programs/gnulib.sh" native "$OUT/native" \
    "$DEPS/programs" "$OUT/run"
for name in "${suites[@]}"; do
    run_script "suite-$name" bash "$TOP/xsock-posix/tests/programs/suites.sh" native \
        "$OUT/native" "$DEPS/programs" "$OUT/run" "$name"
done

# Every global name in the archive has xsock's prefix, so that no name of a program is taken.
own_names() {
    nm --defined-only --extern-only "$1" |
        awk 'NF == 3 && $3 !~ /^xsock_posix_/ { print; bad = 1 } END { exit bad }'
}
check "the archive defines no name but xsock_posix_ ones" own_names \
    "$OUT/native/xsock-posix/libxsock-posix.a"
quietly cmake --install "$OUT/native"
check "the package serves a program by pkg-config" by_pkg_config native gcc
check "the package serves a program by CMake" by_cmake native consumer
check "the package serves a program by Meson" by_meson native
# grep reads to the end: with -q it may end before nm does, and nm would fail.
uses_xsock() { nm "$1" | grep xsock_posix_socketpair >/dev/null; }
check "the program uses the library" uses_xsock "$OUT/native/by-cmake/consumer"

# Without emulation the package is empty.
quietly common_build native
quietly cmake --install "$BUILD/common/native" --prefix "$OUT/plain/installed"
check "the empty package serves a program by pkg-config" by_pkg_config plain gcc
check "the empty package serves a program by CMake" by_cmake plain consumer
is_empty() {
    ! uses_xsock "$OUT/plain/by-cmake/consumer" &&
        [ ! -e "$OUT/plain/installed/include/xsock-posix" ]
}
check "the empty package changes nothing" is_empty

# Windows, with the older C runtime, and in ci/full.sh with the universal one.
posix_tests_of_windows() { posix_tests | grep -v '^kernel_'; }

# on_windows NAME TOOLCHAIN CMOCKA [OPTION...]: builds the tests in a folder, and runs them.
on_windows() {
    local name=$1 toolchain=$2 cmocka targets
    mapfile -t cmocka < <(cmocka_options "$3")
    mapfile -t targets < <(posix_tests_of_windows)
    shift 3
    must "configures for Windows, $name" cmake -S "$TOP" -B "$OUT/$name" -G Ninja "${COMMON[@]}" \
        -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/$toolchain" "${cmocka[@]}" "$@"
    must "builds for Windows without a warning, $name" without_warnings cmake --build "$OUT/$name" \
        --target xsock-posix "${targets[@]/#/posix_}"
    while read -r test; do
        run_program "wine-$name-$test" wine "$OUT/$name/bin/posix_$test.exe"
    done < <(posix_tests_of_windows)
}
on_windows win mingw-w64-x86_64.cmake mingw "$QUICK_WINDOWS" \
    -DCMAKE_INSTALL_PREFIX="$OUT/win/installed"
if [ -n "${XSOCK_FULL:-}" ]; then
    once cmocka-mingw-ucrt quietly build_cmocka mingw-ucrt mingw-w64-ucrt.cmake
    on_windows ucrt mingw-w64-ucrt.cmake mingw-ucrt
fi
for name in "${programs[@]}"; do
    run_script "wine-$name" bash "$TOP/xsock-posix/tests/programs/run.sh" wine "$OUT/win" \
        "$DEPS/programs" "$OUT/run-wine" "$name"
done
run_script wine-gnulib bash "$TOP/xsock-posix/tests/programs/gnulib.sh" wine "$OUT/win" \
    "$DEPS/programs" "$OUT/run-wine"
quietly cmake --install "$OUT/win"
check "the package serves a program for Windows by pkg-config" by_pkg_config win \
    x86_64-w64-mingw32-gcc wine
check "the package serves a program for Windows by CMake" by_cmake win consumer.exe \
    -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake" -- wine

# macOS, by Zig: the whole library is linked to a program.
link_for_macos() {
    cmake -S "$TOP" -B "$OUT/macos" -G Ninja -DXSOCK_BUILD_PAGES=OFF -DXSOCK_WERROR=ON \
        -DXSOCK_BUILD_TOOLS=OFF \
        -DXSOCK_POSIX_EMULATE=ON -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/zig.cmake" \
        -DXSOCK_ZIG_TARGET=aarch64-macos
    cmake --build "$OUT/macos" --target xsock-posix
    find "$OUT/macos/xsock-posix" -name '*.o' -exec "$OUT/macos/zig/cc" -Wall -Wextra -Werror \
        -I"$TOP/xsock-posix/include" -o "$OUT/macos/consumer" "$consumer/main.c" \
        "$OUT/macos/libxsock.a" {} +
}
if [ -n "${XSOCK_FULL:-}" ]; then
    once zig quietly install_zig
    check "compiles and links for macOS without a warning" link_for_macos
fi
