/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_THREAT_H
#define RECORD_THREAT_H

#include "record/record.h"

/* What a feed says of an indicator, in the fields of a record. */

/* `severity` and `risk_score`, within an open `event`. */
void threat_severity(struct line *line, const struct indicator *indicator);

/* `threat`, with every claim among `enrichments`: `atomic` is what matched, `field` where it stands in this record, `subtechnique` ATT&CK's number for the way it was seen. */
void threat_describe(struct line *line, const struct record_claims *claims, const char *subtechnique, const char *atomic, const char *field);

/* `rule`. `feeds` is the feed set's hash; null: not said. */
void threat_rule(struct line *line, const struct indicator *indicator, const char *feeds);

/* `indicator`, within an open `c2watch`: what ECS has no place for. */
void threat_own(struct line *line, const struct record_claims *claims);

#endif
