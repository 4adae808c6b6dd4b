/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that hosts tell their neighbours: in responses of mDNS (RFC 6762) and LLMNR (RFC 4795), in NetBIOS' registrations (RFC 1002 §4.2).
 *
 * Nobody grants such a name and anybody on the link may tell one, so it is kept apart from what DHCP says and only stands in for it. One host's words
 * differ: NetBIOS cuts a name to fifteen octets. The fuller form stands, mDNS' before LLMNR's before
 * NetBIOS', which is the order of enum note_kind, as long as it is repeated within a day.
 */
#include "host/announced.h"

#include <string.h>

/* How long a name is good for after it was told last. Hosts repeat themselves when they wake and when they are asked. */
#define ANNOUNCED_NS (UINT64_C(24) * 3600 * 1000000000)

/* A MAC stands in the first octets, of family 0 and without VLAN: it is the same host in each. */
struct announced_key {
	uint16_t vlan[NOTE_VLANS_MAX];
	uint8_t vlans;
	uint8_t family;
	uint8_t octets[16];
};
_Static_assert(sizeof(struct announced_key) == 2 * NOTE_VLANS_MAX + 18, "a key without padding");

struct announced_slot {
	struct table_slot head;
	struct announced_key key;
	struct announced_name period[2]; /* the present and the one before */
};

int announced_open(struct announced *announced, const struct siphash_key *key, size_t budget)
{
	return table_open(&announced->table, key, sizeof(struct announced_slot), sizeof(struct announced_key), budget);
}

void announced_close(struct announced *announced)
{
	table_close(&announced->table);
}

static struct announced_key key_of_addr(const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans)
{
	struct announced_key key = {.vlans = vlans, .family = addr->family};
	for (int i = 0; i < vlans && i < NOTE_VLANS_MAX; i++)
		key.vlan[i] = vlan[i];
	memcpy(key.octets, addr->octets, sizeof key.octets);
	return key;
}

static struct announced_key key_of_mac(const uint8_t *mac)
{
	struct announced_key key = {.family = 0};
	memcpy(key.octets, mac, 6);
	return key;
}

static bool is_other_host(const struct announced_name *a, const struct announced_name *b)
{
	return a->has_mac && b->has_mac && memcmp(a->mac, b->mac, sizeof a->mac) != 0;
}

static void learn_under(struct announced *announced, const struct announced_key *key, const struct announced_name *told)
{
	struct announced_slot *slot = table_take(&announced->table, key, told->said_ns);
	struct announced_name *now = &slot->period[0];
	if (now->said_ns != 0 && told->said_ns < now->from_ns)
		return; /* late news of a time before the present name's */
	if (now->said_ns != 0 && !is_other_host(now, told)) {
		if (told->said > now->said && told->said_ns < now->said_ns + ANNOUNCED_NS)
			return;
		if (memcmp(now->wire, told->wire, sizeof now->wire) == 0) {
			uint64_t from_ns = now->from_ns, said_ns = now->said_ns > told->said_ns ? now->said_ns : told->said_ns;
			if (told->has_mac)
				*now = *told;
			now->said = told->said;
			now->from_ns = from_ns;
			now->said_ns = said_ns;
			return;
		}
	}
	slot->period[1] = *now;
	*now = *told;
}

void announced_learn(struct announced *announced, const struct note *note, const uint8_t *mac)
{
	const struct note_where *where = &note->where;
	const struct c2_name *name = &note->announcement.name;
	struct announced_name told = {.from_ns = where->at_ns, .said_ns = where->at_ns, .said = note->announcement.said, .has_mac = mac != NULL};
	if (name->len > sizeof told.wire)
		return;
	memcpy(told.wire, name->wire, name->len);
	if (mac != NULL)
		memcpy(told.mac, mac, sizeof told.mac);
	struct announced_key key = key_of_addr(&where->src, where->vlan, where->vlans);
	learn_under(announced, &key, &told);
	if (mac == NULL)
		return;
	key = key_of_mac(mac);
	learn_under(announced, &key, &told);
}

static const struct announced_name *announced_at(const struct announced *announced, const struct announced_key *key, uint64_t at_ns)
{
	const struct announced_slot *slot = table_find(&announced->table, key);
	for (int i = 0; slot != NULL && i < 2; i++) {
		const struct announced_name *period = &slot->period[i];
		if (period->said_ns != 0 && period->from_ns <= at_ns)
			return at_ns < period->said_ns + ANNOUNCED_NS ? period : NULL;
	}
	return NULL;
}

const struct announced_name *announced_of_addr(
	const struct announced *announced, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, uint64_t at_ns)
{
	struct announced_key key = key_of_addr(addr, vlan, vlans);
	return announced_at(announced, &key, at_ns);
}

const struct announced_name *announced_of_mac(const struct announced *announced, const uint8_t *mac, uint64_t at_ns)
{
	struct announced_key key = key_of_mac(mac);
	return announced_at(announced, &key, at_ns);
}
