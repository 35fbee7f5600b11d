#!/usr/bin/env bash
# Builds programs that others wrote for POSIX over xsock-posix, and lets each do its job against a native peer.
#   run.sh native|wine BUILD-FOLDER SOURCES OUT
# BUILD-FOLDER is a CMake build with xsock-posix, SOURCES has the unpacked sources as NAME/source.
# Prints "ok - WHAT" and "not ok - WHAT".
set -uo pipefail

KIND=$1 FOLDER=$2 SOURCES=$3 OUT=$4
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
POSIX=$HERE/../..
mkdir -p "$OUT"
FAILED=0
PEERS=()

finish() {
    [ ${#PEERS[@]} -eq 0 ] || kill "${PEERS[@]}" 2>/dev/null
    wait 2>/dev/null
}
trap finish EXIT

check() {
    local what=$1
    shift
    if "$@" >"$OUT/log" 2>&1; then
        echo "ok - $what"
    else
        echo "not ok - $what"
        tail -n 20 "$OUT/log" | sed 's/^/# /'
        FAILED=1
    fi
}

# build NAME ARGUMENT...: compiles a program with the headers in front and the libraries behind.
build() {
    local name=$1
    shift
    if [ "$KIND" = wine ]; then
        x86_64-w64-mingw32-gcc -O1 -w -DWIN32_LEAN_AND_MEAN -I"$POSIX/include-win32" -I"$POSIX/include" "$@" \
            "$FOLDER/xsock-posix/libxsock-posix.a" "$FOLDER/libxsock.a" -lws2_32 -liphlpapi -static -lpthread \
            -o "$OUT/$name.exe"
    else
        cc -O1 -w -I"$POSIX/include" "$@" "$FOLDER/xsock-posix/libxsock-posix.a" "$FOLDER/libxsock.a" -pthread \
            -o "$OUT/$name"
    fi
}

run() {
    local name=$1
    shift
    if [ "$KIND" = wine ]; then
        timeout 120 wine "$OUT/$name.exe" "$@" </dev/null
    else
        timeout 120 "$OUT/$name" "$@" </dev/null
    fi
}

# start FILE COMMAND...: starts a peer in the background, and waits until it has written a line to FILE.
start() {
    local file=$1
    shift
    rm -f "$file"
    "$@" >"$file" 2>"$file.err" </dev/null &
    PEERS+=($!)
    for _ in $(seq 600); do
        [ -s "$file" ] && return 0
        sleep 0.05
    done
    return 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# until_open PORT: waits until somebody listens.
until_open() {
    python3 - "$1" <<'PYTHON'
import socket, sys, time
for _ in range(600):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        sys.exit(0)
    except OSError:
        time.sleep(0.05)
sys.exit(1)
PYTHON
}

# ---- hiredis, a client: its POSIX half, unmodified -------------------------------------------------

hiredis() {
    local s=$SOURCES/hiredis/source
    check "hiredis builds unmodified" build hiredis -std=c99 -I"$s" "$HERE/hiredis_client.c" \
        "$s"/{alloc,async,dict,hiredis,net,read,sds}.c
    start "$OUT/redis" python3 "$HERE/redis_peer.py"
    check "hiredis moves 3 MB and 1,000 pipelined commands, byte for byte" \
        run hiredis 127.0.0.1 "$(cat "$OUT/redis")"
    check "hiredis connects by name" run hiredis localhost "$(cat "$OUT/redis")"
}

# ---- microsocks, a proxy: a server with threads and poll() -----------------------------------------

# The proxy is run in the background; Wine's own process stays in front of it.
microsocks() {
    local s=$SOURCES/microsocks/source port web
    check "microsocks builds unmodified" build microsocks -std=gnu99 "$s"/{sockssrv,server,sblist,sblist_delete}.c
    start "$OUT/web" python3 "$HERE/web_peer.py"
    web=$(cat "$OUT/web")
    port=$(free_port)
    run microsocks -i 127.0.0.1 -p "$port" >"$OUT/microsocks.log" 2>&1 &
    PEERS+=($!)
    check "microsocks listens" until_open "$port"
    curl -s -m 60 "http://127.0.0.1:$web/" -o "$OUT/straight"
    fetch() {
        curl -s -S -m 60 --proxy "$1://127.0.0.1:$port" "http://127.0.0.1:$web/" -o "$OUT/fetched" &&
            cmp "$OUT/straight" "$OUT/fetched"
    }
    check "microsocks passes 5 MB on, byte for byte" fetch socks5
    check "microsocks resolves names" fetch socks5h
    give() {
        [ "$(curl -s -S -m 60 --proxy "socks5://127.0.0.1:$port" --data-binary "@$OUT/straight" \
            "http://127.0.0.1:$web/")" = "$(sha256sum <"$OUT/straight" | cut -d' ' -f1)" ]
    }
    check "microsocks takes 5 MB, byte for byte" give
    several() {
        local i jobs=()
        for i in 1 2 3 4 5 6 7 8; do
            curl -s -S -m 60 --proxy "socks5://127.0.0.1:$port" "http://127.0.0.1:$web/" -o "$OUT/many.$i" &
            jobs+=($!)
        done
        wait "${jobs[@]}"
        for i in 1 2 3 4 5 6 7 8; do cmp "$OUT/straight" "$OUT/many.$i" || return 1; done
    }
    check "microsocks serves eight clients at once" several
}

hiredis
microsocks
exit $FAILED
