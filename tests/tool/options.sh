# Tests of the options of xsock listen and xsock connect, as a user of netcat types them, for
# run.sh. They use what netcat.sh defines.
# shellcheck shell=bash disable=SC2154,SC2034,SC2086

printf 'hello\n' >"$dir/hello"

# ---- Words ---------------------------------------------------------------------------------------

serves() { # SENTENCE WORDS...: these words make a server at $port, and hello arrives there
    local sentence=$1
    shift
    start server "${command[@]}" "$@"
    await server 'listening on (.*)' || return
    at=${BASH_REMATCH[1]} port=${BASH_REMATCH[1]##*:}
    input=$dir/hello
    start client "${command[@]}" connect 127.0.0.1 "$port"
    finish client
    finish server
    test_that "$sentence" ended_well "$dir/hello"
}
serves "listen HOST PORT" listen -v 127.0.0.1 0
serves "listen HOST:PORT, of a name" listen -v -4 localhost:0
serves "xsock -l listens" -l -v 127.0.0.1 0
serves "letters may be joined, -l among them" -lv 0
serves "connect -l listens" connect -l -v 0
serves "listen -p PORT" listen -v -p 0
serves "listen -s ADDRESS PORT" listen -v -s 127.0.0.1 0
test_that "and the address is that one" test "$at" = "127.0.0.1:$port"
serves "listen -s ADDRESS -p PORT" -l -v -s 127.0.0.1 -p 0
serves "listen -4 listens on IPv4" listen -v4 0
test_that "and on nothing else" test "$at" = "0.0.0.0:$port"

reaches() { # WORDS...: PORT in them is the port of a server, which gets hello
    local words=("$@")
    listen server 127.0.0.1:0
    input=$dir/hello
    start client "${command[@]}" "${words[@]//PORT/$port}"
    finish client
    test_that "$*: nothing to complain about" silent "$err"
    finish server
    test_that "$*: the server prints what was sent" ended_well "$dir/hello"
}
reaches connect localhost:PORT
reaches connect -4 localhost PORT
reaches connect --timeout=30 127.0.0.1 PORT
reaches connect -w30 127.0.0.1 PORT
reaches connect 127.0.0.1 PORT -w 30
reaches connect -nN 127.0.0.1:PORT
reaches -N 127.0.0.1 PORT
reaches -q 30 127.0.0.1 PORT
reaches -q -1 -s 127.0.0.1 127.0.0.1 PORT

run connect -46 127.0.0.1 1
test_that "-4 and -6 are wrong usage together" \
    is_misuse 'xsock: connect: -4 and -6 exclude each other.*'
run connect -6 127.0.0.1 1
test_that "an IPv4 address with -6 is an error" explains 1 '^xsock: connect: EAI_ADDRFAMILY: '
run connect -n localhost 1
test_that "a name with -n is an error" explains 1 '^xsock: connect: EAI_NONAME: '
run connect -n 127.0.0.1 http
test_that "the name of a service with -n is an error" explains 1 '^xsock: connect: EAI_'
run connect --tls localhost 443
test_that "--tls is refused, with what to use" \
    is_misuse 'xsock: connect: there is no TLS here: use .openssl .*'
run connect -z --udp localhost 1
test_that "--scan is not for datagrams" is_misuse 'xsock: connect: --scan is for streams.*'
run listen -z 0
test_that "--scan is not for listen" \
    is_misuse 'xsock: listen: listen does not take --scan.*: connect'
run connect -y localhost 1
test_that "an unknown letter is wrong usage" is_misuse "xsock: connect: unknown option '-y'"
run connect --udp=yes localhost 1
test_that "an option without a value takes none" is_misuse 'xsock: connect: --udp takes no value'
run connect -p 70000 localhost 1
test_that "a source port that is none is wrong usage" \
    is_misuse 'xsock: connect: --port wants .* not .70000.'
run connect -s localhost localhost 1
test_that "a source that is no address is wrong usage" is_misuse 'xsock: connect: --source wants .*'
run listen -p 0 0
test_that "a port that is given twice is wrong usage" \
    is_misuse 'xsock: listen: the port is given twice.*'
run connect 127.0.0.1
test_that "an address without a port is wrong usage, with what to write" \
    is_misuse "xsock: connect: '127.0.0.1' has no port: write '127.0.0.1 PORT'"
run connect localhost:99999
test_that "a port over 65535 is wrong usage" \
    is_misuse "xsock: connect: 'localhost:99999' is no address: a port.*"
run listen 99999
test_that "a number over 65535 alone is no port" \
    is_misuse "xsock: listen: '99999' is no port: a port is a number from 0 to 65535"

# ---- --scan --------------------------------------------------------------------------------------

listen server 127.0.0.1:0 --keep
run connect -z 127.0.0.1 "$port"
test_that "-z: a port that answers is success without a word" succeeds
test_that "-z prints nothing" silent "$out"
run connect -zv 127.0.0.1 "$port"
test_that "-zv names the port" grep -qxF "xsock: connect: connected to 127.0.0.1:$port" "$err"
run connect -z 127.0.0.1 "$((port - 1))-$port"
test_that "-z: one port of a range is enough" exits 0
run connect -z 127.0.0.1 1-2
test_that "-z: a range of which no port answers is an error" \
    complains 1 '^xsock: connect: no port from 1 to 2 answered'
run connect -z 127.0.0.1 1
test_that "-z: a port that does not answer is an error" explains 1 '^xsock: connect: ECONNREFUSED: '
stop server

# ---- Where from ----------------------------------------------------------------------------------

# The port of a program that was killed does not serve, because Wine may keep its socket open.
if need_python "-s and -p: the client has nothing to complain about" \
    "-s and -p: the server sees that address and port"; then
    from=$(python3 "$here/peer.py" free_port)
    listen server 127.0.0.1:0
    run connect -p "$from" -s 127.0.0.1 127.0.0.1 "$port"
    test_that "-s and -p: the client has nothing to complain about" silent "$err"
    finish server
    test_that "-s and -p: the server sees that address and port" \
        said server "connection from 127\.0\.0\.1:$from$"
fi
listen server 127.0.0.1:0
run connect -p 0 localhost "$port"
test_that "-p alone: an address of any family is reached" exits 0
finish server

# ---- Bytes ---------------------------------------------------------------------------------------

printf 'a\nb\r\n\n' >"$dir/lines"
printf 'a\r\nb\r\n\r\n' >"$dir/crlf"
listen server 127.0.0.1:0
input=$dir/lines
start client "${command[@]}" connect -C 127.0.0.1 "$port"
finish client
finish server
test_that "-C: each line ends in carriage return and line feed, once" ended_well "$dir/crlf"

input=$dir/ping
listen server 127.0.0.1:0 --hex
input=$dir/hello
start client "${command[@]}" connect --hex 127.0.0.1 "$port"
finish client
test_that "--hex: what is printed stays the same" ended_well "$dir/ping"
test_that "--hex dumps what is sent" said client \
    '^> 00000000  68 65 6c 6c 6f 0a  +\|hello\.\|$'
test_that "--hex dumps what is received" said client '^< 00000000  70 69 6e 67  +\|ping\|$'
finish server
test_that "--hex: the server dumps the other way round" \
    said server '^< 00000000  68 65 6c 6c 6f 0a '

mkfifo "$dir/slow"
exec {slow}<>"$dir/slow"
listen server 127.0.0.1:0
cat "$dir/hello" >&"$slow"
input=$dir/slow
start client "${command[@]}" connect --rate 127.0.0.1 "$port" -q 0
test_that "--rate prints while the program runs" \
    await client '^xsock: connect: 6 bytes sent, 0 bytes received, [0-9]+ bytes/s$'
stop client
exec {slow}>&-
finish server
test_that "--rate: the server got all" ended_well "$dir/hello"
listen server 127.0.0.1:0 --rate
input=$dir/there
start client "${command[@]}" connect --rate 127.0.0.1 "$port"
finish client
test_that "--rate prints the sum at the end" \
    said client '^xsock: connect: 3000017 bytes sent, 0 bytes received, '
finish server
test_that "--rate: the server counts the same" \
    said server '^xsock: listen: 0 bytes sent, 3000017 bytes received, '

# ---- The end -------------------------------------------------------------------------------------

if need_python "-q ends the program whether the peer has ended or not"; then
    mkfifo "$dir/open"
    exec {open}<>"$dir/open"
    input=$dir/open
    peer sphinx silent
    input=$dir/hello
    start client "${command[@]}" connect -q 0 "127.0.0.1:$port"
    finish client
    test_that "-q ends the program whether the peer has ended or not" ended_well "$dir/nothing"
    stop sphinx
    exec {open}>&-
fi
listen server 127.0.0.1:0 --udp
input=$dir/hello
start client "${command[@]}" connect -u -q 0 "127.0.0.1:$port"
finish client
test_that "-q: datagrams end with the input, too" ended_well "$dir/nothing"
stop server

# ---- Datagrams to each address of a name ---------------------------------------------------------

# "This machine" has two addresses, ::1 before 127.0.0.1.
if [ "$system" = posix ] && [ "$(uname -s)" = Linux ] && has_inet6; then
    input=$dir/pong
    listen server 127.0.0.1:0 --udp -w 2
    input=$dir/ping
    start client "${command[@]}" connect -uv "$port"
    finish client
    test_that "a datagram that one address refuses goes to the next, which answers" \
        ended_well "$dir/pong"
    test_that "and --verbose says so" \
        said client "^xsock: connect: refused; trying 127\.0\.0\.1:$port$"
    finish server
    test_that "the server got the datagram once" ended_well "$dir/ping"
    input=$dir/ping
    start client "${command[@]}" connect -u "$port"
    finish client
    test_that "refused by all addresses is an error" explains 1 '^xsock: connect: ECONNREFUSED: '
else
    skip "a datagram that one address refuses goes to the next" \
        "the system does not report refusals, or has no inet6"
fi
