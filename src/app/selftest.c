/* SPDX-License-Identifier: Apache-2.0 */
/* -T: everything a start needs, and the proof that a listed name is found: a made-up query goes the whole way from the frame to the hit. */
#include "app/capture.h"
#include "app/config.h"
#include "app/outputs.h"
#include "app/reload.h"
#include "app/sensor.h"
#include "base/log.h"
#include "flow/inspect.h"
#include "host/home.h"
#include "host/place.h"
#include "sink/dest.h"
#include "sink/secret.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSPECTOR_BUDGET ((size_t)4 << 20)
#define RING_NOTES 8

/* Ethernet, IPv4, UDP and a DNS header; lengths are filled in, sums are nobody's business on a mirror port. */
static const uint8_t frame_head[] = {
	0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00,                 /* Ethernet II, IPv4 */
	0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 53, /* RFC 5737 addresses, UDP */
	0xc0, 0x00, 0, 53, 0, 0, 0, 0,                                        /* to port 53 */
	0, 1, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0,                             /* a query with one question */
};

static size_t frame_make(uint8_t *frame, const struct c2_name *name)
{
	static const uint8_t question[] = {0, 1, 0, 1};
	size_t n = sizeof frame_head;
	memcpy(frame, frame_head, n);
	memcpy(frame + n, name->wire, name->len);
	n += name->len;
	memcpy(frame + n, question, sizeof question);
	n += sizeof question;
	size_t ip = n - 14;
	size_t udp = ip - 20;
	frame[16] = (uint8_t)(ip >> 8);
	frame[17] = (uint8_t)ip;
	frame[38] = (uint8_t)(udp >> 8);
	frame[39] = (uint8_t)udp;
	return n;
}

/* A name that the set must find: the first that is on and that no exception covers, or one below it where only those count. */
static bool feeds_example(const struct feedset *set, struct c2_name *name)
{
	for (uint32_t i = 0; i < feedset_entries(set); i++) {
		struct indicator entry;
		struct c2_verdict verdict;
		char text[C2_NAME_TEXT_MAX + 8];
		if (!feedset_describe(set, i, 0, 0, &entry) || entry.kind != INDICATOR_LISTED || !entry.is_on)
			continue;
		int n = snprintf(text, sizeof text, "%s%s", entry.scope == C2_SCOPE_BELOW ? "test." : "", entry.name);
		if (c2_name_from_text(text, (size_t)n, name) == C2_OK && c2_domset_find(feedset_domset(set), name, &verdict) == C2_OK)
			return true;
	}
	return false;
}

static bool detection_works(const struct inspector_feeds *feeds, const struct c2_name *name)
{
	uint8_t frame[sizeof frame_head + C2_NAME_WIRE_MAX + 4];
	struct counters counters = {.value = {0}};
	struct spsc ring;
	struct inspector *inspector;
	bool is_found = false;
	if (spsc_open(&ring, RING_NOTES, sizeof(struct note)) < 0)
		return false;
	struct note_outlet outlet = {.ring = &ring, .counters = &counters};
	const struct inspector_options options = {.budget = INSPECTOR_BUDGET, .outlet = &outlet, .counters = &counters};
	if (inspector_open(&inspector, &options) == 0) {
		inspector_use(inspector, feeds);
		inspector_see(inspector, C2_LINK_ETHERNET, frame, frame_make(frame, name), 0, 0);
		is_found = counter_get(&counters, COUNTER_hits) == 1;
		inspector_close(inspector);
	}
	spsc_close(&ring);
	return is_found;
}

static bool feeds_work(const struct config *config)
{
	struct reload_feeds *feeds = calloc(1, sizeof *feeds);
	struct c2_name name;
	char text[C2_NAME_TEXT_MAX];
	bool works = false;
	if (feeds == NULL || reload_load(feeds, config, 1) < 0) {
		free(feeds);
		return false;
	}
	if (!feeds_example(feeds->set, &name)) {
		log_error("detection: no name in the feeds to try it with");
	} else {
		c2_name_to_text(&name, text);
		works = detection_works(&feeds->feeds, &name);
		printf("feeds: %zu names, feed set %s\n", feedset_count(feeds->set), feedset_hash(feeds->set));
		printf("detection: a query for %s %s\n", text, works ? "is a hit" : "IS NOT FOUND");
	}
	printf("resolvers: %u names, %zu addresses\n", feeds->resolvers.names != NULL ? c2_domset_count(feeds->resolvers.names) : 0,
		feeds->resolvers.addr_count);
	reload_free(feeds);
	return works;
}

static bool outputs_are_right(const struct config *config)
{
	char why[SINK_WHY_CAP];
	struct sink_secret secret;
	struct tls *tls;
	bool has_redis = false;
	for (unsigned i = 0; i < config->outputs.n; i++) {
		struct sink_dest dest;
		if (dest_parse(config->outputs.items[i], &dest, why) < 0) {
			log_error("%s", why);
			return false;
		}
		has_redis = has_redis || dest_is_redis(&dest);
	}
	if (has_redis && secret_read(config->password_file, &secret, why) < 0) {
		log_error("%s", why);
		return false;
	}
	secret_wipe(&secret);
	if (outputs_tls(&tls, config) < 0)
		return false;
	tls_close(tls);
	return true;
}

static bool tables_are_right(const struct config *config)
{
	char why[320];
	struct home home;
	struct place *place = NULL;
	if (home_parse(&home, config->home_nets.items, config->home_nets.n, why, sizeof why) < 0) {
		log_error("--home-net: %s", why);
		return false;
	}
	if (place_open(&place, config->geoip.items, config->geoip.n, why, sizeof why) < 0) {
		log_error("--geoip: %s", why);
		return false;
	}
	place_close(place);
	return true;
}

/* What a start would find wrong before it opens anything. */
static bool words_are_right(const struct config *config)
{
	char why[CAPTURE_WHY_CAP];
	struct capture_filter *filter = NULL;
	if (config->filter != NULL && capture_filter_open(&filter, config->filter, 1, why) < 0) {
		log_error("%s", why);
		return false;
	}
	capture_filter_close(filter);
	if (config->interfaces.n > 0 && config->user != NULL && getpwnam(config->user) == NULL) {
		log_error("user %s: there is none", config->user);
		return false;
	}
	return true;
}

enum sensor_exit sensor_test(const struct config *config)
{
	if (!words_are_right(config) || !outputs_are_right(config) || !tables_are_right(config))
		return SENSOR_USAGE;
	if (!feeds_work(config))
		return SENSOR_USAGE;
	puts("configuration: right");
	return SENSOR_DONE;
}
