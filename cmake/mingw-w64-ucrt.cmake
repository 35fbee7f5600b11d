# Builds for Windows x86-64 with mingw-w64 and the universal C runtime (UCRT), also where the
# compiler's own choice is the older msvcrt.dll:
#   cmake -B build-ucrt -DCMAKE_TOOLCHAIN_FILE=cmake/mingw-w64-ucrt.cmake
include("${CMAKE_CURRENT_LIST_DIR}/mingw-w64-x86_64.cmake")

# The compiler's own specs name the runtime among the libraries that it adds to every program.
set(ucrt_specs "${CMAKE_BINARY_DIR}/ucrt.specs")
if(NOT EXISTS "${ucrt_specs}")
    execute_process(COMMAND "${CMAKE_C_COMPILER}" -dumpspecs OUTPUT_VARIABLE specs
        COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "-lmsvcrt" "-lucrt" specs "${specs}")
    file(WRITE "${ucrt_specs}" "${specs}")
endif()
set(CMAKE_C_FLAGS_INIT "-D_UCRT -specs=${ucrt_specs}")
