/* TLS by Mbed TLS over sockets of xsock: two callbacks send and receive. Mbed TLS's own net_sockets
 * has system handles, and does not know the descriptors and errors of xsock.
 * Both ends are in this program and share a key, so that the example needs no certificate.
 *
 *     cc tls_mbedtls.c -lxsock -lmbedtls -lmbedcrypto
 */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <stdint.h>
#include <stdio.h>

#include "xsock.h"

struct end {
    int d;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
};

static int on_send(void *user, const unsigned char *buf, size_t len)
{
    ptrdiff_t n = xsock_send(((struct end *)user)->d, buf, len, 0);
    return n == -XSOCK_EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : n < 0 ? -1 : (int)n;
}

static int on_recv(void *user, unsigned char *buf, size_t len)
{
    ptrdiff_t n = xsock_recv(((struct end *)user)->d, buf, len, 0);
    return n == -XSOCK_EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : n < 0 ? -1 : (int)n;
}

static int start(struct end *end, int role, mbedtls_ctr_drbg_context *random)
{
    static const unsigned char key[16] = {7}, who[] = "example";

    mbedtls_ssl_init(&end->ssl);
    mbedtls_ssl_config_init(&end->config);
    int rc = mbedtls_ssl_config_defaults(&end->config, role, MBEDTLS_SSL_TRANSPORT_STREAM,
                                         MBEDTLS_SSL_PRESET_DEFAULT);
    if (rc == 0)
        rc = mbedtls_ssl_conf_psk(&end->config, key, sizeof key, who, sizeof who - 1);
    mbedtls_ssl_conf_rng(&end->config, mbedtls_ctr_drbg_random, random);
    if (rc == 0)
        rc = mbedtls_ssl_setup(&end->ssl, &end->config);
    mbedtls_ssl_set_bio(&end->ssl, end, on_send, on_recv, NULL);
    return rc;
}

int main(void)
{
    static const unsigned char text[] = "hello";
    unsigned char buf[64];
    int pair[2], got = -1;
    struct end server, client;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;

    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    if (mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0) != 0
        || xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, pair) < 0)
        return 1;
    server.d = pair[0];
    client.d = pair[1];
    int rc = start(&server, MBEDTLS_SSL_IS_SERVER, &random);
    if (rc == 0)
        rc = start(&client, MBEDTLS_SSL_IS_CLIENT, &random);

    /* One thread plays both ends. A program with a socket waits here by xsock_poll(). */
    int done = 0;
    for (int i = 0; rc == 0 && i < 100 && done != 2; i++)
        done =
            (mbedtls_ssl_handshake(&client.ssl) == 0) + (mbedtls_ssl_handshake(&server.ssl) == 0);
    if (done == 2 && mbedtls_ssl_write(&client.ssl, text, sizeof text - 1) == 5)
        got = mbedtls_ssl_read(&server.ssl, buf, sizeof buf);
    if (got > 0)
        printf("%s: %.*s\n", mbedtls_ssl_get_version(&server.ssl), got, (const char *)buf);
    for (int i = 0; i < 2; i++) {
        struct end *end = i == 0 ? &client : &server;
        mbedtls_ssl_free(&end->ssl);
        mbedtls_ssl_config_free(&end->config);
    }
    mbedtls_ctr_drbg_free(&random);
    mbedtls_entropy_free(&entropy);
    return got != 5 || xsock_close(pair[0]) < 0 || xsock_close(pair[1]) < 0;
}
