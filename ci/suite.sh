#!/usr/bin/env bash
# Runs the suite of the given name. ci/test.sh calls this script for each suite. ci/suites/NAME.sh
# has the needs of a suite, as groups of ci/needs.txt, and its commands.
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
