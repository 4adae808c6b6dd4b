/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot    magic u32 | generation u64 | seq u64 | id u64 u64 | 0 ... | crc32c of all before u32          big-endian, 64 octets
 *
 * Invariant: of the two slots at least one is whole, because only the older one is ever written. The slots are a page apart, so that no sector holds both.
 */
#include "sink/ackfile.h"

#include "sink/crc32c.h"

#include <c2watch/rd.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SLOT_LEN 64
#define SLOT_APART 4096
#define SLOT_MAGIC 0xc2acc2acu

static uint64_t rd_u64(struct c2_rd *rd)
{
	uint64_t high = c2_rd_u32(rd);
	return high << 32 | c2_rd_u32(rd);
}

static bool slot_read(const uint8_t octets[static SLOT_LEN], struct ackfile *slot)
{
	struct c2_rd in = c2_rd_closed(octets, SLOT_LEN);
	uint32_t magic = c2_rd_u32(&in);
	slot->generation = rd_u64(&in);
	slot->seq = rd_u64(&in);
	slot->id.ms = rd_u64(&in);
	slot->id.seq = rd_u64(&in);
	c2_rd_skip(&in, SLOT_LEN - 4 - 36);
	uint32_t crc = c2_rd_u32(&in);
	return magic == SLOT_MAGIC && crc == crc32c(0, octets, SLOT_LEN - 4);
}

static void slot_put(const struct ackfile *slot, uint8_t octets[static SLOT_LEN])
{
	uint32_t magic = htobe32(SLOT_MAGIC);
	uint64_t numbers[] = {htobe64(slot->generation), htobe64(slot->seq), htobe64(slot->id.ms), htobe64(slot->id.seq)};
	memset(octets, 0, SLOT_LEN);
	memcpy(octets, &magic, sizeof magic);
	memcpy(octets + sizeof magic, numbers, sizeof numbers);
	uint32_t crc = htobe32(crc32c(0, octets, SLOT_LEN - 4));
	memcpy(octets + SLOT_LEN - 4, &crc, sizeof crc);
}

/* Takes the newer of the two slots. */
static void read_slots(struct ackfile *ack)
{
	for (off_t i = 0; i < 2; i++) {
		uint8_t octets[SLOT_LEN];
		struct ackfile slot;
		if (pread(ack->fd, octets, SLOT_LEN, i * SLOT_APART) != SLOT_LEN || !slot_read(octets, &slot) || slot.generation <= ack->generation)
			continue;
		slot.fd = ack->fd;
		*ack = slot;
	}
}

int ackfile_open(struct ackfile *ack, int dir_fd, const char *name)
{
	*ack = (struct ackfile){.fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
	if (ack->fd < 0)
		return -errno;
	/* Its room is taken now: on a full disk it is the acknowledgements that make room again. Where that cannot be had, it goes without. */
	(void)posix_fallocate(ack->fd, 0, SLOT_APART + SLOT_LEN);
	read_slots(ack);
	return 0;
}

int ackfile_look(struct ackfile *ack, int dir_fd, const char *name)
{
	*ack = (struct ackfile){.fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
	if (ack->fd < 0)
		return -errno;
	read_slots(ack);
	ackfile_close(ack);
	return 0;
}

int ackfile_write(struct ackfile *ack, uint64_t seq, struct sink_id id)
{
	struct ackfile next = {.fd = ack->fd, .generation = ack->generation + 1, .seq = seq, .id = id};
	uint8_t octets[SLOT_LEN];
	slot_put(&next, octets);
	ssize_t n = pwrite(ack->fd, octets, SLOT_LEN, (off_t)(next.generation % 2) * SLOT_APART);
	if (n != SLOT_LEN)
		return n < 0 ? -errno : -ENOSPC;
	*ack = next;
	return 0;
}

void ackfile_close(struct ackfile *ack)
{
	if (ack->fd >= 0)
		close(ack->fd);
	ack->fd = -1;
}
