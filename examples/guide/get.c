/* Fetches a page by name, over IPv6 or IPv4, and gives up after five seconds. */
#include <stdio.h>
#include <xsock.h>

int main(void)
{
    char buf[512];
    int d = xsock_connect_host("example.org", "80", 5 * INT64_C(1000000000));
    ptrdiff_t n = d < 0 ? d : xsock_send(d, "GET / HTTP/1.0\r\n\r\n", 18, 0);
    while (n > 0 && (n = xsock_recv(d, buf, sizeof buf, 0)) > 0)
        fwrite(buf, 1, (size_t)n, stdout);
    if (n < 0)
        fprintf(stderr, "%s: %s\n", xsock_errname((int)n), xsock_strerror((int)n));
    return n < 0;
}
