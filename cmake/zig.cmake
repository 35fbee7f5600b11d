# Builds for any system whose headers and libraries Zig has (PyPI: ziglang, 0.15 or later):
#   cmake -B build-zig -DCMAKE_TOOLCHAIN_FILE=cmake/zig.cmake -DXSOCK_ZIG_TARGET=x86_64-freebsd.14.0
# XSOCK_ZIG_TARGET is Zig's name of the target, such as aarch64-macos, s390x-linux-musl or
# x86-windows-gnu.
# XSOCK_PYTHON, also from the environment, is the Python that has the module. Without it, python3 is
# used.
if(NOT XSOCK_ZIG_TARGET MATCHES "^([a-z0-9_]+)-([a-z]+)")
    message(FATAL_ERROR
        "XSOCK_ZIG_TARGET is not set to a target of Zig, such as x86_64-freebsd.14.0")
endif()
set(CMAKE_SYSTEM_PROCESSOR "${CMAKE_MATCH_1}")
set(xsock_zig_system "${CMAKE_MATCH_2}")
foreach(pair freebsd:FreeBSD netbsd:NetBSD openbsd:OpenBSD macos:Darwin linux:Linux windows:Windows)
    if(pair MATCHES "^${xsock_zig_system}:(.*)")
        set(CMAKE_SYSTEM_NAME "${CMAKE_MATCH_1}")
    endif()
endforeach()
set(CMAKE_SYSTEM_VERSION 1)

if(NOT XSOCK_PYTHON)
    set(XSOCK_PYTHON "$ENV{XSOCK_PYTHON}")
endif()
if(NOT XSOCK_PYTHON)
    set(XSOCK_PYTHON python3)
endif()
# CMake's own trial projects read this file too, in folders that are removed. They use the tools of
# the main project.
if(NOT XSOCK_ZIG_DIR)
    set(XSOCK_ZIG_DIR "${CMAKE_BINARY_DIR}/zig")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES XSOCK_ZIG_TARGET XSOCK_ZIG XSOCK_ZIG_DIR)

# The module holds Zig's program. Called by way of Python, each of the compiler's runs would take a
# tenth of a second more.
if(NOT XSOCK_ZIG)
    execute_process(COMMAND "${XSOCK_PYTHON}" -c
            "import os, ziglang; print(os.path.dirname(ziglang.__file__), end='/zig')"
        OUTPUT_VARIABLE XSOCK_ZIG RESULT_VARIABLE xsock_zig_status)
    if(NOT xsock_zig_status EQUAL 0)
        message(FATAL_ERROR "${XSOCK_PYTHON} has no module ziglang")
    endif()
endif()

# CMake wants one program where Zig has subcommands, so each gets a script.
function(xsock_zig_script name command)
    set(script "${XSOCK_ZIG_DIR}/${name}")
    if(NOT EXISTS "${script}")
        file(WRITE "${script}.new" "#!/bin/sh\nexec '${XSOCK_ZIG}' ${command} \"$@\"\n")
        file(CHMOD "${script}.new" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
        file(RENAME "${script}.new" "${script}")
    endif()
endfunction()
xsock_zig_script(cc "cc -target ${XSOCK_ZIG_TARGET}")
xsock_zig_script(ar ar)
xsock_zig_script(ranlib ranlib)

set(CMAKE_C_COMPILER "${XSOCK_ZIG_DIR}/cc")
set(CMAKE_AR "${XSOCK_ZIG_DIR}/ar" CACHE FILEPATH "")
set(CMAKE_RANLIB "${XSOCK_ZIG_DIR}/ranlib" CACHE FILEPATH "")
if(CMAKE_SYSTEM_NAME STREQUAL Windows)
    xsock_zig_script(rc rc)
    set(CMAKE_RC_COMPILER "${XSOCK_ZIG_DIR}/rc" CACHE FILEPATH "")
endif()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
