/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture files. Not libpcap's reader: that one refuses a pcapng file whose interfaces differ in link type, and copies every frame.
 * draft-ietf-opsawg-pcap for pcap; pcapng has a file of its own.
 */
#include "app/savefile_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du
#define MAGIC_KUZNETZOV 0xa1b2cd34u     /* eight more octets a record */
#define MAGIC_IXIA_HARDWARE 0x1c0001acu /* nanoseconds, and the length of all records behind the header */
#define MAGIC_IXIA_SOFTWARE 0x1c0001abu
#define MAGIC_PCAPNG 0x0a0d0d0au
#define PCAP_HEADER 24
#define PCAP_MINOR_SWAPPED 3 /* until here some have written a record's two lengths the other way round */
#define PCAP_RECORD 16
#define SECOND_NS UINT64_C(1000000000)
#define QUIET_MS 100

uint16_t savefile_u16(const struct savefile *file, const uint8_t *p)
{
	uint16_t value;
	memcpy(&value, p, sizeof value);
	return file->is_swapped ? __builtin_bswap16(value) : value;
}

uint32_t savefile_u32(const struct savefile *file, const uint8_t *p)
{
	uint32_t value;
	memcpy(&value, p, sizeof value);
	return file->is_swapped ? __builtin_bswap32(value) : value;
}

/* Waits for something to read. False, and all is over, when that is not worth it. */
static bool savefile_wait(struct savefile *file)
{
	struct pollfd on = {.fd = file->fd, .events = POLLIN};
	if (file->size > 0 || file->patience.waits == NULL)
		return true;
	while (poll(&on, 1, QUIET_MS) <= 0)
		if (!file->patience.waits(file->patience.arg)) {
			file->is_left = file->is_over = true;
			return false;
		}
	return true;
}

/* Reads on until the window holds `n` octets, or the file ends. */
static void savefile_fill(struct savefile *file, size_t n)
{
	memmove(file->window, file->window + file->at, file->end - file->at);
	file->end -= file->at;
	file->at = 0;
	while (file->end < n && !file->is_over && savefile_wait(file)) {
		size_t room = SAVEFILE_WINDOW - file->end;
		ssize_t got = read(file->fd, file->window + file->end, room < SAVEFILE_READ ? room : SAVEFILE_READ);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			file->error = errno;
		if (got <= 0)
			file->is_over = true;
		else
			file->end += (size_t)got;
	}
}

const uint8_t *savefile_peek(struct savefile *file, size_t n)
{
	if (file->end - file->at < n) {
		savefile_fill(file, n);
		if (file->end < n)
			return NULL;
	}
	return file->window + file->at;
}

void savefile_consume(struct savefile *file, size_t n)
{
	file->at += n;
	uint64_t position = atomic_load_explicit(&file->position, memory_order_relaxed);
	atomic_store_explicit(&file->position, position + n, memory_order_relaxed);
}

bool savefile_skip(struct savefile *file, uint64_t n)
{
	while (n > 0) {
		size_t step = n < SAVEFILE_WINDOW ? (size_t)n : SAVEFILE_WINDOW;
		if (savefile_peek(file, step) == NULL)
			return false;
		savefile_consume(file, step);
		n -= step;
		file->is_inside = n > 0;
	}
	return true;
}

enum savefile_rc savefile_stop(struct savefile *file, enum savefile_rc rc, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(file->why, sizeof file->why, format, args);
	va_end(args);
	file->ended = rc;
	return rc;
}

enum savefile_rc savefile_short(struct savefile *file)
{
	if (file->error != 0)
		return savefile_stop(file, SAVEFILE_BAD, "read error: %s", strerror(file->error));
	if (file->is_left || (!file->is_inside && file->at == file->end))
		return savefile_stop(file, SAVEFILE_END, "end of file");
	return savefile_stop(file, SAVEFILE_CUT, "the file is cut short after %llu octets: what came before has been read",
		(unsigned long long)(atomic_load(&file->position)));
}

static bool is_ixia(uint32_t magic)
{
	return magic == MAGIC_IXIA_HARDWARE || magic == MAGIC_IXIA_SOFTWARE;
}

static bool is_pcap(uint32_t magic)
{
	return magic == MAGIC_US || magic == MAGIC_NS || magic == MAGIC_KUZNETZOV || is_ixia(magic);
}

