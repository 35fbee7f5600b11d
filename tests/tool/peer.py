"""Peers for netcat.sh and peers.sh. Each says "listening on ADDRESS:PORT" on standard error."""
import os
import socket
import struct
import sys
import threading


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
    """Answers before it has read all, and closes: the system resets the connection."""
    c = accepted()
    c.recv(1)
    c.sendall(b"enough\n")
    c.close()


def silent():
    """Says nothing, until its input ends."""
    c = accepted()
    sys.stdin.read()
    c.close()


def exchange(s, path, ends_last=False):
    """Sends a file, and prints what comes until the end, at the same time. The file's end is told
    at once, or after the other side's end."""
    def send():
        with open(path, "rb") as file:
            s.sendfile(file)
        if not ends_last:
            s.shutdown(socket.SHUT_WR)
    sender = threading.Thread(target=send)
    sender.start()
    while data := s.recv(65536):
        sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    sender.join()
    s.close()


def announce(s):
    name = s.getsockname()
    text = name if isinstance(name, str) else "%s:%d" % name[:2]
    print("listening on", text, file=sys.stderr, flush=True)
    return s


def serve(path):
    exchange(accepted(), path)


def serve6(path):
    exchange(announce(socket.create_server(("::1", 0), family=socket.AF_INET6)).accept()[0], path)


def serve_local(path, name):
    s = socket.socket(socket.AF_UNIX)
    s.bind(name)
    s.listen()
    c = announce(s).accept()[0]
    os.unlink(name)
    exchange(c, path)


def call(port, path):
    exchange(socket.create_connection(("127.0.0.1", int(port)), 60), path)


def call_and_end_last(port, path):
    exchange(socket.create_connection(("127.0.0.1", int(port)), 60), path, ends_last=True)


def answer(path):
    """Reads to an empty line, answers, and closes, as a server of HTTP/1.0 does."""
    c = accepted()
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += c.recv(1)
    with open(path, "rb") as file:
        c.sendfile(file)
    c.close()
    sys.stdout.buffer.write(data)


def pong():
    """Prints a datagram, and answers it."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    s.settimeout(60)
    data, peer = announce(s).recvfrom(65536)
    sys.stdout.buffer.write(data)
    s.sendto(b"pong", peer)


def typed(*command):
    """Runs the command with a terminal as its standard input; exits as it does."""
    import pty
    import subprocess
    ours, theirs = pty.openpty()
    status = subprocess.run(command, stdin=theirs, timeout=60).returncode
    os.close(ours)
    sys.exit(status)


def free_port():
    """Prints a port of 127.0.0.1 that nobody has."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        print(s.getsockname()[1])


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


MODES = (reset, early, silent, serve, serve6, serve_local, call, call_and_end_last, answer, pong,
         typed, free_port, port_of)
{f.__name__: f for f in MODES}[sys.argv[1]](*sys.argv[2:])
