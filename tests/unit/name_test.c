/* SPDX-License-Identifier: Apache-2.0 */
/* The checked name: its constructors, its two forms, compression in all the ways that have broken others (RFC 9267), and label borders. */
#include "octets.h"
#include "table.h"

#include <c2watch/name.h>

#include <stdlib.h>

#define HEADER "000000000000000000000000" /* pointers count from the message's first octet, and may not lead into its header */

static void check_invariant(const struct c2_name *name)
{
	unsigned labels = 0;
	size_t at = 0;
	assert_in_range(name->len, 1, C2_NAME_WIRE_MAX);
	for (; name->wire[at] != 0; at += 1u + name->wire[at], labels++) {
		assert_in_range(name->wire[at], 1, 63);
		assert_true(at + 1 + name->wire[at] < name->len);
		for (unsigned i = 1; i <= name->wire[at]; i++)
			assert_false(name->wire[at + i] >= 'A' && name->wire[at + i] <= 'Z');
	}
	assert_int_equal(at + 1, name->len);
	assert_int_equal(labels, name->labels);
}

static void check_text(const struct c2_name *name, const char *want)
{
	char text[C2_NAME_TEXT_MAX];
	check_invariant(name);
	size_t n = c2_name_to_text(name, text);
	assert_int_equal(n, strlen(text));
	assert_string_equal(text, want);
}

/* Names from messages. The name begins at `at`; `next` octets are behind it when it is read. */
struct wire_row {
	const char *name;
	const char *octets;
	size_t at;
	enum c2_rc rc; /* of a closed view */
	const char *text;
	size_t next;
};

static const struct wire_row wire_rows[] = {
	/* plain */
	{"root", HEADER "00 ff", 12, C2_OK, ".", 1},
	{"one label", HEADER "{com} ff", 12, C2_OK, "com", 1},
	{"three labels", HEADER "{www.example.com} ffff", 12, C2_OK, "www.example.com", 2},
	{"0x20 case is folded", HEADER "{wWw.eXaMpLe.CoM}", 12, C2_OK, "www.example.com", 0},
	{"only ASCII is folded", HEADER "02 c0de 00", 12, C2_OK, "\\192\\222", 0},
	{"octets beside the letters are not folded", HEADER "04 '@[`{' 00", 12, C2_OK, "@[`{", 0},
	{"a dot inside a label", HEADER "03 'a.b' 03 'com' 00", 12, C2_OK, "a\\.b.com", 0},
	{"a backslash inside a label", HEADER "03 'a\\b' 00", 12, C2_OK, "a\\\\b", 0},
	{"NUL, space, newline and DEL inside a label", HEADER "04 00200a7f 00", 12, C2_OK, "\\000\\032\\010\\127", 0},
	{"a quote stays", HEADER "01 22 00", 12, C2_OK, "\"", 0},
	{"label of 63", HEADER "3f 61*63 00", 12, C2_OK, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0},
	{"label type 01", HEADER "40 61*64 00", 12, C2_BAD, NULL, 0},
	{"label type 10", HEADER "80 61*64 00", 12, C2_BAD, NULL, 0},
	{"no root octet", HEADER "03 'com'", 12, C2_BAD, NULL, 0},
	{"label past the end", HEADER "04 'com'", 12, C2_BAD, NULL, 0},
	{"nothing", HEADER, 12, C2_BAD, NULL, 0},
	/* compression that leads back, as it must */
	{"pointer to a name", HEADER "{example.com} c00c ff", 25, C2_OK, "example.com", 1},
	{"label and pointer", HEADER "{example.com} 03 'www' c00c ff", 25, C2_OK, "www.example.com", 1},
	{"pointer into the middle of a name", HEADER "{example.com} 03 'www' c014", 25, C2_OK, "www.com", 0},
	{"pointer to the root octet", HEADER "{example.com} 03 'www' c018", 25, C2_OK, "www", 0},
	{"pointer to a pointer", HEADER "{example.com} c00c c019", 27, C2_OK, "example.com", 0},
	{"pointer over a label's own inside", HEADER "03 01 'a' 00 00 c00d", 17, C2_OK, "a", 0},
	/* and that does not */
	{"pointer to itself", HEADER "c00c", 12, C2_BAD, NULL, 0},
	{"pointer to the label before it", HEADER "01 'a' c00c", 12, C2_BAD, NULL, 0},
	{"two pointers at each other", HEADER "c00e c00c", 12, C2_BAD, NULL, 0},
	{"two pointers at each other, from the second", HEADER "c00e c00c", 14, C2_BAD, NULL, 0},
	{"pointer forward", HEADER "c00e {com}", 12, C2_BAD, NULL, 0},
	{"pointer to the message's first octet", HEADER "c000", 12, C2_BAD, NULL, 0},
	{"pointer to the header's last octet", HEADER "c00b", 12, C2_BAD, NULL, 0},
	{"pointer past the end", HEADER "ffff", 12, C2_BAD, NULL, 0},
	{"half a pointer", HEADER "c0", 12, C2_BAD, NULL, 0},
	{"label and half a pointer", HEADER "{com} 03 'www' c0", 17, C2_BAD, NULL, 0},
	{"run that goes on over its own pointer", HEADER "01 'a' 02 'bb' c00c", 14, C2_BAD, NULL, 0},
};

