/* Finds the word that the user probably meant, for "did you mean ...?". */
#ifndef SUGGEST_H
#define SUGGEST_H

struct suggestion {
    const char *typed;
    const char *best; /* NULL if no word is similar */
    int distance;
};

void suggest_start(struct suggestion *s, const char *typed);

/* Adds a candidate word, which must outlive `s`. NULL is allowed, and adds no word. */
void suggest_offer(struct suggestion *s, const char *word);

/* For the formats of misuse() and complain(). They print the best word and the text around it, or
 * nothing. */
#define SUGGEST_FORMAT "%s%s%s"
#define SUGGEST_ARGS(s) \
    ((s)->best ? " (did you mean '" : ""), ((s)->best ? (s)->best : ""), ((s)->best ? "'?)" : "")

#endif
