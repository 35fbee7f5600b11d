#include "header.h"

#include "harness.h"

enum { MAX_ROWS = 600 };

static int value_of(const struct header_number *rows, int count, const char *text, int *out_alias)
{
    *out_alias = strncmp(text, "XSOCK_", 6) == 0;
    if (!*out_alias)
        return (int)strtol(text, NULL, 0);
    for (int i = 0; i < count; i++) {
        if (strcmp(rows[i].name, text) == 0)
            return rows[i].value;
    }
    ASSERT_THAT(false, "the header uses %s before it says what it is", text);
    return 0;
}

/* Adds the numbers of one file. Only lines of enums have them: "    XSOCK_SHUT_RD = 1, ...". */
static int read_numbers(const char *path, struct header_number *rows, int count)
{
    FILE *f = fopen(path, "r");
    char line[512], text[48];
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        struct header_number *row = &rows[count];
        if (sscanf(line, " %47[A-Z0-9_a-z] = %47[A-Za-z0-9_-]", row->name, text) != 2
            || strncmp(row->name, "XSOCK_", 6) != 0)
            continue;
        assert_true(count < MAX_ROWS);
        row->value = value_of(rows, count, text, &row->is_alias);
        count++;
    }
    fclose(f);
    return count;
}

struct header_number *header_numbers(void)
{
    struct header_number *rows = calloc(MAX_ROWS + 1, sizeof *rows);
    assert_non_null(rows);
    int count = read_numbers(XSOCK_SOURCE_DIR "/include/xsock.h", rows, 0);
    count = read_numbers(XSOCK_SOURCE_DIR "/include/xsock_families.h", rows, count);
    rows[count].name[0] = '\0';
    ASSERT_THAT(count > 300, "the headers name only %d numbers", count);
    return rows;
}

const struct header_number *header_next(const struct header_number *n, const char *prefix)
{
    for (; n->name[0] != '\0'; n++) {
        if (strncmp(n->name, prefix, strlen(prefix)) == 0)
            return n;
    }
    return NULL;
}
