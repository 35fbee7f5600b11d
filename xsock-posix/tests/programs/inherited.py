"""What ucspi-tcp starts: takes a connection by its number, and makes the connection blocking.

inherited.py echo               after tcpserver: at number 0, sends back what comes until the other
                                end shuts down
inherited.py send FILE          after tcpclient: at number 6, sends FILE, shuts down, and compares
                                what comes back
inherited.py called FILE COMMAND...
                                starts the command with a port behind its arguments, and does the
                                same by the connection that the command makes
inherited.py several PORT FILE  alone: does the same by eight connections of its own at once
"""
import os
import socket
import subprocess
import sys
import threading


def inherited(number):
    """The connection, once the environment that was promised has its two addresses."""
    connection = socket.socket(fileno=number)
    connection.setblocking(True)
    ends = {"LOCAL": connection.getsockname(), "REMOTE": connection.getpeername()}
    for side, address in ends.items():
        if (os.environ[f"TCP{side}IP"], int(os.environ[f"TCP{side}PORT"])) != address:
            sys.exit(f"the environment is wrong about {address}")
    return connection


def echo(connection):
    while data := connection.recv(65536):
        connection.sendall(data)


def send(connection, data):
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def compare(connections, path):
    with open(path, "rb") as file:
        want = file.read()
    for connection in connections:
        threading.Thread(target=send, args=(connection, want)).start()
    for connection in connections:
        got = bytearray()
        while data := connection.recv(65536):
            got += data
        if got != want:
            sys.exit(f"{len(got)} of {len(want)} bytes came back, or others")


if sys.argv[1] == "echo":
    echo(inherited(0))
elif sys.argv[1] == "send":
    compare([inherited(6)], sys.argv[2])
elif sys.argv[1] == "called":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = subprocess.Popen([*sys.argv[3:], str(listener.getsockname()[1])])
        compare([listener.accept()[0]], sys.argv[2])
        sys.exit(command.wait())
else:
    address = ("127.0.0.1", int(sys.argv[2]))
    compare([socket.create_connection(address) for _ in range(8)], sys.argv[3])
