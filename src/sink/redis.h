/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_REDIS_H
#define SINK_REDIS_H

#include "sink/dest.h"

/* The Redis protocol, RESP2: commands as octets, replies by way of hiredis' reader; no socket. */

struct redis_arg {
	const char *octets; /* any octets: their number is given, nothing is quoted, split or ended by a NUL */
	size_t len;
};

/* The argument for a NUL-ended text. */
struct redis_arg redis_arg(const char *text);

/* Commands on their way out. Zero is empty. */
struct redis_text {
	char *octets;
	size_t len, cap;
};

/* Appends one command of `n` arguments. 0 or -ENOMEM, and then nothing was appended. */
int redis_put(struct redis_text *text, const struct redis_arg *args, size_t n);

/* Appends commands that stand ready. 0 or -ENOMEM. */
int redis_text_append(struct redis_text *text, const struct redis_text *more);

/* Empties it, overwriting what was in it (a password may have been) when `is_secret`. */
void redis_text_clear(struct redis_text *text, bool is_secret);
void redis_text_free(struct redis_text *text);

enum redis_kind { REDIS_STRING, REDIS_ARRAY, REDIS_INTEGER, REDIS_NIL, REDIS_STATUS, REDIS_ERROR };

/* A reply. It lives until the next call on its reader. */
struct redis_reply {
	enum redis_kind kind;
	long long number;           /* REDIS_INTEGER */
	const char *text;           /* REDIS_STRING, REDIS_STATUS, REDIS_ERROR: any octets, and a NUL behind them */
	size_t len;                 /* of text */
	size_t n;                   /* REDIS_ARRAY */
	struct redis_reply **items; /* REDIS_ARRAY: n of them */
};

/* Does `reply` hold exactly `text`? */
bool redis_reply_is(const struct redis_reply *reply, enum redis_kind kind, const char *text);

/*
 * Reads replies. A reply, and what has come of one, takes REDIS_REPLY_MAX octets of memory at most, all of it there at birth or refused: a server cannot
 * make us grow.
 */
#define REDIS_REPLY_MAX 524288
struct redis_reader;

struct redis_reader *redis_reader_open(void);
void redis_reader_close(struct redis_reader *reader);

/* Forgets what has come, for a new connection. 0 or -ENOMEM. */
int redis_reader_reset(struct redis_reader *reader);

/* Takes octets from the server. 0; -EPROTO too many of them without a whole reply; -ENOMEM. After an error the reader is of no more use. */
int redis_reader_feed(struct redis_reader *reader, const char *octets, size_t len);

/* The next whole reply. 1; 0 none yet; -EPROTO what came is no reply, or too large a one. */
int redis_reader_next(struct redis_reader *reader, const struct redis_reply **reply);

/* What an error reply asks for. */
enum redis_verdict {
	REDIS_AGAIN,     /* the server cannot just now: the same again, later */
	REDIS_ELSEWHERE, /* this server cannot: connect anew */
	REDIS_OPERATOR,  /* somebody has to change something first */
	REDIS_REPEAT,    /* XADD: an entry with this id or a higher one is there */
	REDIS_NO_KEY,    /* the key does not exist */
	REDIS_MOVED,     /* the key lives at another server of the cluster: from now on, there */
	REDIS_ASK,       /* the key is on its way to another server: this time, there, behind ASKING */
	REDIS_FORBIDDEN, /* the user may not use this command or key: REDIS_OPERATOR for what we cannot do without */
	REDIS_POISON,    /* nothing that is known to be wrong with the server, the user or the key: it may be this record */
};

/*
 * The verdict on the text of a REDIS_ERROR. A kind that is not known is REDIS_OPERATOR: said, and tried again. The kind ERR is what servers have no other
 * word for: of it, what is not known is REDIS_POISON.
 */
enum redis_verdict redis_verdict(const char *error);

/* Room for an error that redis_redirect() understands. */
#define REDIS_REDIRECT_CAP 384

/*
 * The server that an error of REDIS_MOVED or REDIS_ASK names, `slot host:port`; without a host, it is another port of the one that said it, `here`. False: it
 * names none.
 */
bool redis_redirect(const char *error, const struct dest_peer *here, struct dest_peer *to);

#endif
