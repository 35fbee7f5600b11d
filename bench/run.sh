#!/usr/bin/env bash
# How fast xsock is, beside the system's own calls and other libraries, in one run.
#   bench/run.sh                 every question; under ten minutes
#   bench/run.sh QUESTION...     some of them: the programs of bench/bench.txt, and MORE below
#   --quick                      few and short slices: to see that the programs work
#   --wine                       also the Windows build under Wine, beside raw Winsock
#   --peers-of SUITE             also peers of another Debian (trixie, sid), in a chroot: needs root
#   --write-docs                 also writes the tables and charts of docs/performance.md anew; only
#                                with all questions
# Installs what is missing (Debian, Ubuntu; root or sudo), builds under build/bench/, and prints
# tables. All figures are in build/bench/results.json, too.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../ci/lib.sh"
# shellcheck source=ci/deps.sh
. "$TOP/ci/deps.sh"

SUITE=bench
OUT=$TOP/build/bench
QUICK=
WINE=
WRITE_DOCS=
SUITE_OF_PEERS=
PEERS_NEED=gcc,libc6-dev,cmake,ninja-build,pkgconf
PEERS_NEED+=,libuv1-dev,libevent-dev,libapr1-dev,libnspr4-dev,libglib2.0-dev
QUESTIONS=()
# A name that ends in _two adds a second thread, which sleeps. _shared means the shared library. The
# question counts has the exact counts of bench/check.sh, and size what bench/size.sh measures.
MORE=(calls_two calls_shared local_two open_stubbed open_stubbed_two counts size)

all_questions() {
    awk '$1 ~ /^program/ && $3 != "versions" { print $3 }' "$TOP/bench/bench.txt"
    printf '%s\n' "${MORE[@]}"
}

read_arguments() {
    local known argument
    known=" $(all_questions | tr '\n' ' ')"
    while [ $# -gt 0 ]; do
        argument=$1
        shift
        case $argument in
        --quick) QUICK=1 ;;
        --wine) WINE=1 ;;
        --write-docs) WRITE_DOCS=1 ;;
        --peers-of)
            SUITE_OF_PEERS=${1:?"--peers-of needs a suite of Debian"}
            shift
            ;;
        *)
            [ "${known/ $argument /}" != "$known" ] || die "no question $argument; there are:$known"
            QUESTIONS+=("$argument")
            ;;
        esac
    done
    if [ ${#QUESTIONS[@]} -eq 0 ] || [ -n "$WRITE_DOCS" ]; then
        mapfile -t QUESTIONS < <(all_questions)
    fi
}

# ---- Building ------------------------------------------------------------------------------------

# build FOLDER OPTION...: builds with CMake's defaults.
build() {
    local folder=$OUT/$1
    shift
    quietly cmake -S "$TOP" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DXSOCK_BUILD_TOOLS=OFF "$@"
    quietly cmake --build "$folder"
}

install_needs() {
    local groups="build package python valgrind strace compared"
    [ -z "$WINE" ] || groups+=" mingw wine"
    [ -z "$SUITE_OF_PEERS" ] || groups+=" debootstrap"
    install_missing < <(awk -v groups=" $groups " 'index(groups, " " $1 " ") { print $2, $3 }' \
        "$TOP/ci/needs.txt")
}

# ---- Asking --------------------------------------------------------------------------------------

# Questions with several threads are disturbed more, and need more rounds.
options_of() {
    local rounds=61 slice=10000
    case $1 in
    pingpong | bulk | threads_*) rounds=121 ;;
    poller | many | million | server) rounds=41 ;;
    esac
    if [ -n "$QUICK" ]; then rounds=7 slice=2000; fi
    printf -- '--rounds %d --slice-us %d' "$rounds" "$slice"
}

# ask QUESTION
ask() {
    local options program=${1%_two} folder=$OUT/native stubs=
    read -ra options <<<"$(options_of "$1")"
    [ "$program" = "$1" ] || options+=(--threads 2)
    options+=(--call-it "$1")
    case $program in
    size) XSOCK_SIZE_OUT=$OUT/size bash "$TOP/bench/size.sh" --tsv ;;
    counts) XSOCK_CHECK_OUT=$OUT/counts bash "$TOP/bench/check.sh" --tsv ;;
    *)
        case $program in
        *_shared) folder=$OUT/shared ;;
        *_stubbed) stubs=$folder/bin/bench_stubs.so ;;
        esac
        program=${program%_shared}
        LD_PRELOAD=$stubs "$folder/bin/bench_${program%_stubbed}" "${options[@]}"
        ;;
    esac
}

