# What exact figures of a build depend on: sourced by the scripts that compare some.
# shellcheck shell=bash
circumstances() {
    local libc
    libc=$(getconf GNU_LIBC_VERSION 2>/dev/null | tr ' ' '-') || libc=unknown
    printf '%s-gcc-%s-%s\n' "$(uname -m)" "$(gcc -dumpversion | cut -d. -f1)" "${libc:-unknown}"
}
