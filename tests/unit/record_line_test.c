/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of lines, observation lines, DNS' words, the Community ID. */
#include "record/community_id.h"
#include "record/line.h"
#include "record/words.h"

#include "record_fixture.h"

#include <stdio.h>

/* ---- texts */

struct text_row {
	const char *name, *text, *json;
};

static const struct text_row text_rows[] = {
	{"text_plain", "Abc 123", "Abc 123"},
	{"text_quote", "a\"b", "a\\\"b"},
	{"text_backslash", "a\\b", "a\\\\b"},
	{"text_backslash_that_looks_like_an_escape", "a\\xff\377", "a\\\\x5cxff\\\\xff"},
	{"text_slash_is_plain", "a/b", "a/b"},
	/* a page's own */
	{"text_angle", "<b>", "\\u003cb\\u003e"},
	{"text_ampersand", "a&b", "a\\u0026b"},
	/* controls become text */
	{"text_newline", "a\nb", "a\\\\x0ab"},
	{"text_tab", "a\tb", "a\\\\x09b"},
	{"text_escape", "\033[31m", "\\\\x1b[31m"},
	{"text_delete", "\177", "\\\\x7f"},
	{"text_c1_csi", "\302\233", "\\\\xc2\\\\x9b"},
	{"text_c1_first", "\302\200", "\\\\xc2\\\\x80"},
	{"text_c1_last", "\302\237", "\\\\xc2\\\\x9f"},
	{"text_beyond_c1", "\302\240", "\\u00a0"},
	/* UTF-8, RFC 3629 §4: the borders of every length */
	{"text_two_octets_last", "\337\277", "\\u07ff"},
	{"text_three_octets_first", "\340\240\200", "\\u0800"},
	{"text_three_octets_last", "\357\277\277", "\\uffff"},
	{"text_four_octets_first", "\360\220\200\200", "\\ud800\\udc00"},
	{"text_four_octets_last", "\364\217\277\277", "\\udbff\\udfff"},
	{"text_umlaut", "Z\303\274rich", "Z\\u00fcrich"},
	{"text_line_separator", "\342\200\250", "\\u2028"},
	{"text_byte_order_mark", "\357\273\277a", "\\ufeffa"},
	{"text_emoji", "\360\237\230\200", "\\ud83d\\ude00"},
	/* what is no UTF-8 */
	{"text_lone_continuation", "a\200b", "a\\\\x80b"},
	{"text_cut_two", "a\303", "a\\\\xc3"},
	{"text_cut_three", "a\342\202", "a\\\\xe2\\\\x82"},
	{"text_cut_four", "a\360\237\230", "a\\\\xf0\\\\x9f\\\\x98"},
	{"text_broken_by_ascii", "\303(", "\\\\xc3("},
	{"text_overlong_slash", "\300\257", "\\\\xc0\\\\xaf"},
	{"text_overlong_nul", "\300\200", "\\\\xc0\\\\x80"},
	{"text_overlong_three", "\340\237\277", "\\\\xe0\\\\x9f\\\\xbf"},
	{"text_overlong_four", "\360\217\277\277", "\\\\xf0\\\\x8f\\\\xbf\\\\xbf"},
	{"text_surrogate_first", "\355\240\200", "\\\\xed\\\\xa0\\\\x80"},
	{"text_surrogate_last", "\355\277\277", "\\\\xed\\\\xbf\\\\xbf"},
	{"text_too_large", "\364\220\200\200", "\\\\xf4\\\\x90\\\\x80\\\\x80"},
	{"text_five_octets", "\370\210\200\200\200", "\\\\xf8\\\\x88\\\\x80\\\\x80\\\\x80"},
	{"text_fe_ff", "\376\377", "\\\\xfe\\\\xff"},
	{"text_latin1", "Z\374rich", "Z\\\\xfcrich"},
};

