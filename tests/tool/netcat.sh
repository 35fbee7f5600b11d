# Tests of xsock listen and xsock connect with each other, for run.sh.
# shellcheck shell=bash disable=SC2154,SC2034

head -c 3000017 /dev/urandom >"$dir/there"
head -c 1000003 /dev/urandom >"$dir/back"
: >"$dir/nothing"

has_inet6() { "${command[@]}" open inet6 stream >/dev/null 2>&1; }
has_local() { "${command[@]}" open local stream >/dev/null 2>&1; }
said() { grep -qE -e "$2" "$dir/$1.err"; } # NAME REGEX, on standard error
complains() { # STATUS REGEX: of one line
    exits "$1" && lines "$err" 1 && grep -qE -e "$2" "$err"
}
explains() { # STATUS REGEX: the error, and what to do next
    exits "$1" && hints && grep -qE -e "$2" "$err"
}

# ---- Wrong usage ---------------------------------------------------------------------------------

run listen
test_that "listen without an address is wrong usage" is_misuse 'xsock: listen: too few arguments.*'
run listen 127.0.0.1 1 extra
test_that "listen takes a host and a port at most" \
    is_misuse "xsock: listen: unexpected argument 'extra'"
run listen 127.0.0.1:65536
test_that "a port that is none is wrong usage" \
    is_misuse "xsock: listen: '127.0.0.1:65536' is no address.*"
run connect localhost
test_that "a host without a service is wrong usage" \
    is_misuse "xsock: connect: 'localhost' is no address.*"
run connect --keep 127.0.0.1:1
test_that "--keep is not for connect" \
    is_misuse 'xsock: connect: connect does not take --keep.*: listen'
run listen --udp --keep 127.0.0.1:0
test_that "--keep is not for datagrams" is_misuse 'xsock: listen: --keep is for connections.*'
run connect --local one two
test_that "--local takes a path alone" is_misuse 'xsock: connect: --local takes a path alone'
run listen --local ''
test_that "an empty path is wrong usage" is_misuse "xsock: listen: '' is no path.*"
for text in '' soon -1 1.5s 99999999999; do
    run listen --timeout "$text" 127.0.0.1:0
    test_that "--timeout '$text' is wrong usage" \
        is_misuse "xsock: listen: --timeout wants seconds.* not '$text'"
done
run listen 127.0.0.1:0 --timeout
test_that "--timeout without a value is wrong usage" \
    is_misuse 'xsock: listen: --timeout wants seconds.*'
run listen --udp 192.0.2.1:0 --timeout 0.1
if [ "$system" = windows ] && exits 0; then
    skip "an address of another machine is an error" "Wine 8 binds it"
else
    test_that "an address of another machine is an error" \
        explains 1 '^xsock: listen: EADDRNOTAVAIL: '
fi
run connect 127.0.0.1 no-such-service
test_that "an unknown service is an error" explains 1 '^xsock: connect: EAI_SERVICE: '

# ---- There and back ------------------------------------------------------------------------------

relays() { # WHAT LISTEN-ADDRESS CONNECT-ADDRESS-BEFORE-THE-PORT [OPTION]: both ways, and each alone
    local what=$1 at=$2 to=$3 option=${4:-} there back
    for way in 'there back' 'there nothing' 'nothing back' 'nothing nothing'; do
        read -r there back <<<"$way"
        input=$dir/$back
        # shellcheck disable=SC2086 # no option is no word
        listen server "$at" $option
        input=$dir/$there
        if [ "$option" = --local ]; then to=$at port=; fi
        # shellcheck disable=SC2086
        start client "${command[@]}" connect $option "$to$port"
        finish client
        test_that "$what: the client sends $there, and prints $back" ended_well "$dir/$back"
        test_that "$what: the client has nothing to complain about" silent "$err"
        finish server
        test_that "$what: the server sends $back, and prints $there" ended_well "$dir/$there"
    done
}
relays 'IPv4' 127.0.0.1:0 127.0.0.1:
relays 'a port alone' 0 ''
if has_inet6; then
    relays 'IPv6' '[::1]:0' '[::1]:'
