# What the scripts of ci/ share: where things are, installing what is missing, running and
# reporting.
# shellcheck shell=bash

set -euo pipefail
export LC_ALL=C

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$TOP/build/ci
DEPS=$BUILD/deps
RESULTS=$BUILD/results
JOBS=$(nproc)
# Ninja would run two more than there are processors, and suites run at the same time.
CMAKE_BUILD_PARALLEL_LEVEL=$JOBS
export TOP BUILD DEPS RESULTS JOBS CMAKE_BUILD_PARALLEL_LEVEL

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# ---- Installing what is missing ------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# A need is "WHAT PACKAGE": a command or a path, which may hold wildcards, and the package that has
# it.
is_there() {
    case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Reads needs from standard input, and prints the packages of those that are not there.
missing_packages() {
    local what package
    while read -r what package; do
        is_there "$what" || printf '%s\n' "$package"
    done | sort -u
}

# Installs packages with apt-get, the only way these scripts know.
install_packages() {
    [ $# -gt 0 ] || return 0
    say "installing: $*"
    command -v apt-get >/dev/null ||
        die "no apt-get here: install these yourself, and run this again"
    as_root apt-get update -qq </dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        </dev/null >"$BUILD/install.log" 2>&1 ||
        { tail -n 20 "$BUILD/install.log"; die "apt-get failed"; }
}

# Installs what is missing of the needs on standard input.
install_missing() {
    local packages
    mapfile -t packages < <(missing_packages)
    install_packages "${packages[@]}"
}

# ---- Inside a suite: running commands, counting checks -------------------------------------------
# SUITE is the suite's name; its counts go to $RESULTS/$SUITE, one "PASSED FAILED SKIPPED" a line.

count() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$RESULTS/$SUITE"; }

# Runs a command and sets STATUS. Shows what the command printed only if the command failed. Do not
# call this where a status is tested (if, ||): there bash ignores set -e in everything that is
# called.
attempt() {
    local log=$BUILD/$SUITE.$BASHPID.log command=$*
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    STATUS=$?
    set -e
    if [ "$STATUS" -ne 0 ]; then
        say "  \$ ${command:0:400}" # a list of files can be long
        # Ninja's progress is left out.
        sed -E '/^\[[0-9]+\/[0-9]+\] /d' "$log" | tail -n 60 | sed 's/^/  | /'
    fi
    rm -f "$log"
}

quietly() {
    attempt "$@"
    [ "$STATUS" -eq 0 ] || exit 1
}

# check WHAT COMMAND...: one check of the script's own.
check() {
    local what=$1
    shift
    attempt "$@"
    if [ "$STATUS" -eq 0 ]; then
        say "  ok      $what"
        count 1 0 0
    else
        say "  FAILED  $what"
        count 0 1 0
    fi
}

# must WHAT COMMAND...: a check without which the rest of the suite makes no sense.
must() {
    check "$@"
    [ "$STATUS" -eq 0 ] || die "  the rest of this suite did not run"
}

# ---- Test programs -------------------------------------------------------------------------------

# A kernel that spreads mappings wide (vm.mmap_rnd_bits 32) stops older sanitizers from starting.
STEADY=()
# shellcheck disable=SC2034 # the suites use it
if setarch "$(uname -m)" -R true 2>/dev/null; then STEADY=(setarch "$(uname -m)" -R); fi

# run_program NAME COMMAND...: runs one CMocka program, and counts and prints its cases
# (ci/cmocka.awk). LIMIT is the seconds after which a program hangs.
run_program() {
    local name=$1 status=0 out
    shift
    out=$BUILD/$SUITE.$name.out
    timeout -k 10 "${LIMIT:-300}" "$@" >"$out" 2>&1 </dev/null || status=$?
    awk -v name="$name" -v status="$status" -v counts="$RESULTS/$SUITE" -f "$TOP/ci/cmocka.awk" \
        "$out"
}

# run_script NAME COMMAND...: runs a script that prints "ok - WHAT", "not ok - WHAT" and
# "ok - WHAT # SKIP WHY", and counts these lines.
run_script() {
    local name=$1 status=0 out
    shift
    out=$BUILD/$SUITE.$name.out
    timeout -k 10 "${LIMIT:-300}" "$@" >"$out" 2>&1 </dev/null || status=$?
    awk -v name="$name" -v status="$status" -v counts="$RESULTS/$SUITE" -f "$TOP/ci/script.awk" \
        "$out"
}

# The names of the tests in tests/tests.txt, of the kinds that are named.
test_names() {
    local kind name
    while read -r kind name _; do
        case " $* " in *" $kind "*) printf '%s\n' "$name" ;; esac
    done < <(grep -v '^#' "$TOP/tests/tests.txt")
}

# Some tests of public calls for each part of the library, for a build that differs little from one
# whose tests all run. ci/full.sh runs all tests of such a build, too.
some_test_names() {
    printf '%s\n' truth life addr interfaces names options errors_talk transfer messages batch \
        sendfile close_wakes poller readiness wasix wasix_data wasix_poll
}

# The names of the tests that start threads, or let the library start threads.
threaded_test_names() {
    awk '!/^#/ && $1 != "windows" && (/\/threads\.c/ || $2 == "names") { print $2 }' \
        "$TOP/tests/tests.txt"
}

# run_names FOLDER NAME... [-- WRAPPER...]: runs the test programs of these names.
run_names() {
    local folder=$1 names=() name program
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        names+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    for name in "${names[@]}"; do
        program=$folder/bin/test_$name
        [ -e "$program" ] || program=$program.exe
        run_program "$name${XSOCK_TEST_WAKE_SIGNAL:+-signal}" "$@" "$program"
    done
}

# run_kinds KINDS FOLDER [WRAPPER...]: runs the test programs of these kinds of a CMake build.
run_kinds() {
    local names
    mapfile -t names < <(test_names "$1")
    run_names "$2" "${names[@]}" -- "${@:3}"
}

# run_signal_tests FOLDER [WRAPPER...]: runs the programs that run with a wake signal, too.
run_signal_tests() { XSOCK_TEST_WAKE_SIGNAL=1 run_kinds signal "$@"; }

# run_tests FOLDER [WRAPPER...]: runs every test program of a CMake build.
run_tests() {
    local kinds="fake real inner"
    [ "${2:-}" != wine ] || kinds+=" windows"
    run_kinds "$kinds" "$@"
}
