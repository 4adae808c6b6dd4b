/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the corpora that fuzzing began with: `seeds DIR` makes DIR/<target>/seed-NN. What fuzzing found since stands beside them. */
#include "../unit/fixtures.h"
#include "../unit/frames.h"
#include "../unit/octets.h"
#include "../unit/quic_sealer.h"

#include <c2watch/packet.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EIGHT(text) text text text text text text text text
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
		"00 2f 00*12 01 'a' 00 c00c c00f c011 c013 c015 c017 c019 c01b c01d c01f c021 c023 c025 c027 c029 c02b c02d c02f",
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
	IN_UDP("9090") "01 00 0001 01 " MACS "0800 " UDP4,
	IN_UDP("9090") "01 00 0001 00 0a 01 c4 01 " MACS "0800 " UDP4,
	IN_UDP("9090") "01 00 0012 01 0800 0000 020000000002 020000000001 020000000003 0000 aaaa03 000000 0800 " UDP4,
	IN_UDP("9090") "02 00 0001 01 ",
	IN_UDP("12b6") "0c000005 00000100 00001140 " UDP4,
	IN_UDP("12b6") "04000005 00000100 ",
	IN_UDP("12b5") "00000000 00002a00 ",
	IN_UDP("147f") "00100100 00000000 0008 0000 020000000002 020000000001 020000000003 0000 aaaa03 000000 0800 " UDP4,
	IN_UDP("147f") "00100000 00000000 " MACS "0800 " UDP4,
	IN_UDP("147f") "00100100 00000000 0800 0000 020000000002 020000000001 020000000003 0000 aaaa03 000000 0800 " UDP4,
	IN_UDP("19eb") "00001140 " UDP4,
	IN_UDP("13d0") "40 50 00 29 00000000 00*36 " UDP6,
	IN_GRE "0000 0800 " UDP4,
	"09 4800 0000 020000000002 020000000001 020000000003 0000",
	"09 0840 0000 020000000002 020000000001 020000000003 0000 aaaa03 000000 0800 " UDP4,
	"09 0804 0000 020000000002 020000000001 020000000003 0000 aaaa03 000000 0800 " UDP4,
	"09 8883 0000 020000000002 020000000001 020000000003 0000 020000000004 8000 00000000 020000000002 020000000001 0028 aaaa03 000000 0800 " UDP4,
	"00 " MACS "0003 06 06 00 00 " UDP4,
	"00 " MACS "0003 aa aa 03 0080c2 0007 " MACS "0800 " UDP4,
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

/* What ends a decode by a number. */
static const char *const unread_packets[] = {
	"00 " MACS "894f 0fc6 01 03 00000100 00*16 " MACS "0800 " UDP4,
	"00 " MACS "894f 0fc6 01 01 00000100 00*16 " UDP4,
	"00 " MACS "894f 0fc2 01 05 00000100 00001140 " UDP4,
	"00 " MACS "894f 0fc2 01 06 00000100 00*20",
	"00 " MACS "88e5 2c 00 00000001 00*8 00*40",
	"00 " MACS "88e5 20 00 00000001 00*8 0806 0001",
	"00 " MACS "0026 fe fe 03 83 00*35",
	"00 " MACS "0026 42 42 03 00*35",
	"00 " MACS "0028 aa aa 03 00000c 2000 00*32",
	"05 ff03 0031 00 02 00*20",
	"05 ff03 003d 80 000001 0021 00*20",
	"05 ff03 c021 01*8",
	"09 0841 0000 02*6 020000000001 020000000002 0000 aa*40",
	"0c 00 00 0800 93000000 00*20",
	"0d 0c000000 01000000 93000000 00*20",
	"0e 01 02 c4 00 0001 " UDP6,
	"0e 01 02 d4 ff 00*4 0001 " UDP4,
	"0e 01 02 d5 00 0001 00*20",
	"03 45 00 0024 1234 0000 40 32 0000 c0000201 c6336402 00001234 00*12",
};

static void write_packets(const char *dir)
{
	struct corpus corpus = corpus_open(dir, "packet");
	for (size_t i = 0; i < COUNT(packets); i++)
		corpus_add_text(&corpus, packets[i]);
	for (unsigned depth = 8; depth <= 32; depth += 8) { /* IP in IP, within the budget of layers and beyond it */
		struct octets header = octets_from("45 00 0000 1234 0000 40 04 0000 c0000201 c6336402");
		struct octets inner = octets_from(UDP4);
		uint8_t frame[1024] = {C2_LINK_RAW};
		size_t len = 1;
		for (unsigned i = 0; i < depth; i++, len += header.len)
			memcpy(frame + len, header.at, header.len);
		memcpy(frame + len, inner.at, inner.len);
		corpus_add(&corpus, frame, len + inner.len);
		octets_free(&header);
		octets_free(&inner);
	}
	for (size_t i = 0; i < COUNT(unread_packets); i++)
		corpus_add_text(&corpus, unread_packets[i]);
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
		"0000 90 00 0120 a0 00 0343 84 01 0003 00 40 0100 00 40 0090 20 00 003d 00 40",
		"0000 c1 00 0500 c1 00 0000 00 80 0500 c1 00 0410 04 02 0411 00 40 0000 00 80",
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
	corpus_add_text(&corpus, RECORD(HELLO("0010 <2 <2 <1 61*16 > <1 61*200 > <1 'h2' > <1 > <1 'h3' > <1 'a b' > <1 'h4' > <1 'h5' > <1 'h6' > "
					      "<1 61*15 > > >" VERSIONS)));
	corpus_add_text(&corpus, RECORD("01") RECORD("ffff 00 0303") RECORD("5a*64"));
	corpus_add_text(&corpus, RECORD("01 <3 0303 " RANDOM32 " <1 33*33 > " SUITES " <1 00 > <2 " SNI("'a.example'") " > >"));
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
	corpus_add_text(&corpus, HELLO("0010 <2 <2 > >"));
	corpus_add_text(&corpus, HELLO("0010 <2 <2 <1 > > > 002b <2 <1 03 > >"));
	corpus_add_text(&corpus, "02 <3 0303 >");
	corpus_add_text(&corpus, "01 <3 0303 " RANDOM32 " <1 > <2 00*600 > <1 00 > >");
	corpus_add_text(&corpus, "01 <3 0303 " RANDOM32 " <1 > 0040 13 >");
	corpus_add_text(&corpus, "01 <3 0303 " RANDOM32 " <1 > " SUITES " <1 00 > 0009 00 >");
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
	corpus_add_text(&corpus,
		RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE("", DER_ALT_NAMES(EIGHT(EIGHT(DER_DNS("'a.example'")) DER_DNS("'b.example'")))))));
	corpus_add_text(&corpus, RECORD("0e <3 >"));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO "0e <3 >"));
	corpus_add_text(&corpus, RECORD("02 <3 0403 " RANDOM32 " <1 > c02f 00 >" CERTIFICATES(ALT_CERTIFICATE)));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES("30 <1 02 <1 01 > > ")));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE("31 <1 30 <1 06 <1 55 > > > ", ""))));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE(DER_CN("'not a host'") DER_CN("'*.a.example'"), ""))));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE(DER_CN("'not/host'"), "a1 <1 00 > "))));
	corpus_add_text(
		&corpus, RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE("", "a3 82 <2 30 82 <2 30 <1 06 <1 551d13 > 04 <1 30 00 > > 30 <1 06 <1 "
									      "551d11 > 01 <1 ff > 04 <1 30 <1 82 <1 'a.example' > > > > > > "))));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE("", "a3 <1 30 <1 30 <1 06 <1 551d11 > 05 <1 00 > > > > "))));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES(DER_CERTIFICATE("", "a3 <1 30 <1 04 <1 00 > > > "))));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES("30 85 0000000001 00 ")));
	corpus_add_text(&corpus, RECORD(SERVER_HELLO CERTIFICATES("1f <1 00 > ")));
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

