/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/sample.h"

#include "feed/lines.h"

#include <string.h>

bool sample_says(const char *octets, size_t len, enum sample_word (*line)(char *text))
{
	bool is_cut = len >= LINES_MAX; /* then the last line may be */
	const char *end = octets + len;
	while (octets < end) {
		const char *lf = memchr(octets, '\n', (size_t)(end - octets));
		size_t n = (size_t)((lf != NULL ? lf : end) - octets);
		char text[LINES_MAX + 1];
		if (lf == NULL && is_cut)
			return false;
		const char *from = octets;
		octets += n + (lf != NULL);
		while (n > 0 && strchr(" \t\r", from[n - 1]) != NULL)
			n--;
		if (n == 0 || n > LINES_MAX || memchr(from, '\0', n) != NULL)
			continue;
		memcpy(text, from, n);
		text[n] = '\0';
		if (strncmp(text, "#:", 2) == 0)
			return false;
		enum sample_word word = line(text);
		if (word != SAMPLE_NOTHING)
			return word == SAMPLE_YES;
	}
	return false;
}
