/* Systems that lack a family, type or protocol, and kernels that report this by different codes.
 * The error is always that of the truth table. The library asks the system once and remembers the
 * answer, so each test uses a family or type of its own. */
#include "fake_sys.h"
#include "harness.h"

static int start(void **state)
{
    (void)state;
    fake_reset();
    return xsock_startup();
}

static void a_family_without_a_number_here_is_not_supported(void **state)
{
    (void)state;
    fake_hide_family(XSOCK_AF_HYPERV);
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(XSOCK_AF_HYPERV, XSOCK_SOCK_STREAM, 0));
    /* This error precedes those of the protocol and the type. An error of unknown bits precedes
     * this error. */
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(XSOCK_AF_HYPERV, XSOCK_SOCK_STREAM, 99));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(XSOCK_AF_HYPERV, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_open(XSOCK_AF_HYPERV, -1, 0));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_probe(XSOCK_AF_HYPERV, XSOCK_SOCK_STREAM, 0));
}

/* The kernel knows the number, and lacks the module. Each system reports this by a code of its
 * own. */
static void a_family_that_the_kernel_refuses_is_not_supported(void **state)
{
    static const struct {
        int af, type, code;
    } rows[] = {
        {XSOCK_AF_IRDA, XSOCK_SOCK_STREAM, FAKE_EAFNOSUPPORT},
        {XSOCK_AF_ROUTE, XSOCK_SOCK_RAW, FAKE_EPROTONOSUPPORT},
        {XSOCK_AF_LINK, XSOCK_SOCK_RAW, FAKE_ESOCKTNOSUPPORT},
        {XSOCK_AF_IEEE80211, XSOCK_SOCK_RAW, FAKE_EPROTOTYPE},
        {XSOCK_AF_INET_SDP, XSOCK_SOCK_STREAM, FAKE_EINVAL},
        {XSOCK_AF_INET6_SDP, XSOCK_SOCK_STREAM, FAKE_EOPNOTSUPP},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_refuse(rows[i].af, FAKE_ANY, FAKE_ANY, rows[i].code);
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(rows[i].af, rows[i].type, 0));
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(rows[i].af, XSOCK_SOCK_SEQPACKET, 0));
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_probe(rows[i].af, rows[i].type, 99));
    }
}

static void a_type_that_a_family_lacks_here_is_not_supported(void **state)
{
    (void)state;
    fake_refuse(XSOCK_AF_VSOCK, XSOCK_SOCK_SEQPACKET, FAKE_ANY, FAKE_EPROTONOSUPPORT);
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_VSOCK, XSOCK_SOCK_SEQPACKET, 0));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_VSOCK, XSOCK_SOCK_SEQPACKET, 7));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_VSOCK, XSOCK_SOCK_DGRAM, 7));
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_VSOCK, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_close(3));
}

static void a_type_without_a_number_here_is_not_supported(void **state)
{
    (void)state;
    fake_hide_type(XSOCK_SOCK_RDM);
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_RDM, 0));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_APPLETALK, XSOCK_SOCK_RDM, 0));
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_APPLETALK, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_close(3));
}

static void a_protocol_that_is_missing_is_not_supported(void **state)
{
    static const int codes[] = {FAKE_EPROTONOSUPPORT, FAKE_EPROTOTYPE,   FAKE_EINVAL,
                                FAKE_ESOCKTNOSUPPORT, FAKE_EAFNOSUPPORT, FAKE_EOPNOTSUPP};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_reset();
        fake_refuse(XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_MPTCP, codes[i]);
        ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                      xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_MPTCP));
        ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                      xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_MPTCP));
        assert_int_equal(xsock_oserror(), codes[i]);
        ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
        ASSERT_RESULT(0, xsock_close(3));
    }
    fake_reset();
    fake_hide_protocol(XSOCK_AF_INET, XSOCK_IPPROTO_UDPLITE);
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                  xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, XSOCK_IPPROTO_UDPLITE));
}

/* The system lacks the first protocol that the library asks for, and has another one. */
static void a_type_is_there_if_one_of_its_protocols_is(void **state)
{
    (void)state;
    fake_refuse(XSOCK_AF_CAN, XSOCK_SOCK_DGRAM, XSOCK_CAN_BCM, FAKE_EPROTONOSUPPORT);
    fake_refuse(XSOCK_AF_CAN, XSOCK_SOCK_DGRAM, XSOCK_CAN_ISOTP, FAKE_EPROTONOSUPPORT);
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                  xsock_open(XSOCK_AF_CAN, XSOCK_SOCK_DGRAM, XSOCK_CAN_BCM));
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_CAN, XSOCK_SOCK_DGRAM, XSOCK_CAN_J1939));
    ASSERT_RESULT(0, xsock_close(3));
}

static void no_privilege_is_eacces_however_it_is_said(void **state)
{
    static const int codes[] = {FAKE_EPERM, FAKE_EACCES};
    (void)state;
    for (int i = 0; i < 2; i++) {
        fake_reset();
        fake_refuse(XSOCK_AF_BLUETOOTH, FAKE_ANY, FAKE_ANY, codes[i]);
        ASSERT_RESULT(-XSOCK_EACCES,
                      xsock_open(XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RAW, XSOCK_BTPROTO_HCI));
        ASSERT_RESULT(-XSOCK_EACCES,
                      xsock_probe(XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RAW, XSOCK_BTPROTO_HCI));
        /* A family that the system only refuses is there. */
        ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RAW, 77));
        ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RDM, 0));
    }
}

/* The process has no handle left for the question, so the library remembers no answer. */
static void what_could_not_be_told_is_asked_again(void **state)
{
    (void)state;
    fake_refuse(XSOCK_AF_NATM, FAKE_ANY, FAKE_ANY, FAKE_EMFILE);
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_open(XSOCK_AF_NATM, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_NATM, XSOCK_SOCK_DGRAM, 77));
    fake_reset();
    fake_refuse(XSOCK_AF_NATM, FAKE_ANY, FAKE_ANY, FAKE_EAFNOSUPPORT);
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(XSOCK_AF_NATM, XSOCK_SOCK_DGRAM, 77));
    fake_reset(); /* and now the library remembers the answer */
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(XSOCK_AF_NATM, XSOCK_SOCK_DGRAM, 77));
}

/* Windows before 1803, and Wine, answer like this. */
static void pairs_work_though_local_is_missing(void **state)
{
    int out[2] = {-7, -7};
    (void)state;
    fake_refuse(XSOCK_AF_LOCAL, FAKE_ANY, FAKE_ANY, FAKE_EAFNOSUPPORT);
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, out));
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_close(4));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, out));
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_close(4));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 6, out));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_RAW, 0, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_family_without_a_number_here_is_not_supported),
        FAKE_TEST(a_family_that_the_kernel_refuses_is_not_supported),
        FAKE_TEST(a_type_that_a_family_lacks_here_is_not_supported),
        FAKE_TEST(a_type_without_a_number_here_is_not_supported),
        FAKE_TEST(a_protocol_that_is_missing_is_not_supported),
        FAKE_TEST(a_type_is_there_if_one_of_its_protocols_is),
        FAKE_TEST(no_privilege_is_eacces_however_it_is_said),
        FAKE_TEST(what_could_not_be_told_is_asked_again),
        FAKE_TEST(pairs_work_though_local_is_missing),
    };
    return cmocka_run_group_tests_name("what systems lack", tests, start, NULL);
}
