# needs: build package meson mingw wine sources
# A program of another project is built with the installed library (pkg-config, CMake, Meson; static
# and shared), and with xsock's sources in its own build (add_subdirectory, FetchContent, Meson
# subproject), natively and for Windows. For Windows, ci/test.sh uses the installed static library,
# and ci/full.sh the DLL and the sources, too. Each installed tree is moved before it is used.
# ci/full.sh also builds in folders with strange names, and for a project that asks for Windows XP.
# shellcheck shell=bash

consumer=$TOP/tests/consumer

install_xsock() { # KIND BUILD
    rm -rf "$OUT/$1/first" "$OUT/$1/installed"
    cmake --install "$2" --prefix "$OUT/$1/first"
    mv "$OUT/$1/first" "$OUT/$1/installed"
}

use_installed() { # KIND
    export PKG_CONFIG_PATH=$OUT/$1/installed/lib/pkgconfig
    if [ "$1" = shared ]; then export LD_LIBRARY_PATH=$OUT/$1/installed/lib; fi
}

by_pkg_config() { # KIND OPTION...
    local words kind=$1
    shift
    use_installed "$kind"
    read -ra words < <(pkg-config "$@" --cflags --libs xsock)
    gcc -std=c11 "$consumer/main.c" -o "$OUT/$kind/by-pkg-config" "${words[@]}"
    prints 3 "$OUT/$kind/by-pkg-config"
}

by_cmake() { # FOLDER OPTION...
    local folder=$1
    shift
    rm -rf "$folder"
    cmake -S "$consumer" -B "$folder" -G Ninja "$@"
    cmake --build "$folder"
    prints 3 "$folder/consumer"
}

by_meson() { # FOLDER SOURCE OPTION...
    local folder=$1 source=$2
    shift 2
    rm -rf "$folder"
    meson setup "$@" "$folder" "$source"
    ninja -C "$folder"
    prints 3 "$folder/consumer"
}

installed_by_cmake() { # KIND
    use_installed "$1"
    by_cmake "$OUT/$1/by-cmake" -DCMAKE_PREFIX_PATH="$OUT/$1/installed" \
        "-DCONSUMER_COMPONENTS=xsock;posix"
}

# A component that does not exist is named in the message.
names_component() {
    use_installed static
    if cmake -S "$consumer" -B "$OUT/component-by-cmake" -G Ninja \
        -DCMAKE_PREFIX_PATH="$OUT/static/installed" -DCONSUMER_COMPONENTS=nonsense 2>"$OUT/named"
    then return 1; fi
    grep 'There is no target xsock::nonsense' "$OUT/named"
}

installed_by_meson() { # KIND
    use_installed "$1"
    by_meson "$OUT/$1/by-meson" "$consumer" --wrap-mode=nofallback
}

installed_program() { # KIND
    prints "xsock $(version)" "$OUT/$1/installed/bin/xsock" --version
}

# The checks run in subshells, so that an exported variable stays within the check that exports it.
must "static: builds" common_build native
must "static: installs" install_xsock static "$BUILD/common/native"
must "shared: builds" common_build shared
must "shared: installs" install_xsock shared "$BUILD/common/shared"
for kind in static shared; do
    check "$kind: a program by pkg-config" by_pkg_config $kind
    check "$kind: a program by CMake's package" installed_by_cmake $kind
    check "$kind: a program by Meson's dependency" installed_by_meson $kind
    check "$kind: the installed program runs" installed_program $kind
done
check "static: a program by pkg-config --static" by_pkg_config static --static
check "CMake's package names a component that is missing" names_component

# The files of each component of the shared library. File names that contain a version are left out.
components() {
    local component
    for component in runtime development program documentation; do
        rm -rf "$OUT/component"
        cmake --install "$BUILD/common/shared" --component $component \
            --prefix "$OUT/component" >/dev/null
        (cd "$OUT/component" && find . ! -type d | sed "s,^\.,$component ," | sort)
    done | grep -v '/share/licenses/\|\.so\.0\..*\|/include/xsock_' >"$OUT/components"
    diff - "$OUT/components" <<'END'
runtime /lib/libxsock.so.0
development /include/xsock.h
development /lib/cmake/xsock/xsockConfig.cmake
development /lib/cmake/xsock/xsockConfigVersion.cmake
development /lib/cmake/xsock/xsockTargets-release.cmake
development /lib/cmake/xsock/xsockTargets.cmake
development /lib/libxsock.so
development /lib/pkgconfig/xsock-posix.pc
development /lib/pkgconfig/xsock.pc
program /bin/xsock
program /share/bash-completion/completions/xsock
program /share/fish/vendor_completions.d/xsock.fish
program /share/man/man1/xsock.1
program /share/zsh/site-functions/_xsock
documentation /share/man/man7/xsock-posix.7
END
}
check "each component has its files" components

says_licence() { cmp "$TOP/LICENSE" "$OUT/static/installed/share/licenses/xsock/LICENSE"; }
check "the licence is installed" says_licence

