/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_TLS_H
#define C2WATCH_TLS_H

#include <c2watch/name.h>

/* A ClientHello longer than this is no client's: RFC 8446 allows more, nobody sends it. Octets of the handshake message. */
#define C2_TLS_HELLO_MAX 65535
#define C2_TLS_1_3 0x0304
/* Records beside the handshake's that are stepped over on the way to a hello's end: as many as OpenSSL bears. */
#define C2_TLS_STRAYS_MAX 32
#define C2_TLS_ALPN_MAX 4
#define C2_TLS_ALPN_LEN_MAX 15

/* Handshake messages, RFC 8446 §4. */
enum c2_tls_message { C2_TLS_CLIENT_HELLO = 1, C2_TLS_SERVER_HELLO = 2 };

/* What a ClientHello says. */
struct c2_tls_hello {
	struct c2_name name; /* server name (RFC 6066 §3); len 0 when there is none */
	bool has_bad_name;   /* there is one, and it is no domain name */
	bool is_whole;       /* the hello was at hand to its end: what follows is all it says */
	bool has_ech;        /* encrypted_client_hello: the name is the outer one */
	uint16_t version;    /* the highest offered, 0x0304 for TLS 1.3; 0 where the hello is cut before that is known */
	uint8_t alpns;
	char alpn[C2_TLS_ALPN_MAX][C2_TLS_ALPN_LEN_MAX + 1]; /* the first protocols offered that are printable and fit, NUL-ended */
};

/* Could these octets, the first of a TCP segment, begin a ClientHello? True for a beginning too short to tell. */
bool c2_tls_hello_begins(const uint8_t *octets, size_t len);

/*
 * Reads a record that a stack steps over on its way to a hello: an alert, the one octet of a ChangeCipherSpec, a handshake record without octets.
 * `len` its octets. OK; NONE for any other; MORE. RFC 5246 §6.2.1 has content types interleaved, and RFC 8446 §5 a server drop ChangeCipherSpec.
 */
enum c2_rc c2_tls_stray_read(struct c2_rd in, size_t *len);

/*
 * Joins the records at the head of a stream into the handshake octets that they carry, as far as its first message goes. RFC 8446 §5.1. What
 * c2_tls_stray_read() knows may stand between them: a sensor that is stricter than a server is blind to what that server reads.
 *
 * `in`      the stream's head, open
 * `type`    the message that is looked for
 * `scratch` C2_TLS_HELLO_MAX + 4 octets, written to only when the message spans records
 * `out`     a view of the message, header included, into `in` or `scratch`; open when not all of it is at hand
 *
 * OK; NONE when the first record does not begin that message; MORE when it is too short to tell; BAD for a record that no TLS peer may send.
 */
enum c2_rc c2_tls_handshake(struct c2_rd in, enum c2_tls_message type, uint8_t *scratch, struct c2_rd *out);

/*
 * Reads a ClientHello from a handshake message. RFC 8446 §4.1.2, RFC 6066 §3, RFC 7301 §3.1.
 * OK as soon as the name is known, or when the hello is whole; NONE for another message; MORE; BAD.
 */
enum c2_rc c2_tls_hello_read(struct c2_rd message, struct c2_tls_hello *out);

/*
 * Reads a ClientHello in the form of SSL 2.0, from the head of a stream: it has no room for a name. RFC 5246 §E.2.
 * OK when all of it is there; NONE for anything else, and whatever does not add up is that; MORE.
 */
enum c2_rc c2_tls_hello_v2_read(struct c2_rd in, struct c2_tls_hello *out);

/*
 * Reads the body of a DTLS ClientHello, without its message header: it has a cookie, and its versions count downwards. `out->version` is the highest
 * offered as it stands on the wire, 0xfefd for DTLS 1.2. As c2_tls_hello_read(). RFC 6347 §4.2.1, RFC 9147 §5.3.
 */
enum c2_rc c2_dtls_hello_read(struct c2_rd body, struct c2_tls_hello *out);

#define C2_TLS_JA4_CAP 37

/*
 * Writes the fingerprint JA4 of a client: `t13d1516h2_8daaf6152771_02713d6af862`.
 *
 * `message`   the ClientHello, its handshake header included
 * `transport` the fingerprint's first letter: `t` for TCP, `q` for QUIC
 * `text`      C2_TLS_JA4_CAP octets, written to on OK only, NUL at its end
 *
 * OK; NONE for another message, or one that lists more than 256 suites, extensions or signature algorithms; MORE until all of it is at hand; BAD.
 */
enum c2_rc c2_tls_ja4(struct c2_rd message, char transport, char *text);

/*
 * The same of a DTLS client, `dd2d1516h2_8daaf6152771_02713d6af862`, from the body of its hello, which has a cookie; `body` is open while not all of it is
 * at hand. Of the versions offered the newest counts, which has the smallest number. As c2_tls_ja4(), but never NONE for another message.
 */
enum c2_rc c2_dtls_ja4(struct c2_rd body, char *text);

/* What a ServerHello says. */
struct c2_tls_server_hello {
	uint16_t version; /* that the server chose, 0x0304 for TLS 1.3 */
	uint16_t cipher;
	bool is_retry; /* HelloRetryRequest: the client is asked for another hello */
	char alpn[C2_TLS_ALPN_LEN_MAX +
		  1]; /* the protocol chosen, when it stands in the clear, is printable and fits; NUL-ended, empty without one */
};

/* Could these octets, the first of a TCP segment, begin a ServerHello? False for a beginning too short to tell. */
bool c2_tls_server_begins(const uint8_t *octets, size_t len);

/*
 * Reads a ServerHello or HelloRetryRequest from a handshake message, or from the head of several. RFC 8446 §4.1.3, RFC 5246 §7.4.1.3.
 * OK when it is whole; NONE for another message; MORE; BAD.
 */
enum c2_rc c2_tls_server_hello_read(struct c2_rd message, struct c2_tls_server_hello *out);

#define C2_TLS_FLIGHT_MAX 65536
#define C2_TLS_CERTIFICATE_NAMES_MAX 16

/* What a server's certificate says. */
struct c2_tls_certificate {
	uint16_t version; /* that the server chose, 0x0303 for TLS 1.2 */
	bool is_subject;  /* the one name is the subject's common name: there was no other, and it looks like a host's */
	uint8_t names;
	struct c2_name name[C2_TLS_CERTIFICATE_NAMES_MAX]; /* the first ones; a wildcard keeps its `*` label */
};

/*
 * Joins the handshake records at the head of a server's stream. RFC 8446 §5.1.
 *
 * `in`      the stream's head, open
 * `scratch` C2_TLS_FLIGHT_MAX octets: what is joined, at most so much of it
 * `out`     a view of it; closed when a record of another type follows, or when there is no more room
 *
 * OK; NONE when the first record is none of a handshake; MORE before any of it is at hand; BAD for a record that no TLS peer may send.
 */
enum c2_rc c2_tls_flight(struct c2_rd in, uint8_t *scratch, struct c2_rd *out);

/*
 * Reads the names of a server's own certificate from the messages ServerHello and Certificate of TLS 1.2 and before. RFC 5246 §7.4.2, RFC 5280 §4.2.1.6.
 * OK once that certificate is whole and has names; NONE when there is none in the clear, or without names; MORE; BAD.
 */
enum c2_rc c2_tls_certificate_read(struct c2_rd flight, struct c2_tls_certificate *out);

#endif
