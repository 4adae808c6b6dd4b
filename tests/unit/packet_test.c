/* SPDX-License-Identifier: Apache-2.0 */
/* From a frame to a packet: every link type, tags, IP headers and what may be wrong with them, and each of them cut at each octet. */
#include "octets.h"
#include "table.h"

#include <c2watch/packet.h>

#include <stdio.h>
#include <stdlib.h>

#define MACS "020000000002 020000000001 "
#define ETH(type) MACS type " "
#define ETH4 ETH("0800")
#define ETH6 ETH("86dd")
#define IP4(len, fragment, proto) " 45 00 " len " 1234 " fragment " 40 " proto " 0000 c0000201 c6336402 "
#define IP6(len, next) " 60000000 " len " " next " 40 20010db8 00*11 01 20010db8 00*11 02 "
#define UDP(len) " 3039 0035 " len " 0000 "
#define TCP(offset, flags) " 3039 01bb 00000064 00000065 " offset " " flags " ffff 0000 0000 "
#define DATA "'data' "
#define UDP4 IP4("0020", "0000", "11") UDP("000c") DATA
#define TCP4 IP4("002c", "4000", "06") TCP("50", "18") DATA
#define EXT " 3c00 00*6"
#define UDP6 IP6("000c", "11") UDP("000c") DATA
#define NEST(inner) IP4("0000", "0000", "04") inner
#define NEST5(inner) NEST(NEST(NEST(NEST(NEST(inner)))))
#define FROM "192.0.2.1:12345>198.51.100.2"
#define FROM6 "2001:..01:12345>2001:..02"

struct packet_row {
	const char *name;
	enum c2_link link;
	const char *octets;
	const char *want; /* layer, result, then what was read */
};

