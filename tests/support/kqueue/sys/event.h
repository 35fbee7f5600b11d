/* <sys/event.h> for tests on systems that have none: as much of kqueue as pollers use, with the
 * numbers of FreeBSD. tests/support/kqueue/kqueue.c has the functions. */
#ifndef XSOCK_TEST_KQUEUE_SYS_EVENT_H
#define XSOCK_TEST_KQUEUE_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned fflags;
    int64_t data;
    void *udata;
    uint64_t ext[4];
};

enum { EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_USER = -11 };
enum { EV_ADD = 1, EV_DELETE = 2, EV_ONESHOT = 0x10, EV_CLEAR = 0x20, EV_EOF = 0x8000 };
enum { NOTE_LOWAT = 1, NOTE_TRIGGER = 0x01000000 };

#define EV_SET(e, i, f, fl, ff, d, u) \
    do {                              \
        (e)->ident = (i);             \
        (e)->filter = (f);            \
        (e)->flags = (fl);            \
        (e)->fflags = (ff);           \
        (e)->data = (d);              \
        (e)->udata = (u);             \
    } while (0)

int kqueue(void);
int kevent(int kq, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *timeout);

#endif
