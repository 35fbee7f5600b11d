# needs: build cmocka clang
# Linux, clang, AddressSanitizer (with leaks) and UndefinedBehaviorSanitizer.
# shellcheck shell=bash

flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
cmake_build "$OUT" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang -DCMAKE_C_FLAGS="$flags" \
    -DXSOCK_BUILD_EXAMPLES=ON
run_tests "$OUT" "${STEADY[@]}"
run_script program bash "$TOP/tests/tool/run.sh" "${STEADY[@]}" "$OUT/bin/xsock"
run_script examples bash "$TOP/tests/tool/examples.sh" "$OUT/bin" "${STEADY[@]}"

# The fuzz targets, for a fixed number of inputs: that they build, and that nothing shallow is found.
fuzz() {
    local program=$OUT/bin/$1
    clang -std=c11 -g -Wall -Wextra -Werror -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -I "$TOP/include" "$TOP/fuzz/$1.c" "$OUT/libxsock.a" -pthread -o "$program"
    "${STEADY[@]}" "$program" -seed=1 -runs=100000 -max_total_time=60 -artifact_prefix="$OUT/"
}
for target in "$TOP"/fuzz/fuzz_*.c; do
    name=$(basename "$target" .c)
    check "$name finds nothing in 100000 inputs" fuzz "$name"
done
