/* Runs a guest in wasmtime, with xsock's sockets:
 *
 *   cc -o run wasmtime.c host.c preview1.c -lwasmtime -lxsock
 *   ./run GUEST.wasm [FOLDER]
 *
 * A loop defines every function that the guest imports, with the parameters that the guest wants.
 * All of them have the same callback. The guest may read the files in FOLDER. The program exits
 * with the guest's status. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "wasmtime_api.h"

struct entry {
    struct host *host;
    struct host_import import;
    bool returns; /* true if the function has a result */
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
    uint64_t args[HOST_ARGS];
    const char *letters = e->import.signature != NULL ? e->import.signature : "";
    (void)count;
    find_memory(caller, &memory);
    for (size_t i = 0; letters[i] != 0; i++) /* host_find has checked their number */
        args[i] = letters[i] == 'i' ? (uint32_t)v[i].i32 : (uint64_t)v[i].i64;
    uint32_t error = host_call(e->host, &e->import, &memory, args);
    if (e->host->exited)
        return wasmtime_trap_new("exit", 4); /* the only way to leave a guest */
    if (e->returns)
        v[0] = (wasmtime_val_raw_t){.i64 = (int64_t)error};
    return NULL;
}

/* Writes the letters of the parameters. Too many of them end with a letter that no function has. */
static void write_signature(const wasm_functype_t *type, char out[HOST_ARGS + 2])
{
    const wasm_valtype_vec_t *params = wasm_functype_params(type);
    size_t n = params->size <= HOST_ARGS ? params->size : HOST_ARGS + 1;
    for (size_t i = 0; i < n; i++) {
        uint8_t kind = wasm_valtype_kind(params->data[i]);
        out[i] = kind == WASM_I32 ? 'i' : kind == WASM_I64 ? 'I' : '?';
    }
    if (n > HOST_ARGS)
        out[HOST_ARGS] = '?';
    out[n] = 0;
}

/* Copies a name, which has no NUL in wasmtime. Returns NULL if there is no memory. */
static char *copy_name(const wasm_byte_vec_t *from)
{
    char *to = calloc(1, from->size + 1);
    if (to != NULL && from->size > 0)
        memcpy(to, from->data, from->size);
    return to;
}

/* Defines one import. What is not a function is left to wasmtime, which says what is missing. */
static bool define(wasmtime_linker_t *linker, const wasm_importtype_t *import, struct entry *e,
                   struct host *h)
{
    const wasm_functype_t *type = wasm_externtype_as_functype_const(wasm_importtype_type(import));
    const wasm_byte_vec_t *in = wasm_importtype_module(import), *n = wasm_importtype_name(import);
    char signature[HOST_ARGS + 2], *module, *name;
    if (type == NULL)
        return true;
    module = copy_name(in);
    name = copy_name(n);
    bool ok = module != NULL && name != NULL;
    if (ok) {
        write_signature(type, signature);
        e->host = h;
        e->returns = wasm_functype_results(type)->size > 0;
        host_find(module, name, signature, &e->import);
        ok = went_well(name,
                       wasmtime_linker_define_func_unchecked(linker, in->data, in->size, n->data,
                                                             n->size, type, call, e, NULL),
                       NULL);
    }
    free(module);
    free(name);
    return ok;
}

/* Defines all imports. Returns the array of entries, which must stay while the guest runs, or
 * NULL after a message was printed. */
static struct entry *define_all(wasmtime_linker_t *linker, const wasmtime_module_t *module,
                                struct host *h)
{
    wasm_importtype_vec_t imports;
    wasmtime_module_imports(module, &imports);
    struct entry *entries = calloc(imports.size + 1, sizeof *entries);
    bool ok = entries != NULL;
    for (size_t i = 0; ok && i < imports.size; i++)
        ok = define(linker, imports.data[i], &entries[i], h);
    wasm_importtype_vec_delete(&imports);
    if (ok)
        return entries;
    free(entries);
    return NULL;
}

/* ---- The guest ------------------------------------------------------------------------------- */

/* Reads a whole file. Returns NULL after a message was printed. */
static uint8_t *read_all(const char *path, size_t *out_size)
{
    FILE *f = fopen(path, "rb");
    long size = f != NULL && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    uint8_t *bytes = size > 0 ? malloc((size_t)size) : NULL;
    bool ok = bytes != NULL && fseek(f, 0, SEEK_SET) == 0
              && fread(bytes, 1, (size_t)size, f) == (size_t)size;
    if (f != NULL)
        (void)fclose(f);
    *out_size = ok ? (size_t)size : 0;
    if (ok)
        return bytes;
    fprintf(stderr, "%s can't be read\n", path);
    free(bytes);
    return NULL;
}

static wasmtime_module_t *load(wasm_engine_t *engine, const char *path)
{
    wasmtime_module_t *module = NULL;
    size_t n;
    uint8_t *wasm = read_all(path, &n);
    if (wasm != NULL)
        (void)went_well(path, wasmtime_module_new(engine, wasm, n, &module), NULL);
    free(wasm);
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
    struct entry *entries = define_all(linker, module, &host);
    bool ok = entries != NULL && run(&host, linker, wasmtime_store_context(store), module);
    host_stop(&host);
    wasmtime_linker_delete(linker);
    wasmtime_store_delete(store);
    wasmtime_module_delete(module);
    wasm_engine_delete(engine);
    free(entries);
    return ok ? host.status : 2;
}
