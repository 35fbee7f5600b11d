# needs: build cmocka shells
# Linux, gcc, the static library, optimised. In ci/full.sh the benchmarks, too.
# shellcheck shell=bash

bench=OFF
[ -z "${XSOCK_FULL:-}" ] || bench=ON
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Release -DXSOCK_BUILD_BENCH=$bench
run_tests "$OUT"
run_signal_tests "$OUT"

# Every global name in the archive has xsock's prefix, so that no name of a program is taken.
hidden_or_public() {
    nm --defined-only --extern-only "$OUT/libxsock.a" |
        awk 'NF == 3 && $3 !~ /^xsock_/ { print; bad = 1 } END { exit bad }'
}
check "the archive defines no name but xsock_ ones" hidden_or_public
run_script program bash "$TOP/tests/tool/run.sh" "$OUT/bin/xsock"

# The benchmarks are not timed here. They must run to their end and print figures.
benchmarks_run() {
    local program
    for program in "$OUT"/bin/bench_*; do
        case $program in *.so | */bench_versions) continue ;; esac
        "$program" --rounds 1 --slice-us 100 >"$OUT/bench.tsv"
        awk -F '\t' 'NF != 5 { exit 1 } END { exit NR == 0 }' "$OUT/bench.tsv"
    done
}
if [ -n "${XSOCK_FULL:-}" ]; then check "the benchmarks run" benchmarks_run; fi
