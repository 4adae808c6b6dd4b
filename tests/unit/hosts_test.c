/* SPDX-License-Identifier: Apache-2.0 */
/* Who had this address at that time. */
#include "host/hosts.h"

#include "table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define S UINT64_C(1000000000)
#define DAY_S (24 * 3600)
/* An arbitrary time to count seconds from. */
#define START_S UINT64_C(1700000000)

static uint64_t at(uint64_t s)
{
	return (START_S + s) * S;
}

static struct c2_addr addr(const char *text)
{
	struct c2_addr out = {0};
	out.family = inet_pton(AF_INET, text, out.octets) == 1 ? 4 : 6;
	if (out.family == 6)
		assert_int_equal(inet_pton(AF_INET6, text, out.octets), 1);
	return out;
}

/* A MAC of one host, told by its last octet. */
struct mac {
	uint8_t octets[6];
};

static struct mac mac(uint8_t last)
{
	return (struct mac){{0x02, 0, 0, 0, 0, last}};
}

static const uint8_t *mac_of(uint8_t last)
{
	static struct mac macs[256];
	macs[last] = mac(last);
	return macs[last].octets;
}

#define ROUTER 0xfe
#define SERVER 0xfd

static int hosts_setup(void **state)
{
	struct hosts_options options = {.key = {1, 2}, .budget = 1 << 20};
	struct hosts *hosts;
	if (hosts_open(&hosts, &options) != 0)
		return -1;
	*state = hosts;
	return 0;
}

static struct host_identity find(const struct hosts *hosts, uint64_t s, const char *text, const uint8_t *from);

/* Says of whoever has the address that it is `tag`. */
static void tagged(struct hosts *hosts, uint64_t s, const char *text, const uint8_t *from, const char *tag)
{
	struct host_identity who = find(hosts, s, text, from);
	struct c2_addr there = addr(text);
	hosts_tag(hosts, &who, &there, at(s), tag);
}

static int hosts_teardown(void **state)
{
	hosts_close(*state);
	return 0;
}

/* A DHCPACK as the client's own link carries it, in VLAN 100. */
static struct note ack(uint64_t s, uint8_t client, const char *text, uint32_t seconds)
{
	struct note note = {.kind = NOTE_LEASE, .where = {.at_ns = at(s), .vlans = 1, .vlan = {100}, .has_mac = true, .sport = 67, .dport = 68}};
	memcpy(note.where.mac_src, mac_of(SERVER), 6);
	memcpy(note.where.mac_dst, mac_of(client), 6);
	memcpy(note.lease.mac, mac_of(client), 6);
	note.lease.addr = addr(text);
	note.lease.seconds = seconds;
	return note;
}

static void lease(struct hosts *hosts, uint64_t s, uint8_t client, const char *text, uint32_t seconds)
{
	struct note note = ack(s, client, text, seconds);
	hosts_learn(hosts, &note);
}

static void named(struct hosts *hosts, uint64_t s, uint8_t client, enum note_kind kind, const char *name)
{
	struct note note = {.kind = kind, .where = {.at_ns = at(s), .vlans = 1, .vlan = {100}, .has_mac = true}};
	memcpy(note.chaddr, mac_of(client), 6);
	assert_int_equal(c2_name_from_host(name, strlen(name), &note.sighting.name), C2_OK);
	hosts_learn(hosts, &note);
}

static void seen(struct hosts *hosts, uint64_t s, const uint8_t *from, const char *text)
{
	struct note note = {.kind = NOTE_HOST, .where = {.at_ns = at(s), .vlans = 1, .vlan = {100}, .has_mac = true, .src = addr(text)}};
	memcpy(note.where.mac_src, from, 6);
	hosts_learn(hosts, &note);
}

/* Makes the router one by five addresses of its own side. */
static void route(struct hosts *hosts, uint64_t s)
{
	for (int i = 1; i <= 5; i++) {
		char text[32];
		snprintf(text, sizeof text, "203.0.113.%d", i);
		seen(hosts, s, mac_of(ROUTER), text);
	}
}

static struct host_identity find_in(const struct hosts *hosts, uint64_t s, const char *text, const uint8_t *from, uint16_t vlan)
{
	struct c2_addr a = addr(text);
	struct host_identity out;
	memset(&out, 0x5a, sizeof out);
	hosts_find(hosts, &a, &vlan, vlan != 0, from, at(s), &out);
	return out;
}

static struct host_identity find(const struct hosts *hosts, uint64_t s, const char *text, const uint8_t *from)
{
	return find_in(hosts, s, text, from, 100);
}

/* A host tells its name, to everybody on its link. */
static void tells(struct hosts *hosts, uint64_t s, uint8_t from, const char *text, enum note_kind said, const char *name)
{
	struct note note = {.kind = NOTE_ANNOUNCEMENT, .where = {.at_ns = at(s), .vlans = 1, .vlan = {100}, .has_mac = true, .src = addr(text)}};
	memcpy(note.where.mac_src, mac_of(from), 6);
	memset(note.where.mac_dst, 0xff, 6);
	note.announcement.said = said;
	assert_int_equal(c2_name_from_host(name, strlen(name), &note.announcement.name), C2_OK);
	hosts_learn(hosts, &note);
}

/* ---- nothing is known */

static void unknown_address_has_no_name(void **state)
{
	struct host_identity who = find(*state, 0, "192.0.2.77", NULL);
	assert_int_equal(who.method, HOST_BY_NOTHING);
	assert_int_equal(who.confidence, HOST_UNSURE);
	assert_string_equal(who.name, "");
	assert_string_equal(who.fqdn, "");
	assert_string_equal(who.vendor, "");
	assert_null(who.source);
	assert_false(who.has_mac);
	assert_false(who.is_routed);
	assert_int_equal(who.age_ns, 0);
}

static void unknown_address_has_the_mac_of_its_frame(void **state)
{
	struct host_identity who = find(*state, 0, "192.0.2.77", mac_of(1));
	assert_int_equal(who.method, HOST_BY_NOTHING);
	assert_true(who.has_mac);
	assert_memory_equal(who.mac, mac_of(1), 6);
	assert_null(host_identity_mac(&who)); /* it may be a router's that is not yet known as one */
}

