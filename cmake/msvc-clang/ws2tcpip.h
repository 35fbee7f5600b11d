/* What Wine's header lacks of Microsoft's. */
#include_next <ws2tcpip.h>
#ifndef MCAST_JOIN_GROUP
#define MCAST_JOIN_GROUP 41
#define MCAST_LEAVE_GROUP 42
#define MCAST_JOIN_SOURCE_GROUP 45
#define MCAST_LEAVE_SOURCE_GROUP 46
struct group_req {
    ULONG gr_interface;
    SOCKADDR_STORAGE gr_group;
};
struct group_source_req {
    ULONG gsr_interface;
    SOCKADDR_STORAGE gsr_group;
    SOCKADDR_STORAGE gsr_source;
};
#endif
