/* SPDX-License-Identifier: Apache-2.0 */
/* The calls with which the spool changes its files, by the linker's --wrap: a test sees each before and after, and may refuse it. DISK_WRAP in tests/local.mk. */
#ifndef TESTS_DISK_H
#define TESTS_DISK_H

#include <stdint.h>
#include <sys/types.h>

enum disk_call { DISK_OPEN, DISK_READ, DISK_WRITE, DISK_SYNC, DISK_TRUNCATE, DISK_ALLOCATE, DISK_RENAME, DISK_UNLINK };

struct disk_event {
	enum disk_call call;
	int fd;           /* the folder's for OPEN, RENAME and UNLINK */
	const char *name; /* OPEN, RENAME and UNLINK */
	const char *to;   /* RENAME */
	int flags;        /* OPEN */
	const void *octets;
	size_t len; /* READ, WRITE; the new length for TRUNCATE and ALLOCATE */
	uint64_t offset;
};

/* Null: nobody looks. 0 lets the call be made, -errno refuses it; a positive number makes a write, or a read, one of so many octets at most. */
extern int (*disk_before)(const struct disk_event *event);

/* Null: nobody looks. `result` is the descriptor, the octets, or 0; -errno. */
extern void (*disk_after)(const struct disk_event *event, ssize_t result);

#endif
