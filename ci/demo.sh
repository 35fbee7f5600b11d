#!/usr/bin/env bash
# Shows xsock on a fresh Debian or Ubuntu machine: installs what is missing, builds the library and
# the program, runs the program, and serves a page with it.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SUITE=demo
OUT=$TOP/build/demo
mkdir -p "$BUILD"

build() {
    quietly cmake -S "$TOP" -B "$OUT" -G Ninja
    quietly cmake --build "$OUT"
}

show() {
    printf '\n$ xsock %s\n' "$*"
    "$OUT/bin/xsock" "$@"
}

# One request to a server that is `xsock listen`: what the client gets, and what the server got.
serve_one_request() {
    local page='Hello from xsock.' server port client
    rm -f "$OUT/told"
    mkfifo "$OUT/told"
    printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n' \
        $((${#page} + 1)) "$page" |
        timeout 60 "$OUT/bin/xsock" listen --verbose 127.0.0.1:0 >"$OUT/request" 2>"$OUT/told" &
    server=$!
    exec 3<"$OUT/told"
    read -r -t 60 port <&3 # "... listening on 127.0.0.1:PORT"
    port=${port##*:}
    if command -v curl >/dev/null; then
        client=(curl -sS --max-time 60 "http://127.0.0.1:$port/hello")
    else
        client=("$OUT/bin/xsock" connect --timeout 60 "127.0.0.1:$port")
    fi
    printf '\n$ printf RESPONSE | xsock listen 127.0.0.1:%s &\n$ %s\n' "$port" \
        "${client[*]##*/bin/}"
    printf 'GET /hello HTTP/1.0\r\n\r\n' | "${client[@]}"
    wait "$server"
    exec 3<&-
    rm "$OUT/told"
    printf '\nWhat xsock listen printed, the request:\n'
    tr -d '\r' <"$OUT/request"
}

install_missing < <(awk '$1 == "build" { print $2, $3 }' "$TOP/ci/needs.txt")
say "building in ${OUT#"$TOP"/}"
build
show catalog
show open inet stream tcp
serve_one_request
