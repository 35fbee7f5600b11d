# What gets installed: headers, library, program, xsock.pc, and the CMake package that gives xsock::xsock.

include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/xsock")
xsock_sources(sources.txt header public_headers)
if(XSOCK_WASIX)
    xsock_sources(sources.txt header-wasix wasix_headers)
    list(APPEND public_headers ${wasix_headers})
endif()

install(FILES ${public_headers} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(XSOCK_PAGES_DIR)
    install(DIRECTORY "${XSOCK_PAGES_DIR}" DESTINATION "${CMAKE_INSTALL_MANDIR}")
endif()
install(TARGETS xsock EXPORT xsock-targets
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(XSOCK_BUILD_TOOLS)
    install(TARGETS xsock-program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    install(FILES man/xsock.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
endif()

# The variables of xsock.pc.in, which Meson fills in too.
list(JOIN xsock_system_flags " " system_flags)
set(PC_VERSION "${PROJECT_VERSION}")
set(PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(PC_LIBDIR "${CMAKE_INSTALL_FULL_LIBDIR}")
set(PC_INCLUDEDIR "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
if(BUILD_SHARED_LIBS)
    set(PC_LIBS_PRIVATE " ${system_flags}")
else()
    set(PC_LIBS " ${system_flags}") # with no shared library, everybody needs them
endif()
if(BUILD_SHARED_LIBS AND WIN32)
    set(PC_CFLAGS " -DXSOCK_SHARED")
endif()
configure_file(xsock.pc.in xsock.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/xsock.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

configure_package_config_file(cmake/xsockConfig.cmake.in xsockConfig.cmake INSTALL_DESTINATION "${package_dir}")
# 0.x: a minor version may change anything.
write_basic_package_version_file(xsockConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/xsockConfig.cmake" "${PROJECT_BINARY_DIR}/xsockConfigVersion.cmake"
    DESTINATION "${package_dir}")
install(EXPORT xsock-targets NAMESPACE xsock:: FILE xsockTargets.cmake DESTINATION "${package_dir}")
