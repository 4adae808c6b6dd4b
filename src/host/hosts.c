/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who had this address at that time: the lease says which MAC, the MAC's names say who, the host's own words stand in, the table of routers says whose MACs mean nothing.
 *
 * Invariant: every answer is for the time asked about. What was learned later about another host never changes what an earlier packet is told, as
 * long as the tables still hold it. Each table has its share of the budget and evicts its own, so that a flood of forged source MACs, which costs a
 * stranger nothing, throws out neither leases nor names. A name of DHCP goes before any that is told. RFC 2131, RFC 4702, RFC 8415.
 */
#include "host/hosts.h"

#include "host/announced.h"
#include "host/leases.h"
#include "host/names.h"
#include "host/routers.h"
#include "host/tags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct hosts {
	struct leases leases;
	struct names names;
	struct announced announced;
	struct routers routers;
	struct tags tags;
};

int hosts_open(struct hosts **hosts, const struct hosts_options *options)
{
	size_t budget = options->budget != 0 ? options->budget : HOSTS_BUDGET_DEFAULT;
	struct hosts *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	/* Names take the most: they are the largest by far, and without them the others say little. */
	int rc = leases_open(&made->leases, &options->key, budget / 4);
	if (rc == 0)
		rc = names_open(&made->names, &options->key, budget / 8 * 3);
	if (rc == 0)
		rc = announced_open(&made->announced, &options->key, budget / 8);
	if (rc == 0)
		rc = routers_open(&made->routers, &options->key, budget / 16 * 3);
	if (rc == 0)
		rc = tags_open(&made->tags, &options->key, budget / 16);
	if (rc != 0) {
		hosts_close(made);
		return rc;
	}
	*hosts = made;
	return 0;
}

void hosts_close(struct hosts *hosts)
{
	if (hosts == NULL)
		return;
	leases_close(&hosts->leases);
	names_close(&hosts->names);
	announced_close(&hosts->announced);
	routers_close(&hosts->routers);
	tags_close(&hosts->tags);
	free(hosts);
}

/* Can the MAC be one host's? Neither a group's (IEEE 802 §8.2.2: the first octet's lowest bit; broadcast is one) nor zero. */
static bool mac_is_one(const uint8_t *mac)
{
	static const uint8_t zero[6];
	return (mac[0] & 1) == 0 && memcmp(mac, zero, 6) != 0;
}

/* Can the address be one host's? RFC 6890: not 0.0.0.0/8, loopback, multicast and beyond; RFC 4291: not ::, ::1, multicast. */
static bool addr_is_one(const struct c2_addr *addr)
{
	static const uint8_t zero[15];
	switch (addr->family) {
	case 4:
		return addr->octets[0] != 0 && addr->octets[0] != 127 && addr->octets[0] < 224;
	case 6:
		return addr->octets[0] != 0xff && !(memcmp(addr->octets, zero, 15) == 0 && addr->octets[15] <= 1);
	default:
		return false;
	}
}

/*
 * The MAC of the host that tells its name, or null. mDNS (RFC 6762 §11) and LLMNR (RFC 4795 §2.5) stay on their link; a NetBIOS claim that is not
 * broadcast goes to a server (RFC 1002 §4.2.2), perhaps through a router, whose MAC it then has.
 */
static const uint8_t *announcer_mac(const struct note *note)
{
	const struct note_where *where = &note->where;
	bool is_on_link = note->announcement.said != NOTE_NBNS || (where->mac_dst[0] & 1) != 0;
	return where->has_mac && is_on_link && mac_is_one(where->mac_src) ? where->mac_src : NULL;
}

void hosts_learn(struct hosts *hosts, const struct note *note)
{
	switch (note->kind) {
	case NOTE_DHCP:
	case NOTE_DHCP_FQDN:
	case NOTE_DHCP6:
		if (mac_is_one(note->chaddr) && note->sighting.name.len != 0)
			names_learn(&hosts->names, note);
		break;
	case NOTE_LEASE:
		if (mac_is_one(note->lease.mac) && addr_is_one(&note->lease.addr))
			leases_learn(&hosts->leases, &note->where, &note->lease);
		break;
	case NOTE_ANNOUNCEMENT:
		if (addr_is_one(&note->where.src))
			announced_learn(&hosts->announced, note, announcer_mac(note));
		break;
	case NOTE_HOST:
		if (note->where.has_mac && mac_is_one(note->where.mac_src) && addr_is_one(&note->where.src))
			routers_learn(&hosts->routers, note->where.mac_src, &note->where.src, note->where.at_ns);
		break;
	default:
		break;
	}
}

/* Ends `text`, a name in presentation form, behind its first label. */
static void text_keep_first_label(char *text)
{
	for (; *text != '\0' && *text != '.'; text++)
		if (*text == '\\')
			text++; /* of \. and \\ the second octet, of \DDD a digit */
	*text = '\0';
}

static void identity_name(struct host_identity *out, const struct host_names *names)
{
	if (names == NULL)
		return;
	if (names->fqdn.len != 0)
		c2_name_to_text(&names->fqdn, out->fqdn);
	if (names->host.len != 0) {
		c2_name_to_text(&names->host, out->name);
	} else {
		strcpy(out->name, out->fqdn);
		text_keep_first_label(out->name);
	}
	memcpy(out->vendor, names->vendor, sizeof out->vendor);
}

static void identity_mac(struct host_identity *out, const uint8_t *mac)
{
	out->has_mac = true;
	memcpy(out->mac, mac, 6);
}

static uint64_t since(uint64_t then_ns, uint64_t at_ns)
{
	return at_ns > then_ns ? at_ns - then_ns : 0;
}

