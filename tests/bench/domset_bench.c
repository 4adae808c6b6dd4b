/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds a lookup. usage: domset_bench NAMES [LOOKUPS]: text files, one name a line; what is listed, and what is looked up (without it:
 * names of our own that are not listed, two or three labels under a few common top-level domains).
 */

#include <c2watch/domset.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOKUPS 2000000
#define PASSES 5

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct c2_domset *set_from(const char *path)
{
	FILE *file = fopen(path, "r");
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	struct c2_domset *set = NULL;
	char line[4096];
	uint32_t n = 0;
	if (file == NULL || builder == NULL)
		exit(1);
	uint64_t began = now_ns();
	while (fgets(line, sizeof line, file) != NULL) {
		struct c2_name name;
		if (c2_name_from_text(line, strcspn(line, "\n"), &name) == C2_OK)
			n += c2_domset_builder_add(builder, &name, C2_SCOPE_TREE) == 0;
	}
	uint64_t added = now_ns();
	if (c2_domset_build(builder, NULL, &set) != 0)
		exit(1);
	size_t len;
	c2_domset_image(set, &len);
	printf("%u names, %.1f MB, %.1f octets a name; read and added in %.2f s, built in %.2f s\n", n, (double)len / 1e6, (double)len / n,
		(double)(added - began) / 1e9, (double)(now_ns() - added) / 1e9);
	c2_domset_builder_free(builder);
	fclose(file);
	return set;
}

/* Names as they lie in packets: one behind the other, its length, its labels, its wire form. */
static size_t names_from(const char *path, uint8_t *names)
{
	static const char *const tlds[] = {"com", "net", "org", "de", "io", "co.uk", "cn", "ru"};
	FILE *file = path != NULL ? fopen(path, "r") : NULL;
	char line[4096];
	size_t n = 0;
	uint64_t seed = 88172645463325252u;
	while (n < LOOKUPS) {
		if (file != NULL && fgets(line, sizeof line, file) == NULL)
			break;
		if (file == NULL) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			snprintf(line, sizeof line, "%ssite-%llx.%s", seed % 3 == 0 ? "" : "www.", (unsigned long long)(seed >> 24), tlds[seed % 8]);
		}
		struct c2_name name;
		if (c2_name_from_text(line, strcspn(line, "\n"), &name) != C2_OK)
			continue;
		memcpy(names, &name, 2u + name.len);
		names += 2u + name.len;
		n++;
	}
	if (file != NULL)
		fclose(file);
	return n;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	struct c2_domset *set = set_from(argv[1]);
	uint8_t *names = malloc(LOOKUPS * sizeof(struct c2_name));
	if (names == NULL)
		return 1;
	size_t n = names_from(argc > 2 ? argv[2] : NULL, names);
	double least = 1e9;
	size_t hits = 0;
	for (unsigned pass = 0; pass < PASSES; pass++) {
		uint64_t began = now_ns();
		hits = 0;
		const uint8_t *at = names;
		for (size_t i = 0; i < n; i++) {
			struct c2_name name;
			struct c2_verdict verdict;
			/* In fixed sizes, so that the copy costs little; the arena has room behind its last name. */
			if (at[0] < 62)
				memcpy(&name, at, 64);
			else
				memcpy(&name, at, sizeof name);
			at += 2u + name.len;
			hits += c2_domset_find(set, &name, &verdict) == C2_OK;
		}
		double each = (double)(now_ns() - began) / (double)n;
		least = each < least ? each : least;
	}
	printf("%zu lookups, %zu hits: %.1f ns each\n", n, hits, least);
	free(names);
	c2_domset_free(set);
	return 0;
}
