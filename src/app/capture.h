/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CAPTURE_H
#define APP_CAPTURE_H

#include <c2watch/packet.h>

#include <stddef.h>
#include <stdio.h>

#define CAPTURE_WHY_CAP 320

/* A live capture on one interface: libpcap over AF_PACKET's TPACKET_V3. One thread reads it. */
struct capture;

struct capture_options {
	const char *iface;  /* lives as long as the capture */
	const char *filter; /* BPF expression; null for none */
	unsigned fanout;    /* workers that share the interface; 1: no fanout */
	uint16_t group;     /* of the fanout: the same for them, another for other interfaces */
	size_t ring;        /* octets of the kernel's ring */
};

/* Opens the interface. 0; -EPERM without the right to; -ENODEV, -EINVAL or -EIO else; the reason in `why`. */
int capture_open(struct capture **capture, const struct capture_options *options, char why[static CAPTURE_WHY_CAP]);
void capture_close(struct capture *capture);

/* What the frames begin with. */
enum c2_link capture_link(const struct capture *capture);

/* Gives what the kernel has ready to `see`; when that is nothing, waits for the next, at most 100 ms. Returns how many frames, or -EIO with the reason in `why`. */
int capture_batch(struct capture *capture, void (*see)(void *arg, const uint8_t *frame, size_t len, uint64_t at_ns), void *arg,
	char why[static CAPTURE_WHY_CAP]);

/* Frames that passed the filter, lost in the kernel, and lost before it, since the capture began. Often enough that 32-bit counters cannot wrap twice. */
struct capture_stats {
	uint64_t received, dropped, missed;
};
void capture_count(struct capture *capture, struct capture_stats *stats);

/* Writes the interfaces that can be captured on, a line each. 0, or -EIO with the reason in `why`. */
int capture_list(FILE *out, char why[static CAPTURE_WHY_CAP]);

/* A BPF expression for frames of a capture file. */
struct capture_filter;
int capture_filter_open(struct capture_filter **filter, const char *expression, unsigned type, char why[static CAPTURE_WHY_CAP]);
void capture_filter_close(struct capture_filter *filter);
bool capture_filter_passes(const struct capture_filter *filter, const uint8_t *frame, size_t len);

#endif
