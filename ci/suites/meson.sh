# needs: build cmocka meson package mingw wine sources
# Meson: natively, both libraries; and for Windows, the DLL.
# shellcheck shell=bash

# meson_suite FOLDER OPTION...
meson_suite() {
    local folder=$1 what
    what=$(basename "$folder")
    shift
    rm -rf "$folder"
    must "$what: configures" meson setup --werror "$@" "$folder" "$TOP"
    must "$what: builds without a warning" without_warnings ninja -C "$folder"
    check "$what: meson test" meson test -C "$folder" --no-rebuild --num-processes "$JOBS" --print-errorlogs
}

mkdir -p "$OUT"
meson_suite "$OUT/native" -Ddefault_library=both -Dtests=enabled -Dexamples=enabled -Dbench=enabled

once cmocka-mingw quietly build_cmocka mingw mingw-w64-x86_64.cmake
once wine quietly make_wine_prefix
keep_wine
meson_suite "$OUT/windows" -Ddefault_library=shared -Dtests=enabled -Dexamples=enabled -Dbench=enabled \
    --cross-file "$TOP/cmake/mingw-w64-x86_64.meson" -Dpkg_config_path="$DEPS/mingw/lib/pkgconfig"
