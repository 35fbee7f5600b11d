#!/usr/bin/env bash
# Builds library, program and tests for every target of ci/matrix.txt, and runs the tests where that
# is possible. Prints a table. Fails if a target does not build, or if a test fails. What an
# emulator cannot do is in tests/support/, and the tests print it as their reason to skip.
#   ci/matrix.sh             all targets
#   ci/matrix.sh NAME...     some of them
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ci/deps.sh
. "$TOP/ci/deps.sh"
# shellcheck source=ci/build.sh
. "$TOP/ci/build.sh"

OUT=$BUILD/matrix
failed=0

# ---- Building ------------------------------------------------------------------------------------

# Sets `options` to what CMake needs for a compiler of the list.
choose() { # NAME COMPILER
    local name=$1 compiler=$2 extra=()
    options=()
    case $compiler in
    gcc | clang) options=("-DCMAKE_C_COMPILER=$compiler"); return ;;
    */*)
        options=("-DCMAKE_C_COMPILER=$OUT/$name.cc" -DCMOCKA_INCLUDE_DIR=/usr/include
            "-DCMOCKA_LIBRARY=/usr/lib/$(gcc -print-multiarch)/libcmocka.so")
        return
        ;;
    zig:*)
        once zig install_zig
        extra=("-DXSOCK_ZIG_TARGET=${compiler#zig:}")
        # musl's uintptr_t is a long, and CMocka's header would declare an int on some processors.
        case $compiler in *-linux-musl*) extra+=(-DCMAKE_C_FLAGS=-D_UINTPTR_T_DEFINED) ;; esac
        compiler=zig
        ;;
    musl) extra=(-DCMAKE_C_FLAGS=-Wno-sign-conversion) ;; # musl's FD_SET makes gcc warn
    msvc-clang) extra=(-DHAVE_MSVC_THREAD_LOCAL_STORAGE=OFF -DHAVE_GCC_THREAD_LOCAL_STORAGE=OFF) ;;
    esac
    # Warnings of CMocka's own build stand in another file, so that they do not fail the row.
    say "CMocka's build: $OUT/$name.cmocka.log"
    once "cmocka-matrix-$name" build_cmocka "matrix-$name" "$compiler.cmake" "${extra[@]}" \
        >"$OUT/$name.cmocka.log" 2>&1
    mapfile -t options < <(cmocka_options "matrix-$name")
    options+=("-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/$compiler.cmake" "${extra[@]}")
}

# in_tree FILE RELEASE COMMAND [FLAG]: writes a script that is a compiler of another release. The
# flag comes last, and so wins over CMake's -std=c11.
in_tree() {
    printf '#!/bin/sh\nexec bash "%s/ci/enter.sh" %s %s "$@" %s\n' "$TOP" "$2" "$3" "${4:-}" >"$1"
    chmod +x "$1"
}

# try LOG COMMAND...: runs a command and sets STATUS. Do not call this where a status is tested:
# there bash ignores set -e in everything that is called.
try() {
    set +e
    (
        set -e
        "${@:2}"
    ) >"$1" 2>&1 </dev/null
    STATUS=$?
    set -e
}

# Makes a compiler of another release of Debian, RELEASE/COMMAND[,FLAG], ready. CMocka is the
# package of that release, and has the same path as on this machine. Sets `why` if this cannot be
# done.
prepare_from_tree() { # NAME COMPILER
    local release=${2%%/*} command=${2#*/} flag="" cxx packages
    case $command in *,*) flag=${command#*,} command=${command%%,*} ;; esac
    cxx=${command/gcc/g++} packages=("$command" libc6-dev libcmocka-dev netbase)
    case $command in clang*) cxx=${command/clang/clang++} ;; *) packages+=("$cxx") ;; esac
    can_enter_trees || { why="a tree of Debian needs root"; return; }
    try "$OUT/$1.log" once "debian-$release" make_tree "$release"
    [ "$STATUS" -eq 0 ] || { why="no archive has Debian $release"; return; }
    try "$OUT/$1.log" once "debian-$release-$command" install_in_tree "$release" "${packages[@]}"
    [ "$STATUS" -eq 0 ] || { why="Debian $release has no $command"; return; }
    in_tree "$OUT/$1.cc" "$release" "$command" "$flag"
    in_tree "$OUT/$1.cxx" "$release" "$cxx"
}

