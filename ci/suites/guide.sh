# needs: build python mingw wine
# Checks the guide. Its programs are those of examples/guide, compile without a warning, and print
# the output that the pages show. The links of all documents are valid.
# shellcheck shell=bash

mkdir -p "$OUT/posix" "$OUT/windows"
flags=(-std=c11 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -I "$TOP/include")
posix_only=(fork threads local) # Windows has no fork and passes no handles; threads.c has pthreads

must "the library is built" common_build native
for program in "$TOP"/examples/guide/*.c; do
    name=$(basename "$program" .c)
    check "$name compiles without a warning" gcc "${flags[@]}" -D_POSIX_C_SOURCE=200809L \
        "$program" "$BUILD/common/native/libxsock.a" -pthread -o "$OUT/posix/$name"
done
check "the programs print what the guide says" python3 "$TOP/ci/guide.py" "$OUT/posix"

once wine quietly make_wine_prefix
keep_wine
must "the library for Windows is built" common_build windows
for program in "$TOP"/examples/guide/*.c; do
    name=$(basename "$program" .c)
    case " ${posix_only[*]} " in *" $name "*) continue ;; esac
    check "$name compiles for Windows without a warning" x86_64-w64-mingw32-gcc "${flags[@]}" \
        -D__USE_MINGW_ANSI_STDIO=1 "$program" "$BUILD/common/windows/libxsock.a" \
        -lws2_32 -liphlpapi -o "$OUT/windows/$name.exe"
done
check "the programs print the same on Windows (Wine)" python3 "$TOP/ci/guide.py" "$OUT/windows" wine

# The comparison itself is tested. It must find a line of output that is not printed.
planted() {
    rm -rf "$OUT/planted"
    mkdir -p "$OUT/planted/ci"
    cp -r "$TOP"/{docs,examples,include,src,tools,README.md,CMakeLists.txt} "$OUT/planted/"
    cp "$TOP/ci/guide.py" "$OUT/planted/ci/"
    sed -i "$1" "$OUT/planted/docs/guide/$2"
    ! python3 "$OUT/planted/ci/guide.py" "$OUT/posix" >"$OUT/planted.found" || return 1
    cat "$OUT/planted.found"
    grep -q "$2" "$OUT/planted.found"
}
check "output that is wrong is found" planted 's/^5 bytes: three/5 bytes: tree/' datagrams.md
check "a program that is not its file is found" planted 's/xsock_now() + 20/xsock_now() + 30/' \
    time.md
check "a call that does not exist is found" planted 's/`xsock_addr_any()`/`xsock_addr_all()`/' \
    names.md

links() {
    local bad=0 page link
    for page in "$TOP"/*.md "$TOP"/docs/*.md "$TOP"/docs/guide/*.md; do
        while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || { echo "${page#"$TOP"/}: $link"; bad=1; }
        done < <(grep -oE '\]\([^)#:]+[)#]' "$page" | sed 's/^](//; s/[)#]$//')
    done
    return $bad
}
check "every link in the documents leads to a file" links
