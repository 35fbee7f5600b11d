/* "did you mean ...?" */
#ifndef SUGGEST_H
#define SUGGEST_H

struct suggestion {
    const char *typed;
    const char *best; /* NULL: nothing comes close */
    int distance;
};

void suggest_start(struct suggestion *s, const char *typed);

/* Offers a word, which must stay; NULL is fine. */
void suggest_offer(struct suggestion *s, const char *word);

/* As misuse() and complain() want it: the pieces around the best word, or nothing at all. */
#define SUGGEST_FORMAT "%s%s%s"
#define SUGGEST_ARGS(s) \
    ((s)->best ? " (did you mean '" : ""), ((s)->best ? (s)->best : ""), ((s)->best ? "'?)" : "")

#endif
