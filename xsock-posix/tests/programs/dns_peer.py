"""A peer for c-ares: a DNS server on UDP and TCP, one port. Prints the port.

"N.few.test" has the address 10.0.0.N, N from 0 to 255. "many.test" has 200 addresses, 10.1.0.0 to
10.1.0.199: by UDP the answer says only that it is truncated. Every other name does not exist.
"""
import socket
import struct
import threading

MANY = 200


def addresses(name):
    if name == "many.test":
        return [bytes((10, 1, 0, i)) for i in range(MANY)]
    first, _, rest = name.partition(".")
    return [bytes((10, 0, 0, int(first)))] if rest == "few.test" else []


def answer(query, udp):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    found = addresses(".".join(labels).lower())
    question = query[12 : at + 5]
    # An answer with authority. The second says that there is no such name.
    flags = 0x8580 if found else 0x8583
    if udp and len(found) > 1:
        flags, found = flags | 0x0200, []
    records = b"".join(struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + a for a in found)
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0) + question + records


def serve_udp(s):
    while True:
        query, who = s.recvfrom(65536)
        s.sendto(answer(query, True), who)


def serve_stream(s):
    with s, s.makefile("rb") as file:
        head = file.read(2)
        while len(head) == 2:
            reply = answer(file.read(struct.unpack(">H", head)[0]), False)
            s.sendall(struct.pack(">H", len(reply)) + reply)
            head = file.read(2)


def bind_both():
    """TCP first: a port that TCP gives out may be taken for UDP, and then another one is tried."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
            return tcp, udp
        except OSError:
            tcp.close()
            udp.close()


listener, datagrams = bind_both()
threading.Thread(target=serve_udp, args=(datagrams,), daemon=True).start()
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve_stream, args=(listener.accept()[0],), daemon=True).start()
