/* SPDX-License-Identifier: Apache-2.0 */
/* The indicator's provenance: ECS' `threat` and `rule`, and ATT&CK's numbers (TA0011 Command and Control, T1071 Application Layer Protocol). */
#include "record/threat.h"

#include "record/line.h"

#include <stdio.h>
#include <strings.h>

/* Past this length of the line no further claim is listed: texts of feeds may be long, and what is stored has a limit (SINK_JSON_MAX). */
#define CLAIMS_UNTIL_LEN 32768

/* A word of a feed and what it weighs. */
struct weight {
	const char *word;
	unsigned value;
};

static unsigned weigh(const struct weight *known, size_t n, const char *word, unsigned otherwise)
{
	for (size_t i = 0; word != NULL && i < n; i++)
		if (strcasecmp(known[i].word, word) == 0)
			return known[i].value;
	return otherwise;
}

void threat_severity(struct line *line, const struct indicator *indicator)
{
	/* The steps of Elastic's rules. A listed name that a feed does not grade is high: somebody inside has asked for it. */
	static const struct weight severities[] = {{"low", 21}, {"medium", 47}, {"high", 73}, {"critical", 99}};
	/* In percent: how much of the severity is a risk when the indicator itself may be wrong. */
	static const struct weight confidences[] = {{"low", 50}, {"medium", 75}, {"high", 100}};
	unsigned severity = weigh(severities, 4, indicator->severity, 73);
	line_number(line, "severity", severity);
	line_number(line, "risk_score", severity * weigh(confidences, 3, indicator->confidence, 75) / 100);
}

/* A date alone becomes the day's first moment: that is what ECS' date fields take everywhere. */
static void write_date(struct line *line, const char *key, const char *date)
{
	char text[sizeof "YYYY-MM-DDT00:00:00Z"];
	if (date != NULL && strlen(date) == sizeof "YYYY-MM-DD" - 1) {
		snprintf(text, sizeof text, "%sT00:00:00Z", date);
		date = text;
	}
	line_text(line, key, date);
}

static void write_attack(struct line *line, const char *subtechnique)
{
	const char *const tactics[] = {"TA0011", NULL}, *const techniques[] = {"T1071", NULL}, *const subtechniques[] = {subtechnique, NULL};
	line_text(line, "framework", "MITRE ATT&CK");
	line_open(line, "tactic");
	line_texts(line, "id", tactics);
	line_close(line);
	line_open(line, "technique");
	line_texts(line, "id", techniques);
	line_open(line, "subtechnique");
	line_texts(line, "id", subtechniques);
	line_close(line);
	line_close(line);
}

/* What names a claim, within an open `indicator`. */
static void write_claim(struct line *line, const struct indicator *claim)
{
	line_text(line, "type", "domain-name");
	line_name_text(line, "name", claim->name);
	line_text(line, "provider", claim->provider);
	line_text(line, "confidence", claim->confidence != NULL ? claim->confidence : "Not Specified");
}

static void write_feed(struct line *line, const struct indicator *claim)
{
	line_open(line, "feed");
	line_text(line, "name", claim->feed);
	line_close(line);
}

static void write_indicator(struct line *line, const struct indicator *indicator)
{
	line_open(line, "indicator");
	write_claim(line, indicator);
	line_text(line, "description", indicator->description);
	write_date(line, "first_seen", indicator->first_seen);
	write_date(line, "last_seen", indicator->last_seen);
	line_open(line, "marking");
	line_text(line, "tlp", indicator->tlp);
	line_close(line);
	line_text(line, "reference", indicator->reference);
	line_close(line);
}

/* One claim as ECS has it for an indicator that matched: only what joins the two, and whose claim it is. */
static void write_enrichment(struct line *line, const struct indicator *claim, const char *atomic, const char *field)
{
	line_open(line, NULL);
	line_open(line, "indicator");
	write_claim(line, claim);
	line_close(line);
	write_feed(line, claim);
	line_open(line, "matched");
	line_name_text(line, "atomic", atomic);
	line_text(line, "field", field);
	line_text(line, "type", "indicator_match_rule");
	line_close(line);
	line_close(line);
}

void threat_describe(struct line *line, const struct record_claims *claims, const char *subtechnique, const char *atomic, const char *field)
{
	line_open(line, "threat");
	write_attack(line, subtechnique);
	write_feed(line, &claims->at[0]);
	write_indicator(line, &claims->at[0]);
	line_open_array(line, "enrichments");
	for (unsigned i = 0; i < claims->n && (i == 0 || line->len < CLAIMS_UNTIL_LEN); i++)
		write_enrichment(line, &claims->at[i], atomic, field);
	line_close_array(line);
	line_close(line);
}

void threat_rule(struct line *line, const struct indicator *indicator, const char *feeds)
{
	char name[LINE_TEXT_MAX + sizeof "C2 domain "];
	snprintf(name, sizeof name, "C2 domain %s", indicator->feed != NULL ? indicator->feed : indicator->name);
	line_open(line, "rule");
	line_text(line, "id", indicator->feed);
	line_text(line, "name", name);
	line_text(line, "ruleset", indicator->feed);
	line_text(line, "version", feeds);
	line_close(line);
}

void threat_own(struct line *line, const struct record_claims *claims)
{
	const struct indicator *indicator = &claims->at[0];
	line_open(line, "indicator");
	line_text(line, "campaign", indicator->campaign);
	line_text(line, "platform", indicator->platform);
	line_text(line, "stage", indicator->stage);
	line_text(line, "source", indicator->source);
	line_text(line, "tag", indicator->tag);
	write_date(line, "expires", indicator->expires);
	line_number(line, "claims", claims->total);
	line_close(line);
}
