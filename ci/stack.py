"""Finds the deepest call of the library, in bytes of stack of its own frames. Frames of the C
library are not counted.

    stack.py [--backend posix|win32] [--limit BYTES] [--objects FOLDER] COMPILER [OPTION...]

Compiles the sources with -fcallgraph-info=su (gcc 10 and later), and adds the frames up along the
calls. A call by a pointer may reach each function whose address the nearest function on the path
has taken. STORED names the targets of pointers that are kept in structures. Prints the deepest
path. The exit status is 0 if the deepest path is within the limit.

--objects names a folder for the compiled objects. If the folder exists, its objects are used, and
nothing is compiled.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Calls through a pointer in a structure or a table, and the functions that the pointer may have.
STORED = [
    (r"(_let_go|close_locked|remove_if|_close_late|in_child|complete_close|_drain|_destroy|_end)$",
     r"(xsock__sock_close|(^|:)close_held|xsock__sock_empty)$"),
    (r"_notify_observers$", r"poller\.c:(closed|member_closed)$"),
    (r"(leave_sock|drop_sock|unref)$", r"wasix/(event|pipe|epoll)\.c:\w*gone\w*$"),
    # These pointers are the system's. None of our functions is behind them but the harmless one.
    (r"win32/accept\.c:(run|get_peer)$", r"win32/accept\.c:load$"),
    (r"(xsock__afd_\w+|win32/afd\.c:\w+)$", r"win32/afd\.c:find$"),
    (r"(wasix/file\.c:transfer|xsock__wasix_file_(read|write))$",
     r"wasix/(event|pipe)\.c:(read|write)_(event|pipe)$"),
    (r"(wasix/poll\.c:\w+|xsock__wasix_poll_oneoff)$",
     r"wasix/(event|pipe)\.c:\w*available\w*$"),
]

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \(([a-z,]+)\)')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')


def sources(backend):
    with open(os.path.join(TOP, "sources.txt"), encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if words and words[0] in ("core", "wasix", backend):
                yield words[1]


def compile_one(compiler, options, source, name):
    subprocess.run([compiler, "-std=c11", "-Iinclude", "-Isrc", "-D_GNU_SOURCE",
                    "-D_WIN32_WINNT=0x0601", '-DXSOCK_VERSION="0"', *options,
                    "-ffunction-sections", "-fcallgraph-info=su", "-c", source, "-o", name + ".o"],
                   cwd=TOP, check=True)


def compile_all(compiler, options, backend, folder):
    """Runs one compiler for each processor at the same time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(
            lambda source: compile_one(compiler, options, source, object_name(folder, source)),
            sources(backend)))


def object_name(folder, source):
    return os.path.join(folder, source.replace("/", "_"))


def read_graph(path, frames, calls):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            node, edge = NODE.match(line), EDGE.match(line)
            if node:
                if node.group(3) == "dynamic":
                    sys.exit(f"stack.py: {node.group(1)} has a frame without a bound")
                frames[node.group(1)] = int(node.group(2))
            elif edge:
                calls.setdefault(edge.group(1), set()).add(edge.group(2))


def read_taken(objdump, source, name, known, taken):
    """The functions whose address each function takes: relocations other than its own calls."""
    owner = None
    done = subprocess.run([objdump, "-r", name + ".o"], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        head = re.match(r"RELOCATION RECORDS FOR \[\.text[.$](\S+)\]", line)
        if line.startswith("RELOCATION"):
            owner = title(head.group(1), source, known) if head else None
        elif owner is not None and len(line.split()) == 3:
            symbol = re.sub(r"^\.text[.$]", "", re.split(r"[-+]0x", line.split()[2])[0])
            target = title(symbol, source, known)
            if target in known:
                taken.setdefault(owner, set()).add(target)


def title(symbol, source, known):
    local = f"{source}:{symbol}"
    return local if local in known else symbol


class Walk:
    def __init__(self, frames, calls, taken):
        self.frames, self.calls, self.taken, self.done = frames, calls, taken, {}
        self.stored = {target for target in frames
                       if any(re.search(what, target) for _, what in STORED)}

    def by_pointer(self, name, held):
        stored = [target for who, what in STORED if re.search(who, name)
                  for target in self.frames if re.search(what, target)]
        return set(stored) or held

    def deepest(self, name, held=frozenset(), path=()):
        """Returns the bytes and the path."""
        if name not in self.frames or name in path:
            return 0, ()
        own = self.taken.get(name, set()) - self.calls.get(name, set()) - self.stored
        held = frozenset(own) if own else held  # the nearest that has taken some
        key = (name, held)
        if key not in self.done:
            below = set(self.calls.get(name, ()))
            if "__indirect_call" in below:
                below |= self.by_pointer(name, held)
            best = max((self.deepest(callee, held, path + (name,)) for callee in below),
                       default=(0, ()))
            self.done[key] = (self.frames[name] + best[0], (name,) + best[1])
        return self.done[key]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backend", default="posix")
    parser.add_argument("--limit", type=int, default=8192)
    parser.add_argument("--objects")
    parser.add_argument("compiler")
    parser.add_argument("options", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    frames, calls, taken = {}, {}, {}
    objdump = re.sub(r"gcc[-0-9.]*$", "objdump", args.compiler)
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(args.objects or os.path.join(temporary, "objects"))
        if not os.path.isdir(folder):
            os.makedirs(folder)
            compile_all(args.compiler, args.options, args.backend, folder)
        objects = [(source, object_name(folder, source)) for source in sources(args.backend)]
        for _, name in objects:
            read_graph(name + ".ci", frames, calls)
        for source, name in objects:
            read_taken(objdump, source, name, frames, taken)
    walk = Walk(frames, calls, taken)
    # Every public call and every call of a guest is an entry, and so is every callback that begins
    # on a stack of its own.
    ways = sorted((walk.deepest(name) for name in frames), reverse=True)
    public = [way for way in ways if re.match(r"_?xsock_[a-z]", way[1][0])]
    for bytes_, path in public[:5]:
        print(f"{bytes_:6} {path[0]}")
    for name in ways[0][1]:
        print(f"  {frames[name]:6} {name}")
    deepest, name = ways[0][0], ways[0][1][0]
    print(f"the deepest call takes {deepest} bytes, at most {args.limit} are allowed: {name}")
    return 0 if deepest <= args.limit else 1


if __name__ == "__main__":
    sys.exit(main())
