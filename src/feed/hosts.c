/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts files, hosts(5): an address and names. Each name is listed as it stands, for a hosts file says nothing of the names below. */
#include "feed/format.h"
#include "feed/sample.h"
#include "feed/sinkhole.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define HOSTS_BLANKS " \t"

/* Names of the machine itself, which hosts files have before what they block. */
static const char *const hosts_own[] = {"localhost", "localhost.localdomain", "local", "broadcasthost", "localhost4", "localhost4.localdomain4",
	"localhost6", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters",
	"ip6-allhosts", "0.0.0.0"};

static bool hosts_is_own(const char *name)
{
	for (size_t i = 0; i < sizeof hosts_own / sizeof *hosts_own; i++)
		if (strcasecmp(hosts_own[i], name) == 0)
			return true;
	return false;
}

/* Is it an address? A zone (`fe80::1%lo0`) is cut off. */
static bool hosts_is_address(char *text)
{
	uint8_t address[16];
	text[strcspn(text, "%")] = '\0';
	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static int hosts_line_read(void *reader, char *line, uint32_t number)
{
	struct intake *intake = reader;
	char *rest, *name;
	line[strcspn(line, "#")] = '\0';
	char *address = strtok_r(line, HOSTS_BLANKS, &rest);
	if (address == NULL)
		return 0;
	if (!hosts_is_address(address))
		return intake_refuse(intake, number, "%s: not an address, with which a line of a hosts file begins", address);
	if ((name = strtok_r(NULL, HOSTS_BLANKS, &rest)) == NULL)
		return intake_refuse(intake, number, "%s: an address without a name", address);
	for (; name != NULL; name = strtok_r(NULL, HOSTS_BLANKS, &rest)) {
		if (hosts_is_own(name))
			continue;
		if (!sinkhole_is(address))
			return intake_refuse(intake, number, "%s: %s", address, SINKHOLE_NOT);
		int rc = intake_take(intake, &(struct intake_entry){.text = name, .line = number, .scope = C2_SCOPE_EXACT});
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* An address and a word behind it, which is no attribute of the native format. */
static enum sample_word hosts_sample(char *line)
{
	char *rest;
	char *address = strtok_r(line, HOSTS_BLANKS, &rest);
	if (address == NULL || *address == '#')
		return SAMPLE_NOTHING;
	if (!hosts_is_address(address))
		return SAMPLE_NO;
	char *name = strtok_r(NULL, HOSTS_BLANKS, &rest);
	if (name == NULL || *name == '#')
		return SAMPLE_NOTHING;
	return strchr(name, '=') == NULL ? SAMPLE_YES : SAMPLE_NO;
}

static bool hosts_is(const char *octets, size_t len)
{
	return sample_says(octets, len, hosts_sample);
}

static int hosts_read(struct intake *intake, struct lines *lines)
{
	return intake_lines(intake, lines, hosts_line_read, intake);
}

const struct format hosts_format = {.name = "a hosts file", .is = hosts_is, .read = hosts_read};
