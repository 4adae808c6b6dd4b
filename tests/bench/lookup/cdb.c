/* SPDX-License-Identifier: Apache-2.0 */
/* tinycdb: a constant database with the names as keys and nothing as values, mapped. */
#include "peer.h"

#include <cdb.h>
#include <stdlib.h>
#include <unistd.h>

void *cdb_peer_build(const struct arena *listed, size_t *size)
{
	struct cdb_make make;
	char path[] = "/tmp/lookup.XXXXXX";
	int fd = mkstemp(path);
	if (fd < 0)
		return NULL;
	unlink(path);
	int failed = cdb_make_start(&make, fd);
	for (size_t i = 0; i < listed->n && failed == 0; i++) {
		const uint8_t *name = listed->octets + listed->at[i];
		failed = cdb_make_add(&make, name + 2, name[0] - 1u, "", 0);
	}
	if (cdb_make_finish(&make) != 0 || failed != 0) {
		close(fd);
		return NULL;
	}
	*size = (size_t)lseek(fd, 0, SEEK_END);
	struct cdb *cdb = malloc(sizeof *cdb);
	if (cdb_init(cdb, fd) != 0) {
		free(cdb);
		cdb = NULL;
	}
	close(fd); /* the map stays */
	return cdb;
}

unsigned cdb_peer_find(const void *self, const uint8_t *name)
{
	struct suffixes suffixes;
	suffixes_of(&suffixes, name);
	for (unsigned i = 0; i < suffixes.labels; i++)
		if (cdb_find((struct cdb *)self, suffixes.wire + suffixes.at[i], suffixes.len - suffixes.at[i]) > 0)
			return suffixes.labels - i;
	return 0;
}

void cdb_peer_free(void *self)
{
	cdb_free(self);
	free(self);
}
