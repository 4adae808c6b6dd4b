/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_QUIC_VERSION_H
#define WIRE_QUIC_VERSION_H

#include <stdint.h>

/* The secrets that versions make their Initials' keys from: a version's salt is all that tells its Initials apart. */
enum quic_salt {
	QUIC_SALT_V1, /* RFC 9001 §5.2; drafts 33 and 34 */
	QUIC_SALT_DRAFT_29,
	QUIC_SALT_DRAFT_23,
	QUIC_SALT_DRAFT_22,
	QUIC_SALT_Q050, /* Google's: gquic.h */
	QUIC_SALT_T050,
	QUIC_SALT_T051,
	QUIC_SALT_V2, /* RFC 9369 §3.3.1 */
	QUIC_SALTS,
};

/* The salt of a version; QUIC_SALTS for one that is not known. */
static inline enum quic_salt quic_version_salt(uint32_t version)
{
	switch (version) {
	case 0x00000001:
	case 0xff000021:
	case 0xff000022:
		return QUIC_SALT_V1;
	case 0x6b3343cf:
		return QUIC_SALT_V2;
	case 0xff00001d:
	case 0xff00001e:
	case 0xff00001f:
	case 0xff000020:
		return QUIC_SALT_DRAFT_29;
	case 0xff000017:
	case 0xff000018:
	case 0xff000019:
	case 0xff00001a:
	case 0xff00001b:
	case 0xff00001c:
	case 0xfaceb002: /* mvfst, as draft 27 */
	case 0xfaceb00e:
		return QUIC_SALT_DRAFT_23;
	case 0xff000016:
	case 0xfaceb001:
		return QUIC_SALT_DRAFT_22;
	case 0x51303530:
		return QUIC_SALT_Q050;
	case 0x54303530:
		return QUIC_SALT_T050;
	case 0x54303531:
		return QUIC_SALT_T051;
	default:
		return QUIC_SALTS;
	}
}

#endif
