# What the suites need beyond Debian's packages: CMocka for Windows and FreeBSD, Zig, a Wine prefix.
# The first suite that needs one makes it, under build/ci/deps.
# shellcheck shell=bash

# once NAME COMMAND...: runs a command unless the command has succeeded before. Suites that run at
# the same time wait for it.
once() {
    local stamp=$DEPS/$1.done
    shift
    mkdir -p "$DEPS"
    (
        flock 9
        if [ ! -e "$stamp" ]; then
            "$@" </dev/null
            touch "$stamp"
        fi
    ) 9>"$stamp.lock"
}

# ---- CMocka and the programs of xsock-posix's tests, from the distribution's sources -------------

# Copies apt's package sources as entries for source packages. An option gives the copy to apt-get,
# so that the machine's own configuration stays as it is, and root is not needed.
write_source_lists() {
    local file lists=$1
    mkdir -p "$lists"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$file" ] || continue
        sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$file" \
            >"$lists/$(basename "$file" .list).list"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        sed 's/^Types:.*/Types: deb-src/' "$file" >"$lists/$(basename "$file")"
    done
}

apt_get_source() {
    local apt=$DEPS/apt
    apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/sources" \
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User="$(id -un)" "$@"
}

# The lists of source packages. A foreign archive without source packages makes this fail; what
# counts is whether the package that is wanted is found.
update_source_lists() {
    local apt=$DEPS/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    write_source_lists "$apt/sources"
    apt_get_source update || true
}

# fetch_source PACKAGE FOLDER: unpacks a source package in FOLDER/source. apt-get compares the
# hashes that the distribution has signed.
fetch_source() {
    once source-lists update_source_lists
    mkdir -p "$2"
    (cd "$2" && apt_get_source source --only-source --download-only "$1")
    rm -rf "$2/source"
    dpkg-source --no-check -x "$2/$1"_*.dsc "$2/source"
}

fetch_cmocka() { fetch_source cmocka "$DEPS/cmocka"; }

# build_cmocka SYSTEM TOOLCHAIN [OPTION...]: a static CMocka in $DEPS/SYSTEM.
build_cmocka() {
    local folder=$DEPS/cmocka/build-$1 system=$1 toolchain=$2
    shift 2
    once cmocka-source fetch_cmocka
    rm -rf "$folder" # of a run that did not end, or in another folder
    # -w: the warnings of foreign code are not ours. A policy version: old CMocka with a new CMake.
    env CFLAGS=-w cmake -S "$DEPS/cmocka/source" -B "$folder" -G Ninja \
        -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/$toolchain" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX="$DEPS/$system" -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_POLICY_VERSION_MINIMUM=3.5 \
        -DWITH_STATIC_LIB=ON -DBUILD_SHARED_LIBS=OFF -DUNIT_TESTING=OFF -DWITH_EXAMPLES=OFF "$@"
    cmake --build "$folder" --target cmocka-static
    mkdir -p "$DEPS/$system/include" "$DEPS/$system/lib/pkgconfig"
    cp "$folder/cmocka.pc" "$DEPS/$system/lib/pkgconfig" # Meson asks for it
    cp "$DEPS"/cmocka/source/include/cmocka*.h "$DEPS/$system/include"
    cp "$folder"/src/*cmocka-static.* "$DEPS/$system/lib/libcmocka.a" # the name differs with MSVC
}

# Prints the options by which CMake finds this CMocka.
cmocka_options() {
    printf '%s\n' "-DCMOCKA_INCLUDE_DIR=$DEPS/$1/include" \
        "-DCMOCKA_LIBRARY=$DEPS/$1/lib/libcmocka.a"
}

# ---- Zig, from PyPI ------------------------------------------------------------------------------

ZIG_VERSION=0.17.0 # the one that is known to work; 0.15 is the first that has FreeBSD
export XSOCK_PYTHON=$DEPS/zig/bin/python3
export ZIG_GLOBAL_CACHE_DIR=$DEPS/zig-cache ZIG_LOCAL_CACHE_DIR=$DEPS/zig-cache

install_zig() {
    python3 -m venv "$DEPS/zig"
    "$DEPS/zig/bin/pip" install -q "ziglang==$ZIG_VERSION"
}

# ---- clang-format, from PyPI ---------------------------------------------------------------------

install_clang_format() {
    python3 -m venv "$DEPS/clang-format"
    "$DEPS/clang-format/bin/pip" install -q --require-hashes -r "$TOP/ci/clang-format.txt"
}

# ---- actionlint, as a Go module ------------------------------------------------------------------

ACTIONLINT_VERSION=v1.7.4 # the last that Debian's Go can build

install_actionlint() {
    GOBIN=$DEPS/go GOTOOLCHAIN=local \
        go install "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT_VERSION"
}

# ---- wasmtime, from PyPI: of its package only the library is used --------------------------------

WASMTIME_VERSION=50.0.1

install_wasmtime() {
    python3 -m venv "$DEPS/wasmtime"
    "$DEPS/wasmtime/bin/pip" install -q "wasmtime==$WASMTIME_VERSION"
}

wasmtime_library() {
    compgen -G "$DEPS/wasmtime/lib/python3*/site-packages/wasmtime/linux-*/_libwasmtime.so"
}

