#!/usr/bin/env bash
# Counts the instructions of the small operations, and compares with bench/counts.txt.
#   bench/check.sh            fails if one has risen by more than 5 per cent
#   bench/check.sh --write    writes the file
# Unlike times, instructions repeat exactly, on a busy machine too. The library is the Release build
# that users get. Valgrind's callgrind counts the instructions in user space, of N operations and of
# 2 N: the difference leaves out the start of the program. Another compiler, C library or machine
# gives other figures. The first line of the file names those it was written with, and elsewhere
# nothing is compared. The output is what run_script in ci/lib.sh reads.
set -euo pipefail
export LC_ALL=C
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${XSOCK_CHECK_OUT:-$TOP/build/bench-check}
COUNTS=$TOP/bench/counts.txt
MAX_CHANGE_PERCENT=5
QUESTIONS=(open-close:500 open-close-million:500 accept-none:500 look-up:1000 send-recv:500 recv-none:500 batch-32:100
    poll-1:500 poll-64:200 poller-1-of-64:500 wasix-send-recv:500)

skip_all() {
    echo "ok - instruction counts # SKIP $1"
    exit 0
}

# What the figures depend on.
circumstances() {
    local libc
    libc=$(getconf GNU_LIBC_VERSION 2>/dev/null | tr ' ' '-') || libc=unknown
    printf '%s-gcc-%s-%s\n' "$(uname -m)" "$(gcc -dumpversion | cut -d. -f1)" "${libc:-unknown}"
}

# The static library of a Release build without flags of anybody, and the program that uses it.
build() {
    env -u CFLAGS -u LDFLAGS cmake -S "$TOP" -B "$OUT/release" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_COMPILER=gcc -DBUILD_SHARED_LIBS=OFF -DXSOCK_WASIX=ON -DXSOCK_BUILD_TOOLS=OFF \
        -DXSOCK_BUILD_TESTS=OFF &&
        cmake --build "$OUT/release" --parallel "$(nproc)" &&
        gcc -std=c11 -O2 -w -I "$TOP/include" "$TOP/bench/count.c" "$OUT/release/libxsock.a" \
            -Wl,--wrap=socket,--wrap=close -pthread -o "$OUT/count"
}

# instructions QUESTION N: of the whole run.
instructions() {
    local collected
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$OUT/count" "$1" "$2" >"$OUT/log" 2>&1 ||
        { cat "$OUT/log" >&2; return 1; }
    collected=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$OUT/log")
    [ -n "$collected" ] || { cat "$OUT/log" >&2; return 1; }
    echo "$collected"
}

# count QUESTION N: instructions for one operation.
count() {
    local once twice
    once=$(instructions "$1" "$2") || return 1
    twice=$(instructions "$1" $((2 * $2))) || return 1
    echo $(((twice - once + $2 / 2) / $2))
}

# Compares a figure with the committed one.
judge() {
    local name=$1 now=$2 was
    was=$(awk -v name="$name" '$1 == name { print $2 }' "$COUNTS")
    if [ -z "$was" ]; then
        echo "not ok - $name: $now instructions, and none in counts.txt: bench/check.sh --write"
        FAILED=1
    elif [ $((now * 100)) -gt $((was * (100 + MAX_CHANGE_PERCENT))) ]; then
        echo "not ok - $name: $now instructions, $was before"
        FAILED=1
    elif [ $((now * 100)) -lt $((was * (100 - MAX_CHANGE_PERCENT))) ]; then
        echo "ok - $name: $now instructions, $was before: commit that (bench/check.sh --write)"
    else
        echo "ok - $name: $now instructions, $was before"
    fi
}

main() {
    local write=0 question name now
    [ "${1:-}" != --write ] || write=1
    mkdir -p "$OUT"
    command -v valgrind >/dev/null || skip_all "no valgrind here"
    [ "$(uname -s)" = Linux ] || skip_all "only on Linux"
    if [ "$write" -eq 0 ] && [ "$(sed -n '1s/^# //p' "$COUNTS")" != "$(circumstances)" ]; then
        skip_all "the figures are of $(sed -n '1s/^# //p' "$COUNTS"), and this is $(circumstances)"
    fi
    if ! build >"$OUT/log" 2>&1; then
        cat "$OUT/log"
        echo "not ok - the library is not built"
        return 1
    fi
    FAILED=0
    if [ "$write" -eq 1 ]; then
        {
            echo "# $(circumstances)"
            echo "# Instructions for one operation, in user space, as bench/check.sh counts them, and writes here" \
                "with --write."
        } >"$OUT/counts.txt"
    fi
    for question in "${QUESTIONS[@]}"; do
        name=${question%:*}
        now=$(count "$name" "${question#*:}") || { echo "not ok - $name: can't be counted"; FAILED=1; continue; }
        if [ "$write" -eq 1 ]; then
            echo "$name $now" | tee -a "$OUT/counts.txt"
        else
            judge "$name" "$now"
        fi
    done
    [ "$write" -eq 0 ] || [ "$FAILED" -ne 0 ] || cp "$OUT/counts.txt" "$COUNTS"
    return "$FAILED"
}

main "$@"
