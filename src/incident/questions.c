/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions that were counted: which exchange (client, server, ports, id; RFC 5452 §3), for which incident, and when. Only the 64-bit keyed hash is kept.
 *
 * Buckets of fixed ways; when one is full the oldest question goes. Its response, should it still come, is then counted as one that nobody asked for.
 */
#include "incident/questions.h"

#include "incident/incident.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define QUESTION_WAYS 4

struct question {
	uint64_t hash; /* 0: free */
	uint64_t at_ns;
};

/* What makes an exchange: no padding. */
struct question_key {
	uint64_t incident;
	uint8_t client[16], server[16];
	uint16_t client_port, server_port, dns_id, family;
};
_Static_assert(sizeof(struct question_key) == 48, "a key without padding");

int questions_open(struct questions *questions, const struct siphash_key *key, size_t budget)
{
	size_t buckets = budget / (QUESTION_WAYS * sizeof(struct question));
	if (buckets == 0)
		return -EINVAL;
	if (buckets > UINT32_MAX)
		buckets = UINT32_MAX;
	*questions = (struct questions){.buckets = buckets, .key = *key};
	questions->slots = calloc(buckets * QUESTION_WAYS, sizeof *questions->slots);
	return questions->slots != NULL ? 0 : -ENOMEM;
}

void questions_close(struct questions *questions)
{
	free(questions->slots);
	questions->slots = NULL;
}

static uint64_t question_hash(const struct questions *questions, uint64_t incident, const struct note *note)
{
	const struct note_where *where = &note->where;
	bool is_answer = note_is_answer(note->kind);
	const struct c2_addr *client = is_answer ? &where->dst : &where->src, *server = is_answer ? &where->src : &where->dst;
	struct question_key key = {
		.incident = incident,
		.client_port = is_answer ? where->dport : where->sport,
		.server_port = is_answer ? where->sport : where->dport,
		.dns_id = note->sighting.dns_id,
		.family = client->family,
	};
	memcpy(key.client, client->octets, sizeof key.client);
	memcpy(key.server, server->octets, sizeof key.server);
	uint64_t hash = siphash13(&questions->key, &key, sizeof key);
	return hash != 0 ? hash : 1;
}

static struct question *questions_bucket(const struct questions *questions, uint64_t hash)
{
	return questions->slots + (size_t)((hash >> 32) * questions->buckets >> 32) * QUESTION_WAYS;
}

void questions_add(struct questions *questions, uint64_t incident, const struct note *note)
{
	uint64_t hash = question_hash(questions, incident, note);
	struct question *slot = questions_bucket(questions, hash), *taken = slot;
	for (int way = 0; way < QUESTION_WAYS; way++) {
		if (slot[way].hash == hash) {
			taken = &slot[way];
			break;
		}
		if (slot[way].at_ns < taken->at_ns)
			taken = &slot[way];
	}
	*taken = (struct question){.hash = hash, .at_ns = note->where.at_ns};
}

bool questions_has(const struct questions *questions, uint64_t incident, const struct note *note)
{
	uint64_t hash = question_hash(questions, incident, note), at_ns = note->where.at_ns;
	const struct question *slot = questions_bucket(questions, hash);
	for (int way = 0; way < QUESTION_WAYS; way++) {
		if (slot[way].hash != hash)
			continue;
		uint64_t apart_ns = at_ns > slot[way].at_ns ? at_ns - slot[way].at_ns : slot[way].at_ns - at_ns;
		return apart_ns <= INCIDENT_ANSWER_NS;
	}
	return false;
}
