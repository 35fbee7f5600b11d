/* Runs a guest that wasm2c (from wabt) has compiled to C, with xsock's sockets:
 *
 *   wasm2c guest.wasm -n guest -o guest.c          writes guest.c and guest.h
 *   awk -v header=guest.h -f imports.awk guest.h >guest_imports.c
 *   cc -o guest wasm2c.c host.c preview1.c guest.c guest_imports.c -IWABT WABT/wasm-rt-impl.c \
 *      -lxsock -lm
 *   ./guest [FOLDER]
 *
 * WABT is the folder of wasm2c's own part. On Debian the folder is /usr/share/wabt/wasm2c.
 * A program in C cannot register imports in a list. Each import is a function to link with, and
 * imports.awk writes these functions. All of them call call_import with the number of their
 * import. The guest may read the files in FOLDER. The program exits with the guest's status. */
#include "wasm2c.h"

#include <setjmp.h>
#include <stdlib.h>

#include "host.h"
#include "wasm-rt-impl.h"

static struct host_import *imports;
static jmp_buf end;

uint32_t call_import(void *host, size_t i, const uint64_t *args)
{
    struct host *h = host;
    /* The memory is asked for each time, because it may have grown. */
    struct xsock_wasix_memory memory;
    guest_memory(&memory);
    uint32_t error = host_call(h, &imports[i], &memory, args);
    if (h->exited)
        longjmp(end, 1);
    return error;
}

static bool find_imports(void)
{
    size_t count = 0;
    while (import_names[count].name != NULL)
        count++;
    imports = calloc(count + 1, sizeof *imports);
    if (imports == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct import_name *n = &import_names[i];
        host_find(n->module, n->name, n->signature, &imports[i]);
    }
    return true;
}

/* Runs the guest until its main returns, it calls exit, or a trap ends it. */
static void run(struct host *h)
{
    if (setjmp(end) != 0)
        return;
    wasm_rt_trap_t trap = wasm_rt_impl_try();
    if (trap == 0) {
        guest_run(h);
        return;
    }
    fprintf(stderr, "trap: %s\n", wasm_rt_strerror(trap));
    h->status = 1;
}

int main(int argc, char **argv)
{
    static struct host host;
    wasm_rt_init();
    if (!find_imports() || !host_start(&host, argc > 1 ? argv[1] : NULL))
        return 1;
    run(&host);
    host_stop(&host);
    guest_free();
    wasm_rt_free();
    free(imports);
    return host.status;
}
