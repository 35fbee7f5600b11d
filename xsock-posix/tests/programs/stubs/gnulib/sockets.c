/* gnulib's own start of Winsock: there is nothing to start. */
int gl_sockets_startup(int version);
int gl_sockets_cleanup(void);

int gl_sockets_startup(int version)
{
    (void)version;
    return 0;
}

int gl_sockets_cleanup(void)
{
    return 0;
}
