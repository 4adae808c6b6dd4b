/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADERS_MAX 64
#define FRAME_LEN_MAX (65535 + 14 + 4)

/* The two ends of a packet. */
struct frame_ends {
	uint32_t src, dst; /* IPv4 addresses, host order; the source's MAC is 02:00 and its address */
	uint16_t sport, dport;
	uint16_t vlan; /* 0 for none */
};

/* Write an Ethernet frame of TCP or UDP over IPv4 to `frame`, which holds FRAME_LEN_MAX octets. Return its length. */
size_t frame_tcp(uint8_t *frame, const struct frame_ends *ends, uint32_t seq, uint8_t flags, const void *payload, size_t len);
size_t frame_udp(uint8_t *frame, const struct frame_ends *ends, const void *payload, size_t len);

#endif
