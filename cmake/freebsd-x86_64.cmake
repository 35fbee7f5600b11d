# FreeBSD x86-64 by Zig, which carries FreeBSD's headers and stub libraries (PyPI: ziglang, 0.15 or later):
#   cmake -B build-freebsd -DCMAKE_TOOLCHAIN_FILE=cmake/freebsd-x86_64.cmake -DXSOCK_PYTHON=/path/to/python3
# XSOCK_PYTHON, also from the environment, is the Python that has the module; python3 if not given.
set(CMAKE_SYSTEM_NAME FreeBSD)
set(CMAKE_SYSTEM_VERSION 14.0)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

if(NOT XSOCK_PYTHON)
    set(XSOCK_PYTHON "$ENV{XSOCK_PYTHON}")
endif()
if(NOT XSOCK_PYTHON)
    set(XSOCK_PYTHON python3)
endif()
# CMake's own trial projects read this file too, in folders that go away: they use the first one's tools.
if(NOT XSOCK_ZIG_DIR)
    set(XSOCK_ZIG_DIR "${CMAKE_BINARY_DIR}/zig")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES XSOCK_PYTHON XSOCK_ZIG_DIR)

# CMake wants one program where Zig has subcommands, so each gets a script.
function(xsock_zig_script name command)
    set(script "${XSOCK_ZIG_DIR}/${name}")
    if(NOT EXISTS "${script}")
        file(WRITE "${script}.new" "#!/bin/sh\nexec '${XSOCK_PYTHON}' -m ziglang ${command} \"$@\"\n")
        file(CHMOD "${script}.new" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
        file(RENAME "${script}.new" "${script}")
    endif()
endfunction()
xsock_zig_script(cc "cc -target x86_64-freebsd.14.0")
xsock_zig_script(ar ar)
xsock_zig_script(ranlib ranlib)

set(CMAKE_C_COMPILER "${XSOCK_ZIG_DIR}/cc")
set(CMAKE_AR "${XSOCK_ZIG_DIR}/ar" CACHE FILEPATH "")
set(CMAKE_RANLIB "${XSOCK_ZIG_DIR}/ranlib" CACHE FILEPATH "")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
