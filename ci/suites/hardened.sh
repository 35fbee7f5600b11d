# needs: build meson mingw
# Checks that the shipped files are hardened, unless the option is off or the user's flags disable a
# feature. Each check reads the files that CMake and Meson built.
# shellcheck shell=bash

mkdir -p "$OUT"

# by_cmake NAME FLAGS LDFLAGS OPTION... makes a Release build of the library and the program.
by_cmake() {
    rm -rf "${OUT:?}/$1"
    CFLAGS=$2 LDFLAGS=$3 cmake -S "$TOP" -B "$OUT/$1" -G Ninja -DXSOCK_WERROR=ON \
        -DXSOCK_BUILD_PAGES=OFF -DXSOCK_INSTALL=OFF "${@:4}"
    without_warnings cmake --build "$OUT/$1"
}
by_meson() { # NAME OPTION...
    rm -rf "${OUT:?}/$1"
    meson setup --werror -Dtests=disabled -Dpages=disabled "${@:2}" "$OUT/$1" "$TOP"
    without_warnings ninja -C "$OUT/$1"
}

# Does the same as grep -q, but reads all the input. If grep ended early, the writer would fail, and
# so would the check.
shows() { grep -e "$1" >/dev/null; }

# has WHAT FILE checks one property of an ELF file.
has() {
    case $1 in
    relro) readelf -lW "$2" | shows GNU_RELRO ;;
    now) readelf -dW "$2" | shows 'BIND_NOW\|Flags:.* NOW' ;;
    noexecstack) readelf -lW "$2" | shows 'GNU_STACK.* RW ' ;;
    # read-only data is not in an executable segment, and no segment is both writable and executable
    separate) ! readelf -lW "$2" | shows ' RWE ' &&
        ! readelf -lW "$2" | grep '\.text' | shows '\.rodata' ;;
    pie) readelf -hW "$2" | shows 'Type: *DYN' ;;
    protector) readelf -sW "$2" | shows '__stack_chk_fail' ;;
    fortify) readelf -sW "$2" | shows '__[a-z]*_chk\b' ;;
    # each function that another file can call begins with a landing pad
    cet) objdump -d "$2" | awk '/^[0-9a-f]+ <xsock_[a-z_]*>:/ { getline; n++; bad += !/endbr64/ }
        END { exit n == 0 || bad > 0 }' ;;
    esac
}
# is FILE WHAT... checks that the file has these properties. "no-WHAT" means that it lacks one.
is() {
    local what
    [ -s "$1" ] || { say "there is no $1"; return 1; }
    for what in "${@:2}"; do
        case $what in
        no-*) ! has "${what#no-}" "$1" || { say "$1 has ${what#no-}"; return 1; } ;;
        *) has "$what" "$1" || { say "$1 lacks $what"; return 1; } ;;
        esac
    done
}
everything=(relro now noexecstack separate pie protector fortify)
landing=()
if [ "$(uname -m)" = x86_64 ]; then landing=(cet); fi

# The linker marks a file for IBT and SHSTK if every object in the file has the mark. The C
# library's crti.o and crtn.o have the mark only if the C library was built for both. Debian's was
# not, so a file that is linked on Debian has no mark.
noted() { readelf -nW "$1" | shows 'IBT, SHSTK'; }
all_noted() { # FOLDER-OF-OBJECTS LINKED-FILE
    local object objects
    mapfile -t objects < <(find "$1" -name '*.o')
    [ "${#objects[@]}" -gt 0 ]
    for object in "${objects[@]}"; do
        noted "$object" || { say "$object lacks the mark"; return 1; }
    done
    ! noted "$(gcc -print-file-name=crti.o)" || noted "$2"
}

# The static library calls no function of FORTIFY or of the stack protector.
is_free() { # ARCHIVE
    [ -s "$1" ] && ! nm -u "$1" | grep -E '__stack_chk|__[a-z]*_chk$'
}

must "CMake: a shared library and the program" by_cmake shared "" "" -DBUILD_SHARED_LIBS=ON
check "the shared library is hardened" is "$OUT/shared/libxsock.so" \
    "${everything[@]}" "${landing[@]}"
check "its program is hardened" is "$OUT/shared/bin/xsock" "${everything[@]}"
if [ "$(uname -m)" = x86_64 ]; then
    check "each of their objects is marked for IBT and SHSTK" all_noted "$OUT/shared/CMakeFiles" \
        "$OUT/shared/libxsock.so"
fi
must "CMake: a static library and the program" by_cmake static "" ""
check "the static library is tied to no C library" is_free "$OUT/static/libxsock.a"
check "its program is hardened" is "$OUT/static/bin/xsock" "${everything[@]}"

must "CMake: with XSOCK_HARDEN off" by_cmake off "" "" -DXSOCK_HARDEN=OFF \
    -DXSOCK_BUILD_TOOLS=OFF -DBUILD_SHARED_LIBS=ON
check "the option leaves hardening out" is "$OUT/off/libxsock.so" no-protector no-fortify no-now
must "CMake: with flags of the user's" by_cmake user \
    "-fno-stack-protector -O2 -D_FORTIFY_SOURCE=1" \
    "-Wl,-z,lazy" -DBUILD_SHARED_LIBS=ON -DXSOCK_BUILD_TOOLS=OFF
check "the user's flags win" is "$OUT/user/libxsock.so" no-protector no-now fortify relro
only_theirs() { ! grep FORTIFY_SOURCE=2 "$OUT/user/build.ninja"; }
check "FORTIFY is the user's" only_theirs

must "Meson: both libraries and the program" by_meson meson -Ddefault_library=both
check "Meson's shared library is hardened" is "$OUT/meson/libxsock.so" \
    "${everything[@]}" "${landing[@]}"
check "Meson's program is hardened" is "$OUT/meson/tools/xsock/xsock" "${everything[@]}"
check "Meson's static library is tied to no C library" is_free "$OUT/meson/libxsock.a"
must "Meson: with flags of the user's" by_meson meson-user -Ddefault_library=shared \
    -Dtools=disabled \
    "-Dc_args=-fno-stack-protector -D_FORTIFY_SOURCE=1" -Dc_link_args=-Wl,-z,lazy
check "the user's flags win with Meson" is "$OUT/meson-user/libxsock.so" \
    no-protector no-now fortify

# Windows: the flags in the header of a program or a DLL.
marked() { # FILE
    local mark
    for mark in HIGH_ENTROPY_VA DYNAMIC_BASE NX_COMPAT; do
        x86_64-w64-mingw32-objdump -p "$1" | shows "$mark" || { say "$1 lacks $mark"; return 1; }
    done
    # without relocations the system could not move the program
    x86_64-w64-mingw32-objdump -h "$1" | shows '\.reloc'
}
must "Windows: the DLL and the program" by_cmake windows "" "" -DBUILD_SHARED_LIBS=ON \
    -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake"
check "the DLL has ASLR with high entropy, and DEP" marked "$OUT/windows/bin/libxsock-0.dll"
check "the program has ASLR with high entropy, and DEP" marked "$OUT/windows/bin/xsock.exe"
