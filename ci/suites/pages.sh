# needs: build docs python meson
# Checks the manual pages of section 3. Each public name has a page, each text of the headers is in
# a page as a whole, pages name only things that exist, and both build systems install the pages.
# shellcheck shell=bash

mkdir -p "$OUT"
# Meson installs the folder with its mode, so everybody can read the folder whatever the umask was.
pages_for_all() {
    umask 077
    python3 "$TOP/tools/pages.py" "$OUT/man3"
    prints 755 stat -c %a "$OUT/man3"
}
must "the pages are made" pages_for_all

compared() { python3 "$TOP/ci/pages.py" "$OUT/man3"; }
check "every public name has a page, which says all that its header says" compared

lint() {
    mandoc -Tlint -Wwarning "$OUT"/man3/*.3 >"$OUT/lint" 2>&1
    cat "$OUT/lint"
    [ ! -s "$OUT/lint" ]
}
check "mandoc -Tlint has no warning" lint

# The comparison itself is tested, and must find each planted fault. planted TEXT COMMAND... spoils
# a copy of the pages by the command, and looks for TEXT in the report.
planted() {
    rm -rf "$OUT/planted"
    cp -r "$OUT/man3" "$OUT/planted"
    (cd "$OUT/planted" && "${@:2}")
    if diff -rq "$OUT/man3" "$OUT/planted" >/dev/null; then
        echo "nothing was planted"
        return 1
    fi
    ! python3 "$TOP/ci/pages.py" "$OUT/planted" >"$OUT/planted.found" || return 1
    cat "$OUT/planted.found"
    grep -q -e "$1" "$OUT/planted.found"
}
check "an error that ends a sentence early is found" planted \
    'xsock_accept.3: .*retval -XSOCK_EMFILE' sed -i '/^The connection stays\./d' xsock_accept.3
check "an error that has the text of another is found" planted \
    'xsock_send.3: .*retval -XSOCK_EBADF' \
    sed -i 's/Bq Er EBADF/Bq Er EFAULT/' xsock_send.3
check "a field that is not described is found" planted 'xsock_addr.3: .*a field' \
    sed -i '/^The port, in host order/d' xsock_addr.3
check "a public call without a page is found" planted 'xsock_close: there is no page' \
    rm xsock_close.3
check "a page of something that is gone is found" planted 'xsock_gone.3: nothing public' \
    cp xsock_close.3 xsock_gone.3
check "a name that does not exist is found" planted 'names XSOCK_EGONE' \
    sed -i 's/^\.Sh SEE ALSO/XSOCK_EGONE\n&/' xsock_dup.3
check "a call that the overview leaves out is found" planted 'no link to xsock_dup2' \
    sed -i '/It Xr xsock_dup2 /d' xsock.3

# ---- Installing ----------------------------------------------------------------------------------

# installed FOLDER checks that a build without WASIX has the pages of its own headers only.
installed() {
    local man3=$1/share/man/man3
    cmp "$OUT/man3/xsock_open.3" "$man3/xsock_open.3" && [ -f "$man3/xsock.3" ] &&
        [ ! -e "$man3/xsock_wasix_create.3" ]
}
with_cmake() {
    rm -rf "$OUT/cmake" "$OUT/cmake-prefix"
    cmake -S "$TOP" -B "$OUT/cmake" -G Ninja -DXSOCK_WASIX=OFF -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_INSTALL_PREFIX="$OUT/cmake-prefix" &&
        cmake --build "$OUT/cmake" --target xsock-pages &&
        cmake --install "$OUT/cmake" --component documentation && installed "$OUT/cmake-prefix"
}
check "CMake makes and installs them" with_cmake
with_meson() {
    rm -rf "$OUT/meson" "$OUT/meson-prefix"
    meson setup --buildtype=plain -Dwasix=false -Dtests=disabled \
        --prefix="$OUT/meson-prefix" "$OUT/meson" "$TOP" &&
        meson install -C "$OUT/meson" && installed "$OUT/meson-prefix"
}
check "Meson makes and installs them" with_meson

# A release archive of the committed files contains the pages, and installs them without Doxygen.
archive_has_them() {
    rm -rf "$OUT/dist" "$OUT/archive" "$OUT/archive-prefix"
    git -C "$TOP" clone -q "$TOP" "$OUT/dist" &&
        meson setup -Dtests=disabled "$OUT/dist/build" "$OUT/dist" &&
        meson dist -C "$OUT/dist/build" --no-tests --formats gztar &&
        mkdir "$OUT/archive" &&
        tar -xf "$OUT"/dist/build/meson-dist/*.tar.gz --strip-components=1 -C "$OUT/archive" &&
        grep -q '^.Nm xsock_open' "$OUT/archive/man/man3/xsock_open.3" &&
        cmake -S "$OUT/archive" -B "$OUT/archive/build" -G Ninja -DXSOCK_DOXYGEN=NOTFOUND \
            -DCMAKE_BUILD_TYPE=None \
            -DCMAKE_INSTALL_PREFIX="$OUT/archive-prefix" &&
        cmake --install "$OUT/archive/build" --component documentation &&
        [ -f "$OUT/archive-prefix/share/man/man3/xsock_open.3" ]
}
check "a release archive has them" archive_has_them
