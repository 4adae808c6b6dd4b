/* SPDX-License-Identifier: Apache-2.0 */
/* Hit and gap records: every field, that ECS knows it, and that nothing from outside can break the line. */
#include "record_fixture.h"
#include "sink/sink.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- a hit with everything that can be known */

struct full {
	struct record_sensor sensor;
	struct note note;
	struct record_claims claims;
	struct home home;
	struct host_identity host;
	struct place_facts place;
	struct incident incident;
	struct record_hit hit;
};

static void full_make(struct full *full, enum note_kind kind, const char *name)
{
	char why[64];
	*full = (struct full){
		.sensor = {.name = "s1", .hostname = "sensor-dc1", .version = "0.1.0"},
		.note = fixture_note(kind, name),
		.claims = {.at = {{.name = "msstorageboxes.com",
				   .scope = C2_SCOPE_TREE,
				   .feed = "3cx-2023",
				   .provider = "CrowdStrike",
				   .campaign = "SmoothOperator",
				   .description = "3CX supply chain",
				   .reference = "https://www.3cx.com/blog/news/desktopapp-security-alert/",
				   .source = "crowdstrike,sophos",
				   .platform = "windows,macos",
				   .stage = "c2",
				   .tag = "3cx",
				   .confidence = "High",
				   .tlp = "CLEAR",
				   .severity = "critical",
				   .first_seen = "2023-03-29"}},
			.n = 1,
			.total = 1},
		.host = {.method = HOST_BY_LEASE,
			.confidence = HOST_HIGH,
			.name = "ws-0142",
			.fqdn = "ws-0142.corp.example",
			.vendor = "MSFT 5.0",
			.has_mac = true,
			.mac = {0x00, 0x16, 0x3e, 0x5e, 0x6c, 0x01},
			.age_ns = UINT64_C(81234999999),
			.source = "dhcp"},
		.incident = {.id = "0123456789abcdef", .first_seen_ns = AT_NS, .last_seen_ns = AT_NS, .since_ns = AT_NS, .count = 1, .total = 1},
	};
	assert_int_equal(home_parse(&full->home, NULL, 0, why, sizeof why), 0);
	full->hit = (struct record_hit){
		.sensor = &full->sensor,
		.id = {.ms = 1795192267123, .seq = 0, .created_ns = AT_NS + 878000},
		.note = &full->note,
		.claims = &full->claims,
		.feeds = "9f3c1e77",
		.iface = "ens1f0",
		.home = &full->home,
		.host = &full->host,
		.place = &full->place,
		.incident = &full->incident,
	};
}

static json_t *hit_parse(const struct full *full)
{
	struct line line = {0};
	assert_int_equal(record_hit(&line, &full->hit), 0);
	json_t *root = fixture_parse(&line);
	line_free(&line);
	return root;
}

static void hit_is(const struct full *full, const char *expected)
{
	struct line line = {0};
	assert_int_equal(record_hit(&line, &full->hit), 0);
	assert_string_equal(line.text, expected);
	json_decref(fixture_parse(&line));
	line_free(&line);
}

/* The value at `path`, keys and indices with slashes between; null when it is not there. */
static const json_t *at(const json_t *root, const char *path)
{
	char copy[128];
	snprintf(copy, sizeof copy, "%s", path);
	for (char *part = strtok(copy, "/"); part != NULL && root != NULL; part = strtok(NULL, "/"))
		root = json_is_array(root) ? json_array_get(root, (size_t)atoi(part)) : json_object_get(root, part);
	return root;
}

static const char *text_at(const json_t *root, const char *path)
{
	const char *text = json_string_value(at(root, path));
	if (text == NULL)
		fail_msg("no text at %s", path);
	return text;
}

/* ---- whole records, in their order */

#define ECS "\"ecs\":{\"version\":\"8.11.0\"},"
#define TAGS "\"tags\":[\"forwarded\"],"
#define OBSERVER                                                                                                                                     \
	"\"observer\":{\"type\":\"ids\",\"vendor\":\"c2watch\",\"product\":\"c2watch\",\"version\":\"0.1.0\",\"name\":\"s1\",\"hostname\":\"sensor-" \
	"dc1\","                                                                                                                                     \
	"\"ingress\":{\"interface\":{\"name\":\"ens1f0\"}}},"
#define SOURCE "\"source\":{\"ip\":\"10.20.30.41\",\"port\":51515,\"mac\":\"00-16-3E-5E-6C-01\",\"domain\":\"ws-0142.corp.example\"},"
#define HOST "\"host\":{\"name\":\"ws-0142\",\"ip\":[\"10.20.30.41\"],\"mac\":[\"00-16-3E-5E-6C-01\"]},"
#define THREAT(technique, atomic, field)                                                                                                         \
	"\"threat\":{\"framework\":\"MITRE "                                                                                                     \
	"ATT\\u0026CK\",\"tactic\":{\"id\":[\"TA0011\"]},\"technique\":{\"id\":[\"T1071\"],\"subtechnique\":{\"id\":[\"" technique               \
	"\"]}},\"feed\":{\"name\":\"3cx-2023\"},\"indicator\":{\"type\":\"domain-name\",\"name\":\"msstorageboxes.com\",\"provider\":"           \
	"\"CrowdStrike\","                                                                                                                       \
	"\"confidence\":\"High\",\"description\":\"3CX supply chain\",\"first_seen\":\"2023-03-29T00:00:00Z\",\"marking\":{\"tlp\":\"CLEAR\"},"  \
	"\"reference\":\"https://www.3cx.com/blog/news/desktopapp-security-alert/\"},\"enrichments\":[{\"indicator\":{\"type\":\"domain-name\"," \
	"\"name\":\"msstorageboxes.com\",\"provider\":\"CrowdStrike\",\"confidence\":\"High\"},\"feed\":{\"name\":\"3cx-2023\"},\"matched\":{"   \
	"\"atomic\":\"" atomic "\",\"field\":\"" field "\",\"type\":\"indicator_match_rule\"}}]},"                                               \
	"\"rule\":{\"id\":\"3cx-2023\",\"name\":\"C2 domain 3cx-2023\",\"ruleset\":\"3cx-2023\",\"version\":\"9f3c1e77\"},"
#define OWN(scope)                                                                                                                                  \
	"\"c2watch\":{\"match\":{\"scope\":\"" scope "\"},\"indicator\":{\"campaign\":\"SmoothOperator\",\"platform\":\"windows,macos\",\"stage\":" \
	"\"c2\",\"source\":\"crowdstrike,sophos\",\"tag\":\"3cx\",\"claims\":1},"                                                                   \
	"\"attribution\":{\"hostname\":\"ws-0142\",\"vendor_class\":\"MSFT "                                                                        \
	"5.0\",\"source\":\"dhcp\",\"age_ms\":81234,\"method\":\"lease\",\"confidence\":\"High\"},"
#define INCIDENT(outcome, count, total)                                    \
	"\"incident\":{\"id\":\"0123456789abcdef\",\"outcome\":\"" outcome \
	"\",\"first_seen\":\"2026-11-20T16:31:07.123456Z\",\"last_seen\":\"2026-11-20T16:31:07.123456Z\",\"count\":" count ",\"total\":" total "}"

