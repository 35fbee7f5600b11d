# needs: build cmocka meson package mingw wine sources
# Meson, with both libraries natively, and with the DLL for Windows. On Windows ci/test.sh runs one
# test program of each kind, because the suites of CMake run all of them. ci/full.sh runs all of
# them by Meson, too.
# shellcheck shell=bash

# meson_suite FOLDER TESTS OPTION... builds and tests. TESTS are the names of the tests to run. If
# TESTS is empty, all tests run.
meson_suite() {
    local folder=$1 what tests
    what=$(basename "$folder")
    read -ra tests <<<"$2"
    shift 2
    rm -rf "$folder"
    must "$what: configures" meson setup --werror "$@" "$folder" "$TOP"
    must "$what: builds without a warning" without_warnings ninja -C "$folder"
    check "$what: meson test" meson test -C "$folder" --no-rebuild --num-processes "$JOBS" \
        --print-errorlogs "${tests[@]}"
}

mkdir -p "$OUT"
meson_suite "$OUT/native" "" -Ddefault_library=both -Dtests=enabled -Dexamples=enabled -Dbench=enabled

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
tests="bitmap life threads windows_start"
[ -z "${XSOCK_FULL:-}" ] || tests=""
meson_suite "$OUT/windows" "$tests" -Ddefault_library=shared -Dtests=enabled -Dexamples=enabled -Dbench=enabled \
    --cross-file "$TOP/cmake/mingw-w64-x86_64.meson" -Dpkg_config_path="$DEPS/mingw/lib/pkgconfig"