static void test_wire(void **state)
{
	const struct wire_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_rd rd = c2_rd_closed(octets.at, octets.len);
	unsigned pointers = C2_MESSAGE_POINTERS_MAX;
	struct c2_name name;
	c2_rd_skip(&rd, row->at);
	assert_int_equal(c2_name_read(&rd, octets.at, &pointers, &name), row->rc);
	assert_int_equal(rd.rc, row->rc);
	if (row->rc == C2_OK) {
		check_text(&name, row->text);
		assert_int_equal(c2_rd_left(&rd), row->next);
	}
	octets_free(&octets);
}

/* The same names in an open view: what is cut waits, what is wrong stays wrong. */
static void test_wire_open(void **state)
{
	const struct wire_row *row = *state;
	struct octets octets = octets_from(row->octets);
	unsigned pointers = C2_MESSAGE_POINTERS_MAX;
	struct c2_name name;
	size_t end = octets.len - (row->rc == C2_OK ? row->next : 0);
	for (size_t len = row->at; len <= octets.len; len++) {
		struct c2_rd rd = c2_rd_open(octets.at, len);
		c2_rd_skip(&rd, row->at);
		enum c2_rc rc = c2_name_read(&rd, octets.at, &pointers, &name);
		if (row->rc == C2_OK)
			assert_int_equal(rc, len < end ? C2_MORE : C2_OK);
		else
			assert_int_not_equal(rc, C2_OK);
	}
	octets_free(&octets);
}

/* Stepping over a name: the same octets, but a pointer is not followed, so it costs nothing. */
static void test_wire_skip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wire_rows / sizeof wire_rows[0]; i++) {
		const struct wire_row *row = &wire_rows[i];
		if (row->rc != C2_OK)
			continue;
		struct octets octets = octets_from(row->octets);
		struct c2_rd rd = c2_rd_closed(octets.at, octets.len);
		unsigned pointers = 0;
		c2_rd_skip(&rd, row->at);
		assert_int_equal(c2_name_read(&rd, octets.at, &pointers, NULL), C2_OK);
		assert_int_equal(c2_rd_left(&rd), row->next);
		octets_free(&octets);
	}
}

/* `labels` labels of `n` octets, then `tail`. Returns the length. */
static size_t put_labels(uint8_t *to, unsigned labels, uint8_t n, const char *tail)
{
	size_t len = 0;
	for (unsigned i = 0; i < labels; i++) {
		to[len++] = n;
		memset(to + len, 'x', n);
		len += n;
	}
	struct octets octets = octets_from(tail);
	memcpy(to + len, octets.at, octets.len);
	len += octets.len;
	octets_free(&octets);
	return len;
}

