/* Fuzzes addresses, from any text and from any bytes. An address that is parsed and formatted must
 * parse to the same address again. Text that is refused must change nothing. Made for libFuzzer:
 * clang -fsanitize=fuzzer,address,undefined. */
#include <stdlib.h>
#include <string.h>

#include "xsock.h"
#include "xsock_native.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_text(const struct xsock_addr *a)
{
    char text[XSOCK_ADDR_TEXT_SIZE];
    struct xsock_addr b;
    int length = xsock_addr_format(a, text, sizeof text);

    check(length > 0 && (size_t)length == strlen(text) && length == xsock_addr_format(a, NULL, 0));
    check(xsock_addr_format(a, text, (size_t)length) == -XSOCK_ENOSPC);
    check(xsock_addr_parse(text, &b) == 0);
    b.flow = a->flow; /* the flow has no text form */
    check(xsock_addr_equal(a, &b));
}

static void check_sockaddr(const struct xsock_addr *a)
{
    uint8_t sa[256];
    struct xsock_addr b;
    int length = xsock_addr_to_sockaddr(a, sa, sizeof sa);

    if (length < 0) {
        check(length == -XSOCK_EAFNOSUPPORT || length == -XSOCK_ENAMETOOLONG);
        return;
    }
    check(xsock_addr_from_sockaddr(sa, (size_t)length, &b) == 0);
    check(xsock_addr_equal(a, &b));
}

static void from_text(const uint8_t *data, size_t size)
{
    struct xsock_addr a, before;
    char *text = malloc(size + 1);
    int error;

    check(text != NULL);
    memcpy(text, data, size);
    text[size] = 0;
    memset(&before, 0xaa, sizeof before);
    a = before;
    error = xsock_addr_parse(text, &a);
    free(text);
    if (error) {
        check(error == -XSOCK_EINVAL || error == -XSOCK_ENODEV || error == -XSOCK_ENAMETOOLONG);
        check(memcmp(&a, &before, sizeof a) == 0);
        return;
    }
    check_text(&a);
    check_sockaddr(&a);
}

static void from_sockaddr(const uint8_t *data, size_t size)
{
    struct xsock_addr a;
    if (xsock_addr_from_sockaddr(data, size, &a) == 0) {
        check_text(&a);
        check_sockaddr(&a);
    }
}

/* A program may have stored anything in the structure. */
static void from_structure(const uint8_t *data, size_t size)
{
    struct xsock_addr a;
    char text[XSOCK_ADDR_TEXT_SIZE];
    uint8_t sa[256];

    memset(&a, 0, sizeof a);
    memcpy(&a, data, size < sizeof a ? size : sizeof a);
    if (xsock_addr_format(&a, text, sizeof text) >= 0) {
        check_text(&a);
        check_sockaddr(&a);
    } else {
        check(xsock_addr_to_sockaddr(&a, sa, sizeof sa) < 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    switch (data[0]) {
    case 0:
        from_sockaddr(data + 1, size - 1);
        break;
    case 1:
        from_structure(data + 1, size - 1);
        break;
    default:
        from_text(data, size);
        break;
    }
    return 0;
}
