#!/usr/bin/env bash
# Runs the test suites of libraries and servers that others wrote for POSIX: first natively on the
# system, and then with emulation over xsock-posix. A test that passes on the system must pass with
# emulation. How the script is called stands in lib.sh; KIND is native. Names of suites may follow:
# libevent libuv nng memcached.
#
# No test leaves the machine: OUTSIDE has the names of those that would. Where the system allows it,
# the script also has a network of its own, in which there is only loopback, and in which the fixed
# ports of the suites are free.
if [ -z "${OWN_NETWORK:-}" ]; then
    export OWN_NETWORK=no
    for option in -n -rn; do # -r: as another user than root
        unshare "$option" true 2>/dev/null || continue
        OWN_NETWORK=yes exec unshare "$option" bash "$0" "$@"
    done
fi
# shellcheck source=xsock-posix/tests/programs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
FOLDER=$(realpath "$FOLDER") SOURCES=$(realpath "$SOURCES") OUT=$(realpath "$OUT")
POSIX=$(realpath "$POSIX")
JOBS=${JOBS:-$(nproc)}

RUN_LIMIT=480  # seconds for a run of a whole suite, which takes 90 at most on an idle machine
AGAIN_LIMIT=20 # so many failed tests are run again alone: more are no chance
export UV_RUN_AS_ROOT=1 UV_TEST_TIMEOUT_MULTIPLIER=4

# The tests that pass on the system and need not pass with emulation, and why.
declare -A EXPLAINED=(
    [libevent dns/bufferevent_connect_hostname_emfile]="the test expects that localhost is not \
found if no number is free for the file of hosts, which xsock does not read (RFC 6761)"
    [libuv emfile]="a poller needs one more number for its first pipe, and none is free"
    [libuv poll_nested_epoll]="pollers cannot be nested"
)

# The tests that send something to other machines. They are not run.
declare -A OUTSIDE=(
    [libevent]="dns/bufferevent_connect_hostname"
    [libuv]="getaddrinfo_fail getaddrinfo_fail_sync tcp_close_while_connecting tcp_connect_timeout
        udp_multicast_interface udp_multicast_interface6 udp_multicast_join udp_multicast_join6
        udp_multicast_ttl udp_send_hang_loop"
    [nng]="nng.udp"
)
outside() { tr -s ' \n' '\n' <<<"${OUTSIDE[$SUITE]:-}"; } # one a line

loopback_up() {
    python3 - <<'PYTHON'
import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 1, 0x40
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP | IFF_RUNNING))
PYTHON
}

# ---- Building: plain is without the library, posix is with it ------------------------------------

# flags_of KIND [FLAG...] sets CFLAGS and LIBRARIES.
flags_of() {
    CFLAGS=-O1 LIBRARIES=
    [ "$1" = posix ] || return 0
    shift
    CFLAGS+=" -Werror=implicit-function-declaration -I$POSIX/include $*"
    LIBRARIES="$FOLDER/xsock-posix/libxsock-posix.a $FOLDER/libxsock.a -pthread"
}

# by_cmake KIND PACKAGE TARGET OPTION...: CMake's own tests link with the libraries, too.
by_cmake() {
    local kind=$1 package=$2 target=$3
    shift 3
    rm -rf "${OUT:?}/$package/$kind"
    cmake -S "$SOURCES/$package/source" -B "$OUT/$package/$kind" -G Ninja \
        -DCMAKE_C_FLAGS="$CFLAGS" -DCMAKE_C_STANDARD_LIBRARIES="$LIBRARIES" \
        -DCMAKE_CXX_FLAGS="$CFLAGS" -DCMAKE_CXX_STANDARD_LIBRARIES="$LIBRARIES" \
        -DCMAKE_REQUIRED_LIBRARIES="${LIBRARIES// /;}" -DCMAKE_POLICY_VERSION_MINIMUM=3.5 "$@" &&
        ninja -j "$JOBS" -C "$OUT/$package/$kind" "$target"
}

# builds NAME FUNCTION PROGRAM: builds both kinds. PROGRAM must call the library in one of them.
builds() {
    local kind
    both() {
        for kind in plain posix; do "$1" "$kind" || return 1; done
        ! calls_library plain "$2" && calls_library posix "$2"
    }
    check "$1 builds unmodified" both "$2" "$3"
}

# grep reads to the end: otherwise nm could fail.
calls_library() { nm "$OUT/${2%%/*}/$1/${2#*/}" | grep xsock_posix_socket >/dev/null; }

# ---- Running and judging -------------------------------------------------------------------------

