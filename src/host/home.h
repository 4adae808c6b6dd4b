/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_HOME_H
#define HOST_HOME_H

#include <c2watch/addr.h>

#include <stddef.h>

/* How many networks may be named: more than a site writes down by hand. */
#define HOME_NETS_MAX 256

/* What counts as inside: a list of networks. A plain value, filled by home_parse(). */
struct home {
	size_t n;
	struct home_net {
		struct c2_addr net; /* its host bits are zero */
		uint8_t bits;       /* length of the prefix */
	} nets[HOME_NETS_MAX];
};

/*
 * Fills `home` from `n` texts at `cidrs`, each an address with or without `/bits`. With none: RFC 1918, RFC 4193, link-local (RFC 3927, RFC 4291),
 * shared address space (RFC 6598).
 *
 * 0; -EINVAL: one of them is no network, and `why` (`cap` octets) says which and why in one line; -E2BIG: too many, said likewise.
 */
int home_parse(struct home *home, const char *const *cidrs, size_t n, char *why, size_t cap);

/* Is `addr` inside? */
bool home_is_inside(const struct home *home, const struct c2_addr *addr);

#endif
