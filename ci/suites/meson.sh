# needs: build cmocka meson package mingw wine sources
# Meson, with both libraries natively, and with the DLL for Windows. Natively everything is built.
# For Windows, ci/test.sh builds a test program of each kind and everything but the other tests. It
# runs a test program of each kind, because the suites of CMake run all of them. ci/full.sh builds
# and runs all of them by Meson, too. The builds are not optimised. The suite pages makes the
# default build.
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
tests="bitmap life threads wasix_poll options"
[ -z "${XSOCK_FULL:-}" ] || tests=""
meson_suite "$OUT/native" "$tests" -Ddefault_library=both -Dtests=enabled -Dexamples=enabled \
    -Dbench=enabled

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
tests="bitmap life threads windows_start"
for name in $tests; do TARGETS+=("tests/test_$name.exe"); done
for name in $(grep -v '^#' "$TOP/examples/examples.txt"); do TARGETS+=("examples/$name.exe"); done
TARGETS+=(libxsock-0.dll tools/xsock/xsock.exe bench/bench_calls.exe)
TARGETS+=(bench/bench_lookup.exe bench/bench_million.exe)
if [ -n "${XSOCK_FULL:-}" ]; then tests="" TARGETS=(); fi
meson_suite "$OUT/windows" "$tests" -Ddefault_library=shared -Dtests=enabled -Dexamples=enabled \
    -Dbench=enabled \
    --cross-file "$TOP/cmake/mingw-w64-x86_64.meson" -Dpkg_config_path="$DEPS/mingw/lib/pkgconfig"