static void whole_dns_query(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	hit_is(&full, "{\"@timestamp\":\"2026-11-20T16:31:07.123456Z\"," ECS
		      "\"message\":\"ws-0142 (10.20.30.41) asked for C2 domain msstorageboxes.com [3cx-2023]\"," TAGS
		      "\"event\":{\"id\":\"s1-1795192267123-0\",\"created\":\"2026-11-20T16:31:07.124334Z\",\"kind\":\"alert\","
		      "\"category\":[\"network\",\"intrusion_detection\"],\"type\":[\"protocol\",\"info\"],\"module\":\"c2watch\",\"dataset\":"
		      "\"c2watch.hit\","
		      "\"action\":\"c2-dns-query\",\"severity\":99,\"risk_score\":99}," OBSERVER
		      "\"network\":{\"transport\":\"udp\",\"type\":\"ipv4\",\"protocol\":\"dns\",\"direction\":\"internal\","
		      "\"community_id\":\"1:K3jviZN+infqgH4BMxUU1kTqGzY=\",\"vlan\":{\"id\":\"120\"}}," SOURCE
		      "\"destination\":{\"ip\":\"10.20.0.53\",\"port\":53}," HOST
		      "\"dns\":{\"type\":\"query\",\"id\":\"43981\",\"op_code\":\"QUERY\",\"header_flags\":[\"RD\"],"
		      "\"question\":{\"name\":\"msstorageboxes.com\",\"type\":\"A\"}}," THREAT("T1071.004", "msstorageboxes.com",
			      "dns.question.name") "\"related\":{\"ip\":[\"10.20.30.41\",\"10.20.0.53\"],\"hosts\":[\"ws-0142\",\"msstorageboxes."
						   "com\"]}," OWN("exact") INCIDENT("asked", "1", "1") "}}");
}

/* Behind a forwarder the source is the forwarder, and the subnet tells whose question it was. */
static void dns_query_tells_whose_it_is(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	full.note.sighting.subnet = fixture_addr("192.0.2.0");
	full.note.sighting.subnet_bits = 24;
	json_t *record = hit_parse(&full);
	assert_string_equal(text_at(record, "c2watch/dns/client_subnet"), "192.0.2.0/24");
	assert_string_equal(text_at(record, "source/ip"), "10.20.30.41");
	json_decref(record);
}

/* The response goes the other way; the client stays the source. */
static void whole_dns_answer(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS_R, "msstorageboxes.com");
	full.note.sighting.answers = 1;
	full.note.sighting.first_answer = fixture_addr("203.0.113.9");
	full.incident.outcome = INCIDENT_RESOLVED;
	full.incident.count = 0;
	full.hit.id.seq = 7;
	hit_is(&full, "{\"@timestamp\":\"2026-11-20T16:31:07.123456Z\"," ECS
		      "\"message\":\"ws-0142 (10.20.30.41) was answered (NOERROR, resolved) about C2 domain msstorageboxes.com [3cx-2023]\"," TAGS
		      "\"event\":{\"id\":\"s1-1795192267123-7\",\"created\":\"2026-11-20T16:31:07.124334Z\",\"kind\":\"alert\","
		      "\"category\":[\"network\",\"intrusion_detection\"],\"type\":[\"protocol\",\"info\"],\"module\":\"c2watch\",\"dataset\":"
		      "\"c2watch.hit\","
		      "\"action\":\"c2-dns-answer\",\"severity\":99,\"risk_score\":99}," OBSERVER
		      "\"network\":{\"transport\":\"udp\",\"type\":\"ipv4\",\"protocol\":\"dns\",\"direction\":\"internal\","
		      "\"community_id\":\"1:K3jviZN+infqgH4BMxUU1kTqGzY=\",\"vlan\":{\"id\":\"120\"}}," SOURCE
		      "\"destination\":{\"ip\":\"10.20.0.53\",\"port\":53}," HOST
		      "\"dns\":{\"type\":\"answer\",\"id\":\"43981\",\"op_code\":\"QUERY\",\"header_flags\":[\"RD\",\"RA\"],"
		      "\"question\":{\"name\":\"msstorageboxes.com\",\"type\":\"A\"},\"resolved_ip\":[\"203.0.113.9\"],\"response_code\":\"NOERROR\"}"
		      "," THREAT("T1071.004", "msstorageboxes.com",
			      "dns.question.name") "\"related\":{\"ip\":[\"10.20.30.41\",\"10.20.0.53\",\"203.0.113.9\"],\"hosts\":[\"ws-0142\","
						   "\"msstorageboxes.com\"]}," OWN("exact") INCIDENT("resolved", "0", "1") "}}");
}

static void tls_make(struct full *full)
{
	full_make(full, NOTE_TLS, "cdn.msstorageboxes.com");
	full->note.where.ip_proto = 6;
	full->note.where.sport = 50212;
	full->note.where.dport = 443;
	full->note.where.dst = fixture_addr("203.0.113.9");
	full->note.sighting.tls_version = 0x0304;
	full->note.sighting.alpns = 2;
	strcpy(full->note.sighting.alpn[0], "h2");
	strcpy(full->note.sighting.alpn[1], "http/1.1");
	strcpy(full->note.sighting.ja4, "t13d1516h2_8daaf6152771_02713d6af862");
	full->place = (struct place_facts){.country_iso_code = "NL", .city = "Z\303\274rich", .as_number = 64500, .as_organisation = "EXAMPLE-AS"};
	full->incident.outcome = INCIDENT_HELLO;
}

static void whole_tls_hello(void **state)
{
	(void)state;
	struct full full;
	tls_make(&full);
	hit_is(&full, "{\"@timestamp\":\"2026-11-20T16:31:07.123456Z\"," ECS
		      "\"message\":\"ws-0142 (10.20.30.41) opened TLS to C2 domain cdn.msstorageboxes.com [3cx-2023]\"," TAGS
		      "\"event\":{\"id\":\"s1-1795192267123-0\",\"created\":\"2026-11-20T16:31:07.124334Z\",\"kind\":\"alert\","
		      "\"category\":[\"network\",\"intrusion_detection\"],\"type\":[\"connection\",\"start\",\"info\"],\"module\":\"c2watch\","
		      "\"dataset\":\"c2watch.hit\",\"action\":\"c2-tls-client-hello\",\"severity\":99,\"risk_score\":99}," OBSERVER
		      "\"network\":{\"transport\":\"tcp\",\"type\":\"ipv4\",\"protocol\":\"tls\",\"direction\":\"outbound\","
		      "\"community_id\":\"1:GU7Dr9v5kjruOmtXQdyf8Mvz3Jc=\",\"vlan\":{\"id\":\"120\"}},"
		      "\"source\":{\"ip\":\"10.20.30.41\",\"port\":50212,\"mac\":\"00-16-3E-5E-6C-01\",\"domain\":\"ws-0142.corp.example\"},"
		      "\"destination\":{\"ip\":\"203.0.113.9\",\"port\":443,\"domain\":\"cdn.msstorageboxes.com\","
		      "\"geo\":{\"country_iso_code\":\"NL\",\"city_name\":\"Z\\u00fcrich\"},\"as\":{\"number\":64500,\"organization\":{\"name\":"
		      "\"EXAMPLE-AS\"}}}," HOST
		      "\"tls\":{\"version\":\"1.3\",\"version_protocol\":\"tls\",\"client\":{\"server_name\":\"cdn.msstorageboxes.com\"}}," THREAT(
			      "T1071.001", "cdn.msstorageboxes.com",
			      "tls.client.server_name") "\"related\":{\"ip\":[\"10.20.30.41\",\"203.0.113.9\"],\"hosts\":[\"ws-0142\",\"cdn."
							"msstorageboxes.com\"]}," OWN("subdomain")
								INCIDENT("hello", "1", "1") ",\"tls\":{\"alpn\":[\"h2\",\"http/1.1\"],\"ja4\":"
											    "\"t13d1516h2_8daaf6152771_02713d6af862\"}}}");
}

