# Programs that run beside a test. Tests wait for what the programs print, never for a time. Used
# with harness.sh.
# shellcheck shell=bash disable=SC2154,SC2034

declare -A pids=() pipes=()
limit=${limit:-60} # seconds that a program may take, however it goes wrong
input=

# start NAME COMMAND...: runs a command in the background. Its standard input is $input, which is
# unset then; without $input it is empty. Its standard output goes to $dir/NAME.out, and await and
# finish read its standard error.
start() {
    local name=$1 from=${input:-/dev/null} writer reader
    shift
    input=
    rm -f "$dir/$name".*
    : >"$dir/$name.err"
    mkfifo "$dir/$name.pipe"
    exec {writer}<>"$dir/$name.pipe"
    exec {reader}<"$dir/$name.pipe"
    timeout -k 5 "$limit" "$@" <"$from" >"$dir/$name.out" 2>&"$writer" &
    pids[$name]=$!
    pipes[$name]=$reader
    exec {writer}>&- # the program has it now: when that ends, so does the pipe
}

# await NAME REGEX: waits until the program prints a line like this on standard error. BASH_REMATCH
# has the match.
await() {
    local line
    while IFS= read -r -t "$limit" line <&"${pipes[$1]}"; do
        line=${line%$'\r'}
        printf '%s\n' "$line" >>"$dir/$1.err"
        [[ $line =~ $2 ]] && return 0
    done
    echo "# $1 never said $2; it said: $(head -c 500 "$dir/$1.err")" >&2
    return 1
}

# finish NAME: waits until the program has ended. Sets $out, $err and $status, which conditions and
# failures use.
finish() {
    local name=$1 reader=${pipes[$1]}
    wait "${pids[$name]}"
    status=$?
    # The writer has ended, or ends as soon as its children have.
    timeout 10 cat <&"$reader" | tr -d '\r' >>"$dir/$name.err"
    exec {reader}<&-
    unset "pids[$name]" "pipes[$name]"
    out=$dir/$name.out err=$dir/$name.err ran=$name
}

# Ends `timeout` and the program that it runs, which are one process group. A signal to timeout
# alone is not enough: if it has just forked, it may not know its child yet, and ends alone
# (coreutils 9.1).
end() { # PROCESS
    kill -- "-$1" 2>/dev/null || kill "$1" 2>/dev/null
}

stop() { # NAME: ends a server that would go on for ever
    end "${pids[$1]}"
    finish "$1"
}

stop_all() {
    local name
    # What is killed before it became the program is still this script.
    [ "$BASHPID" = $$ ] || return 0
    for name in "${!pids[@]}"; do end "${pids[$name]}"; done
    rm -rf "$dir"
}
trap stop_all EXIT

# listen NAME ADDRESS [OPTION...]: runs xsock listen at a port that the system chooses, and sets
# $port.
listen() {
    local name=$1 at=$2
    shift 2
    start "$name" "${command[@]}" listen --verbose "$@" "$at"
    await "$name" 'listening on (.*)' || return 1
    at=${BASH_REMATCH[1]}
    port=${at##*:}
}

same() { cmp -s "$1" "$2"; }
ended_well() { exits 0 && same "$out" "$1"; } # having printed just this file
