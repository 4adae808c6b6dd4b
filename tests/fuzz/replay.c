/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target without its fuzzer: runs each file through LLVMFuzzerTestOneInput(), one TAP line a file. Arguments are files and directories;
 * without any it is the committed corpus of the program's own name: `dns_fuzz` replays tests/fuzz/corpus/dns.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_LEN_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* Runs one file. Its octets lie in memory of exactly their size, so that a sanitizer sees the first one too many. */
static int replay_file(const char *path, unsigned number)
{
	FILE *file = fopen(path, "rb");
	uint8_t *all = malloc(INPUT_LEN_MAX);
	uint8_t *octets = NULL;
	size_t len = 0;
	if (file != NULL && all != NULL)
		len = fread(all, 1, INPUT_LEN_MAX, file);
	bool is_read = file != NULL && all != NULL && !ferror(file) && (octets = malloc(len + (len == 0))) != NULL;
	if (is_read) {
		memcpy(octets, all, len);
		LLVMFuzzerTestOneInput(octets, len);
	}
	printf("%s %u - %s\n", is_read ? "ok" : "not ok", number, path);
	fflush(stdout);
	free(octets);
	free(all);
	if (file != NULL)
		fclose(file);
	return is_read ? 0 : -1;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Runs a file, or all files of a directory in the order of their names. Returns how many failed. */
static unsigned replay(const char *path, unsigned *number)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_visible, alphasort);
	unsigned failed = 0;
	if (count < 0)
		return replay_file(path, ++*number) < 0;
	for (int i = 0; i < count; i++) {
		char inner[4096];
		snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
		failed += replay(inner, number);
		free(entries[i]);
	}
	free(entries);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned number = 0;
	unsigned failed = 0;
	for (int i = 1; i < argc; i++)
		failed += replay(argv[i], &number);
	if (argc == 1) {
		char path[4096];
		const char *srcdir = getenv("srcdir");
		const char *name = strrchr(argv[0], '/');
		name = name != NULL ? name + 1 : argv[0];
		int len = (int)(strlen(name) - strlen("_fuzz"));
		snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%.*s", srcdir != NULL ? srcdir : ".", len, name);
		failed += replay(path, &number);
	}
	printf("1..%u\n", number);
	return failed > 0 || number == 0;
}
