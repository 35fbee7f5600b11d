# needs: build clang wasm python mingw wine
# Runs WebAssembly guests with xsock's sockets in both engines of examples/wasix. wasm2c compiles
# the guests to C, for this system and for Wine, and wasmtime runs them directly.
# shellcheck shell=bash disable=SC2016 # backquotes are Markdown's

glue=$TOP/examples/wasix
runtime=/usr/share/wabt/wasm2c # wasm2c's own part, as the package has it
strict=(-std=c11 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -I"$TOP/include")

mapfile -t guests < <(grep -v '^#' "$TOP/tests/wasm/guests.txt" | cut -d ' ' -f 1 | grep -vx wide)
guest_flags=(-std=gnu11 -Oz -Wall -Wextra -Wconversion -Wshadow -Werror -s)

# Compiles guests to wasm, and the wasm to C with the functions that it links with. The wide guest
# is for engines that support wasm64.
build_guests() {
    local name folder system
    clang --target=wasm64 "${guest_flags[@]}" -nostdlib "$TOP/tests/wasm/wide.c" -o "$OUT/wide.wasm"
    for name in "${guests[@]}"; do
        folder=$OUT/c/$name
        mkdir -p "$folder"
        system=(--target=wasm32-wasi)
        # This guest has a libc of its own.
        [ "$name" = libc ] && system=(--target=wasm32 -nostdlib -mbulk-memory)
        clang "${system[@]}" "${guest_flags[@]}" "$TOP/tests/wasm/$name.c" -o "$OUT/$name.wasm"
        wasm2c "$OUT/$name.wasm" -n guest -o "$folder/guest.c"
        awk -v header=guest.h -f "$glue/imports.awk" "$folder/guest.h" >"$folder/guest_imports.c"
    done
}

# The parts that all guests share. MinGW finds neither the package's wasm-rt.h nor an alloca.h.
build_glue() { # WHAT COMPILER
    local bin=$OUT/$1/glue cc=$2
    mkdir -p "$bin"
    cp /usr/include/wasm-rt.h "$runtime"/wasm-rt-impl.[ch] "$bin"
    [ "$1" = native ] || echo '#include <malloc.h>' >"$bin/alloca.h"
    "$cc" "${strict[@]}" -c "$glue/host.c" -o "$bin/host.o"
    "$cc" "${strict[@]}" -c "$glue/preview1.c" -o "$bin/preview1.o"
    "$cc" "${strict[@]}" -std=gnu11 -Wno-pedantic -I"$bin" -c "$glue/wasm2c.c" -o "$bin/wasm2c.o"
    "$cc" -std=gnu11 -O1 -I"$bin" -c "$bin/wasm-rt-impl.c" -o "$bin/wasm-rt-impl.o"
}

# The output of wasm2c causes warnings, which are not errors of xsock.
link_guests() { # WHAT COMPILER SUFFIX LIBRARY...
    local out=$OUT/$1 cc=$2 suffix=$3 library=$BUILD/common/$1/libxsock.a name
    shift 3
    for name in "${guests[@]}"; do
        "$cc" -std=gnu11 -w -O1 -I"$out/glue" -I"$glue" -I"$TOP/include" -I"$OUT/c/$name" \
            "$OUT/c/$name"/guest*.c "$out"/glue/*.o -o "$out/$name$suffix" "$library" "$@"
    done
}

# ---- docs/wasix.md must agree with the sources ---------------------------------------------------
# Prints "NAME ARGUMENTS 1" for each import. The last word is 1 if preview 1 has the import too,
# "only" if only preview 1 has it, and is missing otherwise.
imports_agree() {
    sed -nE -e 's/^SAME\((\w+), \w+, (.*)\)$/SAME \1 \2/p' \
        -e 's/^(WASIX|PREVIEW1\w*)\((\w+), (.*)\)$/\1 \2 \3/p' \
        "$TOP/src/wasix/imports.def" | tr -d '"' |
        awk '{ args = ""; for (i = 3; i <= NF; i++) args = args ($i == "P" ? "p" : $i)
               print $2, args == "" ? "-" : args,
                   $1 == "PREVIEW1" ? 1 : $1 == "PREVIEW1_ONLY" ? "only" : "" }' |
        sort >"$OUT/imports.source"
    sed -nE 's/^\| `(\w+)` \| ([iIp-]+) \| (1|only)? ?\|.*/\1 \2 \3/p' "$TOP/docs/wasix.md" |
        sort >"$OUT/imports.docs"
    [ -s "$OUT/imports.source" ] && same_lines source "$OUT/imports.source" docs "$OUT/imports.docs"
}

errors_agree() {
    sed -nE 's/^ *\{XSOCK_(E\w+), XSOCK_(E\w+)\},/\1 \2/p' "$TOP/src/wasix/errors.c" |
        sort >"$OUT/errors.source"
    sed -nE 's/^\| (E\w+) \| (E\w+) \|$/\1 \2/p' "$TOP/docs/wasix.md" | sort >"$OUT/errors.docs"
    [ -s "$OUT/errors.source" ] && same_lines source "$OUT/errors.source" docs "$OUT/errors.docs"
}

example_compiles() {
    sed -n '/^```c$/,/^```$/p' "$TOP/docs/wasix.md" | grep -v '^```' >"$OUT/example.c"
    [ -s "$OUT/example.c" ] && gcc "${strict[@]}" -c "$OUT/example.c" -o "$OUT/example.o"
}

mkdir -p "$OUT"
check "docs/wasix.md has every import" imports_agree
check "docs/wasix.md has what errors become" errors_agree
check "the example in docs/wasix.md compiles" example_compiles

# ---- Guests --------------------------------------------------------------------------------------

once wine quietly make_wine_prefix
once wasmtime quietly install_wasmtime
keep_wine
must "the library builds here" common_build native
must "the library builds for Windows" common_build windows
must "guests become wasm, and C" without_warnings build_guests
must "the glue for wasm2c builds here" without_warnings build_glue native gcc
must "the glue for wasm2c builds for Windows" without_warnings build_glue windows \
    x86_64-w64-mingw32-gcc
must "guests link here" without_warnings link_guests native gcc '' -pthread -lm
must "guests link for Windows" without_warnings link_guests windows x86_64-w64-mingw32-gcc .exe \
    -lws2_32 -liphlpapi
run_script wasm2c bash "$TOP/tests/wasm/run.sh" "$OUT/native/%"
run_script wasm2c-wine bash "$TOP/tests/wasm/run.sh" wine "$OUT/windows/%.exe"

wasmtime=$(wasmtime_library)
build_wasmtime_glue() {
    gcc "${strict[@]}" -g "$glue"/{wasmtime,host,preview1}.c -o "$OUT/run_in_wasmtime" \
        "$BUILD/common/native/libxsock.a" "$wasmtime" -Wl,-rpath,"$(dirname "$wasmtime")" -pthread
}
must "the glue for wasmtime builds" without_warnings build_wasmtime_glue
run_script wasmtime bash "$TOP/tests/wasm/run.sh" "$OUT/run_in_wasmtime" "$OUT/%.wasm"
