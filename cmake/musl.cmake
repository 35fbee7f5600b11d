# Builds for Linux with musl, with the wrapper musl-gcc (Debian: musl-tools). The wrapper finds no
# kernel headers:
#   cmake -B build-musl -DCMAKE_TOOLCHAIN_FILE=cmake/musl.cmake
set(CMAKE_C_COMPILER musl-gcc)
