/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector: decides what a packet may hold, has it decoded, looks names up, writes notes. The decoders decode, this decides. */
#include "flow/inspect_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(NOTE_VLANS_MAX == C2_PACKET_VLANS_MAX, "a note has room for a packet's tags");

#define PORT_DNS 53
#define PORT_DHCP_SERVER 67
#define PORT_DHCP_CLIENT 68
#define SECOND_NS UINT64_C(1000000000)

int inspector_open(struct inspector **inspector, const struct inspector_options *options)
{
	struct inspector *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->options = *options;
	int error = flow_table_open(&made->flows, options->budget, &options->key, options->counters);
	if (error < 0) {
		free(made);
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
	free(inspector);
}

void inspector_use(struct inspector *inspector, const struct inspector_feeds *feeds)
{
	inspector->feeds = *feeds;
}

void inspector_tick(struct inspector *inspector, uint64_t at_ns)
{
	if (at_ns < inspector->tick_ns + SECOND_NS)
		return;
	inspector->tick_ns = at_ns;
	if (note_outlet_reserve(inspector->options.outlet, NOTE_TICK, at_ns) != NULL)
		note_outlet_publish(inspector->options.outlet);
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
static bool inspection_is_echo(struct inspection *in, uint32_t indicator)
{
	for (unsigned i = 0; i < in->hit_count; i++)
		if (in->hits[i] == indicator)
			return true;
	if (in->hit_count < MESSAGE_HITS_MAX)
		in->hits[in->hit_count++] = indicator;
	return false;
}

struct note_sighting *inspection_sight(struct inspection *in, enum note_kind kind, const struct c2_name *name)
{
	struct inspector *inspector = in->inspector;
	struct counters *counters = inspector->options.counters;
	struct c2_verdict verdict;
	bool is_hit = name->len > 0 && c2_domset_find(inspector->feeds.domset, name, &verdict) == C2_OK;
	counter_add(counters, COUNTER_sightings, 1);
	bool is_echo = is_hit && inspection_is_echo(in, verdict.indicator);
	if (is_hit && !is_echo)
		counter_add(counters, COUNTER_hits, 1);
	if (!inspector->options.notes_all && (!is_hit || is_echo))
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
	sighting->is_echo = is_echo;
	if (is_hit)
		sighting->verdict = verdict;
	sighting->feeds = inspector->feeds.generation;
	return sighting;
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
	uint64_t hash = siphash13(&in->inspector->options.key, key, sizeof key);
	uint64_t *place = &in->inspector->known[hash & (ADDRESSES_KNOWN - 1)];
	if (*place == hash)
		return;
	*place = hash;
	if (inspection_note(in, NOTE_HOST) != NULL)
		inspection_publish(in);
}

static void inspect_udp(struct inspection *in)
{
	const struct c2_packet *packet = in->packet;
	if (packet->sport == PORT_DNS || packet->dport == PORT_DNS)
		inspect_dns(in);
	else if ((packet->dport == PORT_DHCP_SERVER || packet->dport == PORT_DHCP_CLIENT) && packet->src.family == 4)
		inspect_dhcp4(in);
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

void inspector_see(struct inspector *inspector, enum c2_link link, const uint8_t *frame, size_t len, uint64_t at_ns, uint8_t iface)
{
	struct counters *counters = inspector->options.counters;
	struct c2_packet packet;
	enum c2_rc rc = c2_packet_decode(link, frame, len, &packet);
	counter_add(counters, COUNTER_packets, 1);
	counter_add(counters, COUNTER_octets, len);
	count_decode(counters, packet.layer, rc);
	inspector_tick(inspector, at_ns);
	if (rc != C2_OK || !is_worth_a_look(&packet))
		return;
	if (packet.fragment.is_one)
		counter_add(counters, COUNTER_fragments, 1);
	else if (packet.is_cut)
		counter_add(counters, COUNTER_payloads_cut, 1);
	struct inspection in;
	in.inspector = inspector;
	in.packet = &packet;
	in.payload = frame + packet.payload_at;
	in.hit_count = 0;
	in.has_answers = false;
	in.at_ns = at_ns;
	in.iface = iface;
	if (packet.proto == C2_PROTO_TCP)
		inspect_tcp(&in);
	else
		inspect_udp(&in);
}
