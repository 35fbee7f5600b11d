/* Fetches a page by name, and stores the page in a file or prints it.
 *
 *     http_get example.org http /index.html page.html
 *
 * All addresses of the host are tried, those of both families in turn (RFC 8305), within ten
 * seconds in all. The exit status is 0 if the server's answer is a success (2xx). */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "xsock.h"

static const int64_t TIMEOUT_NS = 10000000000;

static int complain(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "http_get: %s: %s\n", what, xsock_strerror((int)error));
    return 1;
}

/* The socket blocks, so xsock_send() sends the whole request. In HTTP/1.0 the body ends with the
 * connection. */
static ptrdiff_t ask(int d, const char *host, const char *path)
{
    char request[2048];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, host);
    if (n < 0 || (size_t)n >= sizeof request)
        return -XSOCK_EMSGSIZE;
    return xsock_send(d, request, (size_t)n, 0);
}

/* Receives the header and perhaps some of the body. Returns how many bytes were received. */
static ptrdiff_t read_header(int d, char *text, size_t size, char **out_body)
{
    size_t have = 0;
    for (;;) {
        ptrdiff_t n = xsock_recv(d, text + have, size - 1 - have, 0);
        if (n < 0)
            return n;
        have += (size_t)n;
        text[have] = '\0';
        char *end = strstr(text, "\r\n\r\n");
        if (end) {
            *end = '\0';
            *out_body = end + 4;
            return (ptrdiff_t)have;
        }
        if (n == 0 || have == size - 1)
            return -XSOCK_EBADMSG; /* the header does not end, or is too long */
    }
}

static ptrdiff_t copy_body(int d, char *bytes, size_t size, FILE *to)
{
    ptrdiff_t n;
    while ((n = xsock_recv(d, bytes, size, 0)) > 0)
        fwrite(bytes, 1, (size_t)n, to);
    return n;
}

static int get(int d, const char *host, const char *path, FILE *to)
{
    static char text[65536];
    char *body;
    unsigned code = 0;
    ptrdiff_t n = xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, TIMEOUT_NS);
    if (n >= 0)
        n = ask(d, host, path);
    if (n >= 0)
        n = read_header(d, text, sizeof text, &body);
    if (n < 0)
        return complain(host, n);
    bool good = sscanf(text, "HTTP/%*u.%*u %3u", &code) == 1 && code / 100 == 2;
    if (!good)
        fprintf(stderr, "http_get: %.*s\n", (int)strcspn(text, "\r\n"), text);
    fwrite(body, 1, (size_t)(n - (body - text)), to);
    n = copy_body(d, text, sizeof text, to);
    if (n < 0)
        return complain(host, n);
    if (fflush(to) != 0 || ferror(to))
        return 1;
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: http_get HOST SERVICE PATH [FILE]\n");
        return 2;
    }
    FILE *to = argc == 5 ? fopen(argv[4], "wb") : stdout;
    if (!to)
        return perror(argv[4]), 1;
    int d = xsock_connect_host(argv[1], argv[2], TIMEOUT_NS);
    if (d < 0)
        return complain(argv[1], d);
    int status = get(d, argv[1], argv[3], to);
    xsock_close(d);
    return status;
}
