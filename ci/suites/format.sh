# needs: zig
# Checks that every C file is formatted by clang-format, and that no line has more than 100 columns.
# shellcheck shell=bash

once clang-format quietly install_clang_format
folders=(include src tests bench fuzz examples tools xsock-posix/{src,tests,bench})
mapfile -t files < <(cd "$TOP" && find "${folders[@]}" -name '*.[ch]' | sort)

clang_format() { "$DEPS/clang-format/bin/clang-format" --dry-run -Werror "$@"; }
formatted() { (cd "$TOP" && clang_format "${files[@]}"); }
check "${#files[@]} C files are formatted" formatted

# This includes comments, which clang-format does not change.
short_lines() {
    local program='length > 100 { print FILENAME ":" FNR ": " length " columns"; bad = 1 }'
    (cd "$TOP" && awk "$program END { exit bad }" "$@")
}
check "no line of a C file has more than 100 columns" short_lines "${files[@]}"

# The check itself is tested.
mkdir -p "$OUT"
printf 'int  f( void ) { return 0; }\n' >"$OUT/planted.c"
refuses() { ! clang_format --style=file:"$TOP/.clang-format" "$OUT/planted.c"; }
check "a planted file is refused" refuses
