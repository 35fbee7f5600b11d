# needs: build cmocka
# Linux, gcc, the shared library, without optimisation.
# shellcheck shell=bash

cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Debug -DBUILD_SHARED_LIBS=ON
run_tests "$OUT"

exports() { # functions only: data would tie programs to its size
    nm -D --defined-only "$OUT/libxsock.so" | awk '$2 == "T" { print $3; next } { print $2, $3 }' >"$OUT/exported.txt"
    exports_match "$OUT/exported.txt"
}
check "the library exports the public calls and nothing else" exports
stays_loaded() { readelf -d "$OUT/libxsock.so" | grep NODELETE; }
check "the library stays loaded once it is" stays_loaded
