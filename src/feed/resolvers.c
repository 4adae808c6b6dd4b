/* SPDX-License-Identifier: Apache-2.0 */
/* The list of resolvers: names go into a domset, addresses into a sorted array. */
#include "feed/resolvers.h"

#include "feed/complaint.h"
#include "feed/lines.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ADDRS_STEP 64

/* A list on its way in. */
struct reading {
	struct resolver_set *out;
	struct c2_domset_builder *builder;
	const char *path;
	const struct feed_listener *listener;
};

static bool addr_parse(const char *text, struct c2_addr *addr)
{
	*addr = (struct c2_addr){.family = 4};
	if (inet_pton(AF_INET, text, addr->octets) == 1)
		return true;
	addr->family = 6;
	return inet_pton(AF_INET6, text, addr->octets) == 1;
}

static int reading_add_addr(struct reading *reading, const struct c2_addr *addr)
{
	struct resolver_set *out = reading->out;
	if (out->addr_count % ADDRS_STEP == 0) {
		struct c2_addr *addrs = reallocarray(out->addrs, out->addr_count + ADDRS_STEP, sizeof *addrs);
		if (addrs == NULL)
			return -ENOMEM;
		out->addrs = addrs;
	}
	out->addrs[out->addr_count++] = *addr;
	resolver_set_addr_ending(out, addr);
	return 0;
}

/* A line's first word. 1: it is neither name nor address. */
static int reading_take(struct reading *reading, const char *word)
{
	struct c2_addr addr;
	struct c2_name name;
	if (addr_parse(word, &addr))
		return reading_add_addr(reading, &addr);
	if (c2_name_from_text(word, strlen(word), &name) != C2_OK || name.labels < 2)
		return 1;
	resolver_set_name_ending(reading->out, &name);
	return c2_domset_builder_add(reading->builder, &name, C2_SCOPE_TREE);
}

static int reading_line(void *arg, char *line, uint32_t number)
{
	struct reading *reading = arg;
	int rc = 1;
	if (line != NULL) {
		char *word = line + strspn(line, " \t");
		word[strcspn(word, " \t#")] = '\0';
		rc = *word == '\0' ? 0 : reading_take(reading, word);
	}
	if (rc != 1)
		return rc;
	complaint_tell(reading->listener, FEED_REFUSED, reading->path, number, "neither a name nor an address");
	return 0;
}

int resolvers_load(struct resolver_set *out, const char *path, const struct feed_listener *listener)
{
	*out = (struct resolver_set){.names = NULL};
	struct reading reading = {.out = out, .builder = c2_domset_builder_new(0), .path = path, .listener = listener};
	if (reading.builder == NULL)
		return -ENOMEM;
	int rc = lines_each(path, reading_line, &reading);
	if (rc == 0)
		rc = c2_domset_build(reading.builder, NULL, &out->names);
	c2_domset_builder_free(reading.builder);
	if (rc < 0)
		resolvers_free(out);
	else if (out->addr_count > 0)
		qsort(out->addrs, out->addr_count, sizeof *out->addrs, resolver_addr_compare);
	return rc;
}

void resolvers_free(struct resolver_set *resolvers)
{
	c2_domset_free(resolvers->names);
	free(resolvers->addrs);
	*resolvers = (struct resolver_set){.names = NULL};
}
