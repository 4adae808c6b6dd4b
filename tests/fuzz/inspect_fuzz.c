/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of frames through the whole inspector, its memory the least there may be. Each frame: an octet for its kind, one for its ports, one for the time
 * since the frame before, two for a length, and so many octets. seeds.c writes such scripts.
 */
#include "flow/inspect.h"

#include "../unit/frames.h"
#include "checks.h"

#include <string.h>

#define RING 64
#define HEADER 5

/* The low bits of the first octet. */
enum kind {
	KIND_TCP,      /* the client's segment: two octets of sequence number and one of flags come first */
	KIND_TCP_BACK, /* the server's */
	KIND_UDP,
	KIND_UDP_BACK,
	KIND_UDP_BOTH, /* from the service's port to the service's port */
	KIND_FRAGMENT, /* of a UDP datagram: two octets of flags and offset, two of id come first, then what it holds */
	KIND_FRAME,    /* a whole Ethernet frame */
	KIND_LINK,     /* a whole frame of the link type that the first octet tells */
};
#define CLIENT(how) ((how) >> 3 & 3u) /* one of four */
#define IS_CUT 0x20                   /* the frame's last 16 octets were not captured */
#define VLAN(how) ((how) >> 6)

static const uint16_t ports[] = {443, 53, 80, 67, 68, 137, 5353, 5355, 546, 547, 25, 853, 3128, 4789, 40001, 1080};
static const int64_t waits_ms[] = {0, 1, 20, 100, 1100, 3500, 31000, 3600000, -20000};

/* An inspector and what it is given and gives. */
struct bench {
	struct inspector *inspector;
	struct spsc ring;
	struct note_outlet outlet;
	struct counters counters;
	struct c2_domset *domset;
	struct named *named;
	struct resolver_set resolvers;
	struct c2_addr resolver;
	uint64_t sightings, hits, lost; /* in notes */
};

/* Resolvers to be counted: the services' address, in all frames that are made here, and a name. */
static void bench_list_resolvers(struct bench *bench)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	struct c2_name name;
	MUST(c2_name_from_text("dns.example", 11, &name) == C2_OK && c2_domset_builder_add(builder, &name, C2_SCOPE_TREE) == 0);
	MUST(c2_domset_build(builder, NULL, &bench->resolvers.names) == 0);
	c2_domset_builder_free(builder);
	bench->resolver = (struct c2_addr){.family = 4, .octets = {192, 0, 2, 1}};
	bench->resolvers.addrs = &bench->resolver;
	bench->resolvers.addr_count = 1;
	resolver_set_name_ending(&bench->resolvers, &name);
	resolver_set_addr_ending(&bench->resolvers, &bench->resolver);
}

static void bench_open(struct bench *bench)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	struct c2_name name;
	MUST(c2_name_from_text("evil.example", 12, &name) == C2_OK && c2_domset_builder_add(builder, &name, C2_SCOPE_TREE) == 0);
	MUST(c2_name_from_text("example", 7, &name) == C2_OK && c2_domset_builder_add(builder, &name, C2_SCOPE_BELOW) == 0);
	MUST(c2_domset_build(builder, NULL, &bench->domset) == 0);
	c2_domset_builder_free(builder);
	MUST(spsc_open(&bench->ring, RING, sizeof(struct note)) == 0);
	bench->outlet = (struct note_outlet){.ring = &bench->ring, .counters = &bench->counters};
	struct inspector_options options = {
		.budget = 1u << 20, .key = {3, 4}, .outlet = &bench->outlet, .counters = &bench->counters, .notes_all = true};
	MUST(named_open(&bench->named, &options.key) == 0);
	options.named = bench->named;
	bench_list_resolvers(bench);
	MUST(inspector_open(&bench->inspector, &options) == 0);
	inspector_use(bench->inspector,
		&(struct inspector_feeds){.domset = bench->domset, .context = bench->domset, .generation = 1, .resolvers = &bench->resolvers});
}

static void bench_close(struct bench *bench)
{
	inspector_close(bench->inspector);
	spsc_close(&bench->ring);
	c2_domset_free(bench->domset);
	c2_domset_free(bench->resolvers.names);
	named_close(bench->named);
}

