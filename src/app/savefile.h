/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SAVEFILE_H
#define APP_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Capture files: pcap (micro- and nanoseconds, both byte orders, Kuznetzov's and IXIA's) and pcapng (several sections and interfaces, each with its
 * own link type and clock), from a file or a pipe, frame by frame and without a copy.
 */
struct savefile;

/* One frame. Its octets live until the next call. */
struct savefile_frame {
	uint64_t at_ns; /* since 1970 */
	unsigned type;  /* LINKTYPE_ number */
	const uint8_t *octets;
	uint32_t len; /* captured */
};

#define SAVEFILE_WHY_CAP 256

/* What reading came to. */
enum savefile_rc {
	SAVEFILE_FRAME, /* a frame */
	SAVEFILE_END,   /* the file's regular end */
	SAVEFILE_CUT,   /* the file ends in the middle of a record */
	SAVEFILE_BAD,   /* no capture, or one that contradicts itself, or a read error */
};

/*
 * Asked every tenth of a second while nothing comes from a pipe: is it still worth waiting? If not, the file is at its end. Not while a frame is in use that
 * was given out.
 */
struct savefile_patience {
	bool (*waits)(void *arg);
	void *arg;
};

/*
 * Opens `path`, `-` for standard input; `patience` null: waits for ever. 0, or -errno with the reason in `why`; -EINVAL: it is no capture file; -EINTR: it
 * was not worth waiting.
 */
int savefile_open(struct savefile **file, const char *path, const struct savefile_patience *patience, char why[static SAVEFILE_WHY_CAP]);
void savefile_close(struct savefile *file);

/* The next frame; for SAVEFILE_CUT and SAVEFILE_BAD `why` tells the reason, and every call after it says the same. */
enum savefile_rc savefile_next(struct savefile *file, struct savefile_frame *frame, char why[static SAVEFILE_WHY_CAP]);

/* Octets read so far, and in all (0 when the input does not know). Any thread. */
uint64_t savefile_position(const struct savefile *file);
uint64_t savefile_size(const struct savefile *file);

#endif