build() { # NAME COMPILER SYSTEM
    local name=$1 options
    choose "$name" "$2"
    # Windows has xsock-posix anyway, and other systems than these have none.
    case $3 in Linux | FreeBSD | macOS) options+=(-DXSOCK_POSIX_EMULATE=ON) ;; esac
    rm -rf "${OUT:?}/$name"
    cmake -S "$TOP" -B "$OUT/$name" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON \
        -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=Debug "${options[@]}"
    cmake --build "$OUT/$name"
    case $2 in
    gcc) headers_as_cxx g++ ;;
    clang) headers_as_cxx clang++ ;;
    */*) headers_as_cxx "$OUT/$name.cxx" ;;
    esac
    ! grep -q 'warning:' "$OUT/$name.log"
}

# ---- Running -------------------------------------------------------------------------------------

wine10=(bash "$TOP/ci/enter.sh" trixie "${WINE10[@]}")

# Sets `runner` to the command that a program is run by, or `why` if nothing can be run.
choose_runner() { # RUNNER
    runner=()
    case $1 in
    native) ;;
    wine10)
        can_enter_trees || { why="Wine 10 is in a tree of Debian, which needs root"; return; }
        try "$OUT/wine10.log" once debian-trixie make_tree trixie
        try "$OUT/wine10.log" once wine10 make_wine10
        [ "$STATUS" -eq 0 ] || { why="Wine 10 cannot be installed"; return; }
        "${wine10[@]}" "${WINESERVER[@]}" >>"$OUT/wine10.log" 2>&1 </dev/null || true
        runner=("${wine10[@]}" wine)
        ;;
    */) runner=(bash "$TOP/ci/enter.sh" "${1%/}") ;;
    *)
        command -v "$1" >/dev/null || { why="$1 is not installed"; return; }
        runner=("$1")
        ;;
    esac
}

# Runs the tests by `runner`. Prints "PASSED of ALL", a tab, and the programs that failed.
run() { # NAME RUNNER
    local name=$1 passed=0 total=0 program failures=() skipped limit=300
    case $2 in qemu-*) limit=1800 ;; esac
    for program in "$OUT/$name"/bin/{test,posix}_*; do
        case $program in *.pdb | *.ilk | *.out) continue ;; esac
        total=$((total + 1))
        if timeout -k 10 "$limit" "${runner[@]}" "$program" >"$program.out" 2>&1 </dev/null; then
            passed=$((passed + 1))
        else
            failures+=("$(basename "${program%.exe}")")
        fi
    done
    skipped=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$OUT/$name"/bin/*.out |
        awk '{ n += $1 } END { print n + 0 }')
    printf '%s of %s\t%s\n' "$passed" "$total" \
        "${failures[0]:+failed: ${failures[*]}; }$skipped cases skipped"
    [ "$passed" = "$total" ]
}

# ---- The table -----------------------------------------------------------------------------------

row() { printf '%-18s %-8s %-28s %-6s %-4s %-10s %s\n' "$@"; }

do_row() { # NAME SYSTEM COMPILER RUNNER REASON
    local name=$1 why="" built=no ran=no passed=- start=$SECONDS result runner=() status
    case $3 in */*) prepare_from_tree "$1" "$3" ;; esac
    if [ -n "$why" ]; then
        row "$1" "$2" "$3" no no - "$why"
        return
    fi
    try "$OUT/$name.log" build "$name" "$3" "$2"
    status=$STATUS
    if [ "$status" -ne 0 ]; then
        why="see $OUT/$name.log"
    elif [ "$4" = - ]; then
        built=yes why=$5
    else
        built=yes
        choose_runner "$4"
        if [ -z "$why" ]; then
            result=$(run "$name" "$4" </dev/null) || status=1
            ran=yes passed=${result%%$'\t'*} why=${result#*$'\t'}
        fi
    fi
    row "$name" "$2" "$3" "$built" "$ran" "$passed" "$why ($((SECONDS - start)) s)"
    failed=$((failed + (status != 0)))
}

# Every name on the command line must be a target's.
known() {
    local name
    for name in "$@"; do
        grep -q "^$name " "$TOP/ci/matrix.txt" || die "no target $name; see ci/matrix.txt"
    done
}

main() {
    local name system compiler runner reason
    known "$@"
    mkdir -p "$OUT" "$RESULTS"
    local groups=" build cmocka sources clang cxx musl lld msvc mingw wine zig debootstrap qemu "
    install_missing < <(awk -v groups="$groups" 'index(groups, " " $1 " ") { print $2, $3 }' \
        "$TOP/ci/needs.txt")
    try "$OUT/wine.log" once wine make_wine_prefix
    [ "$STATUS" -eq 0 ] || die "Wine has no prefix; see $OUT/wine.log"
    keep_wine
    row target system compiler built run passed "why not, seconds"
    while read -r name system compiler runner reason; do
        [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
        do_row "$name" "$system" "$compiler" "$runner" "$reason"
    done < <(grep -v '^#' "$TOP/ci/matrix.txt")
    say "$failed failed"
    [ "$failed" -eq 0 ]
}

main "$@"
