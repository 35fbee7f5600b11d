#include "fault_rows.h"

#include <ctype.h>

#include "harness.h"

/* ---- The rows -------------------------------------------------------------------------------- */

enum { LOOKED_AT = 64 };

/* Returns false, and prints the row, if the call does not do what the row says. */
static bool gives_its_error(const struct fault_row *r, const void *world, size_t size, void *before)
{
    char text[256];
    int open = harness_descriptors(LOOKED_AT);
    memcpy(before, world, size);
    ptrdiff_t got = r->run();
    bool wrong = harness_mismatch(r->expected, (int)got, r->call, text, sizeof text);
    if (wrong)
        print_error("%s: %s\n", r->faults, text);
    bool wrote = memcmp(before, world, size) != 0;
    if (wrote)
        print_error("%s: %s: it wrote to what is the caller's\n", r->call, r->faults);
    bool opened = harness_descriptors(LOOKED_AT) != open;
    if (opened)
        print_error("%s: %s: it opened or closed a descriptor\n", r->call, r->faults);
    return !wrong && !wrote && !opened;
}

void fault_rows_assert(const struct fault_row *rows, size_t count, const void *world, size_t size)
{
    void *before = malloc(size);
    int wrong = 0;
    assert_non_null(before);
    for (size_t i = 0; i < count; i++)
        wrong += !gives_its_error(&rows[i], world, size, before);
    free(before);
    ASSERT_THAT(wrong == 0, "%d of %d rows", wrong, (int)count);
}

/* ---- The header ------------------------------------------------------------------------------ */

struct declaration {
    char name[64];
    int parameters;
    bool has_descriptor, has_pointer;
};

static char *read_text(const char *header)
{
    char path[512];
    snprintf(path, sizeof path, "%s/include/%s", XSOCK_SOURCE_DIR, header);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size > 0);
    rewind(f);
    char *text = calloc((size_t)size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, f), (size_t)size);
    fclose(f);
    return text;
}

static bool is_descriptor(const char *parameters)
{
    static const char *const first[] = {"int d,", "int d)", "int p,", "int p)"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (strncmp(parameters, first[i], strlen(first[i])) == 0)
            return true;
    return false;
}

/* Reads the declaration after XSOCK_API: "int xsock_bind(int d, const struct xsock_addr *a);". */
static void read_declaration(const char *at, struct declaration *out)
{
    const char *open = strchr(at, '('), *close = open != NULL ? strchr(open, ')') : NULL;
    assert_true(open != NULL && close != NULL);
    const char *name = open;
    while (isalnum((unsigned char)name[-1]) || name[-1] == '_')
        name--;
    size_t length = (size_t)(open - name);
    assert_true(length > 0 && length < sizeof out->name);
    memset(out, 0, sizeof *out);
    memcpy(out->name, name, length);
    out->parameters = strncmp(open, "(void)", 6) == 0 ? 0 : 1;
    out->has_descriptor = is_descriptor(open + 1);
    for (const char *c = open; c < close; c++) {
        out->parameters += *c == ',';
        out->has_pointer = out->has_pointer || *c == '*' || *c == '[';
    }
}

/* Returns the next "XSOCK_API" that begins a line, or NULL. */
static const char *next_declaration(const char *text)
{
    const char *found = strstr(text, "\nXSOCK_API ");
    return found != NULL ? found + strlen("\nXSOCK_API ") : NULL;
}

static bool has_row(const struct fault_row *rows, size_t count, const char *call, int error)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].call, call) == 0 && (error == 0 || rows[i].expected == error))
            return true;
    return false;
}

static bool is_exempt(const struct fault_exempt *e, size_t count, const char *call, int error)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(e[i].call, call) == 0 && (e[i].error == 0 || e[i].error == error))
            return true;
    return false;
}

/* Returns how many kinds of rows a call lacks. */
static int count_missing(const struct declaration *d, const struct fault_row *rows, size_t count,
                         const struct fault_exempt *exempt, size_t exempt_count)
{
    const struct {
        int error;
        bool wanted;
        const char *text;
    } wants[] = {{0, d->parameters >= 2, "a row"},
                 {-XSOCK_EBADF, d->parameters >= 2 && d->has_descriptor, "a row of EBADF"},
                 {-XSOCK_EFAULT, d->parameters >= 2 && d->has_pointer, "a row of EFAULT"}};
    int missing = 0;
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
        if (!wants[i].wanted || has_row(rows, count, d->name, wants[i].error)
            || is_exempt(exempt, exempt_count, d->name, wants[i].error))
            continue;
        print_error("%s needs %s: see tests/support/fault_rows.h\n", d->name, wants[i].text);
        missing++;
    }
    return missing;
}

void fault_rows_assert_complete(const char *header, const struct fault_row *rows, size_t count,
                                const struct fault_exempt *exempt, size_t exempt_count)
{
    char *text = read_text(header);
    int calls = 0, missing = 0;
    for (const char *at = next_declaration(text); at != NULL; at = next_declaration(at)) {
        struct declaration d;
        read_declaration(at, &d);
        missing += count_missing(&d, rows, count, exempt, exempt_count);
        calls++;
    }
    free(text);
    ASSERT_THAT(calls > 0, "%s declares no call", header);
    ASSERT_THAT(missing == 0, "%d rows are missing for %s", missing, header);
}
