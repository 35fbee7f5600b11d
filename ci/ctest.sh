#!/bin/sh
# Builds xsock by a preset of CMakePresets.json and runs its tests with ctest, on any system, with
# CMake, a compiler and CMocka. It installs nothing.
#   ci/ctest.sh PRESET [CMAKE-OPTION...]
# CMake's own variables choose the compiler and the generator, such as CC and
# CMAKE_GENERATOR_PLATFORM. Further ones:
#   CMOCKA_URL=...         where no package has CMocka: builds CMocka 1.1.5 from its source, which
#                          curl fetches from this address
#   BUILD_ONLY=1           does not run the tests, as when they are for another system or processor
#   CTEST_OPTIONS=...      options for ctest, such as "-L fake"
set -eu

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: ci/ctest.sh PRESET [CMAKE-OPTION...]" >&2; exit 2; }
preset=$1
shift
config=Release
[ "$preset" != debug ] || config=Debug

# The archive of the source, as a checksum fixes it. Debian's mirrors have it as
# cmocka_1.1.5.orig.tar.xz.
build_cmocka() {
    folder=build/cmocka
    name=cmocka_1.1.5.orig.tar.xz
    sum=f0ccd8242d55e2fd74b16ba518359151f6f8383ff8aef4976e48393f77bba8b6
    mkdir -p "$folder"
    curl -fsSL -o "$folder/$name" "$CMOCKA_URL"
    cmake -E sha256sum "$folder/$name" | grep -q "^$sum " ||
        { echo "$name has another checksum" >&2; exit 1; }
    (cd "$folder" && cmake -E tar xf "$name")
    # Each configuration has a folder, so that no library of another one is found.
    cmake -S "$folder/cmocka-1.1.5" -B "$folder/$config" -DCMAKE_POLICY_VERSION_MINIMUM=3.5 \
        -DWITH_STATIC_LIB=ON -DBUILD_SHARED_LIBS=OFF -DUNIT_TESTING=OFF -DWITH_EXAMPLES=OFF
    cmake --build "$folder/$config" --config "$config" --target cmocka-static
    cp "$(find "$folder/$config" -name '*cmocka-static.lib' -o -name 'libcmocka-static.a')" \
        "$folder/$config/cmocka.lib"
}

if [ -n "${CMOCKA_URL:-}" ]; then
    build_cmocka
    set -- "$@" "-DCMOCKA_INCLUDE_DIR=$PWD/build/cmocka/cmocka-1.1.5/include" \
        "-DCMOCKA_LIBRARY=$PWD/build/cmocka/$config/cmocka.lib"
fi
cmake --preset "$preset" "$@"
cmake --build "build/$preset" --config "$config" --parallel 2
if [ -z "${BUILD_ONLY:-}" ]; then
    # shellcheck disable=SC2086 # one word each
    ctest --test-dir "build/$preset" -C "$config" --output-on-failure --no-tests=error \
        ${CTEST_OPTIONS:-}
fi
