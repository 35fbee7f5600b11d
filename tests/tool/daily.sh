# Daily tasks, done by xsock, ncat and socat with the same peer, peer.py. All three must move the
# same bytes. peers.sh reads this file and defines the functions that it uses.
# shellcheck shell=bash disable=SC2154,SC2034

tools=(xsock ncat socat)
[ "$system" = posix ] || tools=(xsock) # the runs for this system try ncat and socat
printf 'one\ntwo\n\nthree' >"$dir/lines"
printf 'one\r\ntwo\r\n\r\nthree' >"$dir/crlf"
printf 'GET / HTTP/1.0\r\nHost: here\r\n\r\n' >"$dir/request"
write_response "$dir/back" >"$dir/response"
: >"$dir/nothing"

python_peer() { start "$1" python3 "$here/peer.py" "${@:2}"; } # NAME MODE WORD...

# The words after the name of each tool are in $xsock, $ncat and $socat. PORT in them is the port.
words_of() { # TOOL
    case $1 in
    xsock) words=("${command[@]}" "${xsock[@]}") ;;
    ncat) words=(ncat "${ncat[@]}") ;;
    socat) words=(socat "${socat[@]}") ;;
    esac
    words=("${words[@]//PORT/$port}")
}

# as_client TASK INPUT GOT ANSWER MODE WORD...: each tool connects to peer.py with INPUT as its
# standard input. The tool must print ANSWER, and the peer must receive GOT.
as_client() {
    local task=$1 from=$dir/$2 got=$dir/$3 answer=$dir/$4 tool
    shift 4
    for tool in "${tools[@]}"; do
        python_peer server "$@"
        await server 'listening on (.*)' || return
        port=${BASH_REMATCH[1]##*:}
        words_of "$tool"
        input=$from
        start client "${words[@]}"
        finish client
        test_that "$task: $tool prints what the peer sends" ended_well "$answer"
        finish server
        test_that "$task: the peer of $tool gets what was sent" ended_well "$got"
    done
}

# Starts a tool that listens, and sets $port. xsock and socat print the port. The port of ncat is
# looked up.
start_listener() { # TOOL INPUT
    port=PORT
    words_of "$1"
    input=$dir/$2
    start server "${words[@]}"
    case $1 in
    ncat)
        await server '^Ncat: Listening on ' &&
            port=$(python3 "$here/peer.py" port_of "${pids[server]}")
        ;;
    *) await server 'listening on .*:([0-9]+)$' && port=${BASH_REMATCH[1]} ;;
    esac
}

# as_server TASK INPUT SENT: each tool listens with INPUT as its standard input. The peer must
# receive INPUT, and sends SENT. A listening ncat exits when its peer has ended sending, and loses
# the data that it has not sent yet. So the peer of ncat ends last.
as_server() {
    local task=$1 tool call
    for tool in "${tools[@]}"; do
        start_listener "$tool" "$2" || return
        call=call
        [ "$tool" != ncat ] || call=call_and_end_last
        python_peer client "$call" "$port" "$dir/$3"
        finish client
        test_that "$task: the peer of $tool gets what was sent" ended_well "$dir/$2"
        finish server
        test_that "$task: $tool prints what the peer sends" ended_well "$dir/$3"
    done
}

xsock=(connect 127.0.0.1 PORT) ncat=(127.0.0.1 PORT) socat=(-t 30 - TCP4:127.0.0.1:PORT)
as_client 'a file is sent' there there nothing serve "$dir/nothing"
as_client 'a file is fetched' nothing nothing back serve "$dir/back"
as_client 'both ways' there there back serve "$dir/back"
as_client 'a page of HTTP' request request response answer "$dir/response"
xsock=(connect localhost PORT) ncat=(localhost PORT) socat=(-t 30 - TCP:localhost:PORT)
as_client 'by name' there there back serve "$dir/back"
xsock=(-C 127.0.0.1 PORT) ncat=(-C 127.0.0.1 PORT) socat=(-t 30 - 'TCP4:127.0.0.1:PORT,crnl')
as_client 'lines that end in CR and LF' lines crlf nothing serve "$dir/nothing"
if has inet6; then
    xsock=(-6 ::1 PORT) ncat=(-6 ::1 PORT) socat=(-t 30 - 'TCP6:[::1]:PORT')
    as_client 'over IPv6' there there back serve6 "$dir/back"
fi
if has local && [ "$system" = posix ]; then
    xsock=(-U "$dir/l") ncat=(-U "$dir/l") socat=(-t 30 - "UNIX:$dir/l")
    as_client 'over a local socket' there there back serve_local "$dir/back" "$dir/l"
fi

xsock=(-lv 127.0.0.1 0) ncat=(-lv 127.0.0.1 0) socat=(-d -d -t 30 'TCP4-LISTEN:0,bind=127.0.0.1' -)
as_server 'a file is served' there nothing
as_server 'a file is received' nothing there
as_server 'served and received' back there

# Waits until a program that goes on has printed as much as a file has.
until_printed() { # NAME FILE
    : >>"$dir/$1.out" # the program may not have begun
    timeout "$limit" tail -c +1 -f "$dir/$1.out" | head -c "$(wc -c <"$dir/$2")" >/dev/null
}

# ---- One client after the other ------------------------------------------------------------------

cat "$dir/back" "$dir/back" "$dir/back" >"$dir/thrice"
xsock=(-lkv 127.0.0.1 0) ncat=(-lkv 127.0.0.1 0)
socat=(-d -d -u 'TCP4-LISTEN:0,bind=127.0.0.1,fork' STDOUT)
for tool in "${tools[@]}"; do
    start_listener "$tool" nothing
    for n in 1 2 3; do
        python_peer client call "$port" "$dir/back"
        finish client
    done
    until_printed server thrice
    stop server
    test_that "one client after the other: $tool prints what all have sent" \
        same "$out" "$dir/thrice"
done

# ---- Datagrams -----------------------------------------------------------------------------------

xsock=(-u -w 30 127.0.0.1 PORT) ncat=(-u 127.0.0.1 PORT) socat=(-t 30 - UDP4:127.0.0.1:PORT)
for tool in "${tools[@]}"; do
    python_peer server pong
    await server 'listening on .*:([0-9]+)$' && port=${BASH_REMATCH[1]}
    words_of "$tool"
    rm -f "$dir/held"
    mkfifo "$dir/held"
    exec {held}<>"$dir/held" # keeps the input open: ncat exits at its end
    cat "$dir/ping" >&"$held"
    input=$dir/held
    start client "${words[@]}"
    until_printed client pong
    stop client
    exec {held}>&-
    test_that "a datagram and its answer: $tool prints the answer" same "$out" "$dir/pong"
    finish server
    test_that "a datagram and its answer: the peer of $tool gets the datagram" \
        ended_well "$dir/ping"
done

# ---- Does a port answer? -------------------------------------------------------------------------

xsock=(-z 127.0.0.1 PORT) ncat=(-z 127.0.0.1 PORT) socat=(-u /dev/null TCP4:127.0.0.1:PORT)
for tool in "${tools[@]}"; do
    python_peer server serve "$dir/nothing"
    await server 'listening on .*:([0-9]+)$' && port=${BASH_REMATCH[1]}
    words_of "$tool"
    start client "${words[@]}"
    finish client
    test_that "a port that answers: $tool succeeds, and prints nothing" ended_well "$dir/nothing"
    finish server
    start client "${words[@]}"
    finish client
    test_that "a port that does not: $tool says so by its status" exits 1
    test_that "a port that does not: $tool prints nothing on standard output" silent "$out"
done
