# needs: build cmocka
# Linux, gcc, the shared library, without optimisation. Also the size of the library.
# shellcheck shell=bash

cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Debug -DBUILD_SHARED_LIBS=ON
run_tests "$OUT"

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

# The size of the stripped library on x86-64, without the options that a distribution adds to gcc.
# Segments are aligned to 4 KiB, so a small change of the code changes the size by this much or not
# at all. MinSizeRel has a limit. ci/full.sh prints the size of a Release
# build, too.
measure() { # BUILD_TYPE WASIX; sets size
    local out=$OUT/$1-$2
    must "$1 with WASIX $2 configures" cmake -S "$TOP" -B "$out" -G Ninja -DCMAKE_BUILD_TYPE="$1" \
        -DBUILD_SHARED_LIBS=ON -DXSOCK_WASIX="$2" -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_WERROR=ON \
        -DCMAKE_C_FLAGS="-fcf-protection=none -fno-stack-protector -U_FORTIFY_SOURCE"
    must "$1 with WASIX $2 builds without a warning" without_warnings cmake --build "$out"
    strip -o "$out/stripped.so" "$out/libxsock.so"
    size=$(stat -c %s "$out/stripped.so")
    say "  $1 with WASIX $2: $size bytes, stripped"
}

at_most() { # LIMIT FILE
    size -A "$2" # if the size is too large, this shows which section has grown
    [ "$(stat -c %s "$2")" -le "$1" ]
}

if [ "$(uname -m)" = x86_64 ]; then
    if [ -n "${XSOCK_FULL:-}" ]; then
        measure Release OFF
        measure Release ON
    fi
    for limit in OFF:167936 ON:212992; do # without WASIX, and with it
        measure MinSizeRel "${limit%:*}"
        check "MinSizeRel with WASIX ${limit%:*} has $size bytes, at most ${limit#*:}" \
            at_most "${limit#*:}" "$OUT/MinSizeRel-${limit%:*}/stripped.so"
    done
fi
