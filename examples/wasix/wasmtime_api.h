/* The part of wasmtime's C API (https://docs.wasmtime.dev/c-api/) that wasmtime.c needs. It is
 * for users who have wasmtime's library but not its headers: the package on PyPI has only the
 * library. If you have the headers, include <wasmtime.h> instead. */
#ifndef WASMTIME_API_H
#define WASMTIME_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wasm_engine_t wasm_engine_t;
typedef struct wasm_externtype_t wasm_externtype_t;
typedef struct wasm_functype_t wasm_functype_t;
typedef struct wasm_importtype_t wasm_importtype_t;
typedef struct wasm_trap_t wasm_trap_t;
typedef struct wasm_valtype_t wasm_valtype_t;
typedef struct wasmtime_caller wasmtime_caller_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_linker wasmtime_linker_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_store wasmtime_store_t;

typedef struct {
    size_t size;
    char *data;
} wasm_byte_vec_t;

typedef struct {
    size_t size;
    wasm_valtype_t **data;
} wasm_valtype_vec_t;

typedef struct {
    size_t size;
    wasm_importtype_t **data;
} wasm_importtype_vec_t;

enum { WASM_I32 = 0, WASM_I64 = 1 };
enum { WASMTIME_EXTERN_FUNC = 0, WASMTIME_EXTERN_MEMORY = 3 };

typedef struct {
    uint64_t store;
    void *func;
} wasmtime_func_t;

typedef struct {
    struct {
        uint64_t store;
        uint32_t instance;
    } of;
    uint32_t index;
} wasmtime_memory_t;

typedef struct {
    uint64_t store;
    size_t index;
} wasmtime_instance_t;

typedef struct {
    uint8_t kind;
    union {
        wasmtime_func_t func;
        wasmtime_memory_t memory;
        uint64_t largest[3]; /* globals have the largest size */
    } of;
} wasmtime_extern_t;

/* An argument or a result, in 16 bytes because a vector has that size. */
typedef union {
    int32_t i32;
    int64_t i64;
    uint8_t v128[16];
} wasmtime_val_raw_t;

typedef wasm_trap_t *wasmtime_func_unchecked_callback_t(void *env, wasmtime_caller_t *caller,
                                                        wasmtime_val_raw_t *args_and_results,
                                                        size_t count);

wasm_engine_t *wasm_engine_new(void);
void wasm_engine_delete(wasm_engine_t *engine);
uint8_t wasm_valtype_kind(const wasm_valtype_t *type);
void wasm_byte_vec_delete(wasm_byte_vec_t *v);
void wasm_importtype_vec_delete(wasm_importtype_vec_t *v);
const wasm_byte_vec_t *wasm_importtype_module(const wasm_importtype_t *type);
const wasm_byte_vec_t *wasm_importtype_name(const wasm_importtype_t *type);
const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *type);
const wasm_functype_t *wasm_externtype_as_functype_const(const wasm_externtype_t *type);
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *type);
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *type);
void wasm_trap_message(const wasm_trap_t *trap, wasm_byte_vec_t *out);
void wasm_trap_delete(wasm_trap_t *trap);

wasm_trap_t *wasmtime_trap_new(const char *message, size_t length);
void wasmtime_error_message(const wasmtime_error_t *error, wasm_byte_vec_t *out);
void wasmtime_error_delete(wasmtime_error_t *error);

wasmtime_store_t *wasmtime_store_new(wasm_engine_t *engine, void *data, void (*finalizer)(void *));
wasmtime_context_t *wasmtime_store_context(wasmtime_store_t *store);
void wasmtime_store_delete(wasmtime_store_t *store);
wasmtime_error_t *wasmtime_module_new(wasm_engine_t *engine, const uint8_t *wasm, size_t size,
                                      wasmtime_module_t **out);
void wasmtime_module_delete(wasmtime_module_t *module);
void wasmtime_module_imports(const wasmtime_module_t *module, wasm_importtype_vec_t *out);
wasmtime_linker_t *wasmtime_linker_new(wasm_engine_t *engine);
void wasmtime_linker_delete(wasmtime_linker_t *linker);
wasmtime_error_t *wasmtime_linker_define_func_unchecked(
    wasmtime_linker_t *linker, const char *module, size_t module_length, const char *name,
    size_t name_length, const wasm_functype_t *type, wasmtime_func_unchecked_callback_t *callback,
    void *env, void (*finalizer)(void *));
wasmtime_error_t *wasmtime_linker_instantiate(const wasmtime_linker_t *linker,
                                              wasmtime_context_t *context,
                                              const wasmtime_module_t *module,
                                              wasmtime_instance_t *out, wasm_trap_t **out_trap);
bool wasmtime_instance_export_get(wasmtime_context_t *context, const wasmtime_instance_t *instance,
                                  const char *name, size_t length, wasmtime_extern_t *out);
wasmtime_error_t *wasmtime_func_call_unchecked(wasmtime_context_t *context,
                                               const wasmtime_func_t *func,
                                               wasmtime_val_raw_t *args_and_results, size_t count,
                                               wasm_trap_t **out_trap);
bool wasmtime_caller_export_get(wasmtime_caller_t *caller, const char *name, size_t length,
                                wasmtime_extern_t *out);
wasmtime_context_t *wasmtime_caller_context(wasmtime_caller_t *caller);
uint8_t *wasmtime_memory_data(const wasmtime_context_t *context, const wasmtime_memory_t *memory);
size_t wasmtime_memory_data_size(const wasmtime_context_t *context,
                                 const wasmtime_memory_t *memory);

#endif
