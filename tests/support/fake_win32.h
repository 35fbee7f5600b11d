/* Windows as its documentation and reports of its users have it, where Wine is more forgiving: the
 * functions that this program imports are replaced by ones that play it, and that call the
 * system's. Each fault is off until a test turns it on. For programs that have the static library
 * inside. */
#ifndef XSOCK_TEST_FAKE_WIN32_H
#define XSOCK_TEST_FAKE_WIN32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake_win32 {
    /* AcceptEx takes a connection that its peer has reset already, this often, and fails with this
     * code; or succeeds, and SO_UPDATE_ACCEPT_CONTEXT fails with it. */
    int lost_connections, lost_code;
    bool lost_at_update;

    /* In front of every third connection another one was reset in the backlog. */
    bool resets_in_backlogs;

    /* So many strangers connect to each listener as soon as it listens. */
    int strangers;

    /* Software that redirects connections is the peer of each socket. */
    bool redirects;

    /* Another process accepts the connection just before AcceptEx, this often. */
    int stolen_connections;

    /* CancelIoEx of a socket fails, as under a layered provider. */
    bool refuses_cancel;

    /* Transfers of more bytes than this find too little memory that can be locked. 0: none does. */
    size_t locked_max;

    /* Of two requests to AFD for one socket on one device, the second one gets no answer. */
    bool loses_polls;

    /* AFD's device is not opened. */
    bool lacks_device;

    /* A connect finds a full backlog, this often, and is refused. */
    int full_backlogs;

    /* Nobody listens at this INET port. A connect to it has no answer for seconds unless the socket
     * was told to try once, for which the system may have no way. */
    uint16_t silent_port;
    bool lacks_initial_rto;

    /* IPv4's table of listeners has 0.0.0.0 at this port, and nothing else: on Windows a listener
     * of both families is in both tables. 0: the table is the system's. */
    uint16_t listed_port;

    /* The datagrams that are sent by one message come as one, with their size; or the size is
     * not told, as with some network adapters. */
    bool joins_datagrams, omits_segments;

    /* IP_UNICAST_IF and IPV6_UNICAST_IF are kept, and not set. (Wine 8 has the second one's number
     * in another byte order than Windows.) */
    bool keeps_ties;

    /* The provider has no WSARecvMsg. */
    bool lacks_recvmsg;

    /* A datagram to the first of these INET ports brings "port unreachable", and one to the other
     * "time to live exceeded". 0: no port. */
    uint16_t closed_port, far_port;

    /* Every third receive of a datagram socket finds a report that is not its own. */
    bool foreign_reports;

    /* So many reports come at the next receives of any socket. */
    int flood;

    /* Reports cannot be refused. */
    bool lacks_report_ioctls;

    /* getsockopt fails as other calls do while Winsock is not started. */
    bool checks_start;

    /* All ports that the system would choose from are taken. */
    bool no_port_left;

    /* This handle does not know that its socket was given an address by another handle. */
    uintptr_t stale_handle;

    /* No socket is bound to a multicast group. */
    bool binds_no_group;

    /* GetNameInfoW fails with this code. 0: it works. */
    int name_result;

    /* The control data of the message that comes next; of size 0: the system's. Or it is cut. */
    unsigned char comes[256];
    size_t comes_size;
    bool control_is_cut;

    /* Messages with control data are sent to nobody. Out: the control data of the last one. */
    bool keeps_messages;
    unsigned char sent[256];
    size_t sent_size;

    int reports_told;      /* out, as what follows */
    unsigned coalesces_to; /* UDP_RECV_MAX_COALESCED_SIZE as it was last set */
    uint32_t tie_of_ipv4, tie_of_ipv6;
    int judged_polls, lost_polls;
    int select_calls;
    int stale_calls;      /* receives by the stale handle */
    int type_questions;   /* SO_TYPE */
    int listen_questions; /* SO_ACCEPTCONN */
    int cancel_questions; /* whether calls can be cancelled */
    int events_made;
    int refused_devices;
    int impatient_connects; /* that were told to try once */
    int accept_ex_calls, too_large_calls;
};

extern struct fake_win32 fake_win32;

/* Puts the model in front of the system. Also fixtures of CMocka: the first one does so for a
 * group, and the others turn all faults off, and count handles as TEST does. */
void fake_win32_install_parts(void);
int fake_win32_install(void **state);
int fake_win32_setup(void **state);
int fake_win32_teardown(void **state);
#define WINDOWS_TEST(f) cmocka_unit_test_setup_teardown(f, fake_win32_setup, fake_win32_teardown)

/* The strangers leave. What keeps the silent port silent goes. */
void fake_win32_close_strangers(void);
void fake_win32_close_silent(void);

/* Makes calls of `name`, a function of `dll`, come to `replacement`. Returns the system's own
 * function. */
typedef void fake_win32_function(void);
fake_win32_function *fake_win32_replace(const char *dll, const char *name,
                                        fake_win32_function *replacement);

/* What the parts of the model put in place. */
void fake_win32_install_accept(void);
void fake_win32_install_afd(void);
void fake_win32_install_connect(void);
void fake_win32_install_device(void);
void fake_win32_install_ioctl(void);
void fake_win32_install_message(void);
void fake_win32_install_reports(void);
void fake_win32_install_transfer(void);

/* SIO_TCP_INITIAL_RTO of a socket. */
int fake_win32_set_initial_rto(uintptr_t s);

/* The ioctls that refuse reports. False: `ioctl` is another one. */
bool fake_win32_set_reports(uintptr_t s, uint32_t ioctl, const void *in, int *out_result);

/* A datagram was sent to this sockaddr; NULL: to the peer. */
void fake_win32_was_sent(uintptr_t s, const void *to);

/* Whether a receive fails with a report. Then WSAGetLastError has its code. Foreign ones come to
 * the functions that the library receives data by. */
bool fake_win32_reports(uintptr_t s, bool foreign_too);

/* Whether the model has an option that the system lacks. Then it is set. */
bool fake_win32_takes_option(int level, int name, const char *value);

/* The system's own getsockopt. */
int fake_win32_ask_option(uintptr_t s, int level, int name, char *value, int *size);

/* Replaces the function that a provider has handed out. */
void fake_win32_wrap_accept_ex(void *inout_function);
void fake_win32_wrap_recvmsg(void *inout_function);

#endif