static void check_sighting(const struct note *note)
{
	const struct note_sighting *sighting = &note->sighting;
	bool is_nameless = note->kind == NOTE_TLS_NOSNI || note->kind == NOTE_QUIC_NOSNI || note->kind == NOTE_DTLS_NOSNI;
	MUST((sighting->name.len == 0) == is_nameless);
	if (sighting->name.len > 0)
		check_name(&sighting->name);
	if (sighting->owner.len > 0)
		check_name(&sighting->owner);
	MUST(!sighting->is_aside || sighting->is_hit);
	MUST(!sighting->is_hit || (sighting->verdict.indicator < 2 && sighting->verdict.labels <= sighting->name.labels));
	MUST(sighting->alpns <= NOTE_ALPN_MAX && memchr(sighting->ja4, 0, sizeof sighting->ja4) != NULL);
	for (unsigned i = 0; i < sighting->alpns; i++)
		MUST(sighting->alpn[i][0] != '\0' && memchr(sighting->alpn[i], 0, sizeof sighting->alpn[i]) != NULL);
	if (note->kind == NOTE_DHCP || note->kind == NOTE_DHCP_FQDN || note->kind == NOTE_DHCP6)
		MUST(memchr(note->vendor, 0, sizeof note->vendor) != NULL);
}

static void check_note(struct bench *bench, const struct note *note)
{
	MUST(note->kind <= NOTE_ANSWERED_DTLS);
	if (note->kind == NOTE_LOST)
		bench->lost += note->lost.n;
	if (note->kind == NOTE_LOST || note->kind == NOTE_TICK)
		return;
	MUST(note->where.vlans <= NOTE_VLANS_MAX && (note->where.ip_proto == C2_PROTO_TCP || note->where.ip_proto == C2_PROTO_UDP));
	MUST(note->where.src.family == note->where.dst.family && (note->where.src.family == 4 || note->where.src.family == 6));
	MUST(note->kind != NOTE_CONTEXT || note->sighting.verdict.indicator < 2);
	if (note->kind < NOTE_SIGHTINGS) {
		check_sighting(note);
		bench->sightings++;
		bench->hits += note->kind < NOTE_DHCP || note->kind > NOTE_DHCP6 ? note->sighting.is_hit && !note->sighting.is_aside : 0;
	} else if (note_is_answered(note->kind)) {
		check_sighting(note);
		MUST(note->sighting.is_hit && !note->sighting.is_aside && note->sighting.alpns <= 1);
	} else if (note->kind == NOTE_ANNOUNCEMENT) {
		check_name(&note->announcement.name);
		MUST(note->announcement.name.labels == 1);
	} else if (note->kind == NOTE_LEASE) {
		MUST(note->lease.addr.family == 4 || note->lease.addr.family == 6);
	}
}

static void take_notes(struct bench *bench)
{
	const struct note *note;
	while ((note = spsc_peek(&bench->ring)) != NULL) {
		check_note(bench, note);
		spsc_release(&bench->ring);
	}
}

/* The decoders' counters add up from the link to the transport, and the notes are what was counted. */
static void check_counters(const struct bench *bench)
{
	static const enum counter first[] = {COUNTER_link_ok, COUNTER_ip_ok, COUNTER_transport_ok};
	const struct counters *counters = &bench->counters;
	uint64_t sum[3] = {0};
	for (unsigned layer = 0; layer < 3; layer++)
		for (unsigned rc = 0; rc < C2_RC_COUNT; rc++)
			sum[layer] += counter_get(counters, (enum counter)(first[layer] + rc));
	uint64_t datagrams = counter_get(counters, COUNTER_datagrams_whole) + counter_get(counters, COUNTER_datagrams_given_up);
	uint64_t fragments = counter_get(counters, COUNTER_fragments);
	MUST(sum[0] == counter_get(counters, COUNTER_packets) && sum[1] == counter_get(counters, COUNTER_link_ok));
	MUST(sum[2] >= counter_get(counters, COUNTER_ip_ok) && sum[2] <= counter_get(counters, COUNTER_ip_ok) + datagrams);
	MUST(datagrams + counter_get(counters, COUNTER_fragments_refused) <= fragments);
	MUST(counter_get(counters, COUNTER_flows_evicted_open) + counter_get(counters, COUNTER_flows_evicted_decided) <=
		counter_get(counters, COUNTER_flows_opened));
	MUST(counter_get(counters, COUNTER_connections_unnamed) <= counter_get(counters, COUNTER_connections));
	uint64_t lost = bench->lost + bench->outlet.lost.n;
	MUST(bench->sightings <= counter_get(counters, COUNTER_sightings) && counter_get(counters, COUNTER_sightings) <= bench->sightings + lost);
	MUST(bench->hits <= counter_get(counters, COUNTER_hits) && counter_get(counters, COUNTER_hits) <= bench->hits + lost);
	MUST(lost <= counter_get(counters, COUNTER_notes_lost));
}

