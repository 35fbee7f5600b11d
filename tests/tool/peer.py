"""Peers with manners of their own, for netcat.sh and peers.sh. Each says "listening on ADDRESS:PORT" first."""
import os
import socket
import struct
import sys


def listener():
    s = socket.create_server(("127.0.0.1", 0))
    print("listening on 127.0.0.1:%d" % s.getsockname()[1], file=sys.stderr, flush=True)
    return s


def accepted():
    s = listener()
    s.settimeout(60)
    return s.accept()[0]


def reset():
    """Reads a byte, and breaks the connection off."""
    c = accepted()
    c.recv(1)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()


def early():
    """Answers before it has read all, and wants no more of it: what is unread breaks the connection off."""
    c = accepted()
    c.recv(1)
    c.sendall(b"enough\n")
    c.close()


def silent():
    """Says nothing, until its input ends."""
    c = accepted()
    sys.stdin.read()
    c.close()


def typed(*command):
    """Runs the command with a terminal as its standard input; exits as it does."""
    import pty
    import subprocess
    ours, theirs = pty.openpty()
    status = subprocess.run(command, stdin=theirs, timeout=60).returncode
    os.close(ours)
    sys.exit(status)


def port_of(pid):
    """Prints the local port of the socket that a child of pid has; for programs that don't tell."""
    with open("/proc/%s/task/%s/children" % (pid, pid), encoding="ascii") as file:
        child = file.read().split()[0]
    inodes = set()
    for fd in os.listdir("/proc/%s/fd" % child):
        link = os.readlink("/proc/%s/fd/%s" % (child, fd))
        if link.startswith("socket:["):
            inodes.add(link[8:-1])
    for table in ("tcp", "tcp6", "udp", "udp6"):
        with open("/proc/net/" + table, encoding="ascii") as file:
            for row in file.read().splitlines()[1:]:
                words = row.split()
                if words[9] in inodes:
                    print(int(words[1].rpartition(":")[2], 16))
                    return
    sys.exit("no socket")


{f.__name__: f for f in (reset, early, silent, typed, port_of)}[sys.argv[1]](*sys.argv[2:])
