/* SPDX-License-Identifier: Apache-2.0 */
/* Tags last a day: a machine that is used speaks the names of its programs every morning, one that was cleaned speaks them no more. */
#include "host/tags.h"

#include <stdio.h>
#include <string.h>

#define TAGS_LAST_NS (24 * 3600 * UINT64_C(1000000000))
#define TAGS_KEY_LEN 24 /* no hole between the key and what follows */

struct tags_slot {
	struct table_slot head;
	uint8_t key[TAGS_KEY_LEN];
	struct {
		uint64_t said_ns; /* plus one; 0: free */
		char text[HOST_TAG_CAP];
	} tag[HOST_TAGS_MAX];
};

static void tags_key(const struct host_identity *host, const struct c2_addr *addr, uint8_t key[TAGS_KEY_LEN])
{
	memset(key, 0, TAGS_KEY_LEN);
	if (host->has_mac) {
		memcpy(key + 1, host->mac, 6);
	} else {
		key[0] = addr->family;
		memcpy(key + 1, addr->octets, 16);
	}
}

int tags_open(struct tags *tags, const struct siphash_key *key, size_t budget)
{
	return table_open(&tags->table, key, sizeof(struct tags_slot), TAGS_KEY_LEN, budget);
}

void tags_close(struct tags *tags)
{
	table_close(&tags->table);
}

void tags_learn(struct tags *tags, const struct host_identity *host, const struct c2_addr *addr, uint64_t at_ns, const char *tag)
{
	uint8_t key[TAGS_KEY_LEN];
	char text[HOST_TAG_CAP];
	tags_key(host, addr, key);
	snprintf(text, sizeof text, "%s", tag);
	struct tags_slot *slot = table_take(&tags->table, key, at_ns);
	unsigned place = 0;
	for (unsigned i = 0; i < HOST_TAGS_MAX; i++) {
		if (slot->tag[i].said_ns != 0 && strcmp(slot->tag[i].text, text) == 0) {
			place = i;
			break;
		}
		if (slot->tag[i].said_ns < slot->tag[place].said_ns)
			place = i;
	}
	memcpy(slot->tag[place].text, text, sizeof text);
	slot->tag[place].said_ns = at_ns + 1;
}

void tags_find(const struct tags *tags, struct host_identity *host, const struct c2_addr *addr, uint64_t at_ns)
{
	uint8_t key[TAGS_KEY_LEN];
	host->tags = 0;
	if (tags->table.used == 0) /* as nearly everywhere */
		return;
	tags_key(host, addr, key);
	const struct tags_slot *slot = table_find(&tags->table, key);
	for (unsigned i = 0; slot != NULL && i < HOST_TAGS_MAX; i++) {
		uint64_t said_ns = slot->tag[i].said_ns;
		if (said_ns != 0 && said_ns - 1 <= at_ns && at_ns - (said_ns - 1) < TAGS_LAST_NS)
			memcpy(host->tag[host->tags++], slot->tag[i].text, HOST_TAG_CAP);
	}
}
