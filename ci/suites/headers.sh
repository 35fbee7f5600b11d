# needs: build cxx docs
# Checks the public headers: each alone, as C11 and C++17, without names of the system; their
# attributes for compilers; their examples; and that they document every name.
# shellcheck shell=bash

mkdir -p "$OUT"
flags=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -fsyntax-only -I "$TOP/include")

# A header includes no system header except three of the C standard, so none of these names is
# known.
guards=(_SYS_SOCKET_H _NETINET_IN_H _UNISTD_H _SYS_TYPES_H _ERRNO_H _STDIO_H _STRING_H
    AF_INET SOCK_STREAM)

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
check "each header is C++98, and every later C++ that the compiler knows" headers_as_cxx g++

# A header includes only the headers that those three include, and our own.
includes_nothing_else() {
    printf '#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n' >"$OUT/standard.c"
    "${@:2}" -I "$TOP/include" -M "$OUT/standard.c" | tr -s ' \\\n' '\n' \
        | sort -u >"$OUT/standard.files"
    printf '#include "%s"\n' "$1" >"$OUT/ours.c"
    "${@:2}" -I "$TOP/include" -M "$OUT/ours.c" | tr -s ' \\\n' '\n' | sort -u >"$OUT/ours.files"
    comm -13 "$OUT/standard.files" "$OUT/ours.files" \
        | grep -vE "^($OUT/.*|ours\.o:|$TOP/include/xsock[a-z_]*\.h)\$" >"$OUT/more.files" || true
    cat "$OUT/more.files"
    [ ! -s "$OUT/more.files" ]
}
for header in "$TOP"/include/*.h; do
    name=$(basename "$header")
    check "$name includes no file of the system's" includes_nothing_else "$name" gcc -std=c11
done

# A program may use any name of the system for itself, so no macro and no type uses one.
names_are_free() {
    {
        echo '#include "xsock.h"'
        echo '#include "xsock_native.h"'
        for name in socklen_t sa_family_t in_addr_t in_port_t ssize_t SOCKET HANDLE DWORD \
            pid_t uid_t gid_t; do
            echo "typedef struct { char own; } $name;"
        done
        for name in sockaddr sockaddr_in in_addr iovec msghdr pollfd timeval timespec linger; do
            echo "struct $name { char own; };"
        done
        for name in socket bind listen accept connect send recv poll close errno INADDR_ANY \
            AF_UNIX MSG_PEEK POLLIN EAGAIN; do
            echo "enum { $name };"
        done
    } >"$OUT/names.c"
    gcc -std=c11 "${flags[@]}" "$OUT/names.c"
}
check "no name of the system's is taken" names_are_free

# ---- Version, enums and attributes ---------------------------------------------------------------

# compiles COMPILER FLAG... compiles the standard input after an #include of xsock.h.
compiles() {
    { echo '#include "xsock.h"'; cat; } >"$OUT/program"
    "$@" "${flags[@]}" "$OUT/program"
}
# warns PATTERN COMPILER FLAG... does the same with -Wall, and succeeds if the compiler prints the
# pattern.
warns() {
    { echo '#include "xsock.h"'; cat; } >"$OUT/program"
    "${@:2}" -Wall -I "$TOP/include" -c -o /dev/null "$OUT/program" >"$OUT/warnings" 2>&1 || true
    cat "$OUT/warnings"
    grep -q -e "$1" "$OUT/warnings"
}
c=(gcc -std=c11 -x c)

version_is_known() {
    local major minor patch
    IFS=. read -r major minor patch <"$TOP/VERSION"
    compiles "${c[@]}" <<END
_Static_assert(XSOCK_VERSION_MAJOR == $major, "major");
_Static_assert(XSOCK_VERSION_MINOR == $minor, "minor");
_Static_assert(XSOCK_VERSION_PATCH == $patch, "patch");
END
}
check "the header's version is that of VERSION" version_is_known

# The newest C++ that the compiler knows. C++26 refuses an operation on two enums.
newest=(g++ -std=c++20 -x c++)
for dialect in c++23 c++26; do
    if g++ -std=$dialect -fsyntax-only -x c++ - </dev/null 2>/dev/null; then
        newest=(g++ -std="$dialect" -x c++)
    fi
done
flags_are_or_ed() {
    compiles "${newest[@]}" -Wdeprecated-enum-enum-conversion <<'END'
int a = XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK;
int b = XSOCK_MSG_DONTWAIT | XSOCK_MSG_NOSIGNAL;
short c = XSOCK_POLLIN | XSOCK_POLLPRI;
unsigned e = XSOCK_POLLER_IN | XSOCK_POLLER_RDHUP | XSOCK_POLLER_ET;
bool f = 6 == -XSOCK_EAGAIN || xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, XSOCK_IPPROTO_UDP) < 0;
END
}
check "flags can be or-ed in C++, without a warning" flags_are_or_ed
mixed_enums_warn() {
    warns 'different enumeration types' "${newest[@]}" -Wdeprecated-enum-enum-conversion \
        <<<'short a = XSOCK_POLLIN | XSOCK_POLLER_RDHUP;'
}
check "numbers of two spaces that overlap cannot be mixed in C++ without a warning" mixed_enums_warn

null_is_found() {
    warns 'argument 2 is null' "${c[@]}" -fanalyzer \
        <<<'int main(void) { return (int)xsock_send(3, NULL, 5, 0); }'
}
check "a buffer that is NULL is found by gcc -Wall -fanalyzer" null_is_found
overflow_is_found() {
    warns 'region of size 4' "${c[@]}" \
        <<<'int main(void) { char buf[4]; return (int)xsock_recv(3, buf, 5, 0); }'
}
check "a buffer that is too small is found by gcc -Wall" overflow_is_found
lost_descriptor_is_found() {
    warns Wunused-result "${c[@]}" \
        <<<'int main(void) { xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0); return 0; }'
}
check "a new descriptor that is not used is found by gcc -Wall" lost_descriptor_is_found
nothing_is_found() {
    compiles "${c[@]}" -DXSOCK_NO_ATTRIBUTES <<'END'
int main(void)
{
    xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    return (int)xsock_send(3, NULL, 5, 0);
}
END
}
check "XSOCK_NO_ATTRIBUTES turns the findings off" nothing_is_found
nothing_is_nonnull() {
    ! grep -n '(\(__\)*nonnull' "$TOP"/include/*.h
}
check "no header says nonnull, with which compilers remove checks for NULL" nothing_is_nonnull
# The definitions of xsock-posix have the types of the system's declarations.
posix_takes_no_nonnull() {
    local files file
    mapfile -t files < <(awk '/^(core|posix) / { print $2 }' "$TOP/xsock-posix/sources.txt")
    for file in "${files[@]}"; do
        compiles gcc -E -D_GNU_SOURCE -DXSOCK_POSIX_BUILD "-I$TOP/xsock-posix/include" \
            "-I$TOP/include" "$TOP/xsock-posix/$file" -o "$OUT/posix.i"
        ! grep -n '__nonnull__' "$OUT/posix.i" || return 1
    done
}
check "xsock-posix takes no nonnull from the C library's headers" posix_takes_no_nonnull
# Programs include a configuration that defines _GNU_SOURCE after the first system header. Then
# glibc declares no accept4(), and musl does.
posix_takes_late_gnu_source() {
    local flags=(-Werror "-I$TOP/xsock-posix/include" -S -o "$OUT/late.s" -x c -)
    gcc "${flags[@]}" <<'END'
#include <unistd.h>
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
int (*call)(int, int, int) = socket;
END
    grep xsock_posix_socket "$OUT/late.s"
    command -v musl-gcc || return 0
    musl-gcc "${flags[@]}" <<'END'
#include <unistd.h>
#define _GNU_SOURCE
#include <sys/socket.h>
int (*call)(int, struct sockaddr *, socklen_t *, int) = accept4;
END
    grep xsock_posix_accept4 "$OUT/late.s"
}
check "xsock-posix's headers take a _GNU_SOURCE that comes late" posix_takes_late_gnu_source

# ---- Examples and descriptions -------------------------------------------------------------------

# Each @code block is a program or the body of a function.
rm -f "$OUT"/example.*
for header in "$TOP"/include/*.h; do
    name=$(basename "$header")
    awk -v out="$OUT/example.$name" -v include="#include \"$name\"" '
        function finish() {
            if (text !~ /main\(/)
                text = include "\n#include <stdio.h>\nvoid f(void);\nvoid f(void)\n{\n" text "}\n"
            printf "%s", text >(out "." ++n ".c")
        }
        /@endcode/ { if (inside) finish(); inside = 0 }
        inside { sub(/^ \* ?/, ""); text = text $0 "\n" }
        /@code/ { inside = 1; text = "" }' "$header"
done
for example in "$OUT"/example.*.c; do
    name=$(basename "$example" .c)
    check "$name compiles in C11" gcc -std=c11 "${flags[@]}" "$example"
    check "$name compiles in C++17" g++ -std=c++17 "${flags[@]}" -x c++ "$example"
done

# The headers that docs/Doxyfile reads.
read -ra described < <(sed -n 's/^INPUT *= *//p' "$TOP/docs/Doxyfile")
described=("${described[@]/#/$TOP/}")
reference_is_whole() {
    { cat "$TOP/docs/Doxyfile"; echo "OUTPUT_DIRECTORY = $OUT/reference"; } >"$OUT/Doxyfile"
    (cd "$TOP" && doxygen "$OUT/Doxyfile")
}
check "every call, parameter, result and field is described (doxygen)" reference_is_whole

