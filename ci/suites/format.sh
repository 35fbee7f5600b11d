# needs: zig
# Checks that every C file is formatted by clang-format, and that no line of C, of a script or of a
# build file has more than 100 columns.
# shellcheck shell=bash

once clang-format quietly install_clang_format
folders=(include src tests bench fuzz examples tools xsock-posix/{src,tests,bench})
mapfile -t files < <(cd "$TOP" && find "${folders[@]}" -name '*.[ch]' | sort)

clang_format() { "$DEPS/clang-format/bin/clang-format" --dry-run -Werror "$@"; }
formatted() { (cd "$TOP" && clang_format "${files[@]}"); }
check "${#files[@]} C files are formatted" formatted

# This includes comments, which clang-format does not change, and the headers of xsock-posix:
# clang-format misreads the macros of their declarations, and therefore does not check them.
mapfile -t -O "${#files[@]}" files < <(cd "$TOP" && find xsock-posix/include* -name '*.h' | sort)
short_lines() {
    local program='length > 100 { print FILENAME ":" FNR ": " length " columns"; bad = 1 }'
    (cd "$TOP" && awk "$program END { exit bad }" "$@")
}
check "no line of a C file has more than 100 columns" short_lines "${files[@]}"

folders=(.github CMakeLists.txt bench ci cmake examples fuzz meson.build meson_options.txt packaging
    tests tools xsock-posix)
names='.*(\.(awk|build|cmake|meson|py|sh|yml)|CMakeLists\.txt|meson_options\.txt)'
mapfile -t scripts < <(cd "$TOP" && find "${folders[@]}" -regextype posix-extended -type f \
    -regex "$names" | sort)
check "no line of ${#scripts[@]} scripts and build files has more than 100 columns" short_lines \
    "${scripts[@]}"

# The check itself is tested.
mkdir -p "$OUT"
printf 'int  f( void ) { return 0; }\n' >"$OUT/planted.c"
refuses() { ! clang_format --style=file:"$TOP/.clang-format" "$OUT/planted.c"; }
check "a planted file is refused" refuses
printf '# %0100d\n' 0 >"$OUT/planted.sh"
too_long() { ! short_lines "$OUT/planted.sh"; }
check "a planted long line is refused" too_long
