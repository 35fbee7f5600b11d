/* Every system code becomes one named error. The rows are written by hand from the systems'
 * documents, not from the library's row files. The rows of Windows are tested on every system, and
 * those of errno on systems that have the code. */
#include <limits.h>
#ifndef _WIN32
#include <errno.h>
#endif

#include "harness.h"

struct row {
    int64_t code;
    int error;
};

/* Winsock 2, winerror.h. The contested rows are those that docs and design decide:
 *
 * - 10058 is ESHUTDOWN. Whether the code means EPIPE or the end depends on the call, not on the
 *   code.
 * - 10067 is EAGAIN. Only WSAStartup reports the code, and a later try may succeed.
 * - 10091..10093 and 10104..10107 are states of Winsock itself. No errno names them, so they have
 *   errors of their own.
 * - 10109 and 11001..11004 are errors of the resolver (EAI_). */
static const struct row winsock[] = {
    {10004, XSOCK_EINTR},               /* WSAEINTR */
    {10009, XSOCK_EBADF},               /* WSAEBADF */
    {10013, XSOCK_EACCES},              /* WSAEACCES */
    {10014, XSOCK_EFAULT},              /* WSAEFAULT */
    {10022, XSOCK_EINVAL},              /* WSAEINVAL */
    {10024, XSOCK_EMFILE},              /* WSAEMFILE */
    {10035, XSOCK_EAGAIN},              /* WSAEWOULDBLOCK */
    {10036, XSOCK_EINPROGRESS},         /* WSAEINPROGRESS */
    {10037, XSOCK_EALREADY},            /* WSAEALREADY */
    {10038, XSOCK_ENOTSOCK},            /* WSAENOTSOCK */
    {10039, XSOCK_EDESTADDRREQ},        /* WSAEDESTADDRREQ */
    {10040, XSOCK_EMSGSIZE},            /* WSAEMSGSIZE */
    {10041, XSOCK_EPROTOTYPE},          /* WSAEPROTOTYPE */
    {10042, XSOCK_ENOPROTOOPT},         /* WSAENOPROTOOPT */
    {10043, XSOCK_EPROTONOSUPPORT},     /* WSAEPROTONOSUPPORT */
    {10044, XSOCK_ESOCKTNOSUPPORT},     /* WSAESOCKTNOSUPPORT */
    {10045, XSOCK_ENOTSUP},             /* WSAEOPNOTSUPP */
    {10046, XSOCK_EPFNOSUPPORT},        /* WSAEPFNOSUPPORT */
    {10047, XSOCK_EAFNOSUPPORT},        /* WSAEAFNOSUPPORT */
    {10048, XSOCK_EADDRINUSE},          /* WSAEADDRINUSE */
    {10049, XSOCK_EADDRNOTAVAIL},       /* WSAEADDRNOTAVAIL */
    {10050, XSOCK_ENETDOWN},            /* WSAENETDOWN */
    {10051, XSOCK_ENETUNREACH},         /* WSAENETUNREACH */
    {10052, XSOCK_ENETRESET},           /* WSAENETRESET */
    {10053, XSOCK_ECONNABORTED},        /* WSAECONNABORTED */
    {10054, XSOCK_ECONNRESET},          /* WSAECONNRESET */
    {10055, XSOCK_ENOBUFS},             /* WSAENOBUFS */
    {10056, XSOCK_EISCONN},             /* WSAEISCONN */
    {10057, XSOCK_ENOTCONN},            /* WSAENOTCONN */
    {10058, XSOCK_ESHUTDOWN},           /* WSAESHUTDOWN */
    {10059, XSOCK_ETOOMANYREFS},        /* WSAETOOMANYREFS */
    {10060, XSOCK_ETIMEDOUT},           /* WSAETIMEDOUT */
    {10061, XSOCK_ECONNREFUSED},        /* WSAECONNREFUSED */
    {10062, XSOCK_ELOOP},               /* WSAELOOP */
    {10063, XSOCK_ENAMETOOLONG},        /* WSAENAMETOOLONG */
    {10064, XSOCK_EHOSTDOWN},           /* WSAEHOSTDOWN */
    {10065, XSOCK_EHOSTUNREACH},        /* WSAEHOSTUNREACH */
    {10066, XSOCK_ENOTEMPTY},           /* WSAENOTEMPTY */
    {10067, XSOCK_EAGAIN},              /* WSAEPROCLIM */
    {10068, XSOCK_EUSERS},              /* WSAEUSERS */
    {10069, XSOCK_EDQUOT},              /* WSAEDQUOT */
    {10070, XSOCK_ESTALE},              /* WSAESTALE */
    {10071, XSOCK_EREMOTE},             /* WSAEREMOTE */
    {10091, XSOCK_ESYSNOTREADY},        /* WSASYSNOTREADY */
    {10092, XSOCK_EVERNOTSUPPORTED},    /* WSAVERNOTSUPPORTED */
    {10093, XSOCK_ENOTINITIALISED},     /* WSANOTINITIALISED */
    {10101, XSOCK_ESHUTDOWN},           /* WSAEDISCON */
    {10102, XSOCK_ENOENT},              /* WSAENOMORE */
    {10103, XSOCK_ECANCELED},           /* WSAECANCELLED */
    {10104, XSOCK_EINVALIDPROCTABLE},   /* WSAEINVALIDPROCTABLE */
    {10105, XSOCK_EINVALIDPROVIDER},    /* WSAEINVALIDPROVIDER */
    {10106, XSOCK_EPROVIDERFAILEDINIT}, /* WSAEPROVIDERFAILEDINIT */
    {10107, XSOCK_ESYSCALLFAILURE},     /* WSASYSCALLFAILURE */
    {10108, XSOCK_ENOENT},              /* WSASERVICE_NOT_FOUND */
    {10109, XSOCK_EAI_SERVICE},         /* WSATYPE_NOT_FOUND */
    {10110, XSOCK_ENOENT},              /* WSA_E_NO_MORE */
    {10111, XSOCK_ECANCELED},           /* WSA_E_CANCELLED */
    {10112, XSOCK_ECONNREFUSED},        /* WSAEREFUSED */
    {11001, XSOCK_EAI_NONAME},          /* WSAHOST_NOT_FOUND */
    {11002, XSOCK_EAI_AGAIN},           /* WSATRY_AGAIN */
    {11003, XSOCK_EAI_FAIL},            /* WSANO_RECOVERY */
    {11004, XSOCK_EAI_NODATA},          /* WSANO_DATA */
    {11010, XSOCK_ENOBUFS},             /* WSA_QOS_ADMISSION_FAILURE */
    {11011, XSOCK_EACCES},              /* WSA_QOS_POLICY_FAILURE */
};