completes() {
    local program=$OUT/static/installed/bin/xsock share=$OUT/static/installed/share
    "$program" completions bash | cmp - "$share/bash-completion/completions/xsock"
    "$program" completions zsh | cmp - "$share/zsh/site-functions/_xsock"
    "$program" completions fish | cmp - "$share/fish/vendor_completions.d/xsock.fish"
}
check "the completions of three shells are installed" completes

# Meson installs the same files as CMake, except for the CMake package. Its tree can be moved too.
meson_installs() {
    rm -rf "$OUT/meson" "$OUT/meson-first" "$OUT/by-meson"
    mkdir -p "$OUT/by-meson"
    meson setup --buildtype=debug -Ddefault_library=shared -Dtests=disabled -Dpages=disabled \
        --libdir=lib --prefix="$OUT/meson-first" "$OUT/meson" "$TOP"
    meson install -C "$OUT/meson"
    mv "$OUT/meson-first" "$OUT/by-meson/installed"
    diff <(cd "$OUT/shared/installed" && find . ! -type d ! -path '*/cmake/*' | sort) \
        <(cd "$OUT/by-meson/installed" && find . ! -type d | sort)
    prints "xsock $(version)" "$OUT/by-meson/installed/bin/xsock" --version
    export LD_LIBRARY_PATH=$OUT/by-meson/installed/lib
    by_pkg_config by-meson
}
check "Meson installs the same, and a program by pkg-config" meson_installs

# Somebody else's build may be a unity build, and may have variables of any name.
check "CMake: xsock by subdirectory, in a unity build" by_cmake "$OUT/subdirectory" \
    -DCONSUMER_HOW=subdirectory -DXSOCK_SOURCE="$TOP" -DCMAKE_UNITY_BUILD=ON
by_fetch() {
    local name others=()
    for name in PC_VERSION PC_CFLAGS PC_LIBS PC_LIBS_PRIVATE PC_REQUIRES; do
        others+=("-D$name=others")
    done
    by_cmake "$OUT/fetch" -DCONSUMER_HOW=fetch -DXSOCK_SOURCE="$TOP" -DXSOCK_INSTALL=ON \
        "${others[@]}"
    cat "$OUT"/fetch/_deps/xsock-build/{,xsock-posix/}*.pc >"$OUT/fetched.pc"
    grep '^Version: [0-9]' "$OUT/fetched.pc"
    if grep others "$OUT/fetched.pc"; then return 1; fi
}
check "CMake: xsock by fetch, in a build that has variables of the same names" by_fetch

installs_nothing() {
    rm -rf "$OUT/nothing"
    cmake --install "$OUT/subdirectory" --prefix "$OUT/nothing"
    [ ! -e "$OUT/nothing" ]
}
check "CMake: xsock in somebody else's build installs nothing" installs_nothing

subproject() {
    rm -rf "$OUT/with-subproject"
    mkdir -p "$OUT/with-subproject/subprojects"
    cp "$consumer/main.c" "$consumer/meson.build" "$OUT/with-subproject/"
    ln -s "$TOP" "$OUT/with-subproject/subprojects/xsock"
    by_meson "$OUT/by-subproject" "$OUT/with-subproject" --wrap-mode=forcefallback -Dunity=on
}
check "Meson: xsock as a subproject, in a unity build" subproject

# ---- Windows: the same program, under Wine -------------------------------------------------------

