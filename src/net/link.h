/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include <c2watch/packet.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

/* Reads the link header and VLAN tags; `rd` is left at what they carry, `out->ethertype` tells what that is. OK, MORE, BAD, or NONE for what is no Ethernet II. */
enum c2_rc link_read(enum c2_link link, struct c2_rd *rd, struct c2_packet *out);

#endif