/* ---- the lease */

static void lease_names_its_host(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "WS-0142");
	lease(*state, 1, 1, "192.0.2.77", 3600);
	struct host_identity who = find(*state, 11, "192.0.2.77", mac_of(1));
	assert_int_equal(who.method, HOST_BY_LEASE);
	assert_int_equal(who.confidence, HOST_HIGH);
	assert_string_equal(who.name, "ws-0142");
	assert_string_equal(who.source, "dhcp");
	assert_memory_equal(who.mac, mac_of(1), 6);
	assert_true(who.age_ns == 10 * S);
	assert_ptr_equal(host_identity_mac(&who), who.mac);
}

static void lease_without_a_name_gives_the_mac(void **state)
{
	lease(*state, 1, 1, "192.0.2.77", 3600);
	struct host_identity who = find(*state, 2, "192.0.2.77", NULL);
	assert_int_equal(who.method, HOST_BY_LEASE);
	assert_int_equal(who.confidence, HOST_MEDIUM); /* the frame had no MAC to compare */
	assert_string_equal(who.name, "");
	assert_memory_equal(who.mac, mac_of(1), 6);
}

/* Two clients, one address, the same transaction id. */
static void taken_over_address_names_each_at_its_time(void **state)
{
	named(*state, 0, 0xaa, NOTE_DHCP, "DESKTOP-FINANCE7");
	named(*state, 1, 0xaa, NOTE_DHCP_FQDN, "desktop-finance7.corp.example");
	lease(*state, 2, 0xaa, "192.0.2.77", 3600);
	named(*state, 10, 0xbb, NOTE_DHCP, "android-4f2a");
	lease(*state, 12, 0xbb, "192.0.2.77", 3600);
	assert_string_equal(find(*state, 3, "192.0.2.77", mac_of(0xaa)).name, "desktop-finance7");
	assert_string_equal(find(*state, 3, "192.0.2.77", mac_of(0xaa)).fqdn, "desktop-finance7.corp.example");
	assert_string_equal(find(*state, 11, "192.0.2.77", NULL).name, "desktop-finance7");
	assert_string_equal(find(*state, 12, "192.0.2.77", NULL).name, "android-4f2a");
	assert_string_equal(find(*state, 13, "192.0.2.77", mac_of(0xbb)).name, "android-4f2a");
	assert_string_equal(find(*state, 13, "192.0.2.77", mac_of(0xbb)).fqdn, "");
	assert_int_equal(find(*state, 1, "192.0.2.77", NULL).method, HOST_BY_NOTHING);
}

/* Five take-overs: the last four are kept. */
static void four_leases_of_an_address_are_kept(void **state)
{
	for (uint8_t i = 1; i <= 5; i++)
		lease(*state, 10U * i, i, "192.0.2.77", 3600);
	assert_int_equal(find(*state, 15, "192.0.2.77", NULL).method, HOST_BY_NOTHING);
	for (uint8_t i = 2; i <= 5; i++)
		assert_memory_equal(find(*state, 10U * i + 5, "192.0.2.77", NULL).mac, mac_of(i), 6);
}

/* How long a lease names its host. */
struct term_row {
	const char *name;
	uint32_t seconds;
	uint64_t after_s;
	bool is_valid;
};

static const struct term_row term_rows[] = {
	{"term_first_moment", 60, 0, true}, {"term_last_second", 60, 59, true}, {"term_is_over", 60, 60, false},
	{"term_missing_is_a_day", 0, DAY_S - 1, true}, {"term_missing_is_over_after_a_day", 0, DAY_S, false},
	{"term_infinite", 0xffffffff, 10 * 365 * (uint64_t)DAY_S, true}, /* RFC 2131 §3.3 */
};

static void term_is_kept(void **state)
{
	const struct term_row *row = *state;
	void *hosts = NULL;
	assert_int_equal(hosts_setup(&hosts), 0);
	lease(hosts, 100, 1, "192.0.2.77", row->seconds);
	enum host_method method = find(hosts, 100 + row->after_s, "192.0.2.77", NULL).method;
	hosts_teardown(&hosts);
	assert_int_equal(method, row->is_valid ? HOST_BY_LEASE : HOST_BY_NOTHING);
}

static void renewal_extends_the_lease(void **state)
{
	lease(*state, 0, 1, "192.0.2.77", 100);
	lease(*state, 50, 1, "192.0.2.77", 100);
	assert_int_equal(find(*state, 149, "192.0.2.77", NULL).method, HOST_BY_LEASE);
	assert_int_equal(find(*state, 150, "192.0.2.77", NULL).method, HOST_BY_NOTHING);
	assert_true(find(*state, 149, "192.0.2.77", NULL).age_ns == 99 * S);
	assert_true(find(*state, 20, "192.0.2.77", NULL).age_ns == 20 * S); /* the renewal had not been yet */
}

static void renewal_may_shorten_the_lease(void **state)
{
	lease(*state, 0, 1, "192.0.2.77", 1000);
	lease(*state, 50, 1, "192.0.2.77", 100);
	assert_int_equal(find(*state, 151, "192.0.2.77", NULL).method, HOST_BY_NOTHING);
}

static void lapsed_lease_leaves_its_hole(void **state)
{
	lease(*state, 0, 1, "192.0.2.77", 10);
	lease(*state, 100, 1, "192.0.2.77", 10);
	assert_int_equal(find(*state, 5, "192.0.2.77", NULL).method, HOST_BY_LEASE);
	assert_int_equal(find(*state, 50, "192.0.2.77", NULL).method, HOST_BY_NOTHING);
	assert_int_equal(find(*state, 105, "192.0.2.77", NULL).method, HOST_BY_LEASE);
}

