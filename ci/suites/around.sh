# needs: build package python around
# xsock with the libraries and languages around it: each program of examples/around compiles without
# a warning, runs, and prints what it should.
# shellcheck shell=bash

folder=$TOP/examples/around
must "the shared library is configured" cmake -S "$TOP" -B "$OUT" -G Ninja -DBUILD_SHARED_LIBS=ON \
    -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=Debug
must "the shared library is built" cmake --build "$OUT"

program() { # NAME WHAT-IT-PRINTS PACKAGE
    local words
    read -ra words < <(pkg-config --cflags --libs "$3" | sed 's/-I/-isystem /g')
    gcc -std=c11 -Wall -Wextra -pedantic -Werror -D_GNU_SOURCE -I "$TOP/include" "$folder/$1.c" -o "$OUT/$1" \
        "-Wl,-rpath,$OUT" -L "$OUT" -lxsock "${words[@]}"
    prints "$2" "$OUT/$1"
}
check "xsock inside a libuv loop" program in_libuv "libuv: hello" libuv
check "xsock inside a GLib loop" program in_glib "GLib: hello" glib-2.0
check "TLS over a BIO of OpenSSL" program tls_openssl "TLSv1.3: hello" openssl
check "ctypes in Python" prints $'Python: hello\nPython: Descriptor not open' \
    python3 "$folder/echo.py" "$OUT/libxsock.so"