static enum c2_rc read_at(const uint8_t *msg, size_t len, size_t at, struct c2_name *name)
{
	unsigned pointers = C2_MESSAGE_POINTERS_MAX;
	struct c2_rd rd = c2_rd_closed(msg, len);
	c2_rd_skip(&rd, at);
	return c2_name_read(&rd, msg, &pointers, name);
}

/* The limits of RFC 1035 §2.3.4. */
static void test_127_labels(void **state)
{
	(void)state;
	uint8_t msg[512] = {0};
	struct c2_name name;
	size_t len = 12 + put_labels(msg + 12, 127, 1, "00");
	assert_int_equal(read_at(msg, len, 12, &name), C2_OK);
	check_invariant(&name);
	assert_int_equal(name.labels, 127);
	assert_int_equal(name.len, 255);
}

static void test_128_labels(void **state)
{
	(void)state;
	uint8_t msg[512] = {0};
	struct c2_name name;
	size_t len = 12 + put_labels(msg + 12, 128, 1, "00");
	assert_int_equal(read_at(msg, len, 12, &name), C2_BAD);
}

static void test_256_octets(void **state)
{
	(void)state;
	uint8_t msg[512] = {0};
	struct c2_name name;
	size_t len = 12 + put_labels(msg + 12, 3, 63, "3d 61*61 00"); /* 192 + 62 + 1 */
	assert_int_equal(read_at(msg, len, 12, &name), C2_OK);
	assert_int_equal(name.len, 255);
	len = 12 + put_labels(msg + 12, 3, 63, "3e 61*62 00");
	assert_int_equal(read_at(msg, len, 12, &name), C2_BAD);
}

static void test_256_octets_by_compression(void **state)
{
	(void)state;
	uint8_t msg[512] = {0};
	struct c2_name name;
	size_t at = 12 + put_labels(msg + 12, 3, 63, "00");
	size_t len = at + put_labels(msg + at, 1, 61, "c00c");
	assert_int_equal(read_at(msg, len, at, &name), C2_OK);
	assert_int_equal(name.len, 255);
	len = at + put_labels(msg + at, 1, 62, "c00c");
	assert_int_equal(read_at(msg, len, at, &name), C2_BAD);
}

/* Pointers each at the one before; `n` of them, the last at 12 + 5 + 2 (n - 1). */
static size_t put_chain(uint8_t *msg, unsigned n)
{
	size_t len = 12 + put_labels(msg + 12, 1, 3, "00");
	for (unsigned i = 0; i < n; i++, len += 2) {
		size_t to = i == 0 ? 12 : len - 2;
		msg[len] = (uint8_t)(0xc0 | to >> 8);
		msg[len + 1] = (uint8_t)to;
	}
	return len;
}

static void test_chain(void **state)
{
	(void)state;
	uint8_t msg[1024] = {0};
	struct c2_name name;
	size_t len = put_chain(msg, 300);
	assert_int_equal(read_at(msg, len, 17 + 2 * (C2_NAME_POINTERS_MAX - 1), &name), C2_OK);
	check_text(&name, "xxx");
	assert_int_equal(read_at(msg, len, 17 + 2 * C2_NAME_POINTERS_MAX, &name), C2_BAD);
	assert_int_equal(read_at(msg, len, len - 2, &name), C2_BAD);
}

/* The pointers of a message are counted over its names, and those that are stepped over are none. */
static void test_message_budget(void **state)
{
	(void)state;
	uint8_t msg[2048] = {0};
	struct c2_name name;
	size_t len = 12 + put_labels(msg + 12, 1, 3, "00");
	for (unsigned i = 0; i < 300; i++, len += 2)
		memcpy(msg + len, "\xc0\x0c", 2);
	unsigned pointers = C2_MESSAGE_POINTERS_MAX;
	struct c2_rd rd = c2_rd_closed(msg, len);
	c2_rd_skip(&rd, 17);
	for (unsigned i = 0; i < C2_MESSAGE_POINTERS_MAX; i++)
		assert_int_equal(c2_name_read(&rd, msg, &pointers, &name), C2_OK);
	assert_int_equal(pointers, 0);
	struct c2_rd rest = rd;
	assert_int_equal(c2_name_read(&rest, msg, &pointers, NULL), C2_OK);
	assert_int_equal(c2_name_read(&rd, msg, &pointers, &name), C2_BAD);
}