# ---- Conan, from PyPI ----------------------------------------------------------------------------

CONAN_VERSION=2.34.0

install_conan() {
    python3 -m venv "$DEPS/conan"
    "$DEPS/conan/bin/pip" install -q "conan==$CONAN_VERSION"
}

# ---- Trees of other releases of Debian, for their compilers and their Wine -----------------------

# Making a tree and entering one needs root (ci/enter.sh).
can_enter_trees() { unshare --mount true 2>/dev/null; }

make_tree() { # RELEASE
    local tree=$DEPS/debian-$1
    rm -rf "$tree"
    debootstrap --variant=minbase "$1" "$tree"
    cp /etc/resolv.conf /etc/hosts "$tree/etc/"
    cp /etc/apt/apt.conf.d/*proxy* "$tree/etc/apt/apt.conf.d/" 2>/dev/null || true
}

# A mirror may be weeks behind, and then apt-get would refuse its list of an unreleased Debian.
install_in_tree() { # RELEASE PACKAGE...
    bash "$TOP/ci/enter.sh" "$1" apt-get update -q -o Acquire::Check-Valid-Until=false
    bash "$TOP/ci/enter.sh" "$1" apt-get install -y -q --no-install-recommends "${@:2}"
}

# ---- Wine ----------------------------------------------------------------------------------------

export WINEPREFIX=$DEPS/wine WINEDEBUG=-all WINEARCH=win64
# No offers to install Mono and Gecko, which need a screen.
export WINEDLLOVERRIDES="mscoree,mshtml="

make_wine_prefix() {
    rm -rf "$WINEPREFIX"
    mkdir -p "$WINEPREFIX"
    wine wineboot --init
    wineserver -w
}

# Starts a wineserver that stays while the tests run, and a quarter of an hour longer. Otherwise it
# ends some seconds after its last program, and a program that starts just then fails ("recvmsg:
# Connection reset by peer"). If a server runs already, that server stays. No run ends the server,
# because other runs may use it. The log has what the server says when it fails: then every program
# that runs under Wine ends with status 1 and without a message.
WINESERVER=(wineserver -p900)

keep_wine() { "${WINESERVER[@]}" >>"$BUILD/wineserver.log" 2>&1 </dev/null || true; }

# ---- Wine 10, for programs of 64 and of 32 bits, in the tree of the Debian that has it -----------

# What comes before a program in "ci/enter.sh trixie".
WINE10=(env WINEPREFIX=/wine10 WINEDEBUG=-all "WINEDLLOVERRIDES=mscoree,mshtml=")

# Wine for 64 bits runs programs of 32 bits by its own means if it finds the DLLs of 32 bits beside
# its others. Debian's packages put them elsewhere, and zlib's DLLs in no folder of Windows.
make_wine10() {
    local tree=$DEPS/debian-trixie wine=/usr/lib/x86_64-linux-gnu/wine
    bash "$TOP/ci/enter.sh" trixie dpkg --add-architecture i386
    install_in_tree trixie wine wine64 libwine:i386 libz-mingw-w64
    mkdir -p "$tree$wine/i386-windows"
    cp -r "$tree/usr/lib/i386-linux-gnu/wine/i386-windows/." "$tree$wine/i386-windows/"
    rm -rf "$tree/wine10"
    bash "$TOP/ci/enter.sh" trixie "${WINE10[@]}" wine wineboot --init
    bash "$TOP/ci/enter.sh" trixie "${WINE10[@]}" wineserver -w
    cp "$tree/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$tree/wine10/drive_c/windows/system32/"
    cp "$tree/usr/i686-w64-mingw32/lib/zlib1.dll" "$tree/wine10/drive_c/windows/syswow64/"
}
