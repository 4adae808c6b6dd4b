/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as inside. A linear list: it is asked a few times a hit, never per packet. */
#include "host/home.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const home_default[] = {
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", /* RFC 1918 §3 */
	"100.64.0.0/10",                                 /* RFC 6598 §7 */
	"169.254.0.0/16", "fe80::/10",                   /* RFC 3927 §2.1, RFC 4291 §2.5.6 */
	"fc00::/7",                                      /* RFC 4193 §3.1 */
};

static unsigned addr_bits(const struct c2_addr *addr)
{
	return addr->family == 4 ? 32 : 128;
}

/* Keeps the first `bits` of `addr`. Returns whether the others were zero already. */
static bool addr_mask(struct c2_addr *addr, unsigned bits)
{
	struct c2_addr masked = *addr;
	for (unsigned i = 0; i < sizeof masked.octets; i++) {
		unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
		if (kept < 8)
			masked.octets[i] &= (uint8_t)(0xff00 >> kept);
	}
	bool is_same = c2_addr_equal(addr, &masked);
	*addr = masked;
	return is_same;
}

/* The prefix length in `text`, or -1 for what is none of 0 to `max`. */
static int bits_parse(const char *text, unsigned max)
{
	size_t len = strlen(text);
	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return -1;
	unsigned bits = 0;
	for (; *text != '\0'; text++)
		bits = bits * 10 + (unsigned)(*text - '0');
	return bits <= max ? (int)bits : -1;
}

/* Fills `net` from `text`. Null, or what is wrong with it. */
static const char *net_parse(struct home_net *net, const char *text)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	if (len >= sizeof addr)
		return "not an address";
	memcpy(addr, text, len);
	addr[len] = '\0';
	memset(net, 0, sizeof *net);
	if (inet_pton(AF_INET, addr, net->net.octets) == 1)
		net->net.family = 4;
	else if (inet_pton(AF_INET6, addr, net->net.octets) == 1)
		net->net.family = 6;
	else
		return "not an address";
	unsigned max = addr_bits(&net->net);
	int bits = slash != NULL ? bits_parse(slash + 1, max) : (int)max;
	if (bits < 0)
		return net->net.family == 4 ? "the prefix length is not one of 0 to 32" : "the prefix length is not one of 0 to 128";
	net->bits = (uint8_t)bits;
	return addr_mask(&net->net, net->bits) ? NULL : "there are bits set behind the prefix";
}

int home_parse(struct home *home, const char *const *cidrs, size_t n, char *why, size_t cap)
{
	if (n == 0) {
		cidrs = home_default;
		n = sizeof home_default / sizeof *home_default;
	}
	if (n > HOME_NETS_MAX) {
		snprintf(why, cap, "%zu networks, at most %d are taken", n, HOME_NETS_MAX);
		return -E2BIG;
	}
	home->n = 0;
	for (size_t i = 0; i < n; i++) {
		const char *wrong = net_parse(&home->nets[home->n], cidrs[i]);
		if (wrong != NULL) {
			snprintf(why, cap, "%.64s: %s", cidrs[i], wrong);
			return -EINVAL;
		}
		home->n++;
	}
	return 0;
}

bool home_is_inside(const struct home *home, const struct c2_addr *addr)
{
	for (size_t i = 0; i < home->n; i++) {
		const struct home_net *net = &home->nets[i];
		struct c2_addr masked = *addr;
		if (net->net.family != addr->family)
			continue;
		addr_mask(&masked, net->bits);
		if (c2_addr_equal(&masked, &net->net))
			return true;
	}
	return false;
}
