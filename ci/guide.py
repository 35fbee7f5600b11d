#!/usr/bin/env python3
"""Compares the programs and the output in docs/guide and README.md with examples/guide.

    ci/guide.py --write                 copies the programs into the pages
    ci/guide.py PROGRAMS [RUNNER...]    checks the pages, and runs their commands

A comment <!-- FILE --> stands before the block that shows FILE. A block of "console" holds commands
("$ ./NAME ARGUMENT...") and their output. PROGRAMS is the folder of the compiled programs, and
RUNNER is put before each command. A command that ends in & goes on while the later commands run. A
port in the page's output of such a command stands for its real port. The script does not run
programs that are not in the folder, and prints their names.
"""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = re.compile(r"<!-- (examples/\S+) -->\n```c\n(.*?)```\n", re.S)
CONSOLE = re.compile(r"```console\n(.*?)```\n", re.S)
LIMIT = 60  # seconds that a program may take


def write(pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.write_text(PROGRAM.sub(
            lambda match: f"<!-- {match[1]} -->\n```c\n{(TOP / match[1]).read_text()}```\n", text),
            encoding="utf-8")
    return 0


def commands_of(text):
    """Returns (command, output) in the order of the page."""
    out = []
    for block in CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ ./"):
                out.append((line[4:], []))
            else:
                out[-1][1].append(line)
    return out


def run_page(page, folder, runner):
    """Runs the commands of a page, and returns the faults and how many were run."""
    faults, background, ports, count = [], [], {}, 0
    name = page.name

    def compare(command, wanted, got, status):
        for old, new in ports.items():
            wanted = [re.sub(rf"\b{old}\b", new, line) for line in wanted]
        if status or got != wanted:
            faults.append(f"{name}: {command}: exit {status}, printed {got}, not {wanted}")

    for command, wanted in commands_of(page.read_text(encoding="utf-8")):
        words = command.split()
        program = next((path for path in (folder / words[0], folder / (words[0] + ".exe"))
                        if path.exists()), None)
        if program is None:
            print(f"{name}: {words[0]} is not built here")
            continue
        count += 1
        arguments = [ports.get(word, word) for word in words[1:] if word != "&"]
        process = subprocess.Popen(runner + [program] + arguments, stdout=subprocess.PIPE,
                                   text=True)
        if words[-1] == "&":
            line = process.stdout.readline().rstrip()
            ports[wanted[0].rsplit(" ", 1)[1]] = line.rsplit(" ", 1)[-1]
            background.append((command, wanted, line, process))
            continue
        out, _ = process.communicate(timeout=LIMIT)
        compare(command, wanted, out.splitlines(), process.returncode)
    for command, wanted, line, process in background:
        out, _ = process.communicate(timeout=LIMIT)
        compare(command, wanted, [line] + out.splitlines(), process.returncode)
    return faults, count


def unknown_names():
    """The names of xsock in the documents that neither a header nor the build knows."""
    sources = [TOP / "CMakeLists.txt", *TOP.glob("*/CMakeLists.txt"), *(TOP / "src").glob("*.h"),
               *(TOP / "include").glob("*.h"), *TOP.glob("xsock-*/include*/**/*.h"),
               *TOP.glob("xsock-*/src/*.c"),
               *(TOP / "tools").glob("amalgamate.py")]
    known = set()
    for path in sources:
        known |= set(re.findall(r"\b(?:xsock|XSOCK)_\w+", path.read_text(encoding="utf-8")))
    faults = []
    for page in [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for name in sorted(set(re.findall(r"\b(?:xsock|XSOCK)_\w+(?!\w|\.\.\.)", text))):
            if name not in known and not name.startswith("xsock__"):
                faults.append(f"{page.name}: names {name}, which does not exist")
    return faults


def main():
    pages = [TOP / "README.md"] + sorted((TOP / "docs/guide").glob("*.md"))
    if sys.argv[1] == "--write":
        return write(pages)
    folder, runner = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    faults, count, shown = [], 0, set()
    for page in pages:
        for name, code in PROGRAM.findall(page.read_text(encoding="utf-8")):
            shown.add(name)
            if code != (TOP / name).read_text(encoding="utf-8"):
                faults.append(f"{page.name}: {name} is another text: run ci/guide.py --write")
        more, ran = run_page(page, folder, runner)
        faults += more
        count += ran
    for path in sorted((TOP / "examples/guide").glob("*.c")):
        if str(path.relative_to(TOP)) not in shown:
            faults.append(f"{path.name}: no page shows this program")
    index = (TOP / "docs/README.md").read_text(encoding="utf-8")
    for page in pages[1:]:
        if f"(guide/{page.name})" not in index:
            faults.append(f"{page.name}: docs/README.md does not link to it")
    faults += unknown_names()
    for fault in faults:
        print(fault)
    print(f"{len(pages)} pages, {len(shown)} programs, {count} commands run, {len(faults)} faults")
    return bool(faults) or count == 0


if __name__ == "__main__":
    sys.exit(main())
