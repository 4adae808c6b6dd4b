/* SPDX-License-Identifier: Apache-2.0 */
/* Files to a set: each is read into one book, and what of the book is on becomes the domset. */

#include "feed/complaint.h"
#include "feed/lines.h"
#include "feed/native.h"
#include "feed/setfile.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOAD_PROGRESS_LINES 10000

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
	char magic[8];
	ssize_t n = pread(file->fd, magic, sizeof magic, 0);
	file->is_set = n > 0 && setfile_is(magic, (size_t)n);
	file->len = (size_t)stat.st_size;
	return 0;
}

/*
 * The file's octets, in a mapping of our own; null, and errno, when they cannot be had. A mapping of the file would save a copy, and would be cut under
 * the workers' feet, SIGBUS, by whoever writes to the file instead of renaming another over it, as cp does.
 */
static void *load_copy(const struct load_file *file)
{
	uint8_t *copy = mmap(NULL, file->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy == MAP_FAILED)
		return NULL;
	for (size_t at = 0; at < file->len;) {
		ssize_t n = pread(file->fd, copy + at, file->len - at, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int error = errno;
			munmap(copy, file->len);
			errno = error;
			return NULL;
		}
		if (n == 0)
			break; /* it has become shorter: its checksum will tell */
		at += (size_t)n;
	}
	mprotect(copy, file->len, PROT_READ);
	return copy;
}

/* Takes a compiled set into memory. `*set` is empty before. */
static int load_map(const struct load_file *file, const struct feed_listener *listener, struct feedset *set)
{
	void *map = load_copy(file);
	if (map == NULL) {
		int rc = -errno;
		complaint_tell(listener, FEED_FAILED, file->path, 0, "%s", strerror(-rc));
		return rc;
	}
	const char *why;
	int rc = setfile_open(map, file->len, set, &why);
	if (rc != 0) {
		if (rc == -EINVAL)
			complaint_tell(listener, FEED_FAILED, file->path, 0, "%s", why);
		munmap(map, file->len);
		return rc;
	}
	set->map = map;
	set->map_len = file->len;
	return 0;
}

/* Takes one line, or says why not. */
static int load_line(struct load *load, const char *path, struct native *native, enum lines_rc got, uint32_t number, char *line)
{
	if (got == LINES_LONG) {
		complaint_tell(load->listener, FEED_REFUSED, path, number, "a line of more than %d octets", LINES_MAX);
		return 0;
	}
	if (got == LINES_NUL) {
		complaint_tell(load->listener, FEED_REFUSED, path, number, "a NUL octet: not plain text");
		return 0;
	}
	int rc = native_line(native, line, number);
	if (rc == -EINVAL || rc == -ENOTSUP)
		complaint_tell(load->listener, rc == -EINVAL ? FEED_REFUSED : FEED_FAILED, path, number, "%s", native->why);
	return rc == -EINVAL ? 0 : rc == -ENOTSUP ? -EINVAL : rc;
}

static void load_tell_progress(const struct load *load, const struct load_file *file)
{
	off_t at = lseek(file->fd, 0, SEEK_CUR);
	if (load->listener != NULL && load->listener->progress != NULL && at >= 0)
		load->listener->progress(load->listener->arg, file->path, (uint64_t)at, file->len);
}

static int load_lines(struct load *load, const struct load_file *file, struct lines *lines)
{
	const char *path = file->path;
	struct native native;
	int rc = native_open(&native, load->book, &load->lint, path);
	while (rc == 0) {
		if (lines->number % LOAD_PROGRESS_LINES == LOAD_PROGRESS_LINES - 1)
			load_tell_progress(load, file);
		char *line = NULL;
		size_t len;
		enum lines_rc got = lines_next(lines, &line, &len);
		if (got == LINES_END)
			break;
		if (got == LINES_FAILED) {
			rc = -errno;
			complaint_tell(load->listener, FEED_FAILED, path, lines->number, "%s", strerror(-rc));
		} else if (got == LINES_UTF16) {
			complaint_tell(load->listener, FEED_FAILED, path, 0, "UTF-16 text: a feed is ASCII or UTF-8");
			rc = -EINVAL;
		} else {
			rc = load_line(load, path, &native, got, lines->number, line);
		}
	}
	return rc;
}

static int load_native(struct load *load, const struct load_file *file)
{
	struct lines *lines = malloc(sizeof *lines);
	if (lines == NULL)
		return -ENOMEM;
	lines_open(lines, file->fd);
	int rc = load_lines(load, file, lines);
	free(lines);
	return rc;
}

static void load_unmap(struct feedset *set)
{
	c2_domset_free(set->domset);
	munmap(set->map, set->map_len);
}

