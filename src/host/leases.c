/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leases over time (RFC 2131), by VLAN and address: the same private address in two VLANs is two hosts.
 *
 * Invariant of an address's history: newest first, each lease ends where the next newer begins or before, so that at most one is valid at a time.
 * Somebody else's lease ends the one before it, whatever its term said: the server would not have granted it otherwise.
 *
 * Which VLAN a lease is for is the VLAN of the DHCPACK only if the client's own link carried it, to the client's MAC or by broadcast. One that
 * goes to a relay (RFC 2131 §4.1) or, on renewal, through a router was seen on the server's link and is kept for any VLAN; a lease of the packet's
 * own VLAN goes before it.
 */
#include "host/leases.h"

#include <string.h>

/*
 * Leases kept of an address. The newest is nearly always the one that is asked for; the others answer for hits that a busy worker hands over late,
 * and for captures whose files are read out of order.
 */
#define LEASES_KEPT 4

/* The term of a DHCPACK without option 51. Longer than most servers' default; short enough that a laptop of yesterday lends its name to nobody. */
#define LEASE_DEFAULT_S (24 * 3600)

#define VLANS_ANY 0xff

struct lease_key {
	uint16_t vlan[NOTE_VLANS_MAX];
	uint8_t vlans; /* VLANS_ANY: seen where the VLAN says nothing */
	uint8_t family;
	uint8_t octets[16];
};
_Static_assert(sizeof(struct lease_key) == 2 * NOTE_VLANS_MAX + 18, "a key without padding");

struct lease_slot {
	struct table_slot head;
	struct lease_key key;
	struct lease history[LEASES_KEPT]; /* newest first; until_ns 0: none */
};

int leases_open(struct leases *leases, const struct siphash_key *key, size_t budget)
{
	return table_open(&leases->table, key, sizeof(struct lease_slot), sizeof(struct lease_key), budget);
}

void leases_close(struct leases *leases)
{
	table_close(&leases->table);
}

static struct lease_key lease_key(const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans)
{
	struct lease_key key = {.vlans = vlans, .family = addr->family};
	for (int i = 0; vlans != VLANS_ANY && i < vlans && i < NOTE_VLANS_MAX; i++)
		key.vlan[i] = vlan[i];
	memcpy(key.octets, addr->octets, sizeof key.octets);
	return key;
}

static bool is_on_clients_link(const struct note_where *where, const struct note_lease *granted)
{
	static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	return !where->has_mac || memcmp(where->mac_dst, granted->mac, 6) == 0 || memcmp(where->mac_dst, broadcast, 6) == 0;
}

void leases_learn(struct leases *leases, const struct note_where *where, const struct note_lease *granted)
{
	uint64_t at_ns = where->at_ns;
	uint64_t until_ns = at_ns + (granted->seconds != 0 ? granted->seconds : LEASE_DEFAULT_S) * UINT64_C(1000000000);
	uint8_t vlans = is_on_clients_link(where, granted) ? where->vlans : VLANS_ANY;
	struct lease_key key = lease_key(&granted->addr, where->vlan, vlans);
	struct lease_slot *slot = table_take(&leases->table, &key, at_ns);
	struct lease *history = slot->history;

	int i = 0; /* the newest lease that does not begin after this one */
	while (i < LEASES_KEPT && history[i].until_ns != 0 && history[i].from_ns > at_ns)
		i++;
	if (i == LEASES_KEPT)
		return; /* older than all that is kept */
	if (i > 0 && until_ns > history[i - 1].from_ns)
		until_ns = history[i - 1].from_ns;
	struct lease *before = &history[i];
	if (at_ns < before->until_ns && memcmp(before->mac, granted->mac, 6) == 0) {
		if (at_ns >= before->said_ns) {
			before->until_ns = until_ns; /* renewed, perhaps for a shorter term */
			before->said_ns = at_ns;
		}
		return;
	}
	if (before->until_ns > at_ns)
		before->until_ns = at_ns;
	memmove(before + 1, before, (size_t)(LEASES_KEPT - 1 - i) * sizeof *before);
	*before = (struct lease){.from_ns = at_ns, .until_ns = until_ns, .said_ns = at_ns};
	memcpy(before->mac, granted->mac, 6);
}

static const struct lease *lease_at(const struct leases *leases, const struct lease_key *key, uint64_t at_ns)
{
	const struct lease_slot *slot = table_find(&leases->table, key);
	for (int i = 0; slot != NULL && i < LEASES_KEPT; i++)
		if (slot->history[i].from_ns <= at_ns && at_ns < slot->history[i].until_ns)
			return &slot->history[i];
	return NULL;
}

const struct lease *leases_find(const struct leases *leases, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, uint64_t at_ns)
{
	struct lease_key own = lease_key(addr, vlan, vlans), any = lease_key(addr, vlan, VLANS_ANY);
	const struct lease *lease = lease_at(leases, &own, at_ns);
	return lease != NULL ? lease : lease_at(leases, &any, at_ns);
}
