# The manual pages of section 3, which tools/pages.py makes from the public headers. A release
# archive has them in man/man3. Otherwise they are built if Doxygen and Python are there.

if(EXISTS "${PROJECT_SOURCE_DIR}/man/man3/xsock.3")
    set(XSOCK_PAGES_DIR "${PROJECT_SOURCE_DIR}/man/man3")
    return()
endif()

set(XSOCK_PAGES_DIR "")
find_program(XSOCK_DOXYGEN doxygen)
find_package(Python3 COMPONENTS Interpreter QUIET)
mark_as_advanced(XSOCK_DOXYGEN)
if(NOT XSOCK_DOXYGEN OR NOT Python3_FOUND)
    message(STATUS "No manual pages of section 3: they need doxygen and python3")
    return()
endif()

set(XSOCK_PAGES_DIR "${PROJECT_BINARY_DIR}/man3")
set(pages_arguments --doxygen "${XSOCK_DOXYGEN}")
if(NOT XSOCK_WASIX)
    list(APPEND pages_arguments --without xsock_wasix.h)
endif()
xsock_sources(sources.txt header pages_headers)
xsock_sources(sources.txt header-wasix pages_wasix_headers)
add_custom_command(OUTPUT "${XSOCK_PAGES_DIR}/xsock.3"
    COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/tools/pages.py" "${XSOCK_PAGES_DIR}"
        ${pages_arguments}
    DEPENDS tools/pages.py tools/mdoc.py docs/Doxyfile VERSION
        ${pages_headers} ${pages_wasix_headers}
    COMMENT "Making the manual pages" VERBATIM)
add_custom_target(xsock-pages ALL DEPENDS "${XSOCK_PAGES_DIR}/xsock.3")
