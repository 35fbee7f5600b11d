#!/usr/bin/env bash
# Counts the instructions and the system calls of single operations, and compares the counts with
# bench/counts.txt.
#   bench/check.sh            fails if a count has risen
#   bench/check.sh --write    writes the file
#   bench/check.sh --tsv      prints the counts as bench/run.sh reads them, and compares nothing
# Unlike times, counts are exact, on a busy machine too. The library is the Release build that users
# get: static with one thread and with two, and shared. Valgrind's callgrind counts instructions in
# user space. What bench/count.c does by the system's own calls is subtracted, and only the
# instructions that xsock adds remain. strace counts system calls. Another compiler, C library or
# machine gives other figures: the first line of the file names those that the file was written
# with, and elsewhere nothing is compared. The output is what run_script in ci/lib.sh reads.
set -euo pipefail
export LC_ALL=C
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${XSOCK_CHECK_OUT:-$TOP/build/bench-check}
# shellcheck source=bench/circumstances.sh
. "$TOP/bench/circumstances.sh"
SOURCES=(bench/count.c tests/support/clock.c tests/support/threads.c
    bench/support/{calls_raw,calls_xsock,udp_xsock,lib_xsock,harness,machine_posix}.c
    bench/support/raw_posix{,_udp,_poller}.c)
TIMES=200       # each operation, when instructions are counted
TIMES_TRACED=20 # when system calls are counted

skip_all() {
    echo "ok - counts # SKIP $1"
    exit 0
}

# build_library FOLDER SHARED: a Release build without flags of anybody.
build_library() {
    env -u CFLAGS -u LDFLAGS cmake -S "$TOP" -B "$OUT/$1" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_COMPILER=gcc -DBUILD_SHARED_LIBS="$2" -DXSOCK_WASIX=ON -DXSOCK_BUILD_TOOLS=OFF \
        -DXSOCK_BUILD_TESTS=OFF &&
        cmake --build "$OUT/$1" --parallel "$(nproc)"
}

# build_program NAME LIBRARY OPTION...: bench/count.c, linked with this library.
build_program() {
    local name=$1 library=$2
    shift 2
    gcc -std=c11 -O2 -w -I "$TOP/include" -I "$TOP/src" -I "$TOP/bench/support" \
        -I "$TOP/tests/support" "${SOURCES[@]/#/$TOP/}" "$library" -pthread "$@" -o "$OUT/$name"
}

build() {
    build_library static OFF && build_library shared ON &&
        build_program count "$OUT/static/libxsock.a" &&
        build_program count-stubbed "$OUT/static/libxsock.a" -DSTUBBED \
            -Wl,--wrap=socket,--wrap=close &&
        build_program count-shared "$OUT/shared/libxsock.so" -Wl,-rpath,"$OUT/shared"
}

# instructions FILE PROGRAM MODE
instructions() {
    valgrind --tool=callgrind --instr-atstart=no --combine-dumps=yes \
        --callgrind-out-file="$OUT/$1.callgrind" "$OUT/$2" "$TIMES" "$3" >"$OUT/log" 2>&1
}

# system_calls FILE PROGRAM MODE
system_calls() {
    strace -f -qq -s 100 -o "$OUT/$1.strace" "$OUT/$2" "$TIMES_TRACED" "$3" >"$OUT/log" 2>&1
}

measure() {
    rm -f "$OUT"/*.callgrind "$OUT"/*.strace
    instructions one count one && instructions two count two &&
        instructions shared count-shared one && instructions million count-stubbed million &&
        system_calls one count one && system_calls blocking count blocking
}

main() {
    local wanted written here
    here=$(circumstances)
    written=$(sed -n '1s/^# //p' "$TOP/bench/counts.txt")
    mkdir -p "$OUT"
    [ "$(uname -s)" = Linux ] || skip_all "only on Linux"
    for wanted in valgrind strace python3; do
        command -v "$wanted" >/dev/null || skip_all "no $wanted here"
    done
    if [ $# -eq 0 ] && [ "$written" != "$here" ]; then
        skip_all "counts.txt is of $written, and this is $here"
    fi
    if ! { build >"$OUT/log" 2>&1 && measure; }; then
        cat "$OUT/log"
        echo "not ok - the counts are taken"
        return 1
    fi
    python3 "$TOP/bench/report/counts.py" "$OUT" "$TOP/bench/counts.txt" "$here" "$@"
}

main "$@"
