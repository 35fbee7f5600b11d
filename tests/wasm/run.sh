#!/usr/bin/env bash
# Runs the guests. "%" in the command stands for the guest's name:
#
#   tests/wasm/run.sh build/wasix/native/%
#   tests/wasm/run.sh wine build/wasix/windows/%.exe
#   tests/wasm/run.sh build/wasix/run_in_wasmtime build/wasix/%.wasm
#
# The last argument of a guest is the folder that the guest may read. Prints as tests/tool/run.sh
# does.
set -u

if [ $# -eq 0 ]; then
    echo "usage: $0 COMMAND..." >&2
    exit 2
fi

guests=$(cd "$(dirname "$0")" && pwd)
command=("$@")
# shellcheck source=tests/tool/harness.sh
. "$guests/../tool/harness.sh"
# shellcheck source=tests/tool/processes.sh
. "$here/processes.sh"

# guest NAME ARGUMENT... runs a guest, and sets $out, $err and $status
guest() {
    local name=$1
    out=$dir/out err=$dir/err
    shift
    timeout -k 5 "$limit" "${command[@]//%/$name}" "$@" >"$dir/raw.out" 2>"$dir/raw.err" </dev/null
    status=$? ran="$name $*"
    tr -d '\r' <"$dir/raw.out" >"$out" # C's streams of Windows end their lines so
    tr -d '\r' <"$dir/raw.err" >"$err"
}

# page PATH prints the server's page
page() {
    curl --silent --include --http1.0 --max-time "$limit" --noproxy '*' \
        "http://127.0.0.1:$port$1" >"$dir/page"
}
status_is() { head -n 1 "$dir/page" | tr -d '\r' | grep -qxE "HTTP/1.0 $1"; }
body_is() { sed '1,/^\r$/d' "$dir/page" | cmp -s - "$1"; }

serves() {
    start server sh -c 'exec "$@" >&2' sh "${command[@]//%/server}"
    if ! await server 'listening on port ([0-9]+)'; then
        test_that "server: $1" false
        return
    fi
    port=${BASH_REMATCH[1]} ran='server'
    test_that "server: curl gets a page" page /hello/world
    echo 'hello world' >"$dir/hello"
    test_that "server: it is the page" body_is "$dir/hello"
    test_that "server: curl gets a megabyte" page /big
    head -c 1048576 /dev/zero | tr '\0' b >"$dir/big"
    test_that "server: all of it, as it was" body_is "$dir/big"
    page /nothing
    test_that "server: what is not there is not found" status_is '404 Not Found'
    page /quit
    finish server
    test_that "server: it ends when it is told to" exits 0
    test_that "server: printf in a guest works" says "$err" 'no more'
}

has_files() {
    mkdir "$dir/folder"
    echo 'hello from a file' >"$dir/folder/hello.txt"
    guest files "$dir/folder"
    test_that "files: $1" succeeds
    test_that "files: printf goes to the engine's stream" says "$out" 'a guest prints 42 and more'
    guest files
    test_that "files: a guest that fails says where" fails_with 1 '.*files\.c:[0-9]+: a is 3, not 4'
}

# Some engines do not have wasm64.
is_wide() {
    if [ ! -e "${command[-1]//%/wide}" ]; then
        skip "wide: $1" "wasm2c of wabt 1.0.32 has no wasm64"
        return
    fi
    guest wide
    test_that "wide: $1" succeeds
}

# Each missing import is named, and nothing else is printed.
is_of_libc() {
    guest libc
    test_that "libc: $1" exits 0
    test_that "libc: an unknown import is named" \
        says "$err" 'wasix_32v1\.no_such_call is not known, .*'
    test_that "libc: so is one with other parameters" says "$err" \
        'wasix_32v1\.sock_status is not known with these parameters, .*'
    test_that "libc: and all of them are" lines "$err" 153
}

while read -r name sentence; do
    case $name in
    '#' | '') ;;
    server) serves "$sentence" ;;
    files) has_files "$sentence" ;;
    wide) is_wide "$sentence" ;;
    libc) is_of_libc "$sentence" ;;
    *)
        guest "$name"
        test_that "$name: $sentence" succeeds
        ;;
    esac
done <"$guests/guests.txt"

finish_up