/* The server's packet, the client's host, and what the server chose. */
static void answered_hello_is_the_clients(void **state)
{
	static const struct {
		enum note_kind kind;
		const char *action, *protocol, *message;
	} rows[] = {
		{NOTE_ANSWERED_TLS, "c2-tls-server-hello", "tls",
			"ws-0142 (10.20.30.41) was answered over TLS by C2 domain cdn.msstorageboxes.com [3cx-2023]"},
		{NOTE_ANSWERED_QUIC, "c2-quic-server-hello", "quic",
			"ws-0142 (10.20.30.41) was answered over QUIC by C2 domain cdn.msstorageboxes.com [3cx-2023]"},
		{NOTE_ANSWERED_DTLS, "c2-tls-server-hello", "dtls",
			"ws-0142 (10.20.30.41) was answered over DTLS by C2 domain cdn.msstorageboxes.com [3cx-2023]"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct full full;
		tls_make(&full);
		full.note.kind = rows[i].kind;
		full.note.where.dst = full.note.where.src;
		full.note.where.src = fixture_addr("203.0.113.9");
		full.note.where.sport = 443;
		full.note.where.dport = 50212;
		full.note.sighting.alpns = 1;
		full.incident.outcome = INCIDENT_TALKED;
		full.incident.count = 0;
		json_t *root = hit_parse(&full);
		assert_string_equal(text_at(root, "event/action"), rows[i].action);
		assert_string_equal(text_at(root, "network/protocol"), rows[i].protocol);
		assert_string_equal(text_at(root, "message"), rows[i].message);
		assert_string_equal(text_at(root, "source/ip"), "10.20.30.41");
		assert_string_equal(text_at(root, "destination/domain"), "cdn.msstorageboxes.com");
		assert_string_equal(text_at(root, "tls/client/server_name"), "cdn.msstorageboxes.com");
		assert_string_equal(text_at(root, "tls/next_protocol"), "h2");
		assert_string_equal(text_at(root, "c2watch/incident/outcome"), "talked");
		assert_null(at(root, "c2watch/tls/ja4"));
		json_decref(root);
	}
}

/* Nothing is known that need not be. */
static void whole_hit_of_an_unknown_host(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "bad.example");
	full.sensor = (struct record_sensor){.name = "s1"};
	full.claims.at[0] = (struct indicator){.name = "bad.example", .feed = "mine"};
	memset(&full.host, 0, sizeof full.host);
	full.note.where.vlans = 0;
	full.note.where.src = fixture_addr("fd00::10");
	full.note.where.dst = fixture_addr("2001:db8::53");
	full.hit.feeds = full.hit.iface = NULL;
	full.hit.id.created_ns = 0;
	hit_is(&full, "{\"@timestamp\":\"2026-11-20T16:31:07.123456Z\"," ECS "\"message\":\"fd00::10 asked for C2 domain bad.example [mine]\"," TAGS
		      "\"event\":{\"id\":\"s1-1795192267123-0\",\"kind\":\"alert\",\"category\":[\"network\",\"intrusion_detection\"],\"type\":["
		      "\"protocol\",\"info\"],"
		      "\"module\":\"c2watch\",\"dataset\":\"c2watch.hit\",\"action\":\"c2-dns-query\",\"severity\":73,\"risk_score\":54},"
		      "\"observer\":{\"type\":\"ids\",\"vendor\":\"c2watch\",\"product\":\"c2watch\",\"name\":\"s1\"},"
		      "\"network\":{\"transport\":\"udp\",\"type\":\"ipv6\",\"protocol\":\"dns\",\"direction\":\"outbound\","
		      "\"community_id\":\"1:kmevsO6uOEATi/xLS1uYA2sKgwc=\"},"
		      "\"source\":{\"ip\":\"fd00::10\",\"port\":51515},\"destination\":{\"ip\":\"2001:db8::53\",\"port\":53},\"host\":{\"ip\":["
		      "\"fd00::10\"]},"
		      "\"dns\":{\"type\":\"query\",\"id\":\"43981\",\"op_code\":\"QUERY\",\"header_flags\":[\"RD\"],\"question\":{\"name\":\"bad."
		      "example\",\"type\":\"A\"}},"
		      "\"threat\":{\"framework\":\"MITRE ATT\\u0026CK\",\"tactic\":{\"id\":[\"TA0011\"]},\"technique\":{\"id\":[\"T1071\"],"
		      "\"subtechnique\":{\"id\":[\"T1071.004\"]}},\"feed\":{\"name\":\"mine\"},"
		      "\"indicator\":{\"type\":\"domain-name\",\"name\":\"bad.example\",\"confidence\":\"Not Specified\"},"
		      "\"enrichments\":[{\"indicator\":{\"type\":\"domain-name\",\"name\":\"bad.example\",\"confidence\":\"Not Specified\"},"
		      "\"feed\":{\"name\":\"mine\"},\"matched\":{\"atomic\":\"bad.example\",\"field\":\"dns.question.name\",\"type\":\"indicator_"
		      "match_rule\"}}]},"
		      "\"rule\":{\"id\":\"mine\",\"name\":\"C2 domain mine\",\"ruleset\":\"mine\"},"
		      "\"related\":{\"ip\":[\"fd00::10\",\"2001:db8::53\"],\"hosts\":[\"bad.example\"]},"
		      "\"c2watch\":{\"match\":{\"scope\":\"exact\"},\"indicator\":{\"claims\":1}," INCIDENT("asked", "1", "1") "}}");
}

/* ---- what differs by kind */

static void cname_is_an_answer(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_CNAME, "cdn.msstorageboxes.com");
	full.note.sighting.owner = fixture_name("www.shop.example");
	full.note.sighting.rrtype = 5;
	full.note.sighting.first_answer = fixture_addr("203.0.113.9");
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "event/action"), "c2-dns-answer");
	assert_string_equal(text_at(root, "dns/answers/0/name"), "www.shop.example");
	assert_string_equal(text_at(root, "dns/answers/0/type"), "CNAME");
	assert_string_equal(text_at(root, "dns/answers/0/data"), "cdn.msstorageboxes.com");
	assert_string_equal(text_at(root, "dns/resolved_ip/0"), "203.0.113.9");
	assert_string_equal(text_at(root, "dns/question/type"), "A");
	assert_null(at(root, "dns/question/name")); /* the note does not have it */
	assert_string_equal(text_at(root, "threat/enrichments/0/matched/field"), "dns.answers.data");
	assert_string_equal(text_at(root, "source/ip"), "10.20.30.41");
	json_decref(root);
}

