# needs: build package meson docs python sources debian mingw wine
# Tests a release, and the packages that are made from its archive. A program of another project
# uses each package. This suite takes too long for ci/test.sh, so ci/full.sh runs it.
# shellcheck shell=bash

rm -rf "$OUT"
mkdir -p "$OUT"
consumer=$TOP/tests/consumer
name=xsock-$(version)

# ---- The release, made from the committed files --------------------------------------------------

must "ci/release.sh makes a release" bash "$TOP/ci/release.sh" "$OUT/release"
# In another folder, from a clone with the line ends of Windows, and in another environment.
again() {
    git clone -q -c core.autocrlf=true "$TOP" "$OUT/another folder"
    mkdir "$OUT/tmp"
    (umask 077 && env TMPDIR="$OUT/tmp" TZ=Asia/Tokyo LC_ALL=C.UTF-8 HOME="$OUT" \
        bash "$OUT/another folder/ci/release.sh" "$OUT/again")
    cmp "$OUT/release/SHA256SUMS" "$OUT/again/SHA256SUMS"
    cd "$OUT/again"
    sha256sum -c "$OUT/release/SHA256SUMS"
}
check "a second time every byte is the same" again
sed 's/^/  /' "$OUT/release/SHA256SUMS"

has_all() {
    local file files
    files=$(tar -tzf "$OUT/release/$name.tar.gz")
    for file in man/man3/xsock_open.3 tools/xsock/completions/_xsock dist/xsock.c LICENSE; do
        grep -qx "$name/$file" <<<"$files" || { say "no $file"; return 1; }
    done
    tar -tzf "$OUT/release/$name-html.tar.gz" | grep '/index.html$'
}
check "it has manual pages, completions, the single file and HTML" has_all

tar -xzf "$OUT/release/$name.tar.gz" -C "$OUT"
mkdir -p "$OUT/wrap/subprojects/packagefiles"
by_wrap() {
    cp "$consumer/main.c" "$consumer/meson.build" "$OUT/wrap/"
    cp "$OUT/release/xsock.wrap" "$OUT/wrap/subprojects/"
    cp "$OUT/release/$name.tar.gz" "$OUT/wrap/subprojects/packagefiles/"
    meson setup --wrap-mode=forcefallback "$OUT/wrap/build" "$OUT/wrap"
    ninja -C "$OUT/wrap/build"
    prints 3 "$OUT/wrap/build/consumer"
}
check "Meson: a program by the wrap" by_wrap

# ---- An archive of the installed tree, by cpack --------------------------------------------------

by_cpack() {
    cmake -S "$OUT/$name" -B "$OUT/cpack" -G Ninja -DBUILD_SHARED_LIBS=ON
    cmake --build "$OUT/cpack" --target package
    mkdir "$OUT/unpacked"
    tar -xzf "$OUT/cpack/$name"-*.tar.gz -C "$OUT/unpacked" --strip-components=1
    prints "xsock $(version)" "$OUT/unpacked/bin/xsock" --version
    cmake -S "$consumer" -B "$OUT/by-cpack" -G Ninja -DCMAKE_PREFIX_PATH="$OUT/unpacked"
    cmake --build "$OUT/by-cpack"
    prints 3 "$OUT/by-cpack/consumer"
}
check "CPack: the program runs, and a program by CMake's package" by_cpack

# ---- Conan: the recipe, without a server ---------------------------------------------------------

by_conan() { # SHARED
    export CONAN_HOME=$OUT/conan
    "$DEPS/conan/bin/conan" profile detect --force
    "$DEPS/conan/bin/conan" create "$TOP/packaging/conan" --no-remote -o "*:shared=$1" \
        -c "tools.cmake.cmake_layout:test_folder=$OUT/conan-test"
}
once conan quietly install_conan
check "Conan: a program with the static library" by_conan False
check "Conan: a program with the shared library" by_conan True

# ---- The same three roads for Windows, under Wine ------------------------------------------------

once wine quietly make_wine_prefix
keep_wine

wrap_on_windows() {
    meson setup --wrap-mode=forcefallback --cross-file "$TOP/cmake/mingw-w64-x86_64.meson" \
        -Ddefault_library=static "$OUT/wrap/windows" "$OUT/wrap"
    ninja -C "$OUT/wrap/windows"
    prints 3 wine "$OUT/wrap/windows/consumer.exe"
}
check "Windows: a program by Meson's wrap" wrap_on_windows