static const struct packet_row rows[] = {
	/* link types */
	{"Ethernet, IPv4, UDP", C2_LINK_ETHERNET, ETH4 UDP4, "transport ok " FROM ":53 mac data@42"},
	{"Ethernet, IPv4, TCP", C2_LINK_ETHERNET, ETH4 TCP4, "transport ok " FROM ":443 flags=18 seq=100 mac data@54"},
	{"Ethernet, IPv6, UDP", C2_LINK_ETHERNET, ETH6 UDP6, "transport ok " FROM6 ":53 mac data@62"},
	{"cooked", C2_LINK_SLL, "0000 0001 0006 020000000001 0000 0800" UDP4, "transport ok " FROM ":53 mac data@44"},
	{"cooked, loopback: its address is no MAC", C2_LINK_SLL, "0000 0304 0006 020000000001 0000 0800" UDP4, "transport ok " FROM ":53 data@44"},
	{"cooked, no address", C2_LINK_SLL, "0000 0200 0000 00*8 86dd" UDP6, "transport ok " FROM6 ":53 data@64"},
	{"cooked with a tag", C2_LINK_SLL, "0000 0001 0006 020000000001 0000 8100 0007 0800" UDP4, "transport ok " FROM ":53 vlan=7 mac data@48"},
	{"cooked 2", C2_LINK_SLL2, "0800 0000 00000003 0001 00 06 020000000001 0000" UDP4, "transport ok " FROM ":53 mac data@48"},
	{"cooked 2, tunnel device", C2_LINK_SLL2, "86dd 0000 00000003 fffe 00 00 00*8" UDP6, "transport ok " FROM6 ":53 data@68"},
	{"raw IPv4", C2_LINK_RAW, UDP4, "transport ok " FROM ":53 data@28"},
	{"raw IPv6", C2_LINK_RAW, UDP6, "transport ok " FROM6 ":53 data@48"},
	{"raw, version 5", C2_LINK_RAW, "50 00*40", "ip none"},
	{"raw, empty", C2_LINK_RAW, "", "ip more"},
	{"loopback, little-endian", C2_LINK_LOOP, "02000000" UDP4, "transport ok " FROM ":53 data@32"},
	{"loopback, big-endian", C2_LINK_LOOP, "00000002" UDP4, "transport ok " FROM ":53 data@32"},
	{"loopback, IPv6 of FreeBSD", C2_LINK_LOOP, "1c000000" UDP6, "transport ok " FROM6 ":53 data@52"},
	{"loopback, IPv6 of macOS", C2_LINK_LOOP, "1e000000" UDP6, "transport ok " FROM6 ":53 data@52"},
	{"loopback, IPv6 of OpenBSD", C2_LINK_LOOP, "00000018" UDP6, "transport ok " FROM6 ":53 data@52"},
	{"loopback, another family", C2_LINK_LOOP, "00000007" UDP6, "link none"},
	/* what Ethernet carries beside IP */
	{"ARP", C2_LINK_ETHERNET, ETH("0806") "0001 0800 06 04 0001", "ip none"},
	{"802.3 length, spanning tree", C2_LINK_ETHERNET, ETH("0026") "4242 03", "link none"},
	{"PPPoE discovery", C2_LINK_ETHERNET, ETH("8863") "1109 0000 0000", "ip none"},
	{"PPPoE, cut", C2_LINK_ETHERNET, ETH("8864") "1100 0001", "ip more"},
	{"PPPoE, PPP, IPv4", C2_LINK_ETHERNET, ETH("8864") "1100 0001 0022 0021" UDP4, "transport ok " FROM ":53 mac data@50"},
	/* tags */
	{"one tag", C2_LINK_ETHERNET, MACS "8100 2007 0800 " UDP4, "transport ok " FROM ":53 vlan=7 mac data@46"},
	{"priority tag", C2_LINK_ETHERNET, MACS "8100 e000 0800 " UDP4, "transport ok " FROM ":53 vlan=0 mac data@46"},
	{"two tags, 802.1ad", C2_LINK_ETHERNET, MACS "88a8 0064 8100 0007 0800 " UDP4, "transport ok " FROM ":53 vlan=100,7 mac data@50"},
	{"two tags, both 8100", C2_LINK_ETHERNET, MACS "8100 0064 8100 0007 0800 " UDP4, "transport ok " FROM ":53 vlan=100,7 mac data@50"},
	{"two tags, the old 9100", C2_LINK_ETHERNET, MACS "9100 0064 8100 0fff 86dd " UDP6, "transport ok " FROM6 ":53 vlan=100,4095 mac data@70"},
	{"three tags", C2_LINK_ETHERNET, MACS "8100 0064 8100 0007 8100 0001 0800 " UDP4, "transport ok " FROM ":53 vlan=100,7,1 mac data@54"},
	{"tag without what it carries", C2_LINK_ETHERNET, MACS "8100 0064", "ip more"},
	{"half a tag", C2_LINK_ETHERNET, MACS "8100 00", "ip more"},
	/* IPv4 lengths */
	{"padding of a short frame", C2_LINK_ETHERNET, ETH4 UDP4 "00*14", "transport ok " FROM ":53 mac data@42"},
	{"padding of a short frame is no TCP payload", C2_LINK_ETHERNET, ETH4 IP4("0028", "4000", "06") TCP("50", "10") "00*6",
		"transport ok " FROM ":443 flags=10 seq=100 mac @54"},
	{"total length 0, as segmentation offload leaves it", C2_LINK_ETHERNET, ETH4 IP4("0000", "4000", "06") TCP("50", "18") DATA,
		"transport ok " FROM ":443 flags=18 seq=100 mac data@54"},
	{"total length 0, options cut", C2_LINK_RAW, "46 00 0000 1234 0000 40 11 0000 c0000201 c6336402 94", "ip more"},
	{"total length 19", C2_LINK_ETHERNET, ETH4 IP4("0013", "0000", "11") UDP("000c") DATA, "ip bad"},
	{"total length less than the header", C2_LINK_RAW, "46 00 0017 1234 0000 40 11 0000 c0000201 c6336402 94040000" UDP("000c") DATA, "ip bad"},
	{"total length less than the UDP header", C2_LINK_ETHERNET, ETH4 IP4("001a", "0000", "11") UDP("000c") DATA, "transport bad"},
	{"total length less than the UDP length", C2_LINK_ETHERNET, ETH4 IP4("001f", "0000", "11") UDP("000c") DATA, "transport bad"},
	{"total length more than the frame", C2_LINK_ETHERNET, ETH4 IP4("0064", "0000", "11") UDP("0050") DATA,
		"transport ok " FROM ":53 mac data@42 cut"},
	{"header length 4", C2_LINK_RAW, "44 00 0020 1234 0000 40 11 0000 c0000201 c6336402" UDP("000c") DATA, "ip bad"},
	{"header length 0", C2_LINK_RAW, "40 00 0020 1234 0000 40 11 0000 c0000201 c6336402" UDP("000c") DATA, "ip bad"},
	{"version 6 under IPv4's ethertype", C2_LINK_ETHERNET, ETH4 UDP6, "ip bad"},
	{"version 4 under IPv6's ethertype", C2_LINK_ETHERNET, ETH6 UDP4 "00*16", "ip bad"},
	{"options", C2_LINK_RAW, "46 00 0024 1234 0000 40 11 0000 c0000201 c6336402 94040000" UDP("000c") DATA, "transport ok " FROM ":53 data@32"},
	{"40 octets of options", C2_LINK_RAW, "4f 00 0048 1234 0000 40 11 0000 c0000201 c6336402 01*40" UDP("000c") DATA,
		"transport ok " FROM ":53 data@68"},
	{"options cut", C2_LINK_RAW, "4f 00 0048 1234 0000 40 11 0000 c0000201 c6336402 01*39", "ip more"},
	{"ICMP", C2_LINK_RAW, IP4("001c", "0000", "01") "0800 0000 00000000", "transport none"},
	{"GRE of another version", C2_LINK_RAW, IP4("001c", "0000", "2f") "0002 0800 00000000", "transport none"},
	{"GRE, IPv4", C2_LINK_RAW, IP4("0038", "0000", "2f") "0000 0800" UDP4, "transport ok " FROM ":53 data@52"},
	{"GRE with key and sequence, IPv6", C2_LINK_RAW, IP4("0054", "0000", "2f") "3000 86dd 00000001 00000002" UDP6,
		"transport ok " FROM6 ":53 data@80"},
	{"IPv4 in IPv4", C2_LINK_RAW, IP4("0034", "0000", "04") UDP4, "transport ok " FROM ":53 data@48"},
	{"IPv6 in IPv4", C2_LINK_RAW, IP4("0048", "0000", "29") UDP6, "transport ok " FROM6 ":53 data@68"},
	{"VXLAN", C2_LINK_RAW, IP4("0052", "0000", "11") "3039 12b5 003e 0000 08000000 00002a00" ETH4 UDP4, "transport ok " FROM ":53 mac data@78"},
	{"VXLAN's port, and no VXLAN", C2_LINK_RAW, IP4("0020", "0000", "11") "3039 12b5 000c 0000" DATA, "transport ok " FROM ":4789 data@28"},
	{"eleven headers of IPv4", C2_LINK_RAW, NEST5(NEST5(UDP4)), "transport ok " FROM ":53 data@228"},
	{"sixteen headers of IPv4", C2_LINK_RAW, NEST5(NEST5(NEST5(UDP4))), "ip bad"},
	/* IPv4 fragments */
	{"do not fragment", C2_LINK_RAW, IP4("0020", "4000", "11") UDP("000c") DATA, "transport ok " FROM ":53 data@28"},
	{"first fragment", C2_LINK_RAW, IP4("0020", "2000", "11") UDP("0400") DATA, "transport ok " FROM ":53 data@28 cut fragment"},
	{"later fragment", C2_LINK_RAW, IP4("0020", "2001", "11") UDP("000c") DATA, "ip none"},
	{"last fragment", C2_LINK_RAW, IP4("0020", "00b9", "11") UDP("000c") DATA, "ip none"},
	{"first fragment of 8 octets", C2_LINK_RAW, IP4("001c", "2000", "06") "3039 01bb 00000064", "transport more"},
	/* IPv6 */
	{"IPv6, TCP", C2_LINK_RAW, IP6("0018", "06") TCP("50", "02") DATA, "transport ok " FROM6 ":443 flags=2 seq=100 data@60"},
	{"IPv6, no next header", C2_LINK_RAW, IP6("0000", "3b"), "transport none"},
	{"IPv6, padding", C2_LINK_RAW, UDP6 "00*8", "transport ok " FROM6 ":53 data@48"},
	{"IPv6, payload length more than the frame", C2_LINK_RAW, IP6("0100", "11") UDP("0100") DATA, "transport ok " FROM6 ":53 data@48 cut"},
	{"IPv6, payload length less than the UDP length", C2_LINK_RAW, IP6("000b", "11") UDP("000c") DATA, "transport bad"},
	{"IPv6, hop-by-hop options", C2_LINK_RAW, IP6("0014", "00") "11 00 0104 00000000" UDP("000c") DATA, "transport ok " FROM6 ":53 data@56"},
	{"IPv6, long destination options", C2_LINK_RAW, IP6("001c", "3c") "11 01 010c 00*12" UDP("000c") DATA, "transport ok " FROM6 ":53 data@64"},
	{"IPv6, routing, destination, AH", C2_LINK_RAW, IP6("0034", "2b") "3c 00 00*6  33 00 0104 00000000  11 04 0000 00*20" UDP("000c") DATA,
		"transport ok " FROM6 ":53 data@88"},
	{"IPv6, mobility, HIP, SHIM6", C2_LINK_RAW, IP6("0024", "87") "8b 00 00*6 8c 00 00*6 11 00 00*6" UDP("000c") DATA,
		"transport ok " FROM6 ":53 data@72"},
	{"IPv6, first fragment", C2_LINK_RAW, IP6("0014", "2c") "11 00 0001 0000abcd" UDP("0400") DATA,
		"transport ok " FROM6 ":53 data@56 cut fragment"},
	{"IPv6, atomic fragment", C2_LINK_RAW, IP6("0014", "2c") "11 00 0000 0000abcd" UDP("000c") DATA, "transport ok " FROM6 ":53 data@56"},
	{"IPv6, later fragment", C2_LINK_RAW, IP6("0014", "2c") "11 00 0009 0000abcd" UDP("000c") DATA, "ip none"},
	{"IPv6, last fragment", C2_LINK_RAW, IP6("0014", "2c") "11 00 00b8 0000abcd" UDP("000c") DATA, "ip none"},
	{"IPv6, twenty-four extension headers", C2_LINK_RAW,
		IP6("00cc", "3c") EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT EXT " 1100 00*6" UDP("000c")
			DATA,
		"ip bad"},
	{"IPv6, extension header past the datagram", C2_LINK_RAW,
		IP6("0008", "3c") "11 04 00*6"
				  "00*40",
		"ip bad"},
	{"IPv6, extension header past the frame", C2_LINK_RAW, IP6("0100", "3c") "11 ff 00*6", "ip more"},
	{"IPv6, jumbogram", C2_LINK_RAW, IP6("0000", "00") "11 00 c204 00011170" UDP("0000") DATA, "transport ok " FROM6 ":53 data@56"},
	{"IPv6, ESP", C2_LINK_RAW, IP6("0008", "32") "00*8", "transport none"},
	/* TCP */
	{"TCP options", C2_LINK_RAW, IP4("0030", "4000", "06") TCP("60", "12") "020405b4" DATA, "transport ok " FROM ":443 flags=12 seq=100 data@44"},
	{"TCP header length 4", C2_LINK_RAW, IP4("002c", "4000", "06") TCP("40", "18") DATA, "transport bad"},
	{"TCP header past the datagram", C2_LINK_RAW, IP4("002c", "4000", "06") TCP("70", "18") DATA, "transport bad"},
	{"TCP options cut by the capture", C2_LINK_RAW, IP4("0100", "4000", "06") TCP("f0", "18") "0101", "transport more"},
	{"TCP without payload", C2_LINK_RAW, IP4("0028", "4000", "06") TCP("50", "02"), "transport ok " FROM ":443 flags=2 seq=100 @40"},
	/* UDP */
	{"UDP length 7", C2_LINK_RAW, IP4("0020", "0000", "11") UDP("0007") DATA, "transport bad"},
	{"UDP length 8", C2_LINK_RAW, IP4("0020", "0000", "11") UDP("0008") DATA, "transport ok " FROM ":53 @28"},
	{"UDP length less than the datagram", C2_LINK_RAW, IP4("0022", "0000", "11") UDP("000c") DATA "dead", "transport ok " FROM ":53 data@28"},
	{"UDP length 0", C2_LINK_RAW, IP4("0020", "0000", "11") UDP("0000") DATA, "transport ok " FROM ":53 data@28"},
};

