/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lint. Lists in circulation hold mail addresses cut to their host, whole hosting services, and addresses; one such line turns a sensor into a
 * siren that is switched off. What is refused here can be forced line by line, with force=yes.
 */

#include "feed/lint.h"

#include "feed/complaint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lint_open(struct lint *lint, const struct feed_lint *options, const struct feed_listener *listener)
{
	*lint = (struct lint){.own = psl_latest(NULL)};
	lint->suffixes = lint->own != NULL ? lint->own : psl_builtin();
	if (lint->suffixes == NULL)
		complaint_tell(listener, FEED_NOTE, "libpsl", 0, "there is no public suffix list; feeds are not checked against it");
	if (options == NULL)
		return 0;
	int rc = guards_open(&lint->guards, options, listener);
	if (rc != 0)
		psl_free(lint->own);
	return rc;
}

void lint_close(struct lint *lint)
{
	psl_free(lint->own);
	guards_close(&lint->guards);
}

bool lint_is_address(const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];
	if (len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

const char *lint_of_text(const char *text)
{
	size_t len = strlen(text);
	size_t head = strcspn(text, "/");
	if (strstr(text, "://") != NULL)
		return "a URL, not a name: list its host";
	if (strchr(text, '@') != NULL)
		return "a mail address, not a name";
	if (head < len)
		return lint_is_address(text, head) ? "a range of IP addresses, not a name" : "a path, not a name: list its host";
	if (lint_is_address(text, len))
		return "an IP address, not a name";
	if (strchr(text, ':') != NULL)
		return "a host with a port, not a name: list the host";
	if (text[0] == '.')
		return "begins with a dot";
	return NULL;
}

/* Is the last label a number? Then it is an address, or a part of one: no top-level domain is (RFC 3696 §2). */
static bool lint_ends_in_number(const char *text)
{
	const char *dot = strrchr(text, '.');
	const char *last = dot != NULL ? dot + 1 : text;
	return *last != '\0' && last[strspn(last, "0123456789")] == '\0';
}

/* The name without its first label. */
static void lint_above(const struct c2_name *name, struct c2_name *above)
{
	uint8_t skip = (uint8_t)(name->wire[0] + 1);
	*above = (struct c2_name){.len = (uint8_t)(name->len - skip), .labels = (uint8_t)(name->labels - 1)};
	memcpy(above->wire, name->wire + skip, above->len);
}

static enum lint_rc lint_of_guard(const struct lint *lint, const struct guard *guard, enum c2_scope scope, char why[LINT_WHY_MAX])
{
	char text[C2_NAME_TEXT_MAX];
	const struct guard *below;
	switch (guard->kind) {
	case GUARD_NONE:
		break;
	case GUARD_BELOW_MAIL:
		snprintf(why, LINT_WHY_MAX, "perhaps a mail address: a mail provider's customers have no hosts below its name");
		return LINT_DOUBTED;
	case GUARD_ABOVE:
		below = guards_below(&lint->guards, guard, text);
		if (scope == C2_SCOPE_EXACT || below == NULL)
			break;
		snprintf(why, LINT_WHY_MAX, "covers %.250s, %s", text, below->kind == GUARD_POPULAR ? "a well-known name" : "a shared host");
		return LINT_AGAINST;
	case GUARD_POPULAR:
		snprintf(why, LINT_WHY_MAX, "a well-known name");
		return LINT_AGAINST;
	case GUARD_SHARED:
	case GUARD_MAIL:
		snprintf(why, LINT_WHY_MAX, "a shared host (%s): list what is meant below it", guard->use != NULL ? guard->use : "of many");
		return LINT_AGAINST;
	}
	return LINT_FINE;
}

/* Given names that stand before the first dot of many mail addresses; in order. */
static const char *const lint_given[] = {
	"adam",
	"albert",
	"alex",
	"alexander",
	"alice",
	"amy",
	"andrea",
	"andreas",
	"andrew",
	"anna",
	"anne",
	"anthony",
	"antonio",
	"barbara",
	"ben",
	"benjamin",
	"bernard",
	"brian",
	"bruce",
	"carl",
	"carlos",
	"carol",
	"caroline",
	"catherine",
	"charles",
	"chris",
	"christian",
	"christine",
	"christopher",
	"claire",
	"claudia",
	"daniel",
	"david",
	"dennis",
	"diana",
	"donald",
	"edward",
	"elena",
	"elizabeth",
	"emily",
	"emma",
	"eric",
	"erik",
	"eva",
	"felix",
	"francis",
	"frank",
	"fred",
	"gary",
	"george",
	"gerald",
	"hannah",
	"hans",
	"harold",
	"harry",
	"heather",
	"helen",
	"henry",
	"howard",
	"jack",
	"jacob",
	"james",
	"jane",
	"jason",
	"jean",
	"jeff",
	"jennifer",
	"jeremy",
	"jessica",
	"joan",
	"joe",
	"johan",
	"john",
	"jonathan",
	"jose",
	"joseph",
	"joshua",
	"juan",
	"julia",
	"julie",
	"justin",
	"karen",
	"karl",
	"kate",
	"katherine",
	"keith",
	"kelly",
	"kenneth",
	"kevin",
	"kim",
	"kyle",
	"larry",
	"laura",
	"lauren",
	"lawrence",
	"linda",
	"lisa",
	"louis",
	"lucas",
	"lucy",
	"luis",
	"marc",
	"marco",
	"margaret",
	"maria",
	"marie",
	"mario",
	"mark",
	"marta",
	"martha",
	"martin",
	"mary",
	"matthew",
	"max",
	"megan",
	"melissa",
	"michael",
	"michelle",
	"miguel",
	"monica",
	"nancy",
	"natalie",
	"nathan",
	"nicholas",
	"nicole",
	"oliver",
	"olivia",
	"oscar",
	"pablo",
	"pamela",
	"patricia",
	"patrick",
	"paul",
	"pedro",
	"peter",
	"philip",
	"philippe",
	"rachel",
	"ralph",
	"raymond",
	"rebecca",
	"richard",
	"robert",
	"roger",
	"ronald",
	"rose",
	"roy",
	"ruth",
	"ryan",
	"samuel",
	"sandra",
	"sara",
	"sarah",
	"scott",
	"sean",
	"sharon",
	"simon",
	"sophie",
	"stefan",
	"stephanie",
	"stephen",
	"steve",
	"steven",
	"susan",
	"teresa",
	"thomas",
	"timothy",
	"tom",
	"tony",
	"victor",
	"victoria",
	"vincent",
	"walter",
	"wayne",
	"william",
};

static int lint_compare(const void *key, const void *name)
{
	return strcmp(key, *(const char *const *)name);
}

/* Is it a given name and a top-level domain of two letters? */
static bool lint_is_given(const struct c2_name *name, const char *text)
{
	char first[16];
	size_t len = name->wire[0];
	if (name->labels != 2 || name->wire[len + 1] != 2 || len >= sizeof first)
		return false;
	memcpy(first, text, len);
	first[len] = '\0';
	return bsearch(first, lint_given, sizeof lint_given / sizeof *lint_given, sizeof *lint_given, lint_compare) != NULL;
}

/* Is it what is left of a mail address whose `@` became a dot, or whose end was cut? */
static const char *lint_of_mail(const struct c2_name *name, const char *text)
{
	if (strncmp(text, "hostmaster.", 11) == 0)
		return "perhaps a mail address as the SOA of a zone writes it (RFC 1035 3.3.13), not a host";
	if (lint_is_given(name, text))
		return "perhaps what stood before the @ of a mail address: a given name and a country's letters";
	return NULL;
}

/* What speaks against listing the name: that many would ask for it who have nothing to do with an attack. */
static enum lint_rc lint_of_listed(const struct lint *lint, const struct c2_name *name, const char *text, enum c2_scope scope, char why[LINT_WHY_MAX])
{
	struct c2_name above;
	const struct guard *guard = guards_find(&lint->guards, name);
	if (name->labels > 2 && memcmp(name->wire, "\3www", 4) == 0 && (guard == NULL || guard->kind < GUARD_POPULAR)) {
		lint_above(name, &above);
		const struct guard *other = guards_find(&lint->guards, &above);
		guard = other != NULL && other->kind >= GUARD_POPULAR ? other : guard;
	}
	if (guard != NULL)
		return lint_of_guard(lint, guard, scope, why);
	const char *mail = lint_of_mail(name, text);
	if (mail == NULL)
		return LINT_FINE;
	snprintf(why, LINT_WHY_MAX, "%s", mail);
	return LINT_DOUBTED;
}

/* Why it is no name that a host could have, or too much of one; null when it is neither. */
static const char *lint_of_shape(const struct c2_name *name, const char *text)
{
	if (name->labels == 0)
		return "the root";
	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] != '\0')
		return "holds an octet that no host name has";
	if (lint_ends_in_number(text))
		return "ends in a number, as addresses do and names do not";
	return name->labels == 1 ? "a single label" : NULL;
}

