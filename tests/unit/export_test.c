/* SPDX-License-Identifier: Apache-2.0 */
/* How exports write texts of strangers. A compiled set from a stranger may hold any octets, so more than a feed would let in is tried. */

#include "export/walk.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *text, *escaped, *plain;
} texts[] = {
	{"", "", ""},
	{"a b", "a b", "a b"},
	{"\"", "\\\"", "?"},
	{"\\", "\\\\", "\\"},
	{"\\\"", "\\\\\\\"", "\\?"},
	{"a\nb\r\tc", "a?b??c", "a?b??c"},
	{"\x1b[2J\x7f", "?[2J?", "?[2J?"},
	{"\xc3\xa9", "\\u00e9", "??"},
	{"\xc2\x85", "\\u0085", "??"},                    /* NEL, a line's end for YAML */
	{"\xe2\x80\xa8", "\\u2028", "???"},               /* LINE SEPARATOR */
	{"\xf0\x9f\x92\xa5", "\xf0\x9f\x92\xa5", "????"}, /* past what \u can say */
	{"\x80x\xff", "?x?", "?x?"},
	{"\xc3", "?", "?"},
	{"\xe2\x80", "??", "??"},
	{"\xe2\x80\"", "??\\\"", "???"}, /* the quote is no part of a character */
	{"\xc0\xa2", "??", "??"},        /* an overlong quote */
	{"\xe0\x80\xa2", "\\\"", "???"}, /* likewise: escaped as one */
	{"\xed\xa0\x80", "?", "???"},    /* a surrogate */
	{"\xf4\x90\x80\x80", "?", "????"},
};

static void put_escaped(FILE *to, const char *text)
{
	walk_put_escaped(to, text);
}

static void put_plain(FILE *to, const char *text)
{
	walk_put_plain(to, text, "\"");
}

static void assert_put(void (*put)(FILE *to, const char *text), const char *text, const char *wanted)
{
	char *got;
	size_t len;
	FILE *to = open_memstream(&got, &len);
	assert_non_null(to);
	put(to, text);
	assert_int_equal(fclose(to), 0);
	assert_string_equal(got, wanted);
	free(got);
}

static void test_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_put(put_escaped, texts[i].text, texts[i].escaped);
}

static void test_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_put(put_plain, texts[i].text, texts[i].plain);
}

static void test_under(void **state)
{
	(void)state;
	assert_true(walk_is_under("a.example", "a.example"));
	assert_true(walk_is_under("b.a.example", "a.example"));
	assert_false(walk_is_under("ba.example", "a.example"));
	assert_false(walk_is_under("example", "a.example"));
	assert_false(walk_is_under("", "a"));
}

static void test_forms(void **state)
{
	(void)state;
	assert_ptr_equal(export_form_of("rpz"), &rpz_form);
	assert_ptr_equal(export_form_of("zeek"), &zeek_form);
	assert_null(export_form_of(""));
	assert_null(export_form_of("RPZ"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_under),
		cmocka_unit_test(test_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
