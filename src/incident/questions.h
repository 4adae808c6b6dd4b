/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INCIDENT_QUESTIONS_H
#define INCIDENT_QUESTIONS_H

#include "base/siphash.h"
#include "note/note.h"

#include <stdbool.h>

/* The DNS questions of late that were counted, so that their responses are not. */
struct questions {
	struct question *slots;
	size_t buckets;
	struct siphash_key key;
};

/* As many buckets as `budget` octets hold. 0, -ENOMEM, or -EINVAL when that is none. */
int questions_open(struct questions *questions, const struct siphash_key *key, size_t budget);
void questions_close(struct questions *questions);

/* Remembers that a DNS sighting was counted for the incident. */
void questions_add(struct questions *questions, uint64_t incident, const struct note *note);

/* Was the exchange that `note`, a response, belongs to counted for the incident already? */
bool questions_has(const struct questions *questions, uint64_t incident, const struct note *note);

#endif
