/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Response policy zones (draft-vixie-dnsop-dns-rpz-00), as zone files (RFC 1035 §5). Lines are joined to records here, within bounds; ldns reads one record at a
 * time. The owner, less the zone's own name, is the trigger; its CNAME's target, the action. A name and the wildcard below it mostly stand one after the other,
 * and become one entry.
 */
#include "feed/format.h"
#include "feed/sample.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>
#include <strings.h>

#define RPZ_RECORD_MAX 16384 /* octets of a record over several lines */

struct rpz {
	struct intake *intake;
	ldns_rdf *origin, *owner; /* $ORIGIN, and the owner of the record before */
	struct c2_name apex;      /* the zone's name: the root until it is known */
	bool has_soa;
	unsigned depth;       /* of parentheses */
	size_t len;           /* of the record so far */
	uint32_t number;      /* the line on which it begins */
	uint32_t held_number; /* the entry that waits for its other half; 0: none */
	enum c2_scope held_scope;
	char held[C2_NAME_TEXT_MAX];
	char record[RPZ_RECORD_MAX];
};

static bool rpz_name(const ldns_rdf *rdf, struct c2_name *name)
{
	struct c2_rd rd = c2_rd_closed(ldns_rdf_data(rdf), ldns_rdf_size(rdf));
	unsigned pointers = 0;
	return c2_name_read(&rd, rd.p, &pointers, name) == C2_OK;
}

/* Takes the entry that waits. */
static int rpz_release(struct rpz *rpz)
{
	const struct intake_entry entry = {.text = rpz->held, .line = rpz->held_number, .scope = rpz->held_scope};
	if (rpz->held_number == 0)
		return 0;
	rpz->held_number = 0;
	return intake_take(rpz->intake, &entry);
}

/* An entry: one more record of the entry that waits, its other half, or another, which now waits. */
static int rpz_entry(struct rpz *rpz, const char *text, enum c2_scope scope)
{
	if (rpz->held_number != 0 && strcmp(rpz->held, text) == 0 && (rpz->held_scope == C2_SCOPE_EXCEPT) == (scope == C2_SCOPE_EXCEPT)) {
		rpz->held_scope = (enum c2_scope)(rpz->held_scope | scope); /* a name, and what is below it: its tree */
		return 0;
	}
	int rc = rpz_release(rpz);
	strcpy(rpz->held, text);
	rpz->held_scope = scope;
	rpz->held_number = rpz->number;
	return rc;
}

/* What a CNAME does with the trigger: lists it, excepts it, or neither. */
enum rpz_action { RPZ_LIST, RPZ_EXCEPT, RPZ_NEITHER, RPZ_UNKNOWN };

static enum rpz_action rpz_action_of(const struct c2_name *target, const struct c2_name *trigger)
{
	char text[C2_NAME_TEXT_MAX];
	c2_name_to_text(target, text);
	if (strcmp(text, "rpz-passthru") == 0 || c2_name_equal(target, trigger)) /* the latter is its older form */
		return RPZ_EXCEPT;
	if (strcmp(text, "rpz-tcp-only") == 0)
		return RPZ_NEITHER; /* answered as ever, over TCP */
	return target->labels == 1 && strncmp(text, "rpz-", 4) == 0 && strcmp(text, "rpz-drop") != 0 ? RPZ_UNKNOWN : RPZ_LIST;
}

