# needs: build python mingw mingw32
# Checks the binary interface: numbers, sizes and offsets, and the list of exported calls.
# shellcheck shell=bash

mkdir -p "$OUT"

# The facts with which programs are compiled must not change by accident. ci/abi.py writes the
# intended changes.
keeps_the_abi() { "$@" -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only "$TOP/tests/abi.c"; }
check "numbers, sizes and offsets are those of the list" keeps_the_abi gcc -I "$TOP/include"
for compiler in x86_64-w64-mingw32-gcc i686-w64-mingw32-gcc; do
    check "$compiler has the numbers, sizes and offsets of the list" keeps_the_abi "$compiler" \
        -I "$TOP/include"
done

# notices FROM TO checks that a copy of the headers in which FROM is replaced by TO fails.
notices() {
    rm -rf "$OUT/changed"
    cp -r "$TOP/include" "$OUT/changed"
    sed -i "s/$1/$2/" "$OUT/changed/xsock.h"
    if cmp -s "$TOP/include/xsock.h" "$OUT/changed/xsock.h"; then
        echo "xsock.h does not have $1"
        return 1
    fi
    ! keeps_the_abi gcc -I "$OUT/changed" 2>"$OUT/changed.log"
    grep 'static assertion failed' "$OUT/changed.log"
}
check "a number that is changed is noticed" notices 'XSOCK_AF_INET6 = 2' 'XSOCK_AF_INET6 = 9'
check "a field that is moved is noticed" notices '^    uint32_t scope;' '    uint64_t scope;'

check "abi/exports.txt has every call that the headers declare" exports_are_listed

if [ "$(uname -m)" = x86_64 ]; then # gcc on x86-64 also compiles for 32 bits
    check "ci/abi.py would write abi/exports.txt and tests/abi.c as they are" \
        python3 "$TOP/ci/abi.py" --check
fi
