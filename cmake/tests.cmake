# The test programs of tests/tests.txt, each a CTest test. Kinds:
#   fake   the core with the backend that fails to order (tests/support/fake_*.c)
#   real   the library as it is built here, by its public calls
#   inner  the static library, hidden functions included
#   signal  a program of another line, which runs a second time with a wake signal
#   windows  as inner, on Windows only, with a model of Windows in front of the system's functions

set(support_dir "${PROJECT_SOURCE_DIR}/tests/support")
xsock_sources(tests/support/sources.txt harness harness_sources)
xsock_sources(tests/support/sources.txt windows windows_sources)
xsock_sources(tests/support/sources.txt fake fake_sources)
find_path(CMOCKA_INCLUDE_DIR cmocka.h REQUIRED)
find_library(CMOCKA_LIBRARY cmocka REQUIRED)

# C11 and warnings as elsewhere. Tests pass bad arguments on purpose, so XSOCK_NO_ATTRIBUTES is set.
# CMocka's header is a system header, so that it gives no warnings.
function(xsock_test_options target)
    xsock_compile_options(${target})
    target_compile_definitions(${target} PRIVATE XSOCK_NO_ATTRIBUTES
        "XSOCK_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/include"
        "${PROJECT_SOURCE_DIR}/src" "${support_dir}")
    target_include_directories(${target} SYSTEM PRIVATE "${CMOCKA_INCLUDE_DIR}")
endfunction()

add_library(xsock-test-fake STATIC ${xsock_core_sources} ${fake_sources})
xsock_library_options(xsock-test-fake)
target_include_directories(xsock-test-fake PRIVATE "${support_dir}")

if(BUILD_SHARED_LIBS OR XSOCK_SINGLE)
    add_library(xsock-test-inner STATIC ${xsock_library_sources})
    xsock_library_options(xsock-test-inner)
    # The single file has the hidden functions as static ones unless this macro is empty.
    target_compile_definitions(xsock-test-inner PRIVATE XSOCK__PRIVATE=)
else()
    add_library(xsock-test-inner ALIAS xsock)
endif()

# Programs of Windows that have the static library inside have the model too. The environment turns
# it on (tests/support/fake_win32_whole.c).
if(MINGW AND NOT BUILD_SHARED_LIBS)
    add_library(xsock-test-model OBJECT ${windows_sources} tests/support/fake_win32_whole.c)
    xsock_test_options(xsock-test-model)
endif()

set(xsock_test_library_fake xsock-test-fake)
set(xsock_test_library_real xsock)
set(xsock_test_library_inner xsock-test-inner)
set(xsock_test_library_windows xsock-test-inner)

# What tests share is compiled once, and its objects go into each program. For the DLL it is
# compiled once more, because the programs that use the DLL are compiled differently.
function(xsock_test_objects kind out)
    set(objects)
    foreach(source IN LISTS ARGN)
        get_filename_component(target "${source}" NAME_WE)
        set(target xsock-test-object-${target})
        if(WIN32 AND BUILD_SHARED_LIBS AND kind STREQUAL "real")
            string(APPEND target -dll)
        endif()
        if(NOT TARGET ${target})
            add_library(${target} OBJECT EXCLUDE_FROM_ALL "${source}")
            xsock_test_options(${target})
            target_link_libraries(${target} PRIVATE ${xsock_test_library_${kind}}
                ${xsock_system_libraries})
        endif()
        list(APPEND objects $<TARGET_OBJECTS:${target}>)
    endforeach()
    set(${out} "${objects}" PARENT_SCOPE)
endfunction()

function(xsock_add_test kind name)
    set(program test_${name})
    list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/")
    if(kind STREQUAL "windows" AND NOT TARGET xsock-test-model)
        list(APPEND ARGN ${windows_sources})
    endif()
    xsock_test_objects(${kind} objects ${harness_sources} ${ARGN})
    if(TARGET xsock-test-model AND NOT kind STREQUAL "fake")
        list(APPEND objects $<TARGET_OBJECTS:xsock-test-model>)
    endif()
    add_executable(${program} "${PROJECT_SOURCE_DIR}/tests/test_${name}.c" ${objects})
    xsock_test_options(${program})
    target_link_libraries(${program} PRIVATE ${xsock_test_library_${kind}} ${CMOCKA_LIBRARY}
        ${xsock_system_libraries})
    add_test(NAME ${name} COMMAND ${program})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS ${kind})
endfunction()

xsock_read_lines("${PROJECT_SOURCE_DIR}/tests/tests.txt" test_lines)
foreach(line IN LISTS test_lines)
    if(NOT XSOCK_WASIX AND line MATCHES "^[a-z]+ wasix")
        continue()
    endif()
    if(NOT WIN32 AND line MATCHES "^windows")
        continue()
    endif()
    if(line MATCHES "^signal (.*)")
        if(NOT WIN32 AND NOT APPLE AND TARGET test_${CMAKE_MATCH_1})
            add_test(NAME ${CMAKE_MATCH_1}-signal COMMAND test_${CMAKE_MATCH_1})
            set_tests_properties(${CMAKE_MATCH_1}-signal PROPERTIES TIMEOUT 300 LABELS signal
                ENVIRONMENT XSOCK_TEST_WAKE_SIGNAL=1)
        endif()
        continue()
    endif()
    # The single file has a backend inside, and the one that fails to order cannot replace it.
    if(XSOCK_SINGLE AND line MATCHES "^fake")
        continue()
    endif()
    separate_arguments(words UNIX_COMMAND "${line}")
    if(XSOCK_SINGLE)
        list(GET words 1 name)
        # A test that has a source file of the library inside replaces the file in the library.
        file(STRINGS "${PROJECT_SOURCE_DIR}/tests/test_${name}.c" inside
            REGEX "^#include \".*[.]c\"" LIMIT_COUNT 1)
        if(inside)
            continue()
        endif()
    endif()
    xsock_add_test(${words})
endforeach()
