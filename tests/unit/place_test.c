/* SPDX-License-Identifier: Apache-2.0 */
/* Where an address is, and that no database, however broken, does harm. */
#include "host/place.h"

#include "table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Where the files lie. The well-formed ones are made by tests/data/mmdb.pl, the others here. */
static char dir[] = "/tmp/c2watch-place-XXXXXX";
static bool has_writer;

static const char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % COUNT(paths)];
	snprintf(path, sizeof paths[0], "%s/%s", dir, name);
	return path;
}

static int files_make(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	const char *srcdir = getenv("srcdir");
	char command[512];
	snprintf(command, sizeof command, "perl '%s/tests/data/mmdb.pl' %s 2>/dev/null", srcdir != NULL ? srcdir : ".", dir);
	has_writer = system(command) == 0;
	return 0;
}

static int files_remove(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static struct c2_addr addr(const char *text)
{
	struct c2_addr out = {0};
	out.family = inet_pton(AF_INET, text, out.octets) == 1 ? 4 : 6;
	if (out.family == 6)
		assert_int_equal(inet_pton(AF_INET6, text, out.octets), 1);
	return out;
}

/* ---- facts of well-formed files */

struct fact_row {
	const char *name;
	const char *files[3];
	const char *addr;
	const char *country, *city;
	uint32_t as_number;
	const char *as_organisation;
};

#define A_UMLAUT_47                                                                                \
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244" \
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244" \
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244" \
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244" \
	"\303\244\303\244\303\244"

static const struct fact_row fact_rows[] = {
	{"country_v4", {"country.mmdb"}, "203.0.113.9", "NL", "", 0, ""},
	{"country_v6", {"country.mmdb"}, "2001:db8:1::1", "SE", "", 0, ""},
	{"country_not_listed", {"country.mmdb"}, "192.0.2.1", "", "", 0, ""},
	{"city", {"city.mmdb"}, "203.0.113.9", "BE", "Z\303\274rich", 0, ""},
	{"city_is_cut_between_characters", {"city.mmdb"}, "203.0.113.200", "", A_UMLAUT_47, 0, ""},
	{"asn", {"asn.mmdb"}, "203.0.113.9", "", "", 64500, "EXAMPLE-AS"},
	{"v6_in_a_v4_database", {"asn.mmdb"}, "2001:db8:1::1", "", "", 0, ""},
	{"first_file_counts", {"country.mmdb", "city.mmdb", "asn.mmdb"}, "203.0.113.9", "NL", "Z\303\274rich", 64500, "EXAMPLE-AS"},
	{"other_order", {"city.mmdb", "country.mmdb"}, "203.0.113.9", "BE", "Z\303\274rich", 0, ""},
	{"second_file_fills_in", {"country.mmdb", "asn.mmdb"}, "198.51.100.1", "DE", "", 0, ""},
	/* what stands where a fact would, and is none */
	{"country_in_lower_case", {"odd.mmdb"}, "203.0.113.0", "", "", 0, ""},
	{"country_of_three_letters", {"odd.mmdb"}, "203.0.113.1", "", "", 0, ""},
	{"empty_texts", {"odd.mmdb"}, "203.0.113.2", "", "", 0, ""},
	{"city_in_another_language", {"odd.mmdb"}, "203.0.113.3", "", "", 0, ""},
	{"names_elsewhere", {"odd.mmdb"}, "203.0.113.4", "", "", 0, ""},
};

static void facts_are_found(void **state)
{
	const struct fact_row *row = *state;
	if (!has_writer)
		return;
	const char *files[3];
	size_t n = 0;
	for (; n < 3 && row->files[n] != NULL; n++)
		files[n] = path_of(row->files[n]);
	struct place *place;
	char why[256] = "";
	assert_int_equal(place_open(&place, files, n, why, sizeof why), 0);
	struct c2_addr a = addr(row->addr);
	struct place_facts facts;
	memset(&facts, 0x5a, sizeof facts);
	place_find(place, &a, &facts);
	place_close(place);
	assert_string_equal(facts.country_iso_code, row->country);
	assert_string_equal(facts.city, row->city);
	assert_int_equal(facts.as_number, row->as_number);
	assert_string_equal(facts.as_organisation, row->as_organisation);
}

static void nothing_is_known_without_a_file_or_an_address(void **state)
{
	(void)state;
	struct place *place;
	char why[64];
	struct place_facts facts, empty = {0};
	struct c2_addr none = {0}, some = addr("203.0.113.9");
	assert_int_equal(place_open(&place, NULL, 0, why, sizeof why), 0);
	place_find(place, &some, &facts);
	assert_memory_equal(&facts, &empty, sizeof facts);
	place_find(place, &none, &facts);
	place_find(NULL, &some, &facts);
	assert_memory_equal(&facts, &empty, sizeof facts);
	place_close(place);
	place_close(NULL);
}

/* ---- files made by hand: one node, both records of which lead to the same data */

#define MARKER "\xab\xcd\xefMaxMind.com"

struct octets {
	uint8_t *at;
	size_t len;
};

static void put(struct octets *to, const void *octets, size_t n)
{
	memcpy(to->at + to->len, octets, n);
	to->len += n;
}

static void put_octet(struct octets *to, uint8_t octet)
{
	put(to, &octet, 1);
}

static void put_text(struct octets *to, const char *text)
{
	put_octet(to, (uint8_t)(2 << 5 | strlen(text)));
	put(to, text, strlen(text));
}

/* A map's key with an unsigned number of 16 bits. */
static void put_number(struct octets *to, const char *key, uint32_t number)
{
	uint8_t octets[] = {5 << 5 | 2, (uint8_t)(number >> 8), (uint8_t)number};
	put_text(to, key);
	put(to, octets, sizeof octets);
}

/* The same of 32 bits. */
static void put_number32(struct octets *to, const char *key, uint32_t number)
{
	uint8_t octets[] = {6 << 5 | 4, (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
	put_text(to, key);
	put(to, octets, sizeof octets);
}

/* Arrays of one within each other, and a boolean within the last. */
static void put_nest(struct octets *to, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		put(to, "\x01\x04", 2);
	put(to, "\x00\x07", 2);
}

/* What differs from a sound file. */
struct made {
	uint32_t record;  /* of the node; 0: 17, the data's first octet */
	const char *data; /* null: {country: {iso_code: NL}} behind `nest` */
	size_t data_len;
	size_t nest; /* arrays within each other, as a value before the country */
	bool is_nested_metadata;
	uint32_t nodes, record_size; /* as the metadata claims; 0: what is true, UINT32_MAX: 0 */
};

static uint32_t claim(uint32_t claimed, uint32_t truth)
{
	return claimed == 0 ? truth : claimed == UINT32_MAX ? 0 : claimed;
}

static void file_make(const char *path, const struct made *made)
{
	struct octets file = {.at = malloc(4096 + 2 * made->nest)};
	uint32_t record = made->record != 0 ? made->record : 17;
	for (int side = 0; side < 2; side++) {
		put_octet(&file, (uint8_t)(record >> 16));
		put_octet(&file, (uint8_t)(record >> 8));
		put_octet(&file, (uint8_t)record);
	}
	put(&file, (uint8_t[16]){0}, 16);
	if (made->data != NULL) {
		put(&file, made->data, made->data_len);
	} else {
		put_octet(&file, 7 << 5 | 2);
		put_text(&file, "a");
		put_nest(&file, made->is_nested_metadata ? 0 : made->nest);
		put_text(&file, "country");
		put_octet(&file, 7 << 5 | 1);
		put_text(&file, "iso_code");
		put_text(&file, "NL");
	}
	put(&file, MARKER, sizeof MARKER - 1);
	put_octet(&file, (uint8_t)(7 << 5 | (made->is_nested_metadata ? 10 : 9)));
	if (made->is_nested_metadata) {
		put_text(&file, "a");
		put_nest(&file, made->nest);
	}
	put_number(&file, "binary_format_major_version", 2);
	put_number(&file, "binary_format_minor_version", 0);
	put_number(&file, "ip_version", 4);
	put_number32(&file, "node_count", claim(made->nodes, 1));
	put_number(&file, "record_size", claim(made->record_size, 24));
	put_text(&file, "database_type");
	put_text(&file, "Made");
	put_text(&file, "build_epoch");
	put(&file, "\x01\x02\x01", 3); /* a number of 64 bits, of one octet */
	put_text(&file, "languages");
	put(&file, "\x00\x04", 2);
	put_text(&file, "description");
	put_octet(&file, 7 << 5);
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(file.at, 1, file.len, out), file.len);
	fclose(out);
	free(file.at);
}

/* A file and what becomes of it: the country, or the reason why it is not opened. */
struct made_row {
	const char *name;
	struct made made;
	const char *country;
	const char *why;
};

#define DATA(octets) .data = octets, .data_len = sizeof octets - 1

static const struct made_row made_rows[] = {
	{"made_sound", {0}, "NL", NULL},
	/* nesting: what a database may have, and what overflows the library's stack */
	{"made_nest_10", {.nest = 10}, "NL", NULL},
	{"made_nest_14", {.nest = 14}, "NL", NULL},
	{"made_nest_16", {.nest = 16}, "", NULL},
	{"made_nest_400000", {.nest = 400000}, "", NULL},
	{"made_metadata_nest_10", {.nest = 10, .is_nested_metadata = true}, "NL", NULL},
	{"made_metadata_nest_60000", {.nest = 60000, .is_nested_metadata = true}, NULL, "its metadata is broken"},
	/* pointers: to itself, round in circles, to a pointer, beyond the end, cut */
	{"made_pointer_to_itself", {DATA("\x20\x00")}, "", NULL},
	{"made_pointer_circle",
		{DATA("\xe1\x41"
		      "a"
		      "\x20\x00")},
		"", NULL},
	{"made_pointer_to_pointer",
		{DATA("\xe1\x41"
		      "a"
		      "\x20\x05"
		      "\x20\x00")},
		"", NULL},
	{"made_pointer_beyond",
		{DATA("\xe1\x41"
		      "a"
		      "\x27\xff")},
		"", NULL},
	{"made_pointer_cut", {DATA("\x38")}, "", NULL},
	{"made_pointer_32_bits",
		{DATA("\xe1\x41"
		      "a"
		      "\x38\xff\xff\xff\xff")},
		"", NULL},
	{"made_key_is_a_pointer_to_itself",
		{DATA("\xe1\x20\x01\x42"
		      "NL")},
		"", NULL},
	/* sizes that lie */
	{"made_map_of_millions", {DATA("\xff\xff\xff\xff")}, "", NULL},
	{"made_array_of_millions", {DATA("\x1f\x04\xff\xff\xff")}, "", NULL},
	{"made_text_beyond",
		{DATA("\xe1\x5f\xff\xff\xff"
		      "a")},
		"", NULL},
	{"made_value_missing",
		{DATA("\xe1\x47"
		      "country")},
		"", NULL},
	{"made_map_empty", {DATA("\xe0")}, "", NULL},
	{"made_country_is_text",
		{DATA("\xe1\x47"
		      "country\x42"
		      "NL")},
		"", NULL},
	{"made_country_code_is_number",
		{DATA("\xe1\x47"
		      "country\xe1\x48"
		      "iso_code\xa2\x01\x02")},
		"", NULL},
	{"made_not_a_map",
		{DATA("\x42"
		      "NL")},
		"", NULL},
	{"made_no_data", {DATA("")}, "", NULL},
	/* the tree */
	{"made_record_empty", {.record = 1}, "", NULL},
	{"made_record_in_the_separator", {.record = 2}, "", NULL},
	{"made_record_at_the_separators_end", {.record = 16}, "", NULL},
	{"made_record_beyond", {.record = 0xffffff}, "", NULL},
	{"made_nodes_beyond_the_file", {.nodes = 1000}, NULL, "its search tree is larger than the file"},
	/* 0x2aaaaaab nodes of 6 octets are 2 octets in 32 bits */
	{"made_nodes_beyond_32_bits", {.nodes = 0x2aaaaaab}, NULL, "its search tree is larger than the file"},
	{"made_nodes_none", {.nodes = UINT32_MAX}, NULL, "its metadata is broken"},
	{"made_record_size_odd", {.record_size = 23}, NULL, "its metadata is broken"},
	{"made_record_size_none", {.record_size = UINT32_MAX}, NULL, "its metadata is broken"},
	{"made_record_size_larger", {.record_size = 32}, "", NULL},
};

static void made_file_does_no_harm(void **state)
{
	const struct made_row *row = *state;
	const char *path = path_of("made.mmdb");
	file_make(path, &row->made);
	struct place *place;
	char why[256] = "", expected[256];
	int rc = place_open(&place, &path, 1, why, sizeof why);
	if (row->why != NULL) {
		assert_int_equal(rc, -EINVAL);
		snprintf(expected, sizeof expected, "%s: %s", path, row->why);
		assert_string_equal(why, expected);
		return;
	}
	assert_string_equal(why, "");
	assert_int_equal(rc, 0);
	struct c2_addr a = addr("203.0.113.9");
	struct place_facts facts;
	place_find(place, &a, &facts);
	place_close(place);
	assert_string_equal(facts.country_iso_code, row->country);
}

/* ---- what is no file, or no database */

struct refused_row {
	const char *name;
	const char *path; /* absolute, or below the directory */
	const char *octets;
	size_t len;
	int rc;
	const char *why;
};

static const struct refused_row refused_rows[] = {
	{"refused_missing", "missing", NULL, 0, -ENOENT, "No such file or directory"},
	{"refused_directory", "/tmp", NULL, 0, -EINVAL, "not a regular file"},
	{"refused_device", "/dev/zero", NULL, 0, -EINVAL, "not a regular file"},
	{"refused_fifo", "fifo", NULL, 0, -EINVAL, "not a regular file"},
	{"refused_huge", "huge", NULL, 0, -EFBIG, "larger than 512 MiB"},
	{"refused_empty", "empty", "", 0, -EINVAL, "the file is empty"},
	{"refused_text", "text", "not a database\n", 15, -EINVAL, "not a MaxMind DB file"},
	{"refused_marker_only", "marker", MARKER, sizeof MARKER - 1, -EINVAL, "its metadata is broken"},
	{"refused_marker_and_text", "marker2", MARKER "\x42NL", sizeof MARKER + 2, -EINVAL, "its metadata is broken"},
	{"refused_marker_cut", "marker3", MARKER, sizeof MARKER - 2, -EINVAL, "not a MaxMind DB file"},
};

static void refused_file_is_named_with_its_reason(void **state)
{
	const struct refused_row *row = *state;
	char path[128], why[256], expected[256];
	snprintf(path, sizeof path, "%s", row->path[0] == '/' ? row->path : path_of(row->path));
	if (strcmp(row->path, "fifo") == 0)
		assert_int_equal(mkfifo(path, 0600), 0);
	if (row->octets != NULL || strcmp(row->path, "huge") == 0) {
		FILE *out = fopen(path, "wb");
		assert_non_null(out);
		assert_int_equal(fwrite(row->octets != NULL ? row->octets : "", 1, row->len, out), row->len);
		fclose(out);
	}
	if (strcmp(row->path, "huge") == 0)
		assert_int_equal(truncate(path, ((off_t)512 << 20) + 1), 0); /* a hole */
	struct place *place = NULL;
	const char *files[] = {path};
	assert_int_equal(place_open(&place, files, 1, why, sizeof why), row->rc);
	snprintf(expected, sizeof expected, "%s: %s", path, row->why);
	assert_string_equal(why, expected);
	assert_null(place);
}

static void too_many_files_are_refused(void **state)
{
	(void)state;
	const char *files[PLACE_FILES_MAX + 1];
	for (size_t i = 0; i < COUNT(files); i++)
		files[i] = "none";
	struct place *place;
	char why[64];
	assert_int_equal(place_open(&place, files, COUNT(files), why, sizeof why), -E2BIG);
	assert_string_equal(why, "9 databases, at most 8 are taken");
}

/* `cp new old` cuts the file that is in use. */
static void file_may_be_cut_while_in_use(void **state)
{
	(void)state;
	const char *path = path_of("cut.mmdb");
	file_make(path, &(struct made){0});
	struct place *place;
	char why[256];
	assert_int_equal(place_open(&place, &path, 1, why, sizeof why), 0);
	assert_int_equal(truncate(path, 0), 0);
	struct c2_addr a = addr("203.0.113.9");
	struct place_facts facts;
	place_find(place, &a, &facts);
	place_close(place);
	assert_string_equal(facts.country_iso_code, "NL");
}

/* Every octet of a small file, each with three other values: opened or refused, asked or not, and nothing breaks. */
static void changed_octets_do_no_harm(void **state)
{
	(void)state;
	static uint8_t octets[4096];
	const char *path = path_of("whole.mmdb"), *changed = path_of("changed.mmdb");
	file_make(path, &(struct made){.nest = 3});
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	size_t len = fread(octets, 1, sizeof octets, in), opened = 0;
	fclose(in);
	assert_in_range(len, 100, 400);
	for (size_t i = 0; i < 3 * len; i++) {
		uint8_t was = octets[i / 3];
		octets[i / 3] ^= (uint8_t[]){0x01, 0x80, 0xff}[i % 3];
		FILE *out = fopen(changed, "wb");
		assert_non_null(out);
		assert_int_equal(fwrite(octets, 1, len, out), len);
		fclose(out);
		octets[i / 3] = was;
		struct place *place;
		char why[256];
		if (place_open(&place, &changed, 1, why, sizeof why) != 0)
			continue;
		opened++;
		static const char *const asked[] = {"0.0.0.0", "203.0.113.9", "255.255.255.255", "::", "2001:db8::1"};
		for (size_t a = 0; a < COUNT(asked); a++) {
			struct c2_addr one = addr(asked[a]);
			struct place_facts facts;
			place_find(place, &one, &facts);
		}
		place_close(place);
	}
	assert_in_range(opened, len / 2, 3 * len - 1);
}

int main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(nothing_is_known_without_a_file_or_an_address),
		cmocka_unit_test(too_many_files_are_refused),
		cmocka_unit_test(file_may_be_cut_while_in_use),
		cmocka_unit_test(changed_octets_do_no_harm),
	};
	static struct tests tests;
	memcpy(tests.at, single, sizeof single);
	tests.count = COUNT(single);
	TESTS_ROWS(&tests, fact_rows, facts_are_found);
	TESTS_ROWS(&tests, made_rows, made_file_does_no_harm);
	TESTS_ROWS(&tests, refused_rows, refused_file_is_named_with_its_reason);
	return _cmocka_run_group_tests("place", tests.at, tests.count, files_make, files_remove);
}
