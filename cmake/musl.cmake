# Linux with musl, by the wrapper musl-gcc (Debian: musl-tools), which knows no kernel headers:
#   cmake -B build-musl -DCMAKE_TOOLCHAIN_FILE=cmake/musl.cmake
set(CMAKE_C_COMPILER musl-gcc)
