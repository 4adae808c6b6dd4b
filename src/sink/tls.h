/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_TLS_H
#define SINK_TLS_H

#include "sink/sink.h"

#include <time.h>

#define TLS_NAME_CAP 256

struct ssl_st;

/* Whom to trust and who we are: what all connections with TLS have in common. Does not change once made; any thread. */
struct tls;

struct tls_options {
	const char *ca_file;   /* PEM: the authorities to trust; null: the system's */
	const char *cert_file; /* PEM: our certificate, then those between it and its authority; null for none */
	const char *key_file;  /* PEM: its key, not encrypted; null where cert_file is */
	const char *name;      /* host name or address that a server's certificate must be for; null: the one that is connected to */
};

/*
 * Reads the files; texts are copied. Others may get at the key's file as little as at a password's, see secret_check(). 0, -ENOMEM, or another -errno with
 * the reason in `why`.
 */
int tls_open(struct tls **tls, const struct tls_options *options, char why[static SINK_WHY_CAP]);
void tls_close(struct tls *tls);

/* Are the authorities and our certificate valid at `now`? False with the reason in `why`. The system's authorities are not looked at. */
bool tls_is_current(const struct tls *tls, time_t now, char why[static SINK_WHY_CAP]);

/* Where the authorities are, in words. */
const char *tls_authorities(const struct tls *tls);

/* What the certificate of `host` must be for, as it is compared: no final dot, no zone behind an address. False: nothing that a certificate could be for. */
bool tls_name(const struct tls *tls, const char *host, char name[static TLS_NAME_CAP]);

/* A session (OpenSSL's SSL, the caller's) that takes a certificate for `name` and no other. Null: no memory. */
struct ssl_st *tls_session(const struct tls *tls, const char *name);

#endif
