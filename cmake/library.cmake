# The library: target xsock, alias xsock::xsock, static or shared as BUILD_SHARED_LIBS says.

if(WIN32)
    set(xsock_backend win32)
    set(xsock_system_libraries ws2_32 iphlpapi)
    list(TRANSFORM xsock_system_libraries PREPEND -l OUTPUT_VARIABLE xsock_system_flags)
else()
    set(xsock_backend posix)
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
    set(xsock_system_libraries Threads::Threads)
    set(xsock_system_flags -pthread)
endif()

xsock_sources(sources.txt core xsock_core_sources)
xsock_sources(sources.txt ${xsock_backend} xsock_backend_sources)
if(XSOCK_WASIX)
    xsock_sources(sources.txt wasix xsock_wasix_sources)
    list(APPEND xsock_core_sources ${xsock_wasix_sources})
endif()
set(xsock_library_sources ${xsock_core_sources} ${xsock_backend_sources})
if(XSOCK_SINGLE)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    file(GLOB_RECURSE xsock_single_from CONFIGURE_DEPENDS
        "${PROJECT_SOURCE_DIR}/src/*.[ch]" "${PROJECT_SOURCE_DIR}/src/*.def"
        "${PROJECT_SOURCE_DIR}/include/*.h")
    set(xsock_library_sources "${PROJECT_BINARY_DIR}/dist/xsock.c")
    add_custom_command(OUTPUT ${xsock_library_sources}
        COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/amalgamate.py"
            "${PROJECT_BINARY_DIR}/dist"
        DEPENDS "${PROJECT_SOURCE_DIR}/tools/amalgamate.py" "${PROJECT_SOURCE_DIR}/sources.txt"
            "${PROJECT_SOURCE_DIR}/VERSION" "${PROJECT_SOURCE_DIR}/LICENSE" ${xsock_single_from}
        COMMENT "Making the single file" VERBATIM)
    add_custom_target(xsock-single DEPENDS ${xsock_library_sources})
endif()

include(CheckLinkerFlag)

if(NOT XSOCK_POLLER MATCHES "^(auto|poll|kqueue)$" OR (WIN32 AND NOT XSOCK_POLLER STREQUAL "auto"))
    message(FATAL_ERROR "XSOCK_POLLER is auto, or poll or kqueue on systems other than Windows")
endif()

# What a library target of these sources needs, whatever its name.
function(xsock_library_options target)
    xsock_compile_options(${target})
    target_compile_definitions(${target} PRIVATE XSOCK_VERSION="${PROJECT_VERSION}"
        $<$<STREQUAL:${XSOCK_POLLER},poll>:XSOCK_POSIX_POLLER_POLL>
        $<$<NOT:$<BOOL:${XSOCK_WASIX}>>:XSOCK_NO_WASIX>
        $<$<STREQUAL:${XSOCK_POLLER},kqueue>:XSOCK_POSIX_POLLER_KQUEUE>)
    target_include_directories(${target}
        PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
            "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
        PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} PRIVATE ${xsock_system_libraries})
endfunction()

add_library(xsock ${xsock_library_sources})
add_library(xsock::xsock ALIAS xsock)
xsock_library_options(xsock)
set_target_properties(xsock PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
if(NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE)
    # Also for the static library, which may become part of a shared one.
    set_target_properties(xsock PROPERTIES POSITION_INDEPENDENT_CODE ON)
endif()

if(BUILD_SHARED_LIBS)
    include(cmake/abi.cmake)
    xsock_shared_library_abi(xsock)
endif()

if(BUILD_SHARED_LIBS AND WIN32)
    target_compile_definitions(xsock PUBLIC XSOCK_SHARED PRIVATE XSOCK_BUILD)
    # The name that Meson gives. The number is that of the ABI, as in libxsock.so.0.
    set_target_properties(xsock PROPERTIES RUNTIME_OUTPUT_NAME xsock-${PROJECT_VERSION_MAJOR})
    if(MINGW)
        # gcc's own functions go into the DLL, and the DLL depends on the system's DLLs only.
        target_link_options(xsock PRIVATE -static-libgcc)
    endif()
elseif(BUILD_SHARED_LIBS AND NOT APPLE)
    # nodelete: a fork handler cannot be unregistered, and its code has to stay loaded.
    # defs: a missing function is an error of this link, and not of the first program that links
    # the library.
    target_link_options(xsock PRIVATE "LINKER:-z,nodelete" "LINKER:-z,defs")
    # The library's calls of its own public functions go straight there. A program's functions of
    # the same name cannot replace them.
    check_linker_flag(C "LINKER:-Bsymbolic-functions" XSOCK_HAS_SYMBOLIC_FUNCTIONS)
    if(XSOCK_HAS_SYMBOLIC_FUNCTIONS) # Zig lacks it
        target_link_options(xsock PRIVATE "LINKER:-Bsymbolic-functions")
    endif()
endif()
