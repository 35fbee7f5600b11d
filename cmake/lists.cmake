# Reads the text lists that CMake and Meson share. "#" starts a comment line, and blank lines are
# skipped.

# Stores the lines of a list in `out`. When the file changes, CMake configures again.
function(xsock_read_lines file out)
    file(STRINGS "${file}" lines REGEX "^[^#]*[^# \t]")
    list(FILTER lines EXCLUDE REGEX "^[ \t]*#")
    set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND
        PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    set(${out} "${lines}" PARENT_SCOPE)
endfunction()

# Stores the files that stand in a list of "KIND FILE" lines under `kind`. They are below the
# project's folder, or below the folder that is given. The name of a folder may be c++ or a$b, so it
# stands in no regular expression.
function(xsock_sources list kind out)
    set(folder "${PROJECT_SOURCE_DIR}")
    if(ARGC GREATER 3)
        set(folder "${ARGV3}")
    endif()
    xsock_read_lines("${PROJECT_SOURCE_DIR}/${list}" lines)
    list(FILTER lines INCLUDE REGEX "^${kind}[ \t]")
    list(TRANSFORM lines REPLACE "^${kind}[ \t]+([^ \t]+)[ \t]*$" "\\1")
    list(TRANSFORM lines PREPEND "${folder}/")
    set(${out} "${lines}" PARENT_SCOPE)
endfunction()

# Sets the folders of a .pc file. The prefix is told from where the file is, so that the tree can be
# moved, unless the folder of libraries is outside of the prefix.
macro(xsock_pc_folders)
    file(RELATIVE_PATH PC_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
    string(REGEX REPLACE "/$" "" PC_PREFIX "\${pcfiledir}/${PC_PREFIX}")
    if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        set(PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
    endif()
    foreach(folder LIBDIR INCLUDEDIR)
        set(PC_${folder} "${CMAKE_INSTALL_${folder}}")
        if(NOT IS_ABSOLUTE "${PC_${folder}}")
            string(PREPEND PC_${folder} "\${prefix}/")
        endif()
    endforeach()
endmacro()
