# needs: build python zig
# Checks that docs/compat.md agrees with the rows of the source. COMPAT_WRITE=1 writes the page
# first.
# shellcheck shell=bash

once zig quietly install_zig
zig="$XSOCK_PYTHON -m ziglang cc -target"
compilers=("Linux=gcc" "FreeBSD=$zig x86_64-freebsd.14.0" "macOS=$zig aarch64-macos")
compat() { python3 "$TOP/tools/compat.py" "$@" "${compilers[@]}"; }
[ -z "${COMPAT_WRITE:-}" ] || must "docs/compat.md is written" compat
check "docs/compat.md agrees with the rows" compat --check

# The check itself is tested. It must find a changed row.
planted() {
    rm -rf "$OUT/planted"
    mkdir -p "$OUT/planted"
    cp -r "$TOP/src" "$TOP/include" "$TOP/tools" "$TOP/docs" "$OUT/planted/"
    mkdir "$OUT/planted/tests"
    cp "$TOP"/tests/*.def "$OUT/planted/tests/"
    python3 "$OUT/planted/tools/compat.py" --check "${compilers[@]}"
    sed -i "$2" "$OUT/planted/$1"
    ! cmp -s "$TOP/$1" "$OUT/planted/$1" || return 1
    ! python3 "$OUT/planted/tools/compat.py" --check "${compilers[@]}" || return 1
    echo found
}
check "a planted change of readiness is found" planted tests/readiness.def \
    's/^ROW(bound, OUT/ROW(bound, IN/'
check "a planted triple is found" planted src/facts/triples.def '/^ROW(INET, RDM/d'
check "a planted family is found" planted src/win32/numbers.c 's/{XSOCK_AF_IRDA, AF_IRDA}, //'
check "a planted option is found" planted src/win32/options.c '/ UDP(UDP_RECV_COALESCE,/d'
check "a planted change of waking is found" planted tests/wakes.def 's/-XSOCK_EPIPE/STAYS/'
