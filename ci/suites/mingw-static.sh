# needs: build cmocka mingw wine sources python
# Windows by mingw-w64, under Wine, with the static library. The catalog of the program must agree
# with the catalog on this system. The build is not optimised, because the suite mingw-shared tests
# an optimised one. In ci/full.sh this build is as users' builds are.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
mapfile -t cmocka < <(cmocka_options mingw)
options=(-DCMAKE_BUILD_TYPE=None "$QUICK_WINDOWS")
[ -z "${XSOCK_FULL:-}" ] || options=(-DCMAKE_BUILD_TYPE=Release)
mapfile -t tests < <(test_names "fake real inner windows")
TARGETS=(xsock xsock-program "${tests[@]/#/test_}") # the suite posix builds the other tests
cmake_build "$OUT" -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake" "${cmocka[@]}" \
    "${options[@]}"
run_tests "$OUT" wine
run_script program bash "$TOP/tests/tool/run.sh" wine "$OUT/bin/xsock.exe"

catalogs_agree() {
    common_build native
    "$BUILD/common/native/bin/xsock" catalog --json >"$OUT/native.json"
    wine "$OUT/bin/xsock.exe" catalog --json >"$OUT/wine.json"
    python3 "$TOP/ci/agree.py" "$OUT/native.json" "$OUT/wine.json"
}
check "the catalog agrees with this system's own" catalogs_agree
