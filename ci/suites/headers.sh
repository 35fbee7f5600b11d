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
