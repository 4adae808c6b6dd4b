/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in front of a tunnelled stream: SOCKS 4, 4a, 5 (RFC 1928, 1929) and the PROXY header. NetBIOS' names, RFC 1001 §14.1, on the side. */
#include "octets.h"
#include "table.h"

#include <c2watch/dns.h>
#include <c2watch/http.h>

#include <stdio.h>
#include <stdlib.h>

struct socks_row {
	const char *name;
	bool has_greeted;
	const char *octets;
	const char *want;
};

static const struct socks_row rows[] = {
	{"4", false, "04 01 0050 c0000201 'user' 00", "request #13"},
	{"4, no user", false, "04 01 0050 c0000201 00", "request #9"},
	{"4, bind", false, "04 02 0050 c0000201 00", "request #9"},
	{"4a", false, "04 01 0050 00000001 'user' 00 'www.example.com' 00", "request www.example.com #29"},
	{"4a, what follows is not its own", false, "04 01 0050 000000ff 00 'a.example' 00 1603", "request a.example #19"},
	{"4, address 0.0.0.0 is no mark of a name", false, "04 01 0050 00000000 00", "request #9"},
	{"4a, a name that is none", false, "04 01 0050 00000001 00 'a..b' 00", "request #14"},
	{"4, another command", false, "04 03 0050 c0000201 00", "none"},
	{"4 after a greeting of 5", true, "04 01 0050 c0000201 00", "none"},
	{"4, a user of 255 octets", false, "04 01 0050 c0000201 61*255 00", "request #264"},
	{"4, a user of 256 octets", false, "04 01 0050 c0000201 61*256 00", "bad"},
	{"4, a user without an end", false, "04 01 0050 c0000201 61*300", "bad"},
	{"5, greeting", false, "05 <1 00 02 >", "greeting #4"},
	{"5, greeting without a method", false, "05 00", "none"},
	{"5, login", true, "01 <1 'user' > <1 'password' >", "login #15"},
	{"5, request by name", true, "05 01 00 03 <1 'www.example.com' > 01bb", "request www.example.com #22"},
	{"5, request by address", true, "05 01 00 01 c0000201 01bb", "request #10"},
	{"5, request by IPv6 address", true, "05 01 00 04 20010db8 00*11 01 01bb", "request #22"},
	{"5, UDP", true, "05 03 00 03 <1 'a.example' > 0035", "request a.example #16"},
	{"5, another command", true, "05 04 00 03 <1 'a.example' > 0035", "none"},
	{"5, a reserved octet that is not 0", true, "05 01 01 03 <1 'a.example' > 0035", "none"},
	{"5, another kind of address", true, "05 01 00 02 <1 'a.example' > 0035", "none"},
	{"5, a request without a greeting is a greeting", false, "05 01 00 03", "greeting #3"},
	{"version 6", false, "06 01", "none"},
	{"nothing", false, "", "more"},
};

static const char *socks_text(struct c2_rd in, bool has_greeted)
{
	static const char *const results[C2_RC_COUNT] = {"ok", "none", "more", "bad"};
	static const char *const steps[] = {"greeting", "login", "request"};
	static char text[C2_NAME_TEXT_MAX + 64];
	char name[C2_NAME_TEXT_MAX] = "";
	struct c2_socks socks;
	enum c2_rc rc = c2_socks_read(in, has_greeted, &socks);
	if (rc != C2_OK)
		return results[rc];
	if (socks.name.len > 0)
		c2_name_to_text(&socks.name, name);
	snprintf(text, sizeof text, "%s %s%s#%zu", steps[socks.step], name, name[0] != '\0' ? " " : "", socks.len);
	return text;
}

static void test_socks(void **state)
{
	const struct socks_row *row = *state;
	struct octets octets = octets_from(row->octets);
	assert_string_equal(socks_text(c2_rd_open(octets.at, octets.len), row->has_greeted), row->want);
	octets_free(&octets);
}

/* Any prefix waits, until the message is whole; a refusal may come early, and stays. */
static void test_socks_cut(void **state)
{
	const struct socks_row *row = *state;
	struct octets octets = octets_from(row->octets);
	bool is_over = false;
	for (size_t len = 0; len < octets.len; len++) {
		uint8_t *copy = malloc(len + 1);
		memcpy(copy, octets.at, len);
		const char *text = socks_text(c2_rd_open(copy, len), row->has_greeted);
		if (is_over || strcmp(text, "more") != 0) {
			is_over = true;
			assert_string_equal(text, row->want);
		}
		free(copy);
	}
	octets_free(&octets);
}

