/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_RC_H
#define C2WATCH_RC_H

/* What a decoder says of the octets it was given. Nothing else crosses a decoder's return value. */
enum c2_rc {
	C2_OK,   /* decoded; the output is filled */
	C2_NONE, /* well-formed, or at least not ours: there is nothing of the wanted kind here */
	C2_MORE, /* right so far, but it goes on beyond the octets at hand */
	C2_BAD,  /* contradicts its own grammar; more octets cannot mend it */
};
#define C2_RC_COUNT 4

#endif
