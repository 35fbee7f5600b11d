#!/usr/bin/env bash
# Compares talk.c over xsock-posix, without and with a wake signal, with talk.c on the system,
# interleaved, and prints the medians. Each comparison is made twice: the system may place the two
# ends on any processor, and both ends are bound to the first processor. Free ends show what a
# program sees, but the rates of a run scatter by a factor of four. Bound ends show what the calls
# themselves cost.
#   run.sh BUILD-FOLDER [ROUNDS]
# BUILD-FOLDER is a Release build with XSOCK_POSIX_EMULATE.
set -euo pipefail

FOLDER=$1 ROUNDS=${2:-51}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT

cc -O2 -D_GNU_SOURCE "$HERE/talk.c" -pthread -o "$OUT/system"
cc -O2 -D_GNU_SOURCE -I"$HERE/../include" "$HERE/talk.c" "$FOLDER/xsock-posix/libxsock-posix.a" \
    "$FOLDER/libxsock.a" -pthread -o "$OUT/xsock"

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare WHAT AMOUNT PLACE [COMMAND...]
compare() {
    local what=$1 amount=$2 place=$3
    shift 3
    for _ in $(seq "$ROUNDS"); do
        for kind in system xsock; do "$@" "$OUT/$kind" "$what" "$amount" >>"$OUT/$kind.times"; done
        XSOCK_POSIX_WAKE_SIGNAL=64 "$@" "$OUT/xsock" "$what" "$amount" >>"$OUT/signal.times"
    done
    awk -v what="$what, $place" -v a="$(median "$OUT/system.times")" \
        -v b="$(median "$OUT/xsock.times")" -v c="$(median "$OUT/signal.times")" \
        'BEGIN { printf "%s: system %.1f, xsock-posix %.1f, ratio %.3f, with the signal %.3f\n",
            what, a, b, b / a, c / a }'
    rm "$OUT"/*.times
}

for what in "bulk 500" "trips 5000" "apart 5000" "polled 5000"; do
    # shellcheck disable=SC2086 # two words
    compare $what free env
    # shellcheck disable=SC2086
    compare $what bound taskset -c 0
done
