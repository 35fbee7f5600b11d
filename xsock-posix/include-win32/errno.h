/* <errno.h> of xsock-posix: on Windows with the names that its runtimes lack. */
#pragma GCC system_header
#include_next <errno.h>

#if defined(_WIN32) && !defined(XSOCK_POSIX_ERRNO_H)
#define XSOCK_POSIX_ERRNO_H

/* One number each, as in Linux: a switch over errno needs no two cases. */
#undef EWOULDBLOCK
#define EWOULDBLOCK EAGAIN
#undef EOPNOTSUPP
#define EOPNOTSUPP ENOTSUP

/* The runtimes end at 142. */
#define ENOTBLK 200
#define EUNATCH 206
#define ENONET 220
#define ENOPKG 221
#define EREMOTE 222
#define ECOMM 225
#define ENOTUNIQ 227
#define EBADFD 228
#define EMULTIHOP 229
#define EDQUOT 230
#define ESTALE 231
#define ESHUTDOWN 232
#define EUSERS 237
#define ESOCKTNOSUPPORT 238
#define EPFNOSUPPORT 239
#define ETOOMANYREFS 240
#define EHOSTDOWN 241
#define EREMOTEIO 246
#define ENOKEY 249
#define EKEYEXPIRED 250
#define EKEYREVOKED 251
#define EKEYREJECTED 252
#define ERFKILL 253
#endif
