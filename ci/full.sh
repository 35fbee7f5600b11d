#!/usr/bin/env bash
# Runs every suite: those of ci/test.sh, and those that take too long for it. Before the last line,
# it prints how long each suite took.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The longest suites come first. wine10 and windows-model wait nearly all the time, so the other
# suites run meanwhile.
FIRST=(wine10 windows-model single gcc-threads mingw-static meson posix mingw-shared packages
    hardened consumers clang-sanitizers)
mapfile -t others < <(cd "$TOP/ci/suites" && printf '%s\n' *.sh | sed 's/\.sh$//' |
    grep -vxFf <(printf '%s\n' "${FIRST[@]}"))
XSOCK_FULL=1 exec bash "$TOP/ci/test.sh" "${FIRST[@]}" "${others[@]}"
