# What gets installed: headers, library, program, pages, completions, xsock.pc, and the CMake
# package that gives xsock::xsock. Components: runtime (a shared library), development, program,
# documentation. The installed tree can be moved as a whole.

include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/xsock")
xsock_sources(sources.txt header public_headers)
if(XSOCK_WASIX)
    xsock_sources(sources.txt header-wasix wasix_headers)
    list(APPEND public_headers ${wasix_headers})
endif()

install(FILES ${public_headers} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development)
install(TARGETS xsock EXPORT xsock-targets
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT development
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
foreach(component runtime development program documentation)
    install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" COMPONENT ${component}
        DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/xsock")
endforeach()

# ---- Documentation -------------------------------------------------------------------------------

if(XSOCK_PAGES_DIR)
    install(DIRECTORY "${XSOCK_PAGES_DIR}" DESTINATION "${CMAKE_INSTALL_MANDIR}"
        COMPONENT documentation)
endif()
if(XSOCK_HTML_DIR)
    install(DIRECTORY "${XSOCK_HTML_DIR}/" DESTINATION "${CMAKE_INSTALL_DOCDIR}/html"
        COMPONENT documentation)
endif()

# ---- The program ---------------------------------------------------------------------------------

if(XSOCK_BUILD_TOOLS)
    install(TARGETS xsock-program
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
    install(FILES man/xsock.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT program)
    include(cmake/completions.cmake)
    file(RELATIVE_PATH lib_from_bin "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
    if(APPLE)
        set_target_properties(xsock-program PROPERTIES INSTALL_RPATH "@loader_path/${lib_from_bin}")
    elseif(BUILD_SHARED_LIBS AND NOT WIN32)
        # CMAKE_SKIP_INSTALL_RPATH leaves it out.
        set_target_properties(xsock-program PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
    endif()
endif()

# ---- xsock.pc, of which Meson makes the same -----------------------------------------------------

list(JOIN xsock_system_flags " " system_flags)
set(PC_VERSION "${PROJECT_VERSION}")
xsock_pc_folders()
# A larger project may have variables of these names. Without "" a cached one would show through.
set(PC_CFLAGS "")
set(PC_LIBS "")
set(PC_LIBS_PRIVATE "")
if(BUILD_SHARED_LIBS)
    set(PC_LIBS_PRIVATE " ${system_flags}")
else()
    set(PC_LIBS " ${system_flags}") # with no shared library, everybody needs them
endif()
if(BUILD_SHARED_LIBS AND WIN32)
    set(PC_CFLAGS " -DXSOCK_SHARED")
endif()
configure_file(xsock.pc.in xsock.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/xsock.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
    COMPONENT development)

# ---- The CMake package ---------------------------------------------------------------------------

configure_package_config_file(cmake/xsockConfig.cmake.in xsockConfig.cmake
    INSTALL_DESTINATION "${package_dir}")
# 0.x: a minor version may change anything.
write_basic_package_version_file(xsockConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/xsockConfig.cmake"
    "${PROJECT_BINARY_DIR}/xsockConfigVersion.cmake"
    DESTINATION "${package_dir}" COMPONENT development)
install(EXPORT xsock-targets NAMESPACE xsock:: FILE xsockTargets.cmake
    DESTINATION "${package_dir}" COMPONENT development)

# ---- An archive of the installed tree, by cpack --------------------------------------------------

if(XSOCK_TOP_LEVEL)
    set(CPACK_GENERATOR TGZ)
    if(WIN32)
        set(CPACK_GENERATOR ZIP)
    endif()
    set(CPACK_SOURCE_GENERATOR "") # ci/release.sh makes the archive of sources
    set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
    set(CPACK_PACKAGE_VENDOR xsock)
    set(CPACK_PACKAGE_FILE_NAME
        "xsock-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
    include(CPack)
endif()
