#include "suggest.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { LONGEST = 32 }; /* longer words get no suggestion */

static int same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Returns how many letters must be inserted, deleted, replaced, or swapped with their neighbour to
 * turn a into b (optimal string alignment). Both have at most LONGEST letters. */
static int distance(const char *a, const char *b)
{
    int rows[3][LONGEST + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];
    int n = (int)strlen(b);

    for (int j = 0; j <= n; j++)
        last[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int d = last[j - 1] + !same(a[i - 1], b[j - 1]);

            d = smaller(d, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                d = smaller(d, before[j - 2] + 1);
            row[j] = d;
        }
        int *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[n];
}

void suggest_start(struct suggestion *s, const char *typed)
{
    s->typed = typed;
    s->best = NULL;
    s->distance = 0;
}

void suggest_offer(struct suggestion *s, const char *word)
{
    size_t typed = strlen(s->typed);

    if (!word || typed > LONGEST || strlen(word) > LONGEST)
        return;
    int d = distance(s->typed, word);
    /* One wrong letter, and one more for every four letters, count as typing errors. */
    if (d > 1 + (int)typed / 4 || d >= (int)strlen(word) || d >= (int)typed)
        return;
    if (!s->best || d < s->distance) {
        s->best = word;
        s->distance = d;
    }
}