/* Win32 codes that overlapped socket calls give. */
static const struct row win32[] = {
    {1, XSOCK_EINVAL},           /* ERROR_INVALID_FUNCTION */
    {2, XSOCK_ENOENT},           /* ERROR_FILE_NOT_FOUND */
    {3, XSOCK_ENOENT},           /* ERROR_PATH_NOT_FOUND */
    {4, XSOCK_EMFILE},           /* ERROR_TOO_MANY_OPEN_FILES */
    {5, XSOCK_EACCES},           /* ERROR_ACCESS_DENIED */
    {6, XSOCK_EBADF},            /* ERROR_INVALID_HANDLE */
    {8, XSOCK_ENOMEM},           /* ERROR_NOT_ENOUGH_MEMORY */
    {14, XSOCK_ENOMEM},          /* ERROR_OUTOFMEMORY */
    {31, XSOCK_EIO},             /* ERROR_GEN_FAILURE */
    {32, XSOCK_EADDRINUSE},      /* ERROR_SHARING_VIOLATION */
    {50, XSOCK_ENOTSUP},         /* ERROR_NOT_SUPPORTED */
    {51, XSOCK_ECONNREFUSED},    /* ERROR_REM_NOT_LIST */
    {53, XSOCK_ENETUNREACH},     /* ERROR_BAD_NETPATH */
    {54, XSOCK_ENETDOWN},        /* ERROR_NETWORK_BUSY */
    {58, XSOCK_ENETDOWN},        /* ERROR_BAD_NET_RESP */
    {59, XSOCK_ENETDOWN},        /* ERROR_UNEXP_NET_ERR */
    {64, XSOCK_ECONNRESET},      /* ERROR_NETNAME_DELETED */
    {87, XSOCK_EINVAL},          /* ERROR_INVALID_PARAMETER */
    {109, XSOCK_EPIPE},          /* ERROR_BROKEN_PIPE */
    {111, XSOCK_ENAMETOOLONG},   /* ERROR_BUFFER_OVERFLOW */
    {121, XSOCK_ETIMEDOUT},      /* ERROR_SEM_TIMEOUT */
    {122, XSOCK_EINVAL},         /* ERROR_INSUFFICIENT_BUFFER */
    {132, XSOCK_ESPIPE},         /* ERROR_SEEK_ON_DEVICE */
    {183, XSOCK_EEXIST},         /* ERROR_ALREADY_EXISTS */
    {232, XSOCK_EPIPE},          /* ERROR_NO_DATA */
    {233, XSOCK_EPIPE},          /* ERROR_PIPE_NOT_CONNECTED */
    {234, XSOCK_EMSGSIZE},       /* ERROR_MORE_DATA */
    {258, XSOCK_ETIMEDOUT},      /* WAIT_TIMEOUT */
    {995, XSOCK_ECANCELED},      /* ERROR_OPERATION_ABORTED */
    {996, XSOCK_EAGAIN},         /* ERROR_IO_INCOMPLETE */
    {997, XSOCK_EINPROGRESS},    /* ERROR_IO_PENDING */
    {998, XSOCK_EFAULT},         /* ERROR_NOACCESS */
    {1004, XSOCK_EINVAL},        /* ERROR_INVALID_FLAGS */
    {1168, XSOCK_ENOENT},        /* ERROR_NOT_FOUND */
    {1225, XSOCK_ECONNREFUSED},  /* ERROR_CONNECTION_REFUSED */
    {1226, XSOCK_EPIPE},         /* ERROR_GRACEFUL_DISCONNECT */
    {1227, XSOCK_EADDRINUSE},    /* ERROR_ADDRESS_ALREADY_ASSOCIATED */
    {1228, XSOCK_EADDRNOTAVAIL}, /* ERROR_ADDRESS_NOT_ASSOCIATED */
    {1229, XSOCK_ENOTCONN},      /* ERROR_CONNECTION_INVALID */
    {1230, XSOCK_EISCONN},       /* ERROR_CONNECTION_ACTIVE */
    {1231, XSOCK_ENETUNREACH},   /* ERROR_NETWORK_UNREACHABLE */
    {1232, XSOCK_EHOSTUNREACH},  /* ERROR_HOST_UNREACHABLE */
    {1233, XSOCK_ENETUNREACH},   /* ERROR_PROTOCOL_UNREACHABLE */
    {1234, XSOCK_ECONNREFUSED},  /* ERROR_PORT_UNREACHABLE */
    {1235, XSOCK_EINTR},         /* ERROR_REQUEST_ABORTED */
    {1236, XSOCK_ECONNABORTED},  /* ERROR_CONNECTION_ABORTED */
    {1237, XSOCK_EAGAIN},        /* ERROR_RETRY */
    {1256, XSOCK_EHOSTDOWN},     /* ERROR_HOST_DOWN */
    {1314, XSOCK_EPERM},         /* ERROR_PRIVILEGE_NOT_HELD */
    {1450, XSOCK_ENOBUFS},       /* ERROR_NO_SYSTEM_RESOURCES */
    {1453, XSOCK_ENOBUFS},       /* ERROR_WORKING_SET_QUOTA */
    {1454, XSOCK_ENOBUFS},       /* ERROR_PAGEFILE_QUOTA */
    {1455, XSOCK_ENOMEM},        /* ERROR_COMMITMENT_LIMIT */
    {1460, XSOCK_ETIMEDOUT},     /* ERROR_TIMEOUT */
    {1784, XSOCK_EFAULT},        /* ERROR_INVALID_USER_BUFFER */
    {1816, XSOCK_ENOBUFS},       /* ERROR_NOT_ENOUGH_QUOTA */
    {2250, XSOCK_ENOTCONN},      /* ERROR_NOT_CONNECTED */
};

