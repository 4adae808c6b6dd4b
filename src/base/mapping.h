/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MAPPING_H
#define BASE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Files mapped to be read as they lie, and shared with every process that does so. Whoever may write to such a file may cut it short under its readers, and
 * a page that is gone is a SIGBUS for whoever looks at it next. Under guard it is zeros instead, all of the mapping is, and its owner can ask for that.
 */
struct mapping {
	const void *octets; /* and behind them at least a page of zeros, so that a text in a file always ends */
	size_t len;         /* of the file */
	unsigned place;     /* among those that are guarded */
};

/* From now on mappings are guarded: installs the handler of SIGBUS. Before any thread starts. */
void mapping_guard(void);

/* Maps the `len` octets of `fd`, more than none. 0; -EMFILE with too many mappings open; -errno. Any thread, as is the next. */
int mapping_open(struct mapping *mapping, int fd, size_t len);
void mapping_close(struct mapping *mapping);

/* Has the file been cut short, so that there are but zeros now? Any thread. */
bool mapping_is_cut(const struct mapping *mapping);

#endif
