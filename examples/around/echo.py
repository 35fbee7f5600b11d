#!/usr/bin/env python3
"""The shared library from Python, by ctypes: echo.py PATH-OF-THE-LIBRARY"""
import ctypes
import sys

AF_LOCAL, SOCK_STREAM = 3, 1  # numbers of xsock.h, the same on every system

xsock = ctypes.CDLL(sys.argv[1])
xsock.xsock_strerror.restype = ctypes.c_char_p
for call in (xsock.xsock_send, xsock.xsock_recv):
    call.restype = ctypes.c_ssize_t
    call.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def checked(result):
    """A negative result is an error, and xsock has a sentence for each."""
    if result < 0:
        raise OSError(-result, xsock.xsock_strerror(int(result)).decode())
    return result


pair = (ctypes.c_int * 2)()
checked(xsock.xsock_pair(AF_LOCAL, SOCK_STREAM, 0, pair))
checked(xsock.xsock_send(pair[0], b"hello", 5, 0))
buf = ctypes.create_string_buffer(64)
n = checked(xsock.xsock_recv(pair[1], buf, len(buf), 0))
print("Python:", buf.raw[:n].decode())
for d in pair:
    checked(xsock.xsock_close(d))
try:
    checked(xsock.xsock_close(pair[0]))
except OSError as error:
    print("Python:", error.strerror)
