#!/usr/bin/env bash
# Runs one suite, whose name is given; ci/test.sh calls it for each. The suites stand in ci/suites/NAME.sh: the
# needs they have, as groups of ci/needs.txt, and their commands.
# shellcheck source=ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ci/deps.sh
. "$TOP/ci/deps.sh"
# shellcheck source=ci/build.sh
. "$TOP/ci/build.sh"

SUITE=$1
OUT=$BUILD/$SUITE
: >"$RESULTS/$SUITE"
# shellcheck source=/dev/null
. "$TOP/ci/suites/$SUITE.sh"
# A suite that stops before this line did not run to its end.
touch "$RESULTS/$SUITE.end"
