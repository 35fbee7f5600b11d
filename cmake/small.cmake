# XSOCK_SMALL: how a Release build of the library stays small. meson.build does the same. Other build types, and
# MSVC, go by their own options alone.
#   - What is "hot" in sources.txt is compiled for speed, the rest for size. gcc's padding of functions, loops and jumps is of no
#     use here, and costs 1.5 KB.
#   - No tables for unwinding, where they are ELF's: they are a fifth of the library. Debuggers have them in the debug
#     information of a Debug or RelWithDebInfo build. What is lost: backtrace() ends at a call of xsock, and a C++
#     exception from a callback does; pthread_cancel() of a thread that is in one runs no C++ destructor.
#   - Code and constants share pages, as they do on most processors anyway: no gaps between them in the file.

include(CheckLinkerFlag)

# The sources of a kind by their temperature.
function(xsock_small_sources kind)
    xsock_sources(sources.txt ${kind} all)
    xsock_sources(sources.txt ${kind} hot hot)
    set_source_files_properties(${all} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
    set(speed -O2)
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        list(APPEND speed -falign-functions=1 -fno-align-loops -fno-align-jumps -fno-align-labels)
    endif()
    set_source_files_properties(${hot} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:${speed}>")
endfunction()

if(XSOCK_SMALL AND NOT MSVC)
    xsock_small_sources(core)
    xsock_small_sources(wasix)
    xsock_small_sources(${xsock_backend})
    if(UNIX AND NOT APPLE)
        set(xsock_small_options "$<$<CONFIG:Release>:-fno-asynchronous-unwind-tables>")
        check_linker_flag(C "LINKER:-z,noseparate-code" XSOCK_HAS_NOSEPARATE_CODE)
        if(XSOCK_HAS_NOSEPARATE_CODE)
            set(xsock_small_link_options "$<$<CONFIG:Release>:LINKER:-z,noseparate-code>")
        endif()
    endif()
endif()
