/**
 * @file xsock_families.h
 * @brief What few programs need: PF_ names and the protocols of the rarer families.
 *
 * xsock.h includes this header. A protocol number means what it means in its family; xsock_open()
 * checks that the two go together. If the system lacks a family or a protocol, xsock_open() says so
 * by EAFNOSUPPORT or EPROTONOSUPPORT.
 */
#ifndef XSOCK_FAMILIES_H
#define XSOCK_FAMILIES_H

#include "xsock.h"

/** @defgroup xsock_families Rarer families
 * Other names of families, and the protocols of families other than INET and INET6.
 * @{ */

/** Other names of families: XSOCK_PF_INET is XSOCK_AF_INET. */
enum xsock_protocol_family {
    XSOCK_PF_UNSPEC = XSOCK_AF_UNSPEC,       /**< Another name of XSOCK_AF_UNSPEC. */
    XSOCK_PF_INET = XSOCK_AF_INET,           /**< Another name of XSOCK_AF_INET. */
    XSOCK_PF_INET6 = XSOCK_AF_INET6,         /**< Another name of XSOCK_AF_INET6. */
    XSOCK_PF_LOCAL = XSOCK_AF_LOCAL,         /**< Another name of XSOCK_AF_LOCAL. */
    XSOCK_PF_UNIX = XSOCK_AF_UNIX,           /**< Another name of XSOCK_AF_UNIX. */
    XSOCK_PF_ROUTE = XSOCK_AF_ROUTE,         /**< Another name of XSOCK_AF_ROUTE. */
    XSOCK_PF_LINK = XSOCK_AF_LINK,           /**< Another name of XSOCK_AF_LINK. */
    XSOCK_PF_KEY = XSOCK_AF_KEY,             /**< Another name of XSOCK_AF_KEY. */
    XSOCK_PF_NATM = XSOCK_AF_NATM,           /**< Another name of XSOCK_AF_NATM. */
    XSOCK_PF_NETGRAPH = XSOCK_AF_NETGRAPH,   /**< Another name of XSOCK_AF_NETGRAPH. */
    XSOCK_PF_BLUETOOTH = XSOCK_AF_BLUETOOTH, /**< Another name of XSOCK_AF_BLUETOOTH. */
    XSOCK_PF_IEEE80211 = XSOCK_AF_IEEE80211, /**< Another name of XSOCK_AF_IEEE80211. */
    XSOCK_PF_INET_SDP = XSOCK_AF_INET_SDP,   /**< Another name of XSOCK_AF_INET_SDP. */
    XSOCK_PF_INET6_SDP = XSOCK_AF_INET6_SDP, /**< Another name of XSOCK_AF_INET6_SDP. */
    XSOCK_PF_NETLINK = XSOCK_AF_NETLINK,     /**< Another name of XSOCK_AF_NETLINK. */
    XSOCK_PF_PACKET = XSOCK_AF_PACKET,       /**< Another name of XSOCK_AF_PACKET. */
    XSOCK_PF_VSOCK = XSOCK_AF_VSOCK,         /**< Another name of XSOCK_AF_VSOCK. */
    XSOCK_PF_CAN = XSOCK_AF_CAN,             /**< Another name of XSOCK_AF_CAN. */
    XSOCK_PF_IPX = XSOCK_AF_IPX,             /**< Another name of XSOCK_AF_IPX. */
    XSOCK_PF_APPLETALK = XSOCK_AF_APPLETALK, /**< Another name of XSOCK_AF_APPLETALK. */
    XSOCK_PF_NETBIOS = XSOCK_AF_NETBIOS,     /**< Another name of XSOCK_AF_NETBIOS. */
    XSOCK_PF_IRDA = XSOCK_AF_IRDA,           /**< Another name of XSOCK_AF_IRDA. */
    XSOCK_PF_HYPERV = XSOCK_AF_HYPERV        /**< Another name of XSOCK_AF_HYPERV. */
};

/** Protocols of XSOCK_AF_BLUETOOTH. */
enum xsock_bluetooth_protocol {
    XSOCK_BTPROTO_HCI = 1,      /**< The interface of the controller. */
    XSOCK_BTPROTO_SCO = 2,      /**< Audio. */
    XSOCK_BTPROTO_RFCOMM = 3,   /**< Serial lines. */
    XSOCK_BTPROTO_L2CAP = 0x100 /**< Packets. */
};