static void text_is_escaped(void **state)
{
	const struct text_row *row = *state;
	struct line line = {0};
	char expected[256];
	line_begin(&line);
	line_text(&line, "k", row->text);
	assert_int_equal(line_end(&line), 0);
	snprintf(expected, sizeof expected, "{\"k\":\"%s\"}", row->json);
	assert_string_equal(line.text, expected);
	json_decref(fixture_parse(&line));
	line_free(&line);
}

static void every_octet_gives_strict_json(void **state)
{
	(void)state;
	struct line line = {0};
	for (unsigned first = 1; first < 256; first++) {
		for (unsigned second = 1; second < 256; second++) {
			char text[] = {(char)first, (char)second, 'x', '\0'};
			line_begin(&line);
			line_text(&line, "k", text);
			assert_int_equal(line_end(&line), 0);
			json_decref(fixture_parse(&line));
		}
	}
	line_free(&line);
}

/* A long text is cut, between characters, and says so. */
static void long_text_is_cut(void **state)
{
	(void)state;
	char text[LINE_TEXT_MAX + 10];
	struct line line = {0};
	for (size_t pad = 0; pad < 4; pad++) { /* the border falls before, within and behind a character of three octets */
		memset(text, 'a', sizeof text);
		for (size_t i = LINE_TEXT_MAX - 6 + pad; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "\342\202\254", 3);
		text[sizeof text - 1] = '\0';
		line_begin(&line);
		line_text(&line, "k", text);
		assert_int_equal(line_end(&line), 0);
		json_t *root = fixture_parse(&line);
		const char *got = json_string_value(json_object_get(root, "k"));
		size_t len = strlen(got);
		assert_in_range(len, LINE_TEXT_MAX - 2 + 3, LINE_TEXT_MAX + 3);
		assert_string_equal(got + len - 3, "\342\200\246");
		assert_memory_equal(got, text, len - 3);
		json_decref(root);
	}
	memset(text, 'a', sizeof text);
	text[LINE_TEXT_MAX] = '\0';
	line_begin(&line);
	line_text(&line, "k", text);
	assert_int_equal(line_end(&line), 0);
	assert_int_equal(line.len, LINE_TEXT_MAX + 8); /* just fits */
	memset(text, '<', LINE_TEXT_MAX);              /* six octets each as they are written */
	line_begin(&line);
	line_text(&line, "k", text);
	assert_int_equal(line_end(&line), 0);
	assert_in_range(line.len, LINE_WRITTEN_MAX + 8, LINE_WRITTEN_MAX + 8 + 6 + 6);
	json_t *root = fixture_parse(&line);
	const char *got = json_string_value(json_object_get(root, "k"));
	assert_int_equal(strspn(got, "<"), (LINE_WRITTEN_MAX + 5) / 6);
	assert_string_equal(got + strspn(got, "<"), "\342\200\246");
	json_decref(root);
	line_free(&line);
}

/* ---- structure */

static void what_is_not_known_is_not_written(void **state)
{
	(void)state;
	struct line line = {0};
	struct c2_addr none = {0};
	line_begin(&line);
	line_text(&line, "null", NULL);
	line_text(&line, "empty", "");
	line_addr(&line, "addr", &none);
	line_true(&line, "false", false);
	line_open(&line, "object");
	line_open(&line, "inner");
	line_open_array(&line, "array");
	line_text(&line, NULL, NULL);
	line_close_array(&line);
	line_close(&line);
	line_close(&line);
	assert_int_equal(line_end(&line), 0);
	assert_string_equal(line.text, "{}");
	line_free(&line);
}

