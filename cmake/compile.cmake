# How everything is compiled: strict C11, all warnings, and only marked functions are exported.
# Files have static names of their own, so a unity build of a larger project leaves them apart.

function(xsock_compile_options target)
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden
        UNITY_BUILD OFF)
    if(MSVC)
        # C's own functions, such as strncpy(), are not a fault.
        target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
        target_compile_options(${target} PRIVATE /W4 /utf-8 $<$<BOOL:${XSOCK_WERROR}>:/WX>)
    else()
        target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -pedantic
            $<$<BOOL:${XSOCK_WERROR}>:-Werror>)
    endif()
endfunction()
