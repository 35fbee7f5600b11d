#include "guest.h"
#include "guests.h"

#include <stdarg.h>
#include <string.h>

void guest_start(struct guest *g, const struct xsock_wasix_config *config)
{
    memset(g, 0, sizeof *g);
    ASSERT_RESULT(0, xsock_wasix_create(config, &g->process));
    g->memory.base = g->bytes;
    g->memory.size = sizeof g->bytes;
    g->module = "wasix_32v1";
}

void guest_stop(struct guest *g)
{
    xsock_wasix_destroy(g->process);
    g->process = NULL;
}

uint32_t guest_call(struct guest *g, const char *name, ...)
{
    const struct xsock_wasix_import *import = xsock_wasix_find(g->module, name);
    uint64_t args[12];
    va_list ap;
    if (import == NULL)
        fail_msg("no import %s in %s", name, g->module);
    va_start(ap, name);
    for (size_t i = 0; import->signature[i] != 0; i++) {
        args[i] = va_arg(ap, uint64_t);
        if (import->signature[i] == 'i')
            args[i] = (args[i] & UINT32_MAX) | UINT64_C(0xdeadbeef00000000);
    }
    va_end(ap);
    return import->call(g->process, &g->memory, args);
}

uint32_t guest_get32(const struct guest *g, uint64_t at)
{
    uint32_t v = 0;
    for (unsigned i = 4; i-- > 0;)
        v = v << 8 | g->bytes[at + i];
    return v;
}

uint64_t guest_get64(const struct guest *g, uint64_t at)
{
    return guest_get32(g, at) | (uint64_t)guest_get32(g, at + 4) << 32;
}

static void put(struct guest *g, uint64_t at, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, v >>= 8)
        g->bytes[at + i] = (unsigned char)(v & 0xff);
}

void guest_put16(struct guest *g, uint64_t at, uint16_t v)
{
    put(g, at, v, 2);
}

void guest_put32(struct guest *g, uint64_t at, uint32_t v)
{
    put(g, at, v, 4);
}

void guest_put64(struct guest *g, uint64_t at, uint64_t v)
{
    put(g, at, v, 8);
}

void guest_put_loopback(struct guest *g, uint64_t at, uint16_t port)
{
    memset(g->bytes + at, 0, 110);
    g->bytes[at] = XSOCK_AF_INET;
    guest_put16(g, at + 2, port);
    g->bytes[at + 4] = 127;
    g->bytes[at + 7] = 1;
}

void guest_put_vec(struct guest *g, uint64_t at, uint64_t base, uint64_t len)
{
    unsigned word = strcmp(g->module, "wasix_64v1") == 0 ? 8 : 4;
    put(g, at, base, word);
    put(g, at + word, len, word);
}

/* ---- Fixture ------------------------------------------------------------------------ */

struct guest guest, other;
const char *const guest_modules[GUEST_MODULES] = {"wasix_32v1", "wasix_64v1"};

void guests_set_module(const char *module)
{
    guest.module = other.module = module;
}

int guests_setup_with(void **state, const struct xsock_wasix_config *config)
{
    int rc = harness_setup(state);
    guest_start(&guest, config);
    guest_start(&other, NULL);
    return rc;
}

int guests_setup(void **state)
{
    return guests_setup_with(state, NULL);
}

int guests_teardown(void **state)
{
    guest_stop(&guest);
    guest_stop(&other);
    return harness_teardown(state);
}
