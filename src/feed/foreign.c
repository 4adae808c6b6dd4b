/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is no feed, told apart only to be refused by what it is: the error page that a server sent with status 200, the archive that nobody unpacked. Read
 * as a list it would be refused line by line, but for the line that looks like a name.
 */
#include "feed/format.h"

#include <string.h>
#include <strings.h>

struct foreign {
	const char *magic;
	size_t len;
	bool is_text; /* behind blanks, in any case */
	const char *what;
};

#define MAGIC(octets) (octets), sizeof(octets) - 1

static const struct foreign foreign_kinds[] = {
	{MAGIC("<!doctype html"), true, "an HTML page"},
	{MAGIC("<html"), true, "an HTML page"},
	{MAGIC("<head"), true, "an HTML page"},
	{MAGIC("<?xml"), true, "XML"},
	{MAGIC("%PDF-"), false, "a PDF document"},
	{MAGIC("PK\3\4"), false, "a zip archive"},
	{MAGIC("\xfd"
	       "7zXZ"),
		false, "an xz archive"},
	{MAGIC("BZh"), false, "a bzip2 archive"},
	{MAGIC("\x28\xb5\x2f\xfd"), false, "a zstd archive"},
	{MAGIC("7z\xbc\xaf"), false, "a 7-Zip archive"},
	{MAGIC("\x7f"
	       "ELF"),
		false, "a program"},
	{MAGIC("MZ\x90"), false, "a program"},
};

static const struct foreign *foreign_of(const char *octets, size_t len)
{
	size_t blanks = 0;
	while (blanks < len && memchr(" \t\r\n", octets[blanks], 4) != NULL)
		blanks++;
	for (size_t i = 0; i < sizeof foreign_kinds / sizeof *foreign_kinds; i++) {
		const struct foreign *kind = &foreign_kinds[i];
		size_t at = kind->is_text ? blanks : 0;
		if (len - at < kind->len)
			continue;
		if (kind->is_text ? strncasecmp(octets + at, kind->magic, kind->len) == 0 : memcmp(octets, kind->magic, kind->len) == 0)
			return kind;
	}
	return NULL;
}

static bool foreign_is(const char *octets, size_t len)
{
	return foreign_of(octets, len) != NULL;
}

static int foreign_read(struct intake *intake, struct lines *lines)
{
	const char *octets;
	size_t len;
	if (!lines_peek(lines, &octets, &len))
		return intake_fail(intake, 0, "%s", lines_error(lines));
	if (len >= 3 && memcmp(octets, "\xef\xbb\xbf", 3) == 0) {
		octets += 3;
		len -= 3;
	}
	const struct foreign *kind = foreign_of(octets, len);
	return intake_fail(intake, 0, "%s, not a feed", kind != NULL ? kind->what : "no text");
}

const struct format foreign_format = {.name = "no feed", .is = foreign_is, .read = foreign_read};
