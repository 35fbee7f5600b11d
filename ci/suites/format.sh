# needs: zig
# Checks that every C file is formatted by clang-format, and that no line has more than 100 columns.
# shellcheck shell=bash

once clang-format quietly install_clang_format
mapfile -t files < <(cd "$TOP" && find include src tests bench fuzz examples tools xsock-posix/{src,tests,bench} -name '*.[ch]' | sort)

formatted() { (cd "$TOP" && "$DEPS/clang-format/bin/clang-format" --dry-run -Werror "${files[@]}"); }
check "${#files[@]} C files are formatted" formatted

# This includes comments, which clang-format does not change.
short_lines() {
    (cd "$TOP" && awk 'length > 100 { print FILENAME ":" FNR ": " length " columns"; bad = 1 } END { exit bad }' "$@")
}
check "no line of a C file has more than 100 columns" short_lines "${files[@]}"

# The check itself is tested.
mkdir -p "$OUT"
printf 'int  f( void ) { return 0; }\n' >"$OUT/planted.c"
refuses() { ! "$DEPS/clang-format/bin/clang-format" --style=file:"$TOP/.clang-format" --dry-run -Werror "$OUT/planted.c"; }
check "a planted file is refused" refuses
