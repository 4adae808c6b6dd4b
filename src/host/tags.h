/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_TAGS_H
#define HOST_TAGS_H

#include "host/hosts.h"
#include "host/table.h"

/* What context feeds say of hosts, by MAC where a host's own is known, by address elsewhere. */
struct tags {
	struct table table;
};

/* As table_open(). */
int tags_open(struct tags *tags, const struct siphash_key *key, size_t budget);
void tags_close(struct tags *tags);

/* Says that the host is `tag` at `at_ns`. */
void tags_learn(struct tags *tags, const struct host_identity *host, const struct c2_addr *addr, uint64_t at_ns, const char *tag);

/* Fills in `host->tag`: what has been said in the day before `at_ns`. */
void tags_find(const struct tags *tags, struct host_identity *host, const struct c2_addr *addr, uint64_t at_ns);

#endif
