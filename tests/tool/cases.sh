# The tests of run.sh, which defines the functions that they use. Unquoted variables are lists of
# words.
# shellcheck shell=bash disable=SC2086,SC2154,SC2034

run --version # the first run under Wine makes its prefix, and talks about it
run --version
if [ "$status" -eq 126 ] || [ "$status" -eq 127 ]; then
    cat "$err" >&2
    exit 2
fi

# ---- Help and version ----------------------------------------------------------------------------

test_that "--version prints the name and the version" prints 'xsock [0-9]+\.[0-9]+\.[0-9]+'

run --help
test_that "--help goes to standard output and succeeds" exits 0
test_that "--help leaves standard error alone" silent "$err"
test_that "--help fits 80 columns" fits "$out"
cp "$out" "$dir/overview"
run help
test_that "help is --help" cmp -s "$out" "$dir/overview"

for name in open catalog errors listen connect doctor completions; do
    test_that "--help lists $name" grep -qE "^  $name " "$dir/overview"
    run "$name" --help
    test_that "$name --help succeeds and leaves standard error alone" succeeds
    test_that "$name --help starts with its usage" starts_with "$out" "Usage: xsock $name.*"
    test_that "$name --help fits 80 columns" fits "$out"
    cp "$out" "$dir/help"
    run help "$name"
    test_that "help $name is $name --help" cmp -s "$out" "$dir/help"
done
run open --help
cp "$out" "$dir/help"
run open inet --help
test_that "--help wins over arguments that are missing" cmp -s "$out" "$dir/help"

# ---- The manual page -----------------------------------------------------------------------------

# "-w --timeout SECONDS" of each option, from --help and from the page.
for name in connect listen catalog errors; do "${command[@]}" $name --help; done |
    sed -nE 's/^  (-(.), |    )--([a-z0-9]+)( ([A-Z]+))?.*/\2 \3 \5/p' |
    tr '[:upper:]' '[:lower:]' | sort -u >"$dir/in-help"
sed -nE 's/^\.It (Fl (.) , )?Fl -([a-z0-9]+)( Ar ([a-z]+))?$/\2 \3 \5/p' "$here/../../man/xsock.1" |
    grep -vE '^[hV] ' | tr '[:upper:]' '[:lower:]' | sort -u >"$dir/in-page"
test_that "the manual page has the options of --help, and no others" \
    cmp -s "$dir/in-help" "$dir/in-page"
commands='connect|listen|open|catalog|errors|doctor|completions'
sed -nE "/^\.Sh DESCRIPTION/,/^\.Sh/s/^\.It Cm ($commands)( .*)?$/\1/p" \
    "$here/../../man/xsock.1" | sort >"$dir/commands-in-page"
sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p' "$dir/overview" | grep -vx help |
    sort >"$dir/commands-in-help"
test_that "the manual page has the commands of --help" \
    cmp -s "$dir/commands-in-help" "$dir/commands-in-page"

# ---- Wrong usage ---------------------------------------------------------------------------------

run
test_that "no command is wrong usage" is_misuse 'xsock: no command is given'
run cataolg
test_that "an unknown command is wrong usage, with a guess" \
    is_misuse "xsock: unknown command 'cataolg' \(did you mean 'catalog'\?\)"
run qqqqqq
test_that "no guess is made where nothing is near" is_misuse "xsock: unknown command 'qqqqqq'"
run --verison
test_that "an unknown option is wrong usage, with a guess" \
    is_misuse "xsock: unknown option '--verison' \(did you mean '--version'\?\)"
run --version extra
test_that "an argument after --version is wrong usage" \
    is_misuse "xsock: unexpected argument 'extra'"
run help nothing
test_that "help for an unknown command is wrong usage" \
    is_misuse "xsock: help: unknown command 'nothing'"
run catalog --jsno
test_that "an unknown option of a command is wrong usage" \
    is_misuse "xsock: catalog: unknown option '--jsno' \(did you mean '--json'\?\)"
run open inet stream --json
test_that "an option of another command is wrong usage" \
    is_misuse 'xsock: open: open does not take --json, which is an option of: catalog, errors'
run catalog inet local
test_that "an argument too many is wrong usage" \
    is_misuse "xsock: catalog: unexpected argument 'local'"
run open inet
test_that "an argument too few is wrong usage, and the usage is shown" \
    is_misuse 'xsock: open: too few arguments; it is used as: xsock open FAMILY TYPE \[PROTOCOL\]'