/** Protocols of XSOCK_AF_CAN. */
enum xsock_can_protocol {
    XSOCK_CAN_RAW = 1,   /**< Frames. */
    XSOCK_CAN_BCM = 2,   /**< Broadcast manager. */
    XSOCK_CAN_ISOTP = 6, /**< ISO 15765-2 segments. */
    XSOCK_CAN_J1939 = 7  /**< SAE J1939. */
};

/** Protocols of XSOCK_AF_HYPERV. */
enum xsock_hyperv_protocol {
    XSOCK_HV_PROTOCOL_RAW = 1 /**< The only one. */
};

/** Protocols of XSOCK_AF_KEY. */
enum xsock_key_protocol {
    XSOCK_KEY_V2 = 2 /**< PF_KEY version 2 (RFC 2367). */
};

/** Protocols of XSOCK_AF_NATM. */
enum xsock_natm_protocol {
    XSOCK_NATM_AAL0 = 1, /**< ATM adaptation layer 0. */
    XSOCK_NATM_AAL5 = 2  /**< ATM adaptation layer 5. */
};

/** Protocols of XSOCK_AF_NETGRAPH. */
enum xsock_netgraph_protocol {
    XSOCK_NETGRAPH_DATA = 1,   /**< Data packets. */
    XSOCK_NETGRAPH_CONTROL = 2 /**< Control messages. */
};

/** Protocols of XSOCK_AF_NETLINK. */
enum xsock_netlink_protocol {
    XSOCK_NETLINK_ROUTE = 0,           /**< Routes, addresses and links. */
    XSOCK_NETLINK_USERSOCK = 2,        /**< For programs among themselves. */
    XSOCK_NETLINK_SOCK_DIAG = 4,       /**< The sockets of this machine. */
    XSOCK_NETLINK_NFLOG = 5,           /**< Logs of the packet filter. */
    XSOCK_NETLINK_XFRM = 6,            /**< IPsec. */
    XSOCK_NETLINK_SELINUX = 7,         /**< Events of SELinux. */
    XSOCK_NETLINK_ISCSI = 8,           /**< Open-iSCSI. */
    XSOCK_NETLINK_AUDIT = 9,           /**< Auditing. */
    XSOCK_NETLINK_FIB_LOOKUP = 10,     /**< Look-ups of routes. */
    XSOCK_NETLINK_CONNECTOR = 11,      /**< The kernel's connector. */
    XSOCK_NETLINK_NETFILTER = 12,      /**< The packet filter. */
    XSOCK_NETLINK_KOBJECT_UEVENT = 15, /**< Events of devices. */
    XSOCK_NETLINK_GENERIC = 16,        /**< Generic netlink. */
    XSOCK_NETLINK_SCSITRANSPORT = 18,  /**< Transports of SCSI. */
    XSOCK_NETLINK_ECRYPTFS = 19,       /**< eCryptfs. */
    XSOCK_NETLINK_RDMA = 20,           /**< Remote direct memory access. */
    XSOCK_NETLINK_CRYPTO = 21,         /**< The kernel's cryptography. */
    XSOCK_NETLINK_SMC = 22             /**< Shared memory communications. */
};

/** Protocols of XSOCK_AF_PACKET: any EtherType, 0..0xffff, in host order. */
enum xsock_packet_protocol {
    XSOCK_PACKET_NONE = 0,     /**< Nothing is received until the socket is bound. */
    XSOCK_PACKET_ALL = 0x0003, /**< Every packet. */
    XSOCK_PACKET_IP = 0x0800,  /**< IPv4. */
    XSOCK_PACKET_ARP = 0x0806, /**< ARP. */
    XSOCK_PACKET_IPV6 = 0x86dd /**< IPv6. */
};

/** Protocols of XSOCK_AF_IPX. */
enum xsock_ipx_protocol {
    XSOCK_IPX_IPX = 1000,  /**< IPX. The packet type is added: 1000..1255. */
    XSOCK_IPX_SPX = 1256,  /**< SPX. */
    XSOCK_IPX_SPXII = 1257 /**< SPX II. */
};

/** Protocols of XSOCK_AF_APPLETALK. */
enum xsock_appletalk_protocol {
    XSOCK_APPLETALK_DDP = 16000,  /**< Datagram Delivery Protocol. */
    XSOCK_APPLETALK_ADSP = 16022, /**< AppleTalk Data Stream Protocol. */
    XSOCK_APPLETALK_PAP = 16023   /**< Printer Access Protocol. */
};

/** @} */

#endif
