# The reference and the guide as HTML, by Doxygen. A release has them as an archive of their own.

set(XSOCK_HTML_DIR "")
if(NOT XSOCK_BUILD_HTML)
    return()
endif()
find_program(XSOCK_DOXYGEN doxygen)
if(NOT XSOCK_DOXYGEN)
    message(FATAL_ERROR "XSOCK_BUILD_HTML needs doxygen")
endif()
set(XSOCK_HTML_DIR "${PROJECT_BINARY_DIR}/reference/html")
file(WRITE "${PROJECT_BINARY_DIR}/Doxyfile"
    "@INCLUDE = docs/Doxyfile\nOUTPUT_DIRECTORY = \"${PROJECT_BINARY_DIR}/reference\"\n")
file(GLOB html_texts CONFIGURE_DEPENDS docs/*.md docs/guide/*.md)
xsock_sources(sources.txt header html_headers)
xsock_sources(sources.txt header-wasix html_wasix_headers)
add_custom_command(OUTPUT "${XSOCK_HTML_DIR}/index.html"
    COMMAND "${XSOCK_DOXYGEN}" "${PROJECT_BINARY_DIR}/Doxyfile"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    DEPENDS docs/Doxyfile docs/style.css CONTRIBUTING.md ${html_texts} ${html_headers}
        ${html_wasix_headers}
    COMMENT "Making the reference as HTML" VERBATIM)
add_custom_target(xsock-html ALL DEPENDS "${XSOCK_HTML_DIR}/index.html")
