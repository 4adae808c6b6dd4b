/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a MaxMind DB file: refused, or asked for a few addresses. What libmaxminddb would break on must not come past the checks before it. */
#include "host/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);
const char *__lsan_default_suppressions(void);

/* MMDB_open() of 1.7.1 forgets a list when it refuses metadata whose languages are no texts: a few octets, once a start, of a file that is not used. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

static void look_up(const struct place *place)
{
	static const struct c2_addr addrs[] = {
		{.family = 4, .octets = {0, 0, 0, 0}},
		{.family = 4, .octets = {203, 0, 113, 9}},
		{.family = 4, .octets = {255, 255, 255, 255}},
		{.family = 6, .octets = {0}},
		{.family = 6, .octets = {0x20, 0x01, 0x0d, 0xb8, 0, 1}},
	};
	for (size_t i = 0; i < sizeof addrs / sizeof *addrs; i++) {
		struct place_facts facts;
		place_find(place, &addrs[i], &facts);
		if (memchr(facts.country_iso_code, 0, sizeof facts.country_iso_code) == NULL || memchr(facts.city, 0, sizeof facts.city) == NULL ||
			memchr(facts.as_organisation, 0, sizeof facts.as_organisation) == NULL)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	int fd = memfd_create("place_fuzz", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	char path[32], why[128];
	const char *files[] = {path};
	struct place *place;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (write(fd, octets, len) == (ssize_t)len && place_open(&place, files, 1, why, sizeof why) == 0) {
		look_up(place);
		place_close(place);
	}
	close(fd);
	return 0;
}