/* Notes of two workers, or files read out of order: an earlier lease comes later. */
static void late_lease_finds_its_place(void **state)
{
	lease(*state, 100, 2, "192.0.2.77", 3600);
	lease(*state, 0, 1, "192.0.2.77", 3600);
	assert_memory_equal(find(*state, 50, "192.0.2.77", NULL).mac, mac_of(1), 6);
	assert_memory_equal(find(*state, 99, "192.0.2.77", NULL).mac, mac_of(1), 6);
	assert_memory_equal(find(*state, 100, "192.0.2.77", NULL).mac, mac_of(2), 6);
}

static void late_lease_older_than_all_kept_is_dropped(void **state)
{
	for (uint8_t i = 2; i <= 5; i++)
		lease(*state, 10U * i, i, "192.0.2.77", 3600);
	lease(*state, 0, 1, "192.0.2.77", 3600);
	assert_int_equal(find(*state, 5, "192.0.2.77", NULL).method, HOST_BY_NOTHING);
	assert_memory_equal(find(*state, 25, "192.0.2.77", NULL).mac, mac_of(2), 6);
}

/* ---- VLANs */

static void same_address_in_two_vlans_is_two_hosts(void **state)
{
	struct note other = ack(0, 2, "192.0.2.77", 3600);
	lease(*state, 0, 1, "192.0.2.77", 3600);
	other.where.vlan[0] = 200;
	hosts_learn(*state, &other);
	assert_memory_equal(find_in(*state, 1, "192.0.2.77", NULL, 100).mac, mac_of(1), 6);
	assert_memory_equal(find_in(*state, 1, "192.0.2.77", NULL, 200).mac, mac_of(2), 6);
	assert_int_equal(find_in(*state, 1, "192.0.2.77", NULL, 300).method, HOST_BY_NOTHING);
	assert_int_equal(find_in(*state, 1, "192.0.2.77", NULL, 0).method, HOST_BY_NOTHING);
}

static void inner_vlan_counts(void **state)
{
	struct note qinq = ack(0, 1, "192.0.2.77", 3600);
	qinq.where.vlans = 2;
	qinq.where.vlan[1] = 42;
	hosts_learn(*state, &qinq);
	struct c2_addr a = addr("192.0.2.77");
	struct host_identity who;
	hosts_find(*state, &a, (uint16_t[]){100, 42}, 2, NULL, at(1), &who);
	assert_int_equal(who.method, HOST_BY_LEASE);
	hosts_find(*state, &a, (uint16_t[]){100, 43}, 2, NULL, at(1), &who);
	assert_int_equal(who.method, HOST_BY_NOTHING);
	hosts_find(*state, &a, (uint16_t[]){100}, 1, NULL, at(1), &who);
	assert_int_equal(who.method, HOST_BY_NOTHING);
}

/* The ACK to a relay, or to a renewal through a router, is seen on the server's link: the client's VLAN is another. */
static void relayed_lease_is_for_any_vlan(void **state)
{
	struct note relayed = ack(0, 1, "192.0.2.77", 3600);
	relayed.where.vlan[0] = 900;
	memcpy(relayed.where.mac_dst, mac_of(ROUTER), 6);
	hosts_learn(*state, &relayed);
	assert_memory_equal(find_in(*state, 1, "192.0.2.77", NULL, 100).mac, mac_of(1), 6);
}

static void lease_of_the_own_vlan_goes_before_a_relayed_one(void **state)
{
	struct note relayed = ack(0, 1, "192.0.2.77", 3600);
	memcpy(relayed.where.mac_dst, mac_of(ROUTER), 6);
	hosts_learn(*state, &relayed);
	lease(*state, 0, 2, "192.0.2.77", 3600);
	assert_memory_equal(find_in(*state, 1, "192.0.2.77", NULL, 100).mac, mac_of(2), 6);
	assert_memory_equal(find_in(*state, 1, "192.0.2.77", NULL, 300).mac, mac_of(1), 6);
}

static void broadcast_ack_is_the_clients_own_link(void **state)
{
	struct note broadcast = ack(0, 1, "192.0.2.77", 3600);
	memset(broadcast.where.mac_dst, 0xff, 6);
	hosts_learn(*state, &broadcast);
	assert_int_equal(find_in(*state, 1, "192.0.2.77", NULL, 100).method, HOST_BY_LEASE);
	assert_int_equal(find_in(*state, 1, "192.0.2.77", NULL, 300).method, HOST_BY_NOTHING);
}

/* ---- names */

static void vendor_is_kept(void **state)
{
	struct note note = {.kind = NOTE_DHCP, .where = {.at_ns = at(0)}, .vendor = "MSFT 5.0"};
	memcpy(note.chaddr, mac_of(1), 6);
	assert_int_equal(c2_name_from_host("ws", 2, &note.sighting.name), C2_OK);
	hosts_learn(*state, &note);
	assert_string_equal(find(*state, 1, "192.0.2.77", mac_of(1)).vendor, "MSFT 5.0");
}

static void told(struct hosts *hosts, uint64_t seconds, const char *name)
{
	struct note note = {.kind = NOTE_DHCP, .where = {.at_ns = at(seconds)}, .is_servers = true};
	memcpy(note.chaddr, mac_of(1), 6);
	assert_int_equal(c2_name_from_host(name, strlen(name), &note.sighting.name), C2_OK);
	hosts_learn(hosts, &note);
}

static void server_names_a_host_that_is_silent(void **state)
{
	told(*state, 0, "reserved");
	assert_string_equal(find(*state, 1, "192.0.2.77", mac_of(1)).name, "reserved");
	told(*state, 10, "renamed");
	assert_string_equal(find(*state, 11, "192.0.2.77", mac_of(1)).name, "renamed");
	named(*state, 20, 1, NOTE_DHCP, "own");
	assert_string_equal(find(*state, 21, "192.0.2.77", mac_of(1)).name, "own");
}

static void own_name_stands_over_the_servers(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "own");
	told(*state, 1, "reserved");
	assert_string_equal(find(*state, 2, "192.0.2.77", mac_of(1)).name, "own");
	told(*state, 3, "own");
	told(*state, 4, "reserved");
	assert_string_equal(find(*state, 5, "192.0.2.77", mac_of(1)).name, "own");
}

