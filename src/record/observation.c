/* SPDX-License-Identifier: Apache-2.0 */
/* The observation line: every name seen, flat, in the direction that the packet went. */
#include "record/record.h"

#include "record/line.h"
#include "record/words.h"

static const char *const kind_words[NOTE_SIGHTINGS] = {
	[NOTE_DNS] = "dns",
	[NOTE_DNS_R] = "dns_r",
	[NOTE_CNAME] = "cname",
	[NOTE_ADDR] = "addr",
	[NOTE_RR] = "rr",
	[NOTE_MDNS] = "mdns",
	[NOTE_MDNS_R] = "mdns_r",
	[NOTE_LLMNR] = "llmnr",
	[NOTE_LLMNR_R] = "llmnr_r",
	[NOTE_NBNS] = "nbns",
	[NOTE_NBNS_R] = "nbns_r",
	[NOTE_TLS] = "tls",
	[NOTE_TLS_NOSNI] = "tls_nosni",
	[NOTE_QUIC] = "quic",
	[NOTE_QUIC_NOSNI] = "quic_nosni",
	[NOTE_DTLS] = "dtls",
	[NOTE_DTLS_NOSNI] = "dtls_nosni",
	[NOTE_HTTP] = "http",
	[NOTE_CONNECT] = "connect",
	[NOTE_SOCKS] = "socks",
	[NOTE_DHCP] = "dhcp",
	[NOTE_DHCP_FQDN] = "dhcp_fqdn",
	[NOTE_DHCP6] = "dhcp6",
	[NOTE_CERT] = "cert",
};

static void observe_where(struct line *line, const struct note_where *where)
{
	line_addr(line, "src", &where->src);
	line_number(line, "sport", where->sport);
	line_addr(line, "dst", &where->dst);
	line_number(line, "dport", where->dport);
}

static void observe_link(struct line *line, const struct note_where *where)
{
	line_open_array(line, "vlan");
	for (int i = 0; i < where->vlans && i < NOTE_VLANS_MAX; i++)
		line_number(line, NULL, where->vlan[i]);
	line_close_array(line);
	if (where->has_mac) {
		char text[MAC_TEXT_MAX];
		mac_text(where->mac_src, "0123456789abcdef", ':', text);
		line_text(line, "mac", text);
	}
}

static void observe_dns(struct line *line, enum note_kind kind, const struct note_sighting *sighting)
{
	char word[WORD_MAX];
	bool is_record = kind == NOTE_CNAME || kind == NOTE_ADDR || kind == NOTE_RR;
	if (note_is_dns(kind) && !is_record && sighting->qtype != 0)
		line_text(line, "qtype", note_is_netbios(kind) ? word_netbios_type(sighting->qtype, word) : word_rrtype(sighting->qtype, word));
	if (is_record)
		line_text(line, "rrtype", word_rrtype(sighting->rrtype, word));
	if (kind == NOTE_CNAME && sighting->owner.len != 0)
		line_name(line, "owner", &sighting->owner);
	if (kind == NOTE_ADDR)
		line_addr(line, "addr", &sighting->addr);
	if (note_is_dns(kind))
		line_subnet(line, "ecs", &sighting->subnet, sighting->subnet_bits);
}

static void observe_tls(struct line *line, const struct note_sighting *sighting)
{
	line_true(line, "ech", sighting->ech);
	line_open_array(line, "alpn");
	for (int i = 0; i < sighting->alpns && i < NOTE_ALPN_MAX; i++)
		line_text(line, NULL, sighting->alpn[i]);
	line_close_array(line);
	line_text(line, "ja4", sighting->ja4);
}

int record_observation(struct line *line, const struct note *note, const char *c2, const char *hostname)
{
	line_begin(line);
	line_time(line, "ts", note->where.at_ns);
	line_text(line, "kind", kind_words[note->kind]);
	line_name(line, "name", &note->sighting.name);
	observe_where(line, &note->where);
	observe_dns(line, note->kind, &note->sighting);
	observe_link(line, &note->where);
	if (note_is_hello(note->kind) || note->kind == NOTE_TLS_NOSNI || note->kind == NOTE_QUIC_NOSNI || note->kind == NOTE_DTLS_NOSNI)
		observe_tls(line, &note->sighting);
	line_name_text(line, "c2", c2);
	line_name_text(line, "hostname", hostname);
	return line_end(line);
}
