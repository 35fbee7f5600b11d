# needs: build valgrind strace python
# Compares the instructions and system calls of single operations with bench/counts.txt.
# shellcheck shell=bash

run_script counts env XSOCK_CHECK_OUT="$OUT" bash "$TOP/bench/check.sh"