static void commas_stand_between_and_nowhere_else(void **state)
{
	(void)state;
	struct line line = {0};
	line_begin(&line);
	line_open(&line, "gone");
	line_close(&line);
	line_number(&line, "a", 1);
	line_open(&line, "gone");
	line_close(&line);
	line_open_array(&line, "b");
	line_number(&line, NULL, 2);
	line_open(&line, NULL);
	line_close(&line);
	line_open(&line, NULL);
	line_number(&line, "c", 3);
	line_close(&line);
	line_close_array(&line);
	line_true(&line, "d", true);
	assert_int_equal(line_end(&line), 0);
	assert_string_equal(line.text, "{\"a\":1,\"b\":[2,{\"c\":3}],\"d\":true}");
	line_free(&line);
}

static void line_is_used_again(void **state)
{
	(void)state;
	struct line line = {0};
	for (uint64_t i = 0; i < 3; i++) {
		char expected[16];
		line_begin(&line);
		line_number(&line, "i", i);
		assert_int_equal(line_end(&line), 0);
		snprintf(expected, sizeof expected, "{\"i\":%u}", (unsigned)i);
		assert_string_equal(line.text, expected);
	}
	line_free(&line);
	line_free(&line);
}

static void numbers_have_all_their_digits(void **state)
{
	(void)state;
	struct line line = {0};
	line_begin(&line);
	line_number(&line, "a", 0);
	line_number(&line, "b", 10);
	line_number(&line, "c", UINT64_MAX);
	assert_int_equal(line_end(&line), 0);
	assert_string_equal(line.text, "{\"a\":0,\"b\":10,\"c\":18446744073709551615}");
	line_free(&line);
}

/* ---- times and addresses */

struct time_row {
	const char *name;
	uint64_t at_ns;
	const char *text;
};

static const struct time_row time_rows[] = {
	{"time_epoch", 0, "1970-01-01T00:00:00.000000Z"},
	{"time_just_before_a_second", 999999999, "1970-01-01T00:00:00.999999Z"},
	{"time_microsecond", 1000, "1970-01-01T00:00:00.000001Z"},
	{"time_leap_day", UINT64_C(1709210096000000000), "2024-02-29T12:34:56.000000Z"},
	{"time_example", AT_NS, "2026-11-20T16:31:07.123456Z"},
	{"time_beyond_2038", UINT64_C(2147483648000000000), "2038-01-19T03:14:08.000000Z"},
	{"time_last_of_a_capture", UINT64_C(4294967295999999999), "2106-02-07T06:28:15.999999Z"},
	{"time_last", UINT64_MAX, "2554-07-21T23:34:33.709551Z"},
};

static void time_is_rfc3339(void **state)
{
	const struct time_row *row = *state;
	struct line line = {0};
	char expected[64];
	line_begin(&line);
	line_time(&line, "t", row->at_ns);
	assert_int_equal(line_end(&line), 0);
	snprintf(expected, sizeof expected, "{\"t\":\"%s\"}", row->text);
	assert_string_equal(line.text, expected);
	line_free(&line);
}

struct addr_row {
	const char *name, *in, *out;
};