static void address_is_an_answer(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_ADDR, "cdn.msstorageboxes.com");
	full.note.sighting.rrtype = 28;
	full.note.sighting.addr = fixture_addr("2001:db8::9");
	full.note.sighting.first_answer = fixture_addr("2001:db8::8");
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "dns/answers/0/name"), "cdn.msstorageboxes.com");
	assert_string_equal(text_at(root, "dns/answers/0/type"), "AAAA");
	assert_string_equal(text_at(root, "dns/answers/0/data"), "2001:db8::9");
	assert_int_equal(json_array_size(at(root, "dns/resolved_ip")), 2);
	assert_string_equal(text_at(root, "threat/enrichments/0/matched/field"), "dns.answers.name");
	json_decref(root);
	full.note.sighting.first_answer = full.note.sighting.addr;
	root = hit_parse(&full);
	assert_int_equal(json_array_size(at(root, "dns/resolved_ip")), 1); /* the same once */
	json_decref(root);
}

static void refusal_has_its_code(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS_R, "msstorageboxes.com");
	full.note.sighting.dns_flags = 0x8583;
	full.incident.outcome = INCIDENT_REFUSED;
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "dns/response_code"), "NXDOMAIN");
	assert_string_equal(text_at(root, "dns/header_flags/0"), "AA");
	assert_null(at(root, "dns/resolved_ip"));
	assert_string_equal(text_at(root, "c2watch/incident/outcome"), "refused");
	assert_string_equal(
		text_at(root, "message"), "ws-0142 (10.20.30.41) was answered (NXDOMAIN, refused) about C2 domain msstorageboxes.com [3cx-2023]");
	json_decref(root);
}

static void summary_has_its_count_and_span(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	full.hit.is_summary = true;
	full.incident.count = 41;
	full.incident.total = 42;
	full.incident.since_ns = AT_NS - UINT64_C(60000000000);
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "event/action"), "c2-summary");
	assert_string_equal(text_at(root, "event/kind"), "alert");
	assert_string_equal(text_at(root, "event/start"), "2026-11-20T16:30:07.123456Z");
	assert_string_equal(text_at(root, "event/end"), "2026-11-20T16:31:07.123456Z");
	assert_int_equal(json_integer_value(at(root, "c2watch/incident/count")), 41);
	assert_int_equal(json_integer_value(at(root, "c2watch/incident/total")), 42);
	assert_string_equal(text_at(root, "message"), "ws-0142 (10.20.30.41) was seen 41 more times with C2 domain msstorageboxes.com [3cx-2023]");
	json_decref(root);
}

static void ech_names_no_destination(void **state)
{
	(void)state;
	struct full full;
	tls_make(&full);
	full.note.sighting.ech = true;
	json_t *root = hit_parse(&full);
	assert_null(at(root, "destination/domain"));
	assert_true(json_is_true(at(root, "c2watch/tls/ech")));
	json_decref(root);
}

static void qinq_has_both_vlans(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	full.note.where.vlans = 2;
	full.note.where.vlan[0] = 300;
	full.note.where.vlan[1] = 42;
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "network/vlan/id"), "300");
	assert_string_equal(text_at(root, "network/inner/vlan/id"), "42");
	json_decref(root);
}

static void routed_host_has_no_mac(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	memset(&full.host, 0, sizeof full.host);
	full.host.is_routed = true;
	json_t *root = hit_parse(&full);
	assert_null(at(root, "source/mac"));
	assert_null(at(root, "host/mac"));
	assert_string_equal(text_at(root, "c2watch/attribution/l2"), "routed");
	assert_int_equal(json_object_size(at(root, "c2watch/attribution")), 1);
	json_decref(root);
}

struct method_row {
	const char *name;
	enum host_method method;
	enum host_confidence confidence;
	const char *method_text, *confidence_text;
};

static const struct method_row method_rows[] = {
	{"method_lease_high", HOST_BY_LEASE, HOST_HIGH, "lease", "High"},
	{"method_lease_medium", HOST_BY_LEASE, HOST_MEDIUM, "lease", "Medium"},
	{"method_lease_low", HOST_BY_LEASE, HOST_LOW, "lease", "Low"},
	{"method_mac", HOST_BY_MAC, HOST_MEDIUM, "mac", "Medium"},
};

static void method_has_its_word(void **state)
{
	const struct method_row *row = *state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	full.host.method = row->method;
	full.host.confidence = row->confidence;
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "c2watch/attribution/method"), row->method_text);
	assert_string_equal(text_at(root, "c2watch/attribution/confidence"), row->confidence_text);
	json_decref(root);
}

/* Which way it goes, by what is inside. */
struct direction_row {
	const char *name, *client, *server, *direction;
	bool has_host;
};

static const struct direction_row direction_rows[] = {
	{"direction_outbound", "10.0.0.1", "203.0.113.1", "outbound", true},
	{"direction_internal", "10.0.0.1", "192.168.0.1", "internal", true},
	{"direction_inbound", "203.0.113.1", "10.0.0.1", "inbound", false}, /* the inside host was asked */
	{"direction_external", "203.0.113.1", "198.51.100.1", "external", true},
	{"direction_outbound_v6", "fd00::1", "2001:db8::1", "outbound", true},
};

static void direction_follows_from_home(void **state)
{
	const struct direction_row *row = *state;
	for (int is_answer = 0; is_answer < 2; is_answer++) {
		struct full full;
		full_make(&full, is_answer ? NOTE_DNS_R : NOTE_DNS, "msstorageboxes.com");
		full.note.where.src = fixture_addr(is_answer ? row->server : row->client);
		full.note.where.dst = fixture_addr(is_answer ? row->client : row->server);
		json_t *root = hit_parse(&full);
		assert_string_equal(text_at(root, "network/direction"), row->direction);
		assert_string_equal(text_at(root, "source/ip"), row->client);
		assert_string_equal(text_at(root, "destination/ip"), row->server);
		assert_int_equal(at(root, "host") != NULL, row->has_host);
		json_decref(root);
	}
}

struct tls_row {
	const char *name;
	uint16_t version;
	const char *text, *protocol; /* null: not said */
};

static const struct tls_row tls_rows[] = {
	{"tls_ssl_3", 0x0300, "3.0", "ssl"},
	{"tls_1_0", 0x0301, "1.0", "tls"},
	{"tls_1_2", 0x0303, "1.2", "tls"},
	{"tls_1_3", 0x0304, "1.3", "tls"},
	{"tls_unknown", 0x0305, NULL, NULL},
	{"tls_draft", 0x7f1c, NULL, NULL},
	{"tls_none", 0, NULL, NULL},
	{"tls_ssl_2", 0x0002, NULL, NULL},
};

