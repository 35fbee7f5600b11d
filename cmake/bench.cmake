# The benchmarks of bench/bench.txt, each a program. Peers that pkg-config does not find are left
# out.

set(bench_list "${PROJECT_SOURCE_DIR}/bench/bench.txt")
foreach(kind support library)
    xsock_sources(bench/bench.txt ${kind} bench_${kind}_sources)
    xsock_sources(bench/bench.txt ${kind}-${xsock_backend} more)
    list(APPEND bench_${kind}_sources ${more})
endforeach()
xsock_sources(tests/support/sources.txt fake bench_fake_sources)

add_library(xsock-bench-fake STATIC EXCLUDE_FROM_ALL ${xsock_core_sources} ${bench_fake_sources})
xsock_library_options(xsock-bench-fake)
target_include_directories(xsock-bench-fake PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
if(BUILD_SHARED_LIBS)
    add_library(xsock-bench-inner STATIC EXCLUDE_FROM_ALL
        ${xsock_core_sources} ${xsock_backend_sources})
    xsock_library_options(xsock-bench-inner)
else()
    add_library(xsock-bench-inner ALIAS xsock)
endif()

# The libraries that xsock is compared with. Our warnings do not apply to their headers.
add_library(xsock-bench-peers INTERFACE)
set(bench_peer_sources)
if(NOT CMAKE_CROSSCOMPILING)
    find_package(PkgConfig)
endif()
function(xsock_add_peer name module source)
    if(PKG_CONFIG_FOUND)
        pkg_check_modules(BENCH_${name} QUIET IMPORTED_TARGET ${module})
    endif()
    if(BENCH_${name}_FOUND)
        target_link_libraries(xsock-bench-peers INTERFACE PkgConfig::BENCH_${name})
        target_compile_definitions(xsock-bench-peers INTERFACE BENCH_${name})
        set(bench_peer_sources ${bench_peer_sources} "${PROJECT_SOURCE_DIR}/${source}" PARENT_SCOPE)
    endif()
endfunction()

function(xsock_bench_options target)
    xsock_compile_options(${target})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/include"
        "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/bench/support"
        "${PROJECT_SOURCE_DIR}/tests/support")
endfunction()

function(xsock_add_bench kind name)
    set(program bench_${name})
    list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/")
    add_executable(${program} "${PROJECT_SOURCE_DIR}/bench/${name}.c"
        $<TARGET_OBJECTS:xsock-bench-support> ${ARGN})
    xsock_bench_options(${program})
    if(kind STREQUAL "real")
        target_sources(${program} PRIVATE $<TARGET_OBJECTS:xsock-bench-library>)
        target_link_libraries(${program} PRIVATE xsock xsock-bench-peers ${xsock_system_libraries})
    else()
        target_link_libraries(${program} PRIVATE xsock-bench-${kind} ${xsock_system_libraries})
    endif()
endfunction()

xsock_read_lines("${bench_list}" bench_lines)
set(bench_programs)
foreach(line IN LISTS bench_lines)
    separate_arguments(words UNIX_COMMAND "${line}")
    list(POP_FRONT words what)
    if(what STREQUAL "peer")
        xsock_add_peer(${words})
    elseif(what STREQUAL "program-linux" AND NOT CMAKE_SYSTEM_NAME STREQUAL Linux)
        continue()
    elseif(what MATCHES "^program" AND (XSOCK_WASIX OR NOT line MATCHES " wasix"))
        list(JOIN words " " program_line)
        list(APPEND bench_programs "${program_line}")
    endif()
endforeach()

# What the programs share is compiled once, and its objects go into each program.
add_library(xsock-bench-support OBJECT EXCLUDE_FROM_ALL ${bench_support_sources})
xsock_bench_options(xsock-bench-support)
target_link_libraries(xsock-bench-support PRIVATE ${xsock_system_libraries})
add_library(xsock-bench-library OBJECT EXCLUDE_FROM_ALL
    ${bench_library_sources} ${bench_peer_sources})
xsock_bench_options(xsock-bench-library)
target_link_libraries(xsock-bench-library PRIVATE xsock xsock-bench-peers ${xsock_system_libraries})
foreach(line IN LISTS bench_programs)
    separate_arguments(words UNIX_COMMAND "${line}")
    xsock_add_bench(${words})
endforeach()

if(CMAKE_SYSTEM_NAME STREQUAL Linux)
    # bench_open is run with this preloaded: the system's calls return constants
    add_library(xsock-bench-stubs MODULE "${PROJECT_SOURCE_DIR}/bench/support/stubs.c")
    set_target_properties(xsock-bench-stubs PROPERTIES PREFIX "" OUTPUT_NAME bench_stubs
        C_STANDARD 11 C_EXTENSIONS OFF LIBRARY_OUTPUT_DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endif()
