/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the corpora that fuzzing began with: `seeds DIR` makes DIR/<target>/seed-NN. What fuzzing found since stands beside them. */
#include "fixtures.h"
#include "frames.h"
#include "octets.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* A corpus being written. */
struct corpus {
	char dir[1024];
	unsigned count;
};

static struct corpus corpus_open(const char *dir, const char *target)
{
	struct corpus corpus = {.count = 0};
	snprintf(corpus.dir, sizeof corpus.dir, "%s/%s", dir, target);
	mkdir(corpus.dir, 0777);
	return corpus;
}

static void corpus_add(struct corpus *corpus, const void *octets, size_t len)
{
	char path[1100];
	snprintf(path, sizeof path, "%s/seed-%02u", corpus->dir, corpus->count++);
	FILE *file = fopen(path, "wb");
	if (file == NULL || fwrite(octets, 1, len, file) != len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void corpus_add_text(struct corpus *corpus, const char *text)
{
	struct octets octets = octets_from(text);
	corpus_add(corpus, octets.at, octets.len);
	octets_free(&octets);
}

static void corpus_add_fixtures(struct corpus *corpus, const struct fixture *fixtures, size_t count)
{
	for (size_t i = 0; i < count; i++)
		corpus_add_text(corpus, fixtures[i].octets);
}

static void write_names(const char *dir)
{
	static const char *const texts[] = {
		"00 0c 00*12 {www.example.com}",
		"00 19 00*12 {example.com} 03 'www' c00c",
		"00 0c 00*12 c00c",
		"00 0e 00*12 c00e c00c",
		"00 0c 00*12 40 61*64",
		"00 11 00*12 {com} c00c c011 c013",
		"01 'www.Example.com.'",
		"01 '.'",
		"01 'a..b'",
		"01 61*64 '.com'",
		"01 61*63 '.' 61*63 '.' 61*63 '.' 61*61",
		"02 'a\\.b\\\\c\\000\\255.com'",
		"02 '.'",
		"02 'a\\25'",
		"02 'a\\256'",
		"02 'a..b'",
		"02 'a\\'",
	};
	struct corpus corpus = corpus_open(dir, "name");
	for (size_t i = 0; i < COUNT(texts); i++)
		corpus_add_text(&corpus, texts[i]);
}

#define UDP4 "45 00 0020 1234 0000 40 11 0000 c0000201 c6336402 3039 0035 000c 0000 'data'"
#define UDP6 "60000000 000c 11 40 20010db8 00*11 01 20010db8 00*11 02 3039 0035 000c 0000 'data'"
#define TCP4 "45 00 002c 1234 4000 40 06 0000 c0000201 c6336402 3039 01bb 00000064 00000065 50 18 ffff 0000 0000 'data'"
#define MACS "020000000002 020000000001 "
#define IN_UDP(port) "03 45 00 0000 1234 0000 40 11 0000 c0000201 c6336402 3039 " port " 0000 0000 "
#define IN_GRE "03 45 00 0000 1234 0000 40 2f 0000 c0000201 c6336402 "
/* The first octet is the link type. */
static const char *const packets[] = {
	IN_UDP("12b5") "08000000 00002a00 " MACS "0800 " UDP4,
	IN_UDP("12b6") "0c000001 00000100 " UDP4,
	IN_UDP("12b6") "0c000003 00000100 " MACS "0800 " UDP4,
	IN_UDP("17c1") "0000 6558 00000100 " MACS "0800 " UDP4,
	IN_UDP("17c1") "0100 0800 00000100 00000000 " UDP4,
	IN_UDP("0868") "30 ff 0020 00000001 " UDP4,
	IN_UDP("0868") "34 ff 0020 00000001 0000 00 85 01 0000 00 " UDP4,
	IN_UDP("0868") "30 01 0020 00000001",
	IN_UDP("0d3a") "1e ff 00*18 " UDP4,
	IN_UDP("0dd8") "0001 0000 00*9 0000 1234 c0000201 " UDP6,
	IN_UDP("1292") "0000 0800 " UDP4,
	IN_UDP("06a5") "0002 0001 0001 ff03 0021 " UDP4,
	IN_UDP("06a5") "4a02 0000 0001 0001 0000 0000 0000 0021 " UDP4,
	IN_UDP("06a5") "c802 0014",
	IN_UDP("147f") "00100000 00000000 " MACS "0800 " UDP4,
	IN_UDP("147f") "00100100 00000000 0800 0000 020000000002 020000000001 020000000003 0000 aaaa03 000000 0800 " UDP4,
	IN_UDP("19eb") "00001140 " UDP4,
	IN_UDP("13d0") "40 50 00 29 00000000 00*36 " UDP6,
	IN_GRE "0000 0800 " UDP4,
	IN_GRE "b000 86dd 00000000 00000001 00000002 " UDP6,
	IN_GRE "1000 88be 00000001 00*8 " MACS "0800 " UDP4,
	IN_GRE "0000 88be " MACS "0800 " UDP4,
	IN_GRE "1000 22eb 00000001 00*11 01 00*8 " MACS "0800 " UDP4,
	IN_GRE "4000 0800 0000 0000 0800 00 04 c0000201 0000 00 00 " UDP4,
	IN_GRE "3081 880b 0000 0001 00000001 00000001 ff03 0021 " UDP4,
	IN_GRE "0000 883e 00000000 " UDP4,
	"03 45 00 0000 1234 0000 40 61 0000 c0000201 c6336402 3000 " MACS "0800 " UDP4,
	"03 45 00 0000 1234 0000 40 89 0000 c0000201 c6336402 00001140 " UDP4,
	"00 " MACS "88e7 00000001 " MACS "0800 " UDP4,
	"00 " MACS "8909 0101 00010001 0800 " UDP4,
	"00 " MACS "8847 00001140 00000000 " MACS "0800 " UDP4,

	"00 " MACS "0800 " UDP4,
	"00 " MACS "0800 " TCP4 "00*10",
	"00 " MACS "86dd " UDP6,
	"00 " MACS "8100 0007 0800 " UDP4,
	"00 " MACS "88a8 0064 8100 0007 86dd " UDP6,
	"00 " MACS "8100 0001 8100 0002 8100 0003 0800 " UDP4,
	"00 " MACS "0806 0001",
	"01 0000 0001 0006 020000000001 0000 0800 " UDP4,
	"02 0800 0000 00000003 0001 00 06 020000000001 0000 " UDP4,
	"03 " UDP4,
	"03 " UDP6,
	"04 02000000 " UDP4,
	"04 0000001e " UDP6,
	"03 46 00 0024 1234 2000 40 11 0000 c0000201 c6336402 94040000 3039 0035 0400 0000 'data'",
	"03 45 00 0020 1234 0001 40 11 0000 c0000201 c6336402 00*12",
	"03 60000000 0034 2b 40 00*32 3c00 00*6 3300 0104 00000000 1104 0000 00*20 3039 0035 000c 0000 'data'",
	"03 60000000 0014 2c 40 00*32 1100 0001 0000abcd 3039 0035 000c 0000 'data'",
	"03 60000000 0014 2c 40 00*32 1100 0009 0000abcd 00*12",
	"03 60000000 0000 00 40 00*32 1100 c204 00011170 3039 0035 0000 0000 'data'",
	"03 60000000 0000 3b 40 00*32",
	"04 00000007",
};

static void write_packets(const char *dir)
{
	struct corpus corpus = corpus_open(dir, "packet");
	for (size_t i = 0; i < COUNT(packets); i++)
		corpus_add_text(&corpus, packets[i]);
}

static void write_prefixes(const char *dir)
{
	static const char *const texts[] = {
		"0000 0a 00 000a 0a 00",
		"000a 0a 00 0000 0a 00",
		"0000 14 00 0005 05 01",
		"fff0 20 00",
		"0000 c8 00",
		"03f0 40 00 0000 ff 00",
		"003f 02 00 0000 3f 00 0041 90 00",
	};
	struct corpus corpus = corpus_open(dir, "prefix");
	for (size_t i = 0; i < COUNT(texts); i++)
		corpus_add_text(&corpus, texts[i]);
}

static void write_tls(const char *dir)
{
	struct corpus corpus = corpus_open(dir, "tls");
	corpus_add_fixtures(&corpus, hellos, COUNT(hellos));
	corpus_add_text(&corpus, RECORD("01 0000") RECORD("2f 0303 " RANDOM32 " 00" SUITES) RECORD("<1 00 > 0000"));
	corpus_add_text(&corpus, "16 0301 0001 01 16 0301 0001 00");
	corpus_add_text(&corpus, RECORD("01 000030 0303 5a*20") "15 0301 <2 0100 >");
	corpus_add_text(&corpus, RECORD(HELLO("0000 <2 <2 01 <2 'other' > 00 <2 'www.example.com' > > >")));
	corpus_add_text(&corpus, "80 2e 01 0301 0015 0000 0010 00*21 5a*16");
	corpus_add_text(
		&corpus, RECORD("01 000030 0303 5a*20") "15 0301 <2 0170 > 16 0301 0000 14 0301 <2 01 >" RECORD("5a*12 <1 > " SUITES " <1 00 >"));
}

/* The hello alone, without its record. */
static void write_fingerprints(const char *dir)
{
	struct corpus corpus = corpus_open(dir, "tls_ja4");
	for (size_t i = 0; i < COUNT(hellos); i++) {
		struct octets octets = octets_from(hellos[i].octets);
		corpus_add(&corpus, octets.at + 5, octets.len - 5);
		octets_free(&octets);
	}
	corpus_add_text(&corpus, HELLO("000d <2 <2 0403 1a1a 0804 > > 0010 <2 <2 <1 0a > > >"));
}

static void write_flights(const char *dir)
{
	struct corpus corpus = corpus_open(dir, "tls_cert");
	corpus_add_fixtures(&corpus, flights, COUNT(flights));
	corpus_add_text(&corpus, RECORD("02 <3 0303 " RANDOM32 " <1 > 1301 00 <2 002b <2 0304 > > >") "14 0303 <2 01 >");
	corpus_add_text(&corpus, RECORD(SERVER_HELLO) RECORD(SERVER_DONE));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES("30 80 30 80")));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES("")));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO) RECORD("0b 0100") "15 0303 <2 0228 >");
}