/* A script for the inspector is text, as inspect_fuzz.c reads it: kind, port, time since the frame before, and a block. */
#define FRAME(how, port, wait, octets) how " " port " " wait " <2 " octets " > "
#define TCP(seq, octets) FRAME("00", "00", "01", seq " 18 " octets)
#define TCP_BACK(seq, octets) FRAME("01", "00", "01", seq " 18 " octets)
#define SYN(seq) FRAME("00", "00", "01", seq " 02")
#define TCP_TO(port, seq, octets) FRAME("00", port, "01", seq " 18 " octets)
#define UDP(port, octets) FRAME("02", port, "01", octets)
#define UDP_BACK(port, octets) FRAME("03", port, "01", octets)
#define UDP_BOTH(port, octets) FRAME("04", port, "01", octets)
#define FRAGMENT(wait, more_offset, id, octets) FRAME("05", "01", wait, more_offset " " id " " octets)
#define WHOLE(octets) FRAME("06", "00", "01", octets)
#define LINK(octets) FRAME("07", "00", "01", octets)
#define NL "0d0a "
#define END "0d0a 0d0a "
#define SERVER_FLIGHT RECORD(SERVER_HELLO CERTIFICATES(ALT_CERTIFICATE) SERVER_DONE)
#define EVIL_HELLO RECORD(HELLO(VERSIONS SNI("'www.evil.example'")))
#define EVIL_QUERY "3039 0100 0001 0000 0000 0000 {www.evil.example} 0001 0001"
#define EVIL_ANSWER                                                                                                                   \
	DNS_RESPONSE("0001", "0004")                                                                                                  \
	"{fine.example} 0001 0001" RR("c00c", "0005", "{evil.example}") RR("c02a", "0001", "c0000209") RR("c02a", "0001", "c000020a") \
		RR("c02a", "001c", "20010db8 00*11 01")
#define DTLS_RECORD(octets) "16 fefd 0000 000000000000 <2 " octets " > "
#define DTLS_HELLO(sequence, whole, offset, octets) "01 " whole " " sequence " " offset " <3 " octets " > "
#define DTLS_BODY "fefd " RANDOM32 " <1 > <1 > " SUITES " <1 00 > <2 " SNI("'www.evil.example'") " > "
#define UDP_HEADER "9c40 0035 0036 0000 "
#define MDNS(host, rdata) "0000 8400 0000 0001 0000 0000 {" host "} 0001 8001 00000078 <2 " rdata " > "

