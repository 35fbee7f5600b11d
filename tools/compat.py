#!/usr/bin/env python3
"""Makes docs/compat.md from the rows of the source.

    tools/compat.py [--check] [SYSTEM=COMPILER]...

SYSTEM=COMPILER names the command that preprocesses for a POSIX system, such as "Linux=gcc". Each
column of a POSIX system needs one. --check compares, and writes nothing.
"""
import pathlib
import re
import shlex
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PAGE = TOP / "docs/compat.md"
SYSTEMS = ("Linux", "FreeBSD", "macOS", "Windows")
ROW = re.compile(r"^ROW\(([^)]*)\)", re.M)

TOP_TEXT = """\
# What each system has

`tools/compat.py` makes this page from the rows of the source. The suite `compat` compares them.

## Families

A family that stands here is known to xsock on that system. The kernel that runs may lack the family
all the same, and xsock_open() then gives EAFNOSUPPORT, as for a family that is not in the column.

"""
TRUTH = """
## The truth table of xsock_open

These triples are valid on every system that has the family and the protocol. Every other triple is
refused: an unknown type with ESOCKTNOSUPPORT, an unknown protocol with EPROTONOSUPPORT. Protocol 0
means the default.

"""
READY = """
## Readiness

What xsock_poll() and pollers report of a socket in each state, on every system. Only pollers report
RDHUP. The states have the names that `tests/test_readiness.c` has for them.

"""


def read(name):
    return (TOP / name).read_text(encoding="utf-8")


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def posix_families(compiler):
    """The families of src/posix/numbers.c, as a system's compiler sees the file."""
    command = [*shlex.split(compiler), "-E", "-P", "-I", str(TOP / "src"), "-I",
               str(TOP / "include"), str(TOP / "src/posix/numbers.c")]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    start = re.search(r"\bxsock__sys_family\([^)]*\)\s*\{", text).end()
    return set(re.findall(r"case\s+XSOCK_AF_(\w+)\s*:", text[start:text.index("default", start)]))


def windows_families():
    rows = re.search(r"families\[\] = \{(.*?)\n\};", read("src/win32/numbers.c"), re.S)[1]
    return set(re.findall(r"\{XSOCK_AF_(\w+),", rows))


def families(compilers):
    have = {system: posix_families(compilers[system]) for system in SYSTEMS[:-1]}
    have["Windows"] = windows_families()
    names = re.findall(r'^FAMILY\((\w+), "', read("src/facts/numbers.def"), re.M)
    return table(["family", *SYSTEMS], [
        [f"`XSOCK_AF_{name}`", *("yes" if name in have[system] else "" for system in SYSTEMS)]
        for name in names if name != "UNSPEC"])


def truth():
    rows = []
    for match in ROW.finditer(read("src/facts/triples.def")):
        af, kind, first, last, default = (word.strip() for word in match[1].split(","))
        protocols = f"`{first}`" if first == last else f"`{first}` to `{last}`"
        rows.append([f"`{af}`", f"`{kind}`", protocols, "yes" if default == "true" else ""])
    return table(["family", "type", "protocol", "default"], rows)


def readiness():
    rows = [[word.strip() for word in match[1].split(",")]
            for match in ROW.finditer(read("tests/readiness.def"))]
    return table(["state", "events"], [
        [state.replace("_", " "), "none" if events == "0" else events.replace(" |", ",")]
        for state, events in rows])


def main():
    words = sys.argv[1:]
    check = "--check" in words
    compilers = dict(word.split("=", 1) for word in words if word != "--check")
    text = TOP_TEXT + families(compilers) + TRUTH + truth() + READY + readiness()
    if not check:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    elif text != PAGE.read_text(encoding="utf-8"):
        sys.exit("docs/compat.md differs from the rows: run ci/test.sh compat with COMPAT_WRITE=1")


main()
