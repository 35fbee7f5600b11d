# needs: build cmocka package mingw wine sources
# Windows by mingw-w64, under Wine, with the DLL, optimised. The DLL is installed, and a program of
# another project uses it. Only the tests of public calls use the DLL. ci/test.sh runs some for each
# part of the library, because the suite mingw-static runs all tests. ci/full.sh runs all tests of
# public calls. A test of xsock-posix finds the calls without a header beside the DLL.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
mapfile -t cmocka < <(cmocka_options mingw)
toolchain=-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/mingw-w64-x86_64.cmake
mapfile -t tests < <(some_test_names)
[ -z "${XSOCK_FULL:-}" ] || mapfile -t tests < <(test_names real)
TARGETS=(xsock xsock-program posix_linux_symbols "${tests[@]/#/test_}")
cmake_build "$OUT" "$toolchain" "${cmocka[@]}" -DBUILD_SHARED_LIBS=ON -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX="$OUT/installed"
run_names "$OUT" "${tests[@]}" -- wine
run_program posix-linux_symbols wine "$OUT/bin/posix_linux_symbols.exe"

dll=$OUT/bin/libxsock-0.dll
exports() {
    x86_64-w64-mingw32-objdump -p "$dll" |
        awk '/^\[Ordinal\/Name Pointer\] Table/ { on = 1; next } NF == 0 { on = 0 }
             on { print $NF }' >"$OUT/exported.txt"
    exports_match "$OUT/exported.txt"
}
check "the DLL exports the public calls and nothing else" exports

# The DLL is searched without its zero bytes, because the UTF-16 strings of its resource then read
# as ASCII.
tells_its_version() {
    local version
    version=$(version)
    tr -d '\0' <"$dll" >"$OUT/dll.txt"
    grep -aq "FileVersion$version" "$OUT/dll.txt"
    grep -aq "ProductVersion$version" "$OUT/dll.txt"
    grep -aq "OriginalFilename${dll##*/}" "$OUT/dll.txt"
    x86_64-w64-mingw32-windres -J coff -O rc "$dll" >"$OUT/version.rc"
    cat "$OUT/version.rc"
    grep -qE "FILEVERSION +${version//./, ?}, ?0" "$OUT/version.rc"
}
check "the DLL's version resource has the version" tells_its_version

system_imports() {
    x86_64-w64-mingw32-objdump -p "$dll" |
        awk '/DLL Name:/ { print tolower($3) }' >"$OUT/imports.txt"
    local known='kernel32|ws2_32|iphlpapi|msvcrt|ucrtbase|api-ms-win-crt-.*'
    [ -s "$OUT/imports.txt" ] && ! grep -vE "^($known)\.dll\$" "$OUT/imports.txt"
}
check "the DLL imports the system's DLLs only" system_imports

consumer() {
    cmake --install "$OUT"
    cmake -S "$TOP/tests/consumer" -B "$OUT/consumer" -G Ninja "$toolchain" \
        -DCMAKE_FIND_ROOT_PATH="$OUT/installed"
    cmake --build "$OUT/consumer"
    cp "$OUT/installed/bin/libxsock-0.dll" "$OUT/consumer/"
    prints 3 wine "$OUT/consumer/consumer.exe"
}
check "a program finds the installed DLL's package, and prints its descriptor" consumer
names_winsock() {
    PKG_CONFIG_LIBDIR=$OUT/installed/lib/pkgconfig pkg-config --libs xsock-posix |
        grep -e -lws2_32
}
check "pkg-config names Winsock for xsock-posix beside the DLL" names_winsock