static void fqdn_alone_gives_the_name_too(void **state)
{
	named(*state, 0, 1, NOTE_DHCP_FQDN, "ws-0142.corp.example");
	struct host_identity who = find(*state, 1, "192.0.2.77", mac_of(1));
	assert_string_equal(who.name, "ws-0142");
	assert_string_equal(who.fqdn, "ws-0142.corp.example");
}

static void first_label_ends_at_a_dot_that_is_one(void **state)
{
	struct note note = {.kind = NOTE_DHCP_FQDN, .where = {.at_ns = at(0)}};
	memcpy(note.chaddr, mac_of(1), 6);
	static const char text[] = "a\\.b\\\\c\\009.corp.example";
	assert_int_equal(c2_name_from_text(text, sizeof text - 1, &note.sighting.name), C2_OK);
	hosts_learn(*state, &note);
	assert_string_equal(find(*state, 1, "192.0.2.77", mac_of(1)).name, "a\\.b\\\\c\\009");
}

static void renamed_host_keeps_its_earlier_name_for_earlier(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "old");
	named(*state, 0, 1, NOTE_DHCP_FQDN, "old.corp.example");
	lease(*state, 1, 1, "192.0.2.77", 3600);
	named(*state, 100, 1, NOTE_DHCP, "new");
	named(*state, 100, 1, NOTE_DHCP_FQDN, "new.corp.example");
	lease(*state, 101, 1, "192.0.2.77", 3600);
	assert_string_equal(find(*state, 50, "192.0.2.77", NULL).name, "old");
	assert_string_equal(find(*state, 50, "192.0.2.77", NULL).fqdn, "old.corp.example");
	assert_string_equal(find(*state, 102, "192.0.2.77", NULL).name, "new");
	assert_string_equal(find(*state, 102, "192.0.2.77", NULL).fqdn, "new.corp.example");
}

/* The two options of one message, in either order; only one of them changes. */
static void change_of_one_option_keeps_the_other_of_that_message(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws");
	named(*state, 0, 1, NOTE_DHCP_FQDN, "ws.old.example");
	named(*state, 100, 1, NOTE_DHCP, "ws");
	named(*state, 100, 1, NOTE_DHCP_FQDN, "ws.new.example");
	assert_string_equal(find(*state, 101, "192.0.2.77", mac_of(1)).name, "ws");
	assert_string_equal(find(*state, 101, "192.0.2.77", mac_of(1)).fqdn, "ws.new.example");
	named(*state, 200, 1, NOTE_DHCP_FQDN, "ws.new.example");
	named(*state, 200, 1, NOTE_DHCP, "ws2");
	assert_string_equal(find(*state, 201, "192.0.2.77", mac_of(1)).name, "ws2");
	assert_string_equal(find(*state, 201, "192.0.2.77", mac_of(1)).fqdn, "ws.new.example");
}

/* DHCPv6's one option is a full name, or the host's alone, and does not take the other's place. */
static void dhcp6_name_is_full_or_the_hosts(void **state)
{
	named(*state, 0, 1, NOTE_DHCP6, "ws-0142.corp.example");
	assert_string_equal(find(*state, 1, "2001:db8::7", mac_of(1)).name, "ws-0142");
	assert_string_equal(find(*state, 1, "2001:db8::7", mac_of(1)).fqdn, "ws-0142.corp.example");
	named(*state, 2, 1, NOTE_DHCP6, "ws-0142");
	assert_string_equal(find(*state, 3, "2001:db8::7", mac_of(1)).fqdn, "ws-0142.corp.example");
	named(*state, 4, 2, NOTE_DHCP6, "ws-0143");
	assert_string_equal(find(*state, 5, "2001:db8::8", mac_of(2)).name, "ws-0143");
	assert_string_equal(find(*state, 5, "2001:db8::8", mac_of(2)).fqdn, "");
}

static void ipv6_lease_names_its_host(void **state)
{
	named(*state, 0, 1, NOTE_DHCP6, "ws-0142");
	lease(*state, 1, 1, "2001:db8::7", 3600);
	struct host_identity who = find(*state, 11, "2001:db8::7", mac_of(1));
	assert_int_equal(who.method, HOST_BY_LEASE);
	assert_int_equal(who.confidence, HOST_HIGH);
	assert_string_equal(who.name, "ws-0142");
	assert_int_equal(find(*state, 3601, "2001:db8::7", NULL).method, HOST_BY_NOTHING);
}

/* ---- what hosts tell of themselves */

static void told_name_is_of_the_address_and_the_mac(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_MDNS_R, "laptop-7");
	struct host_identity who = find(*state, 10, "192.0.2.77", mac_of(1));
	assert_int_equal(who.method, HOST_BY_ANNOUNCEMENT);
	assert_int_equal(who.confidence, HOST_MEDIUM);
	assert_string_equal(who.name, "laptop-7");
	assert_string_equal(who.source, "mdns");
	assert_true(who.age_ns == 10 * S);
	assert_null(host_identity_mac(&who)); /* anybody can tell a name */
}

static void told_name_of_the_mac_alone_is_less_sure(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_LLMNR_R, "laptop-7");
	struct host_identity who = find(*state, 10, "2001:db8::7", mac_of(1));
	assert_int_equal(who.confidence, HOST_LOW);
	assert_string_equal(who.name, "laptop-7");
	assert_string_equal(who.source, "llmnr");
}

static void told_name_of_the_address_alone_is_less_sure(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_NBNS, "laptop-7");
	struct host_identity who = find(*state, 10, "192.0.2.77", NULL);
	assert_int_equal(who.confidence, HOST_LOW);
	assert_string_equal(who.name, "laptop-7");
	assert_string_equal(who.source, "nbns");
	assert_int_equal(find_in(*state, 10, "192.0.2.77", NULL, 200).method, HOST_BY_NOTHING);
}

static void told_name_is_not_of_another_mac(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_MDNS_R, "laptop-7");
	assert_int_equal(find(*state, 10, "192.0.2.77", mac_of(2)).method, HOST_BY_NOTHING);
}

