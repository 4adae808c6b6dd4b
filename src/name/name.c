/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one checked name type: lower-case wire form (RFC 1035 §3.1), made here and nowhere else.
 *
 * Invariant of a finished name: 1 <= len <= 255, wire[0..len) is labels of 1 to 63 octets and one root octet at its end, no octet in 'A'..'Z'.
 */
#include <c2watch/name.h>

#define LABEL_LEN_MAX 63
#define POINTER_BITS 0xc0

/* Does a label of `n` octets and the root octet still fit? */
static bool name_has_room(const struct c2_name *name, size_t n)
{
	return n <= LABEL_LEN_MAX && name->len + 1 + n + 1 <= C2_NAME_WIRE_MAX;
}

/* c2_lower() on eight octets at once: bit 5 is set where bit 7 of the sums tells an ASCII letter between 'A' and 'Z'. */
static uint64_t lower_8(uint64_t octets)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = octets & ones * 0x7f;
	uint64_t from_a = low + ones * (0x80 - 'A');
	uint64_t past_z = low + ones * (0x7f - 'Z');
	uint64_t is_upper = (from_a ^ past_z) & ~octets & ones * 0x80;
	return octets | is_upper >> 2;
}

/* Copies `n` octets in lower case to `to`, where seven more may be written; `readable` octets may be read at `from`. */
static void name_copy(uint8_t *to, const uint8_t *from, size_t n, size_t readable)
{
	size_t i = 0;
	for (; i < n && readable - i >= 8; i += 8) {
		uint64_t octets;
		memcpy(&octets, from + i, 8);
		octets = lower_8(octets);
		memcpy(to + i, &octets, 8);
	}
	for (; i < n; i++)
		to[i] = c2_lower(from[i]);
}

/* Adds a label of `n` octets; `readable` octets may be read at `label`. */
static void name_add_label(struct c2_name *name, const uint8_t *label, size_t n, size_t readable)
{
	name->wire[name->len] = (uint8_t)n;
	name_copy(name->wire + name->len + 1, label, n, readable);
	name->len = (uint8_t)(name->len + 1 + n);
	name->labels++;
}

static void name_add_root(struct c2_name *name)
{
	name->wire[name->len++] = 0;
}

/* Where the pointer that was just begun with `high` leads: strictly before `run`, behind the header; null for anywhere else. */
static const uint8_t *name_pointer(struct c2_rd *rd, uint8_t high, const uint8_t *msg, const uint8_t *run)
{
	size_t offset = (size_t)(high & ~POINTER_BITS) << 8 | c2_rd_u8(rd);
	if (rd->rc != C2_OK)
		return NULL;
	if (offset < 12 || offset >= (size_t)(run - msg)) {
		c2_rd_bad(rd);
		return NULL;
	}
	return msg + offset;
}

/*
 * Steps over labels and counts them and their octets. Returns the octet that ended them: 0 for the root, or a pointer's first; nothing that matters when
 * there is an error.
 */
static uint8_t name_run(struct c2_rd *at, unsigned *len, unsigned *labels)
{
	for (;;) {
		uint8_t n = c2_rd_u8(at);
		if (n == 0 || (n & POINTER_BITS) == POINTER_BITS)
			return n;
		*len += 1u + n;
		*labels += 1;
		if (n > LABEL_LEN_MAX || *len + 1 > C2_NAME_WIRE_MAX)
			c2_rd_bad(at);
		c2_rd_skip(at, n);
	}
}

enum c2_rc c2_name_read(struct c2_rd *rd, const uint8_t *msg, unsigned *pointers, struct c2_name *out)
{
	struct c2_rd jumped;
	struct c2_rd *at = rd;
	unsigned hops = 0, len = 0, labels = 0;
	if (out != NULL)
		out->len = out->labels = 0;
	for (;;) {
		const uint8_t *run = at->p; /* where the present run of labels begins: each pointer leads before it, so this ends */
		unsigned before = len;
		uint8_t last = name_run(at, &len, &labels);
		if (at->rc != C2_OK)
			break;
		if (out != NULL) /* lengths are no letters: the run is copied as it stands */
			name_copy(out->wire + before, run, len - before, (size_t)(at->end - run));
		if (last == 0) {
			if (out != NULL) {
				out->wire[len] = 0;
				out->len = (uint8_t)(len + 1);
				out->labels = (uint8_t)labels;
			}
			return C2_OK;
		}
		run = name_pointer(at, last, msg, run);
		if (run == NULL)
			break;
		if (out == NULL)
			return C2_OK;
		if (++hops > C2_NAME_POINTERS_MAX || *pointers == 0) {
			c2_rd_bad(at);
			break;
		}
		--*pointers;
		jumped = (struct c2_rd){.p = run, .end = rd->end, .open = rd->open, .rc = C2_OK};
		at = &jumped;
	}
	rd->rc = at->rc;
	rd->p = rd->end;
	return (enum c2_rc)at->rc;
}

