#include "fake_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is set ----------------------------------------------------------------------------- */

enum { ROWS = 256, DEVICE = -1, CONGESTION = -2, MULTICAST_IF = -3 };

static struct {
    struct row {
        uintptr_t handle;
        int option;
        int64_t value;
    } rows[ROWS];
    int count;
    int refused;
    bool multicast_if_untold;
    unsigned calls;
    int64_t tcp_state, tcp_rtt_ns;
    struct fake_options_last last;
} fake;

void fake_options_reset(void)
{
    memset(&fake, 0, sizeof fake);
}

void fake_options_refuse(int code)
{
    fake.refused = code;
}

unsigned fake_options_calls(void)
{
    return fake.calls;
}

struct fake_options_last fake_options_last(void)
{
    return fake.last;
}

void fake_options_tcp(int64_t state, int64_t rtt_ns)
{
    fake.tcp_state = state;
    fake.tcp_rtt_ns = rtt_ns;
}

/* Returns where the value of an option of a handle is stored. The value is 0 at first. */
static int64_t *value_of(uintptr_t h, int option)
{
    for (int i = 0; i < fake.count; i++)
        if (fake.rows[i].handle == h && fake.rows[i].option == option)
            return &fake.rows[i].value;
    if (fake.count == ROWS) {
        fprintf(stderr, "fake_options: too many options were set\n");
        abort();
    }
    fake.rows[fake.count] = (struct row){h, option, 0};
    return &fake.rows[fake.count++].value;
}

/* Every call begins with this. Returns 0, or the code that the call fails with. */
static int begin(int option)
{
    fake.calls++;
    fake.last.option = option;
    return fake.refused;
}

/* ---- The seam -------------------------------------------------------------------------------- */

int xsock__sys_set_option(const struct xsock__sys_target *s, int option, int64_t value)
{
    int code = begin(option);
    fake.last.target = *s;
    fake.last.value = value;
    if (code == 0)
        *value_of(s->handle, option) = value;
    return code;
}

int xsock__sys_get_option(const struct xsock__sys_target *s, int option, int64_t *out)
{
    int code = begin(option);
    fake.last.target = *s;
    if (code == 0)
        *out = *value_of(s->handle, option);
    return code;
}

int xsock__sys_set_congestion(uintptr_t h, const char *name)
{
    int code = begin(CONGESTION);
    snprintf(fake.last.text, sizeof fake.last.text, "%s", name);
    if (code == 0)
        *value_of(h, CONGESTION) = name[0];
    return code;
}

int xsock__sys_get_congestion(uintptr_t h, char out[XSOCK__CONGESTION_SIZE])
{
    int code = begin(CONGESTION);
    if (code == 0)
        snprintf(out, XSOCK__CONGESTION_SIZE, "%c-control", (int)*value_of(h, CONGESTION));
    return code;
}

int xsock__sys_set_device(uintptr_t h, int af, uint32_t index)
{
    int code = begin(DEVICE);
    (void)af;
    fake.last.value = index;
    if (code == 0)
        *value_of(h, DEVICE) = index;
    return code;
}

int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out)
{
    int code = begin(DEVICE);
    (void)af;
    if (code == 0)
        *out = (uint32_t)*value_of(h, DEVICE);
    return code;
}

int xsock__sys_set_multicast_if(uintptr_t h, int af, uint32_t index)
{
    int code = begin(MULTICAST_IF);
    (void)af;
    fake.last.value = index;
    if (code == 0)
        *value_of(h, MULTICAST_IF) = index;
    return code;
}

int xsock__sys_get_multicast_if(uintptr_t h, int af, uint32_t *inout)
{
    int code = begin(MULTICAST_IF);
    (void)af;
    if (code == 0 && !fake.multicast_if_untold)
        *inout = (uint32_t)*value_of(h, MULTICAST_IF);
    return code;
}

void fake_options_hide_multicast_if(void)
{
    fake.multicast_if_untold = true;
}

void fake_options_set_multicast_if(uintptr_t h, uint32_t index)
{
    *value_of(h, MULTICAST_IF) = index;
}

int xsock__sys_change_group(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    (void)h;
    fake.last.join = join;
    fake.last.group = *g;
    return begin(0);
}

int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out)
{
    int code = begin(0);
    (void)h;
    if (code == 0) {
        out->state = fake.tcp_state;
        out->rtt_ns = fake.tcp_rtt_ns;
    }
    return code;
}

int xsock__sys_set_raw_option(uintptr_t h, int level, int name, const void *value, size_t size)
{
    int code = begin(name);
    (void)level;
    if (code == 0 && size > 0)
        *value_of(h, name) = *(const unsigned char *)value;
    return code;
}

int xsock__sys_get_raw_option(uintptr_t h, int level, int name, void *out, size_t *inout_size)
{
    int code = begin(name);
    (void)level;
    if (code == 0 && *inout_size > 0) {
        *(unsigned char *)out = (unsigned char)*value_of(h, name);
        *inout_size = 1;
    }
    return code;
}
