# needs: build python mingw
# Checks that the library's own frames take at most 8 KiB of stack in the deepest call (see
# ci/stack.py). gcc -O0 has the largest frames. gcc -O2, which inlines the most, is in
# ci/full.sh only.
# shellcheck shell=bash

mkdir -p "$OUT"
rm -rf "$OUT"/objects.*
deepest() { # NAME OPTION...
    python3 "$TOP/ci/stack.py" --objects "$OUT/objects.$1" "${@:2}" >"$OUT/$1" ||
        { cat "$OUT/$1"; return 1; }
}
check "gcc -O0: at most 8 KiB of stack" deepest posix-O0 gcc -O0
say "    $(tail -n 1 "$OUT/posix-O0")"
check "mingw -O0: at most 8 KiB of stack" \
    deepest win32-O0 --backend win32 x86_64-w64-mingw32-gcc -O0 "${QUICK_WINDOWS#*=}"
say "    $(tail -n 1 "$OUT/win32-O0")"
if [ -n "${XSOCK_FULL:-}" ]; then
    check "gcc -O2: at most 8 KiB of stack" deepest posix-O2 gcc -O2
    say "    $(tail -n 1 "$OUT/posix-O2")"
fi
too_deep_is_found() { # uses the objects of the first check
    ! python3 "$TOP/ci/stack.py" --objects "$OUT/objects.posix-O0" --limit 1000 gcc -O0 \
        >"$OUT/planted" &&
        grep -q "at most 1000 are allowed" "$OUT/planted"
}
check "a call that takes more than is allowed is found" too_deep_is_found