else
    skip "IPv6" "this machine has no inet6"
fi
if has_local; then
    relays 'local' "$dir/socket" '' --local
    test_that "the local socket's file is gone" test ! -e "$dir/socket"
    input=
    listen server "unix:$dir/socket"
    stop server
    test_that "it is gone also when the program was interrupted" test ! -e "$dir/socket"
    : >"$dir/file"
    run listen --local "$dir/file"
    test_that "a file that is there already is an error" explains 1 '^xsock: listen: EADDRINUSE: '
    test_that "and stays" test -e "$dir/file"
else
    skip "local" "this system has no local sockets (Wine 8 has none)"
fi

input=$dir/back
listen server 127.0.0.1:0
input=$dir/there
start client "${command[@]}" connect localhost "$port" --timeout 30 --verbose
finish client
test_that "by name: the client prints what the server sends" ended_well "$dir/back"
finish server
test_that "by name: the server prints what the client sends" ended_well "$dir/there"
test_that "--verbose tells who has connected" \
    said server '^xsock: listen: connection from 127\.0\.0\.1:[0-9]+$'
test_that "--verbose tells where the server listens" \
    said server "^xsock: listen: listening on 127\.0\.0\.1:$port$"
test_that "--verbose tells whom the client has reached" \
    said client "^xsock: connect: connected to 127\.0\.0\.1:$port$"
test_that "--verbose tells option values" \
    said client '^xsock: connect: options: rcvbuf [0-9]+ .*nodelay off'

run connect "127.0.0.1:$port"
test_that "nobody at the port is an error" explains 1 '^xsock: connect: ECONNREFUSED: '
run listen "127.0.0.1:$port" --timeout 0.1
test_that "a server can start again at once, and waits no longer than it should" explains 1 \
    '^xsock: listen: ETIMEDOUT: '

# ---- Datagrams -----------------------------------------------------------------------------------