static void write_server_hellos(const char *dir)
{
	struct corpus corpus = corpus_open(dir, "tls_server");
	corpus_add_fixtures(&corpus, server_hellos, COUNT(server_hellos));
	corpus_add_text(&corpus, RECORD("02 <3 0303 " RANDOM32 " <1 > c02f 00 <2 0010 <2 0003 05 'h2' > 002b <2 03 > > >"));
	corpus_add_text(&corpus, RECORD("02 <3 0300 " RANDOM32 " <1 33*32 > 0035 00 >"));
	corpus_add_text(&corpus, RECORD("02 <3 0400 5a*31 >"));
}

static void write_savefiles(const char *dir)
{
	static const char *const texts[] = {
		"d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 01000000 02000000 03000000 03000000 'abc'",
		"a1b23c4d 0002 0004 00000000 00000000 00040000 00000071 00000001 00000002 00000003 00000003 'abc'",
		"34cdb2a1 0200 0400 00000000 00000000 00000400 01000000 01000000 02000000 03000000 03000000 00000000 0000 00 00 'abc'",
		"0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 01000000 34000000 0100 0000 00000400 0900 0100 09 000000 0e00 0800 "
		"0a00000000000000 0200 0100 61 000000 "
		"0000 0000 34000000 06000000 24000000 00000000 00000000 42420f00 03000000 03000000 'abc' 00 24000000 03000000 14000000 03000000 "
		"'abc' 00 14000000",
		"0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c 00000001 00000014 0071 0000 00040000 00000014 00000002 00000024 0000 "
		"0000 00000000 000f4242 00000003 "
		"00000003 'abc' 00 00000024 000000aa 00000010 deadbeef 00000010",
	};
	struct corpus corpus = corpus_open(dir, "savefile");
	for (size_t i = 0; i < COUNT(texts); i++)
		corpus_add_text(&corpus, texts[i]);
}

