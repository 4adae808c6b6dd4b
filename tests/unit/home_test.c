/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as inside. */
#include "host/home.h"

#include "table.h"

#include <arpa/inet.h>
#include <errno.h>

static struct c2_addr addr(const char *text)
{
	struct c2_addr out = {0};
	if (inet_pton(AF_INET, text, out.octets) == 1)
		out.family = 4;
	else if (inet_pton(AF_INET6, text, out.octets) == 1)
		out.family = 6;
	else
		fail_msg("%s is no address", text);
	return out;
}

/* Is the address inside the network (null: the default ones)? */
struct inside_row {
	const char *name, *net, *addr;
	bool is_inside;
};

static const struct inside_row inside_rows[] = {
	/* RFC 1918, both borders of each */
	{"default_10_first", NULL, "10.0.0.0", true},
	{"default_10_last", NULL, "10.255.255.255", true},
	{"default_9_last", NULL, "9.255.255.255", false},
	{"default_11_first", NULL, "11.0.0.0", false},
	{"default_172_15", NULL, "172.15.255.255", false},
	{"default_172_16", NULL, "172.16.0.0", true},
	{"default_172_31", NULL, "172.31.255.255", true},
	{"default_172_32", NULL, "172.32.0.0", false},
	{"default_192_168", NULL, "192.168.77.1", true},
	{"default_192_169", NULL, "192.169.0.0", false},
	/* shared address space, RFC 6598 */
	{"default_cgnat_first", NULL, "100.64.0.0", true},
	{"default_cgnat_last", NULL, "100.127.255.255", true},
	{"default_cgnat_beyond", NULL, "100.128.0.0", false},
	/* link-local */
	{"default_link_local_v4", NULL, "169.254.1.1", true},
	{"default_link_local_v6", NULL, "fe80::1", true},
	{"default_link_local_v6_last", NULL, "febf:ffff::1", true},
	{"default_link_local_v6_beyond", NULL, "fec0::1", false},
	/* RFC 4193 */
	{"default_ula_fc", NULL, "fc00::1", true},
	{"default_ula_fd", NULL, "fdff:ffff::1", true},
	{"default_ula_beyond", NULL, "fe00::1", false},
	{"default_public_v4", NULL, "192.0.2.10", false},
	{"default_public_v6", NULL, "2001:db8::1", false},
	/* a user's own replace the default ones */
	{"own_replaces_default", "192.0.2.0/24", "10.0.0.1", false},
	{"own_v4", "192.0.2.0/24", "192.0.2.255", true},
	{"own_v4_single", "192.0.2.1", "192.0.2.1", true},
	{"own_v4_single_other", "192.0.2.1", "192.0.2.2", false},
	{"own_v4_all", "0.0.0.0/0", "255.1.2.3", true},
	{"own_v4_all_is_not_v6", "0.0.0.0/0", "::1", false},
	{"own_v4_odd_prefix", "192.0.2.64/27", "192.0.2.95", true},
	{"own_v4_odd_prefix_beyond", "192.0.2.64/27", "192.0.2.96", false},
	{"own_v6", "2001:db8::/33", "2001:db8:7fff::1", true},
	{"own_v6_beyond", "2001:db8::/33", "2001:db8:8000::1", false},
	{"own_v6_single", "2001:db8::1/128", "2001:db8::1", true},
	{"own_v6_all_is_not_v4", "::/0", "1.2.3.4", false},
};

static void inside_is_as_told(void **state)
{
	const struct inside_row *row = *state;
	struct home home;
	char why[128] = "";
	assert_int_equal(home_parse(&home, &row->net, row->net != NULL, why, sizeof why), 0);
	struct c2_addr a = addr(row->addr);
	assert_int_equal(home_is_inside(&home, &a), row->is_inside);
}

/* What a user may get wrong, and the line he reads. */
struct wrong_row {
	const char *name, *net, *why;
};

static const struct wrong_row wrong_rows[] = {
	{"wrong_empty", "", ": not an address"},
	{"wrong_word", "home", "home: not an address"},
	{"wrong_name", "example.net/24", "example.net/24: not an address"},
	{"wrong_three_octets", "10.0.0/8", "10.0.0/8: not an address"},
	{"wrong_long", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa: not an address"},
	{"wrong_no_bits", "10.0.0.0/", "10.0.0.0/: the prefix length is not one of 0 to 32"},
	{"wrong_bits_33", "10.0.0.0/33", "10.0.0.0/33: the prefix length is not one of 0 to 32"},
	{"wrong_bits_negative", "10.0.0.0/-1", "10.0.0.0/-1: the prefix length is not one of 0 to 32"},
	{"wrong_bits_plus", "10.0.0.0/+8", "10.0.0.0/+8: the prefix length is not one of 0 to 32"},
	{"wrong_bits_mask", "10.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0: the prefix length is not one of 0 to 32"},
	{"wrong_bits_wrap", "10.0.0.0/4294967304", "10.0.0.0/4294967304: the prefix length is not one of 0 to 32"},
	{"wrong_bits_v6", "fd00::/129", "fd00::/129: the prefix length is not one of 0 to 128"},
	{"wrong_host_bits", "10.0.0.1/8", "10.0.0.1/8: there are bits set behind the prefix"},
	{"wrong_host_bits_v6", "2001:db8::1/64", "2001:db8::1/64: there are bits set behind the prefix"},
};

static void wrong_is_told(void **state)
{
	const struct wrong_row *row = *state;
	struct home home;
	char why[128] = "";
	const char *nets[] = {"10.0.0.0/8", row->net};
	assert_int_equal(home_parse(&home, nets, 2, why, sizeof why), -EINVAL);
	assert_string_equal(why, row->why);
}

static void too_many_are_told(void **state)
{
	(void)state;
	static const char *nets[HOME_NETS_MAX + 1];
	struct home home;
	char why[128] = "";
	for (int i = 0; i <= HOME_NETS_MAX; i++)
		nets[i] = "10.0.0.0/8";
	assert_int_equal(home_parse(&home, nets, HOME_NETS_MAX, why, sizeof why), 0);
	assert_int_equal(home_parse(&home, nets, HOME_NETS_MAX + 1, why, sizeof why), -E2BIG);
	assert_string_equal(why, "257 networks, at most 256 are taken");
}

int main(void)
{
	static struct tests tests;
	tests_add(&tests, "too_many_are_told", too_many_are_told, NULL);
	TESTS_ROWS(&tests, inside_rows, inside_is_as_told);
	TESTS_ROWS(&tests, wrong_rows, wrong_is_told);
	return tests_run(&tests, "home");
}
