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

# ---- Microsoft's own compiler --------------------------------------------------------------------

# The compiler is not here, and CMake only pretends to have it: what CMake writes is looked at, and
# not built.
as_cl() { # PROCESSOR
    rm -rf "$OUT/cl-$1"
    cmake -S "$TOP" -B "$OUT/cl-$1" -G Ninja -DCMAKE_SYSTEM_NAME=Windows -DBUILD_SHARED_LIBS=ON \
        -DXSOCK_BUILD_PAGES=OFF "-DCMAKE_C_COMPILER=$(command -v clang)" -DCMAKE_LINKER=lld-link \
        -DCMAKE_MT=llvm-mt -DCMAKE_RC_COMPILER=llvm-rc -DCMAKE_C_COMPILER_FORCED=ON \
        -DCMAKE_C_COMPILER_ID_RUN=1 -DCMAKE_C_COMPILER_ID=MSVC -DCMAKE_C_COMPILER_VERSION=19.29 \
        "-DSET_MSVC_C_ARCHITECTURE_ID=set(MSVC_C_ARCHITECTURE_ID $1)"
    grep '^  FLAGS = .*/W4 .*/guard:cf .*-std:c11' "$OUT/cl-$1/build.ninja"
}
for_cl() { as_cl x64 && grep 'LINK_FLAGS = .*/CETCOMPAT' "$OUT/cl-x64/build.ninja"; }
check "MSVC: strict C11 and hardening" for_cl
for_cl_on_arm() { as_cl ARM64 && ! grep CETCOMPAT "$OUT/cl-ARM64/build.ninja"; }
check "MSVC for ARM64: no option that the linker refuses" for_cl_on_arm
without_posix() { ! grep '\.dir/src/.*_win32\.c\|build xsock-posix: ' "$OUT/cl-x64/build.ninja"; }
check "MSVC: xsock-posix, whose headers need GCC or Clang, is left out" without_posix