static void told_name_is_good_for_a_day(void **state)
{
	tells(*state, 100, 1, "192.0.2.77", NOTE_MDNS_R, "laptop-7");
	assert_int_equal(find(*state, 99, "192.0.2.77", mac_of(1)).method, HOST_BY_NOTHING);
	assert_int_equal(find(*state, 99 + DAY_S, "192.0.2.77", mac_of(1)).method, HOST_BY_ANNOUNCEMENT);
	assert_int_equal(find(*state, 100 + DAY_S, "192.0.2.77", mac_of(1)).method, HOST_BY_NOTHING);
	tells(*state, 200, 1, "192.0.2.77", NOTE_MDNS_R, "laptop-7");
	assert_int_equal(find(*state, 199 + DAY_S, "192.0.2.77", mac_of(1)).method, HOST_BY_ANNOUNCEMENT);
}

static void name_of_dhcp_goes_before_a_told_one(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_MDNS_R, "told");
	named(*state, 0, 1, NOTE_DHCP, "granted");
	struct host_identity who = find(*state, 10, "192.0.2.77", mac_of(1));
	assert_int_equal(who.method, HOST_BY_MAC);
	assert_string_equal(who.name, "granted");
	assert_string_equal(who.source, "dhcp");
}

static void told_name_stands_in_for_a_lease_without_one(void **state)
{
	lease(*state, 0, 1, "192.0.2.77", 3600);
	tells(*state, 5, 1, "192.0.2.77", NOTE_MDNS_R, "laptop-7");
	struct host_identity who = find(*state, 10, "192.0.2.77", mac_of(1));
	assert_int_equal(who.method, HOST_BY_LEASE);
	assert_int_equal(who.confidence, HOST_MEDIUM);
	assert_string_equal(who.name, "laptop-7");
	assert_string_equal(who.source, "mdns");
	assert_true(who.age_ns == 5 * S);
	assert_ptr_equal(host_identity_mac(&who), who.mac);
	tells(*state, 20, 2, "192.0.2.77", NOTE_MDNS_R, "liar"); /* the lease is another's */
	assert_string_equal(find(*state, 30, "192.0.2.77", NULL).name, "laptop-7");
}

static void taken_over_address_has_the_name_told_then(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_MDNS_R, "first");
	tells(*state, 100, 2, "192.0.2.77", NOTE_NBNS, "second");
	assert_string_equal(find(*state, 50, "192.0.2.77", NULL).name, "first");
	assert_string_equal(find(*state, 150, "192.0.2.77", NULL).name, "second");
	assert_string_equal(find(*state, 150, "192.0.2.77", mac_of(2)).name, "second");
	tells(*state, 60, 1, "192.0.2.77", NOTE_MDNS_R, "late");
	assert_string_equal(find(*state, 150, "192.0.2.77", NULL).name, "second");
}

/* NetBIOS has room for fifteen octets. */
static void fuller_form_of_a_told_name_stands(void **state)
{
	tells(*state, 0, 1, "192.0.2.77", NOTE_NBNS, "desktop-finance");
	assert_string_equal(find(*state, 1, "192.0.2.77", mac_of(1)).name, "desktop-finance");
	tells(*state, 2, 1, "192.0.2.77", NOTE_MDNS_R, "desktop-finance7");
	tells(*state, 3, 1, "192.0.2.77", NOTE_NBNS, "desktop-finance");
	assert_string_equal(find(*state, 4, "192.0.2.77", mac_of(1)).name, "desktop-finance7");
	tells(*state, 3 + DAY_S, 1, "192.0.2.77", NOTE_NBNS, "desktop-finance");
	assert_string_equal(find(*state, 4 + DAY_S, "192.0.2.77", mac_of(1)).name, "desktop-finance");
}

/* A claim to a name server may have come through a router. */
static void netbios_claim_that_is_not_broadcast_tells_no_mac(void **state)
{
	struct note note = {
		.kind = NOTE_ANNOUNCEMENT, .where = {.at_ns = at(0), .vlans = 1, .vlan = {100}, .has_mac = true, .src = addr("192.0.2.77")}};
	memcpy(note.where.mac_src, mac_of(ROUTER), 6);
	memcpy(note.where.mac_dst, mac_of(SERVER), 6);
	note.announcement.said = NOTE_NBNS;
	assert_int_equal(c2_name_from_host("ws", 2, &note.announcement.name), C2_OK);
	hosts_learn(*state, &note);
	assert_string_equal(find(*state, 1, "192.0.2.77", mac_of(ROUTER)).name, "ws");
	assert_int_equal(find(*state, 1, "192.0.2.77", mac_of(ROUTER)).confidence, HOST_LOW);
	assert_int_equal(find(*state, 1, "192.0.2.78", mac_of(ROUTER)).method, HOST_BY_NOTHING);
}

static void flood_of_told_names_leaves_leases_and_names(void **state)
{
	struct hosts_counts counts;
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	lease(*state, 0, 1, "192.0.2.77", 3600);
	for (int i = 0; i < 20000; i++) {
		char text[32];
		snprintf(text, sizeof text, "10.0.%d.%d", i / 250, i % 250 + 1);
		tells(*state, 1, 2, text, NOTE_MDNS_R, "liar");
	}
	hosts_count(*state, &counts);
	assert_true(counts.announced_evicted > 0 && counts.addresses_evicted == 0 && counts.names_evicted == 0);
	assert_string_equal(find(*state, 2, "192.0.2.77", mac_of(1)).name, "ws-0142");
}

static void new_name_does_not_inherit_the_old_fqdn(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "old");
	named(*state, 0, 1, NOTE_DHCP_FQDN, "old.corp.example");
	named(*state, 100, 1, NOTE_DHCP, "new");
	assert_string_equal(find(*state, 101, "192.0.2.77", mac_of(1)).fqdn, "");
}

static void late_news_of_an_earlier_name_changes_nothing(void **state)
{
	named(*state, 100, 1, NOTE_DHCP, "new");
	named(*state, 0, 1, NOTE_DHCP, "old");
	assert_string_equal(find(*state, 101, "192.0.2.77", mac_of(1)).name, "new");
}