/* A fragment: what it holds of its datagram stands where the UDP header of a whole one would. */
static size_t make_fragment(uint8_t *frame, const struct frame_ends *ends, const uint8_t *octets, size_t len)
{
	if (len < 4 + 8)
		return 0;
	size_t made = frame_udp(frame, ends, octets + 4 + 8, len - 4 - 8);
	uint8_t *ip = frame + 14 + (ends->vlan != 0 ? 4 : 0);
	memcpy(ip + 4, octets + 2, 2);
	memcpy(ip + 6, octets, 2);
	memcpy(ip + 20, octets + 4, 8);
	return made;
}

static size_t make_frame(uint8_t *frame, uint8_t how, uint16_t port, const uint8_t *octets, size_t len)
{
	struct frame_ends ends = {
		.src = 0x0a000007u + CLIENT(how), .dst = 0xc0000201, .sport = (uint16_t)(40000 + CLIENT(how)), .dport = port, .vlan = VLAN(how)};
	struct frame_ends back = {.src = ends.dst, .dst = ends.src, .sport = ends.dport, .dport = ends.sport, .vlan = ends.vlan};
	enum kind kind = (enum kind)(how & 7);
	switch (kind) {
	case KIND_TCP:
	case KIND_TCP_BACK:
		if (len < 3)
			return 0;
		return frame_tcp(frame, kind == KIND_TCP ? &ends : &back, 0xfffff000u + (uint32_t)(octets[0] << 8 | octets[1]), octets[2], octets + 3,
			len - 3);
	case KIND_UDP_BOTH:
		ends.sport = port;
		return frame_udp(frame, &ends, octets, len);
	case KIND_UDP:
		return frame_udp(frame, &ends, octets, len);
	case KIND_UDP_BACK:
		return frame_udp(frame, &back, octets, len);
	case KIND_FRAGMENT:
		return make_fragment(frame, &ends, octets, len);
	case KIND_FRAME:
	case KIND_LINK:
		memcpy(frame, octets, len);
		return len;
	}
	return 0;
}

/* Shows the inspector a frame, in memory of exactly its size. */
static void see(struct bench *bench, uint8_t how, uint16_t port, const uint8_t *octets, size_t len, uint64_t at_ns)
{
	static uint8_t frame[FRAME_LEN_MAX];
	enum c2_link link = C2_LINK_ETHERNET;
	if ((how & 7) == KIND_LINK && len > 0) {
		link = (enum c2_link)(*octets++ % (C2_LINK_FRELAY + 1));
		len--;
	}
	size_t made = make_frame(frame, how, port, octets, len);
	if (how & IS_CUT)
		made = made > 16 ? made - 16 : 0;
	uint8_t *copy = malloc(made + (made == 0));
	MUST(copy != NULL);
	memcpy(copy, frame, made);
	inspector_see(bench->inspector, link, copy, made, at_ns, 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct bench bench = {.inspector = NULL};
	uint64_t at_ns = UINT64_C(1700000000000000000);
	bench_open(&bench);
	for (size_t at = 0; at + HEADER <= len;) {
		const uint8_t *header = octets + at;
		size_t n = (size_t)(header[3] << 8 | header[4]) & 0x7fff;
		at += HEADER;
		n = n < len - at ? n : len - at;
		at_ns += (uint64_t)(waits_ms[header[2] % (sizeof waits_ms / sizeof waits_ms[0])] * 1000000);
		see(&bench, header[0], ports[header[1] % (sizeof ports / sizeof ports[0])], octets + at, n, at_ns);
		if ((header[2] & 0x80) == 0) /* else the publisher is behind, and the ring fills */
			take_notes(&bench);
		at += n;
	}
	inspector_finish(bench.inspector);
	take_notes(&bench);
	check_counters(&bench);
	bench_close(&bench);
	return 0;
}