static void identity_by_lease(struct host_identity *out, const struct lease *lease, const uint8_t *mac, uint64_t at_ns)
{
	out->method = HOST_BY_LEASE;
	out->source = "dhcp";
	/* A renewal later than what is asked about says nothing of then. */
	out->age_ns = since(lease->said_ns <= at_ns ? lease->said_ns : lease->from_ns, at_ns);
	if (mac != NULL && memcmp(mac, lease->mac, 6) == 0)
		out->confidence = HOST_HIGH;
	else if (mac == NULL || out->is_routed)
		out->confidence = HOST_MEDIUM;
	else
		out->confidence = HOST_LOW;
	if (out->confidence != HOST_LOW)
		identity_mac(out, lease->mac);
}

static void identity_by_mac(struct host_identity *out, const struct host_names *names, const uint8_t *mac, uint64_t at_ns)
{
	uint64_t said_ns = names->host_said_ns > names->fqdn_said_ns ? names->host_said_ns : names->fqdn_said_ns;
	out->method = HOST_BY_MAC;
	out->source = "dhcp";
	out->age_ns = since(said_ns <= at_ns ? said_ns : names->from_ns, at_ns);
	out->confidence = HOST_MEDIUM;
	identity_mac(out, mac);
}

static void identity_told(struct host_identity *out, const struct announced_name *told, uint64_t at_ns)
{
	struct c2_name name;
	struct c2_rd rd = c2_rd_closed(told->wire, sizeof told->wire);
	unsigned pointers = 0;
	if (c2_name_read(&rd, told->wire, &pointers, &name) != C2_OK)
		return;
	c2_name_to_text(&name, out->name);
	out->source = told->said == NOTE_MDNS_R ? "mdns" : told->said == NOTE_LLMNR_R ? "llmnr" : "nbns";
	out->age_ns = since(told->said_ns <= at_ns ? told->said_ns : told->from_ns, at_ns);
}

/* The host's own words, where DHCP has none for its name. */
static void identity_by_announcement(
	struct host_identity *out, const struct announced *announced, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, uint64_t at_ns)
{
	const struct announced_name *by_mac = out->has_mac ? announced_of_mac(announced, out->mac, at_ns) : NULL;
	if (out->method == HOST_BY_LEASE) {
		if (by_mac == NULL)
			return;
		if (out->confidence > HOST_MEDIUM)
			out->confidence = HOST_MEDIUM;
		identity_told(out, by_mac, at_ns);
		return;
	}
	const struct announced_name *by_addr = addr_is_one(addr) ? announced_of_addr(announced, addr, vlan, vlans, at_ns) : NULL;
	bool is_both = by_addr != NULL && by_addr->has_mac && out->has_mac && memcmp(by_addr->mac, out->mac, 6) == 0;
	if (by_addr != NULL && by_addr->has_mac && out->has_mac && !is_both)
		by_addr = NULL; /* another host has the address now */
	const struct announced_name *told = by_addr != NULL ? by_addr : by_mac;
	if (told == NULL)
		return;
	out->method = HOST_BY_ANNOUNCEMENT;
	out->confidence = is_both ? HOST_MEDIUM : HOST_LOW;
	identity_told(out, told, at_ns);
}

void hosts_find(const struct hosts *hosts, const struct c2_addr *addr, const uint16_t *vlan, uint8_t vlans, const uint8_t *mac, uint64_t at_ns,
	struct host_identity *out)
{
	/* The texts are large and begin empty: clearing all of it would cost more than the look-ups. */
	out->method = HOST_BY_NOTHING;
	out->confidence = HOST_UNSURE;
	out->name[0] = out->fqdn[0] = out->vendor[0] = '\0';
	out->has_mac = false;
	out->age_ns = 0;
	out->source = NULL;

	if (mac != NULL && !mac_is_one(mac))
		mac = NULL;
	out->is_routed = mac != NULL && routers_has(&hosts->routers, mac, at_ns);
	const struct lease *lease = addr_is_one(addr) ? leases_find(&hosts->leases, addr, vlan, vlans, at_ns) : NULL;
	const struct host_names *own = mac != NULL && !out->is_routed ? names_find(&hosts->names, mac, at_ns) : NULL;

	/* On its own link the MAC is what the frame came from; a lease of another's may be one whose end was not seen. */
	if (lease != NULL && (own == NULL || memcmp(mac, lease->mac, 6) == 0)) {
		identity_by_lease(out, lease, mac, at_ns);
		identity_name(out, names_find(&hosts->names, lease->mac, at_ns));
	} else if (own != NULL) {
		identity_by_mac(out, own, mac, at_ns);
		identity_name(out, own);
	} else if (mac != NULL && !out->is_routed) {
		identity_mac(out, mac);
	}
	if (out->name[0] == '\0')
		identity_by_announcement(out, &hosts->announced, addr, vlan, vlans, at_ns);
	tags_find(&hosts->tags, out, addr, at_ns);
}

void hosts_tag(struct hosts *hosts, const struct host_identity *host, const struct c2_addr *addr, uint64_t at_ns, const char *tag)
{
	if (addr_is_one(addr))
		tags_learn(&hosts->tags, host, addr, at_ns, tag);
}

void hosts_count(const struct hosts *hosts, struct hosts_counts *out)
{
	*out = (struct hosts_counts){
		.addresses = hosts->leases.table.used,
		.addresses_evicted = hosts->leases.table.evicted,
		.names = hosts->names.table.used,
		.names_evicted = hosts->names.table.evicted,
		.announced = hosts->announced.table.used,
		.announced_evicted = hosts->announced.table.evicted,
		.macs = hosts->routers.table.used,
		.macs_evicted = hosts->routers.table.evicted,
		.tagged = hosts->tags.table.used,
		.tagged_evicted = hosts->tags.table.evicted,
	};
}