static void tls_version_has_its_number(void **state)
{
	const struct tls_row *row = *state;
	struct full full;
	tls_make(&full);
	full.note.sighting.tls_version = row->version;
	json_t *root = hit_parse(&full);
	if (row->text != NULL) {
		assert_string_equal(text_at(root, "tls/version"), row->text);
		assert_string_equal(text_at(root, "tls/version_protocol"), row->protocol);
	} else {
		assert_null(at(root, "tls/version"));
		assert_null(at(root, "tls/version_protocol"));
	}
	json_decref(root);
}

struct severity_row {
	const char *name, *severity, *confidence;
	int expected, risk;
};

static const struct severity_row severity_rows[] = {
	{"severity_low", "low", "High", 21, 21},
	{"severity_medium", "medium", "High", 47, 47},
	{"severity_high", "high", "High", 73, 73},
	{"severity_critical", "critical", "High", 99, 99},
	{"severity_not_said", NULL, "High", 73, 73},
	{"severity_unknown_word", "dire", "High", 73, 73},
	{"severity_any_case", "Critical", "high", 99, 99},
	{"confidence_medium", "critical", "Medium", 99, 74},
	{"confidence_low", "critical", "Low", 99, 49},
	{"confidence_not_said", "critical", NULL, 99, 74},
};

static void severity_is_a_number(void **state)
{
	const struct severity_row *row = *state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	full.claims.at[0].severity = row->severity;
	full.claims.at[0].confidence = row->confidence;
	json_t *root = hit_parse(&full);
	assert_int_equal(json_integer_value(at(root, "event/severity")), row->expected);
	assert_int_equal(json_integer_value(at(root, "event/risk_score")), row->risk);
	json_decref(root);
}

static void first_seen_may_be_a_time(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "msstorageboxes.com");
	full.claims.at[0].first_seen = "2023-03-29T12:00:00Z";
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "threat/indicator/first_seen"), "2023-03-29T12:00:00Z");
	json_decref(root);
}

/* ---- ECS: every leaf outside `c2watch` is a field of ECS 8.11, of its type */

struct field {
	const char *path;
	char type; /* s keyword, date or ip; n number; a array of s; o array of objects */
};

static const struct field fields[] = {
	{"@timestamp", 's'},
	{"ecs.version", 's'},
	{"message", 's'},
	{"tags", 'a'},
	{"event.id", 's'},
	{"event.created", 's'},
	{"event.kind", 's'},
	{"event.category", 'a'},
	{"event.type", 'a'},
	{"event.module", 's'},
	{"event.dataset", 's'},
	{"event.action", 's'},
	{"event.severity", 'n'},
	{"event.risk_score", 'n'},
	{"event.start", 's'},
	{"event.end", 's'},
	{"observer.type", 's'},
	{"observer.vendor", 's'},
	{"observer.product", 's'},
	{"observer.version", 's'},
	{"observer.name", 's'},
	{"observer.hostname", 's'},
	{"observer.ingress.interface.name", 's'},
	{"network.transport", 's'},
	{"network.type", 's'},
	{"network.protocol", 's'},
	{"network.direction", 's'},
	{"network.community_id", 's'},
	{"network.vlan.id", 's'},
	{"network.inner.vlan.id", 's'},
	{"source.ip", 's'},
	{"source.port", 'n'},
	{"source.mac", 's'},
	{"source.domain", 's'},
	{"destination.ip", 's'},
	{"destination.port", 'n'},
	{"destination.domain", 's'},
	{"destination.geo.country_iso_code", 's'},
	{"destination.geo.city_name", 's'},
	{"destination.as.number", 'n'},
	{"destination.as.organization.name", 's'},
	{"host.name", 's'},
	{"host.ip", 'a'},
	{"host.mac", 'a'},
	{"dns.type", 's'},
	{"dns.id", 's'},
	{"dns.op_code", 's'},
	{"dns.header_flags", 'a'},
	{"dns.question.name", 's'},
	{"dns.question.type", 's'},
	{"dns.answers", 'o'},
	{"dns.answers.name", 's'},
	{"dns.answers.type", 's'},
	{"dns.answers.data", 's'},
	{"dns.resolved_ip", 'a'},
	{"dns.response_code", 's'},
	{"tls.next_protocol", 's'},
	{"tls.version", 's'},
	{"tls.version_protocol", 's'},
	{"tls.client.server_name", 's'},
	{"threat.framework", 's'},
	{"threat.tactic.id", 'a'},
	{"threat.technique.id", 'a'},
	{"threat.technique.subtechnique.id", 'a'},
	{"threat.feed.name", 's'},
	{"threat.indicator.type", 's'},
	{"threat.indicator.name", 's'},
	{"threat.indicator.provider", 's'},
	{"threat.indicator.confidence", 's'},
	{"threat.indicator.description", 's'},
	{"threat.indicator.first_seen", 's'},
	{"threat.indicator.last_seen", 's'},
	{"threat.indicator.marking.tlp", 's'},
	{"threat.indicator.reference", 's'},
	{"threat.enrichments", 'o'},
	{"threat.enrichments.indicator.type", 's'},
	{"threat.enrichments.indicator.name", 's'},
	{"threat.enrichments.indicator.provider", 's'},
	{"threat.enrichments.indicator.confidence", 's'},
	{"threat.enrichments.feed.name", 's'}, /* not in ECS, but where Elastic's own indicator match rules have it */
	{"threat.enrichments.matched.atomic", 's'},
	{"threat.enrichments.matched.field", 's'},
	{"threat.enrichments.matched.type", 's'},
	{"rule.id", 's'},
	{"rule.name", 's'},
	{"rule.ruleset", 's'},
	{"rule.version", 's'},
	{"related.ip", 'a'},
	{"related.hosts", 'a'},
};

static char field_type(const char *path)
{
	for (size_t i = 0; i < COUNT(fields); i++)
		if (strcmp(fields[i].path, path) == 0)
			return fields[i].type;
	return 0;
}

static void leaves_are_ecs(json_t *node, const char *path)
{
	const char *key;
	json_t *value;
	json_object_foreach(node, key, value)
	{
		char below[256];
		snprintf(below, sizeof below, "%s%s%s", path, *path != '\0' ? "." : "", key);
		char type = field_type(below);
		size_t i;
		json_t *item;
		if (strcmp(below, "c2watch") == 0)
			continue;
		if (json_is_object(value)) {
			assert_int_equal(type, 0);
			leaves_are_ecs(value, below);
		} else if (type == 'o') {
			json_array_foreach(value, i, item) leaves_are_ecs(item, below);
		} else if (type == 'a') {
			assert_true(json_array_size(value) > 0);
			json_array_foreach(value, i, item) assert_true(json_is_string(item));
		} else if (!(type == 's' && json_is_string(value)) && !(type == 'n' && json_is_integer(value))) {
			fail_msg("%s is no such field of ECS", below);
		}
	}
}

