# needs: build cmocka
# Linux, gcc, the shared library, without optimisation; and the size of a release.
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

# A release, stripped: how large the library may be on x86-64, without WASIX and what a distribution adds to gcc's
# options. It grows by pages of 4 KiB, so a small change may take one whole or nothing.
SIZE_MOST=98304
if [ "$(uname -m)" = x86_64 ]; then
    must "a release configures" cmake -S "$TOP" -B "$OUT/release" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS=ON -DXSOCK_WASIX=OFF -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_BUILD_TESTS=OFF -DXSOCK_WERROR=ON \
        -DCMAKE_C_FLAGS="-fcf-protection=none -fno-stack-protector -U_FORTIFY_SOURCE"
    must "a release builds without a warning" without_warnings cmake --build "$OUT/release"
    strip -o "$OUT/stripped.so" "$OUT/release/libxsock.so"
    size=$(stat -c %s "$OUT/stripped.so")
    small_enough() {
        size -A "$OUT/stripped.so" # shown where it is not: what has grown?
        [ "$size" -le "$SIZE_MOST" ]
    }
    check "the stripped library has $size bytes, at most $SIZE_MOST" small_enough
fi
