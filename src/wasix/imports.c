/* The list of imports, and the entry point of each. An entry point turns raw arguments into a
 * call, and its result into an errno. */
#include <string.h>

#include "wasix/guest.h"

static uint32_t run(xsock__wasix_impl *impl, struct xsock_wasix *g,
                    const struct xsock_wasix_memory *m, const uint64_t *args, bool wide,
                    bool preview1)
{
    if ((m->reserved[0] | m->reserved[1]) != 0)
        return XSOCK_EINVAL; /* preview 1 has the same number */
    struct xsock__wasix_call c = {g, m->base, m->base != NULL ? m->size : 0, args, wide};
    int rc = impl(&c);
    return rc == 0 ? 0 : xsock__wasix_errno(rc, preview1);
}

#define CALL(name, suffix, wide, preview1)                                                  \
    static uint32_t name##suffix(struct xsock_wasix *g, const struct xsock_wasix_memory *m, \
                                 const uint64_t *args)                                      \
    {                                                                                       \
        return run(xsock__wasix_##name, g, m, args, wide, preview1);                        \
    }
#define WASIX(name, signature) CALL(name, _32, false, false) CALL(name, _64, true, false)
#define PREVIEW1_ONLY(name, signature) CALL(name, _p1, false, true)
#define PREVIEW1(name, signature) WASIX(name, signature) PREVIEW1_ONLY(name, signature)
#define P ""
#include "wasix/imports.def"

static const struct xsock_wasix_import imports[] = {
#define P "i"
#define SAME(name, same, signature) {"wasix_32v1", #name, signature, same##_32},
#define WASIX(name, signature) SAME(name, name, signature)
#define PREVIEW1(name, signature) WASIX(name, signature)
#include "wasix/imports.def"
#define P "I"
#define SAME(name, same, signature) {"wasix_64v1", #name, signature, same##_64},
#define WASIX(name, signature) SAME(name, name, signature)
#define PREVIEW1(name, signature) WASIX(name, signature)
#include "wasix/imports.def"
#define P "i"
#define PREVIEW1_ONLY(name, signature) {"wasi_snapshot_preview1", #name, signature, name##_p1},
#define PREVIEW1(name, signature) PREVIEW1_ONLY(name, signature)
#include "wasix/imports.def"
};

const struct xsock_wasix_import *xsock_wasix_imports(size_t *out_count)
{
    if (out_count != NULL)
        *out_count = sizeof imports / sizeof imports[0];
    return imports;
}

const struct xsock_wasix_import *xsock_wasix_find(const char *module, const char *name)
{
    if (module == NULL || name == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof imports / sizeof imports[0]; i++)
        if (strcmp(imports[i].name, name) == 0 && strcmp(imports[i].module, module) == 0)
            return &imports[i];
    return NULL;
}
