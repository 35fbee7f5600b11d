# needs: build cmocka sources mingw wine peers
# xsock-posix: its tests natively, with the library and without, and under Wine; programs that others wrote, each
# at its job against a native peer.
# shellcheck shell=bash

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine

PROGRAMS=(gnulib hiredis microsocks)
posix_tests() { grep -v '^#' "$TOP/xsock-posix/tests/tests.txt"; }

fetch_programs() {
    local name
    for name in "${PROGRAMS[@]}"; do once "source-$name" fetch_source "$name" "$DEPS/programs/$name"; done
}
must "the sources of programs are there" fetch_programs

# Natively: what the tests expect is what the system itself does.
must "configures for emulation" cmake -S "$TOP" -B "$OUT/native" -G Ninja -DXSOCK_WERROR=ON \
    -DXSOCK_BUILD_TESTS=ON -DXSOCK_POSIX_EMULATE=ON
targets=(xsock-posix)
while read -r name; do targets+=("posix_$name" "plain_$name"); done < <(posix_tests)
must "builds for emulation without a warning" without_warnings cmake --build "$OUT/native" --target "${targets[@]}"
while read -r name; do
    run_program "plain-$name" "$OUT/native/bin/plain_$name"
    run_program "posix-$name" "$OUT/native/bin/posix_$name"
done < <(posix_tests)
run_script programs bash "$TOP/xsock-posix/tests/programs/run.sh" native "$OUT/native" "$DEPS/programs" "$OUT/run"
run_script gnulib bash "$TOP/xsock-posix/tests/programs/gnulib.sh" native "$OUT/native" "$DEPS/programs" "$OUT/run"

own_names() { # everything global in the archive has xsock's prefix: nobody else's names are taken
    nm --defined-only --extern-only "$1" | awk 'NF == 3 && $3 !~ /^xsock_posix_/ { print; bad = 1 } END { exit bad }'
}
check "the archive defines no name but xsock_posix_ ones" own_names "$OUT/native/xsock-posix/libxsock-posix.a"

# Windows.
mapfile -t cmocka < <(cmocka_options mingw)
must "configures for Windows" cmake -S "$TOP" -B "$OUT/win" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON \
    -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake" "${cmocka[@]}"
targets=(xsock-posix)
while read -r name; do
    case $name in kernel_*) ;; *) targets+=("posix_$name") ;; esac
done < <(posix_tests)
must "builds for Windows without a warning" without_warnings cmake --build "$OUT/win" --target "${targets[@]}"
while read -r name; do
    case $name in kernel_*) ;; *) run_program "wine-$name" wine "$OUT/win/bin/posix_$name.exe" ;; esac
done < <(posix_tests)
run_script wine-programs bash "$TOP/xsock-posix/tests/programs/run.sh" wine "$OUT/win" "$DEPS/programs" "$OUT/run-wine"
run_script wine-gnulib bash "$TOP/xsock-posix/tests/programs/gnulib.sh" wine "$OUT/win" "$DEPS/programs" \
    "$OUT/run-wine"
