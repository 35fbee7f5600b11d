# Hardening of the program and of a shared library, unless XSOCK_HARDEN is off. A static library
# gets none: the program that takes it decides, and FORTIFY would tie it to this machine's C
# library.
# Meson does the same (meson.build).
#
# An option of the user's on the same subject wins, wherever it comes from (CFLAGS, LDFLAGS,
# CMAKE_C_FLAGS, add_compile_options), because ours is then left out.

include(CheckCCompilerFlag)
include(CheckLinkerFlag)

string(TOUPPER "${CMAKE_BUILD_TYPE}" harden_config)
get_directory_property(harden_options COMPILE_OPTIONS)
get_directory_property(harden_definitions COMPILE_DEFINITIONS)
get_directory_property(harden_link_options LINK_OPTIONS)
set(XSOCK_USER_FLAGS "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${harden_config}} ${CMAKE_EXE_LINKER_FLAGS}")
string(APPEND XSOCK_USER_FLAGS " ${CMAKE_SHARED_LINKER_FLAGS} ${harden_options}"
    " ${harden_definitions} ${harden_link_options}")

set(XSOCK_HARDEN_COMPILE)
set(XSOCK_HARDEN_LINK)

# Adds a compiler option, unless the user has one that matches, or the compiler lacks it.
function(xsock_harden_compile option users)
    string(MAKE_C_IDENTIFIER "XSOCK_HAS${option}" has)
    if(NOT XSOCK_USER_FLAGS MATCHES "${users}")
        set(CMAKE_REQUIRED_FLAGS "-Werror")
        check_c_compiler_flag("${option}" ${has})
        if(${has})
            set(XSOCK_HARDEN_COMPILE ${XSOCK_HARDEN_COMPILE} "${option}" PARENT_SCOPE)
        endif()
    endif()
endfunction()

# The same for the linker.
function(xsock_harden_link option users)
    string(MAKE_C_IDENTIFIER "XSOCK_HAS_LINK${option}" has)
    if(NOT XSOCK_USER_FLAGS MATCHES "${users}")
        check_linker_flag(C "LINKER:${option}" ${has})
        if(${has})
            set(XSOCK_HARDEN_LINK ${XSOCK_HARDEN_LINK} "LINKER:${option}" PARENT_SCOPE)
        endif()
    endif()
endfunction()

if(MSVC)
    # The linker marks ASLR, DEP and high entropy by default; /GS is the compiler's default.
    if(NOT XSOCK_USER_FLAGS MATCHES "/guard:")
        set(XSOCK_HARDEN_COMPILE /guard:cf)
        set(XSOCK_HARDEN_LINK /guard:cf)
        # The linker refuses /CETCOMPAT for ARM64. CMAKE_SYSTEM_PROCESSOR would be that of the
        # machine that builds.
        if(MSVC_C_ARCHITECTURE_ID STREQUAL "x64")
            list(APPEND XSOCK_HARDEN_LINK /CETCOMPAT)
        endif()
    endif()
elseif(CMAKE_C_SIMULATE_ID STREQUAL "MSVC")
    # clang with the options of gcc: what the linker does by default is enough.
elseif(WIN32)
    # No stack protector: with many mingw-w64 it needs a DLL that is not the system's.
    xsock_harden_link(--dynamicbase "dynamicbase")
    xsock_harden_link(--nxcompat "nxcompat")
    if(CMAKE_SIZEOF_VOID_P EQUAL 8)
        xsock_harden_link(--high-entropy-va "high-entropy-va")
    endif()
else()
    xsock_harden_compile(-fstack-protector-strong "-f(no-)?stack-protector")
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64|i[3-6]86)$")
        # The linker marks the file for IBT and SHSTK only if crti.o and crtn.o of the C library are
        # marked, too. Debian's are not.
        xsock_harden_compile(-fcf-protection "-fcf-protection")
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
        xsock_harden_compile(-mbranch-protection=standard "-mbranch-protection")
    endif()
    # FORTIFY works with optimisation only, and sanitizers see less with it. Some compilers define
    # the macro themselves, so that it is removed first.
    if(NOT XSOCK_USER_FLAGS MATCHES "_FORTIFY_SOURCE|-fsanitize=")
        set(optimised "$<CONFIG:Release,RelWithDebInfo,MinSizeRel>")
        list(APPEND XSOCK_HARDEN_COMPILE
            "$<${optimised}:-U_FORTIFY_SOURCE>" "$<${optimised}:-D_FORTIFY_SOURCE=2>")
    endif()
    if(NOT APPLE)
        xsock_harden_link(-z,relro "-z,? *(no)?relro")
        xsock_harden_link(-z,now "-z,? *(now|lazy)")
        xsock_harden_link(-z,noexecstack "-z,? *(no)?execstack")
        xsock_harden_link(-z,separate-code "-z,? *(no)?separate-code")
    endif()
endif()

function(xsock_harden target)
    target_compile_options(${target} PRIVATE ${XSOCK_HARDEN_COMPILE})
    target_link_options(${target} PRIVATE ${XSOCK_HARDEN_LINK})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE" AND
        NOT XSOCK_USER_FLAGS MATCHES "-(no-|f|fno-|static-)?(pie|PIE)")
        # CMake 3.14: the link gets -pie too, if the linker has it.
        include(CheckPIESupported)
        check_pie_supported(LANGUAGES C)
        set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    endif()
endfunction()
