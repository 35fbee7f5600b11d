#!/usr/bin/env python3
"""Makes xsock.c and xsock.h, the library as one file to put into another project.

    tools/amalgamate.py [--line] [FOLDER]      FOLDER: dist if none is given

FOLDER gets xsock.c, xsock.h (with xsock_families.h inside), xsock_native.h, xsock_wasix.h and
LICENSE. --line adds #line, so that messages and debuggers name the files of this repository.

xsock.c has the core, then the calls of WASIX, then both backends, of which the system chooses one.
Headers stand where the first file includes them. Hidden functions become static by the macro
XSOCK__PRIVATE. A name that two files have, each for something else, gets the file's name as a
prefix, and the macros of a file are undefined at its end. The sources need to be formatted as
.clang-format says: declarations of a file begin in the first column.
"""
import argparse
import collections
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = (TOP / "src", TOP / "include")
PUBLIC = ("xsock_native.h", "xsock_wasix.h")

INCLUDE = re.compile(r'\s*#\s*include\s+("|<)([^">]+)[">]')
DIRECTIVE = re.compile(r"\s*#\s*(\w+)\s*(\w*)")
# A declaration of a hidden function or object in a header. A macro of a header may declare some.
HIDDEN = re.compile(r"^(#define \w+\([^)]*\) )?(?:extern |(?!\w+ \w+;))"
                    r"(?!static\b|typedef\b|extern\b|#)"
                    r"([A-Za-z_][\w \*]*[ \*]xsock__\w+(?:##\w+)?[(;])")
# A function that a header defines. Not every system uses it.
INLINE = re.compile(r"^static (?=inline )")
# The definition of a hidden object.
OBJECT = re.compile(r"^((?:const struct \w+|xsock__atomic_\w+) xsock__\w+(?: = |;))", re.M)

BANNER = """\
/* xsock {version}, the library as one file: one socket API that means the same on every system.
 *
 * Compile this file as C11 with the rest of your program, and include "xsock.h":
 *     cc app.c xsock.c                            (-pthread where the C library asks for it)
 *     gcc app.c xsock.c -lws2_32 -liphlpapi       (Windows)
 *     cl /std:c11 app.c xsock.c ws2_32.lib iphlpapi.lib
 * A C++ program compiles this file with the C compiler.
 *
 * Macros that you may define for this file:
 *     XSOCK_NO_WASIX            leave out the calls of xsock_wasix.h
 *     XSOCK_POSIX_POLLER_POLL   pollers are built on poll() (not on Windows)
 *
 * tools/amalgamate.py of the repository made this file. Change the sources there.
 *
{licence} */
"""

FIRST = """
/* What the system's headers must know. It stands before the first of them. */
#if defined(_WINDOWS_) || defined(_WINSOCK2API_) || \
    (defined(__GLIBC__) && !defined(_GNU_SOURCE))
#error "No header may stand before xsock.c: compile xsock.c apart, and without a precompiled header"
#endif
#if defined(_WIN32)
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#if !defined(_WIN32_WINNT) || _WIN32_WINNT < 0x0601
#undef _WIN32_WINNT
#undef NTDDI_VERSION
#define _WIN32_WINNT 0x0601 /* Windows 7 */
#endif
#ifndef _CRT_SECURE_NO_WARNINGS
#define _CRT_SECURE_NO_WARNINGS /* C's own functions are no fault */
#endif
#else
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542 1
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif
#endif

#define XSOCK_VERSION "{version}"

/* Hidden functions. Not every system and not every build uses all of them. */
#if defined(__GNUC__)
#define XSOCK__UNUSED __attribute__((__unused__))
#else
#define XSOCK__UNUSED
#endif
#ifndef XSOCK__PRIVATE
#define XSOCK__PRIVATE XSOCK__UNUSED static
#endif

/* gcc inlines across what used to be files, and guesses wrong. A function that fails leaves its
 * out-parameters as they are, and gcc does not always see that the caller looks at the result
 * first. gcc does not see either that a reference is not the last one. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#if __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif
#endif

#include "xsock.h"
"""


def read(path):
    return path.read_text(encoding="utf-8")


def find(name, beside):
    """The project's file that an #include in `beside` means."""
    for folder in (beside.parent, *FOLDERS):
        if (folder / name).is_file():
            return (folder / name).resolve()
    sys.exit(f"{beside}: there is no {name}")