struct proxy_row {
	const char *name;
	const char *octets;
	enum c2_rc rc;
	size_t len;
};

#define SIGNATURE "0d0a0d0a 00 0d0a 'QUIT' 0a "

static const struct proxy_row proxies[] = {
	{"PROXY 1", "'PROXY TCP4 192.0.2.1 192.0.2.2 5000 443' 0d0a 1603", C2_OK, 41},
	{"PROXY 1, unknown", "'PROXY UNKNOWN' 0d0a", C2_OK, 15},
	{"PROXY 1, half", "'PROX'", C2_MORE, 0},
	{"PROXY 1, a line without an end", "'PROXY ' 41*120", C2_NONE, 0},
	{"PROXY 1, a line too long", "'PROXY ' 41*120 0d0a", C2_NONE, 0},
	{"PROXY 2", SIGNATURE "21 11 <2 c0000201 c0000202 1388 01bb > 1603", C2_OK, 28},
	{"PROXY 2, local", SIGNATURE "20 00 0000", C2_OK, 16},
	{"PROXY 2, half a signature", "0d0a0d0a 00", C2_MORE, 0},
	{"PROXY 2, addresses cut", SIGNATURE "21 11 000c c000", C2_MORE, 0},
	{"another line", "'PROXIES ' 0a", C2_NONE, 0},
	{"empty lines", "0d0a0d0a 0d", C2_NONE, 0},
	{"nothing", "", C2_NONE, 0},
};

static void test_proxy(void **state)
{
	const struct proxy_row *row = *state;
	struct octets octets = octets_from(row->octets);
	size_t len = 0;
	enum c2_rc rc = c2_proxy_header_read(c2_rd_open(octets.at, octets.len), &len);
	assert_int_equal(rc, row->rc);
	if (rc == C2_OK)
		assert_int_equal(len, row->len);
	for (size_t n = 1; rc == C2_OK && n < row->len; n++)
		assert_int_equal(c2_proxy_header_read(c2_rd_open(octets.at, n), &len), C2_MORE);
	octets_free(&octets);
}

struct netbios_row {
	const char *name;
	const char *text;
	const char *want;
};

static const struct netbios_row netbios[] = {
	{"a workstation", "FHEPFCELCACACACACACACACACACACAAA", "work"},
	{"fifteen octets", "EBECEDEEEFEGEHEIEJEKELEMENEOEPCA", "abcdefghijklmno"},
	{"a scope behind it", "EBCACACACACACACACACACACACACACACA.scope.example", "a"},
	{"a blank inside", "EBCAECCACACACACACACACACACACACACA", "a\\032b"},
	{"the master browser", "ABACFPFPENFDECFCEPFHFDEFFPFPACAB", "\\001\\002__msbrowse__\\002"},
	{"the wildcard", "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "*"},
	{"only blanks", "CACACACACACACACACACACACACACACAAA", NULL},
	{"31 letters", "FHEPFCELCACACACACACACACACACACAA", NULL},
	{"a letter beyond P", "FHEPFCELCACACACACACACACACACACAAQ", NULL},
	{"a digit", "FHEPFCELCACACACACACACACACACACAA1", NULL},
	{"the root", ".", NULL},
};

static void test_netbios(void **state)
{
	const struct netbios_row *row = *state;
	struct c2_name name;
	struct c2_name host;
	char text[C2_NAME_TEXT_MAX];
	assert_int_equal(c2_name_from_text(row->text, strlen(row->text), &name), C2_OK);
	assert_int_equal(c2_netbios_name(&name, &host), row->want != NULL ? C2_OK : C2_NONE);
	if (row->want == NULL)
		return;
	c2_name_to_text(&host, text);
	assert_string_equal(text, row->want);
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof rows / sizeof rows[0]][96];
	TESTS_ROWS(&tests, rows, test_socks);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(names[i], sizeof names[i], "cut at each octet: %s", rows[i].name);
		tests_add(&tests, names[i], test_socks_cut, &rows[i]);
	}
	TESTS_ROWS(&tests, proxies, test_proxy);
	TESTS_ROWS(&tests, netbios, test_netbios);
	return tests_run(&tests, "socks and netbios");
}
