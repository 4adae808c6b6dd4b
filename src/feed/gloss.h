/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_GLOSS_H
#define FEED_GLOSS_H

#include "feed/fields.h"
#include "feed/intake.h"

/*
 * A gloss: what a foreign format says beside a name, brought into the facts of one entry. A value that is null, empty or "None" is not said. Each call
 * gives 0; -EINVAL: the value is not one, which has been told, and the entry is refused with it; -ENOMEM, -EFBIG.
 */
struct gloss {
	struct intake *intake;
	struct facts facts;
	uint32_t line;
};

/* Begins with what the header says. */
void gloss_begin(struct gloss *gloss, struct intake *intake, uint32_t line);

/* How a value is written. */
enum gloss_form {
	GLOSS_TEXT,       /* control characters become blanks, and what is past 512 octets is cut */
	GLOSS_LIST,       /* likewise; of several fields, with commas between */
	GLOSS_TIME,       /* RFC 3339 with any offset, `2023-03-29 12:00:00` with or without UTC behind it, or seconds since 1970 */
	GLOSS_CONFIDENCE, /* 0 to 100 (STIX 2.1 appendix A: below 30 is low, from 70 on high), or its word */
	GLOSS_TLP,        /* `tlp:amber`, `TLP:WHITE`, `green` */
};

int gloss_set(struct gloss *gloss, enum fact fact, enum gloss_form form, const char *value);

/* Where a fact is found. */
struct gloss_rule {
	const char *field;
	enum fact fact;
	enum gloss_form form;
};

/* Sets what `n` rules find; of two for one fact the later counts, where both find something. */
int gloss_read(struct gloss *gloss, const struct fields *fields, const struct gloss_rule *rules, size_t n);

/* The feed's name and who provides it, for a format that only one provider has. 0, -ENOMEM, -EFBIG. */
int gloss_publisher(struct intake *intake, const char *feed, const char *provider);

/* Takes the name with these facts, or the host of the URL alone. 0, also when the lint refused it; -ENOMEM, -EFBIG. */
int gloss_take(const struct gloss *gloss, const char *name);
int gloss_take_url(const struct gloss *gloss, const char *url);

#endif
