/* xsock catalog: what this machine can open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "tool.h"
#include "xsock_native.h"

enum { LINE = 80 };

/* The columns before the last. */
enum { FAMILY, TYPE, PROTOCOL, DEFAULT, NUMBERS, COLUMNS };

static const char *const titles[COLUMNS] = {"FAMILY", "TYPE", "PROTOCOL", "DEFAULT", "NUMBERS"};

struct rows {
    struct xsock_triple *row;
    size_t count, capacity;
};

/* All rows are collected before the first is printed: the widths of the columns depend on them. */
static int collect(const struct xsock_triple *triple, void *user)
{
    struct rows *rows = user;

    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 128;
        struct xsock_triple *row = realloc(rows->row, capacity * sizeof *row);

        if (!row) {
            complain("not enough memory");
            return 1;
        }
        rows->row = row;
        rows->capacity = capacity;
    }
    rows->row[rows->count++] = *triple;
    return 0;
}

static const char *result(const struct xsock_triple *t)
{
    const char *name = t->status == 0 ? "ok" : xsock_errname(t->status);

    return name ? name : "?";
}

static enum paint result_paint(const struct xsock_triple *t)
{
    if (t->status == 0)
        return GOOD;
    return t->status == -XSOCK_EAFNOSUPPORT || t->status == -XSOCK_ESOCKTNOSUPPORT
                   || t->status == -XSOCK_EPROTONOSUPPORT
               ? DIM
               : WARN;
}

static const char *cell(const struct xsock_triple *t, int column, char buffer[48])
{
    switch (column) {
    case FAMILY:
        return t->af_name;
    case TYPE:
        return t->type_name;
    case PROTOCOL:
        return t->protocol_name;
    case DEFAULT:
        return t->is_default ? "yes" : "no";
    default:
        snprintf(buffer, 48, "%d %d %d", t->af, t->type, t->protocol);
        return buffer;
    }
}

static void widen(int *width, const char *text)
{
    int length = (int)strlen(text);

    if (*width < length)
        *width = length;
}

/* As wide as the widest cell and two spaces, or one where the line would be too long. */
static void measure(const struct rows *rows, int width[COLUMNS])
{
    char buffer[48];
    int last = 0, sum = 0;

    for (int column = 0; column < COLUMNS; column++) {
        width[column] = (int)strlen(titles[column]);
        for (size_t i = 0; i < rows->count; i++)
            widen(&width[column], cell(&rows->row[i], column, buffer));
        sum += width[column];
    }
    for (size_t i = 0; i < rows->count; i++)
        widen(&last, result(&rows->row[i]));
    int gap = sum + last + 2 * COLUMNS <= LINE ? 2 : 1;
    for (int column = 0; column < COLUMNS; column++)
        width[column] += gap;
}

static void print_table(const struct rows *rows)
{
    char buffer[48];
    int width[COLUMNS];

    measure(rows, width);
    for (int column = 0; column < COLUMNS; column++)
        out_painted(BOLD, titles[column], width[column]);
    out_painted(BOLD, "RESULT", 0);
    out("\n");
    for (size_t i = 0; i < rows->count; i++) {
        const struct xsock_triple *t = &rows->row[i];

        for (int column = 0; column < COLUMNS; column++)
            out_painted(PLAIN, cell(t, column, buffer), width[column]);
        out_painted(result_paint(t), result(t), 0);
        out("\n");
    }
}

static void print_json_row(const struct xsock_triple *t)
{
    int triple[3];

    out("  {\"family\": ");
    out_json_string(t->af_name);
    out(", \"type\": ");
    out_json_string(t->type_name);
    out(", \"protocol\": ");
    out_json_string(strcmp(t->protocol_name, "-") == 0 ? NULL : t->protocol_name);
    out(", \"default\": %s, \"numbers\": [%d, %d, %d], \"system\": ",
        t->is_default ? "true" : "false", t->af, t->type, t->protocol);
    if (xsock_native_triple(t->af, t->type, t->protocol, triple) == 0)
        out("[%d, %d, %d]", triple[0], triple[1], triple[2]);
    else
        out("null");
    out(", \"result\": ");
    out_json_string(result(t));
    out("}");
}

static void print_json(const struct rows *rows)
{
    out("[");
    for (size_t i = 0; i < rows->count; i++) {
        out(i ? ",\n" : "\n");
        print_json_row(&rows->row[i]);
    }
    out("\n]\n");
}

static int run(const struct args *args)
{
    struct rows rows = {0};
    int count = xsock_catalog(collect, &rows);
    int status = DONE;

    if (count < 0)
        status = complain_error(count);
    else if ((size_t)count != rows.count)
        status = FAILED;
    else if ((args->options & OPTION_JSON))
        print_json(&rows);
    else
        print_table(&rows);
    free(rows.row);
    return status;
}

const struct command command_catalog = {
    .name = "catalog",
    .usage = "catalog [--json]",
    .summary = "list what this machine can open",
    .help = "Lists every family, type and protocol that xsock knows, and for each 'ok' or\n"
            "the name of the error that opening it gives here. Each is opened and closed.\n"
            "\n"
            "  DEFAULT   yes: protocol 0 picks this one for the family and type\n"
            "  NUMBERS   xsock's numbers of the three, the same on every system\n"
            "\n"
            "Where a type takes any protocol of a range (raw), those with a name are listed.\n"
            "\n"
            "  --json    as JSON: an array of objects with family, type, protocol (null: it\n"
            "            has no name), default, numbers, system (this system's own three\n"
            "            numbers; null: it has none), result\n"
            "\n"
            "Exit status: 0 listed, 1 an error, 2 wrong usage.\n",
    .min = 0,
    .max = 0,
    .options = OPTION_JSON,
    .run = run,
};
