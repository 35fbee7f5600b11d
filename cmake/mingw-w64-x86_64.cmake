# Builds for Windows x86-64 with mingw-w64. Wine runs the programs if Wine is installed:
#   cmake -B build-win -DCMAKE_TOOLCHAIN_FILE=cmake/mingw-w64-x86_64.cmake
set(CMAKE_SYSTEM_PROCESSOR x86_64)
include("${CMAKE_CURRENT_LIST_DIR}/mingw-w64.cmake")

find_program(XSOCK_WINE NAMES wine wine-stable wine64)
if(XSOCK_WINE)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${XSOCK_WINE}")
endif()
