/* A member of a poller on poll(): what is asked of it, and what of the answer is reported.
 *
 * poll() knows levels only. A member with edges has a set of events that were reported already.
 * They are not reported again before the condition was seen to end, or xsock__sys_poller_used() has
 * told of a call. */
#ifndef XSOCK__POSIX_POLLER_ENTRY_H
#define XSOCK__POSIX_POLLER_ENTRY_H

#include "posix/native.h"
#include "sys_poller.h"

#ifdef XSOCK__POLLER_POLL

struct entry {
    struct xsock__sys_member *m; /* whose state is the place of this entry, counted from 1 */
    uint32_t asked;
    uint32_t quiet; /* an edge: reported, and the condition lasts */
    bool stream;
    bool armed;   /* false: a ONESHOT that has reported */
    bool ended;   /* an edge: the end of the stream was reported */
    bool napping; /* poll() would return at once, and there is nothing to report */
};

/* What poll() is asked for these XSOCK_POLLER events. */
short xsock__posix_entry_asks(uint32_t events);

/* Whether anything of an answer is to be reported, which is stored then. Notes what was reported,
 * and whether poll() would return at once though there is nothing to report. */
bool xsock__posix_entry_judge(struct entry *e, short native, struct xsock_event *out);

#endif

#endif
