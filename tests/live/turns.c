/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures how long a capture worker is away from its capture. Preloaded, it stands before poll(2), where a worker waits for frames: a worker's turn is the
 * time from one return of poll to the next call. A turn's wall time is what the worker worked (its CPU clock), what it was ready to run and had no CPU
 * (/proc/thread-self/schedstat: the machine is busy, no fault of ours), and what is left: the time it slept for something other than its capture, a lock, a
 * disk, a server. That is the stall. The figures stand in the file that TURNS names, a struct turns: the longest of any worker.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct turns {
	_Atomic uint64_t count;
	_Atomic uint64_t turn_ns;  /* the longest by the wall's clock */
	_Atomic uint64_t work_ns;  /* by the thread's */
	_Atomic uint64_t stall_ns; /* the longest stall */
	_Atomic uint64_t sleeps;   /* turns in which the worker gave up the CPU by itself */
};

struct moment {
	uint64_t wall_ns, work_ns, ready_ns; /* ready: runnable without a CPU */
	long sleeps;
};

static int (*real_poll)(struct pollfd *, nfds_t, int);
static struct turns *turns;

__attribute__((constructor)) static void turns_open(void)
{
	const char *path = getenv("TURNS");
	real_poll = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, sizeof *turns) < 0)
		return;
	void *map = mmap(NULL, sizeof *turns, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		turns = map;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The wall's clock is read outermost at both ends of a turn: what measuring costs is counted as work, never as a stall less. */
static void moment_read(struct moment *moment, int schedstat)
{
	char text[96] = "";
	unsigned long long ran = 0, ready = 0;
	struct rusage usage;
	if (pread(schedstat, text, sizeof text - 1, 0) > 0)
		sscanf(text, "%llu %llu", &ran, &ready);
	getrusage(RUSAGE_THREAD, &usage);
	moment->ready_ns = ready;
	moment->sleeps = usage.ru_nvcsw;
	moment->work_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	moment->wall_ns = clock_ns(CLOCK_MONOTONIC);
}

static void raise_to(_Atomic uint64_t *longest, uint64_t ns)
{
	uint64_t before = atomic_load(longest);
	while (before < ns && !atomic_compare_exchange_weak(longest, &before, ns))
		;
}

static void turn_end(const struct moment *begun, int schedstat)
{
	struct moment now;
	moment_read(&now, schedstat);
	uint64_t turn_ns = now.wall_ns - begun->wall_ns, work_ns = now.work_ns - begun->work_ns;
	uint64_t awake_ns = work_ns + now.ready_ns - begun->ready_ns;
	atomic_fetch_add(&turns->count, 1);
	raise_to(&turns->turn_ns, turn_ns);
	raise_to(&turns->work_ns, work_ns);
	if (now.sleeps == begun->sleeps)
		return; /* it may have been interrupted; it has waited for nothing */
	atomic_fetch_add(&turns->sleeps, 1);
	if (turn_ns > awake_ns)
		raise_to(&turns->stall_ns, turn_ns - awake_ns);
}

/* 1, 0, or -1: it has no name of its own yet. */
static int is_worker(void)
{
	char name[16] = "";
	prctl(PR_GET_NAME, name);
	if (strcmp(name, program_invocation_short_name) == 0)
		return -1;
	return strncmp(name, "worker-", 7) == 0;
}

int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	static _Thread_local int schedstat = -1, worker = -1;
	static _Thread_local struct moment begun;
	if (turns == NULL || worker == 0)
		return real_poll(fds, n, timeout_ms);
	if (worker > 0)
		turn_end(&begun, schedstat);
	else if ((worker = is_worker()) > 0)
		schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	int rc = real_poll(fds, n, timeout_ms);
	if (worker > 0)
		moment_read(&begun, schedstat);
	return rc;
}