static void every_leaf_is_ecs(void **state)
{
	(void)state;
	static const enum note_kind kinds[] = {NOTE_DNS, NOTE_DNS_R, NOTE_CNAME, NOTE_ADDR, NOTE_TLS, NOTE_ANSWERED_TLS};
	for (size_t i = 0; i < 2 * COUNT(kinds); i++) {
		struct full full;
		tls_make(&full);
		full.note.kind = kinds[i / 2];
		full.hit.is_summary = i % 2 != 0;
		full.note.where.vlans = 2;
		full.note.sighting.owner = fixture_name("owner.example");
		full.note.sighting.addr = full.note.sighting.first_answer = fixture_addr("203.0.113.9");
		json_t *root = hit_parse(&full);
		leaves_are_ecs(root, "");
		json_decref(root);
	}
}

/* The first claim leads and is named in the flat fields; every one is listed. */
static void claims_are_listed(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "cdn.msstorageboxes.com");
	full.claims.at[0].last_seen = "2023-04-20";
	full.claims.at[0].expires = "2033-03-29T12:00:00Z";
	full.claims.at[1] = (struct indicator){.name = "msstorageboxes.com", .feed = "mine", .confidence = "Low"};
	full.claims.at[2] = (struct indicator){.name = "msstorageboxes.com", .feed = "theirs", .provider = "CERT"};
	full.claims.n = 3;
	full.claims.total = 12;
	json_t *root = hit_parse(&full);
	assert_string_equal(text_at(root, "threat/feed/name"), "3cx-2023");
	assert_string_equal(text_at(root, "threat/indicator/last_seen"), "2023-04-20T00:00:00Z");
	assert_string_equal(text_at(root, "rule/id"), "3cx-2023");
	assert_int_equal(json_array_size(at(root, "threat/enrichments")), 3);
	assert_string_equal(text_at(root, "threat/enrichments/0/feed/name"), "3cx-2023");
	assert_string_equal(text_at(root, "threat/enrichments/0/indicator/confidence"), "High");
	assert_string_equal(text_at(root, "threat/enrichments/1/feed/name"), "mine");
	assert_string_equal(text_at(root, "threat/enrichments/1/indicator/confidence"), "Low");
	assert_null(at(root, "threat/enrichments/1/indicator/provider"));
	assert_string_equal(text_at(root, "threat/enrichments/2/indicator/provider"), "CERT");
	assert_string_equal(text_at(root, "threat/enrichments/2/indicator/confidence"), "Not Specified");
	assert_string_equal(text_at(root, "threat/enrichments/2/matched/atomic"), "cdn.msstorageboxes.com");
	assert_string_equal(text_at(root, "c2watch/indicator/expires"), "2033-03-29T12:00:00Z");
	assert_int_equal(json_integer_value(at(root, "c2watch/indicator/claims")), 12);
	assert_null(at(root, "c2watch/host"));
	leaves_are_ecs(root, "");
	json_decref(root);
}

static void tags_of_the_host_are_listed(void **state)
{
	(void)state;
	struct full full;
	full_make(&full, NOTE_DNS, "cdn.msstorageboxes.com");
	full.host.tags = 2;
	strcpy(full.host.tag[0], "runs-3cx");
	strcpy(full.host.tag[1], "kiosk");
	json_t *root = hit_parse(&full);
	assert_int_equal(json_array_size(at(root, "c2watch/host/tags")), 2);
	assert_string_equal(text_at(root, "c2watch/host/tags/0"), "runs-3cx");
	assert_string_equal(text_at(root, "c2watch/host/tags/1"), "kiosk");
	leaves_are_ecs(root, "");
	json_decref(root);
}

/* ---- gaps */

static void whole_gap(void **state)
{
	(void)state;
	struct line line = {0};
	struct record_sensor sensor = {.name = "s1", .hostname = "sensor-dc1", .version = "0.1.0"};
	struct record_id id = {.ms = 1795192267123, .seq = 3, .created_ns = AT_NS};
	struct record_gap gap = {.from_ns = AT_NS - UINT64_C(1000000000), .to_ns = AT_NS, .lost = 12, .where = "ring"};
	assert_int_equal(record_gap(&line, &sensor, &id, &gap), 0);
	assert_string_equal(line.text, "{\"@timestamp\":\"2026-11-20T16:31:07.123456Z\"," ECS "\"message\":\"12 lost: ring\","
				       "\"event\":{\"id\":\"s1-1795192267123-3\",\"created\":\"2026-11-20T16:31:07.123456Z\",\"kind\":\"pipeline_"
				       "error\",\"module\":\"c2watch\","
				       "\"dataset\":\"c2watch.gap\"},"
				       "\"observer\":{\"type\":\"ids\",\"vendor\":\"c2watch\",\"product\":\"c2watch\",\"version\":\"0.1.0\",\"name\":"
				       "\"s1\",\"hostname\":\"sensor-dc1\"},"
				       "\"c2watch\":{\"gap\":{\"from\":\"2026-11-20T16:31:06.123456Z\",\"to\":\"2026-11-20T16:31:07.123456Z\","
				       "\"lost\":12,\"where\":\"ring\"}}}");
	json_t *root = fixture_parse(&line);
	leaves_are_ecs(root, "");
	json_decref(root);
	line_free(&line);
}

/* ---- coverage */

static const char *number_at(json_t *list, size_t i, json_int_t *packets)
{
	json_t *entry = json_array_get(list, i);
	*packets = json_integer_value(json_object_get(entry, "packets"));
	return json_string_value(json_object_get(entry, "number"));
}

/* Every counter under its name, zeros too; unknown numbers in their usual writing, the most frequent first. */
static void coverage_has_every_counter(void **state)
{
	(void)state;
	struct line line = {0};
	static struct counters counters;
	json_int_t packets;
	for (enum counter c = 0; c < COUNTER_COUNT; c++)
		counters.value[c] = c == COUNTER_fragments ? 0 : 1000u + c;
	for (unsigned i = 0; i < 3; i++)
		unread_add(&counters.unread, C2_STOP_ETHERTYPE, i == 0 ? 0x0806 : 0x88e5);
	unread_add(&counters.unread, C2_STOP_PROTO, 50);
	struct record_sensor sensor = {.name = "s1", .hostname = "sensor-dc1", .version = "0.1.0"};
	struct record_id id = {.ms = 1795192267123, .seq = 3, .created_ns = AT_NS};
	struct record_coverage coverage = {
		.from_ns = AT_NS - UINT64_C(60000000000), .to_ns = AT_NS, .counters = &counters, .dropped = 7, .missed = UINT64_C(1) << 40};
	assert_int_equal(record_coverage(&line, &sensor, &id, &coverage), 0);
	json_t *root = fixture_parse(&line);
	leaves_are_ecs(root, "");
	assert_string_equal(text_at(root, "@timestamp"), "2026-11-20T16:31:07.123456Z");
	assert_string_equal(text_at(root, "event/id"), "s1-1795192267123-3");
	assert_string_equal(text_at(root, "event/kind"), "metric");
	assert_string_equal(text_at(root, "event/dataset"), "c2watch.coverage");
	assert_string_equal(text_at(root, "event/start"), "2026-11-20T16:30:07.123456Z");
	assert_string_equal(text_at(root, "event/end"), "2026-11-20T16:31:07.123456Z");
	json_t *got = json_object_get(json_object_get(root, "c2watch"), "coverage");
	assert_int_equal(json_object_size(got), COUNTER_COUNT + 3);
	assert_int_equal(json_integer_value(json_object_get(got, "dropped")), 7);
	assert_int_equal(json_integer_value(json_object_get(got, "missed")), INT64_C(1) << 40);
	for (enum counter c = 0; c < COUNTER_COUNT; c++) {
		json_t *value = json_object_get(got, counter_names[c]);
		assert_true(json_is_integer(value));
		assert_int_equal(json_integer_value(value), counters.value[c]);
	}
	json_t *unread = json_object_get(got, "unread");
	assert_string_equal(number_at(json_object_get(unread, "ethertype"), 0, &packets), "0x88e5");
	assert_int_equal(packets, 2);
	assert_string_equal(number_at(json_object_get(unread, "ethertype"), 1, &packets), "0x0806");
	assert_string_equal(number_at(json_object_get(unread, "ip_protocol"), 0, &packets), "50");
	assert_null(json_object_get(unread, "ppp"));
	assert_int_equal(json_integer_value(json_object_get(unread, "others")), 0);
	json_decref(root);
	line_free(&line);
}

