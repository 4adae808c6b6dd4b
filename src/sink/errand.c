/* SPDX-License-Identifier: Apache-2.0 */
/* Small and rare: a sentinel is asked when a connection is lost, and c2watch:sensors told when a cluster keeps it elsewhere. So each has its own connection. */
#include "sink/errand.h"

#include "sink/greeting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void errand_init(struct errand *errand)
{
	*errand = (struct errand){.link.fd = -1};
}

int errand_begin(struct errand *errand, const struct dest_peer *peer, const struct errand_account *account, const struct redis_text *command)
{
	char why[SINK_WHY_CAP] = "out of memory";
	errand_end(errand);
	errand->reader = redis_reader_open();
	int rc = errand->reader == NULL ? -ENOMEM : 0;
	if (rc == 0 && account->secret->len > 0) {
		rc = greeting_put_auth(&errand->output, account->user, account->secret);
		errand->preludes = 1;
	}
	if (rc == 0)
		rc = redis_text_append(&errand->output, command);
	if (rc == 0)
		rc = link_open(&errand->link, peer, account->tls, why);
	if (rc != 0)
		errand_end(errand);
	memcpy(errand->why, why, sizeof why);
	return rc;
}

bool errand_is_under_way(const struct errand *errand)
{
	return errand->reader != NULL;
}

static int connect_on(struct errand *errand, uint64_t now_ns)
{
	bool is_first = errand->deadline_ns == 0;
	int rc = link_finish(&errand->link);
	if (rc == -EINPROGRESS && !is_first && now_ns >= errand->deadline_ns)
		rc = link_next(&errand->link);
	if (rc == 0)
		errand->deadline_ns = now_ns + ERRAND_REPLY_NS;
	else if (rc == 1 || is_first)
		errand->deadline_ns = now_ns + ERRAND_CONNECT_NS;
	return rc == 1 ? -EINPROGRESS : rc;
}

static int write_on(struct errand *errand)
{
	ssize_t n = 1;
	while (n > 0 && errand->output_from < errand->output.len) {
		n = link_write(&errand->link, errand->output.octets + errand->output_from, errand->output.len - errand->output_from);
		errand->output_from += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? (int)n : 0;
}

/* 1 when the reply that matters is here, 0 not yet, -errno. */
static int read_on(struct errand *errand, const struct redis_reply **reply)
{
	char octets[4096];
	for (;;) {
		int rc = redis_reader_next(errand->reader, reply);
		if (rc < 0 || (rc == 1 && (errand->preludes == 0 || (*reply)->kind == REDIS_ERROR)))
			return rc;
		errand->preludes -= (unsigned)rc;
		if (rc == 1)
			continue;
		ssize_t n = link_read(&errand->link, octets, sizeof octets);
		if (n <= 0)
			return (int)n;
		rc = redis_reader_feed(errand->reader, octets, (size_t)n);
		if (rc != 0)
			return rc;
	}
}

static void explain(struct errand *errand, int rc)
{
	const char *why = link_why(&errand->link);
	if (why[0] == '\0' && rc == -ETIMEDOUT)
		why = "no answer";
	else if (why[0] == '\0')
		why = rc == -EPROTO ? "its answer is not that of a Redis server" : strerror(-rc);
	snprintf(errand->why, sizeof errand->why, "%s", why);
}

int errand_advance(struct errand *errand, uint64_t now_ns, const struct redis_reply **reply)
{
	int rc = 0;
	if (!errand->link.is_connected)
		rc = connect_on(errand, now_ns);
	if (rc == 0)
		rc = write_on(errand);
	if (rc == 0)
		rc = read_on(errand, reply);
	if (rc == -EINPROGRESS)
		rc = 0;
	if (rc == 0 && now_ns >= errand->deadline_ns)
		rc = -ETIMEDOUT;
	if (rc < 0)
		explain(errand, rc);
	return rc;
}

int errand_fd(const struct errand *errand)
{
	return errand->link.fd;
}

short errand_events(const struct errand *errand)
{
	return errand_is_under_way(errand) ? link_events(&errand->link, errand->output_from < errand->output.len) : 0;
}

void errand_end(struct errand *errand)
{
	link_close(&errand->link);
	redis_reader_close(errand->reader);
	redis_text_free(&errand->output);
	errand_init(errand);
}
