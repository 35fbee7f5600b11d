/* What wasm2c.c shares with the C of a guest: the code from wasm2c, and the functions from
 * imports.awk. */
#ifndef WASM2C_H
#define WASM2C_H

#include <stddef.h>
#include <stdint.h>

#include "xsock_wasix.h"

struct import_name {
    const char *module, *name, *signature; /* a letter for each parameter: i, I, f or F */
};

/* From imports.awk: the imports, ended by NULLs, and the guest. */
extern const struct import_name import_names[];
void guest_memory(struct xsock_wasix_memory *out);
void guest_run(void *host);
void guest_free(void);

/* Calls import_names[i]. */
uint32_t call_import(void *host, size_t i, const uint64_t *args);

#endif
