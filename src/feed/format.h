/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEED_FORMAT_H
#define FEED_FORMAT_H

#include "feed/intake.h"

/* A format of feeds: one file each. */
struct format {
	const char *name; /* as messages say it */
	/* Is the file, of which the first `len` octets are these (all of it, or at least LINES_MAX), of this format? A byte order mark has been passed over. */
	bool (*is)(const char *octets, size_t len);
	/* Reads the file from its beginning. 0, also when lines were refused; -ENOTSUP: it cannot be used, told; -ENOMEM, -EFBIG. */
	int (*read)(struct intake *intake, struct lines *lines);
};

/* The format of such a file: the first whose `is` says so; the native one, which any plain list is, at last. */
const struct format *format_of(const char *octets, size_t len);

extern const struct format adblock_format;
extern const struct format dataset_format;
extern const struct format dnsmasq_format;
extern const struct format hosts_format;
extern const struct format misp_format, misp_manifest_format;
extern const struct format native_format;
extern const struct format ndjson_format;
extern const struct format rpz_format;
extern const struct format stix_format;
extern const struct format threatfox_csv_format, threatfox_json_format;
extern const struct format unbound_format;
extern const struct format urlhaus_csv_format, urlhaus_json_format;
extern const struct format zeek_format;

#endif
