/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hit record: Elastic Common Schema 8.11, and our own under `c2watch`. A field is there when its value is known, and not otherwise.
 *
 * `source` is the client whichever way the packet went: of a response it is the packet's destination. `host` is the client too, unless it is a
 * stranger's who came from outside.
 */
#include "record/record.h"

#include "record/community_id.h"
#include "record/envelope.h"
#include "record/line.h"
#include "record/threat.h"
#include "record/words.h"

#include <inttypes.h>
#include <stdio.h>

/* One end of the exchange. */
struct end {
	const struct c2_addr *addr;
	uint16_t port;
	bool is_inside;
	char text[RECORD_ADDR_CAP];
};

/* A hit with what follows from it, worked out once. */
struct view {
	const struct record_hit *hit;
	const struct note_where *where;
	const struct note_sighting *sighting;
	enum note_kind kind;
	bool is_dns;
	struct end client, server;
	char name[C2_NAME_TEXT_MAX]; /* the name seen */
	char mac[MAC_TEXT_MAX];      /* of the client, RFC 7042 §2.1's form; empty: not known */
};

static void end_look(struct end *end, const struct home *home, const struct c2_addr *addr, uint16_t port)
{
	end->addr = addr;
	end->port = port;
	end->is_inside = home_is_inside(home, addr);
	record_addr_text(addr, end->text);
}

/* What a kind of sighting is called in a record. */
struct kind_words {
	const char *action;
	const char *protocol;
	const char *field; /* where the indicator matched */
	const char *did;   /* in the message */
};

static const struct kind_words *kind_of(enum note_kind kind)
{
	static const struct kind_words query = {"c2-dns-query", "dns", "dns.question.name", "asked for"};
	static const struct kind_words multicast = {"c2-dns-query", "mdns", "dns.question.name", "asked its neighbours for"};
	static const struct kind_words llmnr = {"c2-dns-query", "llmnr", "dns.question.name", "asked its neighbours for"};
	static const struct kind_words netbios = {"c2-dns-query", "netbios-ns", "dns.question.name", "asked its neighbours for"};
	static const struct kind_words question = {"c2-dns-answer", "dns", "dns.question.name", "was answered about"};
	static const struct kind_words target = {"c2-dns-answer", "dns", "dns.answers.data", "was answered about"};
	static const struct kind_words owner = {"c2-dns-answer", "dns", "dns.answers.name", "was answered about"};
	static const struct kind_words hello = {"c2-tls-client-hello", "tls", "tls.client.server_name", "opened TLS to"};
	static const struct kind_words quic = {"c2-quic-client-hello", "quic", "tls.client.server_name", "opened QUIC to"};
	static const struct kind_words dtls = {"c2-tls-client-hello", "dtls", "tls.client.server_name", "opened DTLS to"};
	static const struct kind_words answered = {"c2-tls-server-hello", "tls", "tls.client.server_name", "was answered over TLS by"};
	static const struct kind_words quic_answered = {"c2-quic-server-hello", "quic", "tls.client.server_name", "was answered over QUIC by"};
	static const struct kind_words dtls_answered = {"c2-tls-server-hello", "dtls", "tls.client.server_name", "was answered over DTLS by"};
	static const struct kind_words http = {"c2-http-request", "http", "url.domain", "sent an HTTP request to"};
	static const struct kind_words connect = {"c2-proxy-connect", "http", "url.domain", "asked a proxy for a connection to"};
	static const struct kind_words socks = {"c2-proxy-connect", "socks", "url.domain", "asked a proxy for a connection to"};
	static const struct kind_words certificate = {"c2-certificate", "tls", "tls.server.x509.alternative_names", "was shown a certificate for"};
	switch (kind) {
	case NOTE_DNS:
		return &query;
	case NOTE_MDNS:
	case NOTE_MDNS_R:
		return &multicast;
	case NOTE_LLMNR:
	case NOTE_LLMNR_R:
		return &llmnr;
	case NOTE_NBNS:
	case NOTE_NBNS_R:
		return &netbios;
	case NOTE_CNAME:
	case NOTE_RR:
		return &target;
	case NOTE_ADDR:
		return &owner;
	case NOTE_QUIC:
		return &quic;
	case NOTE_DTLS:
		return &dtls;
	case NOTE_ANSWERED_TLS:
		return &answered;
	case NOTE_ANSWERED_QUIC:
		return &quic_answered;
	case NOTE_ANSWERED_DTLS:
		return &dtls_answered;
	case NOTE_HTTP:
		return &http;
	case NOTE_CONNECT:
		return &connect;
	case NOTE_SOCKS:
		return &socks;
	case NOTE_DNS_R:
		return &question;
	case NOTE_CERT:
		return &certificate;
	default:
		return &hello;
	}
}

