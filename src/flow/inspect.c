/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector: decides what a packet may hold, has it decoded, looks names up, writes notes. The decoders decode, this decides. */
#include "flow/inspect_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(NOTE_ALPN_MAX == C2_TLS_ALPN_MAX && NOTE_ALPN_LEN_MAX == C2_TLS_ALPN_LEN_MAX, "a note carries what the decoder reads");
_Static_assert(NOTE_JA4_CAP == C2_TLS_JA4_CAP, "a note has room for a fingerprint");
_Static_assert(NOTE_VLANS_MAX == C2_PACKET_VLANS_MAX, "a note has room for a packet's tags");

#define FRAGS_SHARE 16 /* of the memory, for datagrams in fragments */
#define SECOND_NS UINT64_C(1000000000)
#define CLOCK_STEP_NS (10 * SECOND_NS) /* packets out of order are milliseconds apart: further back the clock was set, or an older file began */

int inspector_open(struct inspector **inspector, const struct inspector_options *options)
{
	struct inspector *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->options = *options;
	size_t share = options->budget / FRAGS_SHARE;
	ends_open(&made->ends, &options->key, options->counters);
	made->opener = c2_quic_opener_new();
	int error = made->opener == NULL ? -ENOMEM : flow_table_open(&made->flows, options->budget - share, &options->key, options->counters);
	if (error == 0)
		error = frag_table_open(&made->frags, share, &options->key, options->counters);
	if (error < 0) {
		inspector_close(made);
		return error;
	}
	*inspector = made;
	return 0;
}

void inspector_close(struct inspector *inspector)
{
	if (inspector == NULL)
		return;
	flow_table_close(&inspector->flows);
	frag_table_close(&inspector->frags);
	c2_quic_opener_free(inspector->opener);
	free(inspector);
}

void inspector_use(struct inspector *inspector, const struct inspector_feeds *feeds)
{
	inspector->feeds = *feeds;
}

struct note *inspection_note(struct inspection *in, enum note_kind kind)
{
	struct note *note = note_outlet_reserve(in->inspector->options.outlet, kind, in->at_ns);
	if (note == NULL)
		return NULL;
	const struct c2_packet *packet = in->packet;
	struct note_where *where = &note->where;
	where->src = packet->src;
	where->dst = packet->dst;
	where->sport = packet->sport;
	where->dport = packet->dport;
	where->vlans = packet->vlans;
	memcpy(where->vlan, packet->vlan, packet->vlans * sizeof where->vlan[0]);
	where->ip_proto = packet->proto;
	where->iface = in->iface;
	where->has_mac = packet->has_mac;
	memcpy(where->mac_src, packet->mac_src, sizeof where->mac_src);
	memcpy(where->mac_dst, packet->mac_dst, sizeof where->mac_dst);
	return note;
}

void inspection_publish(struct inspection *in)
{
	note_outlet_publish(in->inspector->options.outlet);
}

/* Has this message hit the indicator before? Remembers it if not. */
static bool inspection_has_hit(struct inspection *in, uint32_t indicator)
{
	for (unsigned i = 0; i < in->hit_count; i++)
		if (in->hits[i] == indicator)
			return true;
	if (in->hit_count < MESSAGE_HITS_MAX)
		in->hits[in->hit_count++] = indicator;
	return false;
}

/* Has a note about this key been written lately? Remembers it if not. */
static bool inspection_knows(struct inspection *in, const uint8_t *key, size_t len)
{
	uint64_t hash = siphash13(&in->inspector->options.key, key, len);
	uint64_t *place = &in->inspector->known[hash & (ADDRESSES_KNOWN - 1)];
	bool is_known = *place == hash;
	*place = hash;
	return is_known;
}

/* Tells the publisher, once an hour, of a host that speaks a name of a context feed. */
static void inspection_meet_context(struct inspection *in, const struct c2_name *name)
{
	const struct inspector_feeds *feeds = &in->inspector->feeds;
	const struct c2_packet *packet = in->packet;
	struct c2_verdict verdict;
	if (name->len == 0 || c2_domset_find(feeds->context, name, &verdict) != C2_OK)
		return;
	uint32_t hour = (uint32_t)(in->at_ns / (3600 * SECOND_NS));
	uint8_t key[17 + 6 + sizeof verdict.indicator + sizeof feeds->generation + sizeof hour] = {0};
	memcpy(key, packet->src.octets, 16);
	key[16] = packet->src.family;
	if (packet->has_mac)
		memcpy(key + 17, packet->mac_src, 6);
	memcpy(key + 23, &verdict.indicator, 4);
	memcpy(key + 27, &feeds->generation, 4);
	memcpy(key + 31, &hour, 4);
	if (inspection_knows(in, key, sizeof key))
		return;
	struct note *note = inspection_note(in, NOTE_CONTEXT);
	if (note == NULL)
		return;
	note->sighting.verdict = verdict;
	note->sighting.feeds = feeds->generation;
	inspection_publish(in);
}

