/* SPDX-License-Identifier: Apache-2.0 */
/* Files to a set: each is read into one book, which becomes a compiled set in memory; a compiled set alone is used as it lies in its file. */

#include "feed/complaint.h"
#include "feed/format.h"
#include "feed/setfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

struct load {
	struct book *book;
	struct lint lint;
	const struct feed_listener *listener;
};

/* A file that is open to be read; `is_set` when it begins as a compiled set does. */
struct load_file {
	const char *path;
	int fd;
	size_t len;
	bool is_set;
};

static const char *load_kind_of(mode_t mode)
{
	return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a FIFO" : S_ISSOCK(mode) ? "a socket" : "a device";
}

static int load_open(struct load_file *file, const char *path, const struct feed_listener *listener)
{
	/* Non-blocking, or opening a FIFO would wait for its writer. */
	*file = (struct load_file){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	struct stat stat;
	if (file->fd < 0 || fstat(file->fd, &stat) != 0) {
		int rc = -errno;
		complaint_tell(listener, FEED_FAILED, path, 0, "%s", strerror(-rc));
		if (file->fd >= 0)
			close(file->fd);
		return rc;
	}
	if (!S_ISREG(stat.st_mode)) {
		complaint_tell(listener, FEED_FAILED, path, 0, "%s, not a file", load_kind_of(stat.st_mode));
		close(file->fd);
		return -EINVAL;
	}
	if ((stat.st_mode & S_IWOTH) != 0)
		complaint_tell(listener, FEED_NOTE, path, 0, "anybody on this machine may write into it");
	char magic[8];
	ssize_t n = pread(file->fd, magic, sizeof magic, 0);
	file->is_set = n > 0 && setfile_is(magic, (size_t)n);
	file->len = (size_t)stat.st_size;
	return 0;
}

/*
 * Takes a compiled set as it lies: shared with every process that has it, and nothing is read but what is asked for, once its checksum is. `*set` is
 * empty before.
 */
static int load_map(const struct load_file *file, const struct feed_listener *listener, struct feedset *set)
{
	struct mapping map;
	int rc = mapping_open(&map, file->fd, file->len);
	if (rc != 0) {
		complaint_tell(listener, FEED_FAILED, file->path, 0, "%s", strerror(-rc));
		return rc;
	}
	const char *why;
	rc = setfile_open(map.octets, file->len, set, &why);
	if (rc != 0) {
		if (rc == -EINVAL)
			complaint_tell(listener, FEED_FAILED, file->path, 0, "%s", why);
		mapping_close(&map);
		return rc;
	}
	set->file = map;
	set->len = file->len;
	return 0;
}

/* Reads a feed in whatever format it is. */
static int load_feed(struct load *load, const struct load_file *file)
{
	struct lines *lines = malloc(sizeof *lines);
	if (lines == NULL)
		return -ENOMEM;
	struct intake intake;
	const struct format *format = NULL;
	int rc = lines_open(lines, file->fd);
	bool is_open = rc == 0;
	if (rc == 0)
		rc = intake_open(&intake, load->book, &load->lint, load->listener, file->path);
	if (rc == 0) {
		const char *octets;
		size_t len;
		intake.len = file->len;
		if (lines_peek(lines, &octets, &len))
			format = format_of(octets, len);
		rc = format != NULL ? format->read(&intake, lines) : intake_fail(&intake, 0, "%s", lines_error(lines));
	}
	if (rc == 0)
		rc = intake_close(&intake);
	if (rc == 0 && intake.taken == 0)
		rc = intake_fail(&intake, 0, "no usable line, read as %s", format->name);
	if (is_open)
		lines_close(lines);
	free(lines);
	return rc == -ENOTSUP ? -EINVAL : rc;
}

/* A claim of a compiled set that goes into a book: its texts' places are the set's. */
static int load_claim(struct book *book, const struct feedset *set, const struct book_claim *claim, struct facts *last, struct book_claim *out)
{
	struct facts facts;
	book_facts_read(set->facts, set->facts_len, claim->facts, &facts);
	*out = (struct book_claim){.facts = out->facts, .line = claim->line};
	if (out->facts != 0 && memcmp(&facts, last, sizeof facts) == 0)
		return 0;
	*last = facts;
	int rc = 0;
	for (unsigned fact = 0; fact < FACT_COUNT && rc == 0; fact++) {
		uint32_t at = facts.text[fact];
		const char *text = at < set->strings_len ? set->strings + at : "";
		rc = book_text(book, text, strlen(text), &facts.text[fact]);
	}
	return rc == 0 ? book_facts(book, 0, &facts, &out->facts) : rc;
}

/* Writes all that a part of a set claims into a book. */
static int load_part(struct book *book, const struct feedset *set, enum book_part number)
{
	const struct setfile_part *part = &set->parts[number];
	struct facts last;
	struct book_claim claim = {0};
	uint32_t more = 0;
	int rc = 0;
	for (uint32_t entry = 0; entry < part->entries && rc == 0; entry++) {
		struct c2_name name;
		enum c2_scope scope;
		if (c2_domset_entry(part->domset, entry, &name, &scope) != C2_OK)
			return -EINVAL;
		struct book_claim theirs = {.facts = setfile_column_get(&part->facts, entry), .line = setfile_column_get(&part->lines, entry)};
		bool is_more = true;
		while (is_more && rc == 0) {
			rc = load_claim(book, set, &theirs, &last, &claim);
			if (rc == 0)
				rc = book_add(book, number, &name, scope, &claim);
			is_more = more < part->more_n && part->more[more].entry == entry;
			if (is_more)
				theirs = part->more[more++].claim;
		}
	}
	return rc;
}

/* Reads a compiled set that is one of several sources. */
static int load_set(struct load *load, const struct load_file *file)
{
	struct feedset set = {0};
	int rc = load_map(file, load->listener, &set);
	if (rc != 0)
		return rc;
	for (unsigned part = 0; part < BOOK_PARTS && rc == 0; part++)
		rc = load_part(load->book, &set, (enum book_part)part);
	if (rc == -EINVAL)
		complaint_tell(load->listener, FEED_FAILED, file->path, 0, "a compiled set that is damaged: a name in it is none");
	const char *feed;
	size_t claims;
	for (size_t i = 0; rc == 0 && feedset_source(&set, i, &feed, &claims); i++) {
		uint32_t at;
		rc = book_text(load->book, feed, strlen(feed), &at);
		if (rc == 0)
			rc = book_count(load->book, at, (uint32_t)claims);
	}
	setfile_close(&set);
	mapping_close(&set.file);
	return rc;
}

/* A key that no stranger knows. It only has to be unguessable, so early in the machine's life it may be less than that. */
static uint64_t load_key(void)
{
	uint64_t key = 0;
	if (getrandom(&key, sizeof key, GRND_NONBLOCK) != sizeof key)
		key = (uint64_t)(uintptr_t)&key;
	return key;
}

/* Reads all sources into a book, and makes a set of it. */
static int load_all(const struct load_file *files, size_t n, const struct feed_lint *lint, const struct feed_listener *listener, struct feedset *set)
{
	struct load load = {.book = book_new(load_key()), .listener = listener};
	int rc = load.book != NULL ? lint_open(&load.lint, lint, listener) : -ENOMEM;
	if (rc == 0) {
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = files[i].is_set ? load_set(&load, &files[i]) : load_feed(&load, &files[i]);
		lint_close(&load.lint);
	}
	void *octets;
	size_t len;
	if (rc == 0)
		rc = setfile_make(load.book, &octets, &len);
	book_free(load.book);
	if (rc != 0)
		return rc;
	const char *why;
	rc = setfile_open(octets, len, set, &why);
	set->octets = octets;
	set->len = len;
	if (rc != 0)
		munmap(octets, len);
	return rc;
}

int feedset_load(
	const struct feed_source *sources, size_t n, const struct feed_lint *lint, const struct feed_listener *listener, struct feedset **out)
{
	struct load_file *files = calloc(n + 1, sizeof *files);
	struct feedset *set = calloc(1, sizeof *set);
	size_t opened = 0;
	int rc = files != NULL && set != NULL ? 0 : -ENOMEM;
	for (; opened < n && rc == 0; opened += rc == 0)
		rc = load_open(&files[opened], sources[opened].path, listener);
	if (rc == 0)
		rc = n == 1 && files[0].is_set ? load_map(&files[0], listener, set) : load_all(files, n, lint, listener, set);
	while (opened > 0)
		close(files[--opened].fd);
	free(files);
	if (rc == 0)
		*out = set;
	else
		free(set);
	return rc;
}