# A run is a function that prints "pass TEST", "fail TEST" or "skip TEST", a line for each test:
#   RUN KIND RAW [TEST]      RAW is the file for what the suite prints. TEST: that test alone.
# SUITE is the name of the suite, and LABEL also says how the suite waits, if it has several ways.

# measure RUN: runs a suite in both kinds.
measure() {
    local kind
    for kind in plain posix; do "$1" "$kind" "$OUT/$LABEL.$kind.raw" >"$OUT/$LABEL.$kind"; done
}

# judge RUN LEAST: compares the two runs. LEAST tests must have passed on the system: fewer mean
# that the suite did not run.
judge() {
    local run=$1 least=$2 test result passed=0 failed=0 skipped=0 again=0
    local -A now=()
    while read -r result test; do now[$test]=$result; done <"$OUT/$LABEL.posix"
    outside | sed -n "s/.\+/ok - $LABEL: & # SKIP it sends to other machines/p"
    while read -r result test; do
        case $result in
        pass) passed=$((passed + 1)) ;;
        skip) skipped=$((skipped + 1)) ;;
        fail)
            failed=$((failed + 1))
            echo "ok - $LABEL: $test # SKIP it fails on the system, too"
            ;;
        esac
        if [ "$result" != pass ]; then
            continue
        elif [ "${now[$test]:-}" = pass ]; then
            echo "ok - $LABEL: $test"
        elif [ -n "${EXPLAINED[$SUITE $test]:-}" ]; then
            echo "ok - $LABEL: $test # SKIP ${EXPLAINED[$SUITE $test]}"
        else
            again=$((again + 1))
            try_again "$run" "$test" "$again" "${now[$test]:-no result}"
        fi
    done <"$OUT/$LABEL.plain"
    echo "note - $LABEL: on the system $passed pass, $failed fail, $skipped skip themselves"
    check "$LABEL: at least $least tests pass on the system" [ "$passed" -ge "$least" ]
}

# try_again RUN TEST COUNT FIRST: tests that depend on time may fail on a busy machine.
try_again() {
    local raw=$OUT/$LABEL.again.raw
    : >"$raw"
    if [ "$3" -le "$AGAIN_LIMIT" ] && "$1" posix "$raw" "$2" | grep -Fx "pass $2" >/dev/null; then
        echo "ok - $LABEL: $2"
        echo "note - $LABEL: $2 passed when it was run again alone (at first: $4)"
    else
        echo "not ok - $LABEL: $2 (at first: $4)"
        tail -n 30 "$raw" | sed 's/^/# /'
        FAILED=1
    fi
}

limited() { timeout -k 10 "$RUN_LIMIT" "$@" </dev/null; }

# Reads the results of a suite that prints TAP.
tap_results() {
    sed -nE 's/^ok # SKIP [0-9]+ - ([^ ]+).*/skip \1/p; s/^ok [0-9]+ - ([^ ]+) # SKIP.*/skip \1/p
        s/^ok [0-9]+ - ([^ ]+)$/pass \1/p; s/^not ok [0-9]+ - ([^ ]+).*/fail \1/p' "$1"
}

# ---- libevent, by epoll, by poll and by select ---------------------------------------------------

libevent_build() {
    flags_of "$1"
    by_cmake "$1" libevent all -DEVENT__LIBRARY_TYPE=STATIC -DEVENT__DISABLE_OPENSSL=ON \
        -DEVENT__DISABLE_MBEDTLS=ON -DEVENT__DISABLE_BENCHMARK=ON -DEVENT__DISABLE_SAMPLES=ON
}

libevent_run() {
    local tests without=()
    mapfile -t tests < <(outside | sed 's/^/:/') # a colon leaves a test out
    [ -z "${3:-}" ] || tests=("$3")
    case $WAITS in
    poll) without=(EVENT_NOEPOLL=1) ;;
    select) without=(EVENT_NOEPOLL=1 EVENT_NOPOLL=1) ;;
    esac
    limited env "${without[@]}" "$OUT/libevent/$1/bin/regress" "${tests[@]}" >"$2" 2>&1
    # A test may print lines between its name and its result.
    awk '/^[a-z0-9_]+\/[^ :]+: / { test = $1; sub(/:$/, "", test) }
        test && /OK$/ { print "pass", test; test = "" }
        test && /(SKIPPED|DISABLED)$/ { print "skip", test; test = "" }
        test && / FAILED\]$/ { print "fail", test; test = "" }' "$2"
}