/* What several frames are to each other: order, gaps, repetitions, contradictions, time, directions. */
static const char *const scripts[] = {
	/* what servers answer, and what stands beside a hello */
	TCP("0001", "15 0301 <2 0170 > " EVIL_HELLO) FRAME("01", "00", "00", "1000 10 " RECORD(SERVER_HELLO_13)),
	TCP("0001", EVIL_HELLO)
		FRAME("01", "00", "00", "1000 10 15 0303 <2 0170 > " RECORD("02 <3 0303 " RANDOM32 " <1 > c02f 00 <2 0010 <2 <2 <1 'h2' > > > > >")),
	TCP("0001", "80 2e 01 0301 0015 0000 0010 00*21 5a*16"),
	SYN("0000") TCP("0001", "80 2e 01 0301 0015 0000 0010 00*21 5a*16"),
	FRAME("02", "00", "00",
		"16 fefd 0000 000000000000 <2 01 000049 0000 000000 <3 fefd " RANDOM32 " <1 > <1 > " SUITES
		" <1 00 > <2 " SNI("'www.evil.example'") " > > >")
		FRAME("03", "00", "00", "16 fefd 0000 000000000000 <2 02 000026 0000 000000 <3 fefd " RANDOM32 " <1 > c02b 00 > >"),
	/* heads */
	SYN("0000") TCP("0001", EVIL_HELLO),
	TCP("0001", EVIL_HELLO) TCP("0001", EVIL_HELLO),
	SYN("0000") SYN("0000") SYN("0100") TCP("0001", EVIL_HELLO) TCP("0101", "'not it'") TCP("0101", EVIL_HELLO),
	SYN("0000") FRAME("00", "00", "05", "0101 18 " EVIL_HELLO),
	SYN("0000") TCP("0001", "'nothing at all'") TCP("0001", EVIL_HELLO) TCP("0001", "'nothing at all'") TCP("0010", EVIL_HELLO),
	SYN("0000") TCP("0101", "'later'") TCP("0101", "'later'") TCP("0101", "'other'") TCP("0001", "16 0301 0100 00*252"),
	SYN("fff0") TCP("fff1", "'EHLO a.example'" NL) TCP_BACK("0000", "'220 ready'" NL) TCP("0001", EVIL_HELLO),
	SYN("0000") TCP("ffff", "'far'") FRAME("00", "00", "01", "0001 18 16 0301 4000 01 003ffc 0303 00*8000") TCP("1f4a", "00*4000"),
	SYN("0000") TCP("0001", RECORD("01 000030 0303") "15 0301 <2 0100 >"),
	FRAME("20", "00", "01", "0001 18 " EVIL_HELLO),
	FRAME("40", "00", "01", "0001 18 " EVIL_HELLO) FRAME("c8", "00", "01", "0001 18 " EVIL_HELLO),
	TCP("0001", RECORD(HELLO(ECH VERSIONS SNI("'public.evil.example'")))),
	/* requests */
	SYN("0000") TCP("0001", "'GET / HTTP/1.1'" NL "'Host: www.evil.example'" END "'GET http://b.example/ HTTP/1.1'" NL "'Host: c.example'" END),
	SYN("0000") TCP("0001", "'GET / HTTP/1.1'" NL "'Host: a.example'" NL) TCP("0024", "'X: y'" END "'GET / HTTP/1.1'" NL "'Host: b.example'" END),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 5'" END "'Host:'"
				"'GET / HTTP/1.1'" NL "'Host: b.example'" END),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Transfer-Encoding: chunked'" END "'5'" NL "'Host:'" NL "'0'" NL
				"'T: u'" END "'GET / HTTP/1.1'" NL "'Host: b.example'" END),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Transfer-Encoding: chunked'" END "'0'" NL "'T: u'" NL),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Transfer-Encoding: chunked'" END "'xyz'" NL),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Transfer-Encoding: gzip'" END "'xyz'" NL),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 2000000000'" END "'xyz'"),
	SYN("0000") TCP("0001", "'POST / HTTP/1.1'" NL "'Host: a.example'" NL "'Content-Length: 10'" END) TCP("0056", EVIL_HELLO)
		TCP("0048", "'0123456789'"),
	SYN("0000") TCP("0001", "'CONNECT www.evil.example:443 HTTP/1.1'" NL "'Host: www.evil.example'" END) TCP("0043", EVIL_HELLO),
	SYN("0000") TCP("0001", "'GET x'" NL),
	TCP("0001", "'GET / HTTP/1.1'" NL "'Host: www.evil.example'" END),
	/* tunnels */
	SYN("0000") TCP("0001", "05 <1 00 02 >") TCP("0005", "01 <1 'user' > <1 'password' >") TCP("0013", "05 01 00 03 <1 'www.evil.example' > 01bb")
		TCP("002a", EVIL_HELLO),
	SYN("0000") TCP("0001", "05 <1 00 >") TCP("0004", "05 01 00 01 c0000201 01bb") TCP("000e", EVIL_HELLO),
	SYN("0000") TCP("0001", "04 01 01bb 00000001 'user' 00 'www.evil.example' 00 " EVIL_HELLO),
	SYN("0000") TCP("0001", "04 07"),
	SYN("0000") TCP("0001", "'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443'" NL EVIL_HELLO),
	SYN("0000") TCP("0001", "'PROXY TCP4'") TCP("000b", "' 192.0.2.1 192.0.2.2 5000 443'" NL EVIL_HELLO),
	TCP("0001", "0d0a0d0a 00 0d0a 'QUIT' 0a 21 11 <2 c0000201 c0000202 1388 01bb > " EVIL_HELLO),
	/* certificates */
	TCP_BACK("0001", SERVER_FLIGHT),
	TCP_BACK("0001", RECORD(SERVER_HELLO)) TCP_BACK("0060", RECORD(CERTIFICATES(ALT_CERTIFICATE))),
	TCP_BACK("0001", RECORD(SERVER_HELLO) RECORD(CERTIFICATES(DER_CERTIFICATE(DER_CN("'www.evil.example'"), "")))),
	TCP_BACK("0001", RECORD("02 <3 0303 " RANDOM32 " <1 > 1301 00 <2 002b <2 0304 > > >")),
	TCP_BACK("0001", RECORD(SERVER_HELLO) "14 0303 <2 01 >"),
	TCP_BACK("0001", RECORD(SERVER_HELLO CERTIFICATES("30 80 30 80"))),
	/* DNS */
	UDP("01", EVIL_QUERY) UDP_BACK("01", EVIL_ANSWER),
	UDP("0e", EVIL_QUERY) UDP_BACK("0e", EVIL_ANSWER) UDP("0e", DNS_QUERY("0001") "04 ff617a62 00 0001 0001"),
	UDP("0e", EVIL_QUERY "00") UDP("0e", DNS_QUERY("0001") "00 0002 0001") UDP("0e", DNS_QUERY("0001") "{a.example} 0001 0003"),
	UDP_BACK("01",
		DNS_RESPONSE("0001", "0002") "{evil.example} 0001 0001" RR("c00c", "000f", "000a 04 'mail' c00c") RR("c00c", "0001", "c0000201")),
	UDP_BACK("01", DNS_RESPONSE("0001", "0001") "{evil.example} 0001 0001" RR("c00c", "0001", "c000")),
	UDP("01", "3039 2800 0001 0000 0001 0000 {example.com} 0006 0001" RR("{new.evil.example}", "0001", "c0000201")),
	SYN("0000") TCP_TO("01", "0001", "<2 " EVIL_QUERY " > <2 " EVIL_QUERY " >"),
	FRAME("01", "01", "01", "0000 12") FRAME("01", "01", "01", "0001 18 <2 " EVIL_ANSWER " > 00"),
	TCP_TO("01", "0001", "<2 " EVIL_QUERY " >"),
	SYN("0000") TCP_TO("01", "0001", "0001 00 0001 00 0001 00 0001 00 0001 00"),
	FRAME("00", "01", "01", "0000 02") TCP_TO("01", "0001", "'GET / HTTP/1.1'" NL "'Host: www.evil.example'" END),
	UDP_BOTH("06", "0000 0000 0001 0000 0000 0000 {printer.local} 0001 0001") UDP_BOTH("06", MDNS("laptop-7.local", "0a000007")),
	UDP_BOTH("06", MDNS("a.b.local", "0a000007")) UDP_BOTH("06", MDNS("x.local", "0a000009")) UDP_BOTH("06", MDNS("x.other", "0a000007")),
	UDP_BACK("07", "3039 8000 0001 0001 0000 0000 {laptop-7} 0001 0001" RR("{laptop-7}", "0001", "c0000201")),
	UDP_BACK("07", "3039 8100 0001 0001 0000 0000 {laptop-7} 0001 0001" RR("{laptop-7}", "0001", "c0000201")) UDP("07", EVIL_QUERY),
	UDP_BOTH("05", NETBIOS_CLAIM("2910", NETBIOS_WS, "0000")) UDP_BOTH("05", "3039 0110 0001 0000 0000 0000 " NETBIOS_WS " 0020 0001"),
	UDP_BOTH("05", "3039 8500 0000 0001 0000 0000 " NETBIOS_WS " 0020 0001 000493e0 <2 0000 0a000007 >"),
	FRAME("04", "05", "80", NETBIOS_CLAIM("2910", NETBIOS_WS, "0000")),
	/* DTLS */
	UDP("0e", DTLS_RECORD(DTLS_HELLO("0000", "00004a", "000000", DTLS_BODY))),
	UDP("0e", DTLS_RECORD(DTLS_HELLO("0000", "00004a", "000000", "fefd " RANDOM32 "00 00"))
			  DTLS_RECORD(DTLS_HELLO("0000", "00004a", "000024", SUITES " <1 00 > <2 " SNI("'www.evil.example'") " > "))),
	UDP("0e", DTLS_RECORD(DTLS_HELLO("0000", "00004a", "000024", SUITES " <1 00 > <2 " SNI("'www.evil.example'") " > ")))
		UDP("0e", DTLS_RECORD(DTLS_HELLO("0000", "00004b", "000000", "fefd")))
			UDP("0e", DTLS_RECORD(DTLS_HELLO("0000", "00004a", "000000", "fefd " RANDOM32 "00 00"))),
	UDP("0e", DTLS_RECORD(DTLS_HELLO("0001", "01ffff", "010000", "00*40")))
		UDP("0e", DTLS_RECORD(DTLS_HELLO("0001", "01ffff", "000000", "00*40"))),
	/* fragments */
	FRAGMENT("01", "2000", "0001", UDP_HEADER "3039 0100 0001 0000 0000 0000 03 'www' ")
		FRAGMENT("01", "0003", "0001", "04 'evil' 07 'example' 00 0001 0001 'and more of it'"),
	FRAGMENT("01", "0003", "0002", "04 'evil' 07 'example' 00 0001 0001 'and more of it'")
		FRAGMENT("01", "2000", "0002", UDP_HEADER "3039 0100 0001 0000 0000 0000 03 'www' "),
	FRAGMENT("01", "2000", "0003", UDP_HEADER EVIL_QUERY) FRAGMENT("06", "2000", "0004", UDP_HEADER EVIL_QUERY)
		FRAGMENT("08", "2000", "0005", UDP_HEADER),
	FRAGMENT("01", "2000", "0006", UDP_HEADER EVIL_QUERY) FRAGMENT("01", "2001", "0006", "ff*40") FRAGMENT("01", "0009", "0006", "00*16")
		FRAGMENT("01", "0008", "0006", "00*32"),
	FRAGMENT("01", "3fff", "0007", "00*16") FRAGMENT("01", "2400", "0008", "00*1400") FRAGMENT("01", "2000", "0008", UDP_HEADER),
	FRAGMENT("01", "2000", "0009",
		"'cut off'"
		"00") FRAGMENT("04", "0001", "0009", "00*16"),
	/* hosts */
	UDP("03", DHCP("01", "00000000", "00000000", "35 <1 03 > 0c <1 'laptop-7' > 51 <1 05 0000 {laptop-7.example.com} > 3c <1 'MSFT 5.0' > ff"))
		UDP_BOTH("04", DHCP("02", "00000000", "0a000007", "35 <1 05 > 33 <1 00000e10 > 36 <1 0a000001 > ff")),
	UDP("03", DHCP("02", "0a000007", "00000000", "35 <1 05 > ff 00*32")) UDP("03", DHCP("02", "00000000", "00000000", "35 <1 06 > ff")),
	FRAME("02", "01", "07", EVIL_QUERY) FRAME("02", "01", "07", EVIL_QUERY) FRAME("02", "01", "08", EVIL_QUERY),
	/* QUIC that no key opens, or none is made for */
	UDP("00", "c3 00000001 <1 0102030405060708 > <1 > <1 > <2 00*1200 >") UDP("00", "c3 00000001 <1 0102030405060708 > <1 > 00 4014 00*20"),
	UDP("00", "c0 1a2a3a4a <1 0102030405060708 > <1 > 00 44b0 00*1200") UDP("00", "c0 1a2a3a4a <1 01 > <1 > 00 14 00*20"),
	UDP_BACK("00", "80 00000000 <1 01 > <1 0102030405060708 > 00000001 6b3343cf") UDP("00", "80 00000000 <1 01 > <1 02 > 000000"),
	UDP("00", "e0 00000001 <1 01 > <1 02 > 14 00*20") UDP("00", "f0 00000001 <1 01 > <1 02 > 'token' 00*16")
		UDP("00", "c0 00000001 <1 00*21 > <1 > 00"),
	UDP("00", "c0 ff0000ff <1 0102030405060708 > <1 00*21 > 00 44b0 00*1200") UDP("00", "c0 00000001 <1 01 > <1 > 00 05 00*5"),
	LINK("03 " TCP4 "00*10") LINK("01 0000 0001 0006 020000000001 0000 0800 " UDP4) LINK("00"),
	WHOLE("00*5") WHOLE("020000000002 020000000001 0800 45 00") WHOLE("020000000002 020000000001 0800 55 00*30"),
};

