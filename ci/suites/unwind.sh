# needs: build cxx
# Linux, gcc. Exceptions and backtraces must pass through a call of the default Release library, the
# shared one and in ci/full.sh the static one, too.
# shellcheck shell=bash

unwind=$TOP/tests/unwind
warnings=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -I "$TOP/include")

# If an exception left a lock taken, the program would hang.
without_hanging() { timeout 60 "$@"; }

caught() { # KIND LINK...
    g++ -std=c++17 "${warnings[@]}" "$unwind/throw.cpp" -o "$OUT/$1/throw" "${@:2}" -pthread
    without_hanging "$OUT/$1/throw"
}

traced() { # KIND LINK...
    gcc -std=c11 "${warnings[@]}" "$unwind/backtrace.c" -rdynamic -o "$OUT/$1/backtrace" "${@:2}" \
        -pthread -ldl
    without_hanging "$OUT/$1/backtrace"
}

try_kind() { # KIND LINK...
    mkdir -p "$OUT/$1"
    check "$1: an exception that leaves a callback of xsock_catalog is caught" caught "$@"
    check "$1: a backtrace in a callback of xsock_catalog reaches main" traced "$@"
}

must "the shared library builds" common_build shared
try_kind shared "$BUILD/common/shared/libxsock.so" -Wl,-rpath,"$BUILD/common/shared"
if [ -n "${XSOCK_FULL:-}" ]; then
    must "static configures" cmake -S "$TOP" -B "$OUT/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_BUILD_PAGES=OFF -DXSOCK_WERROR=ON
    must "static builds" cmake --build "$OUT/build"
    try_kind static "$OUT/build/libxsock.a"
fi
