/* Runs a guest in wasmtime, with xsock's sockets:
 *
 *   cc -o run wasmtime.c host.c preview1.c -lwasmtime -lxsock
 *   ./run GUEST.wasm [FOLDER]
 *
 * A loop defines every import that xsock lists, and those that host.h adds for files. All of
 * them have the same callback. The guest may read the files in FOLDER. The program exits with
 * the guest's status. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "wasmtime_api.h"

enum { MAX_ARGS = 12 };

struct entry {
    struct host *host;
    struct host_import import;
};

/* ---- Errors of wasmtime ---------------------------------------------------------------------- */

/* Prints the error or trap, and frees it. Returns true if there was none. */
static bool went_well(const char *what, wasmtime_error_t *error, wasm_trap_t *trap)
{
    wasm_byte_vec_t text;
    if (error == NULL && trap == NULL)
        return true;
    if (error != NULL)
        wasmtime_error_message(error, &text);
    else
        wasm_trap_message(trap, &text);
    fprintf(stderr, "%s: %.*s\n", what, (int)text.size, text.data);
    wasm_byte_vec_delete(&text);
    if (error != NULL)
        wasmtime_error_delete(error);
    if (trap != NULL)
        wasm_trap_delete(trap);
    return false;
}

/* ---- Imports --------------------------------------------------------------------------------- */

/* Finds the guest's memory. The memory may have moved since the guest's last call, but it does
 * not move during this one. */
static void find_memory(wasmtime_caller_t *caller, struct xsock_wasix_memory *out)
{
    wasmtime_extern_t item;
    const wasmtime_context_t *context = wasmtime_caller_context(caller);
    *out = (struct xsock_wasix_memory){0};
    if (!wasmtime_caller_export_get(caller, "memory", 6, &item)
        || item.kind != WASMTIME_EXTERN_MEMORY)
        return;
    out->base = wasmtime_memory_data(context, &item.of.memory);
    out->size = wasmtime_memory_data_size(context, &item.of.memory);
}

static wasm_trap_t *call(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *v, size_t count)
{
    struct entry *e = env;
    struct xsock_wasix_memory memory;
    uint64_t args[MAX_ARGS];
    (void)count;
    find_memory(caller, &memory);
    for (size_t i = 0; e->import.signature[i] != 0; i++)
        args[i] = e->import.signature[i] == 'i' ? (uint32_t)v[i].i32 : (uint64_t)v[i].i64;
    uint32_t error = host_call(e->host, &e->import, &memory, args);
    if (e->host->exited)
        return wasmtime_trap_new("exit", 4); /* the only way to leave a guest */
    if (e->import.returns)
        v[0].i32 = (int32_t)error;
    return NULL;
}

static wasm_functype_t *type_of(const struct host_import *import)
{
    wasm_valtype_t *types[MAX_ARGS], *result[1];
    wasm_valtype_vec_t params, results;
    size_t n = strlen(import->signature);
    for (size_t i = 0; i < n; i++)
        types[i] = wasm_valtype_new(import->signature[i] == 'i' ? WASM_I32 : WASM_I64);
    wasm_valtype_vec_new(&params, n, types);
    if (import->returns)
        result[0] = wasm_valtype_new(WASM_I32);
    wasm_valtype_vec_new(&results, import->returns ? 1 : 0, result);
    return wasm_functype_new(&params, &results);
}

static bool define(wasmtime_linker_t *linker, const char *module, const char *name, struct entry *e,
                   struct host *h)
{
    e->host = h;
    if (!host_find(module, name, &e->import))
        return false;
    wasm_functype_t *type = type_of(&e->import);
    bool ok = went_well(name,
                        wasmtime_linker_define_func_unchecked(linker, module, strlen(module), name,
                                                              strlen(name), type, call, e, NULL),
                        NULL);
    wasm_functype_delete(type);
    return ok;
}

/* Defines all imports. Returns the array of entries, which must stay while the guest runs, or
 * NULL after a message was printed. */
static struct entry *define_all(wasmtime_linker_t *linker, struct host *h)
{
    static const char preview1[] = "wasi_snapshot_preview1";
    size_t sockets, owns;
    const struct xsock_wasix_import *socket = xsock_wasix_imports(&sockets);
    const struct host_own *own = host_own(&owns);
    struct entry *entries = calloc(sockets + owns, sizeof *entries), *next = entries;
    bool ok = entries != NULL;
    for (size_t i = 0; ok && i < sockets; i++)
        ok = define(linker, socket[i].module, socket[i].name, next++, h);
    for (size_t i = 0; ok && i < owns; i++)
        if (xsock_wasix_find(preview1, own[i].name) == NULL)
            ok = define(linker, preview1, own[i].name, next++, h);
    if (ok)
        return entries;
    free(entries);
    return NULL;
}

/* ---- The guest ------------------------------------------------------------------------------- */

static wasmtime_module_t *load(wasm_engine_t *engine, const char *path)
{
    static uint8_t wasm[8 << 20];
    wasmtime_module_t *module = NULL;
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(wasm, 1, sizeof wasm, f) : 0;
    if (f == NULL || ferror(f) || !feof(f)) {
        fprintf(stderr, "%s can't be read\n", path);
        n = 0;
    }
    if (f != NULL)
        (void)fclose(f);
    if (n > 0)
        (void)went_well(path, wasmtime_module_new(engine, wasm, n, &module), NULL);
    return module;
}

/* Runs the guest until its main returns, it calls exit, or a trap ends it. */
static bool run(struct host *h, const wasmtime_linker_t *linker, wasmtime_context_t *context,
                const wasmtime_module_t *module)
{
    wasmtime_instance_t instance;
    wasmtime_extern_t start;
    wasmtime_val_raw_t none;
    wasm_trap_t *trap = NULL;
    if (!went_well("the guest",
                   wasmtime_linker_instantiate(linker, context, module, &instance, &trap), trap))
        return false;
    if (!wasmtime_instance_export_get(context, &instance, "_start", 6, &start)
        || start.kind != WASMTIME_EXTERN_FUNC)
        return false;
    wasmtime_error_t *error =
        wasmtime_func_call_unchecked(context, &start.of.func, &none, 0, &trap);
    if (!h->exited)
        return went_well("the guest", error, trap);
    /* A trap of a callback is reported as an error or as a trap, depending on the version. */
    if (error != NULL)
        wasmtime_error_delete(error);
    if (trap != NULL)
        wasm_trap_delete(trap);
    return true;
}

int main(int argc, char **argv)
{
    static struct host host;
    if (argc < 2) {
        fprintf(stderr, "usage: %s GUEST.wasm [FOLDER]\n", argv[0]);
        return 2;
    }
    wasm_engine_t *engine = wasm_engine_new();
    wasmtime_module_t *module = load(engine, argv[1]);
    if (module == NULL || !host_start(&host, argc > 2 ? argv[2] : NULL))
        return 2;
    wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_linker_t *linker = wasmtime_linker_new(engine);
    struct entry *entries = define_all(linker, &host);
    bool ok = entries != NULL && run(&host, linker, wasmtime_store_context(store), module);
    host_stop(&host);
    wasmtime_linker_delete(linker);
    wasmtime_store_delete(store);
    wasmtime_module_delete(module);
    wasm_engine_delete(engine);
    free(entries);
    return ok ? host.status : 2;
}
