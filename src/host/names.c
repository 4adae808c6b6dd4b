/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names over time, by hardware address (RFC 2131's chaddr): options 12 (RFC 2132 §3.14), 81 (RFC 4702) and 60 (RFC 2132 §9.13);
 * of DHCPv6 39 (RFC 4704) and 16 (RFC 8415 §21.16), by the MAC of the client that says them.
 *
 * A name that changes begins a new period, so that what was asked of the earlier one is still answered with the earlier name; one earlier period is
 * kept, for a host is renamed once in its life. The two options come as two notes of one message, and a change in one of them does not lose what
 * the other said at that same time.
 *
 * The key is the MAC alone: a relayed message shows the server's VLAN, not the client's.
 */
#include "host/names.h"

#include <string.h>

struct names_slot {
	struct table_slot head;
	uint8_t mac[6];
	struct host_names period[2]; /* the present and the one before */
};

int names_open(struct names *names, const struct siphash_key *key, size_t budget)
{
	return table_open(&names->table, key, sizeof(struct names_slot), 6, budget);
}

void names_close(struct names *names)
{
	table_close(&names->table);
}

void names_learn(struct names *names, const struct note *note)
{
	uint64_t at_ns = note->where.at_ns;
	struct names_slot *slot = table_take(&names->table, note->chaddr, at_ns);
	struct host_names *now = &slot->period[0];
	/* DHCPv6 has one option for both: a host that gives its name alone there (RFC 4704 §4.2) says of its full name nothing. */
	bool is_fqdn = note->kind == NOTE_DHCP_FQDN || (note->kind == NOTE_DHCP6 && note->sighting.name.labels > 1);
	struct c2_name *name = is_fqdn ? &now->fqdn : &now->host;

	bool is_first = now->host.len == 0 && now->fqdn.len == 0;
	bool is_change = name->len != 0 && !c2_name_equal(name, &note->sighting.name);
	if (is_change && at_ns < now->from_ns)
		return; /* late news of a time before the present name's */
	if (note->is_servers && !is_first && !now->is_servers)
		return;
	if (is_change) {
		struct host_names *before = &slot->period[1];
		*before = *now;
		*now = (struct host_names){0};
		if (is_fqdn && before->host.len != 0 && before->host_said_ns == at_ns) {
			now->host = before->host;
			now->host_said_ns = at_ns;
		} else if (!is_fqdn && before->fqdn.len != 0 && before->fqdn_said_ns == at_ns) {
			now->fqdn = before->fqdn;
			now->fqdn_said_ns = at_ns;
		}
	}
	if (is_first || is_change)
		now->from_ns = at_ns;
	*name = note->sighting.name;
	now->is_servers = note->is_servers;
	*(is_fqdn ? &now->fqdn_said_ns : &now->host_said_ns) = at_ns;
	if (note->vendor[0] != '\0')
		memcpy(now->vendor, note->vendor, sizeof now->vendor);
}

const struct host_names *names_find(const struct names *names, const uint8_t *mac, uint64_t at_ns)
{
	const struct names_slot *slot = table_find(&names->table, mac);
	for (int i = 0; slot != NULL && i < 2; i++) {
		const struct host_names *period = &slot->period[i];
		if ((period->host.len != 0 || period->fqdn.len != 0) && period->from_ns <= at_ns)
			return period;
	}
	return NULL;
}
