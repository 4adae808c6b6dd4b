/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled set: header, entries, facts, strings, domset image, one behind the other, in the byte order of the machine that wrote them, so that it is
 * used as it lies in memory. It is written beside and renamed, so that whoever reads it sees the old one or the new one.
 */

#include "feed/setfile.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SETFILE_ORDER 0x01020304u
#define SETFILE_VERSION 1

struct setfile_header {
	uint8_t magic[8];
	uint32_t order, version;
	uint8_t checksum[32]; /* SHA-256 of all that follows it */
	uint64_t len;         /* of the file */
	uint64_t domset_at, domset_len;
	uint32_t entries_n, facts_n, strings_len, listed;
	char hash[24];
	uint8_t zero[16];
};

_Static_assert(sizeof(struct setfile_header) == 128, "the entries follow aligned");
_Static_assert(sizeof(struct book_entry) == 16 && sizeof(struct facts) == 72, "no hole that could differ between two files");

#define SETFILE_SUMMED offsetof(struct setfile_header, len)

bool setfile_is(const void *octets, size_t len)
{
	return len >= 8 && memcmp(octets, SETFILE_MAGIC, 8) == 0;
}

static uint64_t setfile_round(uint64_t len)
{
	return (len + 63) & ~UINT64_C(63);
}

static int setfile_sum(const struct iovec *pieces, int n, uint8_t checksum[32])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_well = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
	for (int i = 0; i < n && is_well; i++)
		is_well = EVP_DigestUpdate(context, pieces[i].iov_base, pieces[i].iov_len) == 1;
	is_well = is_well && EVP_DigestFinal_ex(context, checksum, NULL) == 1;
	EVP_MD_CTX_free(context);
	return is_well ? 0 : -ENOMEM;
}

static struct iovec setfile_piece(const void *octets, size_t len)
{
	struct iovec piece = {.iov_len = len};
	memcpy(&piece.iov_base, &octets, sizeof octets); /* only read, though struct iovec cannot say so */
	return piece;
}

int setfile_checksum(const void *octets, size_t len, uint8_t checksum[32])
{
	struct iovec piece = setfile_piece((const uint8_t *)octets + SETFILE_SUMMED, len - SETFILE_SUMMED);
	return setfile_sum(&piece, 1, checksum);
}

/* Do the parts follow one another and fill the file? */
static bool setfile_is_laid_out(const struct setfile_header *header, size_t len)
{
	uint64_t strings_end = sizeof *header + (uint64_t)header->entries_n * sizeof(struct book_entry) +
			       (uint64_t)header->facts_n * sizeof(struct facts) + header->strings_len;
	return header->len == len && header->strings_len > 0 && header->domset_at == setfile_round(strings_end) && header->domset_at <= len &&
	       header->domset_len == len - header->domset_at && header->hash[FEEDSET_HASH_LEN] == '\0' && header->listed <= header->entries_n;
}

/* Does nothing in the book lead out of it? */
static bool setfile_is_sound(const struct book_view *book)
{
	if (book->strings[0] != '\0' || book->strings[book->strings_len - 1] != '\0')
		return false;
	for (uint32_t i = 0; i < book->entries_n; i++) {
		const struct book_entry *entry = &book->entries[i];
		if (entry->name == 0 || entry->name >= book->strings_len || entry->facts >= book->facts_n || entry->scope < C2_SCOPE_EXACT ||
			entry->scope > C2_SCOPE_TREE || entry->kind > INDICATOR_EXCEPTION || entry->is_on > 1)
			return false;
	}
	for (uint32_t i = 0; i < book->facts_n; i++)
		for (unsigned fact = 0; fact < FACT_COUNT; fact++)
			if (book->facts[i].text[fact] >= book->strings_len)
				return false;
	return true;
}

static int setfile_damaged(const char **why)
{
	*why = "a compiled set that is damaged: its parts do not fit together";
	return -EINVAL;
}

/* Checks who wrote the file, and that it is whole. */
static int setfile_vet(const struct setfile_header *header, size_t len, const char **why)
{
	uint8_t checksum[32];
	if (len < sizeof *header || !setfile_is(header, len))
		*why = "not a compiled set";
	else if (header->order != SETFILE_ORDER)
		*why = "a compiled set from a machine of the other byte order: compile the feeds here";
	else if (header->version != SETFILE_VERSION)
		*why = "a compiled set of another version: compile the feeds anew";
	else if (header->len != len)
		*why = "a compiled set that is cut, or has grown: its length is not what its header says";
	else if (setfile_checksum(header, len, checksum) != 0)
		return -ENOMEM;
	else if (memcmp(header->checksum, checksum, sizeof checksum) != 0)
		*why = "a compiled set that is damaged: its checksum is wrong";
	else
		return 0;
	return -EINVAL;
}

