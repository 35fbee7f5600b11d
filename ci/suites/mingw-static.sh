# needs: build cmocka mingw wine sources python
# Windows by mingw-w64, under Wine, with the static library. The catalog of the program must agree
# with the catalog on this system.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
mapfile -t cmocka < <(cmocka_options mingw)
cmake_build "$OUT" -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake" "${cmocka[@]}"
run_tests "$OUT" wine
run_script program bash "$TOP/tests/tool/run.sh" wine "$OUT/bin/xsock.exe"

catalogs_agree() {
    cmake -S "$TOP" -B "$OUT/native" -G Ninja
    cmake --build "$OUT/native"
    "$OUT/native/bin/xsock" catalog --json >"$OUT/native.json"
    wine "$OUT/bin/xsock.exe" catalog --json >"$OUT/wine.json"
    python3 "$TOP/ci/agree.py" "$OUT/native.json" "$OUT/wine.json"
}
check "the catalog agrees with this system's own" catalogs_agree
