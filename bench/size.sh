#!/usr/bin/env bash
# Measures the shared library as users get it: built by CMake with its defaults, hardened, stripped.
#   bench/size.sh          fails if a library of the build type MinSizeRel is larger than its limit
#   bench/size.sh --tsv    prints the sizes, those of Release too, as bench/run.sh reads them, and
#                          compares nothing
# The size is that of the file. Segments are aligned to 4 KiB, so a small change of the code changes
# the size by this much or not at all. Another compiler, C library or machine gives other sizes:
# the limits hold for one, and elsewhere nothing is compared. The output is what run_script in
# ci/lib.sh reads.
set -euo pipefail
export LC_ALL=C
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${XSOCK_SIZE_OUT:-$TOP/build/bench-size}
# shellcheck source=bench/circumstances.sh
. "$TOP/bench/circumstances.sh"
CIRCUMSTANCES=x86_64-gcc-12-glibc-2.36
declare -A LIMITS=([OFF]=178480 [ON]=223608) # without WASIX, and with it

# build TYPE WASIX: a build without flags of anybody; prints the file.
build() {
    local folder=$OUT/$1-$2
    mkdir -p "$folder"
    if ! {
        env -u CFLAGS -u LDFLAGS cmake -S "$TOP" -B "$folder" -DCMAKE_BUILD_TYPE="$1" \
            -DCMAKE_C_COMPILER=gcc -DBUILD_SHARED_LIBS=ON -DXSOCK_WASIX="$2" \
            -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_WERROR=ON &&
            cmake --build "$folder" --parallel "$(nproc)" &&
            strip -o "$folder/stripped.so" "$folder/libxsock.so"
    } >"$folder/log" 2>&1; then
        cat "$folder/log" >&2
        return 1
    fi
    printf '%s\n' "$folder/stripped.so"
}

print_all() {
    local type wasix file
    for type in MinSizeRel Release; do
        for wasix in OFF ON; do
            file=$(build "$type" "$wasix")
            printf 'size\t%s WASIX\t%s\t%d\tbytes\n' \
                "$([ "$wasix" = ON ] && echo with || echo without)" "$type" "$(stat -c %s "$file")"
        done
    done
}

compare() { # WASIX
    local file bytes what
    what="MinSizeRel with WASIX $1"
    if ! file=$(build MinSizeRel "$1"); then
        echo "not ok - $what is built"
        return 1
    fi
    bytes=$(stat -c %s "$file")
    if [ "$bytes" -gt "${LIMITS[$1]}" ]; then
        echo "not ok - $what has $bytes bytes, at most ${LIMITS[$1]}"
        size -A "$file" # shows which section has grown
        return 1
    fi
    echo "ok - $what has $bytes bytes, at most ${LIMITS[$1]}"
}

main() {
    local here failed=0
    if [ "${1:-}" = --tsv ]; then
        print_all
        return
    fi
    here=$(circumstances)
    if [ "$here" != "$CIRCUMSTANCES" ]; then
        echo "ok - sizes # SKIP the limits are of $CIRCUMSTANCES, and this is $here"
        return
    fi
    compare OFF || failed=1
    compare ON || failed=1
    return $failed
}

main "$@"
