# needs: build cxx
# The public headers: each alone, as C11 and C++17, and with nothing of the system's in them.
# shellcheck shell=bash

mkdir -p "$OUT"
flags=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -fsyntax-only -I "$TOP/include")

# No header of the system's beyond the three of the C standard that xsock.h names: none of these is known then.
guards=(_SYS_SOCKET_H _NETINET_IN_H _UNISTD_H _SYS_TYPES_H _ERRNO_H _STDIO_H _STRING_H AF_INET SOCK_STREAM)

for header in "$TOP"/include/*.h; do
    name=$(basename "$header")
    {
        echo "#include \"$name\""
        echo "#include \"$name\""
        for guard in "${guards[@]}"; do
            printf '#ifdef %s\n#error "%s pulls in %s"\n#endif\n' "$guard" "$name" "$guard"
        done
        echo "int main(void) { return 0; }"
    } >"$OUT/$name.c"
    cp "$OUT/$name.c" "$OUT/$name.cpp"
    check "$name stands alone in C11" gcc -std=c11 "${flags[@]}" "$OUT/$name.c"
    check "$name stands alone in C++17" g++ -std=c++17 "${flags[@]}" "$OUT/$name.cpp"
done

# Nor any file: what a header includes is what the three headers of the C standard include, and our own.
includes_nothing_else() {
    printf '#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n' >"$OUT/standard.c"
    "${@:2}" -I "$TOP/include" -M "$OUT/standard.c" | tr -s ' \\\n' '\n' | sort -u >"$OUT/standard.files"
    printf '#include "%s"\n' "$1" >"$OUT/ours.c"
    "${@:2}" -I "$TOP/include" -M "$OUT/ours.c" | tr -s ' \\\n' '\n' | sort -u >"$OUT/ours.files"
    comm -13 "$OUT/standard.files" "$OUT/ours.files" | grep -vE "^($OUT/.*|ours\.o:|$TOP/include/xsock[a-z_]*\.h)\$" >"$OUT/more.files" || true
    cat "$OUT/more.files"
    [ ! -s "$OUT/more.files" ]
}
for header in "$TOP"/include/*.h; do
    check "$(basename "$header") includes no file of the system's" includes_nothing_else "$(basename "$header")" gcc -std=c11
done

# A program may have any name of the system's for itself: none is taken by a macro or a type of ours or of theirs.
names_are_free() {
    {
        echo '#include "xsock.h"'
        echo '#include "xsock_native.h"'
        for name in socklen_t sa_family_t in_addr_t in_port_t ssize_t SOCKET HANDLE DWORD pid_t uid_t gid_t; do
            echo "typedef struct { char own; } $name;"
        done
        for name in sockaddr sockaddr_in in_addr iovec msghdr pollfd timeval timespec linger; do
            echo "struct $name { char own; };"
        done
        for name in socket bind listen accept connect send recv poll close errno INADDR_ANY AF_UNIX MSG_PEEK POLLIN \
            EAGAIN; do
            echo "enum { $name };"
        done
    } >"$OUT/names.c"
    gcc -std=c11 "${flags[@]}" "$OUT/names.c"
}
check "no name of the system's is taken" names_are_free
