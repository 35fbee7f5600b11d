#!/usr/bin/env bash
# Shows xsock on a fresh Debian or Ubuntu machine: installs what is missing, builds the library and the program,
# and runs it.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SUITE=demo
OUT=$TOP/build/demo
mkdir -p "$BUILD"

build() {
    quietly cmake -S "$TOP" -B "$OUT" -G Ninja
    quietly cmake --build "$OUT"
}

show() {
    printf '\n$ xsock %s\n' "$*"
    "$OUT/bin/xsock" "$@"
}

install_missing < <(awk '$1 == "build" { print $2, $3 }' "$TOP/ci/needs.txt")
say "building in ${OUT#"$TOP"/}"
build
show catalog
show open inet stream tcp
