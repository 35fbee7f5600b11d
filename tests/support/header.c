#include "header.h"

#include "harness.h"

enum { MOST = 600 };

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

struct header_number *header_numbers(void)
{
    FILE *f = fopen(XSOCK_SOURCE_DIR "/include/xsock.h", "r");
    struct header_number *rows = calloc(MOST + 1, sizeof *rows);
    char line[512], text[48];
    int count = 0;
    assert_non_null(f);
    assert_non_null(rows);
    while (fgets(line, sizeof line, f) != NULL) {
        /* enum lines only, some with several: "enum { XSOCK_SHUT_RD = 1, XSOCK_SHUT_WR = 2 };" */
        const char *at = line;
        while ((at = strstr(at, "XSOCK_")) != NULL) {
            struct header_number *row = &rows[count];
            if (sscanf(at, "%47[A-Z0-9_a-z] = %47[A-Za-z0-9_-]", row->name, text) != 2) {
                at += 6;
                continue;
            }
            assert_true(count < MOST);
            row->value = value_of(rows, count, text, &row->is_alias);
            count++;
            at = strchr(at, '=') + 1;
            at += strspn(at, " ") + strlen(text);
        }
    }
    fclose(f);
    rows[count].name[0] = '\0';
    ASSERT_THAT(count > 150, "the header names only %d numbers", count);
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
