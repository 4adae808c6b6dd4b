/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routers, told by how many addresses come from their MAC. Of each MAC the last few addresses are kept as 32-bit tokens (of IPv6 a keyed hash: two
 * that collide count as one) with the second they were last seen; one more while all of those are fresh makes it a router.
 */
#include "host/routers.h"

#include <string.h>

struct fronted {
	uint32_t token;
	uint32_t seen_s; /* plus one; 0: free */
};

struct router_slot {
	struct table_slot head;
	uint8_t mac[6];
	uint32_t until_s; /* a router's up to then; 0: never was */
	struct fronted v4[ROUTER_ADDRESSES_V4];
	struct fronted v6[ROUTER_ADDRESSES_V6];
};

/* Packet time in seconds. It fits until 2106, and a capture's time stamps do not go further. */
static uint32_t seconds(uint64_t at_ns)
{
	uint64_t s = at_ns / 1000000000;
	return s < UINT32_MAX - ROUTER_STAYS_S ? (uint32_t)s : UINT32_MAX - ROUTER_STAYS_S;
}

int routers_open(struct routers *routers, const struct siphash_key *key, size_t budget)
{
	routers->key = *key;
	return table_open(&routers->table, key, sizeof(struct router_slot), 6, budget);
}

void routers_close(struct routers *routers)
{
	table_close(&routers->table);
}

void routers_learn(struct routers *routers, const uint8_t *mac, const struct c2_addr *addr, uint64_t at_ns)
{
	struct router_slot *slot = table_take(&routers->table, mac, at_ns);
	uint32_t now_s = seconds(at_ns), token;
	struct fronted *fronted = addr->family == 4 ? slot->v4 : slot->v6;
	int n = addr->family == 4 ? ROUTER_ADDRESSES_V4 : ROUTER_ADDRESSES_V6;
	if (addr->family == 4)
		memcpy(&token, addr->octets, sizeof token);
	else
		token = (uint32_t)siphash13(&routers->key, addr->octets, sizeof addr->octets);

	struct fronted *oldest = fronted;
	for (int i = 0; i < n; i++) {
		if (fronted[i].seen_s != 0 && fronted[i].token == token) {
			if (fronted[i].seen_s <= now_s)
				fronted[i].seen_s = now_s + 1;
			return;
		}
		if (fronted[i].seen_s < oldest->seen_s)
			oldest = &fronted[i];
	}
	if (oldest->seen_s != 0 && oldest->seen_s + ROUTER_WINDOW_S > now_s + 1)
		slot->until_s = now_s + ROUTER_STAYS_S;
	*oldest = (struct fronted){.token = token, .seen_s = now_s + 1};
}

bool routers_has(const struct routers *routers, const uint8_t *mac, uint64_t at_ns)
{
	const struct router_slot *slot = table_find(&routers->table, mac);
	return slot != NULL && slot->until_s > seconds(at_ns);
}
