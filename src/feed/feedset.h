/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_FEEDSET_H
#define FEED_FEEDSET_H

#include <c2watch/domset.h>

/*
 * Feeds: files that say which names are bad, and who says so. Loading gives an immutable set: the domset that workers look names up in, and
 * beside it every indicator with its provenance, for whoever writes a hit down. Read by any number of threads at once.
 */
struct feedset;

/* One file to load: a feed in the native format (c2watch-feeds(5)), or a compiled set; its content tells which. */
struct feed_source {
	const char *path;
};

/* What the lint is to know. */
struct feed_lint {
	const char *popular; /* path of a list of well-known names, one a line, which no feed may list as a whole; null: none */
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

/* Who hears of complaints, at most one a line of a feed, and now and then how much of a file is read. */
struct feed_listener {
	void (*complain)(void *arg, const struct feed_complaint *complaint);
	void (*progress)(void *arg, const char *path, uint64_t octets, uint64_t of); /* may be null */
	void *arg;
};

/*
 * Loads `n` sources, in their order, into one set. Of indicators with the same name and scope one speaks: that which expires last, or never; of
 * those the most confident; of those the first.
 *
 * `lint`     null: no list of well-known names; every other check is always made
 * `listener` null: nobody listens
 * `out`      the set, freed with feedset_free(); untouched when the load fails
 *
 * 0; -EINVAL: a source holds no usable line, or is no feed (the listener has been told); -ENOMEM; or what open(2) or read(2) said (told as well).
 */
int feedset_load(
	const struct feed_source *sources, size_t n, const struct feed_lint *lint, const struct feed_listener *listener, struct feedset **out);

/* Frees the set, its domset and every text that feedset_describe() gave. Null is fine. */
void feedset_free(struct feedset *set);

/* The names to match. A verdict's indicator is a number for feedset_describe(). */
const struct c2_domset *feedset_domset(const struct feedset *set);

/* How many indicators are matched: neither exceptions nor those that are off. */
size_t feedset_count(const struct feedset *set);

/* How many entries there are to describe: indicators, exceptions, those that are off, those that another of the same name and scope outranks. */
size_t feedset_entries(const struct feedset *set);

/*
 * The set's name: 16 hex digits of a SHA-256 over everything that the entries say, but not over where the files lay nor over line numbers. The
 * same for the same content, compiled or not.
 */
const char *feedset_hash(const struct feedset *set);

/*
 * Looks `name` up as c2_domset_find() does, but passes over indicators that have expired at `at_ns` (since 1970): the next shorter one that covers the
 * name speaks. For names that the domset has already matched; OK and `*out`, or NONE.
 */
enum c2_rc feedset_find(const struct feedset *set, const struct c2_name *name, uint64_t at_ns, struct c2_verdict *out);

/* Writes the set as one file at `path`, beside it first and then renamed. 0 or -errno; -EEXIST: there is something at `path` that is no regular file. */
int feedset_write(const struct feedset *set, const char *path);

/* What an entry does. */
enum indicator_kind {
	INDICATOR_LISTED,    /* a name that is bad */
	INDICATOR_EXCEPTION, /* a name that is never a hit, nor what is below it */
};

/* One entry with its provenance. A text is null where the feed does not say; all live as long as the set. */
struct indicator {
	const char *name; /* presentation form: A-labels, lower case, no dot at the end */
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
	const char *expires;    /* likewise */
	uint64_t expires_ns;    /* the same since 1970; from then on it is no hit, by the packet's time: the caller's to compare. 0: never */
};

/* Fills `out` with entry number `entry`, below feedset_entries(). */
void feedset_describe(const struct feedset *set, uint32_t entry, struct indicator *out);

#endif