/*
 * Is the name a public suffix only because a hoster says so of whatever lies below a name of its own (`*.compute-1.amazonaws.com`)? That is one customer's
 * machine, then, and may be listed. Those of them that are many customers' are among the shared hosts.
 */
static bool lint_is_customer(const psl_ctx_t *suffixes, const char *text)
{
	char any[C2_NAME_TEXT_MAX + 16];
	snprintf(any, sizeof any, "no-such-customer%s", strchr(text, '.'));
	return !psl_is_public_suffix2(suffixes, text, PSL_TYPE_ICANN) && psl_is_public_suffix(suffixes, any);
}

enum lint_rc lint_of_name(
	const struct lint *lint, const struct c2_name *name, const char *text, enum indicator_kind kind, enum c2_scope scope, char why[LINT_WHY_MAX])
{
	const char *against = lint_of_shape(name, text);
	if (against == NULL && lint->suffixes != NULL && psl_is_public_suffix(lint->suffixes, text) && !lint_is_customer(lint->suffixes, text))
		against = "a public suffix: anybody may register below it";
	if (against == NULL)
		return kind == INDICATOR_LISTED ? lint_of_listed(lint, name, text, scope, why) : LINT_FINE;
	snprintf(why, LINT_WHY_MAX, "%s", against);
	return LINT_AGAINST;
}
