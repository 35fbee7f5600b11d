"""A peer for hiredis: speaks as much of the Redis protocol as the test wants. Prints its port."""
import socketserver
import sys

STORE = {}


class Handler(socketserver.StreamRequestHandler):
    def command(self):
        head = self.rfile.readline()
        if not head.startswith(b"*"):
            return None
        words = []
        for _ in range(int(head[1:])):
            size = int(self.rfile.readline()[1:])
            words.append(self.rfile.read(size + 2)[:size])
        return words

    def answer(self, words):
        name = words[0].upper()
        if name == b"PING":
            return b"+PONG\r\n"
        if name == b"SET":
            STORE[words[1]] = words[2]
            return b"+OK\r\n"
        if name == b"GET" and words[1] in STORE:
            return b"$%d\r\n%s\r\n" % (len(STORE[words[1]]), STORE[words[1]])
        if name == b"GET":
            return b"$-1\r\n"
        return b"-ERR unknown command\r\n"

    def handle(self):
        words = self.command()
        while words:
            self.wfile.write(self.answer(words))
            words = self.command()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
    sys.exit(0)
