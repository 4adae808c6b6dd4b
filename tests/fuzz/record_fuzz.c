/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as the texts of a record: it stays one line of printable ASCII and strict JSON. The first octet is the note's kind, the others are texts
 * with a NUL between, handed out in turn; what is a name's is made one as the decoders make it.
 */
#include "record/record.h"

#include <jansson.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* The texts not yet handed out; when they are used up they begin anew. */
struct texts {
	const char *all, *next, *end;
};

static const char *text_next(struct texts *texts)
{
	if (texts->next >= texts->end)
		texts->next = texts->all;
	const char *text = texts->next;
	texts->next += strlen(text) + 1;
	return text;
}

static void name_next(struct texts *texts, struct c2_name *name)
{
	const char *text = text_next(texts);
	if (c2_name_from_host(text, strlen(text), name) != C2_OK)
		name->len = 0;
}

static void name_text_next(struct texts *texts, char out[C2_NAME_TEXT_MAX])
{
	struct c2_name name;
	out[0] = '\0';
	name_next(texts, &name);
	if (name.len != 0)
		c2_name_to_text(&name, out);
}

static void check(const struct line *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (line->text[i] < 0x20 || line->text[i] > 0x7e)
			abort();
	json_t *root = json_loads(line->text, JSON_REJECT_DUPLICATES, NULL);
	if (root == NULL)
		abort();
	json_decref(root);
}

static void write_all(struct texts *texts, enum note_kind kind)
{
	static struct home home;
	struct line line = {0};
	struct note note = {.kind = kind, .where = {.src = {.family = 4}, .dst = {.family = 6}, .vlans = 2, .ip_proto = 17}};
	name_next(texts, &note.sighting.name);
	name_next(texts, &note.sighting.owner);
	if (record_observation(&line, &note, text_next(texts), text_next(texts)) == 0)
		check(&line);
	if (note.sighting.name.len != 0 && kind != NOTE_TLS_NOSNI && kind != NOTE_DHCP && kind != NOTE_DHCP_FQDN && kind != NOTE_DHCP6) {
		struct host_identity host = {.method = HOST_BY_LEASE, .confidence = HOST_LOW, .source = "dhcp"};
		struct place_facts place = {.country_iso_code = "NL"};
		struct incident incident = {.id = "0"};
		const struct record_sensor sensor = {.name = text_next(texts), .hostname = text_next(texts), .version = text_next(texts)};
		struct record_claims claims = {
			.at = {{.feed = text_next(texts), .description = text_next(texts), .first_seen = text_next(texts)}}, .n = 1, .total = 1};
		snprintf(claims.at[0].name, sizeof claims.at[0].name, "%s", text_next(texts));
		name_text_next(texts, host.name);
		name_text_next(texts, host.fqdn);
		strncpy(place.city, text_next(texts), sizeof place.city - 1);
		const struct record_hit hit = {.sensor = &sensor,
			.note = &note,
			.claims = &claims,
			.feeds = text_next(texts),
			.iface = text_next(texts),
			.home = &home,
			.host = &host,
			.place = &place,
			.incident = &incident};
		if (record_hit(&line, &hit) == 0)
			check(&line);
	}
	line_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	if (len < 1)
		return 0;
	char *copy = malloc(len);
	if (copy == NULL)
		return 0;
	memcpy(copy, octets + 1, len - 1);
	copy[len - 1] = '\0';
	struct texts texts = {.all = copy, .next = copy, .end = copy + len};
	write_all(&texts, (enum note_kind)(octets[0] % NOTE_SIGHTINGS));
	free(copy);
	return 0;
}
