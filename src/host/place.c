/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the other end is; the only user of libmaxminddb.
 *
 * Invariant: the library reads only octets that cannot change, and only values that mmdb.c has walked before. A database is copied into a sealed
 * memfd when it is opened, for a file that is cut while it is mapped kills the process (cp over it does that), and is looked at through two of the
 * library's functions, with fixed paths and a checked address family.
 */
#include "host/place.h"

#include "host/mmdb.h"

#include <maxminddb.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* It stays in memory. Databases of cities are 60 to 150 MB; one of more than this was not meant. */
#define PLACE_FILE_MAX ((off_t)512 << 20)

struct place {
	size_t n;
	MMDB_s dbs[PLACE_FILES_MAX];
};

/* What is wrong with a file, for the caller's one line. */
struct complaint {
	const char *file;
	char *why;
	size_t cap;
};

__attribute__((format(printf, 3, 4))) static int complain(const struct complaint *to, int rc, const char *format, ...)
{
	int n = snprintf(to->why, to->cap, "%s: ", to->file);
	if (n >= 0 && (size_t)n < to->cap) {
		va_list args;
		va_start(args, format);
		vsnprintf(to->why + n, to->cap - (size_t)n, format, args);
		va_end(args);
	}
	return rc;
}

/* Copies `len` octets of `from` into a new sealed memfd. Its descriptor, or -errno. */
static int memfd_copy(int from, off_t len)
{
	int fd = memfd_create("c2watch-mmdb", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	while (len > 0) {
		ssize_t n = sendfile(fd, from, NULL, (size_t)len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int rc = n < 0 ? -errno : -EIO; /* it has become shorter */
			close(fd);
			return rc;
		}
		len -= n;
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
		int rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

static int metadata_check(const struct complaint *to, int fd, off_t len)
{
	size_t tail_len = len < MMDB_TAIL_MAX ? (size_t)len : MMDB_TAIL_MAX;
	uint8_t *tail = malloc(tail_len);
	if (tail == NULL)
		return complain(to, -ENOMEM, "no memory");
	int rc = 0;
	const char *why = NULL;
	if (pread(fd, tail, tail_len, len - (off_t)tail_len) != (ssize_t)tail_len)
		rc = complain(to, -EIO, "cannot be read");
	else if (!mmdb_may_open(tail, tail_len, (uint64_t)len, &why))
		rc = complain(to, -EINVAL, "%s", why);
	free(tail);
	return rc;
}

/* Opens the database in the memfd. */
static int db_open_copy(const struct complaint *to, MMDB_s *db, int fd)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int status = MMDB_open(path, MMDB_MODE_MMAP, db);
	if (status == MMDB_SUCCESS)
		return 0;
	return complain(to, -EINVAL, "%s", status == MMDB_IO_ERROR ? strerror(errno) : MMDB_strerror(status));
}

static int db_open(const struct complaint *to, MMDB_s *db)
{
	/* Not to hang on a FIFO before fstat() can tell. */
	int file = open(to->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return complain(to, -errno, "%s", strerror(errno));
	struct stat st;
	int rc = 0, copy = -1;
	if (fstat(file, &st) < 0)
		rc = complain(to, -errno, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		rc = complain(to, -EINVAL, "not a regular file");
	else if (st.st_size == 0)
		rc = complain(to, -EINVAL, "the file is empty");
	else if (st.st_size > PLACE_FILE_MAX)
		rc = complain(to, -EFBIG, "larger than %lld MiB", (long long)(PLACE_FILE_MAX >> 20));
	else if ((copy = memfd_copy(file, st.st_size)) < 0)
		rc = complain(to, copy, "cannot be read into memory: %s", strerror(-copy));
	else if ((rc = metadata_check(to, copy, st.st_size)) == 0)
		rc = db_open_copy(to, db, copy);
	if (copy >= 0)
		close(copy); /* the mapping stays */
	close(file);
	return rc;
}

int place_open(struct place **place, const char *const *files, size_t n, char *why, size_t cap)
{
	if (n > PLACE_FILES_MAX) {
		snprintf(why, cap, "%zu databases, at most %d are taken", n, PLACE_FILES_MAX);
		return -E2BIG;
	}
	struct place *made = calloc(1, sizeof *made);
	if (made == NULL) {
		snprintf(why, cap, "no memory");
		return -ENOMEM;
	}
	for (; made->n < n; made->n++) {
		struct complaint to = {.file = files[made->n], .why = why, .cap = cap};
		int rc = db_open(&to, &made->dbs[made->n]);
		if (rc < 0) {
			place_close(made);
			return rc;
		}
	}
	*place = made;
	return 0;
}

void place_close(struct place *place)
{
	if (place == NULL)
		return;
	for (size_t i = 0; i < place->n; i++)
		MMDB_close(&place->dbs[i]);
	free(place);
}

/* The value at `path` below `entry`, if it is there and of that type. */
static bool entry_get(MMDB_entry_s *entry, const char *const *path, uint32_t type, MMDB_entry_data_s *out)
{
	return MMDB_aget_value(entry, out, path) == MMDB_SUCCESS && out->has_data && out->type == type;
}

/* Copies the text at `path` to `to` when that is still empty; cut, if it must be, between two characters of UTF-8. */
static void entry_text(MMDB_entry_s *entry, const char *const *path, char *to, size_t cap)
{
	MMDB_entry_data_s value;
	if (to[0] != '\0' || !entry_get(entry, path, MMDB_DATA_TYPE_UTF8_STRING, &value))
		return;
	size_t len = value.data_size;
	if (len >= cap) {
		len = cap - 1;
		while (len > 0 && ((uint8_t)value.utf8_string[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(to, value.utf8_string, len);
	to[len] = '\0';
}

static void entry_country(MMDB_entry_s *entry, const char *const *path, char to[3])
{
	MMDB_entry_data_s value;
	if (to[0] != '\0' || !entry_get(entry, path, MMDB_DATA_TYPE_UTF8_STRING, &value) || value.data_size != 2)
		return;
	const char *code = value.utf8_string;
	if (code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z')
		return; /* ISO 3166-1 alpha-2 */
	memcpy(to, code, 2);
	to[2] = '\0';
}

static void entry_facts(MMDB_entry_s *entry, struct place_facts *out)
{
	static const char *const country[] = {"country", "iso_code", NULL};
	static const char *const city[] = {"city", "names", "en", NULL};
	static const char *const as_number[] = {"autonomous_system_number", NULL};
	static const char *const as_organisation[] = {"autonomous_system_organization", NULL};
	entry_country(entry, country, out->country_iso_code);
	entry_text(entry, city, out->city, sizeof out->city);
	entry_text(entry, as_organisation, out->as_organisation, sizeof out->as_organisation);
	MMDB_entry_data_s value;
	if (out->as_number == 0 && entry_get(entry, as_number, MMDB_DATA_TYPE_UINT32, &value))
		out->as_number = value.uint32;
}

void place_find(const struct place *place, const struct c2_addr *addr, struct place_facts *out)
{
	*out = (struct place_facts){0};
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} key = {.v6 = {.sin6_family = AF_INET6}};
	if (addr->family == 4) {
		key.v4 = (struct sockaddr_in){.sin_family = AF_INET};
		memcpy(&key.v4.sin_addr, addr->octets, 4);
	} else if (addr->family == 6) {
		memcpy(&key.v6.sin6_addr, addr->octets, 16);
	} else {
		return;
	}
	for (size_t i = 0; place != NULL && i < place->n; i++) {
		int status;
		const MMDB_s *db = &place->dbs[i];
		MMDB_lookup_result_s found = MMDB_lookup_sockaddr(db, &key.sa, &status);
		if (status == MMDB_SUCCESS && found.found_entry && mmdb_is_sane(db->data_section, db->data_section_size, found.entry.offset))
			entry_facts(&found.entry, out);
	}
}
