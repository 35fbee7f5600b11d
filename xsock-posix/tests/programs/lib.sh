# What the scripts of this folder share: building programs over xsock-posix, running them, and
# reporting.
#   SCRIPT native|wine BUILD-FOLDER SOURCES OUT
# BUILD-FOLDER is a CMake build with xsock-posix, SOURCES has the unpacked sources as NAME/source.
# The scripts print "ok - WHAT" and "not ok - WHAT".
# shellcheck shell=bash
set -uo pipefail

KIND=$1 FOLDER=$2 SOURCES=$3 OUT=$4
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
POSIX=$HERE/../..
mkdir -p "$OUT"
FAILED=0
PEERS=()
PATIENCE=3000 # seconds: ends what hangs, and no working program on a loaded machine

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

# build NAME ARGUMENT...: compiles a program with the headers in front and the libraries behind. A
# call without a declaration would go past the library.
build() {
    local name=$1 flags=(-O1 -Werror=implicit-function-declaration)
    local libraries=("$FOLDER/xsock-posix/libxsock-posix.a" "$FOLDER/libxsock.a")
    shift
    if [ "$KIND" = wine ]; then
        x86_64-w64-mingw32-gcc "${flags[@]}" -DWIN32_LEAN_AND_MEAN -I"$POSIX/include-win32" \
            -I"$POSIX/include" "$@" "${libraries[@]}" -lws2_32 -liphlpapi -lbcrypt -static \
            -lpthread -o "$OUT/$name.exe"
    else
        cc "${flags[@]}" -I"$POSIX/include" "$@" "${libraries[@]}" -pthread -o "$OUT/$name"
    fi
}

run() {
    local name=$1
    shift
    if [ "$KIND" = wine ]; then
        timeout "$PATIENCE" wine "$OUT/$name.exe" "$@" </dev/null
    else
        timeout "$PATIENCE" "$OUT/$name" "$@" </dev/null
    fi
}

# serve NAME ARGUMENT...: runs a program in the background, until the script ends.
serve() {
    local name=$1 wrapper=()
    shift
    if [ "$KIND" = wine ]; then
        wrapper=(wine)
        set -- "$OUT/$name.exe" "$@"
    else
        set -- "$OUT/$name" "$@"
    fi
    timeout "$PATIENCE" "${wrapper[@]}" "$@" >"$OUT/$name.log" 2>&1 </dev/null &
    PEERS+=($!)
}

# start FILE COMMAND...: starts a peer in the background, and waits until the peer has written a
# line to FILE, or has ended.
start() {
    local file=$1
    shift
    rm -f "$file"
    "$@" >"$file" 2>"$file.err" </dev/null &
    PEERS+=($!)
    until [ -s "$file" ]; do
        kill -0 "${PEERS[-1]}" 2>/dev/null || return 1
        sleep 0.05
    done
}

free_port() {
    python3 - <<'PYTHON'
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
PYTHON
}

# until_open PORT: waits until the program that was served last listens, or has ended.
until_open() {
    python3 - "$1" "${PEERS[-1]}" <<'PYTHON'
import os, socket, sys, time
while True:
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        sys.exit(0)
    except OSError:
        os.kill(int(sys.argv[2]), 0)
        time.sleep(0.05)
PYTHON
}
