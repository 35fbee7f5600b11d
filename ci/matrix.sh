#!/usr/bin/env bash
# Builds library, program and tests for every target of ci/matrix.txt, and runs the tests where that
# is possible. Prints a table. Fails if a target does not build, or a test that is run natively or
# by Wine fails.
#   ci/matrix.sh             all targets
#   ci/matrix.sh NAME...     some of them
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ci/deps.sh
. "$TOP/ci/deps.sh"

OUT=$BUILD/matrix
failed=0

# Sets `options` to what CMake needs for a compiler of the list.
choose() {
    local name=$1 compiler=$2 extra=() flags=()
    options=()
    case $compiler in
    gcc | clang) options=("-DCMAKE_C_COMPILER=$compiler"); return ;;
    zig:*)
        once zig install_zig
        extra=("-DXSOCK_ZIG_TARGET=${compiler#zig:}")
        # musl's uintptr_t is a long there, and CMocka's header would declare an int.
        case $compiler in zig:s390x-*) flags=(-D_UINTPTR_T_DEFINED) ;; esac
        compiler=zig
        ;;
    msvc-clang) extra=(-DHAVE_MSVC_THREAD_LOCAL_STORAGE=OFF -DHAVE_GCC_THREAD_LOCAL_STORAGE=OFF) ;;
    esac
    once "cmocka-matrix-$name" build_cmocka "matrix-$name" "$compiler.cmake" "${extra[@]}" \
        "-DCMAKE_C_FLAGS=-w ${flags[*]}"
    mapfile -t options < <(cmocka_options "matrix-$name")
    options+=("-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/$compiler.cmake" "-DCMAKE_C_FLAGS=${flags[*]}" "${extra[@]}")
}

build() {
    local name=$1 options
    choose "$name" "$2"
    cmake -S "$TOP" -B "$OUT/$name" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON -DCMAKE_BUILD_TYPE=Debug \
        "${options[@]}"
    cmake --build "$OUT/$name"
}

# Runs the tests, and prints "RUN PASSED REASON".
run() {
    local name=$1 runner=$2 result
    [ "$runner" != native ] || runner=""
    if [ -n "$runner" ] && ! command -v "$runner" >/dev/null; then
        printf 'no\t-\t%s is not installed\n' "$runner"
        return
    fi
    local passed=0 total=0 program
    for program in "$OUT/$name"/bin/test_*; do
        case $program in *.pdb | *.ilk) continue ;; esac
        total=$((total + 1))
        # shellcheck disable=SC2086 # none, or one word
        timeout 300 $runner "$program" >"$program.out" 2>&1 </dev/null && passed=$((passed + 1))
    done
    result=$(cd "$OUT/$name/bin" && grep -lE '^\[  FAILED  \]' ./*.out | tr '\n' ' ') || true
    printf 'yes\t%s of %s\t%s\n' "$passed" "$total" "${result:+not whole: $result}"
    case $runner in qemu-*) ;; *) [ "$passed" = "$total" ] || return 1 ;; esac
}

row() { printf '%-18s %-8s %-28s %-6s %-4s %-10s %s\n' "$@"; }

main() {
    local name system compiler runner reason built line start status
    mkdir -p "$OUT" "$RESULTS"
    install_missing < <(awk '$1 ~ /^(build|cmocka|sources|clang|musl|lld|msvc|mingw|wine|zig)$/ { print $2, $3 }' \
        "$TOP/ci/needs.txt")
    once wine make_wine_prefix >"$OUT/wine.log" 2>&1
    row target system compiler built run passed "why not, seconds"
    while read -r name system compiler runner reason; do
        [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
        start=$SECONDS status=0 built=yes line=$'no\t-\t'$reason
        rm -rf "${OUT:?}/$name"
        set +e # a status that is tested would turn set -e off below
        (
            set -e
            build "$name" "$compiler"
        ) >"$OUT/$name.log" 2>&1 </dev/null
        status=$?
        [ "$status" -eq 0 ] || built=no
        status=0
        set -e
        if [ "$built" = no ] || grep -q 'warning:' "$OUT/$name.log"; then
            built=no line=$'no\t-\tsee '$OUT/$name.log status=1
        elif [ "$runner" != - ]; then
            line=$(run "$name" "$runner" </dev/null) || status=1
        fi
        IFS=$'\t' read -r ran passed reason <<<"$line"
        row "$name" "$system" "$compiler" "$built" "$ran" "$passed" "$reason ($((SECONDS - start)) s)"
        failed=$((failed + status))
    done < <(grep -v '^#' "$TOP/ci/matrix.txt")
    say "$failed failed"
    [ "$failed" -eq 0 ]
}

main "$@"
