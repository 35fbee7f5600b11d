#!/usr/bin/env bash
# Fuzzes each target of fuzz/fuzz.txt for ten minutes, or for the given time. Needs clang with its
# runtime.
#   ci/fuzz.sh                 all targets
#   ci/fuzz.sh SECONDS         the same, for so many seconds each
#   ci/fuzz.sh SECONDS NAME... some of them
# The first finding ends the script. The input that causes the finding is in build/ci/fuzz/findings;
# build/ci/fuzz/NAME runs it again.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ci/fuzzing.sh
. "$TOP/ci/fuzzing.sh"

main() {
    local seconds=${1:-600} name names
    mapfile -t names < <(fuzz_names)
    [ $# -le 1 ] || names=("${@:2}")
    fuzz_forget
    for name in "${names[@]}"; do
        [ -n "$(fuzz_kind "$name")" ] ||
            die "no target $name; there are: $(fuzz_names | tr '\n' ' ')"
        say "== $name"
        fuzz_build "$name"
        fuzz_run "$name" "$seconds"
    done
}

main "$@"
