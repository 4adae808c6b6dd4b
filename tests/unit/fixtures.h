/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FIXTURES_H
#define TESTS_FIXTURES_H

/* Good messages, in the text form of octets.h: what the tables, the prefix law and the fuzzers' corpora begin with. */
struct fixture {
	const char *name;
	const char *octets;
};

#define RANDOM32 "5a*32"
#define SUITES "<2 1301 1302 c02f>"
#define SNI(host) "0000 <2 <2 00 <2 " host " > > >"
#define VERSIONS "002b <2 <1 0304 0303 > >"
#define ALPN "0010 <2 <2 <1 'h2' > <1 'http/1.1' > > >"
#define ECH "fe0d <2 00 0001 0001 07 <2 aa*32 > <2 bb*64 > >"
#define GREASE "1a1a <2 >"
#define PADDING(n) "0015 <2 00*" #n " >"
#define KEY_SHARE(n) "0033 <2 <2 11ec <2 77*" #n " > > >"

/* A ClientHello of those extensions. */
#define HELLO(extensions) "01 <3 0303 " RANDOM32 " <1 33*32 > " SUITES " <1 00 > <2 " extensions " > >"

/* One record around octets. */
#define RECORD(octets) "16 0301 <2 " octets " >"

static const struct fixture hellos[] = {
	{"name first", RECORD(HELLO(SNI("'www.example.com'") VERSIONS ALPN))},
	{"name last", RECORD(HELLO(GREASE VERSIONS ALPN KEY_SHARE(1216) SNI("'www.example.com'")))},
	{"name in the middle", RECORD(HELLO(ALPN KEY_SHARE(32) SNI("'www.example.com'") VERSIONS PADDING(100)))},
	{"no name", RECORD(HELLO(VERSIONS ALPN))},
	{"encrypted hello", RECORD(HELLO(ECH VERSIONS SNI("'public.example.com'")))},
	{"no session id", RECORD("01 <3 0303 " RANDOM32 " <1 > " SUITES " <1 00 > <2 " SNI("'a.example'") " > >")},
	{"no extensions", RECORD("01 <3 0301 " RANDOM32 " <1 > " SUITES " <1 00 > >")},
	{"no name but a bad one", RECORD(HELLO(SNI("'a..b'") VERSIONS))},
	{"behind it another message", RECORD(HELLO(SNI("'www.example.com'")) "0b <3 aabb >")},
};

/* X.509, RFC 5280 §4.1: a subject or extensions within the rest of a certificate, whose other parts are as short as they may be. */
#define DER_CERTIFICATE(subject, optional)                                                                                             \
	"30 82 <2 30 82 <2 a0 <1 02 01 02 > 02 <1 01 > 30 <1 06 <1 2a > > 30 <1 > 30 <1 > 30 82 <2 " subject " > 30 <1 00 > " optional \
	" > 30 <1 06 <1 2a > > 03 <1 00 > > "
#define DER_CN(value) "31 <1 30 <1 06 <1 550403 > 0c <1 " value " > > > "
#define DER_ALT_NAMES(names) "a3 82 <2 30 82 <2 30 82 <2 06 <1 551d11 > 04 82 <2 30 82 <2 " names " > > > > > "
#define DER_DNS(name) "82 <1 " name " > "

/* A server's messages of TLS 1.2, without records; the certificate is followed by that of its issuer. */
#define SERVER_HELLO "02 <3 0303 " RANDOM32 " <1 33*32 > c02f 00 <2 ff01 <2 00 > 0023 <2 > > > "
#define CERTIFICATES(certificate) "0b <3 <3 <3 " certificate " > <3 3000 > > > "
#define SERVER_DONE "0e <3 > "
/* Of TLS 1.3, and its request for another hello: RFC 8446 §4.1.3. */
#define SERVER_HELLO_13 "02 <3 0303 " RANDOM32 " <1 33*32 > 1301 00 <2 0033 <2 001d <2 77*32 > > 002b <2 0304 > > > "
#define SERVER_RETRY \
	"02 <3 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c <1 33*32 > 1301 00 <2 0033 <2 0017 > 002b <2 0304 > > > "

