/* TLS by OpenSSL over sockets of xsock: a BIO of one's own sends and receives. OpenSSL's own BIO
 * for sockets takes a system handle, and does not know the descriptors and errors of xsock.
 * Both ends are in this program and share a key, so that the example needs no certificate.
 *
 *     cc tls_openssl.c -lxsock -lssl -lcrypto
 */
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "xsock.h"

static int bio_write(BIO *bio, const char *buf, int len)
{
    int d = (int)(intptr_t)BIO_get_data(bio);
    ptrdiff_t n = xsock_send(d, buf, (size_t)len, 0);

    BIO_clear_retry_flags(bio);
    if (n == -XSOCK_EAGAIN)
        BIO_set_retry_write(bio);
    return n < 0 ? -1 : (int)n;
}

static int bio_read(BIO *bio, char *buf, int len)
{
    int d = (int)(intptr_t)BIO_get_data(bio);
    ptrdiff_t n = xsock_recv(d, buf, (size_t)len, 0);

    BIO_clear_retry_flags(bio);
    if (n == -XSOCK_EAGAIN)
        BIO_set_retry_read(bio);
    return n < 0 ? -1 : (int)n;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH; /* nothing is kept back */
}

static unsigned int server_key(SSL *ssl, const char *who, unsigned char *key, unsigned int max)
{
    (void)ssl;
    if (strcmp(who, "example") != 0 || max < 16)
        return 0;
    memset(key, 7, 16);
    return 16;
}

static unsigned int client_key(SSL *ssl, const char *hint, char *who, unsigned int who_max,
                               unsigned char *key, unsigned int max)
{
    (void)hint;
    snprintf(who, who_max, "example");
    return server_key(ssl, who, key, max);
}

static SSL *make_end(SSL_CTX *context, BIO_METHOD *method, int d)
{
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(method);

    BIO_set_data(bio, (void *)(intptr_t)d);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio); /* SSL_free() frees the BIO, too */
    return ssl;
}

int main(void)
{
    char buf[64];
    int pair[2];
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "xsock");

    if (xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, pair) < 0)
        return 1;
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_ctrl);
    SSL_CTX_set_psk_server_callback(context, server_key);
    SSL_CTX_set_psk_client_callback(context, client_key);
    SSL *server = make_end(context, method, pair[0]), *client = make_end(context, method, pair[1]);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);

    /* One thread plays both ends. A program with a socket waits here by xsock_poll(). */
    int done = 0;
    for (int i = 0; i < 100 && done != 2; i++)
        done = (SSL_do_handshake(client) == 1) + (SSL_do_handshake(server) == 1);
    int sent = done == 2 ? SSL_write(client, "hello", 5) : -1;
    int got = sent == 5 ? SSL_read(server, buf, sizeof buf) : -1;
    if (got > 0)
        printf("%s: %.*s\n", SSL_get_version(server), got, buf);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(context);
    BIO_meth_free(method);
    return got != 5 || xsock_close(pair[0]) < 0 || xsock_close(pair[1]) < 0;
}
