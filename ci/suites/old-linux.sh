# needs: build zig
# Linux by Zig, with the oldest glibc that the library supports, and with musl. Both are compiled
# and linked. The program is built for x86-64, and runs if this machine is an x86-64. Only
# ci/full.sh runs this suite.
# shellcheck shell=bash

once zig quietly install_zig

# build_for LIBC builds everything for this libc. The compiler is a script, because CMake requires a
# single program, and Zig's compiler is a subcommand.
build_for() {
    local folder=$OUT/$1
    mkdir -p "$folder"
    printf '#!/bin/sh\nexec "%s" -m ziglang cc -target "x86_64-linux-%s" "$@"\n' "$XSOCK_PYTHON" \
        "$1" >"$folder/cc"
    chmod +x "$folder/cc"
    cmake_build "$folder" -DXSOCK_BUILD_TESTS=OFF -DBUILD_SHARED_LIBS=ON \
        -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=x86_64 -DCMAKE_C_COMPILER="$folder/cc"
}

needs_no_newer() { # GLIBC_2.17 is the highest version that the library needs
    local newest
    newest=$(nm -D --undefined-only "$OUT/gnu.2.17/libxsock.so" | grep -o 'GLIBC_2\.[0-9]*' |
        sort -Vu | tail -n 1)
    echo "$newest"
    [ -n "$newest" ] &&
        [ "$(printf '%s\nGLIBC_2.17\n' "$newest" | sort -V | tail -n 1)" = GLIBC_2.17 ]
}

build_for gnu.2.17
check "the library needs glibc 2.17 and no newer" needs_no_newer
if [ "$(uname -m)" = x86_64 ]; then
    check "the program runs with this machine's glibc" "$OUT/gnu.2.17/bin/xsock" catalog
fi
build_for musl
