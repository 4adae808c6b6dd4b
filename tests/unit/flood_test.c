/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floods against what the tables remember: no octet of memory is taken once they are open, and beacons among the flood are found. A beacon in one packet
 * is always found; one in two segments as long as not too many flows and heads begin between them. `flood_test N` sends N packets a flood.
 */
#include "allocations.h"
#include "bench.h"
#include "fixtures.h"
#include "host/hosts.h"
#include "incident/incident.h"
#include "octets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKETS (BENCH_IS_SLOW ? 200000 : 1000000)
#define WARM 250000 /* packets after which every page that there is has been touched */
#define EVERY 1000  /* packets to a beacon of each kind */
#define BETWEEN 500 /* packets between the halves of one */
#define SPORT 40000 /* of the first kind of beacon */
#define SECOND UINT64_C(1000000000)

static struct bench bench;
static uint8_t frame[FRAME_LEN_MAX];
static struct octets half, fine, beacon, query, beacon_query;
static uint32_t random_state = 2463534242;
static unsigned failed, number;

/* xorshift32, Marsaglia: the same flood everywhere. */
static uint32_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

static long resident_kb(void)
{
	long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "r");
	if (statm != NULL && fscanf(statm, "%*s %ld", &pages) != 1)
		pages = 0;
	if (statm != NULL)
		fclose(statm);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void see(size_t len)
{
	inspector_see(bench.inspector, C2_LINK_ETHERNET, frame, len, bench.at_ns += 1000, 0);
}

static void tcp(const struct frame_ends *ends, uint32_t seq, uint8_t flags, const void *payload, size_t len)
{
	see(frame_tcp(frame, ends, seq, flags, payload, len));
}

/* Beacons found: in a packet, and in two. */
struct found {
	unsigned whole, halves;
};

static void found_add(struct found *found)
{
	const struct note *note;
	while ((note = spsc_peek(&bench.ring)) != NULL) {
		if (note->kind < NOTE_SIGHTINGS && note->sighting.is_hit)
			(*(note->where.sport == SPORT + 2 ? &found->halves : &found->whole))++;
		spsc_release(&bench.ring);
	}
}

static struct frame_ends stranger(uint16_t dport)
{
	return (struct frame_ends){.src = random_next(), .dst = random_next(), .sport = (uint16_t)random_next(), .dport = dport};
}

static void flood_syns(uint32_t i)
{
	struct frame_ends ends = stranger(443);
	tcp(&ends, i, C2_TCP_SYN, "", 0);
}

static void flood_half_hellos(uint32_t i)
{
	struct frame_ends ends = stranger(443);
	tcp(&ends, i, C2_TCP_ACK, half.at, 600);
}

/* Ten thousand hellos, each of an octet a minute. */
static void flood_slow_hellos(uint32_t i)
{
	uint32_t which = i % 10000;
	struct frame_ends ends = {.src = 0x0b000000 + which, .dst = 0xc0000202, .sport = 1, .dport = 443};
	if (which == 0)
		bench.at_ns += 60 * SECOND;
	if (i < 10000)
		tcp(&ends, 0, C2_TCP_SYN, "", 0);
	else
		tcp(&ends, i / 10000, C2_TCP_ACK, half.at + i / 10000 - 1, 1);
}

/* Spoofed sources that ask for names that nobody has asked for before. */
static void flood_names(uint32_t i)
{
	struct frame_ends ends = stranger(53);
	char label[9];
	snprintf(label, sizeof label, "%08x", random_next() ^ i);
	memcpy(query.at + 13, label, 8);
	see(frame_udp(frame, &ends, query.at, query.len));
}

static void flood_datagrams(uint32_t i)
{
	struct frame_ends ends = stranger((uint16_t)random_next());
	see(frame_udp(frame, &ends, half.at + i % 100, 64));
}

static void flood_fragments(uint32_t i)
{
	struct frame_ends ends = stranger(53);
	size_t len = frame_udp(frame, &ends, half.at, 600);
	frame[18] = (uint8_t)(i >> 8);
	frame[19] = (uint8_t)i;
	frame[20] = 0x20;
	see(len);
}