#define OF_IP(proto, len, octets) WHOLE(MACS "0800 45 00 " len " 1234 4000 40 " proto " 0000 c0000201 c6336402 " octets)
#define SYN_OCTETS "3039 01bb 00000064 00000000 50 02 ffff 0000 0000"
#define SYN_TO(addr) WHOLE(MACS "0800 45 00 0028 1234 4000 40 06 0000 c0000201 " addr " " SYN_OCTETS)
#define SYN_TO6(addr) WHOLE(MACS "86dd 60000000 0014 06 40 20010db8 00*11 01 " addr " " SYN_OCTETS)

/* What cannot be read, and is counted. */
static const char *const blind_scripts[] = {
	UDP("0e", "01 00*3 aa*144") UDP("0e", "02 00*3 aa*88") UDP("0e", "03 00*3 aa*60") UDP("0e", "04 00*3 aa*28") UDP("0e", "04 00*3 aa*29")
		UDP("0e", "05 00*3 aa*28"),
	OF_IP("11", "002c", "1194 1194 0018 0000 00001234 00*12") OF_IP("11", "002c", "1194 1194 0018 0000 00*16")
		OF_IP("11", "002c", "04aa 04aa 0018 0000 38 aa*15") OF_IP("32", "0024", "00001234 00*12"),
	LINK("09 0841 0000 02*6 020000000001 020000000002 0000 aa*40") WHOLE(MACS "0806 0001") WHOLE(MACS "0026 42 42 03 00*35"),
	SYN("0000") TCP_BACK("0000", "") TCP("0001", RECORD(HELLO(VERSIONS SNI("'www.dns.example'")))),
	SYN("0000") FRAME("01", "00", "01", "0000 12") TCP("0001", EVIL_HELLO),
	TCP_TO("0b", "0001", EVIL_HELLO) TCP_TO("0c", "0001", RECORD(HELLO(VERSIONS SNI("'dns.example'") "0010 <2 <2 <1 'dot' > > >"))),
	UDP_BACK("01", EVIL_ANSWER) SYN_TO("c0000209") SYN_TO("c000020b") SYN_TO("00000001") SYN_TO("0a000001") SYN_TO("64400001") SYN_TO("a9fe0001")
		SYN_TO("ac100001") SYN_TO("c0a80001") SYN_TO("e0000001") SYN_TO("08080808"),
	UDP_BACK("01", EVIL_ANSWER) SYN_TO6("20010db8 00*11 01") SYN_TO6("fd00 00*13 01") SYN_TO6("fe80 00*13 01") SYN_TO6("00*15 01")
		SYN_TO6("ff02 00*13 01"),
};

