# needs: build valgrind strace python
# The instructions and system calls of single operations, compared with bench/counts.txt.
# shellcheck shell=bash

run_script counts env XSOCK_CHECK_OUT="$OUT" bash "$TOP/bench/check.sh"