/* ---- injection: 64 texts through every door */

struct injection {
	const char *name;
	const char *octets;
	size_t len;
};

#define INJECT(name, octets)                    \
	{                                       \
		name, octets, sizeof octets - 1 \
	}

static const struct injection injections[] = {
	/* ends of lines and of strings */
	INJECT("inject_newline", "a\nb"),
	INJECT("inject_crlf_record", "a\r\n{\"event\":{\"kind\":\"alert\"}}"),
	INJECT("inject_nul", "a\0b"),
	INJECT("inject_quote", "a\"b"),
	INJECT("inject_quote_field", "\",\"event\":{\"kind\":\"state\"},\"x\":\""),
	INJECT("inject_backslash", "a\\"),
	INJECT("inject_two_backslashes", "a\\\\"),
	INJECT("inject_backslash_quote", "\\\""),
	INJECT("inject_braces", "}}]]{{[["),
	INJECT("inject_comma_colon", ",:,:"),
	INJECT("inject_escaped_nul", "\\u0000"),
	INJECT("inject_escaped_newline", "\\n"),
	INJECT("inject_escaped_x", "\\x1b[31m"),
	INJECT("inject_vertical_tab", "\v\f\b"),
	INJECT("inject_tab", "a\tb"),
	INJECT("inject_lone_cr", "fake\rreal"),
	/* terminals: CVE-2003-0063 and its kind */
	INJECT("inject_ansi_colour", "\033[31mred\033[0m"),
	INJECT("inject_ansi_clear", "\033[2J\033[H"),
	INJECT("inject_ansi_title", "\033]0;title\007"),
	INJECT("inject_ansi_report", "\033[21t"),
	INJECT("inject_ansi_link", "\033]8;;http://x/\033\\x"),
	INJECT("inject_c1_csi_raw", "\23331m"),
	INJECT("inject_c1_csi_utf8", "\302\23331m"),
	INJECT("inject_c1_osc", "\302\2350;x\302\234"),
	INJECT("inject_delete", "a\177\177b"),
	INJECT("inject_bell", "\007\007"),
	INJECT("inject_all_low", "\001\002\003\004\005\006\016\017\020\021\022\023\024\025\026\027\030\031\032\034\035\036\037"),
	/* UTF-8 that is none */
	INJECT("inject_latin1", "Z\374rich"),
	INJECT("inject_cut", "a\342\202"),
	INJECT("inject_overlong_nul", "\300\200"),
	INJECT("inject_overlong_quote", "\300\242"),
	INJECT("inject_overlong_slash", "\340\200\257"),
	INJECT("inject_surrogate", "\355\240\200\355\260\200"),
	INJECT("inject_too_large", "\367\277\277\277"),
	INJECT("inject_continuations", "\200\201\277"),
	INJECT("inject_fe_ff", "\376\377\376\377"),
	INJECT("inject_utf16", "\377\376a\0b\0"),
	INJECT("inject_all_high", "\204\214\224\234\244\254\264\274\304\314\324\334\344\354\364\374"),
	/* UTF-8 that is one */
	INJECT("inject_umlaut", "Z\303\274rich"),
	INJECT("inject_emoji", "\360\237\230\200"),
	INJECT("inject_line_separator", "a\342\200\250b\342\200\251c"),
	INJECT("inject_right_to_left", "abc\342\200\256moc.elpmaxe"),
	INJECT("inject_zero_width", "a\342\200\213b"),
	INJECT("inject_byte_order_mark", "\357\273\277a"),
	INJECT("inject_non_character", "\357\277\276\357\277\277"),
	INJECT("inject_combining", "e\314\201\314\201\314\201"),
	INJECT("inject_homoglyph", "\320\260pple"),
	INJECT("inject_last_plane", "\364\217\277\277"),
	/* pages, shells, formats, sheets, log look-ups */
	INJECT("inject_script", "</script><script>alert(1)</script>"),
	INJECT("inject_comment", "<!--"),
	INJECT("inject_entity", "&lt;&#x41;"),
	INJECT("inject_attribute", "' onload='x"),
	INJECT("inject_format", "%s%s%n%x"),
	INJECT("inject_format_width", "%99999999d"),
	INJECT("inject_formula", "=cmd|'/c calc'!A1"),
	INJECT("inject_formula_at", "@SUM(1)"),
	INJECT("inject_jndi", "${jndi:ldap://x/a}"),
	INJECT("inject_shell", "$(id)`id`;|&"),
	INJECT("inject_path", "../../etc/passwd"),
	INJECT("inject_redis", "\r\n*1\r\n$8\r\nFLUSHALL\r\n"),
	INJECT("inject_sql", "'; DROP TABLE x; --"),
	INJECT("inject_spaces", "   "),
	INJECT("inject_dots", "a..b"),
	INJECT("inject_true", "true"),
};
_Static_assert(COUNT(injections) == 64, "64 texts");

/* Every text that stands in the tree, keys too, is free of control characters. */
static void texts_are_plain(json_t *node)
{
	const char *key;
	json_t *value;
	size_t i;
	if (json_is_string(node)) {
		const unsigned char *p = (const unsigned char *)json_string_value(node);
		assert_int_equal(strlen((const char *)p), json_string_length(node));
		for (; *p != '\0'; p++) {
			assert_true(*p >= 0x20 && *p != 0x7f);
			if (*p == 0xc2)
				assert_true(p[1] >= 0xa0); /* no C1 */
		}
	}
	json_object_foreach(node, key, value) texts_are_plain(value);
	json_array_foreach(node, i, value) texts_are_plain(value);
}

static size_t leaves_count(json_t *node)
{
	const char *key;
	json_t *value;
	size_t i, n = 0;
	if (!json_is_object(node) && !json_is_array(node))
		return 1;
	json_object_foreach(node, key, value) n += leaves_count(value);
	json_array_foreach(node, i, value) n += leaves_count(value);
	return n;
}

