/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/sinkhole.h"

#include <arpa/inet.h>
#include <string.h>

bool sinkhole_is(const char *text)
{
	struct in6_addr v6;
	struct in_addr v4;
	if (inet_pton(AF_INET, text, &v4) == 1)
		return v4.s_addr == htonl(INADDR_ANY) || ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, text, &v6) == 1 && (IN6_IS_ADDR_UNSPECIFIED(&v6) || IN6_IS_ADDR_LOOPBACK(&v6));
}
