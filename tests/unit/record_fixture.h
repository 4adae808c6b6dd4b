/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_RECORD_FIXTURE_H
#define TESTS_UNIT_RECORD_FIXTURE_H

#include "record/record.h"

#include "table.h"

#include <arpa/inet.h>
#include <jansson.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* 2026-11-20T16:31:07.123456789Z */
#define AT_NS UINT64_C(1795192267123456789)

static inline struct c2_addr fixture_addr(const char *text)
{
	struct c2_addr out = {0};
	out.family = inet_pton(AF_INET, text, out.octets) == 1 ? 4 : 6;
	if (out.family == 6)
		assert_int_equal(inet_pton(AF_INET6, text, out.octets), 1);
	return out;
}

static inline struct c2_name fixture_name(const char *text)
{
	struct c2_name out;
	assert_int_equal(c2_name_from_text(text, strlen(text), &out), C2_OK);
	return out;
}

/* A packet from 10.20.30.41:51515 to 10.20.0.53:53 in VLAN 120, or for a DNS response the other way. */
static inline struct note fixture_note(enum note_kind kind, const char *name)
{
	struct note note = {.kind = kind,
		.where = {.at_ns = AT_NS,
			.src = fixture_addr("10.20.30.41"),
			.dst = fixture_addr("10.20.0.53"),
			.sport = 51515,
			.dport = 53,
			.vlan = {120},
			.vlans = 1,
			.ip_proto = 17,
			.has_mac = true,
			.mac_src = {0x00, 0x16, 0x3e, 0x5e, 0x6c, 0x01},
			.mac_dst = {0x00, 0x16, 0x3e, 0x00, 0x00, 0x01}}};
	if (note_is_answer(kind)) {
		struct note_where *where = &note.where;
		const struct c2_addr client = where->src;
		where->src = where->dst;
		where->dst = client;
		where->sport = 53;
		where->dport = 51515;
	}
	note.sighting.name = fixture_name(name);
	note.sighting.dns_id = 43981;
	note.sighting.dns_flags = note_is_answer(kind) ? 0x8180 : 0x0100;
	note.sighting.qtype = 1;
	note.sighting.is_hit = true;
	note.sighting.verdict.labels = 2;
	return note;
}

/* The line as a tree, once it has proved to be one line of printable ASCII and strict JSON. The caller frees it. */
static inline json_t *fixture_parse(const struct line *line)
{
	assert_int_equal(strlen(line->text), line->len);
	for (size_t i = 0; i < line->len; i++)
		assert_in_range((uint8_t)line->text[i], 0x20, 0x7e);
	json_error_t error;
	json_t *root = json_loads(line->text, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		fail_msg("%s at %d: %s", error.text, error.position, line->text);
	return root;
}

#endif