/* A script's frame: its kind and length, then `before` and the octets of `text` from `from` to `to`. */
static size_t put_frame(uint8_t *script, uint8_t kind, const char *before, const char *text, size_t from, size_t to)
{
	struct octets first = octets_from(before);
	struct octets octets = octets_from(text);
	to = to < octets.len ? to : octets.len;
	size_t len = first.len + (to - from);
	script[0] = kind;
	script[1] = (uint8_t)(len >> 8);
	script[2] = (uint8_t)len;
	memcpy(script + 3, first.at, first.len);
	memcpy(script + 3 + first.len, octets.at + from, to - from);
	octets_free(&first);
	octets_free(&octets);
	return 3 + len;
}

/* What hosts say of themselves, as frames: UDP from `sport` to `dport` over IPv6 or IPv4. */
static void write_own_names(struct corpus *corpus, bool is_ipv6, unsigned sport, unsigned dport, const struct fixture *fixtures, size_t count)
{
	uint8_t script[2048];
	for (size_t i = 0; i < count; i++) {
		char text[512];
		struct octets octets = octets_from(fixtures[i].octets);
		snprintf(text, sizeof text,
			is_ipv6 ? "333300010002 020000000001 86dd 60000000 %04zx 11 01 fe80 00*13 01 ff02 00*10 0001 0002 %04x %04x %04zx 0000"
				: "ffffffffffff 02000a000007 0800 45 00 %04zx 1234 0000 40 11 0000 0a000007 0a0000ff %04x %04x %04zx 0000",
			octets.len + (is_ipv6 ? 8 : 28), sport, dport, octets.len + 8);
		octets_free(&octets);
		corpus_add(corpus, script, put_frame(script, 6, text, fixtures[i].octets, 0, 9999));
	}
}

