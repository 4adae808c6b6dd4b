/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in a folder is but the reason to look: what a file is now, against what it was, decides. So links, editors and busy folders are no matter. */
#include "app/feedwatch.h"

#include "base/log.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define REST_NS UINT64_C(100000000)     /* nothing has happened for so long: several files, renamed one after the other, are one change */
#define LONGEST_NS UINT64_C(1000000000) /* a folder that never rests is looked at all the same */

/* What a file is known by; all zero when there is none. */
struct feedwatch_file {
	dev_t device;
	ino_t number;
	off_t len;
	struct timespec written;
};

struct feedwatch {
	int fd;
	const struct config_list *list;
	struct feedwatch_file *files;
	bool has_complained;        /* of a folder that cannot be watched */
	bool is_restless;           /* something has happened since the files were looked at */
	uint64_t first_ns, last_ns; /* and when */
};

static struct feedwatch_file feedwatch_file(const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return (struct feedwatch_file){0};
	return (struct feedwatch_file){.device = status.st_dev, .number = status.st_ino, .len = status.st_size, .written = status.st_mtim};
}

static bool feedwatch_is_same(const struct feedwatch_file *a, const struct feedwatch_file *b)
{
	return a->device == b->device && a->number == b->number && a->len == b->len && a->written.tv_sec == b->written.tv_sec &&
	       a->written.tv_nsec == b->written.tv_nsec;
}

/* Watches the folder that `path` is in; once more is no matter. */
static int feedwatch_folder(const struct feedwatch *watch, const char *path)
{
	char *copy = strdup(path);
	if (copy == NULL)
		return -ENOMEM;
	int wd = inotify_add_watch(watch->fd, dirname(copy), IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR);
	int error = wd < 0 ? -errno : 0;
	free(copy);
	return error;
}

/* A link may lead elsewhere by now. */
static void feedwatch_follow(struct feedwatch *watch, const char *path)
{
	char *real = realpath(path, NULL);
	int error = feedwatch_folder(watch, path);
	if (error == 0 && real != NULL)
		error = feedwatch_folder(watch, real);
	free(real);
	if (error < 0 && !watch->has_complained)
		log_warning("%s: cannot be watched for changes: %s; SIGHUP loads it anew", path, strerror(-error));
	watch->has_complained = watch->has_complained || error < 0;
}

int feedwatch_open(struct feedwatch **out, const struct config_list *list)
{
	struct feedwatch *watch = calloc(1, sizeof *watch);
	if (watch == NULL)
		return -ENOMEM;
	*watch = (struct feedwatch){.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .list = list, .files = calloc(list->n, sizeof *watch->files)};
	int error = watch->fd < 0 ? -errno : watch->files == NULL ? -ENOMEM : 0;
	if (error < 0) {
		feedwatch_close(watch);
		return error;
	}
	feedwatch_look(watch);
	*out = watch;
	return 0;
}

void feedwatch_close(struct feedwatch *watch)
{
	if (watch == NULL)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch->files);
	free(watch);
}

bool feedwatch_look(struct feedwatch *watch)
{
	bool is_any = false;
	watch->is_restless = false;
	for (unsigned i = 0; i < watch->list->n; i++) {
		feedwatch_follow(watch, watch->list->items[i]);
		struct feedwatch_file now = feedwatch_file(watch->list->items[i]);
		is_any = is_any || !feedwatch_is_same(&now, &watch->files[i]);
		watch->files[i] = now;
	}
	return is_any;
}

bool feedwatch_is_due(struct feedwatch *watch, uint64_t now_ns)
{
	_Alignas(struct inotify_event) char events[sizeof(struct inotify_event) + NAME_MAX + 1];
	bool has_happened = false;
	while (read(watch->fd, events, sizeof events) > 0)
		has_happened = true;
	if (has_happened) {
		watch->first_ns = watch->is_restless ? watch->first_ns : now_ns;
		watch->last_ns = now_ns;
		watch->is_restless = true;
	}
	if (!watch->is_restless || (now_ns - watch->last_ns < REST_NS && now_ns - watch->first_ns < LONGEST_NS))
		return false;
	watch->is_restless = false;
	for (unsigned i = 0; i < watch->list->n; i++) {
		struct feedwatch_file now = feedwatch_file(watch->list->items[i]);
		if (!feedwatch_is_same(&now, &watch->files[i]))
			return true;
	}
	return false;
}
