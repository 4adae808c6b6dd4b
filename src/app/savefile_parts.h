/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SAVEFILE_PARTS_H
#define APP_SAVEFILE_PARTS_H

#include "app/savefile.h"

#include <stdatomic.h>
#include <stdbool.h>

#define SAVEFILE_WINDOW (1u << 20)    /* octets that can be looked at in one piece; no frame is longer */
#define SAVEFILE_READ (64u << 10)     /* octets read at once: what the second-level cache keeps until they are looked at */
#define SAVEFILE_FRAME_MAX 262144u    /* octets of a frame: libpcap's limit */
#define SAVEFILE_INTERFACES_MAX 1024u /* of a pcapng section */

/* An interface of a pcapng section: what its frames are, and how its clock counts. */
struct savefile_interface {
	unsigned type;
	uint32_t frame_len_max; /* snap length */
	uint64_t ticks_per_s;
	int64_t offset_s;
};

struct savefile {
	int fd;
	bool is_swapped; /* the file's byte order is not ours */
	bool is_pcapng;
	uint8_t *window;
	size_t at, end; /* octets of the window that are not yet consumed */
	bool is_inside; /* part of a record is consumed: this is no place for a file to end */
	bool is_over;   /* read(2) has said end of file */
	struct savefile_patience patience;
	bool is_left; /* in the middle of waiting for more */
	int error;    /* or an error */
	_Atomic uint64_t position;
	uint64_t size;
	/* pcap */
	unsigned type;
	bool has_ns;
	bool has_old_lengths; /* a record's captured and sent lengths may stand the other way round */
	size_t record_header;
	/* pcapng */
	struct savefile_interface *interfaces;
	size_t interface_count;
	uint64_t last_ns; /* simple packet blocks carry no time */
	/* how it ended */
	enum savefile_rc ended; /* SAVEFILE_FRAME while it has not */
	char why[SAVEFILE_WHY_CAP];
};

/* The next `n` octets, at most SAVEFILE_WINDOW, without consuming them; null when the file ends before. */
const uint8_t *savefile_peek(struct savefile *file, size_t n);
void savefile_consume(struct savefile *file, size_t n);

/* Steps over `n` octets, however many. False when the file ends before. */
bool savefile_skip(struct savefile *file, uint64_t n);

/* How the file ends, now that octets are missing: at a record's border when none of the record is there. */
enum savefile_rc savefile_short(struct savefile *file);

/* Ends the reading for good. Returns `rc`. */
enum savefile_rc savefile_stop(struct savefile *file, enum savefile_rc rc, const char *format, ...) __attribute__((format(printf, 3, 4)));

uint16_t savefile_u16(const struct savefile *file, const uint8_t *p);
uint32_t savefile_u32(const struct savefile *file, const uint8_t *p);

/* Reads the section header block that every pcapng file begins with. 0 or -EINVAL. */
int pcapng_begin(struct savefile *file);
enum savefile_rc pcapng_next(struct savefile *file, struct savefile_frame *frame);

#endif
