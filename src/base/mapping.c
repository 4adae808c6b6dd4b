/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only signal handler: it has to answer where the fault is, within the thread that has met it. What it calls are plain system calls, and what it
 * reads are atomics without a lock. Two threads that meet the same fault do the same twice.
 */
#include "base/mapping.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAPPINGS_MAX 16

/* A mapping under guard; `at` is 0 while the place is free, 1 while it is taken but not yet filled in. */
struct mapping_place {
	_Atomic uintptr_t at;
	atomic_size_t len; /* whole pages, with that of zeros */
	atomic_bool is_cut;
};

static struct mapping_place places[MAPPINGS_MAX];

#define TAKEN 1

static size_t mapping_pages(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	return (len + page - 1) / page * page + page;
}

static bool mapping_blank(struct mapping_place *place, uintptr_t at)
{
	if (mmap((void *)at, atomic_load(&place->len), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return false;
	atomic_store(&place->is_cut, true);
	return true;
}

static void mapping_strike(int number, siginfo_t *info, void *context)
{
	int error = errno;
	uintptr_t struck = (uintptr_t)info->si_addr;
	(void)context;
	for (unsigned i = 0; i < MAPPINGS_MAX && info->si_code == BUS_ADRERR; i++) {
		uintptr_t at = atomic_load(&places[i].at);
		if (at > TAKEN && struck >= at && struck - at < atomic_load(&places[i].len) && mapping_blank(&places[i], at)) {
			errno = error;
			return;
		}
	}
	signal(number, SIG_DFL); /* none of ours: as without us, once this returns */
	raise(number);
}

void mapping_guard(void)
{
	struct sigaction action = {.sa_sigaction = mapping_strike, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

int mapping_open(struct mapping *mapping, int fd, size_t len)
{
	unsigned i = 0;
	for (uintptr_t none = 0; i < MAPPINGS_MAX && !atomic_compare_exchange_strong(&places[i].at, &none, TAKEN); i++)
		none = 0;
	if (i == MAPPINGS_MAX)
		return -EMFILE;
	size_t pages = mapping_pages(len);
	void *octets = mmap(NULL, pages, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (octets == MAP_FAILED || mmap(octets, len, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, 0) == MAP_FAILED) {
		int error = -errno;
		if (octets != MAP_FAILED)
			munmap(octets, pages);
		atomic_store(&places[i].at, 0);
		return error;
	}
	atomic_store(&places[i].len, pages);
	atomic_store(&places[i].is_cut, false);
	atomic_store(&places[i].at, (uintptr_t)octets);
	*mapping = (struct mapping){.octets = octets, .len = len, .place = i};
	return 0;
}

void mapping_close(struct mapping *mapping)
{
	atomic_store(&places[mapping->place].at, TAKEN);
	munmap((void *)(uintptr_t)mapping->octets, mapping_pages(mapping->len));
	atomic_store(&places[mapping->place].at, 0);
}

bool mapping_is_cut(const struct mapping *mapping)
{
	return atomic_load(&places[mapping->place].is_cut);
}
