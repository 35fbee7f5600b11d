#!/usr/bin/env bash
# Compares talk.c over xsock-posix, without and with a wake signal, with talk.c on the system,
# interleaved, and prints the medians.
#   run.sh BUILD-FOLDER [ROUNDS]
# BUILD-FOLDER is a Release build with XSOCK_POSIX_EMULATE.
set -euo pipefail

FOLDER=$1 ROUNDS=${2:-15}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT

cc -O2 -D_GNU_SOURCE "$HERE/talk.c" -pthread -o "$OUT/system"
cc -O2 -D_GNU_SOURCE -I"$HERE/../include" "$HERE/talk.c" "$FOLDER/xsock-posix/libxsock-posix.a" \
    "$FOLDER/libxsock.a" -pthread -o "$OUT/xsock"

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for what in "bulk 3000" "trips 60000" "polled 60000"; do
    for _ in $(seq "$ROUNDS"); do
        # shellcheck disable=SC2086 # two words
        for kind in system xsock; do "$OUT/$kind" $what >>"$OUT/$kind.${what%% *}"; done
        # shellcheck disable=SC2086
        XSOCK_POSIX_WAKE_SIGNAL=64 "$OUT/xsock" $what >>"$OUT/signal.${what%% *}"
    done
    awk -v what="${what%% *}" -v a="$(median "$OUT/system.${what%% *}")" \
        -v b="$(median "$OUT/xsock.${what%% *}")" -v c="$(median "$OUT/signal.${what%% *}")" \
        'BEGIN { printf "%s: system %.1f, xsock-posix %.1f, ratio %.3f, with the signal %.3f\n",
            what, a, b, b / a, c / a }'
done