/* A script's frame: what stands before its block, and in it `before` and the octets of `text` from `from` to `to`. */
static size_t put_frame(uint8_t *script, const char *header, const char *before, const char *text, size_t from, size_t to)
{
	struct octets how = octets_from(header);
	struct octets first = octets_from(before);
	struct octets octets = octets_from(text);
	to = to < octets.len ? to : octets.len;
	size_t len = first.len + (to - from);
	memcpy(script, how.at, 3);
	script[3] = (uint8_t)(len >> 8);
	script[4] = (uint8_t)len;
	memcpy(script + 5, first.at, first.len);
	memcpy(script + 5 + first.len, octets.at + from, to - from);
	octets_free(&how);
	octets_free(&first);
	octets_free(&octets);
	return 5 + len;
}

/* DHCPv6 as frames. */
static void write_dhcp6(struct corpus *corpus)
{
	uint8_t script[2048];
	for (size_t i = 0; i < COUNT(dhcp6_messages); i++) {
		char text[512];
		struct octets octets = octets_from(dhcp6_messages[i].octets);
		snprintf(text, sizeof text,
			"333300010002 020000000001 86dd 60000000 %04zx 11 01 fe80 00*13 01 ff02 00*10 0001 0002 %04x %04x %04zx 0000", octets.len + 8,
			i % 2 ? 547 : 546, i % 2 ? 546 : 547, octets.len + 8);
		octets_free(&octets);
		corpus_add(corpus, script, put_frame(script, "06 00 01", text, dhcp6_messages[i].octets, 0, 9999));
	}
}

/* More undecided flows, heads and datagrams than there is room for; and a message with more names than the ring has room for. */
static void write_crowds(struct corpus *corpus)
{
	static uint8_t script[65536];
	size_t len = 0;
	for (unsigned i = 0; i < 100; i++) {
		char text[32];
		snprintf(text, sizeof text, "2000 %04x ", i);
		len += put_frame(script + len, "05 01 01", text, UDP_HEADER "00*8", 0, 9999);
	}
	corpus_add(corpus, script, len);
	len = 0;
	for (unsigned i = 0; i < 4; i++) {
		char how[16];
		snprintf(how, sizeof how, "%02x 00 01", i << 3);
		len += put_frame(script + len, how, "0000 02", "", 0, 0);
		len += put_frame(script + len, how, "1100 18", "00*1400", 0, 9999);
		len += put_frame(script + len, how, "0001 18", "16 0301 4000 01 003ffc 0303 00*1000", 0, 9999);
	}
	corpus_add(corpus, script, len);
	len = put_frame(script, "03 01 80", DNS_RESPONSE("0001", "0060") "{evil.example} 0001 0001", "", 0, 0);
	for (unsigned i = 0; i < 0x60; i++) {
		struct octets record = octets_from(RR("c00c", "0001", "c0000209"));
		memcpy(script + len, record.at, record.len);
		len += record.len;
		octets_free(&record);
	}
	script[3] = (uint8_t)((len - 5) >> 8);
	script[4] = (uint8_t)(len - 5);
	len += put_frame(script + len, "02 01 01", EVIL_QUERY, "", 0, 0);
	corpus_add(corpus, script, len);
}

