#include "library.h"

extern const struct library library_raw, library_xsock;
#ifdef BENCH_LIBUV
extern const struct library library_libuv;
#endif
#ifdef BENCH_APR
extern const struct library library_apr;
#endif
#ifdef BENCH_NSPR
extern const struct library library_nspr;
#endif
#ifdef BENCH_GLIB
extern const struct library library_glib;
#endif

const struct library *const libraries[] = {
    &library_raw,   &library_xsock,
#ifdef BENCH_NSPR
    &library_nspr,
#endif
#ifdef BENCH_APR
    &library_apr,
#endif
#ifdef BENCH_LIBUV
    &library_libuv,
#endif
#ifdef BENCH_GLIB
    &library_glib,
#endif
};
const size_t library_count = sizeof libraries / sizeof *libraries;

void libraries_start(void)
{
    for (size_t i = 0; i < library_count; i++)
        if (libraries[i]->start != NULL)
            libraries[i]->start();
}

size_t library_pairs(enum stream_kind kind, struct library_pair *out, size_t capacity)
{
    size_t n = 0;
    for (size_t i = 0; i < library_count && n < capacity; i++)
        if (libraries[i]->connect != NULL && libraries[i]->connect(kind, out[n].ends))
            out[n++].library = libraries[i];
    return n;
}

void library_close_pairs(struct library_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 2; k++)
            pairs[i].library->disconnect(pairs[i].ends[k]);
}