static const struct fixture server_hellos[] = {
	{"TLS 1.3", RECORD(SERVER_HELLO_13) "14 0303 <2 01 >"},
	{"TLS 1.3, another hello is asked for", RECORD(SERVER_RETRY)},
	{"TLS 1.2", RECORD(SERVER_HELLO) RECORD(SERVER_DONE)},
	{"with a protocol", RECORD("02 <3 0303 " RANDOM32 " <1 > c02f 00 <2 0010 <2 <2 <1 'h2' > > > > >")},
	{"in three records", RECORD("02 0000") RECORD("26 0303 " RANDOM32) "15 0303 <2 0170 >" RECORD("00 c02f 00")},
};
#define ALT_CERTIFICATE DER_CERTIFICATE("", DER_ALT_NAMES(DER_DNS("'www.example.com'") "87 <1 c0000201 > " DER_DNS("'*.example.net'")))

static const struct fixture flights[] = {
	{"alternative names", RECORD(SERVER_HELLO CERTIFICATES(ALT_CERTIFICATE) SERVER_DONE)},
	{"a record for each message", RECORD(SERVER_HELLO) RECORD(CERTIFICATES(ALT_CERTIFICATE)) RECORD(SERVER_DONE)},
	{"common name", RECORD(SERVER_HELLO) RECORD(CERTIFICATES(DER_CERTIFICATE(DER_CN("'www.example.com'"), "")))},
	{"no extensions in the hello", RECORD("02 <3 0301 " RANDOM32 " <1 > 002f 00 >" CERTIFICATES(ALT_CERTIFICATE))},
};

/* 12345 as id; a query, a response. */
#define DNS_QUERY(questions) "3039 0100 " questions " 0000 0000 0000"
#define DNS_RESPONSE(questions, answers) "3039 8180 " questions " " answers " 0000 0000"
#define DNS_IN "0001"
#define RR(owner, type, rdata) owner " " type " 0001 0000003c <2 " rdata " > "

static const struct fixture dns_messages[] = {
	{"query", DNS_QUERY("0001") "{www.example.com} 0001 0001"},
	{"query with EDNS", "3039 0100 0001 0000 0000 0001 {www.example.com} 001c 0001 00 0029 1000 00000000 0000"},
	{"query for the root", DNS_QUERY("0001") "00 0002 0001"},
	{"address", DNS_RESPONSE("0001", "0001") "{www.example.com} 0001 0001" RR("c00c", "0001", "c0000201")},
	{"IPv6 address", DNS_RESPONSE("0001", "0001") "{www.example.com} 001c 0001" RR("c00c", "001c", "20010db8 00*11 01")},
	{"CNAME chain", DNS_RESPONSE("0001", "0003") "{www.example.com} 0001 0001" RR("c00c", "0005", "{edge.example.net}")
				RR("c02d", "0005", "04 'deep' c02d") RR("c04b", "0001", "c6336401")},
	{"DNAME", DNS_RESPONSE("0001", "0001") "{a.b.example.com} 0001 0001" RR("c00e", "0027", "{example.org}")},
	{"no such name", "3039 8183 0001 0000 0001 0000 {nx.example.com} 0001 0001" RR("c00f", "0006", "c00f c00f 00*20")},
	{"other types", DNS_RESPONSE("0001", "0003") "{example.com} 00ff 0001" RR("c00c", "0010", "<1 'v=spf1 -all' >")
				RR("c00c", "000f", "000a 04 'mail' c00c") RR("c00c", "0041", "0001 00 0001 <2 02 'h2' >")},
	{"two questions", DNS_QUERY("0002") "{a.example} 0001 0001 {b.example} 001c 0001"},
};

/* HTTP/2: what a client begins with, RFC 9113 §3.4; a frame, §4.1, its length being told apart. */
#define H2_PREFACE "'PRI * HTTP/2.0' 0d0a0d0a 'SM' 0d0a0d0a "
#define H2_FRAME(len, type, flags, stream, payload) len " " type " " flags " " stream " " payload " "
#define H2_SETTINGS H2_FRAME("000006", "04", "00", "00000000", "0003 00000064")