/* A frame of an Initial from `scid` to `dcid`, under the keys of `keys_of`. */
static size_t put_initial(
	uint8_t *script, const char *header, const char *dcid, const char *scid, const char *keys_of, const uint8_t *frames, size_t len)
{
	static uint8_t sealed[SEALED_MAX];
	static uint64_t pn;
	struct sealer_keys keys;
	sealer_keys(1, (const uint8_t *)keys_of, strlen(keys_of), header[1] == '3', &keys);
	struct sealer_packet packet = {.version = 1,
		.dcid = (const uint8_t *)dcid,
		.dcid_len = strlen(dcid),
		.scid = (const uint8_t *)scid,
		.scid_len = strlen(scid),
		.frames = frames,
		.frames_len = len,
		.pn = pn++};
	size_t n = sealer_seal(&packet, &keys, sealed);
	size_t at = put_frame(script, header, "", "", 0, 0);
	memcpy(script + at, sealed, n);
	script[3] = (uint8_t)(n >> 8);
	script[4] = (uint8_t)n;
	return at + n;
}

/* A hello in two Initials, the second to the id that the server has chosen; what the server says between them; and once more, later. */
static void write_connections(struct corpus *corpus)
{
	uint8_t hello[2048], first[1500], second[1500], script[16384];
	size_t hello_len = sealer_hello(hello, "www.evil.example", 1216);
	size_t first_len = sealer_crypto(first, 0, hello, 600);
	size_t second_len = sealer_crypto(second, 600, hello + 600, hello_len - 600);
	size_t len = put_initial(script, "02 00 01", "original", "client", "original", first, first_len);
	len += put_initial(script + len, "03 00 01", "client", "server", "original", (const uint8_t *)"\x06\x00\x04\x02\x00\x00\x00", 7);
	len += put_initial(script + len, "02 00 01", "server", "client", "original", second, second_len);
	len += put_initial(script + len, "02 00 01", "original", "client", "original", first, first_len);
	len += put_initial(script + len, "02 00 05", "original", "client", "original", first, first_len);
	corpus_add(corpus, script, len);
	len = put_initial(script, "02 00 01", "original", "client", "original", (const uint8_t *)"\x01", 1);
	len += put_initial(script + len, "02 00 01", "original", "client", "another", first, first_len);
	len += put_initial(script + len, "02 00 01", "retried!", "client", "retried!", first, first_len);
	len += put_initial(script + len, "02 00 01", "retried!", "client", "retried!", second, second_len);
	len += put_initial(script + len, "02 00 01", "nextconn", "client", "nextconn", first, first_len);
	len += put_initial(script + len, "02 00 01", "nextconn", "client", "wrong", first, first_len);
	corpus_add(corpus, script, len);
}

/* A hello that is cut behind its name, and what comes then: its end, nonsense, nothing for a second, another name, a new connection, the server. */
#define CUT_HELLO(host) "16 0301 0100 01 0000fc 0303 " RANDOM32 " <1 33*32 > " SUITES " <1 00 > 0080 " SNI("'" host "'")
static const char *const held_scripts[] = {
	TCP("0001", CUT_HELLO("www.evil.example")) TCP("0001", CUT_HELLO("www.evil.example") "00*200"),
	TCP("0001", CUT_HELLO("www.evil.example")) TCP("0001", CUT_HELLO("www.evil.example") "ff*200"),
	TCP("0001", CUT_HELLO("www.evil.example")) FRAME("00", "00", "04", "0400 18 00") TCP("0001", CUT_HELLO("www.evil.example")),
	TCP("0001", CUT_HELLO("www.evil.example")) TCP("0001", CUT_HELLO("bad.example")) TCP("0800", CUT_HELLO("bad.example")),
	TCP("0001", CUT_HELLO("www.evil.example")) TCP("0800", CUT_HELLO("bad.example")),
	TCP("0001", CUT_HELLO("www.evil.example")) SYN("0700") TCP("0701", CUT_HELLO("www.evil.example")),
	TCP("0001", CUT_HELLO("www.evil.example")) FRAME("01", "00", "00", "1000 10 " RECORD(SERVER_HELLO_13)),
};

static void write_scripts(const char *dir)
{
	static const char long_hello[] = RECORD(HELLO(VERSIONS KEY_SHARE(1216) SNI("'www.evil.example'")));
	static const char *const orders[] = {"0001 10", "0101 10"};
	struct corpus corpus = corpus_open(dir, "inspect");
	uint8_t script[8192];
	for (unsigned turned = 0; turned < 2; turned++) {
		size_t len = put_frame(script, "00 00 01", "0000 02", "", 0, 0);
		len += put_frame(script + len, "00 00 01", orders[turned], long_hello, turned ? 256 : 0, turned ? 9999 : 256);
		len += put_frame(script + len, "00 00 01", orders[!turned], long_hello, turned ? 0 : 256, turned ? 256 : 9999);
		corpus_add(&corpus, script, len);
	}
	for (size_t i = 0; i < COUNT(scripts); i++)
		corpus_add_text(&corpus, scripts[i]);
	for (size_t i = 0; i < COUNT(hellos); i++)
		corpus_add(&corpus, script, put_frame(script, "00 00 01", "0001 10", hellos[i].octets, 0, 9999));
	for (size_t i = 0; i < COUNT(dns_messages); i++)
		corpus_add(&corpus, script, put_frame(script, i % 2 ? "03 01 01" : "02 01 01", "", dns_messages[i].octets, 0, 9999));
	write_dhcp6(&corpus);
	write_crowds(&corpus);
	write_connections(&corpus);
	for (size_t i = 0; i < COUNT(blind_scripts); i++)
		corpus_add_text(&corpus, blind_scripts[i]);
	for (size_t i = 0; i < COUNT(held_scripts); i++)
		corpus_add_text(&corpus, held_scripts[i]);
}

