/* The echo servers that are compared. Each has one thread and one poller, and sends every byte
 * back to its sender. Each prints "listening on 127.0.0.1:PORT" to standard error, and serves
 * until it is killed. */
#ifndef BENCH_SERVERS_H
#define BENCH_SERVERS_H

enum { SERVER_BUFFER = 4096, SERVER_EVENTS = 256, SERVER_BACKLOG = 1024 };

void server_raw(void);
void server_xsock(void); /* examples/echo_server.c itself */
void server_libuv(void);
void server_libevent(void);

/* In server_raw.c: opens a non-blocking listener on a free port of loopback, and prints the
 * port. */
int server_listener(void);

#endif
