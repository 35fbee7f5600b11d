# What the test scripts share: running programs, checking what they did, and counting. A script
# first sets $command, the command that runs the program.
# shellcheck shell=bash disable=SC2154

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
out=$dir/out err=$dir/err
passed=0 failed=0 skipped=0

# shellcheck disable=SC2034 # the scripts use it
case "${command[-1]}" in
*.exe) system=windows ;;
*) system=posix ;;
esac

unset NO_COLOR
export LC_ALL=C
# Without this, Wine and the script that starts Wine print on standard error.
export WINEDEBUG=${WINEDEBUG:--all}

# ---- The harness ---------------------------------------------------------------------------------

# Runs the program, and sets $out, $err and $status.
run() {
    "${command[@]}" "$@" >"$out" 2>"$err" </dev/null
    status=$?
    ran="xsock $*"
}

shown() { # STREAM FILE: the beginning of what a program printed, for a failure
    head -c 4000 "$2" | tr -c '\n -~' '?' | sed "s/^/# $1: /" | cut -c -200 | head -n 20
}

# test_that SENTENCE CONDITION...: the condition is a command.
test_that() {
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok - $sentence"
    else
        failed=$((failed + 1))
        echo "not ok - $sentence"
        {
            echo "# failed: $*"
            echo "# after: ${ran:0:200} (status $status)"
            shown stdout "$out"
            shown stderr "$err"
        } >&2
    fi
}

skip() { # SENTENCE REASON
    skipped=$((skipped + 1))
    echo "ok - $1 # SKIP $2"
}

# Conditions on the last run.
exits() { [ "$status" -eq "$1" ]; }
silent() { [ ! -s "$1" ]; }
lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
says() { grep -qxE -e "$2" "$1"; }
never_says() { ! grep -qE -e "$2" "$1"; }
fits() { awk 'length($0) > 80 { exit 1 }' "$1"; }
no_trailing_space() { ! grep -q '[[:space:]]$' "$1"; }
has_byte() { LC_ALL=C grep -q "$2" "$1"; }
lacks_byte() { ! has_byte "$@"; }

starts_with() { sed -n 1p "$1" >"$dir/first" && says "$dir/first" "$2"; }
rows_are() { ! tail -n +2 "$out" | grep -qvxE -e "$1"; } # every line but the heading
is_json() { python3 -m json.tool "$1" >/dev/null; }
coloured() { exits 0 && has_byte "$out" $'\033'; }
plain() { exits 0 && ! silent "$out" && lacks_byte "$out" $'\033'; }

succeeds() { exits 0 && silent "$err"; }
prints() { # STATUS 0, one line like this, and no complaint
    succeeds && lines "$out" 1 && says "$out" "$1"
}
fails_with() { # STATUS, a first line like this on standard error, nothing on standard output
    exits "$1" && silent "$out" && starts_with "$err" "$2"
}
is_misuse() { # as fails_with, with a hint in the second line
    fails_with 2 "$1" && lines "$err" 2 && sed -n 2p "$err" >"$dir/second" &&
        says "$dir/second" "Try 'xsock ([a-z]+ )?--help'\."
}
fails_one_line() { fails_with "$1" "$2" && lines "$err" 1; }
fails_silently() { exits "$1" && silent "$err"; }
hints() { # the second line of two says what to do next
    lines "$err" 2 && sed -n 2p "$err" >"$dir/second" && says "$dir/second" 'Try .+\.'
}
refuses() { # ERROR CODE: what open says of an error
    fails_with 1 "xsock: open: $1: [A-Z].+ $2" && hints
}

need_python() { # SENTENCE...: skips them all where there is no Python
    command -v python3 >/dev/null && return 0
    local sentence
    for sentence in "$@"; do skip "$sentence" "there is no python3 here"; done
    return 1
}
check() { python3 "$here/check.py" "$@"; }

finish_up() { # the last line, and the status
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
