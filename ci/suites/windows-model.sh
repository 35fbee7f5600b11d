# needs: build cmocka mingw wine sources
# Tests under Wine the behaviour of real Windows that Wine does not have. Every test program that
# calls the system runs with the whole model in front of Wine. tests/support/fake_win32_whole.c
# lists the behaviour that the model leaves out then, and the reasons.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
mapfile -t cmocka < <(cmocka_options mingw)
cmake_build "$OUT" -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake" "${cmocka[@]}"
export XSOCK_TEST_WINDOWS=1
while read -r name; do
    run_program "$name" wine "$OUT/bin/test_$name.exe"
done < <(test_names real inner)

plays() { # PROGRAM WHAT
    XSOCK_TEST_WINDOWS=tell wine "$OUT/bin/test_$1.exe" >"$OUT/$1.txt"
    grep -E "^the model has played .*[1-9][0-9]* $2" "$OUT/$1.txt"
}
check "the model plays reports" plays batch reports
# The library makes no poll that the model would lose.
check "the model judges polls" plays poller_threads "polls, lost 0 polls"
check "the model plays transfers that are too large" plays close_wakes "transfers"
