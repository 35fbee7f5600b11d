# needs: build cmocka clang cxx musl mingw wine zig sources
# Tests the single file that tools/amalgamate.py makes. The file compiles without a warning with
# every compiler here, and its only global names are the public calls. Programs in C and C++ use it,
# and some tests run with it. ci/full.sh compiles with more options and for more systems, and runs
# all tests with gcc, with clang, with musl and under Wine.
# shellcheck shell=bash

dist=$OUT/dist
consumer=$TOP/tests/consumer/single.c
must "the file is made" python3 "$TOP/tools/amalgamate.py" "$dist"
flags=(-Wall -Wextra -Wpedantic)
# Without optimisation, Zig would add checks of its own, and compile a library for them.
zig=("$XSOCK_PYTHON" -m ziglang cc -fno-sanitize=undefined -target)
once zig quietly install_zig
once wine quietly make_wine_prefix
keep_wine

# compiles WHAT COMPILER OPTION... compiles the file, without a warning and without an output file.
compiles() {
    check "$1: compiles without a warning" "${@:2}" "${flags[@]}" -Werror -c -o "$OUT/${1// /-}.o" \
        "$dist/xsock.c"
}
compiles "gcc" gcc
compiles "gcc C11 strict" gcc -std=c11 -O1 -Wconversion -Wshadow
compiles "gcc without WASIX" gcc -DXSOCK_NO_WASIX
compiles "clang C11 strict" clang -std=c11 -O1 -Wconversion -Wshadow
compiles "musl" musl-gcc
compiles "mingw" x86_64-w64-mingw32-gcc
# A precompiled header or an option can put a header before the file. Then the file comes too late
# with the macros of the system's headers.
refuses_headers() { # HEADER COMPILER
    if "$2" -E -include "$1" "$dist/xsock.c" -o "$OUT/refused.i" 2>"$OUT/refused"; then
        return 1
    fi
    grep 'No header may stand before xsock.c' "$OUT/refused"
}
check "gcc: the file says that no header may stand before it" refuses_headers stdio.h gcc
check "mingw: the file says that no header may stand before it" refuses_headers windows.h \
    x86_64-w64-mingw32-gcc
compiles "FreeBSD" "${zig[@]}" x86_64-freebsd.14.0
if [ -n "${XSOCK_FULL:-}" ]; then
    compiles "gcc O2" gcc -O2
    compiles "gcc O3" gcc -O3
    compiles "gcc with poll" gcc -DXSOCK_POSIX_POLLER_POLL
    compiles "clang" clang
    compiles "mingw in a project for Windows XP" x86_64-w64-mingw32-gcc -D_WIN32_WINNT=0x0501 \
        -DWINVER=0x0501 -DNTDDI_VERSION=0x05010000
    compiles "macOS" "${zig[@]}" aarch64-macos
    for target in x86_64-macos aarch64-freebsd.14.0 x86_64-netbsd x86_64-openbsd \
        x86_64-windows-gnu s390x-linux-musl; do
        compiles "$target" "${zig[@]}" "$target"
    done
fi

# only_public NM OBJECT CALL-FILTER checks that the object's global names are the public calls only.
only_public() {
    "$1" --defined-only --extern-only "$OUT/$2.o" | awk '$2 ~ /[A-Z]/ { print $3 }' |
        sed 's/^_\(xsock_\)/\1/' | grep -v '^\.refptr\.' | sort -u >"$OUT/$2.names"
    declared_calls | grep -v -e "$3" >"$OUT/$2.declared"
    same_lines declared "$OUT/$2.declared" global "$OUT/$2.names"
}
check "no global name but the public calls" only_public nm gcc 'no such call'
check "without WASIX: the other public calls" only_public nm gcc-without-WASIX '^xsock_wasix'
check "Windows: no global name but the public calls" only_public x86_64-w64-mingw32-nm mingw \
    'no such call'

