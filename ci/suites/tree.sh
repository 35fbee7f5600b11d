# needs: build mingw python
# Checks the folders of src/. ci/edges.txt must allow each include and each call between files, and
# files must not depend on each other in a circle. Both backends are checked.
# shellcheck shell=bash

must "the objects of the posix backend are there" common_build native
must "the objects of the win32 backend are there" common_build windows
posix=$BUILD/common/native win32=$BUILD/common/windows
mkdir -p "$OUT"

edges() { python3 "$TOP/ci/edges.py" "$@"; }
allowed() { edges "$2" >"$OUT/$1.edges" || { cat "$OUT/$1.edges"; return 1; }; }
for backend in posix win32; do
    check "$backend: every edge is allowed, and there is no circle" allowed $backend "${!backend}"
    cat "$OUT/$backend.edges"
done

# The check itself is tested. It must find a planted include and a planted call.
refuses() { # TEXT ARGUMENT...
    local found
    found=$(edges "${@:2}") && return 1
    grep -q "$1" <<<"$found"
}
rm -rf "$OUT/planted"
mkdir -p "$OUT/planted"
cp -r "$TOP/src" "$OUT/planted/src"
echo '#include "api/library.h"' >>"$OUT/planted/src/base/bitmap.c"
check "a planted include is refused" refuses 'base/bitmap.c -> api/library.h' "$posix" \
    "$OUT/planted/src"
echo '#include "../api/library.h"' >>"$OUT/planted/src/base/bits.h"
check "an include by another path is refused" refuses 'base/bits.h -> unknown/../api/library.h' \
    "$posix" "$OUT/planted/src"
echo '#include "table/life.c"' >>"$OUT/planted/src/table/fdtab.h"
check "a planted circle is refused" refuses 'circle: .*table/life.c' "$posix" "$OUT/planted/src"

mkdir -p "$OUT/planted/CMakeFiles"
cp -r "$posix/CMakeFiles/xsock.dir" "$OUT/planted/CMakeFiles/"
echo 'int xsock__library_make_table(void **); int planted(void **);
int planted(void **t) { return xsock__library_make_table(t); }' |
    gcc -x c -c - -o "$OUT/planted/CMakeFiles/xsock.dir/src/base/bitmap.c.o"
check "a planted call is refused" refuses 'base/bitmap.c -> api/library.c' "$OUT/planted"