def sources(*kinds):
    lines = (line.split() for line in read(TOP / "sources.txt").splitlines())
    return [TOP / words[1] for words in lines if words and words[0] in kinds]


# ---- The names that a file has for itself --------------------------------------------------------

def without_comments(text):
    """C code with comments, strings and directives left out."""
    text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
                  lambda match: " " if match[0][0] == "/" else "0", text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)


def outer_parts(code):
    """The declarations of a file, each with (0) for what braces of functions hold."""
    depth, part = 0, ""
    for piece in re.split(r"([{};])", code):
        depth += piece == "{"
        part += piece
        depth -= piece == "}"
        if depth == 0 and (piece == ";" or (piece == "}" and re.search(r"\)\s*\{", part))):
            yield part.strip()
            part = ""


def tags_and_constants(part):
    for match in re.finditer(r"\b(?:struct|union|enum)\s+(\w+)\s*\{", part):
        yield match[1]
    for match in re.finditer(r"\benum\b[^{;()]*\{([^}]*)\}", part):
        yield from re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"\([^()]*\)", "", match[1]))


def own_names(text):
    """The names that a file's text declares in the scope of the file, hidden functions aside."""
    names = set()
    for part in outer_parts(without_comments(text)):
        head = part.split("{")[0] if re.search(r"\)\s*\{", part) else part
        names.update(tags_and_constants(part))
        if part.startswith("typedef"):
            names.update(re.findall(r"(\w+)\s*(?:\([^()]*\)\s*)?;$", part))
        elif re.search(r"\bstatic\b", head.split("=")[0]):
            found = re.search(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|;$|\((?!\())", head)
            if found:
                names.add(found[1])
    return {name for name in names if not name.lower().startswith("xsock_")}


def macros(text):
    """The macros that a text defines, and whether each stands behind an #ifndef of its own name."""
    out, guard = {}, ""
    for line in text.splitlines():
        match = DIRECTIVE.match(line)
        if match and match[1] == "define":
            out.setdefault(match[2], match[2] in guard)
        elif match and match[1] == "undef":
            out.pop(match[2], None)
        if match and match[1] in ("if", "ifndef", "elif", "else", "endif"):
            guard = line if match[1] in ("if", "ifndef") else ""
    return {name: guarded for name, guarded in out.items() if not re.match(r"XSOCK_|_", name)}


# ---- One file of the library ---------------------------------------------------------------------

# Includes, comments, strings, members behind a dot or an arrow, words, and what else C has.
TOKEN = re.compile(r"""\#\s*include[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'"""
                   r"|(?:\.|->)\s*[A-Za-z_]\w*|[A-Za-z_]\w*|\s+|.", re.S)


def renamed(text, names, prefix):
    """A text in which the names, where they are not a member's, have the prefix."""
    tokens = TOKEN.findall(text)
    words = [n for n, token in enumerate(tokens) if not token.isspace() and token[:2] != "/*"]
    record = []  # for each open brace, whether it holds the members of a struct or union
    for i, n in enumerate(words):
        token = tokens[n]
        before = [tokens[words[i - back]] if i >= back else "" for back in (1, 2)]
        after = tokens[words[i + 1]] if i + 1 < len(words) else ""
        if token == "{":
            record.append("struct" in before or "union" in before)
        elif token == "}" and record:
            record.pop()
        elif token in names:
            member = record and record[-1] and after in (";", ",", "[", ":") and \
                before[0] not in ("struct", "union", "enum", "[")
            if not member:
                tokens[n] = prefix + token
    return "".join(tokens)


def conditional_includes(lines):
    """The project's headers that a file includes in an #if. Other files may need them without."""
    depth = 0
    for line in lines:
        word, match = DIRECTIVE.match(line), INCLUDE.match(line)
        if word:
            depth += word[1].startswith("if")
            depth -= word[1] == "endif"
        if match and match[1] == '"' and depth:
            yield match[2]


class Writer:
    """Writes the files of one part. `done` are the headers that an earlier part has."""

    def __init__(self, shared, line, done=()):
        self.shared, self.line, self.done, self.out = shared, line, set(done), []
        self.undefine = {}  # the macros of the source, with whether an #ifndef is before each
        self.own, self.prefix = set(), ""  # the names of the source that get a prefix

    def put(self, *lines):
        for line in lines:
            if line or self.line or (self.out and self.out[-1]):
                self.out.append(line)

    def place(self, path, number):
        if self.line:
            self.put(f'#line {number} "{path.relative_to(TOP).as_posix()}"')

    def include(self, name, beside):
        """Inlines a header that is not there yet, and rows each time. Tells whether it did."""
        path = find(name, beside)
        if path.name in ("xsock.h", "xsock_families.h") or path in self.done:
            return False
        text = read(path)
        if path.suffix == ".h":
            self.done.add(path)
            self.undefine.update((name, False) for name, guarded in macros(text).items()
                                 if not guarded)
        else:
            text = renamed(text, self.own, self.prefix)
        self.place(path, 1)
        self.lines(path, text.splitlines())
        return True

    def lines(self, path, lines):
        hides = path.suffix == ".h" and path.name not in PUBLIC
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match and match[1] == '"':
                if self.include(match[2], path):
                    self.place(path, number + 1)
                else:
                    self.put("")
            else:
                if hides:
                    line = HIDDEN.sub(r"\1XSOCK__PRIVATE \2", line)
                    line = INLINE.sub("XSOCK__UNUSED static ", line)
                self.put(line)
                match = DIRECTIVE.match(line)
                if path.suffix == ".c" and match and self.undefine.get(match[2]) \
                        and match[1] == "define":
                    self.put(f"#define XSOCK__OWN_{match[2]}")
                    self.place(path, number + 1)

    def source(self, path):
        """A source: its headers, its text with names of its own, and the end of its macros."""
        text = read(path)
        self.put("", f"/* ==== {path.relative_to(TOP).as_posix()} ==== */", "")
        self.undefine = macros(text)
        for name in conditional_includes(text.splitlines()):
            self.include(name, path)
        self.own = own_names(text) & self.shared
        self.prefix = "_".join(("xsock_", *path.relative_to(TOP / "src").with_suffix("").parts, ""))
        text = OBJECT.sub(r"XSOCK__PRIVATE \1", renamed(text, self.own, self.prefix))
        self.place(path, 1)
        self.lines(path, text.splitlines())
        for name, guarded in self.undefine.items():
            self.put(*([f"#ifdef XSOCK__OWN_{name}", f"#undef {name}",
                        f"#undef XSOCK__OWN_{name}", "#endif"] if guarded else [f"#undef {name}"]))


def shared_names(files):
    """The names of files that other files have for something else, if only for a local variable."""
    headers = [read(path) for folder in FOLDERS for path in folder.rglob("*.h")]
    texts = [read(path) for path in files]
    owners = collections.Counter(name for text in texts + headers for name in own_names(text))
    users = collections.Counter(name for text in texts for name in
                                set(re.findall(r"\w+", without_comments(text))))
    return {name for name, count in owners.items() if count > 1 or users[name] > 1}


def library(line):
    """The text of xsock.c."""
    parts = {kind: sources(kind) for kind in ("core", "wasix", "posix", "win32")}
    shared = {backend: shared_names(parts["core"] + parts["wasix"] + parts[backend])
              for backend in ("posix", "win32")}
    shared["core"] = shared["wasix"] = shared["posix"] | shared["win32"]
    version = read(TOP / "VERSION").split()[0]
    licence = "".join(f" * {text}".rstrip() + "\n" for text in read(TOP / "LICENSE").splitlines())
    out = [BANNER.format(version=version, licence=licence) + FIRST.format(version=version)]
    done = set()
    for kind, start, end in (("core", "", ""), ("wasix", "#ifndef XSOCK_NO_WASIX", "#endif"),
                             ("win32", "#if defined(_WIN32)", ""), ("posix", "#else", "#endif")):
        part = Writer(shared[kind], line, done)
        for path in parts[kind]:
            part.source(path)
        done = part.done if kind == "core" else done
        out += [start, *part.out, end]
    return "\n".join(out) + "\n"


def header():
    """The text of xsock.h, with xsock_families.h where it includes it."""
    families = read(TOP / "include/xsock_families.h").replace('#include "xsock.h"\n\n', "")
    return read(TOP / "include/xsock.h").replace('#include "xsock_families.h"\n', families)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--line", action="store_true", help="add #line")
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=TOP / "dist")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    files = {"xsock.c": library(options.line), "xsock.h": header(),
             "LICENSE": read(TOP / "LICENSE")}
    files.update((name, read(TOP / "include" / name)) for name in PUBLIC)
    for name, text in files.items():
        (options.folder / name).write_text(text, encoding="utf-8", newline="\n")


main()
