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
#define UDP6 IP6("000c", "11") UDP("000c") DATA
#define STATION "020000000001"
#define WIFI(control, flags, a1, a2, a3) control " " flags " 0000 " a1 " " a2 " " a3 " 0000 "
#define LLC "aaaa03 000000 0800 "
#define PPI1 "00 00 0800 c0000000 "
#define PPI4 PPI1 PPI1 PPI1 PPI1
#define LABEL "00064040 "
#define LABEL_LAST "00064140 "
/* Around something else: Ethernet, IPv4, IPv6 and UDP of other ends, as long as the frame is. */
#define OUTER(type) "060000000002 060000000001 " type " "
#define O4(proto) " 45 00 0000 4321 0000 40 " proto " 0000 0a000001 0a000002 "
#define O6(next) " 60000000 0000 " next " 40 fd 00*14 01 fd 00*14 02 "
#define OU(port) O4("11") " 4242 " port " 0000 0000 "
#define O4X5 O4("04") O4("04") O4("04") O4("04") O4("04")
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
	{"cooked, LLC", C2_LINK_SLL, "0000 0001 0006 020000000001 0000 0004" LLC UDP4, "transport ok " FROM ":53 mac data@52"},
	{"cooked, Frame Relay", C2_LINK_SLL, "0000 0302 0000 00*8 0000 1841 03 cc" UDP4, "transport ok " FROM ":53 data@48"},
	{"cooked 2, radiotap", C2_LINK_SLL2,
		"0004 0000 00000003 0323 00 00 00*8 00 00 0800 00000000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac data@88"},
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
	{"loopback, an ethertype in place of a family", C2_LINK_LOOP, "000086dd" UDP6, "transport ok " FROM6 ":53 data@52"},
	{"loopback, Cisco's header in place of a family", C2_LINK_LOOP, "0f000800" UDP4, "transport ok " FROM ":53 data@32"},
	{"PPP", C2_LINK_PPP, "ff03 0021" UDP4, "transport ok " FROM ":53 data@32"},
	{"PPP, IPv6", C2_LINK_PPP, "ff03 0057" UDP6, "transport ok " FROM6 ":53 data@52"},
	{"PPP, no address and control", C2_LINK_PPP, "0021" UDP4, "transport ok " FROM ":53 data@30"},
	{"PPP, protocol in one octet", C2_LINK_PPP, "21" UDP4, "transport ok " FROM ":53 data@29"},
	{"PPP, all compressed but the address", C2_LINK_PPP, "ff03 57" UDP6, "transport ok " FROM6 ":53 data@51"},
	{"PPP, a direction in front", C2_LINK_PPP, "01 ff03 0021" UDP4, "transport ok " FROM ":53 data@33"},
	{"PPP, Cisco HDLC after all", C2_LINK_PPP, "0f00 0800" UDP4, "transport ok " FROM ":53 data@32"},
	{"PPP, MPLS", C2_LINK_PPP, "ff03 0281 00001140" UDP4, "transport ok " FROM ":53 data@36"},
	{"PPP, link control", C2_LINK_PPP, "ff03 c021 01*8", "link none"},
	{"PPP, bridged Ethernet", C2_LINK_PPP, "ff03 0031 00 01" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@48"},
	{"PPP, bridged Token Ring", C2_LINK_PPP, "ff03 0031 00 02" ETH4 UDP4, "link none"},
	{"PPP, multilink, a whole packet", C2_LINK_PPP, "ff03 003d c0000001 0021" UDP4, "transport ok " FROM ":53 data@38"},
	{"PPP, multilink, a fragment", C2_LINK_PPP, "ff03 003d 80000001 0021" UDP4, "link none"},
	{"PPP, a direction as pppd writes it", C2_LINK_PPP_DIRECTION, "01 03 0021" UDP4, "transport ok " FROM ":53 data@32"},
	{"PPP, a direction in front of all", C2_LINK_PPP_DIRECTION, "00 ff03 0057" UDP6, "transport ok " FROM6 ":53 data@53"},
	{"PPP, a direction in front of the protocol", C2_LINK_PPP_DIRECTION, "01 0021" UDP4, "transport ok " FROM ":53 data@31"},
	{"Cisco HDLC, a direction in front", C2_LINK_CHDLC_DIRECTION, "01 0f00 0800" UDP4, "transport ok " FROM ":53 data@33"},
	{"PPPoE as a link", C2_LINK_PPPOE, "11 00 0001 0022 0021" UDP4, "transport ok " FROM ":53 data@36"},
	{"Cisco HDLC", C2_LINK_CHDLC, "0f00 86dd" UDP6, "transport ok " FROM6 ":53 data@52"},
	{"nflog, little-endian", C2_LINK_NFLOG, "02 00 0000 0800 0100 0800 0100 0500 0a00 00000000 2400 0900" UDP4,
		"transport ok " FROM ":53 data@52"},
	{"nflog, big-endian", C2_LINK_NFLOG, "02 00 0000 0008 0001 0800 0100 0024 0009" UDP4, "transport ok " FROM ":53 data@44"},
	{"nflog, big-endian, more than 1023 octets", C2_LINK_NFLOG, "02 00 0000 0404 0009" IP4("0400", "0000", "11") UDP("03ec") DATA "00*992",
		"transport ok " FROM ":53 data@36"},
	{"nflog, no payload", C2_LINK_NFLOG, "02 00 0000 0800 0100 08000100", "link more"},
	{"nflog, an attribute of three octets", C2_LINK_NFLOG, "02 00 0000 0300 0100", "link bad"},
	{"ARCnet", C2_LINK_ARCNET, "0102 d4 00 0001" UDP4, "transport ok " FROM ":53 data@34"},
	{"ARCnet, an exception frame", C2_LINK_ARCNET, "0102 d4 ff ffff d4 00 0001" UDP4, "transport ok " FROM ":53 data@38"},
	{"ARCnet, the old encapsulation", C2_LINK_ARCNET, "0102 f0" UDP4, "transport ok " FROM ":53 data@31"},
	{"ARCnet of Linux", C2_LINK_ARCNET_LINUX, "0102 0000 d4 00 0001" UDP4, "transport ok " FROM ":53 data@36"},
	{"ARCnet, ARP", C2_LINK_ARCNET, "0102 d5 00 0001 00*8", "link none"},
	{"Frame Relay, IPv4", C2_LINK_FRELAY, "1841 03 cc" UDP4, "transport ok " FROM ":53 data@32"},
	{"Frame Relay, IPv6, an address of four octets", C2_LINK_FRELAY, "18404041 03 8e" UDP6, "transport ok " FROM6 ":53 data@54"},
	{"Frame Relay, SNAP behind padding", C2_LINK_FRELAY, "1841 03 00 80 000000 0800" UDP4, "transport ok " FROM ":53 data@38"},
	{"Frame Relay, bridged Ethernet", C2_LINK_FRELAY, "1841 03 00 80 0080c2 0007" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@52"},
	{"Frame Relay, Cisco's ethertype", C2_LINK_FRELAY, "1841 0800" UDP4, "transport ok " FROM ":53 data@32"},
	{"Frame Relay, PPP", C2_LINK_FRELAY, "1841 03 cf 0021" UDP4, "transport ok " FROM ":53 data@34"},
	{"Frame Relay, a direction in front", C2_LINK_FRELAY_DIRECTION, "01 1841 03 cc" UDP4, "transport ok " FROM ":53 data@33"},
	{"Frame Relay, LMI", C2_LINK_FRELAY, "0001 03 08 00 75", "link none"},
	{"FDDI", C2_LINK_FDDI, "50" MACS LLC UDP4, "transport ok " FROM ":53 mac data@49"},
	{"FDDI, station management", C2_LINK_FDDI, "41" MACS "00*20", "link none"},
	{"Token Ring", C2_LINK_TOKEN_RING, "1040" MACS LLC UDP4, "transport ok " FROM ":53 mac data@50"},
	{"Token Ring, a route", C2_LINK_TOKEN_RING, "1040 020000000002 820000000001 0630 0011 0020" LLC UDP4, "transport ok " FROM ":53 mac data@56"},
	{"Token Ring, a route without its own length", C2_LINK_TOKEN_RING, "1040 020000000002 820000000001 0130" LLC UDP4, "link bad"},
	{"Token Ring, medium access", C2_LINK_TOKEN_RING, "1000" MACS "00*20", "link none"},
	{"ATM, LLC", C2_LINK_ATM, LLC UDP4, "transport ok " FROM ":53 data@36"},
	{"ATM, bridged Ethernet with its padding", C2_LINK_ATM, "aaaa03 0080c2 0007 0000" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@52"},
	{"ATM, PPP", C2_LINK_ATM, "fefe03 cf 0021" UDP4, "transport ok " FROM ":53 data@34"},
	{"ATM, a circuit for IPv4 alone", C2_LINK_ATM, UDP4, "transport ok " FROM ":53 data@28"},
	{"ATM, a circuit for IPv6 alone", C2_LINK_ATM, UDP6, "transport ok " FROM6 ":53 data@48"},
	{"SunATM, LLC", C2_LINK_SUNATM, "82 01 0021" LLC UDP4, "transport ok " FROM ":53 data@40"},
	{"SunATM, LAN emulation", C2_LINK_SUNATM, "01 01 0021 0001" ETH4 UDP4, "transport ok " FROM ":53 mac data@48"},
	{"Fibre Channel", C2_LINK_FIBRE_CHANNEL, "1000020000000002 1000020000000001" LLC UDP4, "transport ok " FROM ":53 data@52"},
	{"InfiniBand", C2_LINK_INFINIBAND, "00*40 86dd 0000" UDP6, "transport ok " FROM6 ":53 data@92"},
	{"IEEE 1394", C2_LINK_FIREWIRE, "0200000000000002 0200000000000001 0800" UDP4, "transport ok " FROM ":53 data@46"},
	{"DOCSIS", C2_LINK_DOCSIS, "00 00 0032 abcd" ETH4 UDP4, "transport ok " FROM ":53 mac data@48"},
	{"DOCSIS, an extended header", C2_LINK_DOCSIS, "01 04 0036 00000000 abcd" ETH4 UDP4, "transport ok " FROM ":53 mac data@52"},
	{"DOCSIS, management", C2_LINK_DOCSIS, "c2 00 0032 abcd 00*20", "link none"},
	{"a switch's tag behind the addresses", C2_LINK_DSA, MACS "c0080000 0800" UDP4, "transport ok " FROM ":53 mac data@46"},
	{"a switch's tag in front", C2_LINK_DSA_FIRST, "20000003" ETH4 UDP4, "transport ok " FROM ":53 mac data@46"},
	{"SLIP", C2_LINK_SLIP, "00*16" UDP4, "transport ok " FROM ":53 data@44"},
	{"SLIP of BSD/OS", C2_LINK_SLIP_BSDOS, "00*24" UDP4, "transport ok " FROM ":53 data@52"},
	{"an encapsulating device", C2_LINK_ENC, "02000000 00000001 00000000" UDP4, "transport ok " FROM ":53 data@40"},
	{"packet filter's log", C2_LINK_PFLOG, "3d 02 00 00 00*57 000000" UDP4, "transport ok " FROM ":53 data@92"},
	{"packet filter's log, a length of three", C2_LINK_PFLOG, "03 02 00 00", "link bad"},
	{"Solaris IP", C2_LINK_IPNET, "01 02 0000 00*20" UDP4, "transport ok " FROM ":53 data@52"},
	{"ERF, Ethernet", C2_LINK_ERF, "01*8 02 04 0040 0000 002e 0000" ETH4 UDP4, "transport ok " FROM ":53 mac data@60"},
	{"ERF, Ethernet with a hash, two extensions", C2_LINK_ERF, "01*8 94 04 0050 0000 002e 83 00*7 05 00*7 0000" ETH4 UDP4,
		"transport ok " FROM ":53 mac data@76"},
	{"ERF, HDLC", C2_LINK_ERF, "01*8 01 04 0034 0000 0024 0f00 0800" UDP4, "transport ok " FROM ":53 data@48"},
	{"ERF, IPv6", C2_LINK_ERF, "01*8 17 04 0044 0000 0034" UDP6, "transport ok " FROM6 ":53 data@64"},
	{"ERF, ATM", C2_LINK_ERF, "01*8 03 04 0044 0000 0034 00*52", "link none"},
	{"ERF, extensions without an end", C2_LINK_ERF, "01*8 82 04 0044 0000 0034 80 00*7", "link more"},
	{"Juniper, Ethernet behind extensions", C2_LINK_JUNIPER_ETHER, "4d4743 80 0006 01*6 " ETH4 UDP4, "transport ok " FROM ":53 mac data@54"},
	{"Juniper, no link", C2_LINK_JUNIPER_ETHER, "4d4743 02 00000002" UDP4, "transport ok " FROM ":53 data@36"},
	{"Juniper, PPP", C2_LINK_JUNIPER_PPP, "4d4743 00 0021" UDP4, "transport ok " FROM ":53 data@34"},
	{"Juniper, Frame Relay", C2_LINK_JUNIPER_FRELAY, "4d4743 00 1841 03 cc" UDP4, "transport ok " FROM ":53 data@36"},
	{"Juniper, Cisco HDLC", C2_LINK_JUNIPER_CHDLC, "4d4743 00 0f00 0800" UDP4, "transport ok " FROM ":53 data@36"},
	{"Juniper, ATM, a cookie of four", C2_LINK_JUNIPER_ATM1, "4d4743 00 05000021" LLC UDP4, "transport ok " FROM ":53 data@44"},
	{"Juniper, ATM, a cookie of eight", C2_LINK_JUNIPER_ATM2, "4d4743 00 05000021 00000000" LLC UDP4, "transport ok " FROM ":53 data@48"},
	{"Juniper, another magic number", C2_LINK_JUNIPER_ETHER, "4d4744 00" ETH4 UDP4, "link bad"},
	{"netANALYZER", C2_LINK_NETANALYZER, "00400000" ETH4 UDP4, "transport ok " FROM ":53 mac data@46"},
	{"netANALYZER with a preamble", C2_LINK_NETANALYZER_PREAMBLE, "00400000 55*7 d5" ETH4 UDP4, "transport ok " FROM ":53 mac data@54"},
	{"Ethernet with a preamble", C2_LINK_PREAMBLE, "55*7 d5" ETH4 UDP4, "transport ok " FROM ":53 mac data@50"},
	{"802.3 with LLC and SNAP", C2_LINK_ETHERNET, MACS "0028 aaaa03 000000 0800" UDP4, "transport ok " FROM ":53 mac data@50"},
	{"802.3 with LLC, IP's own SAP", C2_LINK_ETHERNET, MACS "0023 0606 03" UDP4, "transport ok " FROM ":53 mac data@45"},
	{"802.3 with LLC, SNAP of another organisation", C2_LINK_ETHERNET, MACS "0028 aaaa03 00000c 2000" UDP4, "link none"},
	/* radio: the four ways of the distribution system, QoS, what cannot be read */
	{"802.11, to the system", C2_LINK_WIFI, WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4, "transport ok " FROM ":53 mac data@60"},
	{"802.11, from the system", C2_LINK_WIFI, WIFI("08", "02", "020000000002", "03*6", STATION) LLC UDP4, "transport ok " FROM ":53 mac data@60"},
	{"802.11, ad hoc", C2_LINK_WIFI, WIFI("08", "00", "020000000002", STATION, "03*6") LLC UDP4, "transport ok " FROM ":53 mac data@60"},
	{"802.11, between access points", C2_LINK_WIFI, WIFI("08", "03", "04*6", "05*6", "020000000002") STATION LLC UDP4,
		"transport ok " FROM ":53 mac data@66"},
	{"802.11, QoS", C2_LINK_WIFI, WIFI("88", "01", "02*6", STATION, "020000000002") "0000" LLC UDP4, "transport ok " FROM ":53 mac data@62"},
	{"802.11, QoS and HT control", C2_LINK_WIFI, WIFI("88", "81", "02*6", STATION, "020000000002") "0000 00000000" LLC UDP4,
		"transport ok " FROM ":53 mac data@66"},
	{"802.11, several frames in one: the first is read", C2_LINK_WIFI,
		WIFI("88", "01", "02*6", STATION, "020000000002") "8000" MACS "0028" LLC UDP4, "transport ok " FROM ":53 mac data@76"},
	{"802.11, protected", C2_LINK_WIFI, WIFI("08", "41", "02*6", STATION, "020000000002") LLC UDP4, "link none"},
	{"802.11, no data", C2_LINK_WIFI, WIFI("48", "01", "02*6", STATION, "020000000002"), "link none"},
	{"802.11, beacon", C2_LINK_WIFI, WIFI("80", "00", "ff*6", STATION, STATION) "00*12", "link none"},
	{"802.11, fragment with more to come", C2_LINK_WIFI, WIFI("08", "05", "02*6", STATION, "020000000002") LLC UDP4, "link none"},
	{"802.11, second fragment", C2_LINK_WIFI, "08 01 0000 02*6 " STATION " 020000000002 0100 " LLC UDP4, "link none"},
	{"radiotap", C2_LINK_RADIOTAP, "00 00 0c00 00000000 00000000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac data@72"},
	{"radiotap, a length of three", C2_LINK_RADIOTAP, "00 00 0300 00000000", "link bad"},
	{"Prism", C2_LINK_PRISM, "44000000 0c000000 00000000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac data@72"},
	{"AVS", C2_LINK_PRISM, "80211001 0000000c 00000000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac data@72"},
	{"AVS, a length of seven", C2_LINK_PRISM, "80211001 00000007 00000000", "link bad"},
	{"PPI around 802.11", C2_LINK_PPI, "00 00 0800 69000000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac data@68"},
	{"PPI around Ethernet", C2_LINK_PPI, "00 00 0c00 01000000 00000000" ETH4 UDP4, "transport ok " FROM ":53 mac data@54"},
	{"PPI around what is not read", C2_LINK_PPI, "00 00 0800 93000000 00*20", "link none"},
	{"PKTAP around Ethernet", C2_LINK_PKTAP, "10000000 01000000 01000000 00000000" ETH4 UDP4, "transport ok " FROM ":53 mac data@58"},
	{"PKTAP around raw IP", C2_LINK_PKTAP, "0c000000 01000000 0c000000" UDP6, "transport ok " FROM6 ":53 data@60"},
	{"PKTAP, a length of four", C2_LINK_PKTAP, "04000000 01000000 0c000000" UDP6, "link bad"},
	{"PPI in PPI, deeper than the budget", C2_LINK_PPI, PPI4 PPI4 PPI4 PPI4 PPI4 PPI4 PPI4 ETH4 UDP4, "link bad"},
	/* what Ethernet carries beside IP */
	{"ARP", C2_LINK_ETHERNET, ETH("0806") "0001 0800 06 04 0001", "ip none"},
	{"802.3 length, spanning tree", C2_LINK_ETHERNET, ETH("0026") "4242 03", "link none"},
	/* tags */
	{"one tag", C2_LINK_ETHERNET, MACS "8100 2007 0800 " UDP4, "transport ok " FROM ":53 vlan=7 mac data@46"},
	{"priority tag", C2_LINK_ETHERNET, MACS "8100 e000 0800 " UDP4, "transport ok " FROM ":53 vlan=0 mac data@46"},
	{"two tags, 802.1ad", C2_LINK_ETHERNET, MACS "88a8 0064 8100 0007 0800 " UDP4, "transport ok " FROM ":53 vlan=100,7 mac data@50"},
	{"two tags, both 8100", C2_LINK_ETHERNET, MACS "8100 0064 8100 0007 0800 " UDP4, "transport ok " FROM ":53 vlan=100,7 mac data@50"},
	{"two tags, the old 9100", C2_LINK_ETHERNET, MACS "9100 0064 8100 0fff 86dd " UDP6, "transport ok " FROM6 ":53 vlan=100,4095 mac data@70"},
	{"two tags, 9200 and 9300", C2_LINK_ETHERNET, MACS "9200 0064 9300 0007 0800 " UDP4, "transport ok " FROM ":53 vlan=100,7 mac data@50"},
	{"four tags", C2_LINK_ETHERNET, MACS "8100 0004 8100 0003 8100 0002 8100 0001 0800 " UDP4,
		"transport ok " FROM ":53 vlan=4,3,2,1 mac data@58"},
	{"five tags, of which four are kept", C2_LINK_ETHERNET, MACS "8100 0005 8100 0004 8100 0003 8100 0002 8100 0001 0800 " UDP4,
		"transport ok " FROM ":53 vlan=5,4,3,2 mac data@62"},
	{"a tag, then LLC and SNAP", C2_LINK_ETHERNET, MACS "8100 0007 0028 aaaa03 000000 0800" UDP4, "transport ok " FROM ":53 vlan=7 mac data@54"},
	{"tag without what it carries", C2_LINK_ETHERNET, MACS "8100 0064", "link more"},
	{"half a tag", C2_LINK_ETHERNET, MACS "8100 00", "link more"},
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
	{"GRE", C2_LINK_RAW, IP4("001c", "0000", "2f") "0000 0800 00000000", "ip bad"},
	/* IPv4 fragments */
	{"do not fragment", C2_LINK_RAW, IP4("0020", "4000", "11") UDP("000c") DATA, "transport ok " FROM ":53 data@28"},
	{"first fragment", C2_LINK_RAW, IP4("0018", "2000", "11") DATA, "ip none id=1234 at=0 more data@20"},
	{"middle fragment", C2_LINK_RAW, IP4("0018", "2001", "11") DATA, "ip none id=1234 at=8 more data@20"},
	{"last fragment", C2_LINK_RAW, IP4("0018", "00b9", "11") DATA, "ip none id=1234 at=1480 data@20"},
	{"fragment, padded", C2_LINK_ETHERNET, ETH4 IP4("0018", "00b9", "11") DATA "00*14", "ip none id=1234 at=1480 data@34"},
	{"fragment behind IPv4's authentication header", C2_LINK_RAW, IP4("0024", "2000", "33") "11 01 0000 00*8" DATA,
		"ip none id=1234 at=0 more #16@20"},
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
	{"IPv6, first fragment", C2_LINK_RAW, IP6("000c", "2c") "11 00 0001 0000abcd" DATA, "ip none id=abcd at=0 more data@48"},
	{"IPv6, atomic fragment", C2_LINK_RAW, IP6("0014", "2c") "11 00 0000 0000abcd" UDP("000c") DATA, "transport ok " FROM6 ":53 data@56"},
	{"IPv6, later fragment", C2_LINK_RAW, IP6("000c", "2c") "11 00 0009 0000abcd" DATA "00*8", "ip none id=abcd at=8 more data@48"},
	{"IPv6, last fragment", C2_LINK_RAW, IP6("000c", "2c") "11 00 00b8 0000abcd" DATA, "ip none id=abcd at=184 data@48"},
	{"IPv6, sixteen extension headers", C2_LINK_RAW,
		IP6("008c", "3c") "3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6"
				  " 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 3c00 00*6 1100 00*6" UDP("000c") DATA,
		"transport ok " FROM6 ":53 data@176"},
	{"IPv6, extension header past the datagram", C2_LINK_RAW,
		IP6("0008", "3c") "11 04 00*6"
				  "00*40",
		"ip bad"},
	{"IPv6, extension header past the frame", C2_LINK_RAW, IP6("0100", "3c") "11 ff 00*6", "ip more"},
	{"IPv6, jumbogram", C2_LINK_RAW, IP6("0000", "00") "11 00 c204 00011170" UDP("0000") DATA, "transport ok " FROM6 ":53 data@56"},
	{"IPv6, payload length 0 and options cut", C2_LINK_RAW, IP6("0000", "00") "11 00 c204 00", "ip more"},
	{"IPv6, ESP", C2_LINK_RAW, IP6("0008", "32") "00*8", "transport none"},
	/* labels, sessions, bridges */
	{"MPLS, one label", C2_LINK_ETHERNET, ETH("8847") LABEL_LAST UDP4, "transport ok " FROM ":53 mac data@46"},
	{"MPLS, three labels, IPv6", C2_LINK_ETHERNET, ETH("8847") LABEL LABEL LABEL_LAST UDP6, "transport ok " FROM6 ":53 mac data@74"},
	{"MPLS, multicast", C2_LINK_ETHERNET, ETH("8848") LABEL_LAST UDP4, "transport ok " FROM ":53 mac data@46"},
	{"MPLS, a pseudowire with a control word", C2_LINK_ETHERNET, OUTER("8847") LABEL LABEL_LAST "00000000" ETH4 UDP4,
		"transport ok " FROM ":53 mac in 1 data@68"},
	{"MPLS, a pseudowire without one", C2_LINK_ETHERNET, OUTER("8847") LABEL_LAST "0a0000000002 020000000001 0800" UDP4,
		"transport ok " FROM ":53 mac in 1 data@60"},
	{"MPLS, a pseudowire whose first octets look like a control word", C2_LINK_ETHERNET, OUTER("8847") LABEL_LAST ETH4 UDP4,
		"transport ok " FROM ":53 mac in 1 data@60"},
	{"MPLS, a label stack without an end", C2_LINK_ETHERNET, ETH("8847") LABEL LABEL, "link more"},
	{"PPPoE", C2_LINK_ETHERNET, ETH("8864") "11 00 0001 0022 0021" UDP4, "transport ok " FROM ":53 mac data@50"},
	{"PPPoE, IPv6 in a tag", C2_LINK_ETHERNET, MACS "8100 0007 8864 11 00 0001 0036 0057" UDP6, "transport ok " FROM6 ":53 vlan=7 mac data@74"},
	{"PPPoE, discovery", C2_LINK_ETHERNET, ETH("8864") "11 09 0000 0000", "link none"},
	{"provider backbone bridge", C2_LINK_ETHERNET, OUTER("88e7") "00012345" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@60"},
	{"provider backbone bridge with its tag and a customer's", C2_LINK_ETHERNET, OUTER("88a8") "0064 88e7 00012345" MACS "8100 0007 0800" UDP4,
		"transport ok " FROM ":53 vlan=100,7 mac in 1 data@68"},
	{"Cisco metadata", C2_LINK_ETHERNET, ETH("8909") "01 01 0001 0008 0800" UDP4, "transport ok " FROM ":53 mac data@50"},
	{"jumbo LLC", C2_LINK_ETHERNET, ETH("8870") LLC UDP4, "transport ok " FROM ":53 mac data@50"},
	{"Cisco's inter-switch link", C2_LINK_ETHERNET, "01000c000000 020000000001 0040 aaaa03 00000c 000e 0000 0000" ETH4 UDP4,
		"transport ok " FROM ":53 vlan=7 mac data@68"},
	{"Cisco's virtual interface tag", C2_LINK_ETHERNET, ETH("8926") "00010002 8100 0007 0800" UDP4,
		"transport ok " FROM ":53 vlan=7 mac data@52"},
	{"802.1BR", C2_LINK_ETHERNET, ETH("893f") "000100020003 0800" UDP4, "transport ok " FROM ":53 mac data@50"},
	{"HSR", C2_LINK_ETHERNET, ETH("892f") "10340001 0800" UDP4, "transport ok " FROM ":53 mac data@48"},
	{"HSR, then LLC", C2_LINK_ETHERNET, ETH("892f") "10340001 0028" LLC UDP4, "transport ok " FROM ":53 mac data@56"},
	{"802.1CB", C2_LINK_ETHERNET, ETH("f1c1") "00000001 0800" UDP4, "transport ok " FROM ":53 mac data@48"},
	{"a switch's tag with an ethertype", C2_LINK_ETHERNET, ETH("dada") "0000c0080000 0800" UDP4, "transport ok " FROM ":53 mac data@50"},
	{"FabricPath", C2_LINK_ETHERNET, OUTER("8903") "0420" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@58"},
	{"TRILL", C2_LINK_ETHERNET, OUTER("22f3") "003f 0001 0002" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@62"},
	{"TRILL, options", C2_LINK_ETHERNET, OUTER("22f3") "00bf 0001 0002 00*8 " ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@70"},
	{"MACsec, signed", C2_LINK_ETHERNET, ETH("88e5") "00 00 00000001 0800" UDP4 "00*16", "transport ok " FROM ":53 mac data@50"},
	{"MACsec, signed, with its channel", C2_LINK_ETHERNET, ETH("88e5") "20 00 00000001 00*8 0800" UDP4 "00*16",
		"transport ok " FROM ":53 mac data@58"},
	{"MACsec, encrypted", C2_LINK_ETHERNET, ETH("88e5") "2c 00 00000001 00*8 0800" UDP4 "00*16", "link none"},
	{"NSH, IPv4", C2_LINK_ETHERNET, ETH("894f") "0fc6 01 01 00000101 00*16" UDP4, "transport ok " FROM ":53 mac in 1 data@66"},
	{"NSH, Ethernet", C2_LINK_ETHERNET, OUTER("894f") "0fc2 02 03 00000101" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@64"},
	{"NSH in NSH, MPLS", C2_LINK_ETHERNET, ETH("894f") "0fc2 02 04 00000101 0fc2 02 05 00000101" LABEL_LAST UDP4,
		"transport ok " FROM ":53 mac in 2 data@62"},
	{"NSH, a length of four", C2_LINK_ETHERNET, ETH("894f") "0fc1 02 01 00000101" UDP4, "link bad"},
	/* inside IP */
	{"IPv4 in IPv4", C2_LINK_RAW, O4("04") UDP4, "transport ok " FROM ":53 in 1 data@48"},
	{"IPv6 in IPv4", C2_LINK_RAW, O4("29") UDP6, "transport ok " FROM6 ":53 in 1 data@68"},
	{"IPv4 in IPv6", C2_LINK_RAW, O6("04") UDP4, "transport ok " FROM ":53 in 1 data@68"},
	{"IPv6 in IPv6 behind options", C2_LINK_RAW, O6("3c") "29 00 00*6" UDP6, "transport ok " FROM6 ":53 in 1 data@96"},
	{"MPLS in IP", C2_LINK_RAW, O4("89") LABEL_LAST UDP4, "transport ok " FROM ":53 in 1 data@52"},
	{"EtherIP", C2_LINK_RAW, O4("61") "3000" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@64"},
	{"a fragment in a tunnel", C2_LINK_RAW, O4("04") IP4("0018", "2001", "11") DATA, "ip none id=1234 at=8 more data@40"},
	{"a tunnel in fragments waits for the rest", C2_LINK_RAW, "45 00 0030 4321 2000 40 04 0000 0a000001 0a000002" UDP4,
		"ip none id=4321 at=0 more #28@20"},
	/* GRE */
	{"GRE", C2_LINK_RAW, O4("2f") "0000 0800" UDP4, "transport ok " FROM ":53 in 1 data@52"},
	{"GRE, IPv6", C2_LINK_RAW, O4("2f") "0000 86dd" UDP6, "transport ok " FROM6 ":53 in 1 data@72"},
	{"GRE, checksum", C2_LINK_RAW, O4("2f") "8000 0800 abcd0000" UDP4, "transport ok " FROM ":53 in 1 data@56"},
	{"GRE, key", C2_LINK_RAW, O4("2f") "2000 0800 00000001" UDP4, "transport ok " FROM ":53 in 1 data@56"},
	{"GRE, sequence number", C2_LINK_RAW, O4("2f") "1000 0800 00000001" UDP4, "transport ok " FROM ":53 in 1 data@56"},
	{"GRE, checksum, key and sequence number", C2_LINK_RAW, O4("2f") "b000 0800 00*12" UDP4, "transport ok " FROM ":53 in 1 data@64"},
	{"GRE, routes", C2_LINK_RAW, O4("2f") "4000 0800 00000000 0800 00 04 0a000001 0000 00 00" UDP4, "transport ok " FROM ":53 in 1 data@68"},
	{"GRE, routes without an end", C2_LINK_RAW, O4("2f") "4000 0800 00000000 0800 00 04 0a000001", "transport more"},
	{"GRE, everything", C2_LINK_RAW, O4("2f") "f000 0800 00*12 0000 00 00" UDP4, "transport ok " FROM ":53 in 1 data@68"},
	{"GRE, PPTP", C2_LINK_RAW, O4("2f") "3081 880b 00240001 00000001 00000001 ff03 0021" UDP4, "transport ok " FROM ":53 in 1 data@68"},
	{"GRE, PPTP without a payload", C2_LINK_RAW, O4("2f") "2081 880b 00000001 00000001", "link more"},
	{"GRE, bridged Ethernet", C2_LINK_RAW, O4("2f") "0000 6558" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@66"},
	{"GRE, Frame Relay", C2_LINK_RAW, O4("2f") "0000 6559 1841 03 cc" UDP4, "transport ok " FROM ":53 in 1 data@56"},
	{"GRE, MPLS", C2_LINK_RAW, O4("2f") "0000 8847" LABEL_LAST UDP4, "transport ok " FROM ":53 in 1 data@56"},
	{"GRE, 802.11 of a controller", C2_LINK_RAW, O4("2f") "0000 8200" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac in 1 data@84"},
	{"GRE, version 2", C2_LINK_RAW, O4("2f") "0002 0800" UDP4, "transport none"},
	{"GRE, what is not read", C2_LINK_RAW, O4("2f") "0000 0806" UDP4, "ip none"},
	{"ERSPAN I", C2_LINK_RAW, O4("2f") "0000 88be" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@66"},
	{"ERSPAN II", C2_LINK_RAW, O4("2f") "1000 88be 00000001 10640001 00000000" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@78"},
	{"ERSPAN III", C2_LINK_RAW, O4("2f") "1000 22eb 00000001 20640001 00000000 00000000" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@82"},
	{"ERSPAN III with a platform's octets", C2_LINK_RAW, O4("2f") "1000 22eb 00000001 20640001 00000000 00000001 00*8 " ETH4 UDP4,
		"transport ok " FROM ":53 mac in 1 data@90"},
	{"ERSPAN III, IP without a link", C2_LINK_RAW, O4("2f") "1000 22eb 00000001 20640001 00000000 00000800" UDP4,
		"transport ok " FROM ":53 in 1 data@68"},
	{"ERSPAN, the mirrored frame cut by the switch", C2_LINK_RAW, O4("2f") "0000 88be" ETH4 IP4("0120", "0000", "11") UDP("010c") DATA,
		"transport ok " FROM ":53 mac in 1 data@66 cut"},
	{"WCCP 1", C2_LINK_RAW, O4("2f") "0000 883e" UDP4, "transport ok " FROM ":53 in 1 data@52"},
	{"WCCP 2", C2_LINK_RAW, O4("2f") "0000 883e 00000001" UDP4, "transport ok " FROM ":53 in 1 data@56"},
	{"WCCP 2, alternative bucket", C2_LINK_RAW, O4("2f") "0000 883e 40000001" UDP4, "transport ok " FROM ":53 in 1 data@56"},
	/* inside UDP */
	{"VXLAN", C2_LINK_RAW, OU("12b5") "08000000 00000100" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@78"},
	{"VXLAN as Linux had it, a tag inside", C2_LINK_RAW, OU("2118") "08000000 00000100" MACS "8100 0007 0800" UDP4,
		"transport ok " FROM ":53 vlan=7 mac in 1 data@82"},
	{"VXLAN, an inner fragment", C2_LINK_RAW, OU("12b5") "08000000 00000100" ETH4 IP4("0018", "2001", "11") DATA,
		"ip none id=1234 at=8 more data@70"},
	{"VXLAN in VXLAN", C2_LINK_RAW, OU("12b5") "08000000 00000100" ETH4 OU("12b5") "08000000 00000200" ETH4 UDP4,
		"transport ok " FROM ":53 mac in 2 data@128"},
	{"VXLAN-GPE, IPv4", C2_LINK_RAW, OU("12b6") "0c000001 00000100" UDP4, "transport ok " FROM ":53 in 1 data@64"},
	{"VXLAN-GPE, Ethernet", C2_LINK_RAW, OU("12b6") "0c000003 00000100" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@78"},
	{"VXLAN-GPE, MPLS", C2_LINK_RAW, OU("12b6") "0c000005 00000100" LABEL_LAST UDP4, "transport ok " FROM ":53 in 1 data@68"},
	{"VXLAN-GPE, NSH", C2_LINK_RAW, OU("12b6") "0c000004 00000100 0fc2 02 01 00000101" UDP4, "transport ok " FROM ":53 in 2 data@72"},
	{"Geneve, no options", C2_LINK_RAW, OU("17c1") "0000 6558 00000100" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@78"},
	{"Geneve, options, IPv4", C2_LINK_RAW, OU("17c1") "0240 0800 00000100 0101 80 01 01020304" UDP4, "transport ok " FROM ":53 in 1 data@72"},
	{"GTP-U", C2_LINK_RAW, OU("0868") "30 ff 0020 00000001" UDP4, "transport ok " FROM ":53 in 1 data@64"},
	{"GTP-U, sequence number", C2_LINK_RAW, OU("0868") "32 ff 0024 00000001 0001 00 00" UDP4, "transport ok " FROM ":53 in 1 data@68"},
	{"GTP-U, two extension headers", C2_LINK_RAW, OU("0868") "34 ff 002c 00000001 0000 00 85 01 0009 c0 01 0000 00" UDP6,
		"transport ok " FROM6 ":53 in 1 data@96"},
	{"GTP, version 0", C2_LINK_RAW, OU("0d3a") "1e ff 0020 00*16" UDP4, "transport ok " FROM ":53 in 1 data@76"},
	{"Teredo", C2_LINK_RAW, OU("0dd8") UDP6, "transport ok " FROM6 ":53 in 1 data@76"},
	{"Teredo, authentication and origin", C2_LINK_RAW, OU("0dd8") "0001 02 01 6162 63 01*8 00 0000 1234 0a000001" UDP6,
		"transport ok " FROM6 ":53 in 1 data@100"},
	{"GRE in UDP", C2_LINK_RAW, OU("1292") "0000 0800" UDP4, "transport ok " FROM ":53 in 1 data@60"},
	{"MPLS in UDP", C2_LINK_RAW, OU("19eb") LABEL_LAST UDP4, "transport ok " FROM ":53 in 1 data@60"},
	{"L2TP", C2_LINK_RAW, OU("06a5") "0002 0001 0001 ff03 0021" UDP4, "transport ok " FROM ":53 in 1 data@66"},
	{"L2TP, length, sequence and offset", C2_LINK_RAW, OU("06a5") "4a02 0034 0001 0001 0000 0000 0002 0000 0021" UDP4,
		"transport ok " FROM ":53 in 1 data@74"},
	{"CAPWAP, 802.11", C2_LINK_RAW, OU("147f") "00100300 00000000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac in 1 data@96"},
	{"CAPWAP, 802.11 with its control octets swapped", C2_LINK_RAW,
		OU("147f") "00100300 00000000"
			   "01 08 0000 02*6 " STATION " 020000000002 0610 " LLC UDP4,
		"transport ok " FROM ":53 mac in 1 data@96"},
	{"CAPWAP, 802.3", C2_LINK_RAW, OU("147f") "00100200 00000000" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@78"},
	{"LWAPP", C2_LINK_RAW, OU("2fbe") "00 00 0040 0000" WIFI("08", "01", "02*6", STATION, "020000000002") LLC UDP4,
		"transport ok " FROM ":53 mac in 1 data@94"},
	{"LISP", C2_LINK_RAW, OU("10f5") "88 000000 00000001" UDP6, "transport ok " FROM6 ":53 in 1 data@84"},
	{"Mobile IP", C2_LINK_RAW, OU("01b2") "04 04 0000" UDP4, "transport ok " FROM ":53 in 1 data@60"},
	{"AYIYA", C2_LINK_RAW, OU("13d0") "42 52 11 29 00000000 00*16 01*20" UDP6, "transport ok " FROM6 ":53 in 1 data@120"},
	{"TZSP", C2_LINK_RAW, OU("9090") "01 00 0001 01" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@75"},
	{"TZSP, tags and padding", C2_LINK_RAW, OU("9090") "01 00 0001 00 0a 01 c4 01" ETH4 UDP4, "transport ok " FROM ":53 mac in 1 data@79"},
	/* a tunnel's port alone makes no tunnel */
	{"plain UDP on VXLAN's port", C2_LINK_RAW, OU("12b5") DATA, "transport ok 10.0.0.1:16962>10.0.0.2:4789 data@28"},
	{"plain UDP on VXLAN's port, flag and all", C2_LINK_RAW, OU("12b5") "08000000 00000100" ETH("0806") "00*28",
		"transport ok 10.0.0.1:16962>10.0.0.2:4789 #50@28"},
	{"L2TP, control message", C2_LINK_RAW, OU("06a5") "c802 000c 0001 0000 0000 0000", "transport ok 10.0.0.1:16962>10.0.0.2:1701 #12@28"},
	{"LWAPP, control message", C2_LINK_RAW, OU("2fbe") "04 00 0004 0000 00*4", "transport ok 10.0.0.1:16962>10.0.0.2:12222 #10@28"},
	{"LISP, reserved flags", C2_LINK_RAW, OU("10f5") "81 000000 00000001 45", "transport ok 10.0.0.1:16962>10.0.0.2:4341 #9@28"},
	{"Mobile IP, registration", C2_LINK_RAW, OU("01b2") "01 00 0708 00*20", "transport ok 10.0.0.1:16962>10.0.0.2:434 #24@28"},
	{"CAPWAP, fragment", C2_LINK_RAW,
		OU("147f") "00100380 00000000"
			   "4142",
		"transport ok 10.0.0.1:16962>10.0.0.2:5247 #10@28"},
	{"GTP-U, echo", C2_LINK_RAW, OU("0868") "32 01 0004 00000000 0001 00 00", "transport ok 10.0.0.1:16962>10.0.0.2:2152 #12@28"},
	/* deeper than anybody may go */
	{"twenty headers of IP in IP", C2_LINK_RAW, O4X5 O4X5 "" UDP4, "transport ok " FROM ":53 in 10 data@228"},
	{"more headers than the budget", C2_LINK_RAW, O4X5 O4X5 O4X5 UDP4, "ip bad"},
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

/* The payload when it is the data, of which a row may have more than the frame; else its length. */
static const char *payload_text(const struct c2_packet *packet, const uint8_t *frame)
{
	static char text[16];
	if (packet->payload_len >= 4 && memcmp(frame + packet->payload_at, "data", 4) == 0)
		return "data";
	if (packet->payload_len == 0)
		return "";
	snprintf(text, sizeof text, "#%u", packet->payload_len);
	return text;
}

static void packet_text(char *line, enum c2_rc rc, const struct c2_packet *packet, const uint8_t *frame)
{
	static const char *const layers[C2_LAYER_COUNT] = {"link", "ip", "transport"};
	static const char *const results[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	line += sprintf(line, "%s %s", layers[packet->layer], results[rc]);
	if (rc == C2_NONE && packet->fragment.is_one)
		sprintf(line, " id=%x at=%u%s %s@%u", packet->fragment.id, packet->fragment.offset, packet->fragment.has_more ? " more" : "",
			payload_text(packet, frame), packet->payload_at);
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
	if (packet->tunnels > 0)
		line += sprintf(line, " in %u", packet->tunnels);
	sprintf(line, " %s@%u%s", payload_text(packet, frame), packet->payload_at, packet->is_cut ? " cut" : "");
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
		assert_true(packet.layer <= whole.layer || whole.tunnels > 0);
		if (rc == C2_BAD)
			assert_int_equal(want, C2_BAD);
		if (rc != C2_OK || want != C2_OK || packet.tunnels < whole.tunnels) /* half a tunnel in UDP is plain UDP */
			continue;
		assert_int_equal(packet.payload_at, whole.payload_at);
		assert_true(packet.payload_len <= whole.payload_len);
		assert_true(packet.payload_len == whole.payload_len || packet.is_cut || whole.is_cut);
		assert_true(c2_addr_equal(&packet.src, &whole.src) && c2_addr_equal(&packet.dst, &whole.dst));
	}
	octets_free(&octets);
}

/* LINKTYPE_ and DLT_ numbers: each is known for what it is, and no other one is. */
static void test_link_types(void **state)
{
	(void)state;
	static const struct {
		unsigned type;
		enum c2_link link;
	} known[] = {{1, C2_LINK_ETHERNET}, {113, C2_LINK_SLL}, {276, C2_LINK_SLL2}, {12, C2_LINK_RAW}, {14, C2_LINK_RAW}, {101, C2_LINK_RAW},
		{228, C2_LINK_RAW}, {229, C2_LINK_RAW}, {0, C2_LINK_LOOP}, {108, C2_LINK_LOOP}, {9, C2_LINK_PPP}, {50, C2_LINK_PPP},
		{51, C2_LINK_PPPOE}, {104, C2_LINK_CHDLC}, {239, C2_LINK_NFLOG}, {105, C2_LINK_WIFI}, {127, C2_LINK_RADIOTAP}, {119, C2_LINK_PRISM},
		{192, C2_LINK_PPI}, {258, C2_LINK_PKTAP}, {7, C2_LINK_ARCNET}, {129, C2_LINK_ARCNET_LINUX}, {107, C2_LINK_FRELAY},
		{6, C2_LINK_TOKEN_RING}, {8, C2_LINK_SLIP}, {10, C2_LINK_FDDI}, {11, C2_LINK_ATM}, {100, C2_LINK_ATM}, {106, C2_LINK_ATM},
		{102, C2_LINK_SLIP_BSDOS}, {109, C2_LINK_ENC}, {117, C2_LINK_PFLOG}, {122, C2_LINK_FIBRE_CHANNEL}, {123, C2_LINK_SUNATM},
		{135, C2_LINK_JUNIPER_ATM2}, {137, C2_LINK_JUNIPER_ATM1}, {138, C2_LINK_FIREWIRE}, {143, C2_LINK_DOCSIS}, {163, C2_LINK_PRISM},
		{166, C2_LINK_PPP_DIRECTION}, {167, C2_LINK_JUNIPER_ETHER}, {178, C2_LINK_JUNIPER_ETHER}, {179, C2_LINK_JUNIPER_PPP},
		{180, C2_LINK_JUNIPER_FRELAY}, {181, C2_LINK_JUNIPER_CHDLC}, {197, C2_LINK_ERF}, {204, C2_LINK_PPP_DIRECTION},
		{205, C2_LINK_CHDLC_DIRECTION}, {206, C2_LINK_FRELAY_DIRECTION}, {226, C2_LINK_IPNET}, {240, C2_LINK_NETANALYZER},
		{241, C2_LINK_NETANALYZER_PREAMBLE}, {242, C2_LINK_INFINIBAND}, {259, C2_LINK_PREAMBLE}, {274, C2_LINK_PREAMBLE}, {281, C2_LINK_DSA},
		{282, C2_LINK_DSA_FIRST}, {284, C2_LINK_DSA}, {285, C2_LINK_ETHERNET}};
	unsigned found = 0;
	for (unsigned type = 0; type < 70000; type++) {
		enum c2_link link;
		if (!c2_link_from_type(type, &link))
			continue;
		bool is_known = false;
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			is_known = is_known || (known[i].type == type && known[i].link == link);
		assert_true(is_known);
		found++;
	}
	assert_int_equal(found, sizeof known / sizeof known[0]);
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof rows / sizeof rows[0]][96];
	TESTS_ROWS(&tests, rows, test_row);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		/* Who leaves the length out cannot be found cut; the outer ends of the tunnels' rows do. */
		if (strstr(rows[i].name, "length 0") != NULL || strstr(rows[i].name, "jumbogram") != NULL ||
			strstr(rows[i].want, " 10.0.0.1:") != NULL)
			continue;
		snprintf(names[i], sizeof names[i], "cut at each octet: %s", rows[i].name);
		tests_add(&tests, names[i], test_cut, &rows[i]);
	}
	tests_add(&tests, "link types by number", test_link_types, NULL);
	return tests_run(&tests, "packet");
}
