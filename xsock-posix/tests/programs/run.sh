#!/usr/bin/env bash
# Builds programs that others wrote for POSIX over xsock-posix, and lets each do its job against a
# native peer. How it is called stands in lib.sh. Names of programs may follow: hiredis microsocks
# tinyproxy libcurl. c_ares, ucspi_tcp, socat and netcat run natively only.
# shellcheck source=xsock-posix/tests/programs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The web server that the others talk to, and what it gives out.
WEB=
web_peer() {
    [ -z "$WEB" ] || return 0
    start "$OUT/web" python3 "$HERE/web_peer.py"
    WEB=$(cat "$OUT/web")
    web >"$OUT/straight"
}

# web OPTION...: talks to the web server by the machine's own curl, and prints the answer.
web() { curl -s -S -m "$PATIENCE" "$@" "http://127.0.0.1:$WEB/"; }

# web_gives, web_takes OPTION...: the body of the server comes whole, or comes there whole.
web_gives() { web "$@" >"$OUT/fetched" && cmp "$OUT/straight" "$OUT/fetched"; }
web_takes() { [ "$(web "$@" --data-binary "@$OUT/straight")" = "$(digest)" ]; }
digest() { sha256sum <"$OUT/straight" | cut -d' ' -f1; }

in_time() { timeout "$PATIENCE" "$@"; }

# ---- hiredis, a client: its POSIX half, unmodified -----------------------------------------------

hiredis() {
    local s=$SOURCES/hiredis/source
    check "hiredis builds unmodified" build hiredis -std=c99 -I"$s" "$HERE/hiredis_client.c" \
        "$s"/{alloc,async,dict,hiredis,net,read,sds}.c
    start "$OUT/redis" python3 "$HERE/redis_peer.py"
    check "hiredis moves 3 MB and 1,000 pipelined commands, byte for byte" \
        run hiredis 127.0.0.1 "$(cat "$OUT/redis")"
    check "hiredis connects by name" run hiredis localhost "$(cat "$OUT/redis")"
}

# ---- microsocks, a proxy: a server with threads and poll() ---------------------------------------

microsocks() {
    local s=$SOURCES/microsocks/source port
    check "microsocks builds unmodified" build microsocks -std=gnu99 \
        "$s"/{sockssrv,server,sblist,sblist_delete}.c
    web_peer
    port=$(free_port)
    serve microsocks -i 127.0.0.1 -p "$port"
    check "microsocks listens" until_open "$port"
    by_proxy=(--proxy "socks5://127.0.0.1:$port")
    check "microsocks passes 5 MB on, byte for byte" web_gives "${by_proxy[@]}"
    check "microsocks resolves names" web_gives --proxy "socks5h://127.0.0.1:$port"
    check "microsocks takes 5 MB, byte for byte" web_takes "${by_proxy[@]}"
    several() {
        local i jobs=()
        for i in 1 2 3 4 5 6 7 8; do
            web "${by_proxy[@]}" >"$OUT/many.$i" &
            jobs+=($!)
        done
        wait "${jobs[@]}"
        for i in 1 2 3 4 5 6 7 8; do cmp "$OUT/straight" "$OUT/many.$i" || return 1; done
    }
    check "microsocks serves eight clients at once" several
}

# ---- tinyproxy, a proxy for the web: threads, poll() or select(), an own configuration -----------