static void view_look(struct view *view, const struct record_hit *hit)
{
	const struct note_where *where = &hit->note->where;
	bool is_answer = note_is_servers(hit->note->kind);
	view->hit = hit;
	view->where = where;
	view->sighting = &hit->note->sighting;
	view->kind = hit->note->kind;
	view->is_dns = note_is_dns(view->kind);
	end_look(&view->client, hit->home, is_answer ? &where->dst : &where->src, is_answer ? where->dport : where->sport);
	end_look(&view->server, hit->home, is_answer ? &where->src : &where->dst, is_answer ? where->sport : where->dport);
	c2_name_to_text(&view->sighting->name, view->name);
	view->mac[0] = '\0';
	if (hit->host->has_mac)
		mac_text(hit->host->mac, "0123456789ABCDEF", '-', view->mac);
}

/* The one sentence, such as "ws-0142 (10.20.30.41) asked for C2 domain example.net [3cx-2023]". */
static void write_message(struct line *line, const struct view *view)
{
	const struct record_hit *hit = view->hit;
	char who[C2_NAME_TEXT_MAX + RECORD_ADDR_CAP + 4], did[96], text[LINE_TEXT_MAX + 1], word[WORD_MAX];
	if (hit->host->name[0] != '\0')
		snprintf(who, sizeof who, "%s (%s)", hit->host->name, view->client.text);
	else
		snprintf(who, sizeof who, "%s", view->client.text);
	if (hit->is_summary)
		snprintf(did, sizeof did, "was seen %" PRIu64 " more times with", hit->incident->count);
	else if (note_is_answer(view->kind))
		snprintf(did, sizeof did, "was answered (%s, %s) about", word_rcode(view->sighting->dns_flags & 15, word),
			incident_outcome_text(hit->incident->outcome));
	else
		snprintf(did, sizeof did, "%s", kind_of(view->kind)->did);
	snprintf(text, sizeof text, "%.300s %s C2 domain %.300s [%.100s]", who, did, view->name,
		hit->claims->at->feed != NULL ? hit->claims->at->feed : "?");
	line_text(line, "message", text);
}

/* Where the indicator matched. */
static const char *view_field(const struct view *view)
{
	return view->kind == NOTE_CERT && view->sighting->is_subject ? "tls.server.x509.subject.common_name" : kind_of(view->kind)->field;
}

static void write_event(struct line *line, const struct view *view)
{
	static const char *const category[] = {"network", "intrusion_detection", NULL};
	static const char *const type_dns[] = {"protocol", "info", NULL};
	static const char *const type_tls[] = {"connection", "start", "info", NULL};
	const struct record_hit *hit = view->hit;
	line_open(line, "event");
	envelope_id(line, hit->sensor, &hit->id);
	line_text(line, "kind", "alert");
	line_texts(line, "category", category);
	line_texts(line, "type", view->is_dns ? type_dns : type_tls);
	line_text(line, "module", "c2watch");
	line_text(line, "dataset", "c2watch.hit");
	line_text(line, "action", record_action(hit->note, hit->is_summary));
	threat_severity(line, hit->claims->at);
	if (hit->is_summary) {
		line_time(line, "start", hit->incident->since_ns);
		line_time(line, "end", hit->incident->last_seen_ns);
	}
	line_close(line);
}

