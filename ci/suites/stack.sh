# needs: build python mingw
# The stack that the library's own frames take in its deepest call: at most 8 KiB, see ci/stack.py.
# shellcheck shell=bash

mkdir -p "$OUT"
deepest() { # NAME OPTION...
    python3 "$TOP/ci/stack.py" "${@:2}" >"$OUT/$1" || { cat "$OUT/$1"; return 1; }
}
for level in -O0 -O2 -Os; do
    check "gcc $level: at most 8 KiB of stack" deepest "posix$level" gcc "$level"
    say "    $(tail -n 1 "$OUT/posix$level")"
    check "mingw $level: at most 8 KiB of stack" deepest "win32$level" --backend win32 x86_64-w64-mingw32-gcc "$level"
    say "    $(tail -n 1 "$OUT/win32$level")"
done
too_deep_is_found() {
    ! python3 "$TOP/ci/stack.py" --most 1000 gcc -O2 >"$OUT/planted"
}
check "a call that takes more than is allowed is found" too_deep_is_found