links_lead_somewhere() {
    local page target bad=0
    cd "$OUT/reference/html"
    for page in *.html; do
        while read -r target; do
            [ -e "$target" ] || { echo "$page: $target"; bad=1; }
        done < <(grep -oE '(href|src|data)="[^"#:]+["#]' "$page" |
            sed -E 's/^[^"]*"//; s/["#]$//' | sort -u)
    done
    [ -e index.html ] && return "$bad"
}
check "every link and picture of the HTML leads to a file" links_lead_somewhere

# Doxygen 1.9.4 does not report a constant of an enum that has no comment.
constants_are_described() {
    awk '/^    XSOCK_[A-Z0-9_]+( = [^,\/]*)?,?$/ && before !~ /\*\/$/ {
            print FILENAME ":" FNR ": " $0
            bad = 1
        }
        { before = $0 }
        END { exit bad }' "${described[@]}"
}
check "every constant is described" constants_are_described

calls_are_complete() {
    awk '/^\/\*\*/ { text = "" }
        { text = text $0 "\n" }
        /^XSOCK_API/ {
            if (text !~ /@since/ || text !~ /@par Blocking/ ||
                (!/ void xsock/ && text !~ /@return/)) {
                print FILENAME ":" FNR ": " $0
                bad = 1
            }
            text = ""
        }
        END { exit bad }' "${described[@]}"
}
check "every call has a comment of its own, which says if it blocks and since when it is there" \
    calls_are_complete
