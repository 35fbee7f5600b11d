/* What Wine's header lacks of Microsoft's. */
#include_next <winsock2.h>
#ifndef WSAAPI
#define WSAAPI WINAPI
#endif
#ifndef AF_BTH
#define AF_BTH 32
#endif
#ifndef SIO_BSP_HANDLE_POLL
#define SIO_BSP_HANDLE_POLL _WSAIOR(IOC_WS2, 29)
#endif
/* An int there, as setsockopt() takes it. */
#undef SO_EXCLUSIVEADDRUSE
#define SO_EXCLUSIVEADDRUSE ((int)(~SO_REUSEADDR))