/* One connection, hello after hello, each with a name. */
static void flood_one_flow(uint32_t i)
{
	static const struct frame_ends ends = {.src = 0x0b000000, .dst = 0xc0000202, .sport = 1, .dport = 443};
	tcp(&ends, 1 + i * (uint32_t)fine.len, C2_TCP_ACK, fine.at, fine.len);
}

/* Always the same buckets' worth of ends: one source to one server. */
static void flood_ports(uint32_t i)
{
	struct frame_ends ends = {.src = 0x0b000000, .dst = 0xc0000202, .sport = (uint16_t)i, .dport = (uint16_t)(i >> 16)};
	tcp(&ends, i, C2_TCP_ACK, half.at, 600);
}

struct flood {
	const char *name;
	void (*send)(uint32_t i);
};

static const struct flood floods[] = {
	{"SYNs that nobody follows up", flood_syns},
	{"half hellos", flood_half_hellos},
	{"hellos of an octet a minute", flood_slow_hellos},
	{"questions for random names from spoofed sources", flood_names},
	{"datagrams from spoofed sources", flood_datagrams},
	{"fragments that nobody completes", flood_fragments},
	{"hellos, one after another in one flow", flood_one_flow},
	{"half hellos from every port", flood_ports},
};

static struct frame_ends beacon_ends(uint32_t i, uint32_t kind, uint16_t dport)
{
	return (struct frame_ends){.src = 0x0a000000 + i / EVERY, .dst = 0xc0000201 + kind, .sport = (uint16_t)(SPORT + kind), .dport = dport};
}

/* What beacons are due among packet `i` of the flood: a question, a hello in a packet, a hello in two. */
static void beacons_send(uint32_t i)
{
	struct frame_ends ends = beacon_ends(i, 0, 53);
	if (i % EVERY == 0) {
		see(frame_udp(frame, &ends, beacon_query.at, beacon_query.len));
		ends = beacon_ends(i, 1, 443);
		tcp(&ends, 0, C2_TCP_SYN, "", 0);
		tcp(&ends, 1, C2_TCP_ACK, beacon.at, beacon.len);
	}
	ends = beacon_ends(i, 2, 443);
	if (i % EVERY == 0) {
		tcp(&ends, 0, C2_TCP_SYN, "", 0);
		tcp(&ends, 1, C2_TCP_ACK, beacon.at, 40);
	} else if (i % EVERY == BETWEEN) {
		tcp(&ends, 41, C2_TCP_ACK, beacon.at + 40, beacon.len - 40);
	}
}

static void report(bool is_good, const char *what, const char *name)
{
	printf("%sok %u - %s: %s\n", is_good ? "" : "not ", ++number, name, what);
	fflush(stdout);
	failed += !is_good;
}

static void flood_run(const struct flood *flood, uint32_t packets)
{
	struct found found = {0};
	bench_open(&bench);
	for (uint32_t i = 0; i < WARM; i++) {
		flood->send(i);
		found_add(&found);
	}
	found = (struct found){0};
	unsigned long before = allocations;
	long kb = resident_kb();
	for (uint32_t i = 0; i < packets; i++) {
		beacons_send(i);
		flood->send(WARM + i);
		if (i % 256 == 0)
			found_add(&found);
	}
	found_add(&found);
	unsigned long taken = allocations - before;
	long grown = resident_kb() - kb;
	unsigned sent = packets / EVERY;
	printf("# %s: %u packets, resident %ld kB, %+ld kB, %u of %u beacons in a packet, %u of %u in two, %llu heads robbed, %llu open flows "
	       "evicted\n",
		flood->name, packets, kb, grown, found.whole, 2 * sent, found.halves, sent,
		(unsigned long long)bench_count(&bench, COUNTER_heads_robbed), (unsigned long long)bench_count(&bench, COUNTER_flows_evicted_open));
	report(taken <= 2 && grown < 4096, "no memory taken", flood->name); /* fopen(3) of the measuring takes two */
	report(found.whole == 2 * sent && bench_count(&bench, COUNTER_notes_lost) == 0, "every beacon of a packet found", flood->name);
	report(found.halves * 100 >= sent * 99, "99 of 100 beacons of two found", flood->name);
	bench_close(&bench);
}