# Two runs give the same bytes, and each header is included once.
same_twice() {
    python3 "$TOP/tools/amalgamate.py" "$OUT/again" && diff -r "$dist" "$OUT/again"
}
check "the tool makes the same file again" same_twice
with_lines() {
    python3 "$TOP/tools/amalgamate.py" --line "$OUT/lines"
    gcc -g -O0 "${flags[@]}" -Werror -c "$OUT/lines/xsock.c" -o "$OUT/lines.o"
    if grep '^#line' "$dist/xsock.c"; then return 1; fi
    # The lines that a debugger shows for some calls.
    local call file line
    for call in xsock_errname xsock_open xsock_wasix_create; do
        file=$(grep -l "^[a-z].*[ *]$call(" "$TOP"/src/*/*.c)
        line=$(grep -n "^[a-z].*[ *]$call(" "$file" | cut -d: -f1)
        nm -l "$OUT/lines.o" | grep " T $call" | tee "$OUT/line"
        grep -q "/${file#"$TOP/"}:$line\$" "$OUT/line"
    done
}
check "with --line, lines and files are those of the sources" with_lines

# ---- Programs of other projects ------------------------------------------------------------------

program() { # OUTPUT COMMAND...
    "${@:2}" "$consumer" "$dist/xsock.c" -I "$dist" "${flags[@]}" -Werror -o "$OUT/$1"
}
in_c() { program app gcc && prints "pong" "$OUT/app"; }
check "a program in C by one command" in_c
in_cxx() {
    g++ -c -x c++ "${flags[@]}" -Werror -I "$dist" "$consumer" -o "$OUT/app.o"
    g++ "$OUT/app.o" "$OUT/gcc.o" -o "$OUT/app-cxx"
    prints "pong" "$OUT/app-cxx"
}
check "a program in C++" in_cxx
on_musl() { program app-musl musl-gcc -static && prints "pong" "$OUT/app-musl"; }
check "a static program with musl" on_musl
on_windows() {
    x86_64-w64-mingw32-gcc "$consumer" "$OUT/mingw.o" -I "$dist" "${flags[@]}" -Werror \
        -o "$OUT/app.exe" -lws2_32 -liphlpapi
    prints "pong" wine "$OUT/app.exe"
}
check "a program for Windows" on_windows
linked() { # TARGET OBJECT
    "${zig[@]}" "$1" "$consumer" "$OUT/$2.o" -I "$dist" -o "$OUT/app-$2"
}
check "a program for FreeBSD links" linked x86_64-freebsd.14.0 FreeBSD
if [ -n "${XSOCK_FULL:-}" ]; then
    check "a program for macOS links" linked aarch64-macos macOS
fi

# ---- The tests -----------------------------------------------------------------------------------

# run_all FOLDER [WRAPPER...] runs each test that is built. The fake backend cannot be put into the
# file.
run_all() {
    local folder=$1 program name
    shift
    for program in "$folder"/bin/test_*; do
        name=$(basename "$program" .exe)
        run_program "$name" "$@" "$program"
    done
}
mapfile -t some < <(some_test_names)
must "configures" cmake -S "$TOP" -B "$OUT/gcc" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON \
    -DXSOCK_SINGLE=ON -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=None
must "tests build without a warning" without_warnings \
    cmake --build "$OUT/gcc" --target "${some[@]/#/test_}"
for name in "${some[@]}"; do
    run_program "$name" "$OUT/gcc/bin/test_$name"
done
if [ -n "${XSOCK_FULL:-}" ]; then
    cmake_build "$OUT/whole" -DXSOCK_SINGLE=ON -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=Release
    run_all "$OUT/whole"
    cmake_build "$OUT/clang" -DXSOCK_SINGLE=ON -DXSOCK_BUILD_PAGES=OFF -DCMAKE_C_COMPILER=clang
    run_all "$OUT/clang"
    once cmocka-musl quietly build_cmocka musl musl.cmake
    mapfile -t cmocka < <(cmocka_options musl)
    cmake_build "$OUT/musl" -DXSOCK_SINGLE=ON -DXSOCK_BUILD_PAGES=OFF "${cmocka[@]}" \
        "-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/musl.cmake"
    run_all "$OUT/musl"
    once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
    mapfile -t cmocka < <(cmocka_options mingw)
    cmake_build "$OUT/mingw" -DXSOCK_SINGLE=ON -DXSOCK_BUILD_PAGES=OFF "${cmocka[@]}" \
        "-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/mingw-w64-x86_64.cmake"
    run_all "$OUT/mingw" wine
fi