/* Steps for the tables: see what reads them. */
static void write_tables(const char *dir)
{
	static const char *const flows[] = {
		"00 01 0001 01 01 4000 03 01 0010 04 01 0000",
		"00 01 0001 01 01 1400 02 01 0800 03 01 0400 03 01 ffff",
		"00 20 0000 02 20 4010 00 21 0000 01 21 0400 02 21 5010 00 22 0000 02 22 7fff 03 20 0001 04 21 0000 02 20 0008",
		"00 00 0000 00 01 0000 05 00 0001 00 02 0000 04 02 0010 00 03 0000 00 04 0000 01 04 4000 00 05 0000 00 06 0000 00 07 0000 00 08 0000 "
		"00 09 0000 "
		"00 0a 0000",
		"00 30 0001 01 30 4000 00 30 0002 01 30 0100 02 30 8000",
	};
	static const char *const frags[] = {
		"01 07 8000 02 00 01 07 8002 02 00 01 07 0004 02 00",
		"01 07 0004 02 00 01 07 8002 02 00 01 07 8000 02 00",
		"04 07 8000 ff 00 04 07 87f0 ff 00 04 07 0480 ff 00 04 07 8480 20 00 04 07 80ff f0 00",
		"01 07 8000 02 00 01 08 8000 02 1f 01 09 a000 02 00 01 09 8000 02 00 01 09 4002 01 00 01 09 0002 01 00 01 09 0003 01 00",
		"01 07 9fff 02 00 02 07 9ffe 01 00",
	};
	uint8_t crowd[6 * 80];
	struct corpus table = corpus_open(dir, "flow_table");
	struct corpus frag = corpus_open(dir, "frag");
	for (size_t i = 0; i < COUNT(flows); i++)
		corpus_add_text(&table, flows[i]);
	for (size_t i = 0; i < COUNT(frags); i++)
		corpus_add_text(&frag, frags[i]);
	for (unsigned i = 0; i < 80; i++)
		memcpy(crowd + i * 6, (const uint8_t[]){3, (uint8_t)i, 0x80, 0, 2, 0}, 6);
	corpus_add(&frag, crowd, sizeof crowd);
	for (unsigned i = 0; i < 80; i++)
		memcpy(crowd + i * 6, (const uint8_t[]){(uint8_t)(i & 7), (uint8_t)i, 0x88, 0, 2, 0}, 6);
	corpus_add(&frag, crowd, sizeof crowd);
}

static void write_dtls(const char *dir)
{
	static const char *const texts[] = {
		DTLS_RECORD(DTLS_HELLO("0000", "00004a", "000000", DTLS_BODY)),
		DTLS_RECORD(DTLS_HELLO("0000", "000010", "000000", "aa*8") DTLS_HELLO("0000", "000010", "000008", "bb*8")),
		DTLS_RECORD(DTLS_HELLO("0000", "000010", "00000c", "aa*8")),
		DTLS_RECORD(DTLS_HELLO("0000", "000010", "000000", "aa*8")) "17 fefd 0001 000000000000 <2 00*20 >",
		DTLS_RECORD("02 000010 0000 000000 <3 00*16 >"),
		DTLS_RECORD("01 000010 0000 000000 000010 00*4"),
		"16 fefd 0000 000000000000 ffff 00*20",
		"16 fefd 0000 000000000000 0040 01 000010 0000 000000 000010 00*4",
		DTLS_RECORD("") DTLS_RECORD(DTLS_HELLO("0000", "000001", "000000", "aa")),
		DTLS_BODY,
		"fefd " RANDOM32 " <1 > <1 aabb > " SUITES " <1 00 > <2 " SNI("'www.evil.example'") " > ",
		"fefd " RANDOM32 " <1 > <1 > " SUITES " <1 00 > ",
		"0303 " RANDOM32,
	};
	struct corpus corpus = corpus_open(dir, "dtls");
	for (size_t i = 0; i < COUNT(texts); i++)
		corpus_add_text(&corpus, texts[i]);
}

static void write_http2(const char *dir)
{
	static const char *const http2_parts[] = {
		"01 000004 01 00 00000001 82868441 000010 09 04 00000001 0f 'www.example.com'",
		"01 00000b 01 2c 00000001 02 00000000 0f 41 01 'a' 0000",
		"02 828684 41 0f 'www.example.com' be 58 08 'no-cache' 3f9a0a",
		"02 828684 41 8c f1e3c2e5f23a6ba0ab90f4ff 40 8825a849e95ba97d7f 8925a849e95bb8e8b4bf be",
		"02 00 0a ':authority' 01 'a' 00 04 'host' 01 'b' 00 07 ':method' 07 'CONNECT' 00 09 ':protocol' 01 'w'",
		"02 41 84 ffffffff",
	};
	struct corpus http2 = corpus_open(dir, "http2");
	for (size_t i = 0; i < COUNT(http2_connections); i++) {
		char text[1024];
		snprintf(text, sizeof text, "00 %s", http2_connections[i].octets);
		corpus_add_text(&http2, text);
	}
	for (size_t i = 0; i < COUNT(http2_parts); i++)
		corpus_add_text(&http2, http2_parts[i]);
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
		"'T: u' 0d0a",
		"'GET /' 0d0a",
		"'GET / HTTX/1.1' 0d0a",
		"'GE(T / HTTP/1.1' 0d0a",
		"'GET /x:y HTTP/1.1' 0d0a 'X' 0d0a 'Host: a..b' 0d0a0d0a",
		"'POST http:// HTTP/1.1' 0d0a 'Content-Length: 1' 0d0a 'Content-Length: 2' 0d0a 'Transfer-Encoding: x' 0d0a0d0a",
		"'GET http://a.example#f HTTP/1.1' 0d0a 'Host: [::1' 0d0a 20 ':80' 0d0a 'Content-Length: x' 0d0a0d0a",
		"'ffffffffffffffffff' 0d0a",
		"'zz' 0d0a",
		"61*1100",
		"0d0a",
	};
	static const char *const hellos_of_others[] = {
		"00 04 01 0050 00000001 'user' 00 'www.example.com' 00",
		"00 05 <1 00 02 >",
		"01 01 <1 'user' > <1 'password' >",
		"01 05 01 00 03 <1 'www.example.com' > 01bb",
		"01 05 01 00 04 20010db8 00*11 01 01bb",
		"00 'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443' 0d0a",
		"00 0d0a0d0a 00 0d0a 'QUIT' 0a 21 11 <2 c0000201 c0000202 1388 01bb >",
		"00 04 01 0050 c0000201 'user' 00",
		"00 04 03 0050 c0000201 'user' 00",
		"00 04 01 0050 00000001 'user' 00 'a..b' 00",
		"00 04 01 0050 00000001 61*300",
		"01 05 01 00 01 c0000201 01bb",
		"01 05 04 00 01 c0000201 01bb",
		"01 05 01 00 07 c0000201 01bb",
		"01 05 01 00 03 <1 'a..b' > 01bb",
		"01 05 01 00",
		"00 05 00",
		"00 06",
		"00",
		"00 'PROXY ' 61*120",
		"00 'PROXY TCP4'",
	};
	struct corpus http = corpus_open(dir, "http");
	for (size_t i = 0; i < COUNT(requests); i++)
		corpus_add_text(&http, requests[i]);
	struct corpus socks = corpus_open(dir, "socks");
	for (size_t i = 0; i < COUNT(hellos_of_others); i++)
		corpus_add_text(&socks, hellos_of_others[i]);
}