static void test_failed_view_fails(void **state)
{
	(void)state;
	struct c2_rd rd = c2_rd_closed("\0", 1);
	unsigned pointers = 1;
	struct c2_name name;
	c2_rd_bad(&rd);
	assert_int_equal(c2_name_read(&rd, (const uint8_t *)"", &pointers, &name), C2_BAD);
}

/* Host names as TLS and DHCP carry them: no escapes, any octet. */
struct host_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	const char *text;
};

#define LABEL63 "61*63"

static const struct host_row host_rows[] = {
	{"host: plain", "'www.example.com'", C2_OK, "www.example.com"},
	{"host: upper case", "'WWW.Example.COM'", C2_OK, "www.example.com"},
	{"host: one dot at the end", "'example.com.'", C2_OK, "example.com"},
	{"host: single label", "'localhost'", C2_OK, "localhost"},
	{"host: underscore", "'_dmarc.example.com'", C2_OK, "_dmarc.example.com"},
	{"host: A-label", "'xn--bcher-kva.example'", C2_OK, "xn--bcher-kva.example"},
	{"host: UTF-8", "'b' c3bc 'cher.example'", C2_OK, "b\\195\\188cher.example"},
	{"host: address", "'192.0.2.1'", C2_OK, "192.0.2.1"},
	{"host: NUL inside", "'a' 00 'b.example'", C2_OK, "a\\000b.example"},
	{"host: a backslash is a backslash", "'a\\.b'", C2_OK, "a\\\\.b"},
	{"host: asterisk", "'*.example.com'", C2_OK, "*.example.com"},
	{"host: label of 63", LABEL63 "'.com'", C2_OK, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com"},
	{"host: empty", "", C2_NONE, NULL},
	{"host: a lone dot", "'.'", C2_NONE, NULL},
	{"host: two dots", "'..'", C2_BAD, NULL},
	{"host: dot in front", "'.example.com'", C2_BAD, NULL},
	{"host: empty label", "'www..com'", C2_BAD, NULL},
	{"host: two dots at the end", "'www.com..'", C2_BAD, NULL},
	{"host: label of 64", "61*64 '.com'", C2_BAD, NULL},
	{"host: 254 octets of text", LABEL63 "'.'" LABEL63 "'.'" LABEL63 "'.' 61*62", C2_BAD, NULL},
	{"host: 65535 octets", "61*65535", C2_BAD, NULL},
	{"host: 65535 octets, all dots", "2e*65535", C2_BAD, NULL},
};

static void test_host(void **state)
{
	const struct host_row *row = *state;
	struct octets octets = octets_from(row->octets);
	struct c2_name name;
	assert_int_equal(c2_name_from_host(octets.at, octets.len, &name), row->rc);
	if (row->rc == C2_OK)
		check_text(&name, row->text);
	octets_free(&octets);
}

static void test_host_of_253(void **state)
{
	(void)state;
	struct octets octets = octets_from(LABEL63 "'.'" LABEL63 "'.'" LABEL63 "'.' 61*61");
	struct c2_name name;
	assert_int_equal(octets.len, 253);
	assert_int_equal(c2_name_from_host(octets.at, octets.len, &name), C2_OK);
	assert_int_equal(name.len, 255);
	check_invariant(&name);
	octets_free(&octets);
}

/* Presentation form, RFC 1035 §5.1. */
struct text_row {
	const char *name;
	const char *text;
	enum c2_rc rc;
	const char *back;
};

static const struct text_row text_rows[] = {
	{"text: plain", "www.example.com", C2_OK, "www.example.com"},
	{"text: dot at the end", "www.example.com.", C2_OK, "www.example.com"},
	{"text: case", "WWW.Example.COM", C2_OK, "www.example.com"},
	{"text: root", ".", C2_OK, "."},
	{"text: escaped dot", "a\\.b.com", C2_OK, "a\\.b.com"},
	{"text: escaped backslash", "a\\\\.com", C2_OK, "a\\\\.com"},
	{"text: escape that needs none", "\\a\\b", C2_OK, "ab"},
	{"text: \\DDD", "a\\000\\255.com", C2_OK, "a\\000\\255.com"},
	{"text: \\DDD of a dot", "a\\046b", C2_OK, "a\\.b"},
	{"text: \\DDD of a capital letter is folded", "\\065bc", C2_OK, "abc"},
	{"text: space is escaped on the way back", "a b", C2_OK, "a\\032b"},
	{"text: empty", "", C2_NONE, NULL},
	{"text: dot in front", ".com", C2_BAD, NULL},
	{"text: two dots", "..", C2_BAD, NULL},
	{"text: empty label", "a..b", C2_BAD, NULL},
	{"text: \\256", "\\256", C2_BAD, NULL},
	{"text: \\999", "\\999", C2_BAD, NULL},
	{"text: two digits", "\\12", C2_BAD, NULL},
	{"text: two digits and a letter", "\\12a", C2_BAD, NULL},
	{"text: a backslash at the end", "abc\\", C2_BAD, NULL},
	{"text: label of 64", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", C2_BAD, NULL},
};

static void test_text(void **state)
{
	const struct text_row *row = *state;
	struct c2_name name;
	size_t len = strlen(row->text);
	char *text = malloc(len + (len == 0)); /* no NUL behind it */
	memcpy(text, row->text, len);
	assert_int_equal(c2_name_from_text(text, len, &name), row->rc);
	if (row->rc == C2_OK)
		check_text(&name, row->back);
	free(text);
}

/* Every octet survives the way to text and back. */
static void test_text_there_and_back(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t wire[] = {3, 'a', (uint8_t)c, 'b', 3, 'c', 'o', 'm', 0};
		struct c2_rd rd = c2_rd_closed(wire, sizeof wire);
		unsigned pointers = 0;
		struct c2_name name;
		struct c2_name back;
		char text[C2_NAME_TEXT_MAX];
		assert_int_equal(c2_name_read(&rd, wire, &pointers, &name), C2_OK);
		size_t n = c2_name_to_text(&name, text);
		assert_int_equal(c2_name_from_text(text, n, &back), C2_OK);
		assert_true(c2_name_equal(&name, &back));
	}
}

/* The longest text: 255 octets of wire form, each octet of the labels escaped. It fits, NUL and all. */
static void test_longest_text(void **state)
{
	(void)state;
	struct octets octets = octets_from("3f ff*63 3f ff*63 3f ff*63 3d ff*61 00");
	struct c2_rd rd = c2_rd_closed(octets.at, octets.len);
	unsigned pointers = 0;
	struct c2_name name;
	struct c2_name back;
	char text[C2_NAME_TEXT_MAX];
	assert_int_equal(c2_name_read(&rd, octets.at, &pointers, &name), C2_OK);
	size_t n = c2_name_to_text(&name, text);
	assert_int_equal(n, 4 * 250 + 3);
	assert_int_equal(c2_name_from_text(text, n, &back), C2_OK);
	assert_true(c2_name_equal(&name, &back));
	octets_free(&octets);
}

/* Label borders. */
struct under_row {
	const char *name;
	const char *below, *above;
	bool is_under;
};

static const struct under_row under_rows[] = {
	{"under: itself", "sbmsa.wiki", "sbmsa.wiki", true},
	{"under: a label below", "www.sbmsa.wiki", "sbmsa.wiki", true},
	{"under: case", "WWW.SBMSA.wiki", "sbmsa.WIKI", true},
	{"under: many labels below", "a.b.c.d.e.sbmsa.wiki", "sbmsa.wiki", true},
	{"under: the root holds all", "sbmsa.wiki", ".", true},
	{"under: the root is under itself", ".", ".", true},
	{"under: no label border", "notsbmsa.wiki", "sbmsa.wiki", false},
	{"under: above is not below", "wiki", "sbmsa.wiki", false},
	{"under: the root is under nothing else", ".", "wiki", false},
	{"under: the name goes on", "sbmsa.wiki.example.com", "sbmsa.wiki", false},
	{"under: an escaped dot is no border", "not\\.sbmsa.wiki", "sbmsa.wiki", false},
	{"under: same number of labels", "sbmsb.wiki", "sbmsa.wiki", false},
	{"under: a label that looks like a length", "\\005sbmsa.wiki", "sbmsa.wiki", false},
};

static void test_under(void **state)
{
	const struct under_row *row = *state;
	struct c2_name below;
	struct c2_name above;
	assert_int_equal(c2_name_from_text(row->below, strlen(row->below), &below), C2_OK);
	assert_int_equal(c2_name_from_text(row->above, strlen(row->above), &above), C2_OK);
	assert_int_equal(c2_name_is_under(&below, &above), row->is_under);
	assert_int_equal(c2_name_equal(&below, &above), row->is_under && below.labels == above.labels);
}

/* Labels of every length, of every octet, at the very end of what may be read: folded octet by octet. */
static void test_every_label(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 63; n++)
		for (unsigned first = 0; first < 256; first++) {
			uint8_t *wire = malloc(n + 2);
			struct c2_rd rd = c2_rd_closed(wire, n + 2);
			unsigned pointers = 0;
			struct c2_name name;
			wire[0] = (uint8_t)n;
			wire[n + 1] = 0;
			for (unsigned i = 0; i < n; i++)
				wire[1 + i] = (uint8_t)(first + i * 5);
			assert_int_equal(c2_name_read(&rd, wire, &pointers, &name), C2_OK);
			assert_int_equal(name.len, n + 2);
			for (unsigned i = 0; i < n; i++)
				assert_int_equal(name.wire[1 + i], c2_lower(wire[1 + i]));
			free(wire);
		}
}

