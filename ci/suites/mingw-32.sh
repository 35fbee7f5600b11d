# needs: build mingw32
# Windows of 32 bits: library, program and benchmarks are compiled and linked, which is where sizes and formats show.
# They are not run: a Wine for 64 bits doesn't run them.
# shellcheck shell=bash

must "configures" cmake -S "$TOP" -B "$OUT" -G Ninja -DXSOCK_WERROR=ON -DBUILD_SHARED_LIBS=ON -DXSOCK_BUILD_BENCH=ON \
    -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=i686 -DCMAKE_C_COMPILER=i686-w64-mingw32-gcc \
    -DCMAKE_RC_COMPILER=i686-w64-mingw32-windres
check "library, program and benchmarks build without a warning" without_warnings cmake --build "$OUT"