# Under Wine a system call takes thirty times as long, so the rounds and members are fewer.
ask_wine() {
    local options
    read -ra options <<<"$(options_of "$1")"
    options[1]=$((options[1] / 3))
    case $1 in
    poller) options+=(--most 100) ;;
    many) options+=(--most 1000) ;;
    esac
    timeout -k 5 300 wine "$OUT/windows/bin/bench_$1.exe" "${options[@]}" </dev/null | tr -d '\r'
}

# The other questions have the same answer on every system, or are about libraries of this system.
makes_sense_on_windows() {
    case $1 in
    calls | pingpong | bulk | udp | poller) true ;;
    *) false ;;
    esac
}

ask_all() {
    local question
    rm -rf "$OUT/results" "$OUT/newer.tsv"
    mkdir -p "$OUT/results/native" "$OUT/results/wine"
    for question in "${QUESTIONS[@]}"; do
        say "asking: $question"
        ask "$question" >"$OUT/results/native/$question.tsv"
        if [ -n "$WINE" ] && makes_sense_on_windows "$question"; then
            ask_wine "$question" >"$OUT/results/wine/$question.tsv" ||
                say "note: under Wine $question did not end well"
        fi
    done
}

# The questions that compare libraries, in a Debian of its own, which has other versions of them.
ask_newer() {
    local root=$DEPS/debian-$SUITE_OF_PEERS question options
    once "debian-$SUITE_OF_PEERS" quietly as_root debootstrap --variant=minbase \
        "--include=$PEERS_NEED" "$SUITE_OF_PEERS" "$root"
    rm -rf "$root/xsock" "$OUT/results/newer"
    mkdir -p "$root/xsock" "$OUT/results/newer"
    git -C "$TOP" ls-files -z | tar -C "$TOP" --null -T - -c | tar -x -C "$root/xsock"
    quietly as_root chroot "$root" cmake -S /xsock -B /xsock/build -G Ninja \
        -DCMAKE_BUILD_TYPE=Release -DXSOCK_BUILD_TOOLS=OFF -DXSOCK_BUILD_BENCH=ON
    quietly as_root chroot "$root" cmake --build /xsock/build
    chroot "$root" /xsock/build/bin/bench_versions >"$OUT/newer.tsv"
    for question in server open local poller; do
        say "asking: $question, with the peers of $SUITE_OF_PEERS"
        read -ra options <<<"$(options_of "$question")"
        as_root chroot "$root" "/xsock/build/bin/bench_$question" "${options[@]}" \
            >"$OUT/results/newer/$question.tsv"
    done
}

# Prints what the benchmarks run on, as "fact TAB NAME TAB TEXT".
facts() {
    printf 'fact\t%s\t%s\n' \
        system "$(uname -sr), $(uname -m)" \
        processors "$(nproc) of $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)" \
        compiler "$(cc --version | head -n 1)" \
        build "CMake's default (Release)" \
        "load average before" "$(cut -d ' ' -f 1-3 /proc/loadavg)" \
        date "$(date -u +%Y-%m-%d)" \
        commit "$(git -C "$TOP" describe --always --dirty 2>/dev/null || echo unknown)"
    "$OUT/native/bin/bench_versions"
    if [ -n "$WINE" ]; then
        printf 'version\tWine\t%s\n' "$(wine --version)"
        printf 'version\tmingw-w64 gcc\t%s\n' "$(x86_64-w64-mingw32-gcc -dumpversion)"
    fi
}

main() {
    local report=()
    read_arguments "$@"
    mkdir -p "$OUT" "$BUILD"
    install_needs
    build native -DXSOCK_BUILD_BENCH=ON
    build shared -DXSOCK_BUILD_BENCH=ON -DBUILD_SHARED_LIBS=ON
    if [ -n "$WINE" ]; then
        build windows -DXSOCK_BUILD_BENCH=ON \
            -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake"
        once wine quietly make_wine_prefix
        trap end_wine EXIT
        keep_wine
    fi
    facts >"$OUT/facts.tsv"
    ask_all
    printf 'fact\tload average after\t%s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)" >>"$OUT/facts.tsv"
    [ -z "$SUITE_OF_PEERS" ] || ask_newer
    [ -z "$WRITE_DOCS" ] || report+=(--write-docs "$TOP/docs")
    python3 "$TOP/bench/report/report.py" "$OUT" "${report[@]}"
}

main "$@"
