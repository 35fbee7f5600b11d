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
# The core has these options itself, and no backend has a row for them.
IN_THE_CORE = {"ERROR", "TYPE", "PROTOCOL", "FAMILY", "RCVTIMEO", "SNDTIMEO", "CONNTIMEO",
               "ACCPTIMEO"}
# This option is code in both backends. FreeBSD and macOS have nothing like it.
IN_CODE = {"PROMISCUOUS": {"Linux", "Windows"}}

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
OPTIONS = """
## Options

The sockets that have an option, and the systems that have it. A kernel that is older than the
option gives ENOPROTOOPT, as a system does that is not in the column.

"""
WAKING = """
## Waking

What a call that waits returns when another thread changes its socket, on every system. The columns
after the change are xsock_recv() and its kin, xsock_accept(), xsock_send() and its kin,
xsock_connect(), xsock_poll() and xsock_poller_wait(). "Duplicates" tells whether the change has the
same effect if it is made by a duplicate of the descriptor.

"""
READY = """
## Readiness

What xsock_poll() and pollers report of a socket in each state, on every system. Only pollers report
RDHUP. The states have the names that `tests/support/ready_states.c` has for them.

"""


def read(name):
    return (TOP / name).read_text(encoding="utf-8")


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def preprocessed(compiler, name):
    """A file of the source, as a system's compiler sees it."""
    command = [*shlex.split(compiler), "-E", "-P", "-I", str(TOP / "src"), "-I",
               str(TOP / "include"), str(TOP / name)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def posix_families(compiler):
    text = preprocessed(compiler, "src/posix/numbers.c")
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


def described(name):
    """What the header has in brackets for an option: its kind, its sockets, its systems."""
    text = read("include/xsock.h")
    comment = text[:re.search(rf"^    XSOCK_SO_{name}\b", text, re.M).start()]
    words = re.sub(r"\s*\n\s*\*\s*", " ", comment[comment.rindex("[") + 1:comment.rindex("]")])
    return [*(part.strip() for part in words.split(";")), "", ""][:3]


def options(compilers):
    # Behind the rows there is the code for options that are more than a number.
    have = {system: preprocessed(compilers[system], "src/posix/options.c").split("rows[]", 1)[1]
            for system in SYSTEMS[:-1]}
    have["Windows"] = read("src/win32/options.c").split("rows[]", 1)[1]
    rows = []
    for name in re.findall(r"^OPTION\((\w+),", read("src/facts/options.def"), re.M):
        kind, sockets, only = described(name)
        systems = IN_CODE.get(name) or {
            system for system in SYSTEMS
            if name in IN_THE_CORE or re.search(rf"\b(XSOCK_SO_|\w+\(){name}\b", have[system])}
        if only and systems != {system for system in SYSTEMS if system in only}:
            sys.exit(f"xsock.h says of XSOCK_SO_{name}: {only}; the rows: {sorted(systems)}")
        rows.append([f"`XSOCK_SO_{name}`", kind, sockets or "see `xsock.h`",
                     *("yes" if system in systems else "" for system in SYSTEMS)])
    return table(["option", "kind", "sockets", *SYSTEMS], rows)


def waking():
    def result(word):
        word = word.removeprefix("-XSOCK_").removeprefix("XSOCK_POLL")
        return "goes on" if word == "STAYS" else word.replace(" |", ",")

    rows = []
    for match in ROW.finditer(read("tests/wakes.def")):
        name, _, duplicates, *results = (word.strip() for word in match[1].split(","))
        rows.append([name.strip('"'), "yes" if duplicates == "true" else "no",
                     *map(result, results)])
    return table(["change", "duplicates", "recv", "accept", "send", "connect", "poll", "poller"],
                 rows)


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
    text = (TOP_TEXT + families(compilers) + TRUTH + truth() + OPTIONS + options(compilers)
            + READY + readiness() + WAKING + waking())
    if not check:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    elif text != PAGE.read_text(encoding="utf-8"):
        sys.exit("docs/compat.md differs from the rows: run ci/test.sh compat with COMPAT_WRITE=1")


main()
