# needs: build mingw32
# Windows of 32 bits: the library, the program and the benchmarks are compiled and linked. The
# compiler finds wrong sizes and formats. They do not run: Wine for 64 bits does not run them.
# shellcheck shell=bash

must "configures" cmake -S "$TOP" -B "$OUT" -G Ninja -DXSOCK_WERROR=ON -DBUILD_SHARED_LIBS=ON -DXSOCK_BUILD_BENCH=ON \
    -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=i686 -DCMAKE_C_COMPILER=i686-w64-mingw32-gcc \
    -DCMAKE_RC_COMPILER=i686-w64-mingw32-windres
check "library, program and benchmarks build without a warning" without_warnings cmake --build "$OUT"