static const struct addr_row addr_rows[] = {
	{"addr_zero", "0.0.0.0", "0.0.0.0"},
	{"addr_widths", "1.23.255.9", "1.23.255.9"},
	{"addr_all_ones", "255.255.255.255", "255.255.255.255"},
	{"addr_v6_unspecified", "::", "::"},
	{"addr_v6_lower_case", "2001:DB8::ABCD", "2001:db8::abcd"}, /* RFC 5952 §4.3 */
	{"addr_v6_no_leading_zeroes", "2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
	{"addr_v6_full", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
};

static void addr_is_as_usual(void **state)
{
	const struct addr_row *row = *state;
	struct c2_addr addr = fixture_addr(row->in);
	char text[RECORD_ADDR_CAP];
	record_addr_text(&addr, text);
	assert_string_equal(text, row->out);
}

/* ---- words */

struct word_row {
	const char *name;
	const char *(*word)(uint16_t number, char text[WORD_MAX]);
	uint16_t number;
	const char *text;
};

static const char *rcode(uint16_t number, char text[WORD_MAX])
{
	return word_rcode((uint8_t)number, text);
}

static const char *opcode(uint16_t number, char text[WORD_MAX])
{
	return word_opcode((uint8_t)number, text);
}

static const struct word_row word_rows[] = {
	{"type_a", word_rrtype, 1, "A"},
	{"type_cname", word_rrtype, 5, "CNAME"},
	{"type_aaaa", word_rrtype, 28, "AAAA"},
	{"type_dname", word_rrtype, 39, "DNAME"},
	{"type_https", word_rrtype, 65, "HTTPS"},
	{"type_any", word_rrtype, 255, "ANY"},
	{"type_ixfr", word_rrtype, 251, "IXFR"},
	{"type_axfr", word_rrtype, 252, "AXFR"},
	{"type_caa", word_rrtype, 257, "CAA"},
	{"type_netbios", word_netbios_type, 0x20, "NB"},
	{"type_netbios_status", word_netbios_type, 0x21, "NBSTAT"},
	{"type_netbios_other", word_netbios_type, 1, "A"},
	{"type_zero", word_rrtype, 0, "TYPE0"},
	{"type_unknown", word_rrtype, 65280, "TYPE65280"},
	{"type_last", word_rrtype, 65535, "TYPE65535"},
	{"rcode_noerror", rcode, 0, "NOERROR"},
	{"rcode_nxdomain", rcode, 3, "NXDOMAIN"},
	{"rcode_refused", rcode, 5, "REFUSED"},
	{"rcode_unknown", rcode, 15, "RCODE15"},
	{"opcode_query", opcode, 0, "QUERY"},
	{"opcode_update", opcode, 5, "UPDATE"},
	{"opcode_unknown", opcode, 3, "OPCODE3"},
};

static void word_is_ianas(void **state)
{
	const struct word_row *row = *state;
	char text[WORD_MAX];
	assert_string_equal(row->word(row->number, text), row->text);
}

static void every_type_has_a_word_that_fits(void **state)
{
	(void)state;
	char text[WORD_MAX];
	for (unsigned type = 0; type < 65536; type++)
		assert_in_range(strlen(word_rrtype((uint16_t)type, text)), 1, WORD_MAX - 2);
}

/* ---- Community ID: the specification's own examples, and both directions of each */

struct community_row {
	const char *name;
	uint8_t proto;
	const char *src, *dst;
	uint16_t sport, dport;
	const char *id;
};

static const struct community_row community_rows[] = {
	{"community_tcp", 6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
	{"community_udp", 17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
	{"community_tcp_v6", 6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
	{"community_dns_example", 17, "10.20.30.41", "10.20.0.53", 51515, 53, "1:K3jviZN+infqgH4BMxUU1kTqGzY="},
	{"community_tls_example", 6, "10.20.30.41", "203.0.113.9", 50212, 443, "1:GU7Dr9v5kjruOmtXQdyf8Mvz3Jc="},
};

static void community_id_is_the_specifications(void **state)
{
	const struct community_row *row = *state;
	struct note_where where = {
		.ip_proto = row->proto, .src = fixture_addr(row->src), .dst = fixture_addr(row->dst), .sport = row->sport, .dport = row->dport};
	struct note_where back = {.ip_proto = row->proto, .src = where.dst, .dst = where.src, .sport = row->dport, .dport = row->sport};
	char id[COMMUNITY_ID_MAX];
	assert_true(community_id(&where, id));
	assert_string_equal(id, row->id);
	assert_true(community_id(&back, id));
	assert_string_equal(id, row->id);
}

static void community_id_of_one_host_orders_by_port(void **state)
{
	(void)state;
	struct note_where where = {.ip_proto = 6, .src = fixture_addr("192.0.2.1"), .dst = fixture_addr("192.0.2.1"), .sport = 1, .dport = 2};
	struct note_where back = {.ip_proto = 6, .src = where.src, .dst = where.dst, .sport = 2, .dport = 1};
	char id[COMMUNITY_ID_MAX], id_back[COMMUNITY_ID_MAX];
	assert_true(community_id(&where, id));
	assert_true(community_id(&back, id_back));
	assert_string_equal(id, id_back);
	where.dst.family = 0;
	assert_false(community_id(&where, id));
}

/* ---- observation lines: the whole text, field by field in its order */

#define WHERE_OUT "\"src\":\"10.20.30.41\",\"sport\":51515,\"dst\":\"10.20.0.53\",\"dport\":53"
#define WHERE_BACK "\"src\":\"10.20.0.53\",\"sport\":53,\"dst\":\"10.20.30.41\",\"dport\":51515"
#define LINK "\"vlan\":[120],\"mac\":\"00:16:3e:5e:6c:01\""
#define TS "{\"ts\":\"2026-11-20T16:31:07.123456Z\","

static void observed(const struct note *note, const char *c2, const char *hostname, const char *expected)
{
	struct line line = {0};
	assert_int_equal(record_observation(&line, note, c2, hostname), 0);
	assert_string_equal(line.text, expected);
	json_decref(fixture_parse(&line));
	line_free(&line);
}

static void observation_of_a_query(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_DNS, "www.example.com");
	observed(&note, NULL, NULL, TS "\"kind\":\"dns\",\"name\":\"www.example.com\"," WHERE_OUT ",\"qtype\":\"A\"," LINK "}");
}

static void observation_of_a_query_that_tells_whose_it_is(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_DNS, "www.example.com");
	note.sighting.subnet = fixture_addr("192.0.2.0");
	note.sighting.subnet_bits = 24;
	observed(&note, NULL, NULL,
		TS "\"kind\":\"dns\",\"name\":\"www.example.com\"," WHERE_OUT ",\"qtype\":\"A\",\"ecs\":\"192.0.2.0/24\"," LINK "}");
	note.sighting.subnet = fixture_addr("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	note.sighting.subnet_bits = 128;
	observed(&note, NULL, NULL,
		TS "\"kind\":\"dns\",\"name\":\"www.example.com\"," WHERE_OUT
		   ",\"qtype\":\"A\",\"ecs\":\"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128\"," LINK "}");
}

static void observation_of_a_hit_of_a_known_host(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_DNS, "www.example.com");
	observed(&note, "example.com", "ws-0142",
		TS "\"kind\":\"dns\",\"name\":\"www.example.com\"," WHERE_OUT ",\"qtype\":\"A\"," LINK
		   ",\"c2\":\"example.com\",\"hostname\":\"ws-0142\"}");
}

static void observation_of_a_response(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_DNS_R, "www.example.com");
	note.sighting.qtype = 65280;
	observed(&note, NULL, "", TS "\"kind\":\"dns_r\",\"name\":\"www.example.com\"," WHERE_BACK ",\"qtype\":\"TYPE65280\"," LINK "}");
}

static void observation_of_a_cname(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_CNAME, "cdn.example.net");
	note.sighting.owner = fixture_name("www.example.com");
	note.sighting.rrtype = 5;
	observed(&note, NULL, NULL,
		TS "\"kind\":\"cname\",\"name\":\"cdn.example.net\"," WHERE_BACK ",\"rrtype\":\"CNAME\",\"owner\":\"www.example.com\"," LINK "}");
}

static void observation_of_an_address(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_ADDR, "www.example.com");
	note.sighting.addr = fixture_addr("2001:db8::9");
	note.sighting.rrtype = 28;
	note.where.vlans = 2;
	note.where.vlan[1] = 42;
	observed(&note, NULL, NULL,
		TS "\"kind\":\"addr\",\"name\":\"www.example.com\"," WHERE_BACK
		   ",\"rrtype\":\"AAAA\",\"addr\":\"2001:db8::9\",\"vlan\":[120,42],\"mac\":\"00:16:3e:5e:6c:01\"}");
}

