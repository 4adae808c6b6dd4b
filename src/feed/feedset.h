/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_FEEDSET_H
#define FEED_FEEDSET_H

#include <c2watch/domset.h>

/*
 * Feeds: files that say which names are bad, and who says so. Loading gives an immutable set: the domset that workers look names up in, and
 * beside it every indicator with its provenance, for whoever writes a hit down. Read by any number of threads at once.
 */
struct feedset;

/* One file to load: a feed in any format of c2watch-feeds(5), gzip'd or not, or a compiled set; its content tells which. */
struct feed_source {
	const char *path;
};

/* What the lint is to know. */
struct feed_lint {
	const char *popular; /* path of a list of well-known names, one a line, which no feed may list or cover; null: none */
	const char *shared;  /* likewise of hosts that strangers share, each with what for behind it: names below them may be listed; null: none */
};

/* How grave a complaint is. */
enum feed_level {
	FEED_NOTE,    /* worth knowing; nothing was left out */
	FEED_REFUSED, /* this line was left out, the rest of the file stands */
	FEED_FAILED,  /* the whole load fails */
};

/* One complaint about a feed. The pointers live as long as the call. */
struct feed_complaint {
	enum feed_level level;
	const char *path;
	uint32_t line;    /* 0: the file as a whole */
	const char *what; /* octets of the feed among it may be anything: escape before printing, as log_line() does */
};

/* Who hears of complaints, at most one a line of a feed or a name on it, and now and then how much of a file is read. */
struct feed_listener {
	void (*complain)(void *arg, const struct feed_complaint *complaint);
	void (*progress)(void *arg, const char *path, uint64_t octets, uint64_t of); /* may be null */
	void *arg;
};

/*
 * Loads `n` sources, in their order, into one set. Several may list a name with the same scope: all their claims stand, and the most confident leads; of
 * those the first.
 *
 * `lint`     null: no list of well-known names; every other check is always made
 * `listener` null: nobody listens
 * `out`      the set, freed with feedset_free(); untouched when the load fails
 *
 * 0; -EINVAL: a source holds no usable line, or is no feed (the listener has been told); -ENOMEM; or what open(2) or read(2) said (told as well).
 */
int feedset_load(
	const struct feed_source *sources, size_t n, const struct feed_lint *lint, const struct feed_listener *listener, struct feedset **out);

/* Frees the set, its domsets and every text that feedset_describe() gave. Null is fine. */
void feedset_free(struct feedset *set);

/* The names to match. A verdict's indicator is a number for feedset_describe(). */
const struct c2_domset *feedset_domset(const struct feedset *set);

/* The names that tell of a host, or null when there are none. A verdict's indicator, plus feedset_context_at(), is a number for feedset_describe(). */
const struct c2_domset *feedset_context(const struct feedset *set);
uint32_t feedset_context_at(const struct feedset *set);

/* How many indicators are matched: neither exceptions nor those that are off. */
size_t feedset_count(const struct feedset *set);

/* How many entries are off. */
size_t feedset_off(const struct feedset *set);

/* How many entries there are to describe: indicators, exceptions, context, those that are off. One of several claims is one. */
size_t feedset_entries(const struct feedset *set);

/*
 * The set's name: 16 hex digits, a sum over all that the claims say, but not over where the files lay nor over line numbers. The same for the same
 * content, compiled or not, in whatever order.
 */
const char *feedset_hash(const struct feedset *set);

/* The feeds of the set, by number from 0: the name, and how many claims are its. False past the last. */
bool feedset_source(const struct feedset *set, size_t number, const char **feed, size_t *claims);

/* Has the compiled set's file been cut short under it? Then it says nothing any more. Under mapping_guard(). */
bool feedset_is_cut(const struct feedset *set);

/* How large the compiled set is, octets. */
size_t feedset_len(const struct feedset *set);

/*
 * Looks `name` up as c2_domset_find() does, but passes over indicators whose every claim has expired at `at_ns` (since 1970): the next that covers the
 * name speaks. For names that the domset has already matched; OK and `*out`, or NONE.
 */
enum c2_rc feedset_find(const struct feedset *set, const struct c2_name *name, uint64_t at_ns, struct c2_verdict *out);

/* Entries that can cover one name. */
#define FEEDSET_COVER_MAX (3 * C2_COVER_MAX)

/*
 * The numbers of all entries that cover `name`: those that are matched in the order in which they come first, exceptions among them, then context, then
 * those that are off. Returns how many.
 */
unsigned feedset_cover(const struct feedset *set, const struct c2_name *name, uint32_t entries[FEEDSET_COVER_MAX]);

/* Writes the set as one file at `path`, beside it first and then renamed. 0 or -errno; -EEXIST: there is something at `path` that is no regular file. */
int feedset_write(const struct feedset *set, const char *path);

/* What an entry does. */
enum indicator_kind {
	INDICATOR_LISTED,    /* a name that is bad */
	INDICATOR_EXCEPTION, /* a name that is never a hit, nor what is below it */
	INDICATOR_CONTEXT,   /* a name that tells of the host that speaks it, and is no hit */
};

/* One claim: an entry and its provenance. A text is null where the feed does not say; all but `name` live as long as the set. */
struct indicator {
	char name[C2_NAME_TEXT_MAX]; /* presentation form: A-labels, lower case, no dot at the end */
	enum c2_scope scope;
	enum indicator_kind kind;
	bool is_on; /* false: listed, but off (`enabled = no`), so never matched */

	const char *feed; /* the feed's name; the file's name without its suffix where the feed has none */
	const char *file; /* path as it was given to feedset_load() */
	uint32_t line;

	const char *provider;
	const char *campaign;
	const char *description;
	const char *reference; /* URL */
	const char *source;    /* who published it: words with commas between */
	const char *platform;  /* words with commas between */
	const char *stage;
	const char *tag;
	const char *confidence; /* Low, Medium, High: ECS' words */
	const char *tlp;        /* CLEAR, GREEN, AMBER, AMBER+STRICT, RED */
	const char *severity;   /* low, medium, high, critical */
	const char *first_seen; /* RFC 3339 date, or date and time in UTC */
	const char *last_seen;  /* likewise */
	const char *expires;    /* likewise */
	uint64_t expires_ns;    /* the same since 1970; from then on it is no hit, by the packet's time. 0: never */
};

/*
 * Fills `out` with a claim of entry number `entry`, below feedset_entries(): the one that leads for `which` 0, then the rest in their order; only those
 * that have not expired at `at_ns`, all of them for 0. False when there are no more.
 */
bool feedset_describe(const struct feedset *set, uint32_t entry, uint64_t at_ns, unsigned which, struct indicator *out);

/* How many claims on entry number `entry` have not expired at `at_ns`; how many there are at all for 0. */
unsigned feedset_claims(const struct feedset *set, uint32_t entry, uint64_t at_ns);

#endif
