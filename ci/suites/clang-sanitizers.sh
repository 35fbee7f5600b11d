# needs: build cmocka clang lld
# Linux, clang, AddressSanitizer (with leaks) and UndefinedBehaviorSanitizer. ci/full.sh also
# runs tests with a wake signal, the program and the examples. In ci/test.sh other suites run these,
# without these sanitizers.
# shellcheck shell=bash

flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
# A report needs lines and functions, and nothing else of what a debugger needs.
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER=clang \
    -DCMAKE_C_FLAGS="$flags -gline-tables-only" -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld \
    -DXSOCK_BUILD_EXAMPLES="${XSOCK_FULL:+ON}"
run_tests "$OUT" "${STEADY[@]}"
if [ -n "${XSOCK_FULL:-}" ]; then
    run_signal_tests "$OUT" "${STEADY[@]}"
    run_script program bash "$TOP/tests/tool/run.sh" "${STEADY[@]}" "$OUT/bin/xsock"
    run_script examples bash "$TOP/tests/tool/examples.sh" "$OUT/bin" "${STEADY[@]}"
fi

# The fuzz targets run for 5 seconds each. ci/fuzz.sh runs them longer.
# shellcheck source=ci/fuzzing.sh
. "$TOP/ci/fuzzing.sh"
fuzz_forget
FUZZ_FLAGS+=(-O0) # compiling would take longer than fuzzing
while read -r name; do
    must "the fuzz target $name builds" fuzz_build "$name"
    check "$name finds nothing in 5 seconds" fuzz_run "$name" 5
done < <(fuzz_names)
