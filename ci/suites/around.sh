# needs: build package python around
# Uses xsock with other libraries and languages. Each program of examples/around must compile
# without a warning, run, and print the expected text.
# shellcheck shell=bash

folder=$TOP/examples/around
must "the shared library is configured" cmake -S "$TOP" -B "$OUT" -G Ninja -DBUILD_SHARED_LIBS=ON \
    -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=Debug
must "the shared library is built" cmake --build "$OUT"

program() { # NAME OUTPUT OPTION...
    gcc -std=c11 -Wall -Wextra -pedantic -Werror -D_GNU_SOURCE -I "$TOP/include" \
        "$folder/$1.c" -o "$OUT/$1" "-Wl,-rpath,$OUT" -L "$OUT" -lxsock "${@:3}"
    prints "$2" "$OUT/$1"
}
with_package() { # NAME OUTPUT PACKAGE
    local words
    read -ra words < <(pkg-config --cflags --libs "$3" | sed 's/-I/-isystem /g')
    program "$1" "$2" "${words[@]}"
}
check "xsock inside a libuv loop" with_package in_libuv "libuv: hello" libuv
check "xsock inside a GLib loop" with_package in_glib "GLib: hello" glib-2.0
check "TLS over a BIO of OpenSSL" with_package tls_openssl "TLSv1.3: hello" openssl
# Mbed TLS 2 in Debian 12 has no file for pkg-config.
check "TLS over callbacks of Mbed TLS" program tls_mbedtls "TLSv1.2: hello" -lmbedtls -lmbedcrypto
check "ctypes in Python" prints $'Python: hello\nPython: Descriptor not open' \
    python3 "$folder/echo.py" "$OUT/libxsock.so"