enum c2_rc c2_name_from_host(const void *octets, size_t len, struct c2_name *out)
{
	const uint8_t *p = octets;
	const uint8_t *end = p + len;
	out->len = out->labels = 0;
	if (len == 0 || (len == 1 && *p == '.'))
		return C2_NONE;
	while (p < end) {
		const uint8_t *dot = memchr(p, '.', (size_t)(end - p));
		size_t n = (size_t)((dot != NULL ? dot : end) - p);
		if (n == 0 || !name_has_room(out, n))
			return C2_BAD;
		name_add_label(out, p, n, (size_t)(end - p));
		p += n + (dot != NULL);
	}
	name_add_root(out);
	return C2_OK;
}

/* One octet of presentation form at `*at`, escapes undone. False for a broken escape. */
static bool text_octet(const char **at, const char *end, uint8_t *octet)
{
	const char *p = *at;
	if (*p != '\\') {
		*octet = (uint8_t)*p;
		*at = p + 1;
		return true;
	}
	if (++p == end)
		return false;
	if (*p < '0' || *p > '9') {
		*octet = (uint8_t)*p;
		*at = p + 1;
		return true;
	}
	unsigned value = 0;
	for (int i = 0; i < 3; i++, p++) {
		if (p == end || *p < '0' || *p > '9')
			return false;
		value = value * 10 + (unsigned)(*p - '0');
	}
	*octet = (uint8_t)value;
	*at = p;
	return value <= 255;
}

enum c2_rc c2_name_from_text(const char *text, size_t len, struct c2_name *out)
{
	const char *p = text;
	const char *end = text + len;
	uint8_t label[LABEL_LEN_MAX];
	size_t n = 0;
	out->len = out->labels = 0;
	if (len == 0)
		return C2_NONE;
	if (len == 1 && *p == '.') {
		name_add_root(out);
		return C2_OK;
	}
	while (p < end) {
		if (*p == '.') {
			if (n == 0 || !name_has_room(out, n))
				return C2_BAD;
			name_add_label(out, label, n, n);
			n = 0;
			p++;
			continue;
		}
		uint8_t octet;
		if (n == sizeof label || !text_octet(&p, end, &octet))
			return C2_BAD;
		label[n++] = octet;
	}
	if (n > 0) {
		if (!name_has_room(out, n))
			return C2_BAD;
		name_add_label(out, label, n, n);
	}
	name_add_root(out);
	return C2_OK;
}

size_t c2_name_to_text(const struct c2_name *name, char *text)
{
	char *to = text;
	const uint8_t *p = name->wire;
	if (name->labels == 0)
		*to++ = '.';
	for (unsigned label = 0; label < name->labels; label++) {
		if (label > 0)
			*to++ = '.';
		for (uint8_t n = *p++; n > 0; n--, p++) {
			if (*p <= 0x20 || *p >= 0x7f) {
				*to++ = '\\';
				*to++ = (char)('0' + *p / 100);
				*to++ = (char)('0' + *p / 10 % 10);
				*to++ = (char)('0' + *p % 10);
				continue;
			}
			if (*p == '.' || *p == '\\')
				*to++ = '\\';
			*to++ = (char)*p;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

bool c2_name_equal(const struct c2_name *a, const struct c2_name *b)
{
	return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

bool c2_name_is_under(const struct c2_name *name, const struct c2_name *parent)
{
	if (name->labels < parent->labels)
		return false;
	const uint8_t *p = name->wire;
	for (unsigned skip = name->labels - parent->labels; skip > 0; skip--)
		p += 1 + *p;
	size_t left = name->len - (size_t)(p - name->wire);
	return left == parent->len && memcmp(p, parent->wire, left) == 0;
}
