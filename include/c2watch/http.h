/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C2WATCH_HTTP_H
#define C2WATCH_HTTP_H

#include <c2watch/name.h>

/* What the head of a request says of where it goes, and how long the request is. */
struct c2_http_request {
	bool is_connect;       /* CONNECT: what follows the head is a tunnel */
	bool is_whole;         /* the head was at hand to its end: what follows is known */
	struct c2_name target; /* host of the request's target in absolute or authority form; len 0 without */
	struct c2_name host;   /* of the Host field; len 0 without, or without a name in it */
	struct c2_name other;  /* host of another Host field that says something else: servers differ in which they take; len 0 without */
	bool has_bad_name;     /* one of them is there, and is no host name */
	size_t head_len;       /* octets up to the body */
	bool is_chunked;       /* the body is chunked */
	bool is_endless;       /* what tells the body's length is no length: nobody knows where it ends */
	bool has_length;       /* body_len has been told */
	uint64_t body_len;     /* octets of the body, when it is not chunked */
};

/* Could these octets begin a request? True for a beginning too short to tell. */
bool c2_http_begins(const uint8_t *octets, size_t len);

/* Do these octets, from the middle of a connection, begin a request? Only a whole request line of a known method will do. */
bool c2_http_request_begins(const uint8_t *octets, size_t len);

/*
 * Reads the head of a request. OK as soon as a host is known, or when the head is whole; NONE for what is no HTTP/1; MORE; BAD.
 * Lenient where servers are: bare line feeds, blanks around the colon, folded lines, empty lines in front. RFC 9112 §2.1, §3, §5, §6; RFC 9110 §7.2.
 */
enum c2_rc c2_http_request_read(struct c2_rd in, struct c2_http_request *out);

#define C2_HTTP2_PREFACE_LEN 24
#define C2_HTTP2_BLOCK_MAX 16384 /* octets of a header block that are read */

/* Could these octets begin a connection of HTTP/2 in the clear? True for a beginning too short to tell. RFC 9113 §3.4. */
bool c2_http2_begins(const uint8_t *octets, size_t len);

/*
 * Reads the first request of an HTTP/2 connection, from the client's preface to the end of its header block. RFC 9113 §3.4, §6.2, §8.3; RFC 7541.
 *
 * `in`      the head of the client's stream
 * `scratch` C2_HTTP2_BLOCK_MAX octets to write to
 * `out`     target is the :authority pseudo-header; nothing is told of the body
 *
 * OK; NONE for another protocol; MORE until the block is whole, or C2_HTTP2_BLOCK_MAX octets of it; BAD.
 */
enum c2_rc c2_http2_request_read(struct c2_rd in, uint8_t *scratch, struct c2_http_request *out);

/*
 * Reads the line before a chunk, and the end of the data before it: `*line_len` octets, which `*len` octets of data follow; 0 begins the trailers.
 * OK, MORE, BAD. RFC 9112 §7.1.
 */
enum c2_rc c2_http_chunk_read(struct c2_rd in, uint64_t *len, size_t *line_len);

/* Steps over the trailers behind the last chunk. OK: `*len` octets are theirs; MORE; BAD. */
enum c2_rc c2_http_trailers_read(struct c2_rd in, size_t *len);

/* What a client says to a SOCKS proxy. */
enum c2_socks_step {
	C2_SOCKS_GREETING, /* version 5: methods; its request comes later */
	C2_SOCKS_LOGIN,    /* version 5: user and password, RFC 1929 */
	C2_SOCKS_REQUEST,  /* where to: a tunnel follows */
};

struct c2_socks {
	enum c2_socks_step step;
	struct c2_name name; /* C2_SOCKS_REQUEST by name; len 0 when it is by address */
	size_t len;          /* octets of the message */
};

/* Reads one message of a SOCKS4, 4a or 5 client; `has_greeted`: a version 5 greeting came before. OK, NONE, MORE, BAD. RFC 1928 §3, §4; RFC 1929 §2. */
enum c2_rc c2_socks_read(struct c2_rd in, bool has_greeted, struct c2_socks *out);

/* Reads a PROXY protocol header, version 1 or 2: `*len` octets that a proxy has put in front of a client's stream. OK, NONE, MORE, BAD. */
enum c2_rc c2_proxy_header_read(struct c2_rd in, size_t *len);

#endif