enum { WINSOCK_ROWS = sizeof winsock / sizeof *winsock, WIN32_ROWS = sizeof win32 / sizeof *win32 };

static void assert_rows(const struct row *rows, int count)
{
    for (int i = 0; i < count; i++) {
        int got = xsock_error_from_winsock(rows[i].code);
        ASSERT_THAT(got == -rows[i].error, "code %d is %s, expected %s", (int)rows[i].code,
                    harness_name(got), harness_name(-rows[i].error));
    }
}

static bool is_a_row(int64_t code)
{
    for (int i = 0; i < WINSOCK_ROWS; i++) {
        if (winsock[i].code == code)
            return true;
    }
    for (int i = 0; i < WIN32_ROWS; i++) {
        if (win32[i].code == code)
            return true;
    }
    return code >= 11005 && code <= 11031;
}

static void every_winsock_code_has_its_error(void **state)
{
    (void)state;
    assert_rows(winsock, WINSOCK_ROWS);
    for (int code = 11005; code <= 11031; code++) {
        if (code != 11010 && code != 11011)
            ASSERT_RESULT(-XSOCK_EINVAL, xsock_error_from_winsock(code));
    }
}

static void every_win32_code_that_sockets_leak_has_its_error(void **state)
{
    (void)state;
    assert_rows(win32, WIN32_ROWS);
}

