/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_COMMUNITY_ID_H
#define RECORD_COMMUNITY_ID_H

#include "note/note.h"

#include <stdbool.h>

/* "1:", a SHA-1 in Base64, NUL. */
#define COMMUNITY_ID_MAX 31

/*
 * Writes the Community ID of the flow that the packet belongs to, the same in both directions: what Zeek, Suricata and Arkime call it too.
 * False: libcrypto has no SHA-1, or there are no addresses. Community ID specification, version 1, seed 0.
 */
bool community_id(const struct note_where *where, char text[COMMUNITY_ID_MAX]);

#endif
