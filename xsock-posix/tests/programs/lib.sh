# What the scripts of this folder share: building programs over xsock-posix, running them, and reporting.
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
    local name=$1
    shift
    if [ "$KIND" = wine ]; then
        x86_64-w64-mingw32-gcc -O1 -Werror=implicit-function-declaration -DWIN32_LEAN_AND_MEAN -I"$POSIX/include-win32" -I"$POSIX/include" "$@" \
            "$FOLDER/xsock-posix/libxsock-posix.a" "$FOLDER/libxsock.a" -lws2_32 -liphlpapi -lbcrypt -static -lpthread \
            -o "$OUT/$name.exe"
    else
        cc -O1 -Werror=implicit-function-declaration -I"$POSIX/include" "$@" "$FOLDER/xsock-posix/libxsock-posix.a" "$FOLDER/libxsock.a" -pthread \
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
    timeout 120 "${wrapper[@]}" "$@" >"$OUT/$name.log" 2>&1 </dev/null &
    PEERS+=($!)
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
