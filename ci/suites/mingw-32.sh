# needs: build mingw32
# Windows of 32 bits. The library and the program are compiled and linked, and in ci/full.sh the
# benchmarks, too. The compiler finds wrong sizes and formats. Nothing runs, because Wine for 64
# bits does not run programs of 32 bits. The suite wine10 of ci/full.sh runs the tests.
# shellcheck shell=bash

bench=OFF
[ -z "${XSOCK_FULL:-}" ] || bench=ON
must "configures" cmake -S "$TOP" -B "$OUT" -G Ninja -DXSOCK_WERROR=ON -DBUILD_SHARED_LIBS=ON \
    -DXSOCK_BUILD_BENCH=$bench \
    -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-i686.cmake"
check "builds without a warning" without_warnings cmake --build "$OUT"
