# needs: build clang mingw wine python
# Random public calls of several threads: tests/random/main.c tells what is checked. The library is
# the single file. The seeds are fixed, so that each run makes the same calls. ci/full.sh takes new
# seeds, prints them, and makes many more calls.
# shellcheck shell=bash

once wine quietly make_wine_prefix
keep_wine
mkdir -p "$OUT"
must "the single file is made" python3 "$TOP/tools/amalgamate.py" --line "$OUT/dist"
table() {
    python3 "$TOP/ci/documented.py" "$TOP"/include/xsock{,_native}.h >"$OUT/documented.inc"
}
must "the documented errors are read from the headers" table

first=1 rounds=3 steps=2000
if [ -n "${XSOCK_FULL:-}" ]; then
    first=$((RANDOM * 1000)) rounds=60 steps=4000
    say "    the seeds begin at $first"
fi

# compile NAME COMPILER OPTION...: the library, and the program with it.
compile() {
    local library=$OUT/$1.o
    "${@:2}" -g -DXSOCK_NO_WASIX -c "$OUT/dist/xsock.c" -o "$library"
    "${@:2}" -std=c11 -g -Wall -Wextra -Wconversion -Wshadow -Werror -DXSOCK_NO_ATTRIBUTES \
        -I "$TOP/include" -I "$TOP/tests/support" -I "$OUT" "$TOP"/tests/random/*.c \
        "$TOP/tests/support/threads.c" "$library" "${LINKED[@]}" -o "$OUT/$1"
}
# run MODE NAME WRAPPER...
run() {
    run_script "$2-$1" "${@:3}" "$OUT/$2" "$1" "$first" "$((first + rounds - 1))" "$steps"
}

# Memory fails by the linker's option.
failing=(-DRANDOM_MEMORY -pthread "-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc")

LINKED=("${failing[@]}")
must "gcc: compiles" compile native gcc
for mode in plain signals wake-signal handles memory; do run "$mode" native; done

sanitize=("-fsanitize=address,undefined" -fno-sanitize-recover=all -fno-omit-frame-pointer)
must "clang with sanitizers: compiles" compile sanitized clang "${sanitize[@]}"
for mode in plain signals handles memory; do run "$mode" sanitized "${STEADY[@]}"; done

LINKED=(-DRANDOM_CONNECT -pthread "-Wl,--wrap=connect")
must "clang with ThreadSanitizer: compiles" compile threads clang -fsanitize=thread
export TSAN_OPTIONS=halt_on_error=1
for mode in plain wake-signal handles; do run "$mode" threads "${STEADY[@]}"; done

LINKED=(-D_WIN32_WINNT=0x0601 -lws2_32 -liphlpapi)
must "mingw: compiles" compile windows.exe x86_64-w64-mingw32-gcc
[ -z "${XSOCK_FULL:-}" ] || rounds=20 # Wine needs a few seconds for each
run plain windows.exe wine

# The check itself is tested: a row that is missing from the headers is found.
finds_undocumented() {
    sed -i '/^{"xsock_close"/s/XSOCK_EBADF, //' "$OUT/documented.inc"
    LINKED=(-pthread)
    compile planted gcc
    ! "$OUT/planted" plain 1 1 200 >"$OUT/planted.txt"
    cat "$OUT/planted.txt"
    grep -q '^# xsock_close .* returned EBADF, which the header does not name' "$OUT/planted.txt"
}
check "an answer that the headers do not name is found" finds_undocumented
