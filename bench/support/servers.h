/* Echo servers that are compared: one thread, one poller, every byte goes back to its sender. Each
 * prints "listening on 127.0.0.1:PORT" to standard error, and serves until it is killed. */
#ifndef BENCH_SERVERS_H
#define BENCH_SERVERS_H

enum { SERVER_BUFFER = 4096, SERVER_EVENTS = 256, SERVER_BACKLOG = 1024 };

void server_raw(void);
void server_xsock(void); /* examples/echo_server.c itself */
void server_libuv(void);
void server_libevent(void);

/* In server_raw.c: a non-blocking listener on a free port of loopback, which has been printed. */
int server_listener(void);

#endif