struct note_sighting *inspection_sight(struct inspection *in, enum note_kind kind, const struct c2_name *name)
{
	struct inspector *inspector = in->inspector;
	struct counters *counters = inspector->options.counters;
	struct c2_verdict verdict;
	counter_add(counters, COUNTER_sightings, 1);
	if (inspector->feeds.context != NULL && !note_is_servers(kind))
		inspection_meet_context(in, name);
	if (in->is_beside && !inspector->options.notes_all) /* hit or none, it is nobody's */
		return NULL;
	bool is_hit = name->len > 0 && !in->is_unlisted && c2_domset_find(inspector->feeds.domset, name, &verdict) == C2_OK;
	bool is_aside = is_hit && (in->is_beside || inspection_has_hit(in, verdict.indicator));
	if (is_hit && !is_aside)
		counter_add(counters, COUNTER_hits, 1);
	if (!inspector->options.notes_all && (!is_hit || is_aside))
		return NULL;
	struct note *note = inspection_note(in, kind);
	if (note == NULL)
		return NULL;
	struct note_sighting *sighting = &note->sighting;
	memset(sighting, 0, sizeof *sighting);
	sighting->name.len = name->len;
	sighting->name.labels = name->labels;
	memcpy(sighting->name.wire, name->wire, name->len);
	sighting->is_hit = is_hit;
	sighting->is_aside = is_aside;
	if (is_hit)
		sighting->verdict = verdict;
	sighting->feeds = inspector->feeds.generation;
	return sighting;
}

void inspection_sight_hello(
	struct inspection *in, const struct c2_tls_hello *hello, struct c2_rd message, enum note_kind named, enum note_kind nameless)
{
	struct counters *counters = in->inspector->options.counters;
	if (hello->has_ech)
		counter_add(counters, COUNTER_hello_ech, 1);
	if (hello->has_bad_name)
		counter_add(counters, COUNTER_hello_badname, 1);
	else if (hello->name.len == 0)
		counter_add(counters, COUNTER_hello_nosni, 1);
	inspect_resolver(in, hello, named == NOTE_QUIC);
	struct note_sighting *sighting = inspection_sight(in, hello->name.len > 0 ? named : nameless, &hello->name);
	if (sighting == NULL)
		return;
	sighting->tls_version = hello->version;
	sighting->ech = hello->has_ech;
	sighting->alpns = hello->alpns;
	memcpy(sighting->alpn, hello->alpn, sizeof sighting->alpn[0] * hello->alpns);
	/* Only here: nobody asks for a fingerprint of a name that is no news. */
	if (named == NOTE_DTLS)
		c2_dtls_ja4(message, sighting->ja4);
	else
		c2_tls_ja4(message, named == NOTE_QUIC ? 'q' : 't', sighting->ja4);
	if (sighting->is_hit && !sighting->is_aside)
		answer_await(in, named == NOTE_QUIC ? NOTE_ANSWERED_QUIC : named == NOTE_DTLS ? NOTE_ANSWERED_DTLS : NOTE_ANSWERED_TLS, sighting);
	inspection_publish(in);
}

void inspection_meet_source(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	if (!packet->has_mac)
		return;
	uint32_t hour = (uint32_t)(in->at_ns / (3600 * SECOND_NS)); /* whoever learns of routers counts addresses by the hour */
	uint8_t key[6 + 17 + 2 * C2_PACKET_VLANS_MAX + sizeof hour] = {0};
	memcpy(key, packet->mac_src, 6);
	memcpy(key + 6, packet->src.octets, 16);
	key[22] = packet->src.family;
	memcpy(key + 23, packet->vlan, packet->vlans * sizeof packet->vlan[0]);
	memcpy(key + sizeof key - sizeof hour, &hour, sizeof hour);
	if (inspection_knows(in, key, sizeof key))
		return;
	if (inspection_note(in, NOTE_HOST) != NULL)
		inspection_publish(in);
}

static void count_decode(struct counters *counters, enum c2_layer layer, enum c2_rc rc)
{
	static const enum counter first[C2_LAYER_COUNT] = {COUNTER_link_ok, COUNTER_ip_ok, COUNTER_transport_ok};
	for (unsigned below = 0; below < (unsigned)layer; below++)
		counter_add(counters, first[below], 1);
	counter_add(counters, (enum counter)(first[layer] + rc), 1);
}