static void write_network(struct line *line, const struct view *view)
{
	const struct note_where *where = view->where;
	char id[COMMUNITY_ID_MAX];
	const bool from = view->client.is_inside, to = view->server.is_inside;
	line_open(line, "network");
	line_text(line, "transport", where->ip_proto == 6 ? "tcp" : where->ip_proto == 17 ? "udp" : NULL);
	line_text(line, "type", where->src.family == 4 ? "ipv4" : "ipv6");
	line_text(line, "protocol", kind_of(view->kind)->protocol);
	line_text(line, "direction", from && to ? "internal" : from ? "outbound" : to ? "inbound" : "external");
	if (community_id(where, id))
		line_text(line, "community_id", id);
	static const char *const key[] = {NULL, "inner"}; /* ECS knows two, and has them as keywords, hence texts */
	for (size_t i = 0; i < where->vlans && i < sizeof key / sizeof key[0]; i++) {
		char vlan[8];
		snprintf(vlan, sizeof vlan, "%u", where->vlan[i]);
		if (key[i] != NULL)
			line_open(line, key[i]);
		line_open(line, "vlan");
		line_text(line, "id", vlan);
		line_close(line);
		if (key[i] != NULL)
			line_close(line);
	}
	line_close(line);
}

static void write_destination(struct line *line, const struct view *view)
{
	const struct place_facts *place = view->hit->place;
	line_open(line, "destination");
	line_text(line, "ip", view->server.text);
	line_number(line, "port", view->server.port);
	if (!view->is_dns && !view->sighting->ech && view->kind != NOTE_CERT) /* with ECH the name seen is not where it goes */
		line_name_text(line, "domain", view->name);
	line_open(line, "geo");
	line_text(line, "country_iso_code", place->country_iso_code);
	line_text(line, "city_name", place->city);
	line_close(line);
	line_open(line, "as");
	if (place->as_number != 0)
		line_number(line, "number", place->as_number);
	line_open(line, "organization");
	line_text(line, "name", place->as_organisation);
	line_close(line);
	line_close(line);
	line_close(line);
}

static void write_ends(struct line *line, const struct view *view)
{
	const struct host_identity *host = view->hit->host;
	line_open(line, "source");
	line_text(line, "ip", view->client.text);
	line_number(line, "port", view->client.port);
	line_text(line, "mac", view->mac);
	line_name_text(line, "domain", host->fqdn);
	line_close(line);
	write_destination(line, view);
	if (!view->client.is_inside && view->server.is_inside)
		return; /* the inside host was asked, by a stranger */
	line_open(line, "host");
	line_name_text(line, "name", host->name);
	line_open_array(line, "ip");
	line_text(line, NULL, view->client.text);
	line_close_array(line);
	line_open_array(line, "mac");
	line_text(line, NULL, view->mac);
	line_close_array(line);
	line_close(line);
}

/* RFC 1035 §4.1.1, RFC 4035 §3. */
static void write_dns_flags(struct line *line, uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} known[] = {{0x0400, "AA"}, {0x0200, "TC"}, {0x0100, "RD"}, {0x0080, "RA"}, {0x0020, "AD"}, {0x0010, "CD"}};
	line_open_array(line, "header_flags");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if ((flags & known[i].bit) != 0)
			line_text(line, NULL, known[i].word);
	line_close_array(line);
}

/* The record that the hit is in, when it is in one. */
static void write_dns_answers(struct line *line, const struct view *view)
{
	const struct note_sighting *sighting = view->sighting;
	char word[WORD_MAX];
	line_open_array(line, "answers");
	if (view->kind == NOTE_CNAME || view->kind == NOTE_ADDR || view->kind == NOTE_RR) {
		line_open(line, NULL);
		if (view->kind == NOTE_ADDR)
			line_name_text(line, "name", view->name);
		else if (sighting->owner.len != 0)
			line_name(line, "name", &sighting->owner);
		line_text(line, "type", word_rrtype(sighting->rrtype, word));
		if (view->kind == NOTE_ADDR)
			line_addr(line, "data", &sighting->addr);
		else
			line_name_text(line, "data", view->name);
		line_close(line);
	}
	line_close_array(line);
}

