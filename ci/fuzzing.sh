# Builds and runs the fuzz targets of fuzz/fuzz.txt with clang's libFuzzer, for ci/fuzz.sh and the
# suite clang-sanitizers. The library is built with the targets, so that the fuzzer sees which of
# its lines an input reaches.
# shellcheck shell=bash

FUZZ=$BUILD/fuzz
FUZZ_FLAGS=(-std=c11 -g -O1 -fno-omit-frame-pointer
    -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror
    "-fsanitize=address,undefined" -fno-sanitize-recover=all
    "-DXSOCK_VERSION=\"$(head -n 1 "$TOP/VERSION")\""
    -I "$TOP/include" -I "$TOP/src" -I "$TOP/tests/support")

# The names of the targets.
fuzz_names() { awk '!/^#/ { print $2 }' "$TOP/fuzz/fuzz.txt"; }

fuzz_kind() { awk -v name="$1" '$2 == name { print $1 }' "$TOP/fuzz/fuzz.txt"; }

# fuzz_sources NAME: prints the sources that a target is built from.
fuzz_sources() {
    local kind
    kind=$(fuzz_kind "$1")
    awk '$1 == "core" || $1 == "wasix" { print $2 }' "$TOP/sources.txt"
    if [ "$kind" = fake ]; then
        awk '$1 == "fake" { print $2 }' "$TOP/tests/support/sources.txt"
    else
        awk '$1 == "posix" { print $2 }' "$TOP/sources.txt"
    fi
    printf 'fuzz/fuzz_%s.c\n' "$1"
    awk -v name="$1" '$2 == name { for (i = 3; i <= NF; i++) print $i }' "$TOP/fuzz/fuzz.txt"
}

compile_for_fuzzing() {
    mkdir -p "$(dirname "$2")"
    clang "${FUZZ_FLAGS[@]}" -fsanitize=fuzzer-no-link -c "$TOP/$1" -o "$2"
}

# Removes what was built before, as its sources may differ.
fuzz_forget() { rm -rf "$FUZZ/objects"; }

# fuzz_build NAME: makes $FUZZ/NAME. Targets share what they have in common.
fuzz_build() {
    local source object objects=() running=0
    while read -r source; do
        object=$FUZZ/objects/${source%.c}.o
        objects+=("$object")
        [ ! -e "$object" ] || continue # of the target before this one
        if [ "$running" -ge "$JOBS" ]; then
            wait -n || return 1
            running=$((running - 1))
        fi
        compile_for_fuzzing "$source" "$object" &
        running=$((running + 1))
    done < <(fuzz_sources "$1")
    while [ "$running" -gt 0 ]; do
        wait -n || return 1
        running=$((running - 1))
    done
    clang -fsanitize=fuzzer,address,undefined "${objects[@]}" -pthread -o "$FUZZ/$1"
}

# fuzz_run NAME SECONDS: leaves a finding in $FUZZ/findings. A run begins with the corpus of earlier
# runs, and with another seed.
fuzz_run() {
    local corpus=$FUZZ/corpus/$1
    mkdir -p "$corpus" "$FUZZ/findings"
    "${STEADY[@]}" "$FUZZ/$1" -max_total_time="$2" -max_len=1500 -timeout=20 -print_final_stats=1 \
        -artifact_prefix="$FUZZ/findings/$1-" "$corpus"
}
