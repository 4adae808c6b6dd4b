/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at a spool from outside. It may change meanwhile, and only forwards: segments are listed before the acknowledgements are read, and one that vanished
 * between the list and the look means that both are old, so that all is read anew.
 */
#include "sink/spoolstatus.h"

#include "sink/ackfile.h"
#include "sink/spooldir.h"
#include "sink/why.h"
#include "sink/window.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATUS_SINKS_MAX 64
#define STATUS_TRIES 8
#define STATUS_TIME_CAP 40

struct status_sink {
	char name[SINK_SENSOR_MAX + 1];
	struct ackfile ack;
	uint64_t waiting;
	uint64_t since_ms; /* of the first that waits */
	uint64_t lost;
	uint64_t at; /* the newest number that is accounted for */
};

struct status {
	int dir_fd;
	const char *sensor;
	uint64_t octets, files, damaged;
	size_t sink_count;
	struct status_sink sinks[STATUS_SINKS_MAX];
};

/* The sinks' names are those of their acknowledgements, as long as they are names; a sensor that has none is shown as one without a name. */
static int ends_in_ack(const struct dirent *entry)
{
	char name[SINK_SENSOR_MAX + 1];
	size_t len = strlen(entry->d_name);
	if (len <= 4 || len - 4 > SINK_SENSOR_MAX || strcmp(entry->d_name + len - 4, ".ack") != 0)
		return 0;
	snprintf(name, sizeof name, "%.*s", (int)len - 4, entry->d_name);
	return sink_sensor_is_good(name);
}

static int read_sinks(struct status *status, uint64_t first_seq)
{
	struct dirent **found;
	int n = scandirat(status->dir_fd, ".", &found, ends_in_ack, alphasort);
	if (n < 0)
		return -errno;
	status->sink_count = 0;
	for (int i = 0; i < n; i++) {
		struct status_sink sink = {.at = first_seq - 1};
		if (status->sink_count < STATUS_SINKS_MAX && ackfile_look(&sink.ack, status->dir_fd, found[i]->d_name) == 0) {
			snprintf(sink.name, sizeof sink.name, "%.*s", (int)strlen(found[i]->d_name) - 4, found[i]->d_name);
			if (sink.ack.generation > 0 && sink.ack.seq < sink.at)
				sink.at = sink.ack.seq;
			status->sinks[status->sink_count++] = sink;
		}
		free(found[i]);
	}
	free(found);
	if (status->sink_count == 0)
		status->sinks[status->sink_count++] = (struct status_sink){.name = "-", .at = first_seq - 1};
	return 0;
}

static void take_record(struct status *status, const struct segment_item *item)
{
	for (size_t i = 0; i < status->sink_count; i++) {
		struct status_sink *sink = &status->sinks[i];
		if (item->seq <= sink->at)
			continue;
		sink->lost += item->seq - sink->at - 1;
		sink->at = item->seq;
		if (item->seq > sink->ack.seq && sink->waiting++ == 0)
			sink->since_ms = item->record.id.ms;
	}
}

static int read_segment(struct status *status, struct window *window, uint64_t first_seq, bool is_newest)
{
	char name[SHELF_NAME_CAP];
	struct segment_head head;
	struct segment_item item;
	struct stat st;
	enum c2_rc head_rc;
	shelf_name(first_seq, name);
	int rc = window_open(window, status->dir_fd, name, &head, &head_rc);
	if (rc != 0)
		return rc;
	if (fstat(window->fd, &st) < 0)
		return -errno;
	status->files++;
	status->octets += (uint64_t)st.st_size;
	status->damaged += head_rc != C2_OK;
	while ((rc = window_next(window, (uint64_t)st.st_size, &item)) > 0) {
		status->damaged += item.is_damaged;
		take_record(status, &item);
	}
	if (rc == 0 && item.is_damaged && (item.rotten > 0 || !is_newest))
		status->damaged++;
	return rc;
}

static int read_sensor_once(struct status *status, struct window *window)
{
	uint64_t *seqs;
	ssize_t n = spooldir_segments(status->dir_fd, &seqs);
	if (n < 0)
		return (int)n;
	status->octets = status->files = status->damaged = 0;
	int rc = read_sinks(status, n > 0 ? seqs[0] : 1);
	for (ssize_t i = 0; i < n && rc == 0; i++)
		rc = read_segment(status, window, seqs[i], i == n - 1);
	free(seqs);
	return rc;
}

