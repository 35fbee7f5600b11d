/* What Wine's header lacks of Microsoft's. */
#include_next <mswsock.h>
int WSAAPI WSASendMsg(SOCKET s, LPWSAMSG msg, DWORD flags, LPDWORD sent, LPWSAOVERLAPPED o,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE fn);
