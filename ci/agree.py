"""Checks that the catalogs of two systems agree. Arguments: two files of `xsock catalog --json`.

The files must have the same rows. Each row must have the same result, unless one of the systems
lacks the family, type or protocol."""
import json
import sys

MISSING = {"EAFNOSUPPORT", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT"}


def load(path):
    with open(path, encoding="utf-8") as file:
        return {tuple(row["numbers"]): row["result"] for row in json.load(file)}


def main(first, second):
    one, two = load(first), load(second)
    wrong = [f"{row}: only in one of them" for row in one.keys() ^ two.keys()]
    wrong += [f"{row}: {one[row]} and {two[row]}" for row in one.keys() & two.keys()
              if one[row] != two[row] and not MISSING & {one[row], two[row]}]
    same = sum(1 for row in one if one[row] == two.get(row))
    print(f"{same} of {len(one)} rows are the same")
    print("\n".join(sorted(wrong)))
    return 1 if wrong or not one else 0


sys.exit(main(*sys.argv[1:]))