static size_t add_addr(char *line, const struct c2_addr *addr)
{
	const uint8_t *p = addr->octets;
	if (addr->family == 4)
		return (size_t)sprintf(line, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
	return (size_t)sprintf(line, "%02x%02x:..%02x", p[0], p[1], p[15]);
}

static void packet_text(char *line, enum c2_rc rc, const struct c2_packet *packet, const uint8_t *frame)
{
	static const char *const layers[C2_LAYER_COUNT] = {"link", "ip", "transport"};
	static const char *const results[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	line += sprintf(line, "%s %s", layers[packet->layer], results[rc]);
	if (rc != C2_OK)
		return;
	*line++ = ' ';
	line += add_addr(line, &packet->src);
	line += sprintf(line, ":%u>", packet->sport);
	line += add_addr(line, &packet->dst);
	line += sprintf(line, ":%u", packet->dport);
	if (packet->proto == C2_PROTO_TCP)
		line += sprintf(line, " flags=%x seq=%u", packet->tcp_flags, packet->seq);
	for (unsigned i = 0; i < packet->vlans; i++)
		line += sprintf(line, i == 0 ? " vlan=%u" : ",%u", packet->vlan[i]);
	if (packet->has_mac) {
		assert_memory_equal(packet->mac_src, "\2\0\0\0\0\1", 6);
		line += sprintf(line, " mac");
	}
	sprintf(line, " %.*s@%u%s%s", (int)packet->payload_len, (const char *)frame + packet->payload_at, packet->payload_at,
		packet->is_cut ? " cut" : "", packet->fragment.is_one ? " fragment" : "");
}

static void test_row(void **state)
{
	const struct packet_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_packet packet;
	char line[512];
	memset(&packet, 0xa5, sizeof packet);
	enum c2_rc rc = c2_packet_decode(row->link, octets.at, octets.len, &packet);
	packet_text(line, rc, &packet, octets.at);
	assert_string_equal(line, row->want);
	octets_free(&octets);
}

/* Cut at each octet: a good frame waits, or gives what there is of its payload; a bad one is not good all at once. */
static void test_cut(void **state)
{
	const struct packet_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_packet whole;
	enum c2_rc want = c2_packet_decode(row->link, octets.at, octets.len, &whole);
	for (size_t len = 0; len < octets.len; len++) {
		struct c2_packet packet;
		uint8_t *copy = malloc(len + (len == 0));
		memcpy(copy, octets.at, len);
		enum c2_rc rc = c2_packet_decode(row->link, copy, len, &packet);
		free(copy);
		assert_true(packet.layer <= whole.layer || whole.tunnels > 0 || packet.tunnels > 0);
		if (rc == C2_BAD)
			assert_int_equal(want, C2_BAD);
		if (rc != C2_OK || want != C2_OK || packet.tunnels != whole.tunnels)
			continue;
		assert_int_equal(packet.payload_at, whole.payload_at);
		assert_true(packet.payload_len <= whole.payload_len);
		assert_true(packet.payload_len == whole.payload_len || packet.is_cut || whole.is_cut);
		assert_true(c2_addr_equal(&packet.src, &whole.src) && c2_addr_equal(&packet.dst, &whole.dst));
	}
	octets_free(&octets);
}

/* LINKTYPE_ and DLT_ numbers. */
static void test_link_types(void **state)
{
	(void)state;
	static const struct {
		unsigned type;
		enum c2_link link;
	} known[] = {{1, C2_LINK_ETHERNET}, {113, C2_LINK_SLL}, {276, C2_LINK_SLL2}, {12, C2_LINK_RAW}, {14, C2_LINK_RAW}, {101, C2_LINK_RAW},
		{228, C2_LINK_RAW}, {229, C2_LINK_RAW}, {0, C2_LINK_LOOP}, {108, C2_LINK_LOOP}, {9, C2_LINK_PPP}, {50, C2_LINK_PPP},
		{51, C2_LINK_PPPOE}, {104, C2_LINK_CHDLC}, {239, C2_LINK_NFLOG}, {105, C2_LINK_WIFI}, {127, C2_LINK_RADIOTAP}, {119, C2_LINK_PRISM},
		{192, C2_LINK_PPI}, {258, C2_LINK_PKTAP}, {7, C2_LINK_ARCNET}, {129, C2_LINK_ARCNET_LINUX}, {107, C2_LINK_FRELAY}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		enum c2_link link;
		assert_true(c2_link_from_type(known[i].type, &link));
		assert_int_equal(link, known[i].link);
	}
	enum c2_link link;
	assert_false(c2_link_from_type(147, &link)); /* somebody's own */
	assert_false(c2_link_from_type(UINT32_MAX, &link));
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof rows / sizeof rows[0]][96];
	TESTS_ROWS(&tests, rows, test_row);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		/* Who leaves the length out cannot be found cut. */
		if (strstr(rows[i].name, "length 0") != NULL || strstr(rows[i].name, "headers of IPv4") != NULL ||
			strstr(rows[i].name, "jumbogram") != NULL)
			continue;
		snprintf(names[i], sizeof names[i], "cut at each octet: %s", rows[i].name);
		tests_add(&tests, names[i], test_cut, &rows[i]);
	}
	tests_add(&tests, "link types by number", test_link_types, NULL);
	return tests_run(&tests, "packet");
}
