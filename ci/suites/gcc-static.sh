# needs: build cmocka
# Linux, gcc, the static library.
# shellcheck shell=bash

cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Release
run_tests "$OUT"

hidden_or_public() { # everything global in the archive has xsock's prefix: nobody else's names are taken
    nm --defined-only --extern-only "$OUT/libxsock.a" | awk 'NF == 3 && $3 !~ /^xsock_/ { print; bad = 1 } END { exit bad }'
}
check "the archive defines no name but xsock_ ones" hidden_or_public
run_script program bash "$TOP/tests/tool/run.sh" "$OUT/bin/xsock"