windows=(-DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake")
once wine quietly make_wine_prefix
keep_wine

on_windows() { # FOLDER KIND (the DLL is found beside the program)
    if [ "$2" = windows-shared ]; then cp "$OUT/$2/installed/bin/libxsock-0.dll" "$1"; fi
    prints 3 wine "$1/consumer.exe"
}

cmake_on_windows() { # KIND FOLDER OPTION...
    rm -rf "$2"
    cmake -S "$consumer" -B "$2" -G Ninja "${windows[@]}" "${@:3}"
    cmake --build "$2"
    on_windows "$2" "$1"
}

pkg_config_on_windows() { # KIND
    local words folder=$OUT/$1/by-pkg-config
    mkdir -p "$folder"
    export PKG_CONFIG_LIBDIR=$OUT/$1/installed/lib/pkgconfig
    read -ra words < <(pkg-config --cflags --libs xsock)
    x86_64-w64-mingw32-gcc -std=c11 "$consumer/main.c" -o "$folder/consumer.exe" "${words[@]}"
    on_windows "$folder" "$1"
}

meson_on_windows() { # KIND FOLDER SOURCE OPTION...
    rm -rf "$2"
    meson setup --cross-file "$TOP/cmake/mingw-w64-x86_64.meson" "${@:4}" "$2" "$3"
    ninja -C "$2"
    on_windows "$2" "$1"
}

installed_on_windows() { # KIND BUILD
    local kind=$1 installed=$OUT/$1/installed
    must "$kind: installs" install_xsock "$kind" "$2"
    # The toolchain file looks for packages in the folders of the target only.
    check "$kind: a program by CMake's package" cmake_on_windows "$kind" "$OUT/$kind/by-cmake" \
        -Dxsock_DIR="$installed/lib/cmake/xsock"
    check "$kind: a program by pkg-config" pkg_config_on_windows "$kind"
    check "$kind: a program by Meson's dependency" meson_on_windows "$kind" \
        "$OUT/$kind/by-meson" "$consumer" --wrap-mode=nofallback \
        "-Dpkg_config_path=$installed/lib/pkgconfig"
    check "$kind: the installed program runs" prints "xsock $(version)" wine \
        "$installed/bin/xsock.exe" --version
}
must "windows-static: builds" common_build windows
installed_on_windows windows-static "$BUILD/common/windows"

build_dll() {
    cmake -S "$TOP" -B "$OUT/dll" -G Ninja -DXSOCK_WERROR=ON -DBUILD_SHARED_LIBS=ON \
        -DCMAKE_INSTALL_LIBDIR=lib -DXSOCK_BUILD_PAGES=OFF "${windows[@]}"
    cmake --build "$OUT/dll"
}
# These take minutes, because each builds the library. The suite mingw-shared has a program with the
# installed DLL.
other_roads_on_windows() {
    local folder=$OUT/on-windows how
    must "windows-shared: builds" build_dll
    installed_on_windows windows-shared "$OUT/dll"
    check "Windows: xsock by subdirectory, in a project for Windows XP" cmake_on_windows \
        windows-static "$folder/subdirectory" -DCONSUMER_HOW=subdirectory -DXSOCK_SOURCE="$TOP" \
        "-DCMAKE_C_FLAGS=-D_WIN32_WINNT=0x0501 -DWINVER=0x0501 -DUNICODE -D_UNICODE"
    check "Windows: xsock by fetch" cmake_on_windows windows-static "$folder/fetch" \
        -DCONSUMER_HOW=fetch -DXSOCK_SOURCE="$TOP"
    check "Windows: xsock as a Meson subproject" meson_on_windows windows-static \
        "$folder/by-subproject" "$OUT/with-subproject" --wrap-mode=forcefallback \
        -Ddefault_library=static
}
if [ -n "${XSOCK_FULL:-}" ]; then other_roads_on_windows; fi

# ---- Folders with names that need care -----------------------------------------------------------
# A comma is not among them: CMake and Meson themselves give such a folder to the linker in -Wl,.

strange=$OUT/"it's a folder (ü)"
strange_cmake() {
    rm -rf "$strange"
    cmake -S "$TOP" -B "$strange/cmake" -G "$1" -DBUILD_SHARED_LIBS=ON -DXSOCK_BUILD_PAGES=OFF \
        -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_LIBDIR=lib
    cmake --build "$strange/cmake"
    cmake --install "$strange/cmake" --prefix "$strange/installed"
    prints "xsock $(version)" "$strange/installed/bin/xsock" --version
    export LD_LIBRARY_PATH=$strange/installed/lib
    by_cmake "$strange/by-cmake" -DCMAKE_PREFIX_PATH="$strange/installed"
}
# CMake itself fails with a shared library in a folder with $, and with a file that a command makes
# in a folder with #.
strange_sources() {
    local source=$strange/'c++ a$b'
    rm -rf "$source"
    mkdir -p "$source"
    (cd "$TOP" && git ls-files -z | tar -c --null -T -) | tar -x -C "$source"
    cmake -S "$source" -B "$source/build" -G Ninja -DXSOCK_BUILD_PAGES=OFF \
        -DXSOCK_POSIX_EMULATE=ON -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_LIBDIR=lib
    cmake --build "$source/build"
    cmake --install "$source/build" --prefix "$source/installed"
    [ -e "$source/installed/include/xsock-posix/sys/socket.h" ]
    by_cmake "$source/by-cmake" -DCMAKE_PREFIX_PATH="$source/installed"
}
# The names of the files that the linker reads may have commas. The programs are left out, because
# CMake gives the linker the folder as -Wl,-rpath,FOLDER.
strange_library() {
    rm -rf "$strange,"
    cmake -S "$TOP" -B "$strange,/cmake" -G Ninja -DBUILD_SHARED_LIBS=ON -DXSOCK_BUILD_PAGES=OFF \
        -DXSOCK_BUILD_TOOLS=OFF -DCMAKE_BUILD_TYPE=None
    cmake --build "$strange,/cmake"
}
strange_meson() {
    rm -rf "$strange"
    meson setup --buildtype=plain -Ddefault_library=shared -Dtests=disabled -Dpages=disabled \
        "$strange/meson" "$TOP"
    ninja -C "$strange/meson"
    prints "xsock $(version)" "$strange/meson/tools/xsock/xsock" --version
}
if [ -n "${XSOCK_FULL:-}" ]; then
    check "CMake with Ninja: folders with quotes, spaces and letters beyond ASCII" \
        strange_cmake Ninja
    check "CMake with make: folders with quotes, spaces and letters beyond ASCII" \
        strange_cmake "Unix Makefiles"
    check "CMake: sources in a folder whose name has signs of expressions" strange_sources
    check "CMake: a shared library in a folder whose name has a comma" strange_library
    check "Meson: folders with quotes, spaces and letters beyond ASCII" strange_meson
fi
