#!/usr/bin/env python3
"""Writes the facts that the public headers must never change: abi/exports.txt and tests/abi.c.

    ci/abi.py           writes both files
    ci/abi.py --check   fails, and prints the difference, if a file is out of date

Compilers tell the numbers, sizes and offsets, for each layout of LAYOUTS. No program is run:
a table of constants is compiled to assembly, and the values are read from the assembly. The
script needs gcc for x86-64, which also compiles for 32 bits without a C library, and mingw-w64
for 32 bits."""
import difflib
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
HEADERS = sorted(path.name for path in (TOP / "include").glob("*.h"))

# How a compiler lays out structures: pointers of 64 bits; pointers of 32 bits; and pointers of
# 32 bits with 64-bit integers that are aligned to 4 bytes (System V on i386).
LAYOUTS = [["gcc", "-m64"], ["i686-w64-mingw32-gcc"], ["gcc", "-m32"]]
OPTIONS = ["-std=c11", "-ffreestanding", "-I", str(TOP / "include"), "-x", "c"]

# These are not part of the ABI: each release changes the version, and XSOCK_API has no value.
UNFIXED = re.compile(r"XSOCK_VERSION_|XSOCK_API$")

INCLUDES = "".join(f'#include "{name}"\n' for name in HEADERS)

EXPORTS_HEAD = """\
# Every function that the shared library exports, sorted. ci/abi.py writes this file from the
# headers. CMake and Meson make the linker's list of symbols from it. CI compares it with the
# headers and with what the libraries export.
"""

TEST_HEAD = f"""\
/* The numbers, sizes and offsets that programs are compiled with. If one changes, programs that
 * were compiled before break. ci/abi.py writes this file from the headers. Compiling it is the
 * test.
 *
 * LAYOUT has three values: for pointers of 64 bits, for pointers of 32 bits, and for pointers of
 * 32 bits where 64-bit integers are aligned to 4 bytes (System V on i386). */
#include <stddef.h>

{INCLUDES}
struct aligned {{
    char byte;
    int64_t word;
}};

#define LAYOUT(bits64, bits32, i386) \\
    (sizeof(void *) == 8 ? (bits64) : offsetof(struct aligned, word) == 8 ? (bits32) : (i386))
#define NUMBER(name, value) _Static_assert((name) == (value), #name)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#define FIELD(type, field, offset) \\
    _Static_assert(offsetof(type, field) == (offset), #type "." #field)
"""


def output(command, text):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def preprocessed():
    return output(["gcc", *OPTIONS, "-E", "-P", "-"], INCLUDES)


def exports(text):
    """The declared functions, without the types of functions."""
    names = re.findall(r"\b(xsock_\w+)\s*\([^{}]*?;", re.sub(r"typedef[^;{]*;", "", text))
    return sorted(set(names))


def enums(text):
    """Returns (name of the enumeration, its constants), in the headers' order."""
    found = []
    for tag, body in re.findall(r"\benum\s*(\w*)\s*\{([^}]*)\}", text):
        names = re.findall(r"\b(XSOCK_\w+)\s*(?:=|,|$)", re.sub(r"=[^,]*", "=", body.strip()))
        if names:
            found.append((f"enum {tag}" if tag else "an enum without a name", names))
    return found


def macros():
    """The constants that are macros, which are the macros whose text is an integer."""
    text = output(["gcc", *OPTIONS, "-E", "-dM", "-"], INCLUDES)
    number = r"\(?(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*\)?"
    found = re.findall(rf"^#define (XSOCK_\w+) {number}$", text, re.M)
    return sorted(name for name in found if not UNFIXED.match(name))


def fields(body):
    if "{" in body:
        raise SystemExit(f"a structure in a structure: {body}")
    for declaration in body.split(";"):
        for declarator in declaration.split(","):
            name = re.search(r"(\w+)\s*(?:\[[^\]]*\]\s*)*$", declarator)
            if name:
                yield name.group(1)


def structures(text):
    return [(tag, list(fields(body)))
            for tag, body in re.findall(r"\bstruct\s+(xsock_\w+)\s*\{(.*?)\}\s*;", text, re.S)]


def values(compiler, expressions):
    """The values that a compiler computes for constant expressions."""
    rows = ",\n".join(f"    (long long)({e})" for e in expressions)
    source = f"#include <stddef.h>\n{INCLUDES}const long long table[] = {{\n{rows}}};\n"
    assembly = output([*compiler, *OPTIONS, "-S", "-o", "-", "-"], source)
    table = assembly[assembly.index("table:"):]
    if ".quad" in table:
        numbers = [int(n) for n in re.findall(r"\.quad\s+(-?\d+)", table)]
    else: # in halves, the low one first
        halves = [int(n) & 0xffffffff for n in re.findall(r"\.long\s+(-?\d+)", table)]
        numbers = [low | high << 32 for low, high in zip(halves[::2], halves[1::2])]
        numbers = [n - (1 << 64) if n >> 63 else n for n in numbers]
    if len(numbers) != len(expressions):
        raise SystemExit(f"{' '.join(compiler)}: {len(numbers)} values of {len(expressions)}")
    return numbers


def assertions(text):
    """Yields (heading, [(macro, arguments, expression)])."""
    for tag, names in enums(text):
        yield tag, [("NUMBER", name, name) for name in names]
    if macros():
        yield "macros", [("NUMBER", name, name) for name in macros()]
    for tag, names in structures(text):
        rows = [("SIZE", f"struct {tag}", f"sizeof(struct {tag})")]
        rows += [("FIELD", f"struct {tag}, {name}", f"offsetof(struct {tag}, {name})")
                 for name in names]
        yield f"struct {tag}", rows


def test(text):
    groups = list(assertions(text))
    expressions = [row[2] for _, rows in groups for row in rows]
    table = iter(zip(*(values(compiler, expressions) for compiler in LAYOUTS)))
    lines = [TEST_HEAD]
    for heading, rows in groups:
        lines.append(f"\n/* {heading} */\n")
        for macro, arguments, _ in rows:
            row = next(table)
            value = str(row[0]) if len(set(row)) == 1 else "LAYOUT({}, {}, {})".format(*row)
            lines.append(f"{macro}({arguments}, {value});\n")
    return "".join(lines)


def main(arguments):
    if arguments not in ([], ["--check"]):
        raise SystemExit(__doc__)
    text = preprocessed()
    failed = False
    for name, new in [("abi/exports.txt", EXPORTS_HEAD + "\n".join(exports(text)) + "\n"),
                      ("tests/abi.c", test(text))]:
        path = TOP / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if not arguments:
            path.write_text(new, encoding="utf-8")
        elif old != new:
            failed = True
            sys.stdout.writelines(difflib.unified_diff(
                old.splitlines(True), new.splitlines(True), name, "written anew by ci/abi.py"))
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