static void name_learned_later_does_not_name_the_earlier(void **state)
{
	named(*state, 100, 1, NOTE_DHCP, "ws");
	assert_int_equal(find(*state, 99, "192.0.2.77", mac_of(1)).method, HOST_BY_NOTHING);
}

/* ---- the MAC */

/* Only the client's messages were seen, so no address is known. */
static void mac_alone_names_with_less_confidence(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	struct host_identity who = find(*state, 7, "192.0.2.77", mac_of(1));
	assert_int_equal(who.method, HOST_BY_MAC);
	assert_int_equal(who.confidence, HOST_MEDIUM);
	assert_string_equal(who.name, "ws-0142");
	assert_true(who.age_ns == 7 * S);
}

static void mac_names_the_ipv6_of_a_host_too(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	assert_string_equal(find(*state, 7, "2001:db8::1234", mac_of(1)).name, "ws-0142");
}

static void router_gives_no_name(void **state)
{
	named(*state, 0, ROUTER, NOTE_DHCP, "gateway");
	route(*state, 0);
	struct host_identity who = find(*state, 1, "192.0.2.77", mac_of(ROUTER));
	assert_int_equal(who.method, HOST_BY_NOTHING);
	assert_true(who.is_routed);
	assert_false(who.has_mac);
}

static void lease_behind_a_router_is_less_sure(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	lease(*state, 0, 1, "192.0.2.77", 3600);
	route(*state, 0);
	struct host_identity who = find(*state, 1, "192.0.2.77", mac_of(ROUTER));
	assert_int_equal(who.method, HOST_BY_LEASE);
	assert_int_equal(who.confidence, HOST_MEDIUM);
	assert_true(who.is_routed);
	assert_string_equal(who.name, "ws-0142");
	assert_memory_equal(who.mac, mac_of(1), 6); /* the lease's, not the router's */
}

static void lease_and_an_unknown_mac_is_the_least_sure(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	lease(*state, 0, 1, "192.0.2.77", 3600);
	struct host_identity who = find(*state, 1, "192.0.2.77", mac_of(9));
	assert_int_equal(who.method, HOST_BY_LEASE);
	assert_int_equal(who.confidence, HOST_LOW);
	assert_string_equal(who.name, "ws-0142");
	assert_false(who.has_mac);
	assert_null(host_identity_mac(&who));
}

/* The take-over whose ACK was not seen: the frame tells. */
static void named_mac_goes_before_anothers_lease(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	lease(*state, 0, 1, "192.0.2.77", 3600);
	named(*state, 10, 2, NOTE_DHCP, "android-4f2a");
	struct host_identity who = find(*state, 11, "192.0.2.77", mac_of(2));
	assert_int_equal(who.method, HOST_BY_MAC);
	assert_string_equal(who.name, "android-4f2a");
	assert_memory_equal(who.mac, mac_of(2), 6);
}

static void group_and_zero_macs_are_nobodys(void **state)
{
	static const uint8_t broadcast[6] = {255, 255, 255, 255, 255, 255}, group[6] = {1, 0, 0x5e, 0, 0, 1}, zero[6];
	const uint8_t *const macs[] = {broadcast, group, zero};
	for (size_t i = 0; i < COUNT(macs); i++) {
		struct note note = {.kind = NOTE_DHCP, .where = {.at_ns = at(0)}};
		memcpy(note.chaddr, macs[i], 6);
		assert_int_equal(c2_name_from_host("ws", 2, &note.sighting.name), C2_OK);
		hosts_learn(*state, &note);
		note = ack(0, 1, "192.0.2.77", 3600);
		memcpy(note.lease.mac, macs[i], 6);
		hosts_learn(*state, &note);
		seen(*state, 0, macs[i], "192.0.2.77");
		struct host_identity who = find(*state, 1, "192.0.2.77", macs[i]);
		assert_int_equal(who.method, HOST_BY_NOTHING);
		assert_false(who.has_mac);
	}
	struct hosts_counts counts;
	hosts_count(*state, &counts);
	assert_int_equal(counts.addresses + counts.names + counts.macs, 0);
}

/* Addresses that are nobody's are neither leased nor counted for routers. */
static void addresses_of_nobody_are_not_learned(void **state)
{
	static const char *const none[] = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"};
	for (size_t i = 0; i < COUNT(none); i++) {
		lease(*state, 0, 1, none[i], 3600);
		seen(*state, 0, mac_of(1), none[i]);
	}
	struct hosts_counts counts;
	hosts_count(*state, &counts);
	assert_int_equal(counts.addresses + counts.macs, 0);
}

/* ---- routers */

/* How many addresses, over how long, make a router. */
struct router_row {
	const char *name;
	const char *net; /* of the addresses; each has a number behind it */
	int n;
	uint64_t apart_s;
	bool is_routed;
};

static const struct router_row router_rows[] = {
	{"router_v4_four_are_a_host", "192.0.2.", 4, 0, false},
	{"router_v4_five_are_a_router", "192.0.2.", 5, 0, true},
	{"router_v4_within_the_hour", "192.0.2.", 5, 899, true},
	{"router_v4_one_after_another", "192.0.2.", 50, 900, false},
	{"router_v6_sixteen_are_a_host", "2001:db8::", 16, 0, false},
	{"router_v6_seventeen_are_a_router", "2001:db8::", 17, 0, true},
	{"router_v6_within_the_hour", "2001:db8::", 17, 200, true},
	{"router_v6_one_after_another", "2001:db8::", 90, 230, false},
};

static void router_is_told(void **state)
{
	const struct router_row *row = *state;
	void *hosts = NULL;
	assert_int_equal(hosts_setup(&hosts), 0);
	for (int i = 1; i <= row->n; i++) {
		char text[64];
		snprintf(text, sizeof text, "%s%d", row->net, i);
		seen(hosts, (uint64_t)i * row->apart_s, mac_of(ROUTER), text);
		seen(hosts, (uint64_t)i * row->apart_s, mac_of(ROUTER), text); /* told twice is one address */
	}
	bool is_routed = find(hosts, (uint64_t)row->n * row->apart_s, "192.0.2.1", mac_of(ROUTER)).is_routed;
	hosts_teardown(&hosts);
	assert_int_equal(is_routed, row->is_routed);
}

