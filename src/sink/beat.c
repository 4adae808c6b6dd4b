/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/beat.h"

#include <errno.h>
#include <stdio.h>

int beat_put(struct beat *beat, const char *sensor, const struct sender_field *fields, size_t n, const char *about)
{
	struct redis_arg args[2 + 2 * SENDER_FIELDS_MAX];
	char key[SINK_SENSOR_MAX + 32];
	if (n == 0 || n > SENDER_FIELDS_MAX)
		return -EINVAL;
	snprintf(key, sizeof key, "c2watch:{%s}:status", sensor);
	args[0] = redis_arg("HSET");
	args[1] = redis_arg(key);
	for (size_t i = 0; i < n; i++) {
		args[2 + 2 * i] = redis_arg(fields[i].name);
		args[3 + 2 * i] = redis_arg(fields[i].value);
	}
	int rc = redis_put(&beat->text, args, 2 + 2 * n);
	if (rc == 0)
		rc = redis_put(&beat->text, (struct redis_arg[]){redis_arg("EXPIRE"), redis_arg(key), redis_arg("60")}, 3);
	beat->listing_at = beat->text.len;
	const struct redis_arg listing[] = {redis_arg("HSET"), redis_arg("c2watch:sensors"), redis_arg(sensor), redis_arg(about)};
	return rc != 0 ? rc : redis_put(&beat->text, listing, 4);
}

struct redis_text beat_listing(const struct beat *beat)
{
	size_t len = beat->text.len - beat->listing_at;
	return (struct redis_text){.octets = beat->text.octets + beat->listing_at, .len = len, .cap = len};
}

void beat_carry(struct beat_errand *carrier, const char *moved, const struct dest_peer *here, const struct errand_account *account,
	const struct redis_text *listing, uint64_t now_ns)
{
	struct dest_peer to;
	if (!redis_redirect(moved, here, &to))
		return;
	carrier->due_ns = now_ns + BEAT_LIST_NS;
	errand_begin(&carrier->errand, &to, account, listing);
}

void beat_advance(struct beat_errand *carrier, uint64_t now_ns)
{
	const struct redis_reply *reply;
	if (!errand_is_under_way(&carrier->errand))
		return;
	int rc = errand_advance(&carrier->errand, now_ns, &reply);
	bool is_error = rc == 1 && reply->kind == REDIS_ERROR && redis_verdict(reply->text) != REDIS_MOVED;
	if (rc == 1)
		snprintf(carrier->error, sizeof carrier->error, "%s", is_error ? reply->text : "");
	if (rc != 0)
		errand_end(&carrier->errand);
}
