/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in front of a tunnelled stream: SOCKS4, 4a and 5 requests (RFC 1928, RFC 1929, OpenSSH's socks4a.protocol), and HAProxy's PROXY header. */
#include <c2watch/http.h>

#define VERSION_4 4
#define VERSION_5 5
#define LOGIN_VERSION 1
#define ADDRESS_IPV4 1
#define ADDRESS_NAME 3
#define ADDRESS_IPV6 4
#define PROXY_LINE_MAX 107 /* HAProxy's proxy-protocol.txt §2.1 */
#define STRING_MAX 255     /* ours: the protocol sets no limit to version 4's strings */

static void read_host(struct c2_rd text, struct c2_name *out)
{
	if (c2_name_from_host(text.p, c2_rd_left(&text), out) != C2_OK)
		out->len = 0;
}

/* Octets up to a NUL, which is stepped over; BAD without one in reach. */
static struct c2_rd read_string(struct c2_rd *in)
{
	size_t reach = c2_rd_left(in) <= STRING_MAX ? c2_rd_left(in) : STRING_MAX + 1;
	const uint8_t *end = memchr(in->p, 0, reach);
	if (end == NULL) {
		if (c2_rd_left(in) > STRING_MAX)
			c2_rd_bad(in);
		c2_rd_need(in, c2_rd_left(in) + 1);
		return c2_rd_closed(in->p, 0);
	}
	struct c2_rd text = c2_rd_closed(in->p, (size_t)(end - in->p));
	in->p = end + 1;
	return text;
}

/* Command, port, address, user; the name stands behind when the address is 0.0.0.x. */
static enum c2_rc read_4(struct c2_rd *in, struct c2_socks *out)
{
	uint8_t command = c2_rd_u8(in);
	c2_rd_skip(in, 2);
	uint32_t address = c2_rd_u32(in);
	if (in->rc == C2_OK && command != 1 && command != 2)
		return C2_NONE;
	read_string(in);
	if (in->rc == C2_OK && address != 0 && address < 256)
		read_host(read_string(in), &out->name);
	out->step = C2_SOCKS_REQUEST;
	return (enum c2_rc)in->rc;
}

static enum c2_rc read_5_request(struct c2_rd *in, struct c2_socks *out)
{
	uint8_t command = c2_rd_u8(in);
	uint8_t reserved = c2_rd_u8(in);
	uint8_t type = c2_rd_u8(in);
	if (in->rc != C2_OK)
		return (enum c2_rc)in->rc;
	if (command == 0 || command > 3 || reserved != 0)
		return C2_NONE;
	switch (type) {
	case ADDRESS_IPV4:
		c2_rd_skip(in, 4);
		break;
	case ADDRESS_IPV6:
		c2_rd_skip(in, 16);
		break;
	case ADDRESS_NAME: {
		struct c2_rd text = c2_rd_block8(in);
		if (in->rc == C2_OK)
			read_host(text, &out->name);
		break;
	}
	default:
		return C2_NONE;
	}
	c2_rd_skip(in, 2);
	out->step = C2_SOCKS_REQUEST;
	return (enum c2_rc)in->rc;
}

enum c2_rc c2_socks_read(struct c2_rd in, bool has_greeted, struct c2_socks *out)
{
	const uint8_t *begin = in.p;
	enum c2_rc rc;
	out->name.len = 0;
	uint8_t version = c2_rd_u8(&in);
	if (in.rc != C2_OK)
		return (enum c2_rc)in.rc;
	if (version == VERSION_4 && !has_greeted) {
		rc = read_4(&in, out);
	} else if (version == VERSION_5 && has_greeted) {
		rc = read_5_request(&in, out);
	} else if (version == LOGIN_VERSION && has_greeted) {
		c2_rd_block8(&in);
		c2_rd_block8(&in);
		out->step = C2_SOCKS_LOGIN;
		rc = (enum c2_rc)in.rc;
	} else if (version == VERSION_5) {
		struct c2_rd methods = c2_rd_block8(&in);
		out->step = C2_SOCKS_GREETING;
		rc = in.rc == C2_OK && c2_rd_left(&methods) == 0 ? C2_NONE : (enum c2_rc)in.rc;
	} else {
		return C2_NONE;
	}
	out->len = (size_t)(in.p - begin);
	return rc;
}

enum c2_rc c2_proxy_header_read(struct c2_rd in, size_t *len)
{
	static const uint8_t text[] = {'P', 'R', 'O', 'X', 'Y', ' '};
	static const uint8_t binary[] = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
	size_t n = c2_rd_left(&in);
	if (n > 0 && memcmp(in.p, text, n < sizeof text ? n : sizeof text) == 0) {
		const uint8_t *feed = memchr(in.p, '\n', n);
		size_t line = feed != NULL ? (size_t)(feed - in.p) + 1 : n;
		if (line > PROXY_LINE_MAX || feed == NULL)
			return line > PROXY_LINE_MAX ? C2_NONE : C2_MORE;
		*len = line;
		return n >= sizeof text ? C2_OK : C2_NONE;
	}
	if (n > 0 && memcmp(in.p, binary, n < sizeof binary ? n : sizeof binary) == 0) {
		const uint8_t *begin = in.p;
		c2_rd_skip(&in, sizeof binary + 2);
		c2_rd_block16(&in);
		*len = (size_t)(in.p - begin);
		return (enum c2_rc)in.rc;
	}
	return C2_NONE;
}
