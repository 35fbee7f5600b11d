# needs: build cmocka mingw wine sources
# Windows by mingw-w64, under Wine, the static library; and that its catalog agrees with this system's.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
mapfile -t cmocka < <(cmocka_options mingw)
cmake_build "$OUT" -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake" "${cmocka[@]}"
run_tests "$OUT" wine
check "the program tells its version" prints "xsock $(version)" wine "$OUT/bin/xsock.exe" --version
