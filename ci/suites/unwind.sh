# needs: build cxx
# Linux, gcc. Exceptions and backtraces must pass through a call of the default Release library,
# shared and static.
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

try_kind() { # KIND BUILD_SHARED_LIBS LINK...
    must "$1 configures" cmake -S "$TOP" -B "$OUT/$1" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS="$2" -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_WERROR=ON
    must "$1 builds" cmake --build "$OUT/$1"
    check "$1: an exception that leaves a callback of xsock_catalog is caught" caught "$1" "${@:3}"
    check "$1: a backtrace in a callback of xsock_catalog reaches main" traced "$1" "${@:3}"
}

try_kind shared ON "$OUT/shared/libxsock.so" -Wl,-rpath,"$OUT/shared"
try_kind static OFF "$OUT/static/libxsock.a"
