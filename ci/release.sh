#!/usr/bin/env bash
# Makes the files of a release, of what is committed:
#   ci/release.sh [FOLDER]      FOLDER: build/release if none is given
# xsock-VERSION.tar.gz       the sources, with the manual pages, the completions and the single file
#                            (dist/)
# xsock-VERSION-html.tar.gz  the HTML documentation, apart because Doxygen puts scripts of others in
# xsock-VERSION.spdx.json, xsock.wrap, SHA256SUMS
# The same commit gives the same bytes. SOURCE_DATE_EPOCH is the date of everything in the archives,
# and is the date of the commit unless it is set. Needs git, doxygen, python3, cmake and a compiler.
set -euo pipefail
export LC_ALL=C TZ=UTC
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${1:-$TOP/build/release}
VERSION=$(git -C "$TOP" show HEAD:VERSION | head -n 1)
NAME=xsock-$VERSION
: "${SOURCE_DATE_EPOCH:=$(git -C "$TOP" log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH

mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
TREE=$WORK/$NAME

git -C "$TOP" archive --prefix="$NAME/" HEAD | tar -x -C "$WORK"
cd "$TREE"
export PYTHONDONTWRITEBYTECODE=1

python3 tools/pages.py man/man3

printf '@INCLUDE = docs/Doxyfile\nOUTPUT_DIRECTORY = "%s"\n' "$WORK/reference" | doxygen -
mv "$WORK/reference/html" "$WORK/$NAME-html"

# Before the completions are there: otherwise the build would take them from the archive.
cmake -S . -B "$WORK/build" -DXSOCK_BUILD_PAGES=OFF >"$WORK/log"
cmake --build "$WORK/build" --parallel >>"$WORK/log"
"$WORK/build/bin/xsock" completions bash >"$WORK/xsock"
"$WORK/build/bin/xsock" completions zsh >"$WORK/_xsock"
"$WORK/build/bin/xsock" completions fish >"$WORK/xsock.fish"
mv "$WORK/xsock" "$WORK/_xsock" "$WORK/xsock.fish" tools/xsock/completions/

python3 tools/amalgamate.py dist

cd "$WORK"
for folder in "$NAME" "$NAME-html"; do
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --mode='u+rwX,go+rX,go-w' --format=ustar -cf - "$folder" | gzip -9 -n >"$OUT/$folder.tar.gz"
done

cd "$OUT"
python3 "$TREE/tools/sbom.py" "$NAME.tar.gz" "$VERSION" "$SOURCE_DATE_EPOCH" >"$NAME.spdx.json"
hash=$(sha256sum "$NAME.tar.gz" | cut -d' ' -f1)
sed -e "s/@VERSION@/$VERSION/" -e "s/@HASH@/$hash/" "$TREE/packaging/meson/xsock.wrap.in" \
    >xsock.wrap
sha256sum "$NAME.tar.gz" "$NAME-html.tar.gz" "$NAME.spdx.json" xsock.wrap >SHA256SUMS
cat SHA256SUMS
