/* SPDX-License-Identifier: Apache-2.0 */
/* The name's three constructors. The first octet chooses; for a message the second tells where in it the name begins. */
#include "checks.h"

static void from_message(const uint8_t *octets, size_t len)
{
	struct c2_name name;
	unsigned pointers = C2_MESSAGE_POINTERS_MAX;
	if (len == 0)
		return;
	size_t at = octets[0] <= len - 1 ? octets[0] : len - 1;
	const uint8_t *msg = octets + 1;
	struct c2_rd closed = c2_rd_closed(msg, len - 1);
	c2_rd_skip(&closed, at);
	struct c2_rd open = c2_rd_open(msg, len - 1);
	c2_rd_skip(&open, at);
	struct c2_rd stepped = closed;
	unsigned none = 0;
	enum c2_rc rc = c2_name_read(&closed, msg, &pointers, &name);
	MUST(rc == closed.rc && pointers + C2_NAME_POINTERS_MAX >= C2_MESSAGE_POINTERS_MAX);
	if (rc == C2_OK) {
		check_name(&name);
		MUST(c2_name_read(&stepped, msg, &none, NULL) == C2_OK && stepped.p == closed.p);
	}
	struct c2_name other;
	pointers = C2_MESSAGE_POINTERS_MAX;
	enum c2_rc open_rc = c2_name_read(&open, msg, &pointers, &other);
	MUST((rc == C2_OK) == (open_rc == C2_OK) && rc != C2_MORE);
	if (rc == C2_OK)
		MUST(c2_name_equal(&name, &other));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct c2_name name;
	if (len == 0)
		return 0;
	switch (octets[0] % 3) {
	case 0:
		from_message(octets + 1, len - 1);
		break;
	case 1:
		if (c2_name_from_host(octets + 1, len - 1, &name) == C2_OK)
			check_name(&name);
		break;
	default:
		if (c2_name_from_text((const char *)octets + 1, len - 1, &name) == C2_OK)
			check_name(&name);
	}
	return 0;
}