static void zero_is_no_error(void **state)
{
    (void)state;
    ASSERT_RESULT(0, xsock_error_from_winsock(0));
    ASSERT_RESULT(0, xsock_error_from_os(0));
}

/* Some of these have a low word that is a row. */
static const int64_t far[] = {LONG_MIN,
                              LONG_MAX,
                              INT64_MIN,
                              INT64_MAX,
                              INT_MIN,
                              INT_MAX,
                              INT64_C(10035) + (INT64_C(1) << 32),
                              INT64_C(1) << 32,
                              -10035,
                              -1,
                              INT64_C(0x80072733),
                              INT64_C(0xC0000001)};

static void any_code_has_a_named_error(void **state)
{
    int (*const total[])(int64_t) = {xsock_error_from_winsock, xsock_error_from_os};
    (void)state;
    for (int which = 0; which < 2; which++) {
        for (int64_t code = -70000; code <= 70000; code++) {
            int error = total[which](code);
            if (error >= 0 || xsock_errname(error) == NULL)
                ASSERT_THAT(code == 0 && error == 0, "code %d is %d", (int)code, error);
        }
        for (size_t i = 0; i < sizeof far / sizeof *far; i++)
            ASSERT_RESULT(-XSOCK_EUNKNOWN, total[which](far[i]));
    }
}

static void a_code_that_no_row_names_is_unknown(void **state)
{
    (void)state;
    for (int64_t code = -70000; code <= 70000; code++) {
        if (code != 0 && !is_a_row(code))
            ASSERT_RESULT(-XSOCK_EUNKNOWN, xsock_error_from_winsock(code));
    }
}

static void asking_leaves_the_last_system_code_alone(void **state)
{
    int before = xsock_oserror();
    (void)state;
    xsock_error_from_os(12345);
    xsock_error_from_winsock(10035);
    xsock_error_to_os(XSOCK_EUNKNOWN);
    xsock_strerror(-XSOCK_EAGAIN);
    assert_int_equal(xsock_oserror(), before);
}

/* ---- And back -------------------------------------------------------------------------------- */

enum { CODES = 12000, ERRORS = 2000 };

static void each_error_that_this_system_has_comes_back(void **state)
{
    static bool has[ERRORS];
    (void)state;
    for (int code = 1; code < CODES; code++)
        has[-xsock_error_from_os(code)] = true;
    has[XSOCK_EUNKNOWN] = false;
    for (int error = 1; error < ERRORS; error++) {
        int code = xsock_error_to_os(error);
        if (!has[error]) {
            ASSERT_THAT(code == -XSOCK_EINVAL, "%s gave %d", harness_name(-error), code);
            continue;
        }
        ASSERT_THAT(code > 0, "%s has no code", harness_name(-error));
        ASSERT_RESULT(-error, xsock_error_from_os(code));
        assert_int_equal(code, xsock_error_to_os(-error));
    }
}

