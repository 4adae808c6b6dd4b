/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_TLS_NUMBERS_H
#define WIRE_TLS_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers of TLS that more than one decoder knows. RFC 8446 §4 and §5.1, RFC 6066 §3, RFC 7301 §3.1, RFC 9849 §5. */
#define TLS_RECORD_CHANGE_CIPHER_SPEC 20
#define TLS_RECORD_ALERT 21
#define TLS_RECORD_HANDSHAKE 22
#define TLS_MAJOR_DTLS 0xfe
#define TLS_CERTIFICATE 11
#define TLS_SESSION_ID_LEN_MAX 32
#define TLS_EXTENSION_SERVER_NAME 0
#define TLS_EXTENSION_SIGNATURE_ALGORITHMS 13
#define TLS_EXTENSION_ALPN 16
#define TLS_EXTENSION_SUPPORTED_VERSIONS 43
#define TLS_EXTENSION_ECH 0xfe0d

/* Values of the form 0x?a?a are noise on purpose, RFC 8701 §2. */
static inline bool tls_is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

#endif
