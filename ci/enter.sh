#!/usr/bin/env bash
# Runs a command in the tree of another release of Debian, which ci/deps.sh has made. The command
# starts in the current folder, if that is one of the sources'. Entering a tree needs root.
#   ci/enter.sh RELEASE COMMAND...
set -eu

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case $PWD/ in "$top"/*) ;; *) cd "$top" ;; esac
export TREE=$top/build/ci/deps/debian-$1 TOP=$top
shift

# Only the command sees the mounts. The sources have their own path in the tree, because the tests
# read some of them.
exec unshare --mount bash -euc '
    mount -t proc proc "$TREE/proc"
    mount --rbind /dev "$TREE/dev"
    mkdir -p "$TREE$TOP"
    mount --bind "$TOP" "$TREE$TOP"
    exec chroot "$TREE" env -i -C "$PWD" PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' enter "$@"