static void what_is_no_error_has_no_code(void **state)
{
    static const int none[] = {XSOCK_EUNKNOWN, INT_MIN, INT_MAX, 65536, 100000, -100000};
    (void)state;
    ASSERT_RESULT(0, xsock_error_to_os(0));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_error_to_os(none[i]));
}

#ifdef _WIN32
static void an_error_of_several_codes_gives_the_usual_one(void **state)
{
    static const struct row usual[] = {
        {2, XSOCK_ENOENT},         {10035, XSOCK_EAGAIN},
        {10022, XSOCK_EINVAL},     {10061, XSOCK_ECONNREFUSED},
        {10045, XSOCK_ENOTSUP},    {10060, XSOCK_ETIMEDOUT},
        {8, XSOCK_ENOMEM},         {109, XSOCK_EPIPE},
        {10055, XSOCK_ENOBUFS},    {10093, XSOCK_ENOTINITIALISED},
        {11001, XSOCK_EAI_NONAME},
    };
    (void)state;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        assert_int_equal(usual[i].code, xsock_error_to_os(usual[i].error));
}
#else
static void an_error_of_several_codes_gives_the_usual_one(void **state)
{
    static const struct row usual[] = {
        {EAGAIN, XSOCK_EAGAIN},   {ENOTSUP, XSOCK_ENOTSUP}, {ENOENT, XSOCK_ENOENT},
        {ENOBUFS, XSOCK_ENOBUFS}, {EPIPE, XSOCK_EPIPE},     {ECONNREFUSED, XSOCK_ECONNREFUSED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        assert_int_equal(usual[i].code, xsock_error_to_os(usual[i].error));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_error_to_os(XSOCK_EAI_NONAME));
}
#endif

#ifdef _WIN32
static void the_codes_of_this_system_are_winsocks(void **state)
{
    (void)state;
    for (int64_t code = -70000; code <= 70000; code++) {
        int error = xsock_error_from_winsock(code);
        ASSERT_RESULT(error, xsock_error_from_os(code));
    }
}
#else
#define ROW(name) {name, XSOCK_##name}

/* These are POSIX's own, so every system must have them... */
static const struct row errnos[] = {
    ROW(E2BIG),
    ROW(EACCES),
    ROW(EADDRINUSE),
    ROW(EADDRNOTAVAIL),
    ROW(EAFNOSUPPORT),
    ROW(EAGAIN),
    ROW(EALREADY),
    ROW(EBADF),
    ROW(EBUSY),
    ROW(ECANCELED),
    ROW(ECHILD),
    ROW(ECONNABORTED),
    ROW(ECONNREFUSED),
    ROW(ECONNRESET),
    ROW(EDEADLK),
    ROW(EDESTADDRREQ),
    ROW(EDOM),
    ROW(EDQUOT),
    ROW(EEXIST),
    ROW(EFAULT),
    ROW(EFBIG),
    ROW(EHOSTUNREACH),
    ROW(EIDRM),
    ROW(EILSEQ),
    ROW(EINPROGRESS),
    ROW(EINTR),
    ROW(EINVAL),
    ROW(EIO),
    ROW(EISCONN),
    ROW(EISDIR),
    ROW(ELOOP),
    ROW(EMFILE),
    ROW(EMLINK),
    ROW(EMSGSIZE),
    ROW(ENAMETOOLONG),
    ROW(ENETDOWN),
    ROW(ENETRESET),
    ROW(ENETUNREACH),
    ROW(ENFILE),
    ROW(ENOBUFS),
    ROW(ENODEV),
    ROW(ENOENT),
    ROW(ENOEXEC),
    ROW(ENOLCK),
    ROW(ENOMEM),
    ROW(ENOMSG),
    ROW(ENOPROTOOPT),
    ROW(ENOSPC),
    ROW(ENOSYS),
    ROW(ENOTCONN),
    ROW(ENOTDIR),
    ROW(ENOTEMPTY),
    ROW(ENOTRECOVERABLE),
    ROW(ENOTSOCK),
    ROW(ENOTTY),
    ROW(ENXIO),
    ROW(EOVERFLOW),
    ROW(EOWNERDEAD),
    ROW(EPERM),
    ROW(EPIPE),
    ROW(EPROTO),
    ROW(EPROTONOSUPPORT),
    ROW(EPROTOTYPE),
    ROW(ERANGE),
    ROW(EROFS),
    ROW(ESPIPE),
    ROW(ESRCH),
    ROW(ESTALE),
    ROW(ETIMEDOUT),
    ROW(ETXTBSY),
    ROW(EXDEV),
    ROW(EBADMSG),
    {EWOULDBLOCK, XSOCK_EAGAIN},
    {EOPNOTSUPP, XSOCK_ENOTSUP},
    {ENOTSUP, XSOCK_ENOTSUP}, /* another number on macOS */
/* ... and these exist only on some systems. */
#ifdef EMULTIHOP
    ROW(EMULTIHOP),
#endif
#ifdef ENOLINK
    ROW(ENOLINK),
#endif
#ifdef ENODATA
    ROW(ENODATA),
#endif
#ifdef ETIME
    ROW(ETIME),
#endif
#ifdef ENOSR
    ROW(ENOSR),
#endif
#ifdef ENONET
    ROW(ENONET),
#endif
#ifdef EREMOTE
    ROW(EREMOTE),
#endif
#ifdef ECOMM
    ROW(ECOMM),
#endif
#ifdef ENOTUNIQ
    ROW(ENOTUNIQ),
#endif
#ifdef EBADFD
    ROW(EBADFD),
#endif
#ifdef EUSERS
    ROW(EUSERS),
#endif
#ifdef EREMOTEIO
    ROW(EREMOTEIO),
#endif
#ifdef ENOKEY
    ROW(ENOKEY),
#endif
#ifdef EKEYEXPIRED
    ROW(EKEYEXPIRED),
#endif
#ifdef EKEYREVOKED
    ROW(EKEYREVOKED),
#endif
#ifdef EKEYREJECTED
    ROW(EKEYREJECTED),
#endif
#ifdef ERFKILL
    ROW(ERFKILL),
#endif
#ifdef ENOTBLK
    ROW(ENOTBLK),
#endif
#ifdef EUNATCH
    ROW(EUNATCH),
#endif
#ifdef ENOPKG
    ROW(ENOPKG),
#endif
#ifdef ESHUTDOWN
    ROW(ESHUTDOWN),
#endif
#ifdef ESOCKTNOSUPPORT
    ROW(ESOCKTNOSUPPORT),
#endif
#ifdef EPFNOSUPPORT
    ROW(EPFNOSUPPORT),
#endif
#ifdef ETOOMANYREFS
    ROW(ETOOMANYREFS),
#endif
#ifdef EHOSTDOWN
    ROW(EHOSTDOWN),
#endif
#ifdef ENOTCAPABLE
    ROW(ENOTCAPABLE),
#endif
#ifdef ECAPMODE
    {ECAPMODE, XSOCK_ENOTCAPABLE}, /* FreeBSD, in a sandbox */
#endif
};

static void the_codes_of_this_system_are_its_errnos(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++) {
        int got = xsock_error_from_os(errnos[i].code);
        ASSERT_THAT(got == -errnos[i].error, "errno %d is %s, expected %s", (int)errnos[i].code,
                    harness_name(got), harness_name(-errnos[i].error));
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_winsock_code_has_its_error),
        TEST(every_win32_code_that_sockets_leak_has_its_error),
        TEST(zero_is_no_error),
        TEST(any_code_has_a_named_error),
        TEST(a_code_that_no_row_names_is_unknown),
        TEST(asking_leaves_the_last_system_code_alone),
        TEST(each_error_that_this_system_has_comes_back),
        TEST(what_is_no_error_has_no_code),
        TEST(an_error_of_several_codes_gives_the_usual_one),
#ifdef _WIN32
        TEST(the_codes_of_this_system_are_winsocks),
#else
        TEST(the_codes_of_this_system_are_its_errnos),
#endif
    };
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
