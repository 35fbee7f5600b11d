#!/usr/bin/env bash
# Runs every test of xsock on this machine: Linux natively, Windows under Wine, and FreeBSD up to
# linking.
# Installs what is missing (Debian, Ubuntu; root or sudo). Everything is built under build/.
#   ci/test.sh              all suites
#   ci/test.sh NAME...      some of them
# The last line is "N passed, M failed, K skipped". The status is 0 if nothing failed and every
# suite ran.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ci/deps.sh
. "$TOP/ci/deps.sh"

# The long suites come first, so that short ones fill the time at the end. Suites that wait much
# (downloads, Wine, peers) stand beside suites that compile.
ALL=(mingw-static clang-sanitizers freebsd peers consumers single posix meson musl mingw-shared
    gcc-static clang-shared gcc-shared wasix bench gcc-threads mingw-32 pages tree guide random
    unwind stack poller-kqueue poller-poll headers format around compat abi)

# One more than there are processors, because tests often wait. Two suites of ci/full.sh do little
# else.
AT_ONCE=$((JOBS + 1))
[ -z "${XSOCK_FULL:-}" ] || AT_ONCE=$((JOBS + 3))

# The needs of the suites that are named, as "WHAT PACKAGE".
needs_of() {
    local suite groups which="needs"
    [ -z "${XSOCK_FULL:-}" ] || which="needs( in ci\/full.sh)?"
    for suite in "$@"; do
        groups=$(sed -nE "s/^# $which: //p" "$TOP/ci/suites/$suite.sh" | tr '\n' ' ')
        awk -v groups=" $groups " 'index(groups, " " $1 " ") { print $2, $3 }' "$TOP/ci/needs.txt"
    done
}

# In some releases, clang's sanitizers are in a separate package, whose name contains the version.
install_clang_runtime() {
    command -v clang >/dev/null || return 0
    echo 'int main(void) { return 0; }' >"$BUILD/try.c"
    clang -fsanitize=address "$BUILD/try.c" -o "$BUILD/try" 2>/dev/null ||
        install_packages "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
}

# Runs one suite with its output in a file, and prints the file at the end, so that the output of
# suites does not mix.
run_suite() {
    local suite=$1 status=0 start=$SECONDS TIMEFORMAT='%U %S'
    rm -f "$RESULTS/$suite" "$RESULTS/$suite.end"
    {
        time bash "$TOP/ci/suite.sh" "$suite" >"$RESULTS/$suite.log" 2>&1 </dev/null
    } 2>"$RESULTS/$suite.time" || status=$?
    {
        processors=$(awk '{ printf "%d", $1 + $2 }' "$RESULTS/$suite.time")
        say "== $suite ($((SECONDS - start)) s, of processors $processors s)"
        cat "$RESULTS/$suite.log"
        if [ "$status" -ne 0 ] || [ ! -e "$RESULTS/$suite.end" ]; then
            say "  FAILED  the suite $suite did not run to its end (status $status)"
            say "0 1 0" >>"$RESULTS/$suite"
        fi
    } >"$RESULTS/$suite.report"
    cat "$RESULTS/$suite.report"
}

# No process is left behind, however the script ends, except the wineserver for a while.
tidy() {
    local running
    running=$(jobs -p)
    # shellcheck disable=SC2086 # one word each
    [ -z "$running" ] || kill $running 2>/dev/null || true
}

run_suites() {
    local suite running=0
    for suite in "$@"; do
        if [ "$running" -ge "$AT_ONCE" ]; then
            wait -n || true
            running=$((running - 1))
        fi
        run_suite "$suite" &
        running=$((running + 1))
    done
    wait
}

# Prints how long each suite took, the longest first.
print_times() {
    local suite
    for suite in "$@"; do head -n 1 "$RESULTS/$suite.report"; done | sort -t '(' -k 2 -rn |
        sed 's/^==/  /'
}

# Prints the last line. Fails if a check failed or a suite did not finish.
sum_up() {
    local suite
    for suite in "$@"; do
        if [ -s "$RESULTS/$suite" ]; then cat "$RESULTS/$suite"; else say "0 1 0"; fi
    done | awk '{ p += $1; f += $2; s += $3 }
        END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }'
}

main() {
    local suites=("${@:-${ALL[@]}}") suite
    for suite in "${suites[@]}"; do
        [ -e "$TOP/ci/suites/$suite.sh" ] || die "no suite $suite; there are: ${ALL[*]}"
    done
    mkdir -p "$RESULTS"
    rm -f "$BUILD"/common/*.built
    install_missing < <(needs_of "${suites[@]}")
    case " ${suites[*]} " in *clang-* | *random*) install_clang_runtime ;; esac
    trap tidy EXIT
    trap 'exit 130' INT TERM
    run_suites "${suites[@]}"
    [ -z "${XSOCK_FULL:-}" ] || print_times "${suites[@]}"
    sum_up "${suites[@]}"
}

main "$@"