# What tinyproxy wants beyond sockets stands in stubs/win32, and regular expressions are musl's.
tinyproxy() {
    local s=$SOURCES/tinyproxy/source/src m=$SOURCES/musl/source port name more=() files=()
    for name in hostspec acl anonymous buffer child conf-tokens conf conns daemon heap html-error \
        http-message log network reqs sock stats text main utils upstream basicauth base64 sblist \
        hsearch orderedmap loop mypoll connect-ports; do
        files+=("$s/$name.c")
    done
    if [ "$KIND" = wine ]; then
        mkdir -p "$OUT/regex"
        cp "$m/include/regex.h" "$OUT/regex"
        more=(-I"$HERE/stubs/win32" -I"$HERE/stubs/regex" -I"$OUT/regex" -I"$m/src/regex" -Dhidden=
            -DCHARCLASS_NAME_MAX=14 -DRE_DUP_MAX=255 -Dlstat=stat -Dfsync=_commit
            -D_POSIX_THREAD_SAFE_FUNCTIONS
            "$m/src/regex/regcomp.c" "$m/src/regex/regexec.c" "$m/src/regex/tre-mem.c")
    fi
    # A call of tinyproxy's own has no declaration if it is built without upstream proxies.
    more+=(-Wno-error=implicit-function-declaration)
    check "tinyproxy builds unmodified" build tinyproxy -D_GNU_SOURCE -DHAVE_CONFIG_H -DNDEBUG \
        -DSYSCONFDIR='"/etc"' -DLOCALSTATEDIR='"/var"' -I"$HERE/stubs/tinyproxy" "${more[@]}" \
        "${files[@]}"
    web_peer
    port=$(free_port)
    printf '%s\n' "Port $port" "Listen 127.0.0.1" "Timeout $PATIENCE" "MaxClients 20" \
        "Allow 127.0.0.1" >"$OUT/tinyproxy.conf"
    serve tinyproxy -d -c "$OUT/tinyproxy.conf"
    check "tinyproxy listens" until_open "$port"
    by_proxy=(-x "http://127.0.0.1:$port")
    check "tinyproxy passes 5 MB on, byte for byte" web_gives "${by_proxy[@]}"
    check "tinyproxy tunnels 5 MB, byte for byte" web_gives --proxytunnel "${by_proxy[@]}"
    check "tinyproxy takes 5 MB, byte for byte" web_takes "${by_proxy[@]}"
    denied() { WEB=1 web "${by_proxy[@]}" | grep "500 Unable to connect"; }
    check "tinyproxy tells that a connection was refused" denied
}

# ---- libcurl, a client: its half for POSIX, by poll() without blocking ---------------------------