static void router_stays_one_for_a_day(void **state)
{
	route(*state, 0);
	assert_true(find(*state, DAY_S - 1, "192.0.2.1", mac_of(ROUTER)).is_routed);
	assert_false(find(*state, DAY_S, "192.0.2.1", mac_of(ROUTER)).is_routed);
}

static void both_families_are_counted_apart(void **state)
{
	for (int i = 1; i <= 4; i++) {
		char text[32];
		snprintf(text, sizeof text, "192.0.2.%d", i);
		seen(*state, 0, mac_of(1), text);
		snprintf(text, sizeof text, "2001:db8::%d", i);
		seen(*state, 0, mac_of(1), text);
	}
	assert_false(find(*state, 1, "192.0.2.1", mac_of(1)).is_routed);
}

/* ---- bounds */

static void budget_without_room_is_refused(void **state)
{
	(void)state;
	struct hosts_options options = {.budget = 4096};
	struct hosts *hosts;
	assert_int_equal(hosts_open(&hosts, &options), -EINVAL);
}

/* A flood of forged source MACs throws out neither leases nor names. */
static void mac_flood_leaves_leases_and_names(void **state)
{
	named(*state, 0, 1, NOTE_DHCP, "ws-0142");
	lease(*state, 0, 1, "192.0.2.77", 3600);
	for (uint32_t i = 0; i < 100000; i++) {
		uint8_t forged[6] = {0x06, 0, (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
		seen(*state, 1, forged, "192.0.2.1");
	}
	struct hosts_counts counts;
	hosts_count(*state, &counts);
	assert_true(counts.macs_evicted > 90000);
	assert_int_equal(counts.names_evicted, 0);
	assert_int_equal(counts.addresses_evicted, 0);
	assert_string_equal(find(*state, 2, "192.0.2.77", mac_of(1)).name, "ws-0142");
}

/* Full tables hold what they can, and what is newest. */
static void lease_flood_evicts_the_oldest_and_counts(void **state)
{
	enum { FLOOD = 50000 };
	for (uint32_t i = 0; i < FLOOD; i++) {
		char text[32];
		snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
		lease(*state, i, (uint8_t)(1 + i % 200), text, 0xffffffff);
	}
	struct hosts_counts counts;
	hosts_count(*state, &counts);
	assert_int_equal(counts.addresses + counts.addresses_evicted, FLOOD);
	assert_in_range(counts.addresses, 1000, (1 << 18) / 128);
	uint32_t kept = 0;
	for (uint32_t i = FLOOD - 500; i < FLOOD; i++) {
		char text[32];
		snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
		kept += find(*state, FLOOD, text, NULL).method == HOST_BY_LEASE;
	}
	assert_true(kept > 450); /* of the last quarter of what fits; an unlucky bucket may be full */
	assert_int_equal(find(*state, FLOOD, "10.0.0.0", NULL).method, HOST_BY_NOTHING);
}

/* ---- against a naive model: random leases and questions */

enum { MODEL_LEASES = 3 };

struct model {
	uint64_t from_s, until_s;
	uint8_t client;
};

static void random_leases_answer_like_a_list(void **state)
{
	static struct model model[8][4096];
	static size_t n[8];
	srand(7);
	for (uint64_t s = 0; s < 4000; s++) {
		size_t a = (size_t)rand() % 8;
		uint8_t client = (uint8_t)(1 + rand() % 3);
		uint32_t term = 1 + (uint32_t)rand() % 60;
		char text[32];
		snprintf(text, sizeof text, "192.0.2.%zu", a);
		lease(*state, s, client, text, term);
		struct model *last = n[a] > 0 ? &model[a][n[a] - 1] : NULL;
		if (last != NULL && s < last->until_s && last->client == client) {
			last->until_s = s + term;
		} else {
			if (last != NULL && last->until_s > s)
				last->until_s = s;
			model[a][n[a]++] = (struct model){s, s + term, client};
		}
		a = (size_t)rand() % 8;
		snprintf(text, sizeof text, "192.0.2.%zu", a);
		for (size_t i = n[a]; i-- > 0 && i + MODEL_LEASES >= n[a];) {
			const struct model *was = &model[a][i];
			if (was->until_s == was->from_s)
				continue;
			struct host_identity who = find(*state, was->from_s, text, NULL);
			assert_int_equal(who.method, HOST_BY_LEASE);
			assert_memory_equal(who.mac, mac_of(was->client), 6);
			who = find(*state, was->until_s - 1, text, NULL);
			assert_memory_equal(who.mac, mac_of(was->client), 6);
		}
		if (n[a] > 0 && s >= model[a][n[a] - 1].until_s)
			assert_int_equal(find(*state, s, text, NULL).method, HOST_BY_NOTHING);
	}
}

#define WITH_HOSTS(test) cmocka_unit_test_setup_teardown(test, hosts_setup, hosts_teardown)

/* A tag is the host's for a day, by its MAC wherever it has its address, by the address where no MAC is its own. */
static void tags_last_a_day(void **state)
{
	struct hosts *hosts = *state;
	tagged(hosts, 10, "192.0.2.77", mac_of(1), "runs-3cx");
	tagged(hosts, 20, "192.0.2.77", mac_of(1), "runs-3cx");
	tagged(hosts, 30, "198.51.100.4", NULL, "kiosk");
	struct host_identity who = find(hosts, 40, "192.0.2.99", mac_of(1));
	assert_int_equal(who.tags, 1);
	assert_string_equal(who.tag[0], "runs-3cx");
	who = find(hosts, 40, "198.51.100.4", NULL);
	assert_int_equal(who.tags, 1);
	assert_string_equal(who.tag[0], "kiosk");
	assert_int_equal(find(hosts, 40, "192.0.2.77", mac_of(2)).tags, 0);
	assert_int_equal(find(hosts, 40, "198.51.100.5", NULL).tags, 0);
	assert_int_equal(find(hosts, 19, "192.0.2.99", mac_of(1)).tags, 0); /* what was said later says nothing of then */
	assert_int_equal(find(hosts, 19 + DAY_S, "192.0.2.99", mac_of(1)).tags, 1);
	assert_int_equal(find(hosts, 20 + DAY_S, "192.0.2.99", mac_of(1)).tags, 0);
}

/* Four tags a host: a fifth takes the oldest one's place; a long one is cut. */
static void tags_are_bounded(void **state)
{
	struct hosts *hosts = *state;
	static const char *const tags[] = {"a", "b", "c", "d", "a", "e"};
	for (unsigned i = 0; i < COUNT(tags); i++)
		tagged(hosts, 10 + i, "192.0.2.77", mac_of(1), tags[i]);
	struct host_identity who = find(hosts, 20, "192.0.2.77", mac_of(1));
	char all[HOST_TAGS_MAX * HOST_TAG_CAP] = "";
	for (unsigned i = 0; i < who.tags; i++)
		strcat(all, who.tag[i]);
	assert_string_equal(all, "aecd");
	tagged(hosts, 30, "192.0.2.78", mac_of(2), "0123456789012345678901234567890123456789012345678901234567890123456789");
	assert_int_equal(strlen(find(hosts, 30, "192.0.2.78", mac_of(2)).tag[0]), HOST_TAG_CAP - 1);
	struct hosts_counts counts;
	hosts_count(hosts, &counts);
	assert_int_equal(counts.tagged, 2);
}

static const struct CMUnitTest single[] = {
	WITH_HOSTS(unknown_address_has_no_name),
	WITH_HOSTS(tags_last_a_day),
	WITH_HOSTS(tags_are_bounded),
	WITH_HOSTS(unknown_address_has_the_mac_of_its_frame),
	WITH_HOSTS(lease_names_its_host),
	WITH_HOSTS(lease_without_a_name_gives_the_mac),
	WITH_HOSTS(taken_over_address_names_each_at_its_time),
	WITH_HOSTS(four_leases_of_an_address_are_kept),
	WITH_HOSTS(renewal_extends_the_lease),
	WITH_HOSTS(renewal_may_shorten_the_lease),
	WITH_HOSTS(lapsed_lease_leaves_its_hole),
	WITH_HOSTS(late_lease_finds_its_place),
	WITH_HOSTS(late_lease_older_than_all_kept_is_dropped),
	WITH_HOSTS(same_address_in_two_vlans_is_two_hosts),
	WITH_HOSTS(inner_vlan_counts),
	WITH_HOSTS(relayed_lease_is_for_any_vlan),
	WITH_HOSTS(lease_of_the_own_vlan_goes_before_a_relayed_one),
	WITH_HOSTS(broadcast_ack_is_the_clients_own_link),
	WITH_HOSTS(vendor_is_kept),
	WITH_HOSTS(server_names_a_host_that_is_silent),
	WITH_HOSTS(own_name_stands_over_the_servers),
	WITH_HOSTS(fqdn_alone_gives_the_name_too),
	WITH_HOSTS(first_label_ends_at_a_dot_that_is_one),
	WITH_HOSTS(renamed_host_keeps_its_earlier_name_for_earlier),
	WITH_HOSTS(change_of_one_option_keeps_the_other_of_that_message),
	WITH_HOSTS(dhcp6_name_is_full_or_the_hosts),
	WITH_HOSTS(ipv6_lease_names_its_host),
	WITH_HOSTS(told_name_is_of_the_address_and_the_mac),
	WITH_HOSTS(told_name_of_the_mac_alone_is_less_sure),
	WITH_HOSTS(told_name_of_the_address_alone_is_less_sure),
	WITH_HOSTS(told_name_is_not_of_another_mac),
	WITH_HOSTS(told_name_is_good_for_a_day),
	WITH_HOSTS(name_of_dhcp_goes_before_a_told_one),
	WITH_HOSTS(told_name_stands_in_for_a_lease_without_one),
	WITH_HOSTS(taken_over_address_has_the_name_told_then),
	WITH_HOSTS(fuller_form_of_a_told_name_stands),
	WITH_HOSTS(netbios_claim_that_is_not_broadcast_tells_no_mac),
	WITH_HOSTS(flood_of_told_names_leaves_leases_and_names),
	WITH_HOSTS(new_name_does_not_inherit_the_old_fqdn),
	WITH_HOSTS(late_news_of_an_earlier_name_changes_nothing),
	WITH_HOSTS(name_learned_later_does_not_name_the_earlier),
	WITH_HOSTS(mac_alone_names_with_less_confidence),
	WITH_HOSTS(mac_names_the_ipv6_of_a_host_too),
	WITH_HOSTS(router_gives_no_name),
	WITH_HOSTS(lease_behind_a_router_is_less_sure),
	WITH_HOSTS(lease_and_an_unknown_mac_is_the_least_sure),
	WITH_HOSTS(named_mac_goes_before_anothers_lease),
	WITH_HOSTS(group_and_zero_macs_are_nobodys),
	WITH_HOSTS(addresses_of_nobody_are_not_learned),
	WITH_HOSTS(router_stays_one_for_a_day),
	WITH_HOSTS(both_families_are_counted_apart),
	cmocka_unit_test(budget_without_room_is_refused),
	WITH_HOSTS(mac_flood_leaves_leases_and_names),
	WITH_HOSTS(lease_flood_evicts_the_oldest_and_counts),
	WITH_HOSTS(random_leases_answer_like_a_list),
};

int main(void)
{
	static struct tests tests;
	memcpy(tests.at, single, sizeof single);
	tests.count = COUNT(single);
	TESTS_ROWS(&tests, term_rows, term_is_kept);
	TESTS_ROWS(&tests, router_rows, router_is_told);
	return tests_run(&tests, "hosts");
}