/* The addresses that the message gave, as far as the note has them. */
static void write_addresses(struct line *line, const struct view *view)
{
	const struct note_sighting *sighting = view->sighting;
	if (!view->is_dns || view->kind == NOTE_DNS)
		return;
	bool has_own = view->kind == NOTE_ADDR && sighting->addr.family != 0;
	if (has_own)
		line_addr(line, NULL, &sighting->addr);
	if (!has_own || !c2_addr_equal(&sighting->addr, &sighting->first_answer))
		line_addr(line, NULL, &sighting->first_answer);
}

static void write_dns(struct line *line, const struct view *view)
{
	const struct note_sighting *sighting = view->sighting;
	char word[WORD_MAX], id[8];
	bool is_query = (sighting->dns_flags & 0x8000) == 0; /* QR, RFC 1035 §4.1.1 */
	bool is_record = view->kind == NOTE_CNAME || view->kind == NOTE_ADDR || view->kind == NOTE_RR;
	snprintf(id, sizeof id, "%u", sighting->dns_id);
	line_open(line, "dns");
	line_text(line, "type", is_query ? "query" : "answer");
	line_text(line, "id", id);
	line_text(line, "op_code", word_opcode(sighting->dns_flags >> 11 & 15, word));
	write_dns_flags(line, sighting->dns_flags);
	line_open(line, "question");
	line_name_text(line, "name", is_record ? NULL : view->name);
	line_text(line, "type", note_is_netbios(view->kind) ? word_netbios_type(sighting->qtype, word) : word_rrtype(sighting->qtype, word));
	line_close(line);
	write_dns_answers(line, view);
	line_open_array(line, "resolved_ip");
	write_addresses(line, view);
	line_close_array(line);
	if (!is_query)
		line_text(line, "response_code", word_rcode(sighting->dns_flags & 15, word));
	line_close(line);
}

/* Where a certificate's name stood: it had others, or it had this one alone. */
static void write_certificate(struct line *line, const struct view *view)
{
	line_open(line, "server");
	line_open(line, "x509");
	if (view->sighting->is_subject) {
		line_open(line, "subject");
		line_name_text(line, "common_name", view->name);
		line_close(line);
	} else {
		line_open_array(line, "alternative_names");
		line_name_text(line, NULL, view->name);
		line_close_array(line);
	}
	line_close(line);
	line_close(line);
}

/* The highest version that the client offers, or the one that the server chose: "1.3" of 0x0304 and of DTLS' 0xfefc, "3.0" of SSL 3.0's 0x0300. */
static void write_tls(struct line *line, const struct view *view)
{
	uint16_t version = view->sighting->tls_version;
	char text[8] = "";
	if (version > 0x0300 && version <= 0x0304)
		snprintf(text, sizeof text, "1.%u", version - 0x0301U);
	else if (version == 0x0300)
		snprintf(text, sizeof text, "3.0");
	else if (version >= 0xfefc && version <= 0xfeff)
		snprintf(text, sizeof text, "1.%u", 0xfeffU - version);
	line_open(line, "tls");
	if (note_is_answered(view->kind))
		line_text(line, "next_protocol", view->sighting->alpns > 0 ? view->sighting->alpn[0] : NULL);
	line_text(line, "version", text);
	if (text[0] != '\0')
		line_text(line, "version_protocol", version == 0x0300 ? "ssl" : version >> 8 == 3 ? "tls" : "dtls");
	if (view->kind == NOTE_CERT) {
		write_certificate(line, view);
	} else {
		line_open(line, "client");
		line_name_text(line, "server_name", view->name);
		line_close(line);
	}
	line_close(line);
}

static void write_url(struct line *line, const struct view *view)
{
	line_open(line, "url");
	line_name_text(line, "domain", view->name);
	line_close(line);
}

static void write_related(struct line *line, const struct view *view)
{
	line_open(line, "related");
	line_open_array(line, "ip");
	line_text(line, NULL, view->client.text);
	line_text(line, NULL, view->server.text);
	write_addresses(line, view);
	line_close_array(line);
	line_open_array(line, "hosts");
	line_name_text(line, NULL, view->hit->host->name);
	line_name_text(line, NULL, view->name);
	line_close_array(line);
	line_close(line);
}

