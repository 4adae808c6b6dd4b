/* SPDX-License-Identifier: Apache-2.0 */
/* Which format a file is in, by its content alone: feeds come under any name. */
#include "feed/format.h"

#include <string.h>

/* The most particular first. */
static const struct format *const formats[] = {
	&urlhaus_csv_format,
	&urlhaus_json_format,
	&threatfox_csv_format,
	&threatfox_json_format,
	&misp_format,
	&misp_manifest_format,
	&stix_format,
	&ndjson_format, /* any other JSON */
	&zeek_format,
	&rpz_format,
	&hosts_format,
	&adblock_format,
	&unbound_format,
	&dnsmasq_format,
	&dataset_format,
	&native_format,
};

const struct format *format_of(const char *octets, size_t len)
{
	if (len >= 3 && memcmp(octets, "\xef\xbb\xbf", 3) == 0) {
		octets += 3;
		len -= 3;
	}
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i]->is(octets, len))
			return formats[i];
	return &native_format;
}