static int read_sensor(struct status *status)
{
	struct window window = {.fd = -1};
	int rc = -ENOENT;
	for (int tries = 0; rc == -ENOENT && tries < STATUS_TRIES; tries++)
		rc = read_sensor_once(status, &window);
	window_close(&window);
	return rc;
}

/* The lines of the sink's dead-letter file; what is no such file has none. */
static uint64_t count_dead(int dir_fd, const char *sink)
{
	char name[SINK_SENSOR_MAX + 8], octets[65536];
	uint64_t lines = 0;
	ssize_t n;
	snprintf(name, sizeof name, "%s.dead", sink);
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return 0;
	while ((n = read(fd, octets, sizeof octets)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			lines += octets[i] == '\n';
	}
	close(fd);
	return lines;
}

static void time_text(uint64_t at_ms, char text[static STATUS_TIME_CAP])
{
	time_t at_s = (time_t)(at_ms / 1000);
	struct tm tm;
	char seconds[32];
	if (gmtime_r(&at_s, &tm) == NULL || strftime(seconds, sizeof seconds, "%FT%T", &tm) == 0)
		strcpy(text, "-");
	else
		snprintf(text, STATUS_TIME_CAP, "%s.%03uZ", seconds, (unsigned)(at_ms % 1000));
}

static void write_sink(const struct status *status, const struct status_sink *sink, FILE *to)
{
	char since[STATUS_TIME_CAP] = "-", acked[SINK_ID_TEXT_CAP] = "-";
	if (sink->waiting > 0)
		time_text(sink->since_ms, since);
	if (sink->ack.id.ms > 0)
		sink_id_text(sink->ack.id, acked);
	fprintf(to,
		"sensor=%s sink=%s waiting=%" PRIu64 " since=%s acked=%s lost=%" PRIu64 " damaged=%" PRIu64 " dead=%" PRIu64 " octets=%" PRIu64
		" files=%" PRIu64 "\n",
		status->sensor, sink->name, sink->waiting, since, acked, sink->lost, status->damaged, count_dead(status->dir_fd, sink->name),
		status->octets, status->files);
}

static int is_sensor(const struct dirent *entry)
{
	return sink_sensor_is_good(entry->d_name);
}

/* What is no folder, such as the lock, is passed over. */
static int write_sensor(int dir_fd, const char *sensor, FILE *to, char *why)
{
	struct status status = {.sensor = sensor};
	status.dir_fd = openat(dir_fd, sensor, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (status.dir_fd < 0)
		return errno == ENOTDIR || errno == ELOOP || errno == ENOENT ? 0 : why_failed(why, -errno, sensor);
	int rc = read_sensor(&status);
	for (size_t i = 0; i < status.sink_count && rc == 0; i++)
		write_sink(&status, &status.sinks[i], to);
	close(status.dir_fd);
	return rc == 0 ? 0 : why_failed(why, rc == -ENOENT || rc == -ENOTDIR ? -EIO : rc, sensor);
}

static int open_spool(const char *dir, char *why)
{
	char path[PATH_MAX];
	size_t len = strlen(dir);
	while (len > 1 && dir[len - 1] == '/')
		len--; /* a slash at the end would have a link followed */
	if (len >= sizeof path)
		return why_refused(why, -ENOENT, "spool: want the path of a folder");
	memcpy(path, dir, len);
	path[len] = '\0';
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return why_refused(why, -errno, "spool %s: %s", dir, strerror(errno));
	struct stat st;
	if (fstatat(fd, "lock", &st, AT_SYMLINK_NOFOLLOW) == 0)
		return fd;
	int rc = errno == ENOENT ? why_refused(why, -ENOENT,
					   "spool %s: is none of c2watch, for there is no lock in it; name the folder above the sensors'", dir)
				 : why_refused(why, -errno, "spool %s: %s", dir, strerror(errno));
	close(fd);
	return rc;
}

int spoolstatus_write(const char *dir, FILE *to, char why[static SINK_WHY_CAP])
{
	struct dirent **sensors;
	int dir_fd = open_spool(dir, why);
	if (dir_fd < 0)
		return dir_fd;
	int n = scandirat(dir_fd, ".", &sensors, is_sensor, alphasort);
	int rc = n < 0 ? why_failed(why, -errno, dir) : 0;
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = write_sensor(dir_fd, sensors[i]->d_name, to, why);
		free(sensors[i]);
	}
	if (n >= 0)
		free(sensors);
	close(dir_fd);
	if (rc == 0 && fflush(to) != 0)
		rc = why_failed(why, -errno, "standard output");
	return rc;
}