/* A record below the apex: `name` is the trigger. */
static int rpz_trigger(struct rpz *rpz, const ldns_rr *rr, struct c2_name *name)
{
	static const char *const others[] = {"rpz-ip", "rpz-client-ip", "rpz-nsip", "rpz-nsdname"};
	char text[C2_NAME_TEXT_MAX];
	struct c2_name target;
	enum rpz_action action = RPZ_LIST;
	c2_name_to_text(name, text);
	const char *last = strrchr(text, '.');
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(last != NULL ? last + 1 : text, others[i]) == 0)
			return intake_refuse(rpz->intake, rpz->number, "%s: a trigger %s: only names that are asked for are of use", text, others[i]);
	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME)
		action = rpz_name(ldns_rr_rdf(rr, 0), &target) ? rpz_action_of(&target, name) : RPZ_UNKNOWN;
	else if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_A && ldns_rr_get_type(rr) != LDNS_RR_TYPE_AAAA)
		action = RPZ_NEITHER;
	if (action == RPZ_NEITHER)
		return intake_pass(rpz->intake, INTAKE_RULE);
	if (action == RPZ_UNKNOWN)
		return intake_refuse(rpz->intake, rpz->number, "%s: an action that is not known", text);
	if (strcmp(text, "*") == 0)
		return intake_refuse(rpz->intake, rpz->number, "*: every name");
	bool is_wild = strncmp(text, "*.", 2) == 0;
	enum c2_scope scope = action == RPZ_EXCEPT ? C2_SCOPE_EXCEPT : is_wild ? C2_SCOPE_BELOW : C2_SCOPE_EXACT;
	return rpz_entry(rpz, is_wild ? text + 2 : text, scope);
}

static int rpz_rr(struct rpz *rpz, const ldns_rr *rr)
{
	struct c2_name name;
	if (!rpz_name(ldns_rr_owner(rr), &name))
		return intake_refuse(rpz->intake, rpz->number, "not a name");
	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA && !rpz->has_soa) {
		rpz->has_soa = true;
		rpz->apex = name;
	}
	if (!c2_name_is_under(&name, &rpz->apex))
		return intake_refuse(rpz->intake, rpz->number, "a record of another zone");
	name.len = (uint8_t)(name.len - rpz->apex.len + 1);
	name.labels = (uint8_t)(name.labels - rpz->apex.labels);
	name.wire[name.len - 1] = 0;
	return name.labels > 0 ? rpz_trigger(rpz, rr, &name) : 0; /* SOA, NS and the like */
}

/* The class may stand before the time to live (RFC 1035 §5.1), where ldns does not look for it; IN goes without saying. */
static void rpz_drop_class(char *record)
{
	char *class = record + strcspn(record, " \t");
	class += strspn(class, " \t");
	if (strncasecmp(class, "IN", 2) != 0)
		return;
	size_t blanks = strspn(class + 2, " \t");
	if (blanks > 0 && class[2 + blanks] >= '0' && class[2 + blanks] <= '9')
		memset(class, ' ', 2);
}

/* A record is whole. */
static int rpz_record(struct rpz *rpz)
{
	ldns_rr *rr = NULL;
	rpz_drop_class(rpz->record);
	ldns_status status = ldns_rr_new_frm_str(&rr, rpz->record, 0, rpz->origin, &rpz->owner);
	if (status == LDNS_STATUS_MEM_ERR)
		return -ENOMEM;
	if (status != LDNS_STATUS_OK)
		return intake_refuse(rpz->intake, rpz->number, "%.*s: %s", 100, rpz->record, ldns_get_errorstr_by_id(status));
	int rc = rpz_rr(rpz, rr);
	ldns_rr_free(rr);
	return rc;
}

/* `$ORIGIN name` and the like. */
static int rpz_directive(struct rpz *rpz, char *line, uint32_t number)
{
	char *rest;
	const char *key = strtok_r(line, " \t", &rest);
	const char *value = strtok_r(NULL, " \t;", &rest);
	if (strcasecmp(key, "$TTL") == 0)
		return 0;
	if (strcasecmp(key, "$ORIGIN") != 0)
		return intake_refuse(rpz->intake, number, "%s: a zone file is read by itself, without this directive", key);
	ldns_rdf *origin = NULL;
	ldns_status status = value != NULL ? ldns_str2rdf_dname(&origin, value) : LDNS_STATUS_SYNTAX_DNAME_ERR;
	if (status == LDNS_STATUS_OK && rpz->origin != NULL && !ldns_dname_str_absolute(value))
		status = ldns_dname_cat(origin, rpz->origin);
	if (status != LDNS_STATUS_OK) {
		ldns_rdf_deep_free(origin);
		return status == LDNS_STATUS_MEM_ERR ? -ENOMEM : intake_refuse(rpz->intake, number, "$ORIGIN: %s", ldns_get_errorstr_by_id(status));
	}
	struct c2_name name;
	if (rpz->origin == NULL && !rpz->has_soa && rpz_name(origin, &name))
		rpz->apex = name;
	ldns_rdf_deep_free(rpz->origin);
	rpz->origin = origin;
	return 0;
}

