# What the suites share: building by CMake, and looking into what was built.
# shellcheck shell=bash

# cmake_build FOLDER OPTION...: library, program and tests, by CMake, with warnings as errors. The
# variable TARGETS has the targets to build. If TARGETS is empty, everything is built. The suite
# pages makes the pages.
TARGETS=()
cmake_build() {
    local folder=$1
    shift
    must "configures" cmake -S "$TOP" -B "$folder" -G Ninja -DXSOCK_WERROR=ON \
        -DXSOCK_BUILD_TESTS=ON -DXSOCK_BUILD_PAGES=OFF -DCMAKE_INSTALL_LIBDIR=lib "$@"
    must "builds without a warning" without_warnings cmake --build "$folder" \
        ${TARGETS[@]+--target "${TARGETS[@]}"}
}

# Half of each compilation for Windows is a header of gcc about the processor, which mingw-w64's
# headers include and nobody here uses. A build that need not be as users' builds are defines the
# header's own guard, and so leaves the header out.
QUICK_WINDOWS=-DCMAKE_C_FLAGS=-D_X86INTRIN_H_INCLUDED

# common_build WHICH: a build that several suites use, in $BUILD/common/WHICH. The first suite that
# asks builds. Later suites find everything built, and change nothing that another suite reads at
# the same time. ci/test.sh forgets at its start what was built.
#   native, windows  the static library, the program and the examples, not optimised
#   shared           the shared library and the program, as users get them
common_build() {
    local options=(-DCMAKE_BUILD_TYPE=None -DXSOCK_BUILD_EXAMPLES=ON)
    case $1 in
    windows)
        options+=("-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/mingw-w64-x86_64.cmake" "$QUICK_WINDOWS")
        ;;
    shared) options=(-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON) ;;
    esac
    mkdir -p "$BUILD/common"
    (
        flock 9
        [ ! -e "$BUILD/common/$1.built" ] || exit 0
        cmake -S "$TOP" -B "$BUILD/common/$1" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_PAGES=OFF \
            -DCMAKE_INSTALL_LIBDIR=lib "${options[@]}"
        without_warnings cmake --build "$BUILD/common/$1"
        touch "$BUILD/common/$1.built"
    ) 9>"$BUILD/common/$1.lock"
}

# Runs a command that must print no warning; -Werror does not reach the linker's.
without_warnings() {
    local log=$BUILD/$SUITE.warnings
    "$@" 2>&1 | tee "$log"
    ! grep -qi 'warning' "$log"
}

# headers_as_cxx COMPILER...: compiles each public header as every C++ that the compiler knows.
headers_as_cxx() {
    local dialect header known=0
    for dialect in c++98 c++11 c++14 c++17 c++2a c++2b c++2c; do
        echo | "$@" "-std=$dialect" -fsyntax-only -x c++ - 2>/dev/null || continue
        for header in "$TOP"/include/*.h; do
            "$@" "-std=$dialect" -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror \
                -fsyntax-only -I "$TOP/include" -x c++ - <<<"#include \"$(basename "$header")\""
        done
        say "the headers are $dialect"
        known=$((known + 1))
    done
    [ "$known" -gt 0 ] # without a compiler, there would be no dialect
}

# The calls that the public headers declare, one a line.
declared_calls() {
    cat "$TOP"/include/*.h | tr '\n' ' ' | grep -oE 'XSOCK_API [^;]*;' |
        grep -oE '\bxsock_[a-z0-9_]+ *\(' |
        tr -d ' (' | sort -u
}

# same_lines WHAT-ONE FILE-ONE WHAT-TWO FILE-TWO: succeeds if the files are the same. Otherwise it
# prints the lines that only one of them has.
same_lines() {
    local one two
    one=$(comm -23 "$2" "$4")
    two=$(comm -13 "$2" "$4")
    [ -z "$one" ] || printf 'only %s: %s\n' "$1" "$one"
    [ -z "$two" ] || printf 'only %s: %s\n' "$3" "$two"
    [ -z "$one$two" ]
}

# The calls that the list of exports has, one a line.
listed_calls() { grep -v '^#' "$TOP/abi/exports.txt"; }

# exports_are_listed: abi/exports.txt is sorted, and has exactly the calls that the headers declare.
exports_are_listed() {
    declared_calls >"$OUT/declared.txt"
    listed_calls >"$OUT/listed.txt"
    sort -c "$OUT/listed.txt" && same_lines declared "$OUT/declared.txt" listed "$OUT/listed.txt"
}

# exports_match FILE-OF-EXPORTED-NAMES: exactly what is listed and declared is exported.
exports_match() {
    exports_are_listed
    sort -u -o "$1" "$1"
    [ -s "$OUT/listed.txt" ] && same_lines listed "$OUT/listed.txt" exported "$1"
}

# The version that the program must report.
version() { head -n 1 "$TOP/VERSION"; }

# prints TEXT COMMAND...: the command succeeds and prints just this.
prints() {
    local want=$1 got
    shift
    got=$("$@" | tr -d '\r') || return 1
    printf '%s\n' "$got"
    [ "$got" = "$want" ]
}
