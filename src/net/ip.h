/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_IP_H
#define NET_IP_H

#include <c2watch/packet.h>

/*
 * Read an IP header and, for version 6, the extension headers behind it. `rd` is left at the payload and ends where the datagram ends;
 * it stays open only when the datagram goes on beyond the octets at hand, or is a first fragment. `out` gets addresses and protocol.
 * OK; NONE for a later fragment or no next header; MORE, BAD.
 */
enum c2_rc ipv4_read(struct c2_rd *rd, struct c2_packet *out);
enum c2_rc ipv6_read(struct c2_rd *rd, struct c2_packet *out);

#endif