static void observation_of_a_hello(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_TLS, "www.example.com");
	note.sighting.ech = true;
	note.sighting.alpns = 2;
	strcpy(note.sighting.alpn[0], "h2");
	strcpy(note.sighting.alpn[1], "http/1.1");
	strcpy(note.sighting.ja4, "t13d1516h2_8daaf6152771_02713d6af862");
	note.where.vlans = 0;
	note.where.has_mac = false;
	observed(&note, NULL, NULL,
		TS "\"kind\":\"tls\",\"name\":\"www.example.com\"," WHERE_OUT
		   ",\"ech\":true,\"alpn\":[\"h2\",\"http/1.1\"],\"ja4\":\"t13d1516h2_8daaf6152771_02713d6af862\"}");
}

static void observation_of_a_hello_without_a_name(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_TLS_NOSNI, "x");
	note.sighting.name.len = 0;
	observed(&note, NULL, NULL, TS "\"kind\":\"tls_nosni\",\"name\":\"\"," WHERE_OUT "," LINK "}");
}

static void observation_of_dhcp(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_DHCP, "ws-0142");
	observed(&note, NULL, NULL, TS "\"kind\":\"dhcp\",\"name\":\"ws-0142\"," WHERE_OUT "," LINK "}");
	note.kind = NOTE_DHCP_FQDN;
	observed(&note, NULL, NULL, TS "\"kind\":\"dhcp_fqdn\",\"name\":\"ws-0142\"," WHERE_OUT "," LINK "}");
}

