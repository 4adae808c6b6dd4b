/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_INTAKE_H
#define FEED_INTAKE_H

#include "feed/book.h"
#include "feed/lines.h"
#include "feed/lint.h"

/* Entries that are none for us, and nobody's mistake: they are counted, not complained of. */
enum intake_passed {
	INTAKE_ADDRESS, /* an IP address, alone or as the host of a URL */
	INTAKE_OTHER,   /* neither a name nor a URL */
	INTAKE_OVER,    /* withdrawn, or not meant for detection */
	INTAKE_RULE,    /* a rule or a setting for something else than a whole name */
	INTAKE_PASSED,
};

/*
 * The intake: what every reader of a format hands its entries to. It spells names, lints them, writes them into the book, and tells of what it
 * refuses. A reader only reads.
 */
struct intake {
	struct book *book;
	const struct lint *lint;
	const struct feed_listener *listener;
	const char *path;
	uint64_t len;        /* of the file, octets */
	struct facts header; /* what holds for every entry that says nothing else */
	uint32_t header_at;  /* its place in the book, 0 when it has changed since */
	enum indicator_kind kind;
	bool is_on;     /* what the header says of entries that do not say themselves */
	uint32_t taken; /* claims so far */
	uint32_t passed[INTAKE_PASSED];
};

/* One entry as a feed has it. */
struct intake_entry {
	const char *text;    /* the name, as the feed writes it: presentation form or UTF-8, with a dot at its end or without */
	uint32_t line;       /* where it stands */
	enum c2_scope scope; /* C2_SCOPE_EXCEPT makes it an exception; of a feed of exceptions, C2_SCOPE_TREE does too */
	bool is_off, is_forced;
	const struct facts *facts; /* null: the header's */
};

/* Starts on the feed at `path`; its name is the file's, without a suffix, until intake_fact() on the header gives one. 0, -ENOMEM or -EFBIG. */
int intake_open(struct intake *intake, struct book *book, const struct lint *lint, const struct feed_listener *listener, const char *path);

/* The file is read: counts its claims, and notes what was passed over. 0 or -ENOMEM. */
int intake_close(struct intake *intake);

/*
 * Sets a fact to a text, in the header or in facts that began as a copy of it. A value that the fact does not take is told, as of line `line`.
 * 0; -EINVAL: told; -ENOMEM, -EFBIG.
 */
int intake_fact(struct intake *intake, struct facts *facts, enum fact fact, const char *value, uint32_t line);

/* Takes an entry, or tells why not. 0 in both cases; -ENOMEM, -EFBIG. */
int intake_take(struct intake *intake, const struct intake_entry *entry);

/* As intake_take() for an entry whose text is a URL or a host with a port: its host is the name. A host that is an address is passed over. */
int intake_take_url(struct intake *intake, const struct intake_entry *entry);

/* Takes the native format's mark off a name: what the entry covers. */
enum c2_scope intake_mark(const char **text);

/* Passes over an entry. Returns 0. */
int intake_pass(struct intake *intake, enum intake_passed why);

/* Tells that a line is refused. Returns -EINVAL. */
int intake_refuse(const struct intake *intake, uint32_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Tells of something that is worth knowing. Returns 0. */
int intake_note(const struct intake *intake, uint32_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Tells that the whole file cannot be used. Returns -ENOTSUP. */
int intake_fail(const struct intake *intake, uint32_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Hands each line of a text to `line`, which may write into it, and tells of those that are no text. Lines count from 1.
 * 0; what `line` returned when that is neither 0 nor -EINVAL, which means that the line was refused; -ENOTSUP when the file cannot be read (told).
 */
int intake_lines(struct intake *intake, struct lines *lines, int (*line)(void *reader, char *text, uint32_t number), void *reader);

/* Tells how far the file has been read, now and then. */
void intake_progress(const struct intake *intake, const struct lines *lines);

#endif