# On Windows curl would take Winsock: our headers come before all, and curl's own macro for another
# stack than Winsock's makes its sockets ints.
libcurl() {
    local s=$SOURCES/curl/source more=()
    more=(-D_GNU_SOURCE)
    [ "$KIND" = native ] || more=(-D__LWIP_OPT_H__ -include sys/socket.h -include sys/select.h)
    check "libcurl builds unmodified" build curl "${more[@]}" -DHAVE_CONFIG_H -DBUILDING_LIBCURL \
        -DCURL_STATICLIB -I"$HERE/stubs/curl" -I"$s/include" -I"$s/lib" "$HERE/curl_client.c" \
        "$s"/lib/*.c "$s"/lib/{vauth,vtls,vssh,vquic}/*.c
    web_peer
    check "libcurl fetches and posts 5 MB, and fetches eight at once, byte for byte" \
        run curl "http://127.0.0.1:$WEB/" "$(digest)"
}

# ---- c-ares, a client: UDP and TCP by select() without blocking ----------------------------------

c_ares() {
    local s=$SOURCES/c-ares/source
    check "c-ares builds unmodified" build cares -D_GNU_SOURCE -DHAVE_CONFIG_H -DCARES_STATICLIB \
        -I"$HERE/stubs/c-ares" -I"$s/include" -I"$s/src/lib" "$HERE/cares_client.c" "$s"/src/lib/*.c
    start "$OUT/dns" python3 "$HERE/dns_peer.py"
    check "c-ares resolves 200 names at once, and a name with 200 addresses, by UDP and by TCP" \
        run cares "$(cat "$OUT/dns")"
}

# ---- ucspi-tcp: a server and a client that give their connections to started programs ------------

# Its Makefile asks the compiler about the system, so it builds in a copy. The two files that name
# the compiler and the linker are its own way to choose them.
ucspi_build() {
    rm -rf "$OUT/ucspi"
    cp -r "$SOURCES/ucspi-tcp/source" "$OUT/ucspi" || return 1
    echo "cc -O1 -w -I$(realpath "$POSIX/include")" >"$OUT/ucspi/conf-cc"
    printf '#!/bin/sh\nexec cc "$@" "%s/xsock-posix/libxsock-posix.a" "%s/libxsock.a" -pthread\n' \
        "$(realpath "$FOLDER")" "$(realpath "$FOLDER")" >"$OUT/ucspi/link"
    chmod +x "$OUT/ucspi/link"
    echo ./link >"$OUT/ucspi/conf-ld"
    make -s -C "$OUT/ucspi" tcpserver tcpclient
}

ucspi_tcp() {
    local port program=(python3 "$HERE/inherited.py") quiet=(-H -R -l 127.0.0.1)
    check "ucspi-tcp builds unmodified" ucspi_build
    head -c 5000000 /dev/urandom >"$OUT/sent"
    start "$OUT/tcpserver.port" timeout "$PATIENCE" "$OUT/ucspi/tcpserver" -1 "${quiet[@]}" \
        127.0.0.1 0 "${program[@]}" echo
    port=$(cat "$OUT/tcpserver.port")
    client=("$OUT/ucspi/tcpclient" -T "$PATIENCE" "${quiet[@]}" 127.0.0.1)
    check "tcpserver and tcpclient pass 5 MB between the programs that they start, byte for byte" \
        in_time "${client[@]}" "$port" "${program[@]}" send "$OUT/sent"
    check "tcpserver serves eight clients of the system at once" \
        in_time python3 "$HERE/inherited.py" several "$port" "$OUT/sent"
    refused() {
        local text
        ! text=$(in_time "${client[@]}" "$(free_port)" true 2>&1) &&
            [[ $text = *"connection refused"* ]]
    }
    check "tcpclient tells that a connection was refused" refused
}

# ---- socat, a relay: select(), and a process for each connection ---------------------------------

# Its configure asks the compiler what our headers have, so it builds in a copy.
socat_build() {
    local top off=()
    top=$(realpath "$FOLDER")
    rm -rf "$OUT/socat"
    cp -r "$SOURCES/socat/source" "$OUT/socat" || return 1
    for part in openssl readline libwrap tun filan; do off+=("--disable-$part"); done
    (cd "$OUT/socat" &&
        ./configure -q "${off[@]}" CFLAGS="-O1 -w" CPPFLAGS="-I$(realpath "$POSIX/include")" \
            LIBS="$top/xsock-posix/libxsock-posix.a $top/libxsock.a -pthread") &&
        make -s -C "$OUT/socat" socat
}

socat() {
    local port path=$OUT/relay binary=socat/socat
    check "socat builds unmodified" socat_build
    start "$OUT/echo" python3 "$HERE/echo_peer.py"
    head -c 5000000 /dev/urandom >"$OUT/sent"
    port=$(free_port)
    rm -f "$path"
    serve "$binary" -t "$PATIENCE" "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" \
        "TCP:127.0.0.1:$(cat "$OUT/echo")"
    check "socat listens" until_open "$port"
    check "socat relays 5 MB of eight clients at once to a server of the system and back" \
        in_time python3 "$HERE/inherited.py" several "$port" "$OUT/sent"
    serve "$binary" -t "$PATIENCE" "UNIX-LISTEN:$path,fork" "TCP:127.0.0.1:$port"
    by_path() {
        in_time "$OUT/$binary" -t "$PATIENCE" - "UNIX-CONNECT:$path,retry=30000,interval=0.1" \
            <"$OUT/sent" >"$OUT/back" && cmp "$OUT/sent" "$OUT/back"
    }
    check "socat relays 5 MB of its standard streams by a UNIX socket, byte for byte" by_path
}

# ---- netcat, which gives its connection to the program that it starts ----------------------------

netcat() {
    check "netcat builds unmodified" build netcat -w -DLINUX -DTELNET -DGAPING_SECURITY_HOLE \
        -DDEBIAN_VERSION='""' "$SOURCES/netcat/source/netcat.c"
    head -c 5000000 /dev/urandom >"$OUT/sent"
    check "netcat gives its connection to cat, which sends 5 MB back, byte for byte" \
        in_time python3 "$HERE/inherited.py" called "$OUT/sent" "$OUT/netcat" -e /bin/cat 127.0.0.1
    refused() {
        local text
        ! text=$(run netcat -v -z 127.0.0.1 "$(free_port)" 2>&1) &&
            [[ $text = *"Connection refused"* ]]
    }
    check "netcat tells that a connection was refused" refused
}

PARTS=("${@:5}")
if [ ${#PARTS[@]} -eq 0 ]; then
    PARTS=(hiredis microsocks tinyproxy libcurl)
    [ "$KIND" = wine ] || PARTS+=(c_ares ucspi_tcp socat netcat)
fi
for part in "${PARTS[@]}"; do "$part"; done
exit $FAILED
