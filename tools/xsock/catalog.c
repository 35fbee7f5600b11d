/* xsock catalog: the kinds of sockets that this machine can open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "print.h"
#include "tool.h"
#include "xsock_native.h"

enum { LINE = 80 };

/* The columns before the last one. */
enum { FAMILY, TYPE, PROTOCOL, DEFAULT, NUMBERS, COLUMNS };

static const char *const titles[COLUMNS] = {"FAMILY", "TYPE", "PROTOCOL", "DEFAULT", "NUMBERS"};

struct rows {
    struct xsock_triple *row;
    size_t count, capacity;
    bool failed; /* true if memory ran out; a message was printed */
    int family;  /* only rows of this family are collected; -1 means all rows */
};

/* All rows are collected before the first is printed, because the widths of the columns depend on
 * all of them. */
static int collect(const struct xsock_triple *triple, void *user)
{
    struct rows *rows = user;

    if (rows->family >= 0 && triple->af != rows->family)
        return 0;
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 128;
        struct xsock_triple *row = realloc(rows->row, capacity * sizeof *row);

        if (!row) {
            complain("not enough memory; end other programs, and try again");
            rows->failed = true;
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

/* A column is as wide as its widest cell and two spaces, or one space if the line would be too
 * long. */
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

/* ---- One line for each family ---------------------------------------------------------------- */

enum { SUMMARY_COUNT_WIDTH = 12 };

/* "stream dgram raw", each type once. */
static void print_types(const struct rows *rows, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        bool again = false;

        for (size_t j = first; j < i; j++)
            again |= rows->row[j].type == rows->row[i].type;
        if (!again)
            out(i == first ? "%s" : " %s", rows->row[i].type_name);
    }
    out("\n");
}

/* The rows of a family stand together. */
static void print_summary(const struct rows *rows)
{
    char count[32];
    int width = (int)strlen(titles[FAMILY]);
    size_t end;

    for (size_t i = 0; i < rows->count; i++)
        widen(&width, rows->row[i].af_name);
    width += 2;
    out_painted(BOLD, titles[FAMILY], width);
    out_painted(BOLD, "OPENS", SUMMARY_COUNT_WIDTH);
    out_painted(BOLD, "TYPES", 0);
    out("\n");
    for (size_t first = 0; first < rows->count; first = end) {
        unsigned good = 0;

        for (end = first; end < rows->count && rows->row[end].af == rows->row[first].af; end++)
            good += rows->row[end].status == 0;
        snprintf(count, sizeof count, "%u of %u", good, (unsigned)(end - first));
        out_painted(PLAIN, rows->row[first].af_name, width);
        out_painted(good == 0             ? DIM
                    : good == end - first ? GOOD
                                          : WARN,
                    count, SUMMARY_COUNT_WIDTH);
        print_types(rows, first, end);
    }
    out("\nOne family: xsock catalog FAMILY. All of them: xsock catalog --all.\n");
}

static int run(const struct args *args)
{
    struct rows rows = {.family = -1};
    bool all = (args->options & OPTION_ALL) != 0, json = (args->options & OPTION_JSON) != 0;
    int status = DONE;

    if (args->count > 0 && all)
        return misuse("--all lists every family: leave '%s' out, or --all", args->operand[0]);
    if (args->count > 0 && !family_parse(args->operand[0], &rows.family))
        return MISUSED;
    int count = xsock_catalog(collect, &rows);
    if (count < 0) {
        status = complain_error(count);
    } else if (rows.failed) {
        status = FAILED;
    } else if (rows.count == 0) {
        complain("xsock has no family %s; 'xsock catalog' lists those that it has",
                 args->operand[0]);
        status = FAILED;
    } else if (json) {
        print_json(&rows);
    } else if (all || args->count > 0) {
        print_table(&rows);
    } else {
        print_summary(&rows);
    }
    free(rows.row);
    return status;
}

const struct command command_catalog = {
    .name = "catalog",
    .usage = "catalog [FAMILY | --all] [--json]",
    .summary = "list what this machine can open",
    .help = "Lists the families that xsock knows, and how many of their types and protocols\n"
            "open on this machine. With FAMILY, or --all, lists every type and protocol, and\n"
            "for each 'ok' or the name of the error that opening it gives here. Each is\n"
            "opened and closed.\n"
            "\n"
            "  DEFAULT   yes: protocol 0 picks this one for the family and type\n"
            "  NUMBERS   xsock's numbers of the three, the same on every system\n"
            "\n"
            "Where a type takes any protocol of a range (raw), those with a name are listed.\n"
            "\n"
            "JSON is an array of objects with family, type, protocol (null: it has no name),\n"
            "default, numbers, system (this system's own three numbers; null: it has none),\n"
            "result. Without FAMILY the array has every family.\n",
    .epilogue = "Exit status: 0 listed, 1 an error, 2 wrong usage.\n",
    .min = 0,
    .max = 1,
    .options = OPTION_ALL | OPTION_JSON,
    .operand = OPERAND_FAMILY,
    .run = run,
};