int setfile_open(const void *octets, size_t len, struct feedset *set, const char **why)
{
	const struct setfile_header *header = octets;
	int rc = setfile_vet(header, len, why);
	if (rc != 0)
		return rc;
	if (!setfile_is_laid_out(header, len))
		return setfile_damaged(why);
	const struct book_entry *entries = (const void *)(header + 1);
	const struct facts *facts = (const void *)(entries + header->entries_n);
	struct book_view book = {
		.entries = entries,
		.facts = facts,
		.strings = (const char *)(facts + header->facts_n),
		.entries_n = header->entries_n,
		.facts_n = header->facts_n,
		.strings_len = header->strings_len,
	};
	if (!setfile_is_sound(&book))
		return setfile_damaged(why);
	struct c2_domset *domset;
	rc = c2_domset_view((const uint8_t *)octets + header->domset_at, header->domset_len, &domset);
	if (rc == 0 && c2_domset_indicators(domset) > book.entries_n) {
		c2_domset_free(domset);
		rc = -EINVAL;
	}
	if (rc == -EINVAL)
		return setfile_damaged(why);
	if (rc != 0)
		return rc;
	set->book = book;
	set->domset = domset;
	set->listed = header->listed;
	memcpy(set->hash, header->hash, sizeof set->hash);
	return 0;
}

static int setfile_put(int fd, const struct iovec *pieces, int n)
{
	for (int i = 0; i < n; i++) {
		const uint8_t *at = pieces[i].iov_base;
		for (size_t left = pieces[i].iov_len; left > 0;) {
			ssize_t wrote = write(fd, at, left);
			if (wrote < 0 && errno == EINTR)
				continue;
			if (wrote < 0)
				return -errno;
			at += wrote;
			left -= (size_t)wrote;
		}
	}
	return fsync(fd) == 0 ? 0 : -errno;
}

/* Makes the rename last: the folder is a file too. */
static int setfile_sync_folder(char *path)
{
	char *slash = strrchr(path, '/');
	if (slash != NULL)
		slash[slash == path] = '\0';
	int fd = open(slash != NULL ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int rc = fsync(fd) == 0 || errno == EINVAL ? 0 : -errno;
	close(fd);
	return rc;
}

static int setfile_replace(const char *path, const struct iovec *pieces, int n)
{
	struct stat there;
	if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
		return -EEXIST;
	char *beside;
	if (asprintf(&beside, "%s.%ld.new", path, (long)getpid()) < 0)
		return -ENOMEM;
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int rc = fd < 0 ? -errno : setfile_put(fd, pieces, n);
	if (fd >= 0) {
		close(fd);
		if (rc == 0 && rename(beside, path) != 0)
			rc = -errno;
		if (rc != 0)
			unlink(beside);
	}
	if (rc == 0)
		rc = setfile_sync_folder(beside);
	free(beside);
	return rc;
}

int setfile_write(const struct feedset *set, const char *path)
{
	static const uint8_t zeroes[64];
	const struct book_view *book = &set->book;
	struct setfile_header header = {
		.magic = SETFILE_MAGIC,
		.order = SETFILE_ORDER,
		.version = SETFILE_VERSION,
		.entries_n = book->entries_n,
		.facts_n = book->facts_n,
		.strings_len = book->strings_len,
		.listed = set->listed,
	};
	memcpy(header.hash, set->hash, sizeof set->hash);
	size_t entries_len = book->entries_n * sizeof *book->entries, facts_len = book->facts_n * sizeof *book->facts;
	uint64_t strings_end = sizeof header + entries_len + facts_len + book->strings_len;
	size_t domset_len;
	const void *image = c2_domset_image(set->domset, &domset_len);
	header.domset_at = setfile_round(strings_end);
	header.domset_len = domset_len;
	header.len = header.domset_at + domset_len;
	struct iovec pieces[] = {
		setfile_piece((const uint8_t *)&header + SETFILE_SUMMED, sizeof header - SETFILE_SUMMED),
		setfile_piece(book->entries, entries_len),
		setfile_piece(book->facts, facts_len),
		setfile_piece(book->strings, book->strings_len),
		setfile_piece(zeroes, header.domset_at - strings_end),
		setfile_piece(image, domset_len),
	};
	int n = sizeof pieces / sizeof *pieces;
	int rc = setfile_sum(pieces, n, header.checksum);
	if (rc != 0)
		return rc;
	pieces[0] = setfile_piece(&header, sizeof header);
	return setfile_replace(path, pieces, n);
}
