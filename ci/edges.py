#!/usr/bin/env python3
"""Checks that the files of src/ depend on each other as ci/edges.txt allows, and never in a circle.

    edges.py BUILD-FOLDER [SOURCE-FOLDER]

BUILD-FOLDER holds the objects of a CMake build of the static library. An edge is an include, or a
call from one object to a function that another object defines. The script prints the edges between
folders, and then each edge that is not allowed and each circle. The exit status is 1 if there is an
edge that is not allowed, or a circle.
"""
import collections
import pathlib
import re
import subprocess
import sys

# Every folder may use these. sys.h declares the functions that the backend defines.
EVERYWHERE = {"base", "sys"}
BACKENDS = {"posix", "win32"}


def room(path):
    """The folder of a file in src/. sys.h counts as a folder of its own."""
    return path.split("/")[0] if "/" in path else "sys"


def read_rules(file):
    rules = {"sys": {"sys"}}
    for line in file.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            rules[words[0]] = set(words[1:]) | {words[0]} | EVERYWHERE
    return rules


def include_edges(src, public):
    """Yields each include of a file in src/. A name must be in src/ or public."""
    for file in sorted(src.rglob("*.[ch]")):
        name = file.relative_to(src).as_posix()
        for included in re.findall(r'^\s*#\s*include\s+"([^"]+)"', file.read_text(), re.M):
            if ".." not in included and (src / included).exists():
                yield name, included
            elif not (public / included).exists():
                yield name, f"unknown/{included}"


def symbols(object_files):
    """For each object file, the names that the file defines for others, and those that it needs."""
    tables = {str(file): (set(), set()) for file in object_files}
    listing = subprocess.run(["nm", "--extern-only", "--print-file-name", *tables],
                             capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        file, words = line.split(":", 1)
        kind, name = words.split()[-2:]
        defined, needed = tables[file]
        (needed if kind in "Uw" else defined).add(name)
    return tables


def call_edges(build, src):
    sources = {}
    for file in sorted(pathlib.Path(build).rglob("*.o*")):
        found = re.search(r"CMakeFiles/xsock\.dir/src/(.*\.c)\.o(bj)?$", file.as_posix())
        if found and (src / found[1]).exists():
            sources[str(file)] = found[1]
    if not sources:
        sys.exit(f"no objects of the static library in {build}")
    tables = {sources[file]: table for file, table in symbols(sources).items()}
    definer = {name: file for file, (defined, _) in tables.items() for name in defined}
    for file, (_, needed) in tables.items():
        for name in sorted(needed):
            target = definer.get(name)
            if target is None or target == file:
                continue
            through_seam = name.startswith("xsock__sys_") and room(target) in BACKENDS
            yield file, "sys.h" if through_seam and room(file) not in BACKENDS else target


def circles(edges):
    """The groups of files that reach each other (Tarjan's strongly connected components of at
    least two files)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in edges[node]:
            if target not in index:
                visit(target)
            if target in stack:
                low[node] = min(low[node], low[target])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def main():
    top = pathlib.Path(__file__).resolve().parent.parent
    build = sys.argv[1]
    src = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else top / "src").resolve()
    sys.setrecursionlimit(10000)
    rules = read_rules(top / "ci/edges.txt")
    edges = collections.defaultdict(set)
    for source, target in list(include_edges(src, top / "include")) + list(call_edges(build, src)):
        edges[source].add(target)
        edges[target]  # a node of the graph, though nothing may leave it
    rooms = collections.defaultdict(set)
    bad = 0
    for source, targets in sorted(edges.items()):
        if room(source) not in rules:
            print(f"{source}: the folder {room(source)} has no line in ci/edges.txt")
            bad += 1
            continue
        for target in sorted(targets):
            rooms[room(source)].add(room(target))
            if room(target) not in rules[room(source)]:
                print(f"not allowed: {source} -> {target}")
                bad += 1
    for source in sorted(rooms):
        print(f"{source:8} -> {' '.join(sorted(rooms[source] - {source}))}")
    for group in circles(edges):
        print("circle: " + " ".join(group))
        bad += 1
    print(f"{sum(map(len, edges.values()))} edges between {len(edges)} files, {bad} wrong")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
