/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "base/spsc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING 4096

static void must(bool is_so)
{
	if (!is_so)
		abort();
}

void bench_open(struct bench *bench)
{
	static const char *const listed[] = {"evil.example", "bad.example"};
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	memset(bench, 0, sizeof *bench);
	for (uint32_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
		struct c2_name name;
		must(c2_name_from_text(listed[i], strlen(listed[i]), &name) == C2_OK);
		must(c2_domset_builder_add(builder, &name, C2_SCOPE_TREE) == 0);
	}
	must(c2_domset_build(builder, NULL, &bench->domset) == 0);
	c2_domset_builder_free(builder);
	must(spsc_open(&bench->ring, RING, sizeof(struct note)) == 0);
	bench->outlet = (struct note_outlet){.ring = &bench->ring, .counters = &bench->counters};
	const struct siphash_key key = {5, 6};
	must(named_open(&bench->named, &key) == 0);
	struct inspector_options options = {
		.budget = 16u << 20, .key = key, .outlet = &bench->outlet, .counters = &bench->counters, .named = bench->named, .notes_all = true};
	must(inspector_open(&bench->inspector, &options) == 0);
	inspector_use(bench->inspector, &(struct inspector_feeds){.domset = bench->domset, .generation = 1});
	bench->at_ns = UINT64_C(1700000000000000000);
}

void bench_close(struct bench *bench)
{
	inspector_close(bench->inspector);
	spsc_close(&bench->ring);
	c2_domset_free(bench->domset);
	named_close(bench->named);
}

void bench_see(struct bench *bench, const uint8_t *frame, size_t len)
{
	uint8_t *copy = malloc(len);
	memcpy(copy, frame, len);
	inspector_see(bench->inspector, C2_LINK_ETHERNET, copy, len, bench->at_ns, 0);
	free(copy);
	bench->at_ns += 1000;
}

void bench_tcp(struct bench *bench, const struct frame_ends *ends, uint32_t seq, uint8_t flags, const void *payload, size_t len)
{
	uint8_t frame[FRAME_LEN_MAX];
	bench_see(bench, frame, frame_tcp(frame, ends, seq, flags, payload, len));
}

void bench_udp(struct bench *bench, const struct frame_ends *ends, const void *payload, size_t len)
{
	uint8_t frame[FRAME_LEN_MAX];
	bench_see(bench, frame, frame_udp(frame, ends, payload, len));
}

static const char *kind_word(enum note_kind kind)
{
	switch (kind) {
	case NOTE_DNS:
		return "dns";
	case NOTE_DNS_R:
		return "dns_r";
	case NOTE_CNAME:
		return "cname";
	case NOTE_ADDR:
		return "addr";
	case NOTE_RR:
		return "rr";
	case NOTE_TLS:
		return "tls";
	case NOTE_TLS_NOSNI:
		return "tls_nosni";
	case NOTE_DTLS:
		return "dtls";
	case NOTE_DTLS_NOSNI:
		return "dtls_nosni";
	case NOTE_HTTP:
		return "http";
	case NOTE_CONNECT:
		return "connect";
	case NOTE_SOCKS:
		return "socks";
	default:
		return "other";
	}
}

const char *bench_notes(struct bench *bench)
{
	const struct note *note;
	size_t len = 0;
	bench->notes[0] = '\0';
	while ((note = spsc_peek(&bench->ring)) != NULL) {
		char name[C2_NAME_TEXT_MAX] = "";
		const struct note_sighting *sighting = &note->sighting;
		if (note->kind < NOTE_SIGHTINGS) {
			if (sighting->name.len > 0)
				c2_name_to_text(&sighting->name, name);
			len += (size_t)snprintf(bench->notes + len, sizeof bench->notes - len, "%s%s %s%s", len > 0 ? "; " : "",
				kind_word(note->kind), name,
				!sighting->is_hit    ? ""
				: sighting->is_aside ? " aside"
						     : " hit");
			must(len < sizeof bench->notes);
		}
		spsc_release(&bench->ring);
	}
	return bench->notes;
}

uint64_t bench_count(const struct bench *bench, enum counter which)
{
	return counter_get(&bench->counters, which);
}
