/* Uses libcurl against a peer: fetches and posts by the easy interface, and fetches several at once
 * by the multi interface. All bodies must be the same. */
#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEVERAL = 8 };

struct body {
    char *bytes;
    size_t size;
};

static size_t keep(char *data, size_t one, size_t n, void *user)
{
    struct body *body = user;
    char *more = realloc(body->bytes, body->size + one * n);
    if (more == NULL)
        return 0;
    memcpy(more + body->size, data, one * n);
    body->bytes = more;
    body->size += one * n;
    return one * n;
}

static CURL *request(const char *url, struct body *body)
{
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 3000L);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    return c;
}

static int fetch_several(const char *url, const struct body *want)
{
    struct body got[SEVERAL] = {{NULL, 0}};
    CURL *c[SEVERAL];
    CURLM *multi = curl_multi_init();
    int running = 1;
    for (int i = 0; i < SEVERAL; i++) {
        c[i] = request(url, &got[i]);
        curl_multi_add_handle(multi, c[i]);
    }
    while (running > 0) {
        if (curl_multi_perform(multi, &running) != CURLM_OK
            || curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK)
            return 1;
    }
    for (int i = 0; i < SEVERAL; i++) {
        if (got[i].size != want->size || memcmp(got[i].bytes, want->bytes, want->size) != 0) {
            fprintf(stderr, "body %d has %zu bytes\n", i, got[i].size);
            return 1;
        }
        curl_multi_remove_handle(multi, c[i]);
        curl_easy_cleanup(c[i]);
        free(got[i].bytes);
    }
    curl_multi_cleanup(multi);
    return 0;
}

/* Fetches a body, and posts it; the peer's answer is what argv[2] must be. */
int main(int argc, char **argv)
{
    struct body body = {NULL, 0};
    struct body answer = {NULL, 0};
    if (argc != 3)
        return 2;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *c = request(argv[1], &body);
    CURLcode code = curl_easy_perform(c);
    if (code != CURLE_OK) {
        fprintf(stderr, "GET: %s\n", curl_easy_strerror(code));
        return 1;
    }
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.bytes);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.size);
    code = curl_easy_perform(c);
    if (code != CURLE_OK || answer.size != strlen(argv[2])
        || memcmp(answer.bytes, argv[2], answer.size) != 0) {
        fprintf(stderr, "POST: %s: %.*s\n", curl_easy_strerror(code), (int)answer.size,
                answer.bytes == NULL ? "" : answer.bytes);
        return 1;
    }
    curl_easy_cleanup(c);
    if (fetch_several(argv[1], &body) != 0)
        return 1;
    c = request("http://127.0.0.1:1/", &answer);
    code = curl_easy_perform(c);
    if (code != CURLE_COULDNT_CONNECT) {
        fprintf(stderr, "a refused connection: %s\n", curl_easy_strerror(code));
        return 1;
    }
    curl_easy_cleanup(c);
    free(body.bytes);
    free(answer.bytes);
    curl_global_cleanup();
    return 0;
}