static void write_scripts(const char *dir)
{
	static const struct fixture mdns[] = {{"own name", "0000 8400 0000 0001 0000 0000 {laptop-7.local} 0001 8001 00000078 <2 0a000007 >"}};

	static const char long_hello[] = RECORD(HELLO(VERSIONS KEY_SHARE(1216) SNI("'www.evil.example'")));
	static const char *const orders[][3] = {{"0001 10", "0101 10", "0000 02"}, {"0101 10", "0001 10", "0000 02"}};
	struct corpus corpus = corpus_open(dir, "inspect");
	uint8_t script[8192];
	for (unsigned turned = 0; turned < 2; turned++) {
		size_t len = put_frame(script, 0, orders[turned][2], "", 0, 0);
		len += put_frame(script + len, 0, orders[turned][0], long_hello, turned ? 256 : 0, turned ? 9999 : 256);
		len += put_frame(script + len, 0, orders[turned][1], long_hello, turned ? 0 : 256, turned ? 256 : 9999);
		corpus_add(&corpus, script, len);
	}
	for (size_t i = 0; i < COUNT(hellos); i++)
		corpus_add(&corpus, script, put_frame(script, 0, "0001 10", hellos[i].octets, 0, 9999));
	for (size_t i = 0; i < COUNT(dns_messages); i++)
		corpus_add(&corpus, script, put_frame(script, 3 + i % 2, "", dns_messages[i].octets, 0, 9999));
	corpus_add(&corpus, script,
		put_frame(script, 4, "",
			DNS_RESPONSE("0001", "0002") "{fine.example} 0001 0001" RR("c00c", "0005", "{evil.example}") RR("c02a", "0001", "c0000209"),
			0, 9999));
	for (size_t i = 0; i < COUNT(dhcp4_messages); i++)
		corpus_add(&corpus, script, put_frame(script, i < 2 ? 5 : 13, "", dhcp4_messages[i].octets, 0, 9999));
	for (size_t i = 0; i < COUNT(server_hellos); i++) { /* the listed hello, an alert in front of it, and what its server answers */
		size_t len = put_frame(script, 0, "0001 10 15 0301 <2 0170 >", RECORD(HELLO(SNI("'www.evil.example'"))), 0, 9999);
		len += put_frame(script + len, 2, i % 2 == 0 ? "1000 10" : "0001 10 15 0301 <2 0170 >", server_hellos[i].octets, 0, 60);
		corpus_add(&corpus, script, len);
		len += put_frame(script + len, 2, i % 2 == 0 ? "103c 10" : "0044 10", server_hellos[i].octets, 60, 9999);
		corpus_add(&corpus, script, len);
	}
	corpus_add(&corpus, script, put_frame(script, 0, "0001 10", "80 2e 01 0301 0015 0000 0010 00*21 5a*16", 0, 9999));
	write_own_names(&corpus, true, 546, 547, dhcp6_messages, COUNT(dhcp6_messages));
	write_own_names(&corpus, false, 137, 137, netbios_claims, COUNT(netbios_claims));
	write_own_names(&corpus, false, 5353, 5353, mdns, COUNT(mdns));
}