run open inet stream tcp tcp
test_that "open takes three arguments at most" is_misuse "xsock: open: unexpected argument 'tcp'"
run open ''  stream
test_that "an empty family is wrong usage" is_misuse "xsock: open: unknown family ''"
run open inett stream
test_that "an unknown family is wrong usage, with a guess" \
    is_misuse "xsock: open: unknown family 'inett' \(did you mean 'inet'\?\)"
run open inet straem
test_that "an unknown type is wrong usage, with a guess" \
    is_misuse "xsock: open: unknown type 'straem' \(did you mean 'stream'\?\)"
run open inet stream tpc
test_that "an unknown protocol is wrong usage, with a guess" \
    is_misuse "xsock: open: family inet has no protocol 'tpc' \(did you mean 'tcp'\?\)"
run open local stream tcp
test_that "a protocol of another family is wrong usage" \
    is_misuse "xsock: open: family local has no protocol 'tcp'"
run open inet stream+clexec
test_that "an unknown flag is wrong usage, with a guess" \
    is_misuse "xsock: open: unknown flag 'clexec' of a type \(did you mean 'cloexec'\?\)"
run open inet stream+
test_that "an empty flag is wrong usage" is_misuse "xsock: open: unknown flag '' of a type"
run open inet 4294967296
test_that "a number that fits no int is wrong usage" \
    is_misuse 'xsock: open: type 4294967296 is out of range'
run open inet stream 99999999999999999999999999
test_that "a number that fits nothing is wrong usage" \
    is_misuse 'xsock: open: protocol 99999999999999999999999999 is out of range'
run open $'in\033[31met\nx' stream
test_that "what is typed reaches the terminal only as printable text" \
    is_misuse "xsock: open: unknown family 'in\\\\x1b\[31met\\\\x0ax'"
run open inet "$(printf '%4000s' '' | tr ' ' s)"
test_that "a word of any length is complained about whole" \
    is_misuse "xsock: open: unknown type 's{200}s*'"

# ---- open ----------------------------------------------------------------------------------------

numbers='\(system: family [0-9]+, type [0-9]+, protocol [0-9]+, handle [0-9]+\)'

for triple in 'inet stream tcp' 'inet dgram udp' 'inet6 stream tcp' 'inet6 dgram udp'; do
    set -- $triple
    run open "$1" "$2" "$3"
    if [ "$1" = inet6 ] && grep -q EAFNOSUPPORT "$err"; then
        skip "open $triple prints one line" "this machine has no inet6"
        continue
    fi
    test_that "open $triple prints one line" prints "descriptor 3: $triple $numbers"
    run open "$1" "$2"
    test_that "open $1 $2 names the protocol that 0 picks" prints "descriptor 3: $triple $numbers"
done

for type in stream dgram; do
    run open local "$type"
    if [ $system = windows ] && grep -q EAFNOSUPPORT "$err"; then
        skip "open local $type prints one line" "this Windows has no local sockets (Wine has none)"
    else
        test_that "open local $type prints one line" prints "descriptor 3: local $type - $numbers"
    fi
done

run open inet stream+cloexec+nonblock tcp
test_that "flags are applied and shown" \
    prints "descriptor 3: inet stream\+cloexec\+nonblock tcp $numbers"
run open inet stream+nonblock
test_that "one flag alone is shown alone" prints "descriptor 3: inet stream\+nonblock tcp $numbers"
run open AF_INET SOCK_STREAM IPPROTO_TCP
test_that "names are taken as C writes them" prints "descriptor 3: inet stream tcp $numbers"
run open 1 1 6
test_that "numbers are taken, in decimal" prints "descriptor 3: inet stream tcp $numbers"
run open 0x1 0x2001 0x6
test_that "numbers are taken in hex, and a type's with flags" \
    prints "descriptor 3: inet stream\+cloexec tcp $numbers"
run open inet stream default
test_that "the protocol may be given as default" prints "descriptor 3: inet stream tcp $numbers"

"${command[@]}" open inet stream tcp >"$out" 2>"$err" <&-
status=$? ran='xsock open inet stream tcp (standard input closed)'
test_that "standard input may be closed" prints "descriptor 3: inet stream tcp $numbers"
test_that "a socket does not get the number of a closed standard stream" \
    never_says "$out" 'handle [0-2]\)'

# ---- open, refused -------------------------------------------------------------------------------

no_code='\(no system code\)'
code='\((errno|wsa):[0-9]+\)'