/* Could the packet hold anything to look at? Most of a wire is acknowledgements and the middle of streams. */
static bool is_worth_a_look(const struct c2_packet *packet)
{
	return packet->payload_len > 0 || (packet->proto == C2_PROTO_TCP && (packet->tcp_flags & (C2_TCP_SYN | C2_TCP_ACK)) == C2_TCP_SYN);
}

static void inspect_payload(struct inspector *inspector, const struct c2_packet *packet, const uint8_t *payload, uint64_t at_ns, uint16_t iface)
{
	if (!is_worth_a_look(packet)) {
		if (packet->proto == C2_PROTO_TCP && (packet->tcp_flags & C2_TCP_SYN) != 0)
			ends_answer(&inspector->ends, packet);
		return;
	}
	if (packet->is_cut)
		counter_add(inspector->options.counters, COUNTER_payloads_cut, 1);
	struct inspection in;
	in.inspector = inspector;
	in.packet = packet;
	in.payload = payload;
	in.hit_count = 0;
	in.is_beside = false;
	in.is_unlisted = false;
	in.at_ns = at_ns;
	in.iface = iface;
	if (packet->proto == C2_PROTO_TCP)
		inspect_tcp(&in);
	else
		inspect_udp(&in);
}

/* What has been put together, or the head of what never will be. A fragment of another datagram inside it, which takes two tunnels, is not read. */
static void inspect_datagram(struct inspector *inspector, struct frag *frag, uint64_t at_ns)
{
	bool is_whole = frag_is_whole(frag);
	const uint8_t *octets = frag->octets.octets;
	counter_add(inspector->options.counters, is_whole ? COUNTER_datagrams_whole : COUNTER_datagrams_given_up, 1);
	if (frag->has_first) {
		struct c2_rd rd = is_whole ? c2_rd_closed(octets, frag->total) : c2_rd_open(octets, frag->octets.have);
		enum c2_rc rc = c2_packet_decode_datagram(rd, &frag->packet);
		counter_add(inspector->options.counters, (enum counter)(COUNTER_transport_ok + rc), 1);
		if (rc == C2_OK)
			inspect_payload(inspector, &frag->packet, octets + frag->packet.payload_at, at_ns, frag->iface);
		else if (rc == C2_NONE)
			count_unread(inspector->options.counters, &frag->packet);
	}
	frag_drop(&inspector->frags, frag);
}

static void give_up_fragments(struct inspector *inspector, uint64_t at_ns)
{
	struct frag *frag;
	while ((frag = frag_oldest(&inspector->frags, at_ns)) != NULL)
		inspect_datagram(inspector, frag, frag->begun_ns);
}

static void inspect_fragment(struct inspector *inspector, const struct c2_packet *packet, const uint8_t *octets, uint64_t at_ns, uint16_t iface)
{
	counter_add(inspector->options.counters, COUNTER_fragments, 1);
	give_up_fragments(inspector, at_ns);
	struct frag *frag = frag_add(&inspector->frags, packet, octets, at_ns);
	if (frag == NULL)
		return;
	frag->iface = iface;
	if (frag_is_whole(frag))
		inspect_datagram(inspector, frag, at_ns);
}

void inspector_tick(struct inspector *inspector, uint64_t at_ns)
{
	if (at_ns < inspector->tick_ns + SECOND_NS && at_ns + CLOCK_STEP_NS > inspector->tick_ns)
		return;
	inspector->tick_ns = at_ns;
	give_up_fragments(inspector, at_ns);
	held_tell_overdue(inspector, at_ns);
	if (note_outlet_reserve(inspector->options.outlet, NOTE_TICK, at_ns) != NULL)
		note_outlet_publish(inspector->options.outlet);
}

void inspector_see(struct inspector *inspector, enum c2_link link, const uint8_t *frame, size_t len, uint64_t at_ns, uint16_t iface)
{
	struct counters *counters = inspector->options.counters;
	struct c2_packet packet;
	enum c2_rc rc = c2_packet_decode(link, frame, len, &packet);
	counter_add(counters, COUNTER_packets, 1);
	counter_add(counters, COUNTER_octets, len);
	count_decode(counters, packet.layer, rc);
	inspector_tick(inspector, at_ns);
	if (rc == C2_OK)
		inspect_payload(inspector, &packet, frame + packet.payload_at, at_ns, iface);
	else if (rc == C2_NONE && packet.fragment.is_one)
		inspect_fragment(inspector, &packet, frame + packet.payload_at, at_ns, iface);
	else if (rc == C2_NONE)
		count_unread(counters, &packet);
}

void inspector_finish(struct inspector *inspector)
{
	struct frag *frag;
	while ((frag = frag_any(&inspector->frags)) != NULL)
		inspect_datagram(inspector, frag, frag->begun_ns);
	held_tell_overdue(inspector, UINT64_MAX);
}
