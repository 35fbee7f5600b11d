/* The server of the examples, unchanged. Only its main() has another name here. */
#define main echo_server
#include "../../examples/echo_server.c"
#undef main

#include "servers.h"

void server_xsock(void)
{
    char *argv[] = {"echo_server", "127.0.0.1", "0", NULL};
    echo_server(3, argv);
}