/* pcap's file header. 0 or -EINVAL: another magic number. */
static int pcap_begin(struct savefile *file, uint32_t magic)
{
	uint32_t swapped = __builtin_bswap32(magic);
	file->is_swapped = is_pcap(swapped);
	if (file->is_swapped)
		magic = swapped;
	if (!is_pcap(magic))
		return -EINVAL;
	size_t len = PCAP_HEADER + (is_ixia(magic) ? 4 : 0);
	const uint8_t *header = savefile_peek(file, len);
	if (header == NULL)
		return -EINVAL;
	file->has_ns = magic == MAGIC_NS || is_ixia(magic);
	file->record_header = magic == MAGIC_KUZNETZOV ? PCAP_RECORD + 8 : PCAP_RECORD;
	file->has_old_lengths = savefile_u16(file, header + 6) <= PCAP_MINOR_SWAPPED;
	file->type = savefile_u32(file, header + 20) & 0x03ffffff; /* the bits above tell the length of a frame check sequence */
	savefile_consume(file, len);
	return 0;
}

static enum savefile_rc pcap_next(struct savefile *file, struct savefile_frame *frame)
{
	size_t header = file->record_header;
	const uint8_t *p = savefile_peek(file, header);
	if (p == NULL)
		return savefile_short(file);
	uint32_t len = savefile_u32(file, p + 8);
	uint32_t sent = savefile_u32(file, p + 12);
	if (file->has_old_lengths && len > sent)
		len = sent;
	if (len > SAVEFILE_FRAME_MAX)
		return savefile_stop(file, SAVEFILE_BAD,
			"a record claims %u octets, more than any capture has: the file is damaged after %llu octets", len,
			(unsigned long long)(atomic_load(&file->position)));
	uint32_t seconds = savefile_u32(file, p);
	uint32_t fraction = savefile_u32(file, p + 4);
	p = savefile_peek(file, header + len);
	if (p == NULL)
		return savefile_short(file);
	frame->at_ns = seconds * SECOND_NS + fraction * (file->has_ns ? UINT64_C(1) : UINT64_C(1000));
	frame->type = file->type;
	frame->octets = p + header;
	frame->len = len;
	savefile_consume(file, header + len);
	return SAVEFILE_FRAME;
}

static int savefile_begin(struct savefile *file)
{
	const uint8_t *p = savefile_peek(file, 4);
	if (file->error != 0)
		return -file->error;
	if (p == NULL)
		return -EINVAL;
	uint32_t magic;
	memcpy(&magic, p, sizeof magic);
	file->is_pcapng = magic == MAGIC_PCAPNG;
	return file->is_pcapng ? pcapng_begin(file) : pcap_begin(file, magic);
}

int savefile_open(struct savefile **out, const char *path, const struct savefile_patience *patience, char why[static SAVEFILE_WHY_CAP])
{
	struct savefile *file = calloc(1, sizeof *file);
	int error = -ENOMEM;
	if (file != NULL)
		file->window = malloc(SAVEFILE_WINDOW);
	if (file == NULL || file->window == NULL)
		goto fail;
	if (patience != NULL)
		file->patience = *patience;
	/* Non-blocking, or opening a FIFO would wait for its writer, whatever becomes of us. */
	file->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | (patience != NULL ? O_NONBLOCK : 0));
	if (file->fd < 0) {
		error = -errno;
		goto fail;
	}
	struct stat status;
	if (fstat(file->fd, &status) == 0 && S_ISREG(status.st_mode))
		file->size = (uint64_t)status.st_size;
	error = savefile_begin(file);
	if (error < 0) {
		error = file->is_left ? -EINTR : error;
		close(file->fd);
		goto fail;
	}
	*out = file;
	return 0;
fail:
	snprintf(why, SAVEFILE_WHY_CAP, "%s", error == -EINVAL ? "not a pcap or pcapng capture file" : strerror(-error));
	if (file != NULL) {
		free(file->window);
		free(file->interfaces);
	}
	free(file);
	return error;
}

void savefile_close(struct savefile *file)
{
	if (file == NULL)
		return;
	close(file->fd);
	free(file->window);
	free(file->interfaces);
	free(file);
}

enum savefile_rc savefile_next(struct savefile *file, struct savefile_frame *frame, char why[static SAVEFILE_WHY_CAP])
{
	enum savefile_rc rc = file->ended;
	if (rc == SAVEFILE_FRAME)
		rc = file->is_pcapng ? pcapng_next(file, frame) : pcap_next(file, frame);
	if (rc != SAVEFILE_FRAME)
		memcpy(why, file->why, SAVEFILE_WHY_CAP);
	return rc;
}

uint64_t savefile_position(const struct savefile *file)
{
	return atomic_load_explicit(&file->position, memory_order_relaxed);
}

uint64_t savefile_size(const struct savefile *file)
{
	return file->size;
}
