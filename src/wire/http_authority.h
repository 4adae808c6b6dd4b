/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_HTTP_AUTHORITY_H
#define WIRE_HTTP_AUTHORITY_H

#include <c2watch/name.h>

/*
 * The host of `host[:port]` or `[address]:port`, RFC 3986 §3.2.2, as versions 1 and 2 of HTTP have it. Userinfo, which has no business there, is stepped over,
 * up to the last @ as browsers do. `out`: its len is left alone for an empty text, 0 for what is no host; `*is_bad` is set when that is no name.
 */
void http_authority(struct c2_rd text, struct c2_name *out, bool *is_bad);

#endif
