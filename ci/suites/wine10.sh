# needs: build cmocka mingw mingw32 sources debootstrap
# Windows of 64 and of 32 bits under Wine 10, which is in the next release of Debian. Only ci/full.sh
# runs this suite: it makes a tree of that release under build/ci/deps, of 3 GB. Making the tree, and
# entering it, needs root.
# shellcheck shell=bash

root=$DEPS/debian-trixie
mkdir -p "$OUT"

# $OUT/enter COMMAND...: runs a command in the tree. The mounts are seen by the command alone. The
# sources have their own path there, because tests read some of them.
cat >"$OUT/enter" <<END
#!/bin/bash
exec unshare --mount bash -c '
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mkdir -p "$root$TOP"
    mount --bind "$TOP" "$root$TOP"
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \\
        DEBIAN_FRONTEND=noninteractive WINEPREFIX=/wine10 WINEDEBUG=-all \\
        WINEDLLOVERRIDES="mscoree,mshtml=" "\$@"' enter "\$@"
END
chmod +x "$OUT/enter"

make_tree() {
    rm -rf "$root"
    debootstrap --variant=minbase trixie "$root"
    cp /etc/resolv.conf "$root/etc/"
    cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
    "$OUT/enter" dpkg --add-architecture i386
    "$OUT/enter" apt-get update -q
    "$OUT/enter" apt-get install -y -q --no-install-recommends wine wine64 libwine:i386 libz-mingw-w64
}

# Wine for 64 bits runs programs of 32 bits by its own means if it finds the DLLs of 32 bits beside
# its others. Debian's packages put them elsewhere, and zlib's DLLs in no folder of Windows.
make_prefix() {
    local wine=$root/usr/lib
    mkdir -p "$wine/x86_64-linux-gnu/wine/i386-windows"
    cp -r "$wine/i386-linux-gnu/wine/i386-windows/." "$wine/x86_64-linux-gnu/wine/i386-windows/"
    rm -rf "$root/wine10"
    "$OUT/enter" wine wineboot --init
    "$OUT/enter" wineserver -w
    cp "$root/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$root/wine10/drive_c/windows/system32/"
    cp "$root/usr/i686-w64-mingw32/lib/zlib1.dll" "$root/wine10/drive_c/windows/syswow64/"
}

# run_under_wine_10 BITS SYSTEM TOOLCHAIN
run_under_wine_10() {
    once "cmocka-$2" quietly build_cmocka "$2" "$3"
    mapfile -t cmocka < <(cmocka_options "$2")
    cmake_build "$OUT/$1" -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/$3" "${cmocka[@]}" -DXSOCK_BUILD_PAGES=OFF
    run_kinds "fake real inner windows" "$OUT/$1" "$OUT/enter" wine
}

if ! unshare --mount true 2>/dev/null; then
    say "  skipped Windows under Wine 10: this needs root, which makes and enters a tree of Debian"
    count 0 0 1
else
    once debian-trixie quietly make_tree
    once wine10 quietly make_prefix
    "$OUT/enter" wineserver -p
    trap '"$OUT/enter" wineserver -k || true' EXIT
    run_under_wine_10 64 mingw mingw-w64-x86_64.cmake
    run_under_wine_10 32 mingw32 mingw-w64-i686.cmake
fi
