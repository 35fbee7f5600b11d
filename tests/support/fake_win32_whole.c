/* The whole model, for programs that know nothing of it: if XSOCK_TEST_WINDOWS is set, it is put in
 * front of the system before main(), and plays all that can be played at the same time to a program
 * that expects nothing. Not played are
 *   - another process that takes connections or redirects them, strangers who connect, ports and
 *     backlogs that are full, names that are not found, control data that comes: what such a
 *     program asks of the system would then have another answer, rightly;
 *   - AFD's device refused: without it there is no poller, and its polls cannot be lost;
 *   - a duplicate that knows no address: the model knows one such handle only;
 *   - a silent port: a program cannot know its number. */
#include "fake_win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void tell(void)
{
    printf("the model has played %d reports, has judged %d polls, lost %d polls, and refused %d "
           "transfers that are too large\n",
           fake_win32.reports_told, fake_win32.judged_polls, fake_win32.lost_polls,
           fake_win32.too_large_calls);
}

/* "tell" makes the program say at its end what was played. */
static void __attribute__((constructor)) install_whole(void)
{
    char value[8] = "";
    if (GetEnvironmentVariableA("XSOCK_TEST_WINDOWS", value, sizeof value) == 0)
        return;
    if (strcmp(value, "tell") == 0)
        (void)atexit(tell);
    fake_win32_install_parts();
    fake_win32.resets_in_backlogs = true;
    fake_win32.refuses_cancel = true;
    fake_win32.locked_max = 65536;
    fake_win32.loses_polls = true;
    fake_win32.lacks_initial_rto = true;
    fake_win32.checks_start = true;
    fake_win32.binds_no_group = true;
    fake_win32.foreign_reports = true;
    fake_win32.lacks_report_ioctls = true;
}
