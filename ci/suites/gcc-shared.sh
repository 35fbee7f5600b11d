# needs: build cmocka
# Linux, gcc, the shared library, without optimisation. ci/test.sh runs some tests for each
# part of the library, because the suites gcc-static and clang-sanitizers run all of them.
# ci/full.sh runs all of them here, too, and compares the size of the library.
# shellcheck shell=bash

mapfile -t tests < <(some_test_names)
[ -z "${XSOCK_FULL:-}" ] || mapfile -t tests < <(test_names "fake real inner")
TARGETS=(xsock xsock-program "${tests[@]/#/test_}")
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Debug -DBUILD_SHARED_LIBS=ON
run_names "$OUT" "${tests[@]}"

# The library exports functions only, because exported data would fix its size in programs. The name
# of their version stands among the symbols too.
exports() {
    nm -D --defined-only "$OUT/libxsock.so" >"$OUT/symbols.txt"
    grep -qE ' A XSOCK_0$' "$OUT/symbols.txt"
    awk '$2 == "A" && $3 == "XSOCK_0" { next }
        $2 == "T" && sub("@@XSOCK_0$", "", $3) { print $3; next }
        { print $2, $3 }' "$OUT/symbols.txt" >"$OUT/exported.txt"
    exports_match "$OUT/exported.txt"
}
check "the library exports the public calls as version XSOCK_0, and nothing else" exports
dynamic() { readelf -W -d "$OUT/libxsock.so" | grep "$1"; }
check "its SONAME has the number of the ABI" dynamic 'SONAME.*\[libxsock\.so\.0\]'
calls_itself_directly() { # no relocation names one of its own calls (-Bsymbolic-functions)
    readelf -W -r "$OUT/libxsock.so" >"$OUT/relocations.txt"
    grep -q ' getsockname@' "$OUT/relocations.txt"
    if grep ' xsock_' "$OUT/relocations.txt"; then return 1; fi
}
check "it calls its own public functions directly" calls_itself_directly
check "the library stays loaded once it is" dynamic NODELETE

[ -z "${XSOCK_FULL:-}" ] ||
    run_script size env XSOCK_SIZE_OUT="$OUT/size" bash "$TOP/bench/size.sh"
