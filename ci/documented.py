"""Prints the errors that the headers document for each call, as rows of C: documented.py HEADER...

    {"xsock_close", {XSOCK_EBADF, XSOCK_EBUSY, 0}},

An error counts if it has a line of its own in the call's comment."""
import sys

sys.dont_write_bytecode = True  # the folder of sources stays as it is
from contract import read


def main(headers):
    calls, documented = read(headers)[2], read(headers)[4]
    for call in sorted(calls):
        errors = sorted("XSOCK_" + error for name, error in documented if name == call)
        print('{"%s", {%s}},' % (call, ", ".join(errors + ["0"])))


if __name__ == "__main__":
    main(sys.argv[1:])
