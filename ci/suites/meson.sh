# needs: build cmocka meson package mingw wine sources
# Meson, with both libraries natively, and with the DLL for Windows. ci/test.sh builds natively the
# libraries, the program, an example, a benchmark and a test of each kind, and runs these tests,
# because the suites of CMake build and run all tests. For Windows it configures only. ci/full.sh
# builds and runs everything by Meson on both systems. The builds are not optimised. The suite
# hardened of ci/full.sh makes the default build.
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

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix # Meson runs a program when it configures
keep_wine
windows=(--cross-file "$TOP/cmake/mingw-w64-x86_64.meson" -Ddefault_library=shared
    -Dtests=enabled -Dexamples=enabled -Dbench=enabled
    -Dpkg_config_path="$DEPS/mingw/lib/pkgconfig")
if [ -n "${XSOCK_FULL:-}" ]; then
    meson_suite "$OUT/windows" "" "${windows[@]}"
else
    check "windows: configures" meson setup --werror -Dpages=disabled "${windows[@]}" \
        "$OUT/windows" "$TOP"
fi