run open 77 stream
test_that "a family that there is none of is EAFNOSUPPORT" refuses EAFNOSUPPORT "$no_code"
run open inet 9
test_that "a type that there is none of is ESOCKTNOSUPPORT" refuses ESOCKTNOSUPPORT "$no_code"
run open inet stream udp
test_that "a protocol of another type is EPROTONOSUPPORT" refuses EPROTONOSUPPORT "$no_code"
run open inet raw
test_that "raw without a protocol is EPROTONOSUPPORT" refuses EPROTONOSUPPORT "$no_code"
run open inet stream -6
test_that "a negative protocol is EINVAL, not an option" refuses EINVAL "$no_code"
run open inet -1
test_that "a negative type is EINVAL" refuses EINVAL "$no_code"
run open -- inet -1
test_that "-- ends the options" refuses EINVAL "$no_code"
run open unspec stream
test_that "unspec is EAFNOSUPPORT" refuses EAFNOSUPPORT "$no_code"

refused_or_open() {
    if exits 0; then prints "$1"; else refuses EACCES "$code"; fi
}
run open inet raw icmp
test_that "a raw socket opens, or privilege is missing and the system's code is told" \
    refused_or_open "descriptor 3: inet raw icmp $numbers"
run open inet raw 200
if [ $system = windows ] && grep -q EPROTONOSUPPORT "$err"; then
    skip "a protocol without a name is shown by its number" "Wine has only the usual raw protocols"
else
    test_that "a protocol without a name is shown by its number" \
        refused_or_open "descriptor 3: inet raw 200 $numbers"
fi

# ---- catalog -------------------------------------------------------------------------------------

run catalog --all
cp "$out" "$dir/table"
test_that "catalog succeeds and leaves standard error alone" succeeds
test_that "catalog has a heading" \
    starts_with "$out" 'FAMILY +TYPE +PROTOCOL +DEFAULT +NUMBERS +RESULT'
test_that "catalog fits 80 columns" fits "$out"
test_that "catalog has no space at the end of a line" no_trailing_space "$out"
test_that "catalog has no carriage return" lacks_byte "$out" $'\r'
test_that "catalog has no colour in a pipe" lacks_byte "$out" $'\033'
test_that "catalog has inet stream tcp, which is ok" says "$out" 'inet +stream +tcp +yes +1 1 6 +ok'
test_that "catalog has inet dgram udp, which is ok" says "$out" 'inet +dgram +udp +yes +1 2 17 +ok'
test_that "catalog's rows all have the same shape" \
    rows_are '[a-z0-9_]+ +[a-z]+ +[^ ]+ +(yes|no) +[0-9]+ [0-9]+ -?[0-9]+ +(ok|E[A-Z]+)'

run catalog
test_that "catalog alone has a line for each family" \
    rows_are '([a-z0-9_]+ +[0-9]+ of [0-9]+ +[a-z]+( [a-z]+)*|One family: .*|)'
test_that "and fits a screen" test "$(wc -l <"$out")" -le 24
test_that "catalog alone says that inet opens" \
    grep -qE '^inet +[1-9][0-9]* of [0-9]+ +stream dgram raw' "$out"
run catalog inet
cp "$out" "$dir/inet"
test_that "catalog FAMILY has the rows of that family" \
    rows_are 'inet +[a-z]+ +[^ ]+ +(yes|no) +1 [0-9]+ -?[0-9]+ +(ok|E[A-Z]+)'
inet_rows() { tail -n +2 "$1" | grep -E '^inet ' | tr -s ' '; }
same_rows() { [ "$(inet_rows "$dir/table")" = "$(inet_rows "$dir/inet")" ]; }
test_that "and all of them" same_rows
run catalog inte
test_that "catalog of an unknown family is wrong usage, with a guess" \
    is_misuse "xsock: catalog: unknown family 'inte' \(did you mean 'inet'\?\)"
run catalog inet --all
test_that "catalog takes a family or --all" is_misuse "xsock: catalog: --all lists every family: .*"
run catalog 77
test_that "a family without rows is an error" \
    fails_one_line 1 "xsock: catalog: xsock has no family 77; .*"

run catalog --json
test_that "catalog --json succeeds and leaves standard error alone" succeeds
if need_python "catalog --json is JSON" "catalog --json says what the table says"; then
    test_that "catalog --json is JSON" is_json "$out"
    test_that "catalog --json says what the table says" check catalog "$out" "$dir/table"
fi

# Opening gives the result that the catalog has. Each run takes Wine a tenth of a second, so that
# only INET is tried there.
agree() {
    local family type protocol result said
    while read -r family type protocol _ _ _ _ result; do
        [ $system = windows ] && [ "$family" != inet ] && continue
        run open "$family" "$type" "$protocol"
        said=ok
        exits 0 || said=$(sed -n 's/^xsock: open: \([A-Z0-9]*\): .*/\1/p' "$err")
        [ "$said" = "$result" ] && continue
        echo "# $family $type $protocol: $said, in the catalog $result" >&2
        return 1
    done < <(tail -n +2 "$dir/table")
}
test_that "open takes every name that catalog prints, and gives the same result" agree

