#include "numbers.h"

#include <ctype.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "suggest.h"
#include "xsock_native.h"

/* To suggest a name, names are searched below these numbers, which are above all numbers of
 * xsock. */
enum { FAMILIES_END = 0x200, TYPES_END = 0x200, PROTOCOLS_END = 0x10000 };

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

enum number number_parse(const char *text, int64_t *out)
{
    bool negative = *text == '-';
    int base = 10;
    int64_t n = 0;
    bool large = false;

    if (*text == '-' || *text == '+')
        text++;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (!*text)
        return NOT_A_NUMBER;
    for (; *text; text++) {
        int digit = digit_value(*text);

        if (digit >= base)
            return NOT_A_NUMBER;
        if (n > (INT64_MAX - digit) / base)
            large = true;
        else
            n = n * base + digit;
    }
    if (large)
        return TOO_LARGE;
    *out = negative ? -n : n;
    return A_NUMBER;
}

/* Reads a number that fits in an int. `what` names it in a message. If the text is not a number,
 * returns false and sets *out_done to false. */
static bool int_parse(const char *what, const char *text, int *out, bool *out_done)
{
    int64_t n = 0;
    enum number kind = number_parse(text, &n);

    *out_done = kind != NOT_A_NUMBER;
    if (kind == NOT_A_NUMBER)
        return false;
    if (kind == TOO_LARGE || n < INT_MIN || n > INT_MAX) {
        misuse("%s %s is out of range", what, text);
        return false;
    }
    *out = (int)n;
    return true;
}

bool family_parse(const char *text, int *out)
{
    struct suggestion s;
    bool done;
    bool ok = int_parse("family", text, out, &done);

    if (done)
        return ok;
    *out = xsock_family_number(text);
    if (*out >= 0)
        return true;
    suggest_start(&s, text);
    for (int af = 0; af < FAMILIES_END; af++)
        suggest_offer(&s, xsock_family_name(af));
    misuse("unknown family '%s'" SUGGEST_FORMAT, text, SUGGEST_ARGS(&s));
    return false;
}

static bool same_word(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool type_flag_parse(const char *text, int *type)
{
    struct suggestion s;

    if (same_word(text, "cloexec")) {
        *type |= XSOCK_SOCK_CLOEXEC;
        return true;
    }
    if (same_word(text, "nonblock")) {
        *type |= XSOCK_SOCK_NONBLOCK;
        return true;
    }
    suggest_start(&s, text);
    suggest_offer(&s, "cloexec");
    suggest_offer(&s, "nonblock");
    misuse("unknown flag '%s' of a type" SUGGEST_FORMAT, text, SUGGEST_ARGS(&s));
    return false;
}

static bool type_word_parse(const char *text, int *out)
{
    struct suggestion s;
    bool done;
    bool ok = int_parse("type", text, out, &done);

    if (done)
        return ok;
    *out = xsock_type_number(text);
    if (*out >= 0)
        return true;
    suggest_start(&s, text);
    for (int type = 0; type < TYPES_END; type++)
        suggest_offer(&s, xsock_type_name(type));
    misuse("unknown type '%s'" SUGGEST_FORMAT, text, SUGGEST_ARGS(&s));
    return false;
}

bool type_parse(const char *text, int *out)
{
    char words[64];
    char *word = words;
    int type;

    if (strlen(text) >= sizeof words) {
        misuse("unknown type '%s'", text);
        return false;
    }
    strcpy(words, text);
    char *plus = strchr(word[0] == '+' ? word + 1 : word, '+');
    if (plus)
        *plus = '\0';
    if (!type_word_parse(word, &type))
        return false;
    while (plus) {
        word = plus + 1;
        plus = strchr(word, '+');
        if (plus)
            *plus = '\0';
        if (!type_flag_parse(word, &type))
            return false;
    }
    *out = type;
    return true;
}

bool protocol_parse(int af, const char *text, int *out)
{
    struct suggestion s;
    bool done;
    bool ok = int_parse("protocol", text, out, &done);

    if (done)
        return ok;
    *out = xsock_protocol_number(af, text);
    if (*out >= 0)
        return true;
    /* The catalog and protocol_label() print "-" for 0. */
    if (same_word(text, "-")) {
        *out = 0;
        return true;
    }
    suggest_start(&s, text);
    for (int protocol = 0; protocol < PROTOCOLS_END; protocol++)
        suggest_offer(&s, xsock_protocol_name(af, protocol));
    const char *family = xsock_family_name(af);
    if (family)
        misuse("family %s has no protocol '%s'" SUGGEST_FORMAT, family, text, SUGGEST_ARGS(&s));
    else
        misuse("family %d is unknown, and so is its protocol '%s'", af, text);
    return false;
}

/* Protocol 0 means the protocol for which the system gets the same number. */
static int default_protocol(int af, int type)
{
    int wanted[3], got[3];

    if (xsock_native_triple(af, type, 0, wanted) < 0)
        return 0;
    for (int protocol = 1; protocol < PROTOCOLS_END; protocol++)
        if (xsock_native_triple(af, type, protocol, got) == 0 && got[2] == wanted[2])
            return protocol;
    return 0;
}

const char *protocol_label(int af, int type, int protocol, char buffer[16])
{
    const char *name = xsock_protocol_name(af, protocol);

    if (protocol == 0 && (!name || strcmp(name, "default") == 0)) {
        protocol = default_protocol(af, type);
        name = protocol ? xsock_protocol_name(af, protocol) : "-";
    }
    if (name)
        return name;
    snprintf(buffer, 16, "%d", protocol);
    return buffer;
}
