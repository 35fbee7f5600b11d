#!/usr/bin/env bash
# Tests of the program xsock from outside: what the program prints, where, and its exit status.
#
#   tests/tool/run.sh build/xsock
#   tests/tool/run.sh wine build/xsock.exe
#
# The arguments are the command that runs the program. Prints a line for each test and a line of
# counts. Exits with 1 if a test failed.
set -u

if [ $# -eq 0 ]; then
    echo "usage: $0 COMMAND [ARGUMENT...]" >&2
    exit 2
fi

command=("$@")
# shellcheck source=tests/tool/harness.sh
. "$(dirname "$0")/harness.sh"
# shellcheck source=tests/tool/processes.sh
. "$here/processes.sh"

# shellcheck source=tests/tool/cases.sh
. "$here/cases.sh"
# shellcheck source=tests/tool/netcat.sh
. "$here/netcat.sh"
# shellcheck source=tests/tool/options.sh
. "$here/options.sh"
# shellcheck source=tests/tool/completions.sh
. "$here/completions.sh"

finish_up