# ---- doctor --------------------------------------------------------------------------------------

run doctor
test_that "doctor succeeds and leaves standard error alone" succeeds
test_that "doctor fits 80 columns" fits "$out"
test_that "doctor begins with the version and the system" \
    starts_with "$out" 'xsock [0-9.]+ on [A-Z].+\.'
test_that "doctor knows that IPv4 works here" \
    says "$out" 'ok    IPv4 connections to this machine work\.'
for what in 'IPv6 connections' 'One dual-stack socket' 'Local stream sockets' \
    'Local datagram sockets' \
    'Local seqpacket sockets' 'Sending many datagrams' 'Receiving many datagrams' 'Raw sockets' \
    'The name localhost'; do
    test_that "doctor has a verdict: $what" says "$out" "(ok   |lacks) $what.*\."
done
test_that "doctor lists the families that open" grep -qA1 '^Families that open:' "$out"
test_that "doctor names an interface" grep -qE '^Interface .+ \(up\):' "$out"
agrees_with_catalog() { # what opens according to the catalog is what doctor says
    local opens doctor
    opens=$(tail -n +2 "$dir/table" | awk '$NF == "ok" { print $1 }' | uniq | tr '\n' ' ')
    doctor=$(awk '/^ / && open { $1 = $1; printf "%s ", $0 }
        /^Families that open:/ { open = 1; next }
        !/^ / { open = 0 }' "$out")
    [ "$opens" = "$doctor" ]
}
test_that "doctor and catalog agree on the families" agrees_with_catalog
if [ $system = windows ]; then
    test_that "doctor lists Winsock's providers" grep -qE '^    .+: 2 1 6$' "$out"
else
    test_that "doctor says what ulimit -n says" \
        grep -q " open $(ulimit -n) files and sockets" "$out"
fi
run doctor now
test_that "doctor takes no argument" is_misuse "xsock: doctor: unexpected argument 'now'"

# ---- errors --------------------------------------------------------------------------------------

run errors
cp "$out" "$dir/errors"
test_that "errors succeeds and leaves standard error alone" succeeds
test_that "errors has a heading" starts_with "$out" 'NAME +NUMBER  SENTENCE'
test_that "errors has EAGAIN, 6" says "$out" 'EAGAIN +6  [A-Z].+'
test_that "errors has xsock's own, too" says "$out" 'EAI_NONAME +1008  .+'
names_differ() { [ -z "$(tail -n +2 "$out" | awk '{ print $1 }' | sort | uniq -d)" ]; }
numbers_rise() { tail -n +2 "$out" | awk '{ print $2 }' | sort -cun; }
test_that "errors names no error twice" names_differ
test_that "errors are in the order of their numbers" numbers_rise
test_that "errors' rows all have the same shape" rows_are 'E[A-Z0-9_]+ +[0-9]+  [A-Z].*[^.]'
test_that "errors has no space at the end of a line" no_trailing_space "$out"

run errors EAGAIN
cp "$out" "$dir/eagain"
test_that "one error by name is one line" prints 'EAGAIN +6  [A-Z].+'
test_that "one error looks as it does in the table" grep -qxF -f "$dir/eagain" "$dir/errors"
for word in eagain XSOCK_EAGAIN EWOULDBLOCK 6 -6 0x6 wsa:10035 WSA:10035; do
    run errors "$word"
    test_that "errors $word is EAGAIN" cmp -s "$out" "$dir/eagain"
done
run errors 0
test_that "errors 0 is success" prints 'SUCCESS +0  .+'

if [ $system = windows ]; then
    run errors errno:11
    test_that "there is no errno on Windows, which is wrong usage" \
        is_misuse "xsock: errors: the codes of this system are Winsock's: .* 'errno:11'"
else
    eagain=11
    [ "$(uname -s)" = Linux ] || eagain=35
    run errors "errno:$eagain"
    test_that "errors errno:$eagain is EAGAIN" cmp -s "$out" "$dir/eagain"
    run errors errno:99999
    test_that "an errno that there is none of is an error" \
        fails_one_line 1 'xsock: errors: no error stands for errno:99999, .+'
fi

lists_all="'xsock errors' lists all"
run errors EAGIAN
test_that "an unknown name is an error, with a guess" \
    fails_one_line 1 "xsock: errors: unknown error 'EAGIAN' \(did you mean 'EAGAIN'\?\); $lists_all"
run errors 10035
test_that "a Winsock code that is not said to be one is an error, with a guess" \
    fails_one_line 1 \
    "xsock: errors: no error of xsock has the number 10035 \(did you mean 'wsa:10035'\?\)"
run errors 1999
test_that "an unknown number is an error" \
    fails_one_line 1 "xsock: errors: no error of xsock has the number 1999; $lists_all"
run errors -9223372036854775808
test_that "the smallest number is an error like others" \
    fails_one_line 1 "xsock: errors: no error of xsock has the number -9223372036854775808; .*"
run errors wsa:19999
test_that "an unknown Winsock code is an error" \
    fails_one_line 1 'xsock: errors: no error stands for wsa:19999, .+'
run errors wsa:
test_that "a kind of code without a code is wrong usage" \
    is_misuse "xsock: errors: '' is not a number, in 'wsa:'"
run errors hresult:5
test_that "an unknown kind of code is wrong usage" \
    is_misuse "xsock: errors: unknown kind of code 'hresult:5' .+"

run errors --json
test_that "errors --json succeeds and leaves standard error alone" succeeds
cp "$out" "$dir/errors.json"
run errors --json EAGAIN
if need_python "errors --json is JSON" "errors --json says what the table says" \
    "one error is an object of the array"; then
    test_that "errors --json is JSON" is_json "$dir/errors.json"
    test_that "errors --json says what the table says" \
        check errors "$dir/errors.json" "$dir/errors" $system
    test_that "one error is an object of the array" check member "$dir/errors.json" "$out" EAGAIN
fi

# ---- Writing -------------------------------------------------------------------------------------

write_to() { # DESTINATION ARGUMENT...
    local to=$1
    shift
    : >"$out"
    if [ "$to" = closed ]; then
        "${command[@]}" "$@" 2>"$err" >&- </dev/null
    else
        "${command[@]}" "$@" 2>"$err" >"$to" </dev/null
    fi
    status=$?
    ran="xsock $* (to $to)"
}
for words in '--version' '--help' 'open inet stream' 'catalog' 'doctor' 'errors --json'; do
    if [ -c /dev/full ]; then
        write_to /dev/full $words
        test_that "a full disk is an error of $words" \
            fails_one_line 1 'xsock: ([a-z]+: )?cannot write to standard output: .+'
    else
        skip "a full disk is an error of $words" "there is no /dev/full here"
    fi
    write_to closed $words
    test_that "a closed standard output is an error of $words" \
        fails_one_line 1 'xsock: ([a-z]+: )?cannot write to standard output: .+'
done
write_to closed open inett stream
test_that "a closed standard output is no error where there is nothing to write" \
    is_misuse "xsock: open: unknown family 'inett'.*"
"${command[@]}" open inett stream >"$out" 2>&- </dev/null
status=$? ran='xsock open inett stream (standard error closed)'
test_that "a closed standard error does not change the status" exits 2
test_that "a closed standard error sends nothing to standard output" silent "$out"

if need_python "a reader that went away is an error without a word"; then
    python3 "$here/check.py" epipe "${command[@]}" errors >"$out" 2>"$err"
    status=$? ran='xsock errors (to a pipe that nobody reads)'
    test_that "a reader that went away is an error without a word" fails_silently 1
fi

# ---- Colour --------------------------------------------------------------------------------------

on_terminal() { # NAME=VALUE... -- ARGUMENT...: its output there
    local settings=()
    while [ "$1" != -- ]; do
        settings+=("$1")
        shift
    done
    shift
    env "${settings[@]}" python3 "$here/check.py" terminal "${command[@]}" "$@" \
        >"$out" 2>"$err" </dev/null
    status=$?
    ran="${settings[*]} xsock $* (on a terminal)"
}
colour=("a terminal gets colour" "NO_COLOR turns colour off" "an empty NO_COLOR does not"
    "TERM=dumb turns colour off")
if [ $system = windows ]; then
    for sentence in "${colour[@]}"; do
        skip "$sentence" "Wine's console draws with escape sequences of its own"
    done
elif need_python "${colour[@]}" && ! python3 -c 'import pty; pty.openpty()' 2>/dev/null; then
    for sentence in "${colour[@]}"; do skip "$sentence" "there is no terminal to be had here"; done
elif command -v python3 >/dev/null; then
    on_terminal TERM=xterm -- catalog --all
    test_that "${colour[0]}" coloured
    on_terminal TERM=xterm NO_COLOR=1 -- catalog --all
    test_that "${colour[1]}" plain
    on_terminal TERM=xterm NO_COLOR= -- catalog --all
    test_that "${colour[2]}" coloured
    on_terminal TERM=dumb -- catalog --all
    test_that "${colour[3]}" plain
fi
