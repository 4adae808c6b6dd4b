/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_NAME_H
#define C2WATCH_NAME_H

#include <c2watch/rd.h>

/* Limits of RFC 1035 §2.3.4, and of compression as we follow it (RFC 9267 tells what happens to those who follow more). */
#define C2_NAME_WIRE_MAX 255   /* octets of a name in wire form, its root octet included */
#define C2_NAME_LABELS_MAX 127 /* labels, the root not counted */
#define C2_NAME_TEXT_MAX 1024  /* a buffer that holds every name's presentation form and its NUL */
#define C2_NAME_SLACK 9        /* octets behind a name that its constructors may write to, eight at a time */
#define C2_NAME_POINTERS_MAX 16
#define C2_MESSAGE_POINTERS_MAX 256

/*
 * A checked domain name: wire form (RFC 1035 §3.1), ASCII letters in lower case, root octet at its end. Only the constructors below
 * make one, so whoever is given one may trust it. Octets of `wire` past `len` are undefined.
 */
struct c2_name {
	uint8_t len;    /* octets of `wire` in use, 1 to 255; 0 in a struct that no constructor has filled */
	uint8_t labels; /* labels before the root, 0 to 127 */
	uint8_t wire[C2_NAME_WIRE_MAX + C2_NAME_SLACK];
};

/*
 * Reads a name from a DNS message at `rd`, which steps over it.
 *
 * `msg`      the message's first octet: what compression pointers count from
 * `pointers` pointers that may still be followed in this message, in and out; start with C2_MESSAGE_POINTERS_MAX
 * `out`      the name; null only steps over it: labels are checked, a pointer is not followed
 *
 * A pointer must lead strictly backwards, to octet 12 or later (RFC 1035 §4.1.4). OK, MORE (cut in an open view) or BAD; `rd` keeps the error. RFC 1035 §3.1, §4.1.4.
 */
enum c2_rc c2_name_read(struct c2_rd *rd, const uint8_t *msg, unsigned *pointers, struct c2_name *out);

/*
 * Makes a name from the host name in `len` octets at `octets`, as TLS, HTTP and DHCP carry it: labels between dots, no escapes, any
 * octet but the dot inside a label, one dot at the end allowed.
 * OK; NONE for an empty one (or a lone dot); BAD for an empty label, a label over 63 octets or a name over 255.
 */
enum c2_rc c2_name_from_host(const void *octets, size_t len, struct c2_name *out);

/*
 * Makes a name from presentation form (RFC 1035 §5.1): `\.`, `\\` and `\DDD` escapes, one dot at the end allowed, "." is the root.
 * OK; NONE for an empty text; BAD for what is no name.
 */
enum c2_rc c2_name_from_text(const char *text, size_t len, struct c2_name *out);

/*
 * Writes the presentation form to `text` (C2_NAME_TEXT_MAX octets), NUL at its end: lower case, no dot at the end, `\DDD` for octets outside
 * 0x21-0x7e, `\.` and `\\` inside labels; "." for the root. Returns its length.
 */
size_t c2_name_to_text(const struct c2_name *name, char *text);

/* Are the two the same name? */
bool c2_name_equal(const struct c2_name *a, const struct c2_name *b);

/* Is `name` the name `parent`, or below it? On label borders: notsbmsa.wiki is not under sbmsa.wiki. */
bool c2_name_is_under(const struct c2_name *name, const struct c2_name *parent);

/* The octet `c` in lower case, as RFC 4343 §3 folds: ASCII letters only. */
static inline uint8_t c2_lower(uint8_t c)
{
	return (uint8_t)(c | ((uint8_t)(c - 'A') < 26) << 5);
}

#endif