libevent() {
    local ways=()
    builds libevent libevent_build libevent/bin/regress
    for WAITS in epoll poll select; do # the tests sleep most of their time
        LABEL="libevent by $WAITS"
        measure libevent_run &
        ways+=($!)
    done
    wait "${ways[@]}"
    for WAITS in epoll poll select; do
        LABEL="libevent by $WAITS"
        judge libevent_run 250
    done
}

# ---- libuv ---------------------------------------------------------------------------------------

libuv_build() {
    flags_of "$1" -include "$HERE/stubs/libuv/syscall.h"
    by_cmake "$1" libuv1 uv_run_tests_a -DLIBUV_BUILD_BENCH=OFF
}

# Each test is run by its name, because the suite itself cannot leave out tests. Tests read files of
# the folder test, and write some where they are.
libuv_run() {
    local program=$OUT/libuv1/$1/uv_run_tests_a tests test end=$((SECONDS + RUN_LIMIT))
    mapfile -t tests < <("$program" --list | cut -d' ' -f1 | grep -vxFf <(outside))
    [ -z "${3:-}" ] || tests=("$3")
    rm -rf "$OUT/libuv1/run"
    mkdir -p "$OUT/libuv1/run"
    cp -r "$SOURCES/libuv1/source/test" "$OUT/libuv1/run/test"
    for test in "${tests[@]}"; do
        [ "$SECONDS" -lt "$end" ] || break
        (cd "$OUT/libuv1/run" && limited "$program" "$test")
    done >"$2" 2>&1
    tap_results "$2"
}

libuv() {
    builds libuv libuv_build libuv1/uv_run_tests_a
    measure libuv_run
    judge libuv_run 300
}

# ---- nng: TCP, IPC, WebSocket and its compatibility with nanomsg ---------------------------------

nng_build() {
    flags_of "$1"
    by_cmake "$1" nng all -DNNG_TESTS=ON -DNNG_TOOLS=OFF -DBUILD_SHARED_LIBS=OFF
}

# Each test has ports of its own, and they sleep most of their time.
nng_run() {
    local tests
    tests=(-j 4 -E "^($(outside | paste -s -d '|'))$")
    [ -z "${3:-}" ] || tests=(-R "^${3//./\\.}$")
    (cd "$OUT/nng/$1" && limited ctest --output-on-failure "${tests[@]}") >"$2" 2>&1
    sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) \.+ *Passed .*/pass \1/p
        s/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) \.+ *\*\*\*Skipped .*/skip \1/p
        s/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) \.+ *\*\*\*.*/fail \1/p' "$2" | sort -u -k 2
}

nng() {
    builds nng nng_build nng/tests/tcp
    measure nng_run
    judge nng_run 60
}

# ---- memcached, over the same libevent -----------------------------------------------------------

# A patch of the distribution makes make believe that the configure script is old.
memcached_build() {
    local kind=$1 event=$OUT/libevent/$1 tool tools=()
    for tool in ACLOCAL AUTOCONF AUTOHEADER AUTOMAKE; do tools+=("$tool=:"); done
    [ -e "$event/lib/libevent.a" ] || libevent_build "$kind" || return 1
    flags_of "$kind"
    rm -rf "$OUT/memcached/$kind"
    mkdir -p "$OUT/memcached"
    cp -r "$SOURCES/memcached/source" "$OUT/memcached/$kind" || return 1
    (cd "$OUT/memcached/$kind" &&
        ./configure -q --disable-docs CFLAGS="$CFLAGS" LDFLAGS="-L$event/lib" LIBS="$LIBRARIES" \
            CPPFLAGS="-I$event/include -I$SOURCES/libevent/source/include") &&
        make -C "$OUT/memcached/$kind" -j "$JOBS" "${tools[@]}" CFLAGS="$CFLAGS -pthread" \
            memcached-debug testapp timedrun
}

# The suite cannot run one test alone.
memcached_run() {
    (cd "$OUT/memcached/$1" && limited ./testapp) >"$2" 2>&1
    tap_results "$2"
}

memcached() {
    builds memcached memcached_build memcached/memcached-debug
    measure memcached_run
    judge memcached_run 40
}

[ "$OWN_NETWORK" = no ] || loopback_up
[ "$OWN_NETWORK" = yes ] || echo "note - the suites share the machine's network"
PARTS=("${@:5}")
[ ${#PARTS[@]} -gt 0 ] || PARTS=(libevent libuv nng memcached)
for SUITE in "${PARTS[@]}"; do
    LABEL=$SUITE WAITS=
    "$SUITE"
done
exit $FAILED
