/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/tidings.h"

#include "base/log.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define TIDINGS_DEAD_NS UINT64_C(60000000000) /* between two lines about dead letters */

/* What to do about it, where the server's words alone do not say so. */
static const char *hint(const char *trouble)
{
	static const struct {
		const char *begins, *hint;
	} hints[] = {
		{"NOAUTH ", " (name --password-file)"},
		{"WRONGPASS ", " (see the user before the @, and --password-file)"},
		{"NOPERM ", " (c2watch-redis(7), Users, has the rights)"},
		{"READONLY ", " (a replica: name its master, or the sentinels)"},
		{"ERR unknown command 'XINFO'", " (a sentinel? then redis+sentinel://)"},
	};
	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		if (strncmp(trouble, hints[i].begins, strlen(hints[i].begins)) == 0)
			return hints[i].hint;
	return "";
}

static void tell_trouble(struct tidings *tidings, const char *trouble, const struct dest_peer *peer)
{
	char where[DEST_PEER_TEXT_CAP] = "";
	for (unsigned i = 0; i < tidings->troubles_n && i < TIDINGS_TROUBLES_MAX; i++)
		if (strcmp(trouble, tidings->troubles[i]) == 0)
			return;
	snprintf(tidings->troubles[tidings->troubles_n++ % TIDINGS_TROUBLES_MAX], OUTBOX_WHY_CAP, "%s", trouble);
	if (peer->host[0] != '\0' && !dest_peer_is(peer, tidings->home))
		dest_peer_text(peer, where);
	log_warning("%s: %s%s%s%s; hits wait in %s", tidings->name, where, where[0] != '\0' ? ": " : "", trouble, hint(trouble), tidings->spool);
}

void tidings_state(struct tidings *tidings, const char *trouble, bool is_ready, const struct dest_peer *peer)
{
	char where[DEST_PEER_TEXT_CAP];
	if (trouble[0] != '\0') {
		tell_trouble(tidings, trouble, peer);
		return;
	}
	if (tidings->troubles_n == 0 && (!is_ready || dest_peer_is(peer, &tidings->peer)))
		return;
	tidings->troubles_n = 0;
	tidings->peer = *peer;
	dest_peer_text(peer, where);
	if (dest_peer_is(peer, tidings->home))
		log_notice("%s: connected", tidings->name);
	else
		log_notice("%s: connected to %s", tidings->name, where);
}

void tidings_beat(struct tidings *tidings, const char *error)
{
	if (strcmp(error, tidings->beat_error) == 0)
		return;
	snprintf(tidings->beat_error, sizeof tidings->beat_error, "%s", error);
	if (error[0] != '\0')
		log_warning("%s: no heartbeat: %s", tidings->name, error);
}

/* The first at once, and then what has come together in a minute. */
static void tell_dead(struct tidings *tidings, const struct outbox_stats *stats, uint64_t unkept, uint64_t now_ns)
{
	struct outbox_stats *told = &tidings->stats;
	char id[SINK_ID_TEXT_CAP], where[PATH_MAX];
	uint64_t refused = told->refused, dead = told->dead;
	bool is_time = dead == 0 || now_ns - tidings->dead_ns > TIDINGS_DEAD_NS;
	*told = *stats;
	told->refused = refused;
	told->dead = dead;
	if (stats->dead == dead || !is_time)
		return;
	tidings->dead_ns = now_ns;
	told->refused = stats->refused;
	told->dead = stats->dead;
	snprintf(where, sizeof where, "%s/%s", tidings->spool, tidings->dead);
	if (stats->refused != refused) {
		sink_id_text(stats->refused_id, id);
		log_error("%s: %" PRIu64 " records were refused, because higher ids are in the stream and theirs are not (the latest is %s): is "
			  "there another sensor %s? They are kept in %s",
			tidings->name, stats->refused, id, tidings->sensor, where);
	}
	if (stats->dead - stats->refused != dead - refused) {
		sink_id_text(stats->dead_id, id);
		log_error("%s: %" PRIu64 " records were not taken for what they are (the latest is %s: %s); they are kept in %s, and a gap stands in "
			  "the place of each",
			tidings->name, stats->dead - stats->refused, id, stats->dead_why, where);
	}
	if (unkept > 0)
		log_error("%s: %s is full: %" PRIu64 " records are in it no more; look at it and move it away", tidings->name, where, unkept);
}

void tidings_events(struct tidings *tidings, const struct outbox_stats *stats, uint64_t unkept, uint64_t now_ns)
{
	const struct outbox_stats *told = &tidings->stats;
	char had[SINK_ID_TEXT_CAP], lacks[SINK_ID_TEXT_CAP];
	if (stats->resends != told->resends) {
		sink_id_text(stats->had, had);
		sink_id_text(stats->lacks, lacks);
		log_warning("%s: lost records that it had acknowledged: its newest is %s, not %s; %" PRIu64 " are sent again", tidings->name, had,
			lacks, stats->resent);
	}
	if (stats->is_single && !told->is_single)
		log_warning("%s: the user may not use MULTI and EXEC: one record a round trip", tidings->name);
	tell_dead(tidings, stats, unkept, now_ns);
}
