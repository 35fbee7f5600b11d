# needs: build cmocka mingw mingw32 sources debootstrap
# Windows of 64 and of 32 bits under Wine 10, which is in the next release of Debian. Only
# ci/full.sh runs this suite: it makes a tree of that release under build/ci/deps, of 3 GB. Making
# the tree, and entering the tree, needs root.
# shellcheck shell=bash

in_tree=(bash "$TOP/ci/enter.sh" trixie "${WINE10[@]}")

# run_under_wine_10 BITS SYSTEM TOOLCHAIN
run_under_wine_10() {
    once "cmocka-$2" quietly build_cmocka "$2" "$3"
    mapfile -t cmocka < <(cmocka_options "$2")
    cmake_build "$OUT/$1" -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/$3" "${cmocka[@]}" \
        -DXSOCK_BUILD_PAGES=OFF
    run_kinds "fake real inner windows" "$OUT/$1" "${in_tree[@]}" wine
}

if ! can_enter_trees; then
    say "  skipped Windows under Wine 10: this needs root, which makes and enters a tree of Debian"
    count 0 0 1
else
    once debian-trixie quietly make_tree trixie
    once wine10 quietly make_wine10
    "${in_tree[@]}" "${WINESERVER[@]}" >"$BUILD/wine10.log" 2>&1 </dev/null || true
    run_under_wine_10 64 mingw mingw-w64-x86_64.cmake
    run_under_wine_10 32 mingw32 mingw-w64-i686.cmake
fi
