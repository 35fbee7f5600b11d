#!/usr/bin/env bash
# Runs every suite: those of ci/test.sh, and those that take too long for it.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mapfile -t suites < <(cd "$TOP/ci/suites" && printf '%s\n' *.sh | sed 's/\.sh$//')
XSOCK_FULL=1 exec bash "$TOP/ci/test.sh" "${suites[@]}"