cpack_on_windows() {
    local toolchain=-DCMAKE_TOOLCHAIN_FILE=$TOP/cmake/mingw-w64-x86_64.cmake
    cmake -S "$OUT/$name" -B "$OUT/cpack-windows" -G Ninja "$toolchain" -DBUILD_SHARED_LIBS=ON
    cmake --build "$OUT/cpack-windows" --target package
    mkdir "$OUT/unpacked-windows"
    python3 -m zipfile -e "$OUT/cpack-windows/$name"-*.zip "$OUT/unpacked-windows"
    local root=("$OUT/unpacked-windows"/*)
    prints "xsock $(version)" wine "${root[0]}/bin/xsock.exe" --version
    cmake -S "$consumer" -B "$OUT/by-cpack-windows" -G Ninja "$toolchain" \
        -Dxsock_DIR="${root[0]}/lib/cmake/xsock"
    cmake --build "$OUT/by-cpack-windows"
    cp "${root[0]}"/bin/*.dll "$OUT/by-cpack-windows"
    prints 3 wine "$OUT/by-cpack-windows/consumer.exe"
}
check "Windows: CPack's archive, and a program by CMake's package" cpack_on_windows

conan_on_windows() { # SHARED
    local profile=$OUT/conan-windows.txt test=$OUT/conan-windows-$1 programs
    local tools='"c": "x86_64-w64-mingw32-gcc", "rc": "x86_64-w64-mingw32-windres"'
    printf '%s\n' '[settings]' os=Windows arch=x86_64 build_type=Release compiler=gcc \
        "compiler.version=$(x86_64-w64-mingw32-gcc -dumpversion | sed 's/[.-].*//')" \
        compiler.libcxx=libstdc++11 compiler.threads=win32 compiler.exception=seh '[conf]' \
        "tools.build:compiler_executables={$tools}" \
        tools.cmake.cmaketoolchain:system_name=Windows >"$profile"
    export CONAN_HOME=$OUT/conan
    "$DEPS/conan/bin/conan" create "$TOP/packaging/conan" --no-remote -pr:h "$profile" \
        -o "*:shared=$1" -c "tools.cmake.cmake_layout:test_folder=$test"
    programs=("$test"/*/consumer.exe)
    [ "$1" = False ] || cp "$CONAN_HOME"/p/b/*/p/bin/libxsock-0.dll "${programs[0]%/*}"
    prints 3 wine "${programs[0]}"
}
check "Windows: Conan, a program with the static library" conan_on_windows False
check "Windows: Conan, a program with the shared library" conan_on_windows True
posix_by_conan() {
    local out=$OUT/conan-posix
    export CONAN_HOME=$OUT/conan
    mkdir -p "$out"
    cd "$out" # Conan leaves a CMakeUserPresets.json in the current folder
    "$DEPS/conan/bin/conan" install --no-remote "--requires=xsock/$(version)" -of "$out" \
        -pr:h "$OUT/conan-windows.txt" -g CMakeDeps -g CMakeToolchain
    cmake -S "$TOP/xsock-posix/tests/consumer" -B "$out/build" -G Ninja \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE="$out/conan_toolchain.cmake"
    cmake --build "$out/build"
    prints works wine "$out/build/consumer.exe"
}
check "Windows: Conan, a program for POSIX with xsock-posix" posix_by_conan

# ---- vcpkg: its tool is not at hand, and the workflow of hosted CI builds the port ---------------

port_version() { sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$TOP/packaging/vcpkg/xsock/vcpkg.json"; }
check "vcpkg: the port has the version" prints "$(version)" port_version

# ---- Debian: three packages ----------------------------------------------------------------------

debian() {
    cp "$OUT/release/$name.tar.gz" "$OUT/xsock_$(version).orig.tar.gz"
    cp -r "$TOP/packaging/debian" "$OUT/$name/debian"
    cd "$OUT/$name"
    dpkg-buildpackage -us -uc
}
must "Debian: the packages are built" debian
# An upload to Debian must close a bug of Debian's list, and nobody has opened one.
check "Debian: lintian finds nothing" lintian --allow-root --fail-on error,warning \
    --suppress-tags initial-upload-closes-no-bugs "$OUT"/*.changes
by_debian() { # OPTION... (the packages are unpacked, and not installed)
    local words root=$OUT/root
    rm -rf "$root"
    for package in "$OUT"/{libxsock0,libxsock-dev,xsock}_*.deb; do
        dpkg-deb -x "$package" "$root"
    done
    lib=$(dirname "$(echo "$root"/usr/lib/*/libxsock.a)")
    read -ra words < <(PKG_CONFIG_PATH=$lib/pkgconfig pkg-config --cflags --libs xsock)
    gcc -std=c11 "$consumer/main.c" -o "$OUT/by-debian" "$@" "${words[@]}" -pthread
    export LD_LIBRARY_PATH=$lib
    prints 3 "$OUT/by-debian"
    prints "xsock $(version)" "$root/usr/bin/xsock" --version
}
check "Debian: a program with the shared library" by_debian
check "Debian: a program with the static library" by_debian -static
