# needs: build mingw wine sources peers
# Tests the program and the examples with peers of other projects, on Linux, and as Windows programs
# under Wine.
# shellcheck shell=bash

once wine quietly make_wine_prefix
keep_wine

# build_programs WHAT OPTION...
build_programs() {
    local what=$1
    shift
    must "$what: configures" cmake -S "$TOP" -B "$OUT/$what" -G Ninja -DXSOCK_WERROR=ON \
        -DXSOCK_BUILD_EXAMPLES=ON -DXSOCK_BUILD_PAGES=OFF -DCMAKE_BUILD_TYPE=None "$@"
    must "$what: program and examples build without a warning" without_warnings cmake --build \
        "$OUT/$what"
}
build_programs native
build_programs windows -DCMAKE_TOOLCHAIN_FILE="$TOP/cmake/mingw-w64-x86_64.cmake"

native=$OUT/native/bin windows=$OUT/windows/bin
run_script peers bash "$TOP/tests/tool/peers.sh" "$native/xsock"
run_script examples bash "$TOP/tests/tool/examples.sh" "$native"
run_script peers-wine env XSOCK_NATIVE="$native/xsock" bash "$TOP/tests/tool/peers.sh" wine \
    "$windows/xsock.exe"
run_script examples-wine bash "$TOP/tests/tool/examples.sh" "$windows" wine
