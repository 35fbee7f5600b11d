# needs: build valgrind
# The instruction counts of the small operations against the committed ones (bench/counts.txt).
# shellcheck shell=bash

run_script counts env XSOCK_CHECK_OUT="$OUT" bash "$TOP/bench/check.sh"
