# needs: build mingw wine sources peers
# Tests the program and the examples with peers of other projects, on Linux, and as Windows programs
# under Wine.
# shellcheck shell=bash

once wine quietly make_wine_prefix
keep_wine

must "library, program and examples build without a warning" common_build native
must "library, program and examples for Windows build without a warning" common_build windows
mkdir -p "$OUT"

native=$BUILD/common/native windows=$BUILD/common/windows
run_script peers bash "$TOP/tests/tool/peers.sh" "$native/bin/xsock"
run_script examples bash "$TOP/tests/tool/examples.sh" "$native/bin"
run_script peers-wine env XSOCK_NATIVE="$native/bin/xsock" bash "$TOP/tests/tool/peers.sh" wine \
    "$windows/bin/xsock.exe"
run_script examples-wine bash "$TOP/tests/tool/examples.sh" "$windows/bin" wine

# Random calls have the same answers on both systems. ci/full.sh tries more of them.
seeds=25
[ -z "${XSOCK_FULL:-}" ] || seeds=500
compile_random_calls() {
    local source=$TOP/tests/same/random_calls.c
    local options=(-std=c11 -Wall -Wextra -Werror "-I$TOP/include")
    gcc "${options[@]}" "$source" "$native/libxsock.a" -pthread -o "$OUT/random_calls"
    x86_64-w64-mingw32-gcc "${options[@]}" "$source" "$windows/libxsock.a" \
        -lws2_32 -liphlpapi -o "$OUT/random_calls.exe"
}
same_answers() {
    timeout 600 "$OUT/random_calls" 1 "$seeds" >"$OUT/answers.linux"
    timeout 600 wine "$OUT/random_calls.exe" 1 "$seeds" 2>/dev/null |
        tr -d '\r' >"$OUT/answers.windows"
    [ "$(grep -c '^seed' "$OUT/answers.linux")" = "$seeds" ] &&
        diff -U 20 "$OUT/answers.linux" "$OUT/answers.windows"
}
must "random calls are compiled" compile_random_calls
check "random calls of $seeds seeds have the same answers here and on Windows" same_answers
