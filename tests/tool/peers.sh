#!/usr/bin/env bash
# The program xsock with peers of other projects: curl, python3's HTTP server, socat, ncat. A
# program for Windows also has the native xsock as its peer.
#
#   tests/tool/peers.sh build/xsock
#   XSOCK_NATIVE=build/xsock tests/tool/peers.sh wine build-windows/xsock.exe
#
# Prints as run.sh does. Tests whose peer the machine lacks are skipped.
set -u

if [ $# -eq 0 ]; then
    echo "usage: $0 COMMAND [ARGUMENT...]" >&2
    exit 2
fi

command=("$@")
# shellcheck source=tests/tool/harness.sh
. "$(dirname "$0")/harness.sh"
# shellcheck source=tests/tool/processes.sh
. "$here/processes.sh"

head -c 3000017 /dev/urandom >"$dir/there"
head -c 1000003 /dev/urandom >"$dir/back"
printf 'ping' >"$dir/ping"
printf 'pong' >"$dir/pong"
run --version # the first run under Wine talks about its prefix

there_is() { command -v "$1" >/dev/null; }
has() { "${command[@]}" open "$1" stream >/dev/null 2>&1; } # a family

# ---- HTTP ----------------------------------------------------------------------------------------

write_response() { # BODY-FILE: as a server sends it
    printf '%s\r\n' 'HTTP/1.1 200 OK' 'Content-Type: application/octet-stream' \
        "Content-Length: $(wc -c <"$1" | tr -d ' ')" 'Connection: close' ''
    cat "$1"
}

serve_curl() { # WHAT ADDRESS HOST
    write_response "$dir/there" >"$dir/response"
    input=$dir/response
    listen server "$2"
    start client curl -sS --max-time 30 "http://$3:$port/some/thing"
    finish client
    test_that "curl gets a body from xsock listen ($1)" ended_well "$dir/there"
    finish server
    test_that "xsock listen ends well after curl ($1)" exits 0
    test_that "xsock listen prints the request of curl ($1)" \
        grep -q '^GET /some/thing HTTP/1\.1' "$out"
}

ask_python() { # WHAT ADDRESS HOST...
    local what=$1 at=$2
    shift 2
    start server python3 -u -c "import http.server, sys; sys.stdout = sys.stderr
handler = lambda *a: http.server.SimpleHTTPRequestHandler(*a, directory='$dir')
http.server.test(handler, port=0, bind='$at')"
    await server 'port ([0-9]+) ' && port=${BASH_REMATCH[1]}
    printf 'GET /there HTTP/1.0\r\nHost: here\r\n\r\n' >"$dir/request"
    input=$dir/request
    if [ $# -eq 0 ]; then set -- "127.0.0.1:$port"; else set -- "$@" "$port"; fi
    start client "${command[@]}" connect "$@"
    finish client
    tail -c "$(wc -c <"$dir/there")" "$out" >"$dir/body"
    test_that "xsock connect gets a body from python3 -m http.server ($what)" \
        same "$dir/body" "$dir/there"
    test_that "and ends well ($what)" exits 0
    test_that "its answer is one of HTTP ($what)" grep -q '^HTTP/1\.. 200 OK' "$out"
    stop server
}

if there_is curl; then
    serve_curl IPv4 127.0.0.1:0 127.0.0.1
    if has inet6; then serve_curl IPv6 '[::1]:0' '[::1]'; fi
else
    skip "curl and xsock listen" "there is no curl here"
fi
if there_is python3; then
    ask_python 'by address' 127.0.0.1
    ask_python 'by name' 127.0.0.1 localhost
else
    skip "xsock connect and python3 -m http.server" "there is no python3 here"
fi

# ---- Streams -------------------------------------------------------------------------------------

# to_listener WHAT ADDRESS COMMAND...: the peer connects to xsock. PORT in its words means the port.
to_listener() {
    local what=$1 at=$2
    shift 2
    input=$dir/back
    listen server "$at"
    input=$dir/there
    start client "${@//PORT/$port}"
    finish client
    test_that "$what: what xsock sends arrives" ended_well "$dir/back"
    finish server
    test_that "$what: what is sent to xsock arrives" ended_well "$dir/there"
}

# from_listener WHAT ADDRESS REGEX COMMAND...: xsock connects to the peer. The group of REGEX is the
# port that the peer prints. If REGEX has no group, the port is looked up.
from_listener() {
    local what=$1 to=$2 regex=$3
    shift 3
    input=$dir/back
    start server "$@"
    await server "$regex"
    port=${BASH_REMATCH[1]:-}
    if [ -z "$port" ] && [[ $to == *PORT* ]]; then
        port=$(python3 "$here/peer.py" port_of "${pids[server]}")
    fi
    input=$dir/there
    start client "${command[@]}" connect "${to//PORT/$port}"
    finish client
    test_that "$what: what the peer sends arrives" ended_well "$dir/back"
    finish server
    test_that "$what: what xsock sends to it arrives" ended_well "$dir/there"
}

socat_streams() {
    to_listener 'socat to xsock, TCP4' 127.0.0.1:0 socat -t 30 - TCP4:127.0.0.1:PORT
    from_listener 'xsock to socat, TCP4' 127.0.0.1:PORT ' listening on .*:([0-9]+)$' \
        socat -d -d -t 30 TCP4-LISTEN:0,bind=127.0.0.1 -
    if has inet6; then
        to_listener 'socat to xsock, TCP6' '[::1]:0' socat -t 30 - 'TCP6:[::1]:PORT'
        from_listener 'xsock to socat, TCP6' '[::1]:PORT' ' listening on .*:([0-9]+)$' \
            socat -d -d -t 30 'TCP6-LISTEN:0,bind=[::1]' -
    fi
    has local || return
    to_listener 'socat to xsock, LOCAL' "unix:$dir/s1" socat -t 30 - "UNIX:$dir/s1"
    from_listener 'xsock to socat, LOCAL' "unix:$dir/s2" ' listening on ' \
        socat -d -d -t 30 "UNIX-LISTEN:$dir/s2" -
}

ncat_streams() {
    to_listener 'ncat to xsock, TCP4' 127.0.0.1:0 ncat 127.0.0.1 PORT
    from_listener 'xsock to ncat, TCP4' 127.0.0.1:PORT '^Ncat: Listening on ' ncat -v -l 127.0.0.1 0
    if has inet6; then
        to_listener 'ncat to xsock, TCP6' '[::1]:0' ncat -6 ::1 PORT
        from_listener 'xsock to ncat, TCP6' '[::1]:PORT' '^Ncat: Listening on ' ncat -v -6 -l ::1 0
    fi
    has local || return
    to_listener 'ncat to xsock, LOCAL' "unix:$dir/n1" ncat -U "$dir/n1"
    from_listener 'xsock to ncat, LOCAL' "unix:$dir/n2" '^Ncat: Listening on ' \
        ncat -v -l -U "$dir/n2"
}

native_streams() {
    to_listener 'native to Windows, TCP4' 127.0.0.1:0 "$XSOCK_NATIVE" connect 127.0.0.1:PORT
    from_listener 'Windows to native, TCP4' 127.0.0.1:PORT 'listening on .*:([0-9]+)$' \
        "$XSOCK_NATIVE" listen --verbose 127.0.0.1:0
    if has inet6; then
        to_listener 'native to Windows, TCP6' '[::1]:0' "$XSOCK_NATIVE" connect '[::1]:PORT'
        from_listener 'Windows to native, TCP6' '[::1]:PORT' 'listening on .*:([0-9]+)$' \
            "$XSOCK_NATIVE" listen --verbose '[::1]:0'
    fi
}

if there_is socat; then socat_streams; else skip "streams of socat" "there is no socat here"; fi
if there_is ncat && there_is python3; then
    ncat_streams
else
    skip "streams of ncat" "there is no ncat or python3 here"
fi
if [ -n "${XSOCK_NATIVE:-}" ]; then native_streams; fi
has local || skip "local streams" "this system has no local sockets (Wine 8 has none)"

# ---- Datagrams -----------------------------------------------------------------------------------

# Moves a datagram and an answer. xsock ends by its time limit, and the test ends the peer.
datagram_to_listener() { # WHAT ADDRESS COMMAND...
    local what=$1 at=$2 held
    shift 2
    input=$dir/pong
    listen server "$at" --udp --timeout 2
    rm -f "$dir/held"
    mkfifo "$dir/held"
    # ncat is gone at the end of its input, whether an answer has come or not.
    exec {held}<>"$dir/held"
    cat "$dir/ping" >&"$held"
    input=$dir/held
    start client "${@//PORT/$port}"
    finish server
    test_that "$what: xsock gets the datagram" ended_well "$dir/ping"
    stop client
    exec {held}>&-
    test_that "$what: the peer gets the answer" same "$out" "$dir/pong"
}

datagram_from_listener() { # WHAT ADDRESS REGEX COMMAND...
    local what=$1 to=$2 regex=$3
    shift 3
    input=$dir/pong
    start server "$@"
    await server "$regex"
    port=${BASH_REMATCH[1]:-}
    [ -n "$port" ] || port=$(python3 "$here/peer.py" port_of "${pids[server]}")
    input=$dir/ping
    start client "${command[@]}" connect --udp --timeout 2 "${to//PORT/$port}"
    finish client
    test_that "$what: xsock gets the answer" ended_well "$dir/pong"
    stop server
    test_that "$what: the peer gets the datagram" same "$out" "$dir/ping"
}

socat_datagrams() {
    datagram_to_listener 'socat to xsock, UDP4' 127.0.0.1:0 socat -t 10 - UDP4:127.0.0.1:PORT
    datagram_from_listener 'xsock to socat, UDP4' 127.0.0.1:PORT 'listening on UDP .*:([0-9]+)$' \
        socat -d -d -t 10 UDP4-LISTEN:0,bind=127.0.0.1 -
    has inet6 || return
    datagram_to_listener 'socat to xsock, UDP6' '[::1]:0' socat -t 10 - 'UDP6:[::1]:PORT'
    datagram_from_listener 'xsock to socat, UDP6' '[::1]:PORT' 'listening on UDP .*:([0-9]+)$' \
        socat -d -d -t 10 'UDP6-LISTEN:0,bind=[::1]' -
}

ncat_datagrams() {
    datagram_to_listener 'ncat to xsock, UDP4' 127.0.0.1:0 ncat -u 127.0.0.1 PORT
    datagram_from_listener 'xsock to ncat, UDP4' 127.0.0.1:PORT '^Ncat: Listening on ' \
        ncat -v -u -l 127.0.0.1 0
}

if there_is socat; then socat_datagrams; else skip "datagrams of socat" "there is no socat here"; fi
if there_is ncat && there_is python3; then
    ncat_datagrams
else
    skip "datagrams of ncat" "there is no ncat or python3 here"
fi
if there_is socat && has local && [ "$system" = posix ]; then
    datagram_to_listener 'socat to xsock, local datagrams' "unix:$dir/d1" \
        socat -t 10 - "UNIX-SENDTO:$dir/d1,bind=$dir/d2"
fi
if [ -n "${XSOCK_NATIVE:-}" ]; then
    datagram_to_listener 'native to Windows, UDP4' 127.0.0.1:0 \
        "$XSOCK_NATIVE" connect --udp 127.0.0.1:PORT
fi

# ---- Daily tasks ---------------------------------------------------------------------------------

if there_is ncat && there_is socat && there_is python3; then
    # shellcheck source=tests/tool/daily.sh
    . "$here/daily.sh"
else
    skip "daily tasks" "there is no ncat, socat or python3 here"
fi

finish_up