static const struct fixture http2_connections[] = {
	{"a request", H2_PREFACE H2_SETTINGS H2_FRAME("000014", "01", "05", "00000001", "828684 41 0f 'www.example.com'")},
	{"in Huffman's code", H2_PREFACE H2_SETTINGS H2_FRAME("000011", "01", "05", "00000001", "828684418cf1e3c2e5f23a6ba0ab90f4ff")},
	{"padded, with a priority",
		H2_PREFACE H2_SETTINGS H2_FRAME("00001c", "01", "2d", "00000001", "02 00000000 0f 828684 41 0f 'www.example.com' 0000")},
	{"continued", H2_PREFACE H2_SETTINGS H2_FRAME("000004", "08", "00", "00000000", "00010000") H2_FRAME(
			      "000004", "01", "01", "00000001", "82868441") H2_FRAME("000010", "09", "04", "00000001", "0f 'www.example.com'")},
	{"CONNECT", H2_PREFACE H2_SETTINGS H2_FRAME("00001a", "01", "04", "00000001", "02 07 'CONNECT' 41 0f 'www.example.com'")},
};

/* BOOTP's fixed fields: operation, client's and your address, MAC; then the cookie and options. */
#define DHCP(op, ciaddr, yiaddr, options) \
	op " 01 06 00 01020304 0000 0000 " ciaddr " " yiaddr " 00000000 00000000 025e00000001 00*10 00*64 00*128 63825363 " options

static const struct fixture dhcp4_messages[] = {
	{"discover", DHCP("01", "00000000", "00000000", "35 <1 01 > 0c <1 'laptop-7' > 3c <1 'MSFT 5.0' > 37 <1 0103060f > ff")},
	{"request with both names",
		DHCP("01", "00000000", "00000000", "35 <1 03 > 0c <1 'laptop-7' > 51 <1 05 0000 {laptop-7.example.com} > 3c <1 'MSFT 5.0' > ff")},
	{"ack", DHCP("02", "00000000", "0a000007", "35 <1 05 > 33 <1 00000e10 > 36 <1 0a000001 > ff")},
	{"ack of an inform", DHCP("02", "0a000007", "00000000", "35 <1 05 > ff 00*32")},
	{"release", DHCP("01", "0a000007", "00000000", "00 00 35 <1 07 > ff")},
	{"plain BOOTP with the cookie", DHCP("01", "00000000", "00000000", "ff")},
};

/* DHCPv6's client identifier (RFC 8415 §11), an association, an address in it with its valid lifetime, and a relay's message around another. */
#define DUID_TIME "0001 <2 0001 0001 2a000000 025e00000001 > "
#define DUID_LINK "0001 <2 0003 0001 025e00000001 > "
#define IA_NA(options) "0003 <2 00000001 00000000 00000000 " options " > "
#define IA_ADDR(addr, valid) "0005 <2 " addr " 00000000 " valid " > "
#define RELAY(type, hops, message, options) type " " hops " 00*16 fe80 00*13 07 " options " 0009 <2 " message " > "

static const struct fixture dhcp6_messages[] = {
	{"solicit with a name", "01 0a0b0c " DUID_TIME "0008 <2 0000 > 0027 <2 00 {laptop-7.example.com} > 0010 <2 00000137 <2 'MSFT 5.0' > > "},
	{"request", "03 0a0b0c " DUID_LINK "0027 <2 01 08 'laptop-7' > " IA_NA("")},
	{"reply", "07 0a0b0c " DUID_TIME "0002 <2 0003 0001 025e000000fd > " IA_NA(IA_ADDR("20010db8 00*11 07", "00000e10"))},
	{"relayed", RELAY("0c", "01", RELAY("0c", "00", "01 0a0b0c " DUID_TIME "0027 <2 00 {laptop-7.example.com} >", "004f <2 0001 025e00000001 >"),
			    "")},
	{"relayed reply", RELAY("0d", "00", "07 0a0b0c " DUID_LINK IA_NA(IA_ADDR("20010db8 00*11 07", "00000e10")), "")},
};

/* A claim of a NetBIOS name for 10.0.0.7, RFC 1002 §4.2.2: header's flags, encoded name, NB_FLAGS. WS-0142 as a workstation's. */
#define NETBIOS_WS "20 'FHFDCNDADBDEDCCACACACACACACACAAA' 00"
#define NETBIOS_CLAIM(flags, name, nb_flags) \
	"3039 " flags " 0001 0000 0000 0001 " name " 0020 0001 c00c 0020 0001 000493e0 <2 " nb_flags " 0a000007 >"

static const struct fixture netbios_claims[] = {
	{"registration", NETBIOS_CLAIM("2910", NETBIOS_WS, "0000")},
	{"refresh", NETBIOS_CLAIM("4010", NETBIOS_WS, "6000")},
	{"group", NETBIOS_CLAIM("2910", NETBIOS_WS, "e000")},
};

#endif