/* Puts a line behind the record, without its comment and parentheses; false when there is no room. */
static bool rpz_join(struct rpz *rpz, const char *line)
{
	bool is_quoted = false;
	if (rpz->len + strlen(line) + 2 > sizeof rpz->record)
		return false;
	for (; *line != '\0' && (is_quoted || *line != ';'); line++) {
		char octet = *line;
		if (octet == '"')
			is_quoted = !is_quoted;
		if (!is_quoted && octet == '(')
			rpz->depth++;
		if (!is_quoted && octet == ')' && rpz->depth > 0)
			rpz->depth--;
		rpz->record[rpz->len++] = !is_quoted && (octet == '(' || octet == ')') ? ' ' : octet;
		if (octet == '\\' && line[1] != '\0')
			rpz->record[rpz->len++] = *++line;
	}
	if (rpz->depth > 0)
		rpz->record[rpz->len++] = ' ';
	rpz->record[rpz->len] = '\0';
	return true;
}

static int rpz_line_read(void *reader, char *line, uint32_t number)
{
	struct rpz *rpz = reader;
	if (rpz->depth == 0) {
		if (*line == '$')
			return rpz_directive(rpz, line, number);
		rpz->len = 0;
		rpz->number = number;
	}
	if (!rpz_join(rpz, line)) {
		rpz->depth = 0; /* parentheses that nobody closed: go on with the next line */
		return intake_refuse(rpz->intake, rpz->number, "a record of more than %d octets", RPZ_RECORD_MAX);
	}
	if (rpz->depth > 0 || rpz->record[strspn(rpz->record, " \t")] == '\0')
		return 0;
	return rpz_record(rpz);
}

/* A directive, or a record: its class or type is the second word, or the third, or the fourth. */
static enum sample_word rpz_sample(char *line)
{
	char *rest;
	bool has_owner = strchr(" \t", *line) == NULL;
	if (*line == ';')
		return SAMPLE_NOTHING;
	if (strncasecmp(line, "$ORIGIN", 7) == 0 || strncasecmp(line, "$TTL", 4) == 0)
		return SAMPLE_YES;
	char *word = strtok_r(line, " \t", &rest);
	if (*word == ';')
		return SAMPLE_NOTHING;
	for (unsigned i = has_owner ? 0 : 1; i < 4 && word != NULL; i++, word = strtok_r(NULL, " \t", &rest))
		if (i > 0 && (strcasecmp(word, "IN") == 0 || strcasecmp(word, "CNAME") == 0 || strcasecmp(word, "SOA") == 0))
			return SAMPLE_YES;
	return SAMPLE_NO;
}

static bool rpz_is(const char *octets, size_t len)
{
	return sample_says(octets, len, rpz_sample);
}

static int rpz_read(struct intake *intake, struct lines *lines)
{
	struct rpz rpz = {.intake = intake, .apex = {.len = 1}};
	int rc = intake_lines(intake, lines, rpz_line_read, &rpz);
	if (rc == 0)
		rc = rpz_release(&rpz);
	if (rc == 0 && rpz.depth > 0)
		intake_refuse(intake, rpz.number, "a record that does not end: its parentheses are open");
	ldns_rdf_deep_free(rpz.origin);
	ldns_rdf_deep_free(rpz.owner);
	return rc;
}

const struct format rpz_format = {.name = "a response policy zone", .is = rpz_is, .read = rpz_read};
