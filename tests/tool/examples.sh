#!/usr/bin/env bash
# Runs the examples as their first comments say.
#
#   tests/tool/examples.sh build/bin
#   tests/tool/examples.sh build-windows/bin wine
#
# The arguments are the folder of the examples, and the command that runs them. Prints as run.sh
# does. XSOCK_CLIENTS is the number of clients that the echo server gets.
set -u

if [ $# -eq 0 ]; then
    echo "usage: $0 FOLDER [COMMAND...]" >&2
    exit 2
fi

folder=$1
shift
suffix=
[ -e "$folder/echo_server" ] || suffix=.exe
command=("$@" "$folder/echo_server$suffix")
runner=("$@")
# shellcheck source=tests/tool/harness.sh
. "$(dirname "$0")/harness.sh"
# shellcheck source=tests/tool/processes.sh
. "$here/processes.sh"

example() { # NAME ARGUMENT...: leaves $out, $err and $status
    local name=$1
    out=$dir/out err=$dir/err
    shift
    timeout -k 5 "$limit" ${runner[@]+"${runner[@]}"} "$folder/$name$suffix" "$@" \
        >"$dir/raw.out" 2>"$dir/raw.err" </dev/null
    status=$? ran="$name $*"
    tr -d '\r' <"$dir/raw.out" >"$out" # C's streams of Windows end their lines so
    tr -d '\r' <"$dir/raw.err" >"$err"
}

# does_it SENTENCE: the status 77 means that the system lacks something that the example needs.
does_it() {
    if exits 77; then skip "$1" "this system can't"; else test_that "$1" succeeds; fi
}

example echo_server # the first run under Wine talks about its prefix
example echo_server
test_that "echo_server without words says how it is used" fails_with 2 'usage: echo_server .*'

example udp_echo --try
does_it "udp_echo gets every datagram back"
example local_fd_passing
does_it "local_fd_passing uses a socket that was passed"
example dual_stack_server --try
does_it "dual_stack_server serves by both families"
example multicast_chat --try
does_it "multicast_chat is heard"

# ---- http_get ------------------------------------------------------------------------------------

if need_python "http_get gets a page by name"; then
    head -c 3000017 /dev/urandom >"$dir/page"
    start http python3 -u -c "import http.server, sys; sys.stdout = sys.stderr
handler = lambda *a: http.server.SimpleHTTPRequestHandler(*a, directory='$dir')
http.server.test(handler, port=0, bind='127.0.0.1')"
    await http 'port ([0-9]+) '
    port=${BASH_REMATCH[1]}
    example http_get localhost "$port" /page "$dir/got"
    test_that "http_get gets a page by name" succeeds
    test_that "the page is whole" same "$dir/got" "$dir/page"
    example http_get localhost "$port" /nothing
    test_that "http_get says that there is no such page" exits 1
    test_that "and what the server says of it" says "$err" 'http_get: HTTP/1\.. 404 .*'
    stop http
fi

# ---- echo_server ---------------------------------------------------------------------------------

clients=${XSOCK_CLIENTS:-}
if [ "$system" = windows ]; then
    clients=${clients:-500}
else
    clients=${clients:-5000}
    files=$(ulimit -Hn)
    if [ "$files" != unlimited ] && [ "$files" -lt $((clients + 50)) ]; then
        clients=$((files - 50))
    fi
    ulimit -Sn "$files"
fi
start server ${runner[@]+"${runner[@]}"} "$folder/echo_server$suffix" 127.0.0.1 0
await server 'listening on (.*)'
address=${BASH_REMATCH[1]}
example echo_load "$address" "$clients"
test_that "$clients clients at once get every byte back from echo_server" prints \
    "$clients clients, [0-9]+ bytes each, there and back"
example echo_load "$address" 10
test_that "and when they have gone, others do" prints '10 clients, .*'

stop server

# With a lower limit of open files, further clients wait until others leave, and no client is lost.
if [ "$system" = posix ]; then
    start server bash -c 'ulimit -n 64; exec "$@"' bash "$folder/echo_server" 127.0.0.1 0
    await server 'listening on (.*)'
    example echo_load "${BASH_REMATCH[1]}" 200
    test_that "a server with room for some 60 serves 200 clients, one after the other" \
        prints '200 clients, .*'
    stop server
else
    skip "a server with room for some 60 serves 200 clients" "Windows has no such limit to be set"
fi

finish_up
