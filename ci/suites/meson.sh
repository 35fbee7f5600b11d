# needs: build cmocka meson package mingw wine sources
# Meson, with both libraries natively, and with the DLL for Windows. ci/test.sh builds the libraries,
# the program, an example, a benchmark and some tests, natively of each kind, and runs these tests,
# because the suites of CMake build and run all of them. ci/full.sh builds and runs all of them by
# Meson, too. The builds are not optimised. The suite pages makes the default build.
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

# some_targets SUFFIX LIBRARY... sets TARGETS to what ci/test.sh builds; the variable tests names the
# tests. In ci/full.sh both become empty, which means everything.
some_targets() {
    local suffix=$1 name
    TARGETS=("${@:2}" "tools/xsock/xsock$suffix" "examples/echo_server$suffix"
        "bench/bench_calls$suffix")
    for name in $tests; do TARGETS+=("tests/test_$name$suffix"); done
    if [ -n "${XSOCK_FULL:-}" ]; then tests="" TARGETS=(); fi
}

mkdir -p "$OUT"
tests="bitmap life threads wasix_poll options"
some_targets "" "libxsock.so.$(version)" libxsock.a
meson_suite "$OUT/native" "$tests" -Ddefault_library=both -Dtests=enabled -Dexamples=enabled \
    -Dbench=enabled

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
tests="life wasix_poll"
some_targets .exe libxsock-0.dll
meson_suite "$OUT/windows" "$tests" -Ddefault_library=shared -Dtests=enabled -Dexamples=enabled \
    -Dbench=enabled \
    --cross-file "$TOP/cmake/mingw-w64-x86_64.meson" -Dpkg_config_path="$DEPS/mingw/lib/pkgconfig"