/* Names are in presentation form, whatever octets they are of. */
static void observation_of_a_weird_name(void **state)
{
	(void)state;
	struct note note = fixture_note(NOTE_DNS, "x");
	static const char octets[] = "a\"b\\xff\0d\n\377 .<x>";
	assert_int_equal(c2_name_from_host(octets, sizeof octets - 1, &note.sighting.name), C2_OK);
	observed(&note, NULL, NULL,
		TS "\"kind\":\"dns\",\"name\":\"a\\\"b\\\\\\\\xff\\\\000d\\\\010\\\\255\\\\032.\\u003cx\\u003e\"," WHERE_OUT ",\"qtype\":\"A\"," LINK
		   "}");
}

int main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(every_octet_gives_strict_json),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(what_is_not_known_is_not_written),
		cmocka_unit_test(commas_stand_between_and_nowhere_else),
		cmocka_unit_test(line_is_used_again),
		cmocka_unit_test(numbers_have_all_their_digits),
		cmocka_unit_test(every_type_has_a_word_that_fits),
		cmocka_unit_test(community_id_of_one_host_orders_by_port),
		cmocka_unit_test(observation_of_a_query),
		cmocka_unit_test(observation_of_a_query_that_tells_whose_it_is),
		cmocka_unit_test(observation_of_a_hit_of_a_known_host),
		cmocka_unit_test(observation_of_a_response),
		cmocka_unit_test(observation_of_a_cname),
		cmocka_unit_test(observation_of_an_address),
		cmocka_unit_test(observation_of_a_hello),
		cmocka_unit_test(observation_of_a_hello_without_a_name),
		cmocka_unit_test(observation_of_dhcp),
		cmocka_unit_test(observation_of_a_weird_name),
	};
	static struct tests tests;
	memcpy(tests.at, single, sizeof single);
	tests.count = COUNT(single);
	TESTS_ROWS(&tests, text_rows, text_is_escaped);
	TESTS_ROWS(&tests, time_rows, time_is_rfc3339);
	TESTS_ROWS(&tests, addr_rows, addr_is_as_usual);
	TESTS_ROWS(&tests, word_rows, word_is_ianas);
	TESTS_ROWS(&tests, community_rows, community_id_is_the_specifications);
	return tests_run(&tests, "record_line");
}
