# needs: build package python around zig
# Uses xsock with other libraries and languages. Each program of examples/around must compile
# without a warning, run, and print the expected text. Only ci/full.sh installs Go and Rust.
# shellcheck shell=bash

folder=$TOP/examples/around
must "the shared library is built" common_build shared
library=$BUILD/common/shared
mkdir -p "$OUT"

program() { # NAME OUTPUT OPTION...
    gcc -std=c11 -Wall -Wextra -pedantic -Werror -D_GNU_SOURCE -I "$TOP/include" \
        "$folder/$1.c" -o "$OUT/$1" "-Wl,-rpath,$library" -L "$library" -lxsock -pthread "${@:3}"
    prints "$2" "$OUT/$1"
}
with_package() { # NAME OUTPUT PACKAGE
    local words
    read -ra words < <(pkg-config --cflags --libs "$3" | sed 's/-I/-isystem /g')
    program "$1" "$2" "${words[@]}"
}
check "xsock inside a libuv loop" with_package in_libuv "libuv: hello" libuv
check "xsock inside a GLib loop" with_package in_glib "GLib: hello" glib-2.0
check "a libuv loop inside a poller" with_package libuv_inside "libuv inside: hello" libuv
check "a GLib context inside a poller" with_package glib_inside "GLib inside: hello" glib-2.0
check "TLS over a BIO of OpenSSL" with_package tls_openssl "TLSv1.3: hello" openssl
# Mbed TLS 2 in Debian 12 has no file for pkg-config.
check "TLS over callbacks of Mbed TLS" program tls_mbedtls "TLSv1.2: hello" -lmbedtls -lmbedcrypto
check "ctypes in Python" prints $'Python: hello\nPython: Descriptor not open' \
    python3 "$folder/echo.py" "$library/libxsock.so"

# ---- Compiled languages --------------------------------------------------------------------------

by_zig() {
    local zig=("$DEPS"/zig/lib/python3*/site-packages/ziglang/zig)
    "${zig[0]}" translate-c -lc -I "$TOP/include" "$TOP/include/xsock.h" >"$OUT/xsock.zig"
    "${zig[0]}" build-exe -lc -L "$library" -lxsock -rpath "$library" --dep xsock \
        "-Mroot=$folder/hello.zig" "-Mxsock=$OUT/xsock.zig" "-femit-bin=$OUT/hello-zig"
    prints "Zig: hello" "$OUT/hello-zig"
}
by_go() {
    export CGO_CFLAGS="-I$TOP/include" CGO_LDFLAGS="-L$library -Wl,-rpath,$library"
    export GOTOOLCHAIN=local
    go build -o "$OUT/hello-go" "$folder/hello.go"
    prints "Go: hello" "$OUT/hello-go"
}
by_rust() {
    rustc -D warnings "$folder/hello.rs" -L "$library" -C "link-arg=-Wl,-rpath,$library" \
        -o "$OUT/hello-rust"
    prints "Rust: hello" "$OUT/hello-rust"
}
# where_there COMMAND WHAT CHECK: a check that needs a command, and is skipped without it.
where_there() {
    if command -v "$1" >/dev/null; then
        check "$2" "$3"
    else
        say "  skipped $2: $1 is not installed"
        count 0 0 1
    fi
}
install_languages() {
    awk '$1 ~ /^(go|rust)$/ { print $2, $3 }' "$TOP/ci/needs.txt" | install_missing
}
if [ -n "${XSOCK_FULL:-}" ]; then
    quietly install_languages
    once zig quietly install_zig
    check "translated to Zig" by_zig
else
    say "  skipped translated to Zig: Zig compiles for a minute; ci/full.sh waits for that"
    count 0 0 1
fi
where_there go "cgo in Go" by_go
where_there rustc "declarations in Rust" by_rust