static void write_attribution(struct line *line, const struct host_identity *host)
{
	static const char *const methods[] = {[HOST_BY_LEASE] = "lease", [HOST_BY_MAC] = "mac", [HOST_BY_ANNOUNCEMENT] = "announced"};
	static const char *const confidences[] = {[HOST_LOW] = "Low", [HOST_MEDIUM] = "Medium", [HOST_HIGH] = "High"};
	line_open(line, "attribution");
	line_name_text(line, "hostname", host->name);
	line_text(line, "vendor_class", host->vendor);
	if (host->method != HOST_BY_NOTHING) {
		line_text(line, "source", host->source);
		line_number(line, "age_ms", host->age_ns / 1000000);
		line_text(line, "method", methods[host->method]);
		line_text(line, "confidence", confidences[host->confidence]);
	}
	line_text(line, "l2", host->is_routed ? "routed" : NULL);
	line_close(line);
}

/* What context feeds say of the host: `runs-3cx` and the like. */
static void write_host_tags(struct line *line, const struct host_identity *host)
{
	line_open(line, "host");
	line_open_array(line, "tags");
	for (unsigned i = 0; i < host->tags; i++)
		line_text(line, NULL, host->tag[i]);
	line_close_array(line);
	line_close(line);
}

static void write_incident(struct line *line, const struct incident *incident)
{
	line_open(line, "incident");
	line_text(line, "id", incident->id);
	line_text(line, "outcome", incident_outcome_text(incident->outcome));
	line_time(line, "first_seen", incident->first_seen_ns);
	line_time(line, "last_seen", incident->last_seen_ns);
	line_number(line, "count", incident->count);
	line_number(line, "total", incident->total);
	line_close(line);
}

/* What ECS has no place for. */
static void write_own(struct line *line, const struct view *view)
{
	const struct note_sighting *sighting = view->sighting;
	line_open(line, "c2watch");
	line_open(line, "match");
	line_text(line, "scope", sighting->verdict.labels == sighting->name.labels ? "exact" : "subdomain");
	line_close(line);
	threat_own(line, view->hit->claims);
	write_attribution(line, view->hit->host);
	write_host_tags(line, view->hit->host);
	write_incident(line, view->hit->incident);
	line_open(line, "dns");
	if (view->is_dns)
		line_subnet(line, "client_subnet", &sighting->subnet, sighting->subnet_bits);
	line_close(line);
	line_open(line, "tls");
	line_true(line, "ech", note_is_hello(view->kind) && sighting->ech);
	line_open_array(line, "alpn");
	for (int i = 0; note_is_hello(view->kind) && i < sighting->alpns && i < NOTE_ALPN_MAX; i++)
		line_text(line, NULL, sighting->alpn[i]);
	line_close_array(line);
	line_text(line, "ja4", note_is_hello(view->kind) ? sighting->ja4 : NULL);
	line_close(line);
	line_close(line);
}

const char *record_action(const struct note *note, bool is_summary)
{
	return is_summary ? "c2-summary" : kind_of(note->kind)->action;
}

int record_hit(struct line *line, const struct record_hit *hit)
{
	static const char *const tags[] = {"forwarded", NULL};
	struct view view;
	view_look(&view, hit);
	line_begin(line);
	envelope_time(line, view.where->at_ns);
	write_message(line, &view);
	line_texts(line, "tags", tags);
	write_event(line, &view);
	envelope_observer(line, hit->sensor, hit->iface);
	write_network(line, &view);
	write_ends(line, &view);
	if (view.is_dns)
		write_dns(line, &view);
	else if (note_is_hello(view.kind) || note_is_answered(view.kind) || view.kind == NOTE_CERT)
		write_tls(line, &view);
	else
		write_url(line, &view);
	threat_describe(line, hit->claims, view.is_dns ? "T1071.004" : "T1071.001", view.name, view_field(&view));
	threat_rule(line, hit->claims->at, hit->feeds);
	write_related(line, &view);
	write_own(line, &view);
	return line_end(line);
}