/* Reads a file into the book. */
static int load_source(struct load *load, const struct load_file *file)
{
	uint32_t before = load->book->entries_n;
	int rc;
	if (file->is_set) {
		struct feedset set = {0};
		rc = load_map(file, load->listener, &set);
		if (rc == 0) {
			rc = book_append(load->book, &set.book);
			load_unmap(&set);
		}
	} else {
		rc = load_native(load, file);
	}
	if (rc == 0 && load->book->entries_n == before) {
		complaint_tell(load->listener, FEED_FAILED, file->path, 0, "no usable line");
		rc = -EINVAL;
	}
	return rc;
}

/*
 * Does `a` speak before `b` when both have the same name and scope? One that holds on when the other has expired does, or a hit would be lost with
 * the other; then the more confident.
 */
static bool load_outranks(const struct facts *a, const struct facts *b)
{
	uint64_t a_last = a->expires_ns - 1, b_last = b->expires_ns - 1; /* 0, never, becomes the greatest */
	return a_last != b_last ? a_last > b_last : a->confidence > b->confidence;
}

/* Orders entries by who speaks first; the one that was read first among equals. */
static int load_compare(const void *a, const void *b, void *of)
{
	const struct book *book = of;
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
	const struct facts *first_facts = &book->facts[book->entries[first].facts], *second_facts = &book->facts[book->entries[second].facts];
	if (load_outranks(first_facts, second_facts))
		return -1;
	if (load_outranks(second_facts, first_facts))
		return 1;
	return first < second ? -1 : first > second;
}

static int load_put(struct c2_domset_builder *builder, const struct book *book, uint32_t number)
{
	const struct book_entry *entry = &book->entries[number];
	const char *text = book->strings + entry->name;
	struct c2_name name;
	if (c2_name_from_text(text, strlen(text), &name) != C2_OK)
		return -EINVAL;
	if (entry->kind == INDICATOR_EXCEPTION)
		return c2_domset_builder_except(builder, &name);
	return c2_domset_builder_add(builder, &name, (enum c2_scope)entry->scope, number);
}

/* Builds the domset of the book's entries that are on. */
static int load_build(struct book *book, struct feedset *set)
{
	uint32_t *order = malloc(((size_t)book->entries_n + 1) * sizeof *order);
	struct c2_domset_builder *builder = c2_domset_builder_new();
	uint32_t n = 0;
	int rc = order != NULL && builder != NULL ? 0 : -ENOMEM;
	for (uint32_t i = 0; i < book->entries_n && rc == 0; i++) {
		if (book->entries[i].is_on) {
			order[n++] = i;
			set->listed += book->entries[i].kind == INDICATOR_LISTED;
		}
	}
	if (rc == 0)
		qsort_r(order, n, sizeof *order, load_compare, book);
	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = load_put(builder, book, order[i]);
	free(order);
	if (rc == 0)
		rc = c2_domset_build(builder, &set->domset);
	c2_domset_builder_free(builder);
	return rc;
}

/* Sums up what the entries say: name, scope, kind, and their facts when they are not those of the entry before. */
static bool load_sum(EVP_MD_CTX *context, const struct book *book)
{
	for (uint32_t i = 0; i < book->entries_n; i++) {
		const struct book_entry *entry = &book->entries[i];
		const char *name = book->strings + entry->name;
		const uint8_t marks[] = {entry->scope, entry->kind, entry->is_on};
		if (EVP_DigestUpdate(context, name, strlen(name) + 1) != 1 || EVP_DigestUpdate(context, marks, sizeof marks) != 1)
			return false;
		if (i > 0 && entry->facts == book->entries[i - 1].facts)
			continue;
		for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
			const char *text = book->strings + book->facts[entry->facts].text[fact];
			if (fact != FACT_FILE && EVP_DigestUpdate(context, text, strlen(text) + 1) != 1)
				return false;
		}
	}
	return true;
}

static int load_hash(const struct book *book, char hash[FEEDSET_HASH_LEN + 1])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_well = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 && load_sum(context, book) &&
		       EVP_DigestFinal_ex(context, digest, NULL) == 1;
	EVP_MD_CTX_free(context);
	for (unsigned i = 0; i < FEEDSET_HASH_LEN / 2 && is_well; i++)
		snprintf(hash + (size_t)2 * i, 3, "%02x", digest[i]);
	return is_well ? 0 : -ENOMEM;
}

/* Reads all sources into the set's own book, and makes the rest of the set from it. */
static int load_all(const struct load_file *files, size_t n, const struct feed_lint *lint, const struct feed_listener *listener, struct feedset *set)
{
	struct load load = {.book = book_new(), .listener = listener};
	int rc = load.book != NULL ? lint_open(&load.lint, lint, listener) : -ENOMEM;
	if (rc == 0) {
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = load_source(&load, &files[i]);
		lint_close(&load.lint);
	}
	if (rc == 0)
		rc = load_build(load.book, set);
	if (rc == 0)
		rc = load_hash(load.book, set->hash);
	if (rc != 0) {
		c2_domset_free(set->domset);
		book_free(load.book);
		return rc;
	}
	set->own = load.book;
	set->book = book_view(load.book);
	return 0;
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
