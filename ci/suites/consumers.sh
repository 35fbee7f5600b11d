# needs: build package meson
# A program of another project is built with the installed library (pkg-config, CMake, Meson; static
# and shared), and with xsock's sources in its own build (add_subdirectory, FetchContent, Meson
# subproject).
# shellcheck shell=bash

consumer=$TOP/tests/consumer

install_xsock() { # KIND BUILD_SHARED_LIBS
    cmake -S "$TOP" -B "$OUT/$1" -G Ninja -DXSOCK_WERROR=ON -DBUILD_SHARED_LIBS="$2" -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_INSTALL_PREFIX="$OUT/$1/installed"
    cmake --build "$OUT/$1"
    cmake --install "$OUT/$1"
}

# The checks run in subshells, so that what this exports stays with the check that calls it.
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
    by_cmake "$OUT/$1/by-cmake" -DCMAKE_PREFIX_PATH="$OUT/$1/installed"
}

installed_by_meson() { # KIND
    use_installed "$1"
    by_meson "$OUT/$1/by-meson" "$consumer" --wrap-mode=nofallback
}

installed_program() { # KIND
    use_installed "$1"
    prints "xsock $(version)" "$OUT/$1/installed/bin/xsock" --version
}

must "static: installs" install_xsock static OFF
must "shared: installs" install_xsock shared ON
for kind in static shared; do
    check "$kind: a program by pkg-config" by_pkg_config $kind
    check "$kind: a program by CMake's package" installed_by_cmake $kind
    check "$kind: a program by Meson's dependency" installed_by_meson $kind
    check "$kind: the installed program runs" installed_program $kind
done
check "static: a program by pkg-config --static" by_pkg_config static --static
for how in subdirectory fetch; do
    check "CMake: xsock by $how" by_cmake "$OUT/$how" -DCONSUMER_HOW=$how -DXSOCK_SOURCE="$TOP"
done

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
    by_meson "$OUT/by-subproject" "$OUT/with-subproject" --wrap-mode=forcefallback
}
check "Meson: xsock as a subproject" subproject
