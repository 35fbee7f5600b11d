# needs: build cmocka meson package mingw wine sources
# Meson, with both libraries natively, and with the DLL for Windows. ci/test.sh builds natively the
# libraries, the program, an example, a benchmark and a test of each kind, and runs these tests,
# because the suites of CMake build and run all of them. For Windows it configures only. ci/full.sh
# builds and runs all of them by Meson on both systems. The builds are not optimised. The suite
# pages makes the default build.
# shellcheck shell=bash

# meson_suite FOLDER TESTS OPTION... builds and tests. TESTS are the names of the tests to run. If
# TESTS is empty, all tests run.
meson_suite() {
    local folder=$1 what tests
    what=$(basename "$folder")
    read -ra tests <<<"$2"
    shift 2
    rm -rf "$folder"
    must "$what: configures" meson setup --werror --buildtype=plain "$@" "$folder" "$TOP"
    must "$what: builds without a warning" without_warnings ninja -j "$JOBS" -C "$folder" \
        "${TARGETS[@]}"
    check "$what: meson test" meson test -C "$folder" --no-rebuild --num-processes "$JOBS" \
        --print-errorlogs "${tests[@]}"
}

mkdir -p "$OUT"
rm -rf "$OUT/windows"
tests="bitmap life threads wasix_poll options"
TARGETS=("libxsock.so.$(version)" libxsock.a tools/xsock/xsock examples/echo_server)
TARGETS+=(bench/bench_calls)
for name in $tests; do TARGETS+=("tests/test_$name"); done
if [ -n "${XSOCK_FULL:-}" ]; then tests="" TARGETS=(); fi
meson_suite "$OUT/native" "$tests" -Ddefault_library=both -Dtests=enabled -Dexamples=enabled \
    -Dbench=enabled

cross=(--cross-file "$TOP/cmake/mingw-w64-x86_64.meson")
if [ -n "${XSOCK_FULL:-}" ]; then
    once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
    once wine quietly make_wine_prefix
    keep_wine
    meson_suite "$OUT/windows" "" -Ddefault_library=shared -Dtests=enabled -Dexamples=enabled \
        -Dbench=enabled "${cross[@]}" -Dpkg_config_path="$DEPS/mingw/lib/pkgconfig"
else
    check "windows: configures" meson setup --werror -Dpages=disabled "${cross[@]}" \
        "$OUT/windows" "$TOP"
fi
