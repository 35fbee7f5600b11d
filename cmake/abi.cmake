# What a shared library exports, and the version that it shows. Meson does the same from the same
# files of abi/.

# Stores the lines of abi/exports.txt as one text, with `before` at the start of each and `between`
# two of them. The calls of WASIX are left out if they are not built, because some linkers refuse a
# name that no source defines.
function(xsock_exports before between out)
    xsock_read_lines("${PROJECT_SOURCE_DIR}/abi/exports.txt" names)
    if(NOT XSOCK_WASIX)
        list(FILTER names EXCLUDE REGEX "^xsock_wasix_")
    endif()
    list(TRANSFORM names PREPEND "${before}")
    list(JOIN names "${between}" text)
    set(${out} "${text}" PARENT_SCOPE)
endfunction()

# Gives the target a file for the linker, made from a template of abi/ with @ABI_EXPORTS@ in it. The
# option goes before the name. -Wl would split a name with a comma.
function(xsock_export_list target template option)
    set(list "${PROJECT_BINARY_DIR}/abi/${template}")
    configure_file("${PROJECT_SOURCE_DIR}/abi/${template}.in" "${list}" @ONLY)
    target_link_options(${target} PRIVATE "SHELL:${option}\"${list}\"")
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${list}")
endfunction()

function(xsock_shared_library_abi target)
    set(ABI_VERSION ${PROJECT_VERSION_MAJOR})
    set(ABI_FULL_VERSION ${PROJECT_VERSION})
    if(WIN32)
        # The headers say what is exported, by dllexport.
        string(REPLACE "." "," ABI_FILE_VERSION "${PROJECT_VERSION}.0")
        set(ABI_FILE "${CMAKE_SHARED_LIBRARY_PREFIX}xsock-${ABI_VERSION}.dll")
        configure_file(src/win32/version.rc.in abi/version.rc @ONLY)
        target_sources(${target} PRIVATE "${PROJECT_BINARY_DIR}/abi/version.rc")
    elseif(APPLE)
        xsock_exports("_" "\n" ABI_EXPORTS)
        xsock_export_list(${target} macos.symbols "-Xlinker -exported_symbols_list -Xlinker ")
    else()
        xsock_exports("    " ";\n" ABI_EXPORTS)
        xsock_export_list(${target} elf.map "-Xlinker --version-script=")
    endif()
endfunction()
