# The completions for bash, zsh and fish, in the standard folders of these shells. The program makes
# them. A release archive has them in tools/xsock/completions, for cross-builds whose program cannot
# run here.

if(WIN32)
    return() # no shell of Windows would read them
endif()

function(xsock_completions shell folder name)
    set(file "${PROJECT_SOURCE_DIR}/tools/xsock/completions/${name}")
    if(NOT EXISTS "${file}")
        set(file "${PROJECT_BINARY_DIR}/completions/${name}")
        if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
            message(STATUS "No completions for ${shell}: the program cannot run here")
            return()
        endif()
        file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/completions")
        add_custom_command(OUTPUT "${file}" COMMAND xsock-program completions ${shell} > "${file}"
            DEPENDS xsock-program COMMENT "Making the completions for ${shell}" VERBATIM)
        add_custom_target(xsock-completions-${shell} ALL DEPENDS "${file}")
    endif()
    install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${folder}" COMPONENT program)
endfunction()

xsock_completions(bash bash-completion/completions xsock)
xsock_completions(zsh zsh/site-functions _xsock)
xsock_completions(fish fish/vendor_completions.d xsock.fish)
