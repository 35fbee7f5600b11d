# Builds for Windows x86-64 as MSVC does, on Debian: with clang in MSVC mode, the headers and import
# libraries of Wine (libwine-dev), and lld. Wine runs the programs:
#   cmake -B build-msvc -DCMAKE_TOOLCHAIN_FILE=cmake/msvc-clang.cmake
# cmake/msvc-clang/ has what Wine's headers lack. The C library is the universal one, ucrtbase.dll.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET x86_64-pc-windows-msvc)
set(CMAKE_POLICY_DEFAULT_CMP0091 NEW) # no option for a C library of Microsoft's
set(CMAKE_MSVC_RUNTIME_LIBRARY "")

set(wine_headers /usr/include/wine/wine)
string(JOIN " " CMAKE_C_FLAGS_INIT
    -fms-compatibility -fms-extensions -fms-compatibility-version=19.29 -nostdlibinc -D_UCRT -D_MT
    -Wno-unused-command-line-argument -D_CRT_SECURE_NO_WARNINGS
    "-isystem ${CMAKE_CURRENT_LIST_DIR}/msvc-clang"
    "-isystem ${wine_headers}/msvcrt" "-isystem ${wine_headers}/windows")

# lld-link looks for NAME.lib, and Debian calls the files libNAME.a.
if(NOT XSOCK_WINE_LIBRARIES)
    set(XSOCK_WINE_LIBRARIES "${CMAKE_BINARY_DIR}/wine-libraries")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES XSOCK_WINE_LIBRARIES)
file(MAKE_DIRECTORY "${XSOCK_WINE_LIBRARIES}")
foreach(name kernel32 ntdll ws2_32 iphlpapi ucrtbase winecrt0)
    file(CREATE_LINK "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/lib${name}.a"
        "${XSOCK_WINE_LIBRARIES}/${name}.lib" SYMBOLIC)
endforeach()

# Programs begin in start.c, which is compiled once.
set(start "${XSOCK_WINE_LIBRARIES}/start.obj")
if(NOT EXISTS "${start}")
    execute_process(COMMAND "${CMAKE_C_COMPILER}" --target=${CMAKE_C_COMPILER_TARGET} -O1
        -fms-extensions -c "${CMAKE_CURRENT_LIST_DIR}/msvc-clang/start.c" -o "${start}"
        COMMAND_ERROR_IS_FATAL ANY)
endif()
string(JOIN " " libraries "-Xlinker /libpath:${XSOCK_WINE_LIBRARIES}" "-Xlinker /nodefaultlib"
    -lucrtbase -lwinecrt0 -lkernel32 -lntdll)
set(CMAKE_EXE_LINKER_FLAGS_INIT "${libraries} -Xlinker ${start} -Xlinker /entry:xsock_start")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "${libraries}")
set(CMAKE_C_STANDARD_LIBRARIES "" CACHE STRING "")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
find_program(XSOCK_WINE NAMES wine wine-stable wine64)
if(XSOCK_WINE)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${XSOCK_WINE}")
endif()
