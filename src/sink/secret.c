/* SPDX-License-Identifier: Apache-2.0 */
/* The password: from a file that only its owner can read, into memory that is wiped; never from an argument, never into a log. */
#include "sink/secret.h"

#include "sink/why.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int secret_check(int fd, const char *path, char why[static SINK_WHY_CAP])
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return why_failed(why, -errno, path);
	if (!S_ISREG(st.st_mode))
		return why_refused(why, -EINVAL, "%s: not a regular file", path);
	/* root:c2watch 0640 is how a service that gives root up gets its secret; systemd's credentials look like it, too. */
	mode_t forbidden = st.st_uid == 0 ? 0037 : 0077;
	if ((st.st_mode & forbidden) != 0)
		return why_refused(
			why, -EPERM, "%s: has mode %04o, so others can get at the secret in it: chmod 600", path, (unsigned)(st.st_mode & 07777));
	return 0;
}

static int read_line(int fd, const char *path, struct sink_secret *secret, char *why)
{
	char octets[SECRET_MAX + 2];
	size_t len = 0;
	ssize_t n;
	while (len < sizeof octets && (n = read(fd, octets + len, sizeof octets - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_failed(why, -errno, path);
		len += (size_t)n;
	}
	if (len > 0 && octets[len - 1] == '\n')
		len--;
	if (len > 0 && octets[len - 1] == '\r')
		len--;
	int rc = 0;
	if (len == 0 || len > SECRET_MAX || memchr(octets, '\n', len) != NULL) {
		rc = why_refused(why, -EINVAL, "%s: want one line with a password of 1 to %d octets", path, SECRET_MAX);
	} else {
		memcpy(secret->octets, octets, len);
		secret->len = len;
	}
	explicit_bzero(octets, sizeof octets);
	return rc;
}

int secret_read(const char *path, struct sink_secret *secret, char why[static SINK_WHY_CAP])
{
	secret->len = 0;
	char credential[PATH_MAX];
	bool is_asked = path != NULL;
	if (!is_asked) {
		const char *dir = getenv("CREDENTIALS_DIRECTORY");
		if (dir == NULL || (size_t)snprintf(credential, sizeof credential, "%s/redis.password", dir) >= sizeof credential)
			return 0;
		path = credential;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		if (!is_asked && errno == ENOENT)
			return 0;
		return why_failed(why, -errno, path);
	}
	int rc = secret_check(fd, path, why);
	if (rc == 0)
		rc = read_line(fd, path, secret, why);
	close(fd);
	return rc;
}

void secret_wipe(struct sink_secret *secret)
{
	explicit_bzero(secret, sizeof *secret);
}
