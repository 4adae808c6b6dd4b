/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot be read: each blind spot has a counter, and nothing else moves it. */
#include "bench.h"
#include "fixtures.h"
#include "octets.h"
#include "table.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CLIENT 0x0a000001
#define SERVER 0xc6336402
#define SYN C2_TCP_SYN
#define ACK C2_TCP_ACK
#define MACS "020000000002 020000000001 "
#define IP4(proto) "45 00 0000 1234 0000 40 " proto " 0000 c0000201 c6336402 "
#define WIFI "08 41 0000 02*6 020000000001 020000000002 0000 "

static struct bench bench;

static int up(void **state)
{
	(void)state; /* a row stays what it is */
	bench_open(&bench);
	return 0;
}

static int down(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

/* ---- what no decoder reads, by number */

struct stop_row {
	const char *name;
	enum c2_link link;
	const char *octets;
	enum c2_stop stop;
	unsigned number;
	int sealed; /* counter that moves too; -1: none */
};

static const struct stop_row stops[] = {
	{"ARP", C2_LINK_ETHERNET, MACS "0806 0001 0800 06 04 0001", C2_STOP_ETHERTYPE, 0x0806, -1},
	{"MACsec", C2_LINK_ETHERNET, MACS "88e5 2c*40", C2_STOP_ETHERTYPE, 0x88e5, -1},
	{"MACsec in a VLAN", C2_LINK_ETHERNET, MACS "8100 0007 88e5 2c*40", C2_STOP_ETHERTYPE, 0x88e5, -1},
	{"NSH around what is not read", C2_LINK_ETHERNET, MACS "894f 0fc6 01 06 00000100 00*20", C2_STOP_ETHERTYPE, 0x894f, -1},
	{"NSH around ARP in Ethernet", C2_LINK_ETHERNET, MACS "894f 0fc6 01 03 00000100 00*16 " MACS "0806 0001", C2_STOP_ETHERTYPE, 0x0806, -1},
	{"signed MACsec around ARP", C2_LINK_ETHERNET, MACS "88e5 00 00 00000001 0806 0001 00*24", C2_STOP_ETHERTYPE, 0x0806, -1},
	{"a redundancy tag, and ARP", C2_LINK_ETHERNET, MACS "f1c1 0000 0001 0806 0001", C2_STOP_ETHERTYPE, 0x0806, -1},
	{"PPPoE discovery", C2_LINK_ETHERNET, MACS "8863 11 09 0000 0000", C2_STOP_ETHERTYPE, 0x8863, -1},
	{"PPPoE session of another code", C2_LINK_ETHERNET, MACS "8864 11 a7 0001 0000", C2_STOP_ETHERTYPE, 0x8864, -1},
	{"GRE with a payload that is not known", C2_LINK_RAW, IP4("2f") "0000 6560 00*20", C2_STOP_ETHERTYPE, 0x6560, -1},
	{"GRE of version 3", C2_LINK_RAW, IP4("2f") "0003 0800 00*20", C2_STOP_PROTO, 47, -1},
	{"spanning tree", C2_LINK_ETHERNET, MACS "0026 4242 03 00*35", C2_STOP_LLC, 0x4242, -1},
	{"IS-IS, by a protocol id in LLC", C2_LINK_ETHERNET, MACS "0026 fefe03 83 00*35", C2_STOP_LLC, 0xfefe, -1},
	{"SNAP of another organisation", C2_LINK_ETHERNET, MACS "0028 aaaa03 00000c 2000 00*32", C2_STOP_LLC, 0xaaaa, -1},
	{"PPP, link control", C2_LINK_PPP, "ff03 c021 01*8", C2_STOP_PPP, 0xc021, -1},
	{"PPP, bridged Token Ring", C2_LINK_PPP, "ff03 0031 00 02 00*20", C2_STOP_PPP, 0x0031, -1},
	{"PPP, a fragment of a packet", C2_LINK_PPP, "ff03 003d 80 000001 0021 45*20", C2_STOP_PPP, 0x003d, -1},
	{"PKTAP around what is not read", C2_LINK_PKTAP, "0c000000 01000000 93000000 00*20", C2_STOP_LINK, 147, -1},
	{"PPI around what is not read", C2_LINK_PPI, "00 00 0800 93000000 00*20", C2_STOP_LINK, 147, -1},
	{"ICMP", C2_LINK_RAW, IP4("01") "0800 0000 00*8", C2_STOP_PROTO, 1, -1},
	{"SCTP", C2_LINK_RAW, IP4("84") "00*16", C2_STOP_PROTO, 132, -1},
	{"ESP", C2_LINK_RAW, IP4("32") "00001234 00000001 aa*40", C2_STOP_PROTO, 50, COUNTER_sealed_esp},
	{"ESP behind an authentication header", C2_LINK_RAW, IP4("33") "32 04 0000 00*20 00001234 00000001 aa*40", C2_STOP_PROTO, 50,
		COUNTER_sealed_esp},
	{"ESP in GRE", C2_LINK_RAW, IP4("2f") "0000 0800 " IP4("32") "00001234 00000001 aa*40", C2_STOP_PROTO, 50, COUNTER_sealed_esp},
	{"802.11, protected", C2_LINK_WIFI, WIFI "aa*40", C2_STOP_NOTHING, 0, COUNTER_sealed_wifi},
	{"IP of version 5 has no number", C2_LINK_RAW, "50 00*40", C2_STOP_NOTHING, 0, -1},
	{"a fragment is no unknown protocol", C2_LINK_RAW, "45 00 0018 1234 2000 40 32 0000 c0000201 c6336402 aa*4", C2_STOP_NOTHING, 0, -1},
	{"a header that is cut", C2_LINK_ETHERNET, MACS "0800 45 00 0020 1234", C2_STOP_NOTHING, 0, -1},
};

static void test_stop(void **state)
{
	const struct stop_row *row = *state;
	struct octets octets = octets_from(row->octets);
	inspector_see(bench.inspector, row->link, octets.at, octets.len, bench.at_ns, 0);
	for (enum c2_stop stop = 0; stop < C2_STOP_COUNT; stop++) {
		struct unread_count top[UNREAD_SLOTS];
		unsigned n = unread_top(&bench.counters.unread, stop, top);
		assert_int_equal(n, stop == row->stop && stop != C2_STOP_NOTHING);
		if (n == 1) {
			assert_int_equal(top[0].number, row->number);
			assert_int_equal(top[0].packets, 1);
		}
	}
	for (enum counter c = COUNTER_sealed_esp; c <= COUNTER_sealed_openvpn; c++)
		assert_int_equal(bench_count(&bench, c), (int)c == row->sealed);
	octets_free(&octets);
}

/* The numbers a stranger makes up push out each other, not what fills the wire; and the sum stays exact. */
static void test_flood(void **state)
{
	(void)state;
	static struct unread unread;
	struct unread_count top[UNREAD_SLOTS];
	memset(&unread, 0, sizeof unread);
	for (unsigned i = 0; i < 100000; i++) {
		unread_add(&unread, C2_STOP_ETHERTYPE, (uint16_t)(0x9000 + i % 20000));
		if (i % 10 == 0)
			unread_add(&unread, C2_STOP_ETHERTYPE, 0x88e5);
	}
	assert_int_equal(unread_top(&unread, C2_STOP_ETHERTYPE, top), UNREAD_SLOTS);
	assert_int_equal(top[0].number, 0x88e5);
	assert_int_equal(top[0].packets, 10000);
	uint64_t sum = unread_others(&unread, C2_STOP_ETHERTYPE);
	for (unsigned i = 0; i < UNREAD_SLOTS; i++)
		sum += top[i].packets;
	assert_int_equal(sum, 110000);
	assert_int_equal(unread_top(&unread, C2_STOP_PROTO, top), 0);
}

/* Two workers' tables, each full: the most frequent of both stay, the sum is exact. */
static void test_gather(void **state)
{
	(void)state;
	static struct unread one, two, sums;
	struct unread_count top[UNREAD_SLOTS];
	for (unsigned number = 0; number < UNREAD_SLOTS; number++)
		for (unsigned n = 0; n <= number; n++) {
			unread_add(&one, C2_STOP_PROTO, (uint16_t)number);
			unread_add(&two, C2_STOP_PROTO, (uint16_t)(number + 100));
		}
	unread_add(&two, C2_STOP_PPP, 0xc021);
	unread_gather(&sums, &one);
	unread_gather(&sums, &two);
	assert_int_equal(unread_top(&sums, C2_STOP_PROTO, top), UNREAD_SLOTS);
	assert_int_equal(top[0].packets, 16);
	assert_int_equal(top[1].packets, 16);
	uint64_t sum = unread_others(&sums, C2_STOP_PROTO);
	for (unsigned i = 0; i < UNREAD_SLOTS; i++)
		sum += top[i].packets;
	assert_int_equal(sum, 2 * 136);
	assert_int_equal(unread_top(&sums, C2_STOP_PPP, top), 1);
}

/* ---- tunnels in UDP */

struct sealed_row {
	const char *name;
	uint16_t port;
	const char *octets;
	int counter; /* -1: none */
};

static const struct sealed_row sealed[] = {
	{"WireGuard, initiation", 51820, "01000000 aa*144", COUNTER_sealed_wireguard},
	{"WireGuard, response", 51820, "02000000 aa*88", COUNTER_sealed_wireguard},
	{"WireGuard, cookie", 9999, "03000000 aa*60", COUNTER_sealed_wireguard},
	{"WireGuard, data", 9999, "04000000 aa*76", COUNTER_sealed_wireguard},
	{"WireGuard, an empty message that keeps alive", 9999, "04000000 aa*28", COUNTER_sealed_wireguard},
	{"not WireGuard: data of an odd length", 51820, "04000000 aa*77", -1},
	{"not WireGuard: an initiation too long", 51820, "01000000 aa*145", -1},
	{"not WireGuard: a fifth message", 51820, "05000000 aa*28", -1},
	{"ESP in UDP", 4500, "00001234 00000001 aa*40", COUNTER_sealed_esp},
	{"key exchange in UDP", 4500, "00000000 aa*40", -1},
	{"NAT keepalive", 4500, "ff", -1},
	{"OpenVPN, a client's reset", 1194, "38 aa*41", COUNTER_sealed_openvpn},
	{"OpenVPN, data", 1194, "48 aa*100", COUNTER_sealed_openvpn},
	{"OpenVPN, no such opcode", 1194, "f8 aa*41", -1},
	{"something else", 9999, "aa*100", -1},
};

static void test_sealed(void **state)
{
	const struct sealed_row *row = *state;
	struct octets octets = octets_from(row->octets);
	const struct frame_ends there = {CLIENT, SERVER, 40000, row->port, 0};
	const struct frame_ends back = {SERVER, CLIENT, row->port, 40000, 0};
	bench_udp(&bench, &there, octets.at, octets.len);
	bench_udp(&bench, &back, octets.at, octets.len);
	for (enum counter c = COUNTER_sealed_esp; c <= COUNTER_sealed_openvpn; c++)
		assert_int_equal(bench_count(&bench, c), (int)c == row->counter ? 2 : 0);
	octets_free(&octets);
}

/* ---- hellos to resolvers */

struct resolver_row {
	const char *name;
	const char *hello;
	uint32_t server;
	uint16_t port;
	int counter; /* -1: none */
};

#define ALPN_OF(protocol) "0010 <2 <2 <1 '" protocol "' > > >"
#define TO(host) RECORD(HELLO(SNI("'" host "'") VERSIONS))

static const struct resolver_row resolver_rows[] = {
	{"by name", TO("dns.resolver.example"), SERVER, 443, COUNTER_hello_doh},
	{"by a name below it", TO("abc123.dns.resolver.example"), SERVER, 443, COUNTER_hello_doh},
	{"by name on another port", TO("dns.resolver.example"), SERVER, 8443, COUNTER_hello_doh},
	{"by a short name", TO("d.io"), SERVER, 443, COUNTER_hello_doh},
	{"not by the name above it", TO("resolver.example"), SERVER, 443, -1},
	{"not by a name that ends alike", TO("xdns.resolver.example"), SERVER, 443, -1},
	{"by address", TO("www.example.com"), 0x01010101, 443, COUNTER_hello_doh},
	{"by address, no name", RECORD(HELLO(VERSIONS)), 0x01010101, 443, COUNTER_hello_doh},
	{"by address on another port: something else", TO("www.example.com"), 0x01010101, 8443, -1},
	{"by port: DNS over TLS", TO("www.example.com"), SERVER, 853, COUNTER_hello_dot},
	{"by port before name", TO("dns.resolver.example"), 0x01010101, 853, COUNTER_hello_dot},
	{"by ALPN", RECORD(HELLO(SNI("'www.example.com'") ALPN_OF("dot"))), SERVER, 443, COUNTER_hello_dot},
	{"not by ALPN that begins alike", RECORD(HELLO(SNI("'www.example.com'") ALPN_OF("dotty"))), SERVER, 443, -1},
	{"not by QUIC's ALPN over TCP", RECORD(HELLO(SNI("'www.example.com'") ALPN_OF("doq"))), SERVER, 443, -1},
	{"nobody's resolver", TO("www.example.com"), SERVER, 443, -1},
};

static void set_make(struct resolver_set *set)
{
	static const char *const names[] = {"dns.resolver.example", "d.io"};
	static struct c2_addr addr = {.octets = {1, 1, 1, 1}, .family = 4};
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	memset(set, 0, sizeof *set);
	for (uint32_t i = 0; i < COUNT(names); i++) {
		struct c2_name name;
		assert_int_equal(c2_name_from_text(names[i], strlen(names[i]), &name), C2_OK);
		assert_int_equal(c2_domset_builder_add(builder, &name, C2_SCOPE_TREE), 0);
		resolver_set_name_ending(set, &name);
	}
	assert_int_equal(c2_domset_build(builder, NULL, &set->names), 0);
	c2_domset_builder_free(builder);
	set->addrs = &addr;
	set->addr_count = 1;
	resolver_set_addr_ending(set, &addr);
}

static void test_resolver(void **state)
{
	const struct resolver_row *row = *state;
	struct resolver_set set;
	set_make(&set);
	inspector_use(bench.inspector, &(struct inspector_feeds){.domset = bench.domset, .generation = 1, .resolvers = &set});
	const struct frame_ends ends = {CLIENT, row->server, 40000, row->port, 0};
	struct octets octets = octets_from(row->hello);
	bench_tcp(&bench, &ends, 1000, SYN, "", 0);
	bench_tcp(&bench, &ends, 1001, ACK, octets.at, octets.len);
	for (enum counter c = COUNTER_hello_dot; c <= COUNTER_hello_doq; c++)
		assert_int_equal(bench_count(&bench, c), (int)c == row->counter);
	octets_free(&octets);
	c2_domset_free(set.names);
}

/* A set whose names are all long tells others by their ending alone, and finds what is listed. */
static void test_endings(void **state)
{
	(void)state;
	struct resolver_set set = {.names = NULL};
	struct c2_name listed, other;
	c2_name_from_text("dns.resolver.example", 20, &listed);
	c2_name_from_text("www.example.com", 15, &other);
	resolver_set_name_ending(&set, &listed);
	assert_false(resolver_set_has_name(&set, &other)); /* no names were looked at: there are none */
	assert_false(resolver_set_has_name(&set, &(struct c2_name){.len = 0}));
	assert_false(resolver_set_has_addr(&set, &(struct c2_addr){.family = 4}));
}

/* ---- connections of which one side is seen */

static const struct frame_ends to_server = {CLIENT, SERVER, 40000, 443, 0};
static const struct frame_ends to_client = {SERVER, CLIENT, 443, 40000, 0};

static void say_hello(uint32_t seq, uint8_t flags)
{
	struct octets octets = octets_from(TO("www.example.com"));
	bench_tcp(&bench, &to_server, seq, flags, octets.at, octets.len);
	octets_free(&octets);
}

static void sides_are(unsigned client_only, unsigned server_only)
{
	assert_int_equal(bench_count(&bench, COUNTER_client_only), client_only);
	assert_int_equal(bench_count(&bench, COUNTER_server_only), server_only);
}

static void test_both_sides(void **state)
{
	(void)state;
	bench_tcp(&bench, &to_server, 1000, SYN, "", 0);
	bench_tcp(&bench, &to_client, 5000, SYN | ACK, "", 0);
	say_hello(1001, ACK);
	sides_are(0, 0);
	assert_int_equal(bench_count(&bench, COUNTER_hello_begun), 1);
}

static void test_client_only(void **state)
{
	(void)state;
	bench_tcp(&bench, &to_server, 1000, SYN, "", 0);
	bench_tcp(&bench, &to_server, 1000, SYN, "", 0);
	say_hello(1001, ACK);
	say_hello(1001, ACK);
	sides_are(1, 0);
}

static void test_server_only(void **state)
{
	(void)state;
	bench_tcp(&bench, &to_client, 5000, SYN | ACK, "", 0);
	say_hello(1001, ACK);
	sides_are(0, 1);
}

static void test_from_the_middle(void **state)
{
	(void)state;
	say_hello(1001, ACK);
	sides_are(0, 0);
}

/* With the SYN, before anybody could answer. */
static void test_hello_in_syn(void **state)
{
	(void)state;
	say_hello(1000, SYN);
	sides_are(0, 0);
}

/* The port is used again, and this time the answer is missing. */
static void test_port_reuse(void **state)
{
	(void)state;
	bench_tcp(&bench, &to_server, 1000, SYN, "", 0);
	bench_tcp(&bench, &to_client, 5000, SYN | ACK, "data", 4);
	say_hello(1001, ACK);
	bench_tcp(&bench, &to_server, 900000, SYN, "", 0);
	say_hello(900001, ACK);
	sides_are(1, 0);
}

/* A hello that is cut has begun. */
static void test_hello_begun(void **state)
{
	(void)state;
	struct octets octets = octets_from(TO("www.example.com"));
	bench_tcp(&bench, &to_server, 1000, SYN, "", 0);
	for (size_t i = 0; i < 40; i++)
		bench_tcp(&bench, &to_server, 1001 + (uint32_t)i, ACK, octets.at + i, 1);
	assert_int_equal(bench_count(&bench, COUNTER_hello_begun), 1);
	assert_int_equal(bench_count(&bench, COUNTER_hello_ok), 0);
	octets_free(&octets);
}

/* ---- connections that nobody named */

static void answer(uint32_t addr)
{
	char text[256];
	snprintf(text, sizeof text, "%s {www.example.com} 0001 0001 c00c 0001 0001 0000003c <2 %08x >", "3039 8180 0001 0001 0000 0000", addr);
	const struct frame_ends ends = {0x0a000035, CLIENT, 53, 40000, 0};
	struct octets octets = octets_from(text);
	bench_udp(&bench, &ends, octets.at, octets.len);
	octets_free(&octets);
}

static void begin(uint32_t server, uint16_t sport)
{
	const struct frame_ends ends = {CLIENT, server, sport, 443, 0};
	bench_tcp(&bench, &ends, 1000, SYN, "", 0);
}

static void test_unnamed(void **state)
{
	(void)state;
	answer(0xc6336407);
	begin(0xc6336407, 1); /* told */
	begin(0xc6336408, 2); /* not told */
	begin(0xc6336408, 2); /* sent again: no other connection */
	begin(0xc6336408, 3);
	begin(0x0a000009, 4); /* inside */
	assert_int_equal(bench_count(&bench, COUNTER_connections), 3);
	assert_int_equal(bench_count(&bench, COUNTER_connections_unnamed), 2);
}

struct local_row {
	const char *name;
	uint8_t family;
	uint8_t octets[16];
	bool is_local;
};

static const struct local_row locals[] = {
	{"10/8", 4, {10, 1}, true},
	{"11/8", 4, {11, 1}, false},
	{"127/8", 4, {127, 0, 0, 53}, true},
	{"0/8", 4, {0}, true},
	{"100.63", 4, {100, 63}, false},
	{"100.64/10", 4, {100, 64}, true},
	{"100.127", 4, {100, 127}, true},
	{"100.128", 4, {100, 128}, false},
	{"169.254/16", 4, {169, 254}, true},
	{"169.253", 4, {169, 253}, false},
	{"172.15", 4, {172, 15}, false},
	{"172.16/12", 4, {172, 16}, true},
	{"172.31", 4, {172, 31}, true},
	{"172.32", 4, {172, 32}, false},
	{"192.168/16", 4, {192, 168}, true},
	{"192.169", 4, {192, 169}, false},
	{"multicast", 4, {224, 0, 0, 251}, true},
	{"broadcast", 4, {255, 255, 255, 255}, true},
	{"the Internet", 4, {198, 51, 100, 2}, false},
	{"::1", 6, {[15] = 1}, true},
	{"fc00::/7", 6, {0xfd}, true},
	{"fe80::/10", 6, {0xfe, 0xbf}, true},
	{"fec0::", 6, {0xfe, 0xc0}, false},
	{"ff02::fb", 6, {0xff, 2, [15] = 0xfb}, true},
	{"2001:db8::1", 6, {0x20, 1, 0x0d, 0xb8, [15] = 1}, false},
};

static void test_local(void **state)
{
	const struct local_row *row = *state;
	struct c2_addr addr = {.family = row->family};
	memcpy(addr.octets, row->octets, sizeof addr.octets);
	assert_int_equal(addr_is_local(&addr), row->is_local);
}

static struct c2_addr addr_of(uint8_t family, uint32_t n)
{
	struct c2_addr addr = {.octets = {0x20}, .family = family};
	memcpy(addr.octets + (family == 4 ? 0 : 12), &n, sizeof n);
	return addr;
}

/* Nearly all of as many addresses as are half its places stay; what was never told is not there; what is told anew stays longer. */
static void test_table(void **state)
{
	(void)state;
	struct named *named;
	const struct siphash_key key = {7, 8};
	enum { MANY = NAMED_ADDRESSES / 16 };
	unsigned kept = 0, found = 0;
	assert_int_equal(named_open(&named, &key), 0);
	for (uint32_t i = 0; i < MANY; i++) {
		const struct c2_addr addr = addr_of(i % 2 == 0 ? 4 : 6, i);
		named_learn(named, &addr, 1000);
		named_learn(named, &addr, 2000);
	}
	for (uint32_t i = 0; i < 2 * MANY; i++) {
		const struct c2_addr addr = addr_of(i % 2 == 0 ? 4 : 6, i);
		if (i < MANY)
			kept += named_has(named, &addr);
		else
			found += named_has(named, &addr);
	}
	assert_in_range(kept, MANY * 99 / 100, MANY);
	assert_in_range(found, 0, 2);
	for (uint32_t i = MANY; i < 64 * MANY; i++) { /* a flood, under which a name is told again and again */
		const struct c2_addr addr = addr_of(4, i), kept_addr = addr_of(6, 1);
		named_learn(named, &addr, 3000 + i);
		if (i % 1024 == 0)
			named_learn(named, &kept_addr, 3000 + i);
	}
	const struct c2_addr kept_addr = addr_of(6, 1), old = addr_of(6, 3);
	assert_true(named_has(named, &kept_addr));
	assert_false(named_has(named, &old));
	named_close(named);
}

struct teacher {
	struct named *named;
	uint32_t first;
};

static void *teach(void *arg)
{
	const struct teacher *teacher = arg;
	for (uint32_t i = 0; i < 5000; i++) {
		const struct c2_addr addr = addr_of(4, teacher->first + i);
		named_learn(teacher->named, &addr, 1000);
	}
	return NULL;
}

/* What one worker hears another knows: four write at once, and one that saw no answer counts. */
static void test_workers_share(void **state)
{
	(void)state;
	pthread_t threads[4];
	struct teacher teachers[4];
	unsigned kept = 0;
	for (unsigned i = 0; i < 4; i++) {
		teachers[i] = (struct teacher){.named = bench.named, .first = i * 5000};
		assert_int_equal(pthread_create(&threads[i], NULL, teach, &teachers[i]), 0);
	}
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (uint32_t i = 0; i < 20000; i++) {
		const struct c2_addr addr = addr_of(4, i);
		kept += named_has(bench.named, &addr);
	}
	assert_in_range(kept, 19800, 20000);

	static struct bench other;
	bench_open(&other);
	inspector_close(other.inspector);
	const struct inspector_options options = {
		.budget = 16u << 20, .key = {5, 6}, .outlet = &other.outlet, .counters = &other.counters, .named = bench.named};
	assert_int_equal(inspector_open(&other.inspector, &options), 0);
	inspector_use(other.inspector, &(struct inspector_feeds){.domset = other.domset, .generation = 1});
	answer(0xc6336407); /* seen by the one worker */
	const struct frame_ends told = {CLIENT, 0xc6336407, 1, 443, 0}, untold = {CLIENT, 0xc6336408, 2, 443, 0};
	bench_tcp(&other, &told, 1000, SYN, "", 0); /* and the connections by the other */
	bench_tcp(&other, &untold, 1000, SYN, "", 0);
	assert_int_equal(bench_count(&other, COUNTER_connections), 2);
	assert_int_equal(bench_count(&other, COUNTER_connections_unnamed), 1);
	bench_close(&other);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	static struct tests tests;
	const struct CMUnitTest alone[] = {TEST(test_flood), TEST(test_gather), TEST(test_endings), TEST(test_both_sides), TEST(test_client_only),
		TEST(test_server_only), TEST(test_from_the_middle), TEST(test_hello_in_syn), TEST(test_port_reuse), TEST(test_hello_begun),
		TEST(test_unnamed), TEST(test_table), TEST(test_workers_share)};
	TESTS_ROWS(&tests, stops, test_stop);
	TESTS_ROWS(&tests, sealed, test_sealed);
	TESTS_ROWS(&tests, resolver_rows, test_resolver);
	TESTS_ROWS(&tests, locals, test_local);
	for (size_t i = 0; i < tests.count; i++) {
		tests.at[i].setup_func = up;
		tests.at[i].teardown_func = down;
	}
	for (size_t i = 0; i < COUNT(alone); i++)
		tests.at[tests.count++] = alone[i];
	return tests_run(&tests, "blind");
}
