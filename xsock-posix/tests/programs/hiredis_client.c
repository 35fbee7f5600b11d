/* Uses hiredis against a peer: what comes back must be what was sent, byte for byte. */
#include <hiredis.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(...)                     \
    do {                              \
        fprintf(stderr, __VA_ARGS__); \
        return 1;                     \
    } while (0)

enum { BIG = 3000000, PIPELINED = 500 };

static char big[BIG];

static int store_and_fetch(redisContext *c)
{
    for (int i = 0; i < BIG; i++)
        big[i] = (char)(i * 7 + i / 251);
    redisReply *reply = redisCommand(c, "SET big %b", big, (size_t)BIG);
    if (reply == NULL || reply->type != REDIS_REPLY_STATUS)
        FAIL("SET: %s\n", c->errstr);
    freeReplyObject(reply);
    reply = redisCommand(c, "GET big");
    if (reply == NULL || reply->type != REDIS_REPLY_STRING || reply->len != BIG
        || memcmp(reply->str, big, BIG) != 0)
        FAIL("GET differs: %s\n", c->errstr);
    freeReplyObject(reply);
    return 0;
}

static int pipeline(redisContext *c)
{
    for (int i = 0; i < PIPELINED; i++)
        redisAppendCommand(c, "SET key:%d value:%d", i, i);
    for (int i = 0; i < PIPELINED; i++)
        redisAppendCommand(c, "GET key:%d", i);
    for (int i = 0; i < 2 * PIPELINED; i++) {
        void *got = NULL;
        if (redisGetReply(c, &got) != REDIS_OK)
            FAIL("pipelined reply %d: %s\n", i, c->errstr);
        redisReply *reply = got;
        char want[32];
        snprintf(want, sizeof want, "value:%d", i - PIPELINED);
        if (i >= PIPELINED && strcmp(want, reply->str) != 0)
            FAIL("pipelined reply %d is %s\n", i, reply->str);
        freeReplyObject(reply);
    }
    return 0;
}

/* Connecting without waiting, and a refused connection. */
static int other_ways(const char *host, int port)
{
    struct timeval time = {600, 0};
    redisContext *c = redisConnectWithTimeout(host, port, time);
    if (c == NULL || c->err)
        FAIL("connecting with a timeout: %s\n", c == NULL ? "?" : c->errstr);
    if (redisSetTimeout(c, time) != REDIS_OK || redisEnableKeepAlive(c) != REDIS_OK)
        FAIL("options: %s\n", c->errstr);
    redisReply *reply = redisCommand(c, "PING");
    if (reply == NULL || strcmp(reply->str, "PONG") != 0)
        FAIL("PING: %s\n", c->errstr);
    freeReplyObject(reply);
    redisFree(c);
    c = redisConnect(host, 1);
    if (c == NULL || c->err != REDIS_ERR_IO || strstr(c->errstr, "efused") == NULL)
        FAIL("a refused connection: %s\n", c == NULL ? "?" : c->errstr);
    redisFree(c);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        FAIL("usage: hiredis_client HOST PORT\n");
    redisContext *c = redisConnect(argv[1], atoi(argv[2]));
    if (c == NULL || c->err)
        FAIL("connecting: %s\n", c == NULL ? "?" : c->errstr);
    if (store_and_fetch(c) != 0 || pipeline(c) != 0)
        return 1;
    redisFree(c);
    return other_ways(argv[1], atoi(argv[2]));
}
