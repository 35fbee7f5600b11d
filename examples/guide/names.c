/* Addresses as text, and from names. */
#include <stdio.h>
#include <xsock.h>

static void show(const struct xsock_addr *a)
{
    char text[XSOCK_ADDR_TEXT_SIZE];
    if (xsock_addr_format(a, text, sizeof text) >= 0)
        printf("%s\n", text);
}

int main(void)
{
    static const char *const texts[] = {"127.0.0.1:80", "[::1]:443", "unix:/run/a.sock"};
    struct xsock_addr a;
    for (int i = 0; i < 3; i++)
        if (xsock_addr_parse(texts[i], &a) == 0)
            show(&a);

    /* Some programs take 010 for 8, others for 10. xsock refuses it. */
    printf("010.0.0.1: %s\n", xsock_errname(xsock_addr_parse("010.0.0.1", &a)));

    struct xsock_addr found[8];
    int n = xsock_resolve("localhost", "80", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, found, 8);
    if (n < 0) {
        fprintf(stderr, "names: %s\n", xsock_strerror(n));
        return 1;
    }
    show(&found[0]);
    return 0;
}