static void test_lower(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++)
		assert_int_equal(c2_lower((uint8_t)c), c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Every row of `wire_rows` once more, under a name of its own. */
static void add_wire_again(struct tests *tests, const char *prefix, CMUnitTestFunction run, char names[][96])
{
	for (size_t i = 0; i < sizeof wire_rows / sizeof wire_rows[0]; i++) {
		strcpy(names[i], prefix);
		strncat(names[i], wire_rows[i].name, 80);
		tests_add(tests, names[i], run, &wire_rows[i]);
	}
}

int main(void)
{
	static struct tests tests;
	static char open_names[sizeof wire_rows / sizeof wire_rows[0]][96];
	TESTS_ROWS(&tests, wire_rows, test_wire);
	add_wire_again(&tests, "every cut: ", test_wire_open, open_names);
	tests_add(&tests, "stepping over follows no pointer", test_wire_skip, NULL);
	tests_add(&tests, "127 labels", test_127_labels, NULL);
	tests_add(&tests, "128 labels", test_128_labels, NULL);
	tests_add(&tests, "255 octets, 256 octets", test_256_octets, NULL);
	tests_add(&tests, "256 octets by compression", test_256_octets_by_compression, NULL);
	tests_add(&tests, "a chain of 300 pointers", test_chain, NULL);
	tests_add(&tests, "a message's pointers are counted", test_message_budget, NULL);
	tests_add(&tests, "a failed view fails", test_failed_view_fails, NULL);
	TESTS_ROWS(&tests, host_rows, test_host);
	tests_add(&tests, "host: 253 octets of text", test_host_of_253, NULL);
	TESTS_ROWS(&tests, text_rows, test_text);
	tests_add(&tests, "text: every octet there and back", test_text_there_and_back, NULL);
	tests_add(&tests, "text: the longest", test_longest_text, NULL);
	TESTS_ROWS(&tests, under_rows, test_under);
	tests_add(&tests, "labels of every length and octet", test_every_label, NULL);
	tests_add(&tests, "lower case is ASCII's", test_lower, NULL);
	return tests_run(&tests, "name");
}
