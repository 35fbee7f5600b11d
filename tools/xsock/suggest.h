/* Finds the word that was probably meant, for "did you mean ...?". */
#ifndef SUGGEST_H
#define SUGGEST_H

struct suggestion {
    const char *typed;
    const char *best; /* NULL: no word is near */
    int distance;
};

void suggest_start(struct suggestion *s, const char *typed);

/* Offers a word, which must outlive `s`. NULL is allowed, and is no word. */
void suggest_offer(struct suggestion *s, const char *word);

/* For misuse() and complain(): the best word and the text around it, or nothing. */
#define SUGGEST_FORMAT "%s%s%s"
#define SUGGEST_ARGS(s) \
    ((s)->best ? " (did you mean '" : ""), ((s)->best ? (s)->best : ""), ((s)->best ? "'?)" : "")

#endif
