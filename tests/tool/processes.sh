# Programs that run beside a test, waited for by what they say and never by the clock. Goes with harness.sh.
# shellcheck shell=bash disable=SC2154,SC2034

declare -A pids=() pipes=()
limit=${limit:-60} # seconds that a program may take, however it goes wrong
input=

# start NAME COMMAND...: runs in the background, its standard input from $input (once; else it is empty), its
# standard output in $dir/NAME.out. Standard error is for await and finish.
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

# await NAME REGEX: until it says that on standard error; the match is in BASH_REMATCH.
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

# finish NAME: until it has ended. Leaves $out, $err and $status, for conditions and for what failures show.
finish() {
    local name=$1 reader=${pipes[$1]}
    wait "${pids[$name]}"
    status=$?
    timeout 10 cat <&"$reader" | tr -d '\r' >>"$dir/$name.err" # ended, or ends as soon as its children have
    exec {reader}<&-
    unset "pids[$name]" "pipes[$name]"
    out=$dir/$name.out err=$dir/$name.err ran=$name
}

# Ends `timeout` and what it runs, which are a group: a timeout that has just forked may not know yet whom to
# pass a signal on to, and then ends alone (seen with coreutils 9.1).
end() { # PROCESS
    kill -- "-$1" 2>/dev/null || kill "$1" 2>/dev/null
}

stop() { # NAME: ends a server that would go on for ever
    end "${pids[$1]}"
    finish "$1"
}

stop_all() {
    local name
    [ "$BASHPID" = $$ ] || return 0 # what is killed before it became the program is still this script
    for name in "${!pids[@]}"; do end "${pids[$name]}"; done
    rm -rf "$dir"
}
trap stop_all EXIT

# listen NAME ADDRESS [OPTION...]: xsock listen at a port of the system's choice; $port is it.
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
