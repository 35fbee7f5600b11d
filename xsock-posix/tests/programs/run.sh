#!/usr/bin/env bash
# Builds programs that others wrote for POSIX over xsock-posix, and lets each do its job against a native peer. How
# it is called stands in lib.sh.
# shellcheck source=xsock-posix/tests/programs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

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