printf 'ping' >"$dir/ping"
printf 'pong' >"$dir/pong"
datagrams() { # WHAT LISTEN-ADDRESS CONNECT-ADDRESS-BEFORE-THE-PORT OPTION...
    local what=$1 at=$2 to=$3
    shift 3
    input=$dir/pong
    listen server "$at" --udp "$@" --timeout 2
    [ $# -eq 0 ] || to=$at port=
    input=$dir/ping
    start client "${command[@]}" connect --udp "$@" "$to$port"
    finish client
    test_that "$what: the client sends a datagram, and gets one back" ended_well "$dir/pong"
    finish server
    test_that "$what: the server ends when nothing comes any more" ended_well "$dir/ping"
}
datagrams 'UDP' 127.0.0.1:0 127.0.0.1:
datagrams 'UDP, a port alone' 0 '127.0.0.1:'
if [ "$system" = posix ] && [ "$(uname -s)" = Linux ]; then
    datagrams 'local datagrams' "$dir/socket" '' --local
else
    skip "local datagrams" "only Linux gives a socket a name to be answered at"
fi

# ---- One after the other -------------------------------------------------------------------------

input=$dir/back
listen server 127.0.0.1:0 --keep
for n in 1 2 3; do
    input=$dir/there
    start client "${command[@]}" connect "127.0.0.1:$port"
    finish client
    if [ $n = 1 ]; then expected=$dir/back; else expected=$dir/nothing; fi
    test_that "--keep: connection $n is served to its end" ended_well "$expected"
    await server 'end of the connection from' # all that came is printed then
done
stop server
cat "$dir/there" "$dir/there" "$dir/there" >"$dir/thrice"
test_that "--keep: all that came was printed" same "$out" "$dir/thrice"

# ---- Standard streams that are closed ------------------------------------------------------------

if [ "$system" = windows ]; then
    skip "a closed standard input is an empty one" \
        "Wine takes the first file that it opens itself for it"
else
    input=$dir/back
    listen server 127.0.0.1:0
    "${command[@]}" connect "127.0.0.1:$port" >"$dir/client.out" 2>"$dir/client.err" <&-
    status=$? out=$dir/client.out err=$dir/client.err ran='xsock connect (standard input closed)'
    test_that "a closed standard input is an empty one" ended_well "$dir/back"
    finish server
    test_that "and its connection ends well" ended_well "$dir/nothing"

    listen server 127.0.0.1:0
    "${command[@]}" connect "127.0.0.1:$port" >"$dir/client.out" 2>"$dir/client.err" <"$dir"
    status=$? out=$dir/client.out err=$dir/client.err ran='xsock connect (standard input a folder)'
    test_that "a standard input that can't be read is an error" complains 1 \
        '^xsock: connect: cannot read standard input: '
    finish server
fi

printed_nowhere() { # WHERE: the client's standard output
    input=$dir/back
    listen server 127.0.0.1:0
    if [ "$1" = closed ]; then
        "${command[@]}" connect "127.0.0.1:$port" 2>"$dir/client.err" >&- </dev/null
    else
        "${command[@]}" connect "127.0.0.1:$port" 2>"$dir/client.err" >"$1" </dev/null
    fi
    status=$? out=$dir/nothing err=$dir/client.err ran="xsock connect (to $1)"
    test_that "a standard output that is $1 is an error" complains 1 \
        '^xsock: connect: cannot write to standard output: '
    finish server
}
printed_nowhere closed
if [ -c /dev/full ]; then
    printed_nowhere /dev/full
else
    skip "a full disk" "there is no /dev/full here"
fi

# ---- Peers that close early or late --------------------------------------------------------------

peer() { # NAME MODE: one of peer.py; sets $port
    start "$1" python3 "$here/peer.py" "$2"
    await "$1" 'listening on 127\.0\.0\.1:([0-9]+)' && port=${BASH_REMATCH[1]}
}
if need_python "a peer that breaks off" "a peer that wants no more" "a peer that says nothing" \
    "a typed input"; then
    # The input stays open. The peer ends the connection.
    mkfifo "$dir/held"
    exec {held}<>"$dir/held"

    peer breaker reset
    input=$dir/held
    echo hello >&"$held"
    start client "${command[@]}" connect "127.0.0.1:$port"
    if [ "$system" = posix ]; then
        finish client
        test_that "a peer that breaks off is an error" explains 1 '^xsock: connect: ECONNRESET: '
        finish breaker
    else
        finish breaker
        stop client
        skip "a peer that breaks off is an error" "Wine 8 reads a reset as the end of file"
    fi

    head -c 20000000 /dev/zero >"$dir/much"
    # Wine 8 sometimes reads the reset as the end of file, and then there is no error.
    for i in {1..5}; do
        peer answerer early
        input=$dir/much
        start client "${command[@]}" connect "127.0.0.1:$port"
        finish client
        { exits 1 || [ "$system" = posix ] || [ "$i" = 5 ]; } && break
        finish answerer
    done
    test_that "a peer that takes no more is an error" exits 1
    test_that "it is named" grep -qE '^xsock: connect: E(PIPE|CONNRESET|CONNABORTED): ' "$err"
    if [ "$(uname -s)/$system" = Linux/posix ]; then
        test_that "what it has said before is printed" says "$out" enough
    else
        skip "what it has said before is printed" \
            "only Linux keeps it when the connection is broken off"
    fi
    finish answerer

    input=$dir/held
    peer sphinx silent
    input=$dir/held
    start client "${command[@]}" connect --timeout 0.2 "127.0.0.1:$port"
    finish client
    test_that "a peer that says nothing is waited for no longer than --timeout" explains 1 \
        '^xsock: connect: ETIMEDOUT: '
    stop sphinx
    exec {held}>&-

    if [ "$system" = posix ] && python3 -c 'import pty; pty.openpty()' 2>/dev/null; then
        input=$dir/back
        listen server 127.0.0.1:0
        # The server runs until the client ends. If the client waited for the end of its typed
        # input, which never comes, both would run for ever.
        start client python3 "$here/peer.py" typed "${command[@]}" connect "127.0.0.1:$port"
        finish client
        test_that "the peer's end ends a client whose input is typed" ended_well "$dir/back"
        finish server
    else
        skip "the peer's end ends a client whose input is typed" \
            "there is no terminal to be had here"
    fi
fi