static void write_streams(const char *dir)
{
	static const char *const requests[] = {
		"'GET / HTTP/1.1' 0d0a 'Host: www.example.com' 0d0a0d0a",
		"'CONNECT a.example:443 HTTP/1.1' 0d0a 'Host: a.example' 0d0a0d0a",
		"0d0a 'GET http://u@a.example:80/?x HTTP/1.0' 0a 'hOst :' 0a 20 '[::1]:8' 0a0a",
		"'POST / HTTP/1.1' 0d0a 'Content-Length: 17' 0d0a 'Transfer-Encoding: gzip, chunked' 0d0a0d0a",
		"0d0a '1a;x=y' 0d0a",
		"'T: u' 0d0a0d0a",
	};
	static const char *const hellos_of_others[] = {
		"00 04 01 0050 00000001 'user' 00 'www.example.com' 00",
		"00 05 <1 00 02 >",
		"01 01 <1 'user' > <1 'password' >",
		"01 05 01 00 03 <1 'www.example.com' > 01bb",
		"01 05 01 00 04 20010db8 00*11 01 01bb",
		"00 'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443' 0d0a",
		"00 0d0a0d0a 00 0d0a 'QUIT' 0a 21 11 <2 c0000201 c0000202 1388 01bb >",
		"00 16 fefd 0000 000000000000 <2 01 000049 0000 000000 <3 fefd " RANDOM32 " <1 > <1 > " SUITES
		" <1 00 > <2 " SNI("'www.evil.example'") " > > >",
		"00 16 fefd 0000 000000000000 <2 01 000010 0000 000008 <3 aa*8 > 01 000010 0000 000000 <3 bb*8 > >",
	};
	struct corpus http = corpus_open(dir, "http");
	for (size_t i = 0; i < COUNT(requests); i++)
		corpus_add_text(&http, requests[i]);
	struct corpus socks = corpus_open(dir, "socks");
	for (size_t i = 0; i < COUNT(hellos_of_others); i++)
		corpus_add_text(&socks, hellos_of_others[i]);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds DIR\n");
		return 2;
	}
	struct corpus dns = corpus_open(argv[1], "dns");
	corpus_add_fixtures(&dns, dns_messages, COUNT(dns_messages));
	corpus_add_text(&dns, DNS_QUERY("0001") "c00c 0001 0001");
	corpus_add_text(&dns, "3039 0100 0001 0000 0000 0002 {a} 0001 0001 00 00fa 00ff 00000000 0000 00 00fa 00ff 00000000 0000");
	struct corpus dhcp4 = corpus_open(argv[1], "dhcp4");
	corpus_add_fixtures(&dhcp4, dhcp4_messages, COUNT(dhcp4_messages));
	corpus_add_text(&dhcp4,
		"01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 35 <1 03 > ff 00*60 0c <1 'in-file' > ff 00*118 63825363 34 <1 03 > ff");
	struct corpus netbios = corpus_open(argv[1], "netbios");
	corpus_add_fixtures(&netbios, netbios_claims, COUNT(netbios_claims));
	corpus_add_text(&netbios, NETBIOS_CLAIM("2910", "{www.example.com}", "0000"));
	corpus_add_text(&netbios, NETBIOS_CLAIM("0110", NETBIOS_WS, "0000"));
	struct corpus dhcp6 = corpus_open(argv[1], "dhcp6");
	corpus_add_fixtures(&dhcp6, dhcp6_messages, COUNT(dhcp6_messages));
	corpus_add_text(&dhcp6, "07 0a0b0c 0004 <2 00000001 0005 <2 20010db8 00*12 > >");
	corpus_add_text(&dhcp6, "0c 00 00*32 0012 <2 'port' >");
	corpus_add_text(&dhcp6, "0e 0a0b0c");
	write_names(argv[1]);
	write_packets(argv[1]);
	write_prefixes(argv[1]);
	write_fingerprints(argv[1]);
	write_flights(argv[1]);
	write_server_hellos(argv[1]);
	write_tls(argv[1]);
	write_streams(argv[1]);
	write_savefiles(argv[1]);
	write_scripts(argv[1]);
	return 0;
}
