"""What run.sh cannot do in a shell: reading JSON, a pipe without a reader, a terminal."""
import json
import os
import subprocess
import sys


def load(path):
    with open(path, encoding="ascii") as file:
        return json.load(file)


def rows(path):
    with open(path, encoding="ascii") as file:
        return [line.split() for line in file.read().splitlines()[1:]]


def catalog(json_path, table_path):
    """The JSON and the table have the same rows; a family and type have one default at most."""
    objects = []
    defaults = set()
    for t in load(json_path):
        assert " ".join(t) == "family type protocol default numbers system result", t
        assert t["system"] is None or len(t["system"]) == 3, t
        assert t["system"] is not None or t["result"] != "ok", t
        objects.append([t["family"], t["type"], t["protocol"] or "-",
                        "yes" if t["default"] else "no"]
                    + [str(n) for n in t["numbers"]] + [t["result"]])
        if t["default"]:
            assert (t["family"], t["type"]) not in defaults, t
            defaults.add((t["family"], t["type"]))
    assert objects and objects == rows(table_path), "the JSON and the table differ"


def errors(json_path, table_path, system):
    """The same rows; the codes that everybody knows; no code in two rows."""
    objects = load(json_path)
    assert rows(table_path) == [[e["name"], str(e["number"])] + e["sentence"].split()
                                for e in objects]
    by_name = {e["name"]: e for e in objects}
    known = {"EAGAIN": 10035, "EACCES": 10013, "ECONNREFUSED": 10061, "EAFNOSUPPORT": 10047,
             "EINTR": 10004}
    for name, code in known.items():
        assert code in by_name[name]["winsock"], name
    for kind in ["winsock"] + (["errno"] if system == "posix" else []):
        codes = [code for e in objects for code in e[kind]]
        assert len(codes) == len(set(codes)), "a code of " + kind + " stands in two rows"
    if system == "posix":
        import errno
        for name in known:
            assert getattr(errno, name) in by_name[name]["errno"], name
    else:
        assert all(e["errno"] is None for e in objects)


def member(array_path, object_path, name):
    one = load(object_path)
    assert one["name"] == name and one in load(array_path)


def epipe(*command):
    """Runs the command with a standard output that nobody reads; exits as it does."""
    reader, writer = os.pipe()
    os.close(reader)
    sys.exit(subprocess.run(command, stdin=subprocess.DEVNULL, stdout=writer).returncode)


def terminal(*command):
    """Runs the command with a terminal as its standard output, and prints what it printed there."""
    import pty
    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs)
    os.close(theirs)
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:  # how Linux says that the other end is closed
            data = b""
        if not data:
            break
        os.write(1, data)
    sys.exit(child.wait())


{f.__name__: f for f in (catalog, errors, member, epipe, terminal)}[sys.argv[1]](*sys.argv[2:])
