"""Compares the contract of public headers: contract.py OLD... -- NEW... [NAME=NAME] [CALL:ERROR]

Every identifier, every number of a constant and every error that the comment of a call names in OLD
must stand in NEW. If several calls of OLD share a comment, one of them must have the error in NEW.
NAME=NAME is a renaming. CALL:ERROR is a pair that OLD names only to exclude it. The script prints
the counts and each missing item. The exit status is 1 if an item is missing."""
import re
import sys

TOKENS = re.compile(r"/\*.*?\*/|//[^\n]*|[^/]+|/", re.S)


def read(paths):
    """The identifiers, the numbers, and the calls with the errors that their comments name."""
    text = "\n".join(open(path, encoding="utf-8").read() for path in paths)
    names, numbers, calls, documented, shared, comment = set(), {}, {}, set(), {}, ""
    for token in TOKENS.findall(text):
        if token.startswith(("/*", "//")):
            comment = token
            continue
        code = re.sub(r"^#.*(\\\n.*)*$", "", token, flags=re.M)
        names |= set(re.findall(r"\b[A-Za-z_]\w*", code))
        numbers.update(re.findall(r"\b(XSOCK_\w+) = (\w+)", code))
        together = re.findall(r"^XSOCK_API[^;(]*?(\w+)\(", code, re.M)
        for call in together:
            shared[call] = together
            errors = set(re.findall(r"\b(?:XSOCK_)?(E[A-Z0-9_]+)\b", comment))
            calls.setdefault(call, set()).update(errors)
            for error in re.findall(r"@retval -XSOCK_(E\w+)", comment):
                documented.add((call, error))
    known = {name[6:] for name in names if name.startswith("XSOCK_E")}
    pairs = {(call, error) for call in calls for error in calls[call] & known}
    return names, numbers, calls, pairs, documented, shared


def main(arguments):
    renames = dict(a.split("=") for a in arguments if "=" in a)
    excluded = {tuple(a.split(":")) for a in arguments if ":" in a}
    files = [a for a in arguments if "=" not in a and ":" not in a]
    split = files.index("--")
    old, new = read(files[:split]), read(files[split + 1:])
    lost = ["name " + n for n in sorted(old[0]) if renames.get(n, n) not in new[0]]
    lost += ["number %s = %s" % n for n in sorted(old[1].items())
             if new[1].get(renames.get(n[0], n[0])) != n[1]]
    lost += ["error %s %s" % (call, error) for call, error in sorted(old[3] - excluded)
             if not any((renames.get(other, other), error) in new[3] for other in old[5][call])]
    for what, it in (("before", old), ("after", new)):
        print("%s: %d calls, %d numbers, %d (call, error) pairs named, %d with a line of their own"
              % (what, len(it[2]), len(it[1]), len(it[3]), len(it[4])))
    for line in lost:
        print("lost: " + line)
    print("lost: %d" % len(lost))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