/* A query with the options of an OPT record. */
#define EDNS_QUERY(options) "3039 0100 0001 0000 0000 0001 {a} 0001 0001 00 0029 1000 00000000 <2 " options " > "

static void write_dns(const char *dir)
{
	static const char *const texts[] = {
		DNS_QUERY("0001") "c00c 0001 0001",
		"3039 0100 0001 0000 0000 0002 {a} 0001 0001 00 00fa 00ff 00000000 0000 00 00fa 00ff 00000000 0000",
		EDNS_QUERY("0008 <2 0001 18 00 c00002 >"),
		EDNS_QUERY("000a <2 00*8 > 0008 <2 0002 38 00 20010db8000000 >"),
		EDNS_QUERY("0008 <2 0001 00 00 >"),
		EDNS_QUERY("0008 <2 0001 19 00 c00002ff >"),
		EDNS_QUERY("0008 <2 0001 18 00 c00002 > 0008 <2 0001 18 00 c00003 >"),
		EDNS_QUERY("0008 0040 00"),
	};
	struct corpus corpus = corpus_open(dir, "dns");
	corpus_add_fixtures(&corpus, dns_messages, COUNT(dns_messages));
	for (size_t i = 0; i < COUNT(texts); i++)
		corpus_add_text(&corpus, texts[i]);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds DIR\n");
		return 2;
	}
	write_dns(argv[1]);
	struct corpus dhcp4 = corpus_open(argv[1], "dhcp4");
	corpus_add_fixtures(&dhcp4, dhcp4_messages, COUNT(dhcp4_messages));
	corpus_add_text(&dhcp4,
		"01 01 06 00 01020304 0000 0000 00*16 025e00000001 00*10 35 <1 03 > ff 00*60 0c <1 'in-file' > ff 00*118 63825363 34 <1 03 > ff");
	struct corpus netbios = corpus_open(argv[1], "netbios");
	corpus_add_fixtures(&netbios, netbios_claims, COUNT(netbios_claims));
	corpus_add_text(&netbios, NETBIOS_CLAIM("2910", "{www.example.com}", "0000"));
	corpus_add_text(&netbios, NETBIOS_CLAIM("0110", NETBIOS_WS, "0000"));
	corpus_add_text(&netbios, NETBIOS_CLAIM("2910", "20 'ZZFDCNDADBDEDCCACACACACACACACAAA' 00", "0000"));
	corpus_add_text(&netbios, NETBIOS_CLAIM("2910", "20 'CACACACACACACACACACACACACACACAAA' 00", "0000"));
	corpus_add_text(&netbios, "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 c00c 0021 0001 000493e0 <2 0000 0a000007 >");
	corpus_add_text(&netbios, "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 c00c 0020 0001 000493e0 <2 0000 >");
	corpus_add_text(&netbios, "3039 2910 0001 0000 0000 0001 " NETBIOS_WS " 0020 0001 c00c 0020 0001 000493e0 0040");
	corpus_add_text(&netbios, "3039 2910 0001 0000 0000 0001 20 'FH'");
	corpus_add_text(&netbios, "3039 2910");
	struct corpus dhcp6 = corpus_open(argv[1], "dhcp6");
	corpus_add_fixtures(&dhcp6, dhcp6_messages, COUNT(dhcp6_messages));
	corpus_add_text(&dhcp6, "07 0a0b0c 0004 <2 00000001 0005 <2 20010db8 00*12 > >");
	corpus_add_text(&dhcp6, "0c 00 00*32 0012 <2 'port' >");
	corpus_add_text(&dhcp6, "0e 0a0b0c");
	corpus_add_text(&dhcp6, "07 0a0b0c " DUID_LINK IA_NA(EIGHT(EIGHT(IA_ADDR("20010db8 00*11 07", "00000e10")))));
	write_names(argv[1]);
	write_packets(argv[1]);
	write_prefixes(argv[1]);
	write_fingerprints(argv[1]);
	write_flights(argv[1]);
	write_server_hellos(argv[1]);
	write_tls(argv[1]);
	write_http2(argv[1]);
	write_streams(argv[1]);
	write_savefiles(argv[1]);
	write_scripts(argv[1]);
	write_tables(argv[1]);
	write_dtls(argv[1]);
	return 0;
}