/* An octet a minute, and nothing else: patience costs nothing, so the name is found. */
static void slow_hello_run(void)
{
	struct frame_ends ends = beacon_ends(0, 0, 443);
	bench_open(&bench);
	tcp(&ends, 0, C2_TCP_SYN, "", 0);
	for (uint32_t i = 0; i < beacon.len; i++) {
		bench.at_ns += 60 * SECOND;
		tcp(&ends, 1 + i, C2_TCP_ACK, beacon.at + i, 1);
	}
	struct found found = {0};
	found_add(&found);
	report(found.whole == 1, "found", "a hello of an octet a minute");
	bench_close(&bench);
}

static uint64_t summed;

static void sum(void *arg, const struct incident *incident, const struct note *last)
{
	(void)arg, (void)last;
	summed += incident->count;
}

/* The publisher's tables: every packet another host, another MAC, another name below the listed one. */
static void publisher_run(uint32_t packets)
{
	struct hosts *hosts;
	struct incidents *incidents;
	if (hosts_open(&hosts, &(struct hosts_options){.key = {1, 2}}) < 0 ||
		incidents_open(&incidents, &(struct incidents_options){.key = {3, 4}, .sensor = "s", .summary = sum}) < 0)
		abort();
	struct note note = {.kind = NOTE_DNS, .where = {.has_mac = true, .src.family = 4, .dst.family = 4}};
	note.sighting.is_hit = true;
	note.sighting.verdict.labels = 2;
	unsigned long before = 0;
	long kb = 0;
	for (uint32_t i = 0; i < packets + WARM; i++) {
		if (i == WARM) {
			before = allocations;
			kb = resident_kb();
		}
		char text[64];
		uint32_t random = random_next();
		int n = snprintf(text, sizeof text, "%08x.evil.example", random);
		memcpy(note.where.src.octets, &random, 4);
		note.where.src.octets[0] = 10;
		memcpy(note.where.mac_src, &random, 4);
		note.where.mac_src[0] = 2;
		note.where.at_ns = SECOND * 1700000000 + i * UINT64_C(1000);
		if (c2_name_from_text(text, (size_t)n, &note.sighting.name) != C2_OK)
			abort();
		note.kind = NOTE_HOST;
		hosts_learn(hosts, &note);
		note.kind = NOTE_DNS;
		struct incident incident;
		if (incident_see(incidents, &note, note.where.mac_src, &incident) != INCIDENT_REPEAT)
			summed += incident.count;
		incident_tick(incidents, note.where.at_ns);
	}
	unsigned long taken = allocations - before;
	long grown = resident_kb() - kb;
	struct hosts_counts counted;
	struct incidents_counts counts;
	incident_flush(incidents);
	hosts_count(hosts, &counted);
	incidents_count(incidents, &counts);
	printf("# hosts and incidents: %u, resident %ld kB, %+ld kB, %llu MACs evicted, %llu incidents begun, %llu open, %llu evicted\n", packets, kb,
		grown, (unsigned long long)counted.macs_evicted, (unsigned long long)counts.begun, (unsigned long long)counts.open,
		(unsigned long long)counts.evicted);
	report(taken <= 2 && grown < 4096, "no memory taken", "hosts and incidents");
	report(counts.begun == counts.open + counts.evicted && counts.sightings == packets + WARM && summed == counts.sightings,
		"every sighting is in a record", "hosts and incidents");
	hosts_close(hosts);
	incidents_close(incidents);
}

int main(int argc, char **argv)
{
	uint32_t packets = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : PACKETS;
	half = octets_from(RECORD(HELLO(KEY_SHARE(1216) SNI("'www.evil.example'"))));
	fine = octets_from(RECORD(HELLO(SNI("'www.fine.example'"))));
	beacon = octets_from(RECORD(HELLO(SNI("'www.evil.example'"))));
	query = octets_from(DNS_QUERY("0001") "{00000000.fine.example} 0001 0001");
	beacon_query = octets_from(DNS_QUERY("0001") "{www.evil.example} 0001 0001");
	printf("1..%zu\n", 3 * sizeof floods / sizeof floods[0] + 3);
	for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++)
		flood_run(&floods[i], packets);
	slow_hello_run();
	publisher_run(packets);
	octets_free(&half);
	octets_free(&fine);
	octets_free(&beacon);
	octets_free(&query);
	octets_free(&beacon_query);
	return failed > 0;
}