/* The octets as a name: in one label, or two; a text that has empty labels is led in by escaping its dots. */
static struct c2_name injected_name(const struct injection *injection)
{
	char octets[80];
	size_t n = 0;
	for (size_t i = 0; i < injection->len; i++)
		octets[n++] = injection->octets[i] != '.' ? injection->octets[i] : ':';
	memcpy(octets + n, ".com", 4);
	struct c2_name name;
	assert_int_equal(c2_name_from_host(octets, n + 4, &name), C2_OK);
	return name;
}

static void full_inject(struct full *full, enum note_kind kind, const struct injection *injection)
{
	const char *text = injection->octets; /* up to its NUL, if there is one: such texts are strings before they are here */
	tls_make(full);
	full->note.kind = kind;
	full->note.sighting.name = full->note.sighting.owner = injected_name(injection);
	full->note.sighting.rrtype = 5;
	snprintf(full->note.sighting.alpn[0], sizeof full->note.sighting.alpn[0], "%s", text);
	c2_name_to_text(&full->note.sighting.name, full->host.name);
	c2_name_to_text(&full->note.sighting.name, full->host.fqdn);
	snprintf(full->host.vendor, sizeof full->host.vendor, "%s", text);
	full->host.tags = 1;
	snprintf(full->host.tag[0], sizeof full->host.tag[0], "%s", text);
	snprintf(full->place.city, sizeof full->place.city, "%s", text);
	snprintf(full->place.as_organisation, sizeof full->place.as_organisation, "%s", text);
	struct indicator *indicator = &full->claims.at[0];
	snprintf(indicator->name, sizeof indicator->name, "%s", text);
	indicator->feed = indicator->provider = indicator->campaign = indicator->description = indicator->reference = text;
	indicator->source = indicator->platform = indicator->stage = indicator->tag = indicator->confidence = indicator->tlp = text;
	indicator->severity = indicator->first_seen = indicator->last_seen = indicator->expires = text;
	for (full->claims.n = 1; full->claims.n < RECORD_CLAIMS_MAX; full->claims.n++)
		full->claims.at[full->claims.n] = *indicator;
	full->claims.total = RECORD_CLAIMS_MAX + 1;
	full->sensor.name = full->sensor.hostname = full->sensor.version = text;
	full->hit.feeds = full->hit.iface = text;
}

static void injection_breaks_no_hit(void **state)
{
	const struct injection *injection = *state;
	static const enum note_kind kinds[] = {NOTE_DNS, NOTE_DNS_R, NOTE_CNAME, NOTE_ADDR, NOTE_TLS};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct full full, plain;
		full_inject(&full, kinds[i], injection);
		full_inject(&plain, kinds[i], &(struct injection)INJECT("plain", "plain"));
		json_t *root = hit_parse(&full), *like = hit_parse(&plain);
		texts_are_plain(root);
		leaves_are_ecs(root, "");
		assert_int_equal(leaves_count(root), leaves_count(like)); /* not a field more or less */
		assert_string_equal(text_at(root, "event/kind"), "alert");
		json_decref(root);
		json_decref(like);
	}
}

static void injection_breaks_no_other_line(void **state)
{
	const struct injection *injection = *state;
	struct full full;
	struct line line = {0};
	for (int kind = 0; kind < NOTE_SIGHTINGS; kind++) {
		full_inject(&full, (enum note_kind)kind, injection);
		assert_int_equal(record_observation(&line, &full.note, injection->octets, full.host.name), 0);
		json_t *root = fixture_parse(&line);
		texts_are_plain(root);
		struct c2_name back; /* and the name comes back from its text, octet by octet */
		const char *text = text_at(root, "name");
		assert_int_equal(c2_name_from_text(text, strlen(text), &back), C2_OK);
		assert_true(c2_name_equal(&back, &full.note.sighting.name));
		json_decref(root);
	}
	struct record_gap gap = {.lost = 1, .where = injection->octets};
	assert_int_equal(record_gap(&line, &full.sensor, &full.hit.id, &gap), 0);
	json_t *root = fixture_parse(&line);
	texts_are_plain(root);
	json_decref(root);
	line_free(&line);
}

/* Longest names, longest texts: still one record, of a bounded size. */
static void longest_of_everything_fits(void **state)
{
	(void)state;
	static char text[100000];
	memset(text, '\001', sizeof text - 1);
	struct full full;
	char octets[253];
	memset(octets, '\377', sizeof octets);
	octets[63] = octets[127] = octets[191] = '.';
	full_inject(&full, NOTE_CNAME, &(struct injection){"", text, 10});
	assert_int_equal(c2_name_from_host(octets, sizeof octets, &full.note.sighting.name), C2_OK);
	full.note.sighting.owner = full.note.sighting.name;
	c2_name_to_text(&full.note.sighting.name, full.host.name);
	c2_name_to_text(&full.note.sighting.name, full.host.fqdn);
	struct line line = {0};
	assert_int_equal(record_hit(&line, &full.hit), 0);
	json_t *root = fixture_parse(&line);
	assert_in_range(line.len, 30000, SINK_JSON_MAX / 5 * 4);
	assert_int_equal(strlen(text_at(root, "c2watch/attribution/hostname")), 63 * 4 * 3 + 61 * 4 + 3);
	json_decref(root);
	line_free(&line);
}

int main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(whole_dns_query),
		cmocka_unit_test(dns_query_tells_whose_it_is),
		cmocka_unit_test(whole_dns_answer),
		cmocka_unit_test(whole_tls_hello),
		cmocka_unit_test(answered_hello_is_the_clients),
		cmocka_unit_test(whole_hit_of_an_unknown_host),
		cmocka_unit_test(cname_is_an_answer),
		cmocka_unit_test(address_is_an_answer),
		cmocka_unit_test(refusal_has_its_code),
		cmocka_unit_test(summary_has_its_count_and_span),
		cmocka_unit_test(ech_names_no_destination),
		cmocka_unit_test(qinq_has_both_vlans),
		cmocka_unit_test(routed_host_has_no_mac),
		cmocka_unit_test(first_seen_may_be_a_time),
		cmocka_unit_test(every_leaf_is_ecs),
		cmocka_unit_test(claims_are_listed),
		cmocka_unit_test(tags_of_the_host_are_listed),
		cmocka_unit_test(whole_gap),
		cmocka_unit_test(coverage_has_every_counter),
		cmocka_unit_test(longest_of_everything_fits),
	};
	static struct tests tests;
	memcpy(tests.at, single, sizeof single);
	tests.count = COUNT(single);
	TESTS_ROWS(&tests, method_rows, method_has_its_word);
	TESTS_ROWS(&tests, direction_rows, direction_follows_from_home);
	TESTS_ROWS(&tests, tls_rows, tls_version_has_its_number);
	TESTS_ROWS(&tests, severity_rows, severity_is_a_number);
	TESTS_ROWS(&tests, injections, injection_breaks_no_hit);
	TESTS_ROWS(&tests, injections, injection_breaks_no_other_line);
	return tests_run(&tests, "record_hit");
}
