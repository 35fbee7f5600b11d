# needs: build sources clang lld msvc wine
# Windows as MSVC compiles it: clang in MSVC mode with Wine's headers, and the static library, under
# Wine. The tests are those of Winsock, of the branches for MSVC, and of xsock-posix. The suite
# mingw-static runs all tests.
# shellcheck shell=bash

once cmocka-msvc quietly build_cmocka msvc msvc-clang.cmake \
    -DHAVE_MSVC_THREAD_LOCAL_STORAGE=OFF -DHAVE_GCC_THREAD_LOCAL_STORAGE=OFF # not under Wine
once wine quietly make_wine_prefix
keep_wine
mapfile -t cmocka < <(cmocka_options msvc)
tests=(bitmap fdtab truth life errors_talk messages threads close_wakes poller poller_threads)
mapfile -t posix < <(grep -Ev '^(#|kernel_)' "$TOP/xsock-posix/tests/tests.txt")
must "configures" cmake -S "$TOP" -B "$OUT" -G Ninja -DXSOCK_WERROR=ON -DXSOCK_BUILD_TESTS=ON \
    -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/msvc-clang.cmake" "${cmocka[@]}" -DCMAKE_BUILD_TYPE=None
must "library, program and tests build without a warning" \
    without_warnings cmake --build "$OUT" --target xsock xsock-program "${tests[@]/#/test_}" \
    "${posix[@]/#/posix_}"
for name in "${tests[@]}"; do
    run_program "$name" wine "$OUT/bin/test_$name.exe"
done
for name in "${posix[@]}"; do
    run_program "posix-$name" wine "$OUT/bin/posix_$name.exe"
done
tells_its_version() { prints "xsock $(version)" wine "$OUT/bin/xsock.exe" --version; }
check "the program runs" tells_its_version
