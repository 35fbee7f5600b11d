/* What the library remembers of numbers, and the answers of each thread. The program calls xsock
 * and functions of the library itself, and so does not run without the library. */
#include "support.h"

#include <netdb.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <pthread.h>
#endif

#include "xsock.h"
#include "xsock_native.h"

/* As in src/posix.h, which has other macros than a program. */
int xsock_posix__of(int number);
int xsock_posix__remove(int number, int d);

/* The other thread may also have opened the number again. */
static void a_close_that_comes_too_late_leaves_the_new_socket(void **state)
{
    (void)state;
    int type;
    socklen_t size = sizeof type;
    int number = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int d = xsock_posix__of(number);
    ASSERT_ERRNO(EBADF, xsock_posix__remove(number, d + 1));
    assert_int_equal(d, xsock_posix__of(number));
    ASSERT_IS(0, getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size));
    assert_int_equal(SOCK_DGRAM, type);
    ASSERT_IS(0, close(number));
    ASSERT_ERRNO(EBADF, xsock_posix__remove(number, d));
}

#if !defined(_WIN32)
/* As if another thread was just opening or closing the number. */
static void a_number_that_xsock_alone_knows_is_not_open(void **state)
{
    (void)state;
    uintptr_t handle;
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_IS(0, xsock_native(d, &handle));
    ASSERT_ERRNO(EBADF, send((int)handle, "x", 1, 0));
    ASSERT_IS(0, xsock_close(d));
}
#endif

/* ---- Answers that the next call overwrites --------------------------------------------------- */

struct answers {
    struct hostent *host;
    struct servent *service;
    struct protoent *protocol;
};

static void ask(struct answers *out, const char *host, int port, int protocol)
{
    *out = (struct answers){gethostbyname(host), getservbyport(htons((uint16_t)port), NULL),
                            getprotobynumber(protocol)};
    h_errno = protocol;
}

#if defined(_WIN32)
static DWORD WINAPI ask_for_others(void *out)
{
    ask(out, "127.0.0.2", 25, 17);
    return 0;
}

static void ask_in_a_thread(struct answers *out)
{
    HANDLE thread = CreateThread(NULL, 0, ask_for_others, out, 0, NULL);
    assert_non_null(thread);
    assert_int_equal(WAIT_OBJECT_0, WaitForSingleObject(thread, INFINITE));
    CloseHandle(thread);
}
#else
static void *ask_for_others(void *out)
{
    ask(out, "127.0.0.2", 25, 17);
    return NULL;
}

static void ask_in_a_thread(struct answers *out)
{
    pthread_t thread;
    assert_int_equal(0, pthread_create(&thread, NULL, ask_for_others, out));
    assert_int_equal(0, pthread_join(thread, NULL));
}
#endif

/* A machine may have no list of services or protocols. */
static void each_thread_has_its_own_answers(void **state)
{
    (void)state;
    static const unsigned char addr[] = {127, 0, 0, 1};
    struct answers mine, others;
    ask(&mine, "127.0.0.1", 80, 6);
    ask_in_a_thread(&others);
    assert_non_null(mine.host);
    assert_memory_equal(addr, mine.host->h_addr_list[0], sizeof addr);
    assert_string_equal("127.0.0.1", mine.host->h_name);
    if (mine.service != NULL)
        assert_int_equal(htons(80), mine.service->s_port);
    if (mine.protocol != NULL)
        assert_int_equal(6, mine.protocol->p_proto);
    assert_int_equal(6, h_errno);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_close_that_comes_too_late_leaves_the_new_socket),
#if !defined(_WIN32)
        TEST(a_number_that_xsock_alone_knows_is_not_open),
#endif
        TEST(each_thread_has_its_own_answers),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
