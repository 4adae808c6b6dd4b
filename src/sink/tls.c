/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS as this program speaks it: 1.2 or newer, and never with a server that did not prove its name. There is no option to do without that. What else is
 * allowed (ciphers, groups, lengths of keys) is the system's policy, openssl.cnf(5).
 */
#include "sink/tls.h"

#include "sink/secret.h"
#include "sink/why.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TLS_KEY_MAX 32768 /* octets of a key's file; RSA with 16384 bits takes 13 k */

struct tls {
	SSL_CTX *context;
	char *ca_file, *cert_file;
	char name[TLS_NAME_CAP]; /* empty: the host's */
};

/* Why OpenSSL's latest call failed. */
static const char *reason(void)
{
	unsigned long error = ERR_peek_last_error();
	const char *text = ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);
	return text != NULL ? text : "OpenSSL does not say why";
}

/* Did the file simply end? */
static bool is_end(void)
{
	unsigned long error = ERR_peek_last_error();
	return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

/* Opens a file to read PEM from. A fifo would have us wait at the start. */
static int open_pem(const char *path, BIO **pem, char *why)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return why_failed(why, -errno, path);
	int rc = fstat(fd, &st) < 0 ? -errno : 0;
	if (rc == 0 && !S_ISREG(st.st_mode))
		rc = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	FILE *file = rc == 0 ? fdopen(fd, "r") : NULL;
	*pem = file != NULL ? BIO_new_fp(file, BIO_CLOSE) : NULL;
	if (*pem != NULL)
		return 0;
	if (file != NULL)
		fclose(file);
	else
		close(fd);
	return why_failed(why, rc != 0 ? rc : -ENOMEM, path);
}

/* Hands each certificate of a file to `take`, which owns it then and answers 1 for good. */
static int read_certificates(const char *path, int (*take)(struct tls *tls, X509 *cert, unsigned n), struct tls *tls, char *why)
{
	BIO *pem;
	X509 *cert;
	unsigned n = 0;
	int rc = open_pem(path, &pem, why);
	if (rc != 0)
		return rc;
	ERR_clear_error();
	while (rc == 0 && (cert = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL)
		if (take(tls, cert, ++n) != 1)
			rc = why_refused(why, -EINVAL, "%s: certificate %u in it: %s", path, n, reason());
	if (rc == 0 && !is_end())
		rc = why_refused(why, -EINVAL, "%s: certificate %u in it cannot be read: %s", path, n + 1, reason());
	if (rc == 0 && n == 0)
		rc = why_refused(why, -EINVAL, "%s: no certificate in it (PEM, BEGIN CERTIFICATE)", path);
	BIO_free(pem);
	ERR_clear_error();
	return rc;
}

static int take_authority(struct tls *tls, X509 *cert, unsigned n)
{
	(void)n;
	int rc = X509_STORE_add_cert(SSL_CTX_get_cert_store(tls->context), cert);
	X509_free(cert);
	return rc;
}

/* The first one is ours. */
static int take_own(struct tls *tls, X509 *cert, unsigned n)
{
	int rc = n == 1 ? SSL_CTX_use_certificate(tls->context, cert) : SSL_CTX_add1_chain_cert(tls->context, cert);
	X509_free(cert);
	return rc;
}

static int read_authorities(struct tls *tls, const char *path, char *why)
{
	if (path == NULL)
		return SSL_CTX_set_default_verify_paths(tls->context) == 1 ? 0 : -ENOMEM;
	/* Whoever puts an authority's delegate, or one server's own certificate, into this file trusts it. */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(tls->context), X509_V_FLAG_PARTIAL_CHAIN);
	return read_certificates(path, take_authority, tls, why);
}

static int passphrase(char *text, int cap, int is_new, void *arg)
{
	bool *is_asked = arg;
	(void)text, (void)cap, (void)is_new;
	*is_asked = true;
	return -1;
}

static int use_key(struct tls *tls, const char *path, const char *octets, size_t len, char *why)
{
	bool is_encrypted = false;
	BIO *pem = BIO_new_mem_buf(octets, (int)len);
	EVP_PKEY *key = pem != NULL ? PEM_read_bio_PrivateKey(pem, NULL, passphrase, &is_encrypted) : NULL;
	int rc = 0;
	if (is_encrypted)
		rc = why_refused(why, -EINVAL, "%s: the key is encrypted, and nobody is there to type a passphrase", path);
	else if (key == NULL)
		rc = why_refused(why, -EINVAL, "%s: no private key in it (PEM, BEGIN PRIVATE KEY)", path);
	else if (SSL_CTX_use_PrivateKey(tls->context, key) != 1)
		rc = why_refused(why, -EINVAL, "%s: not the key of %s: %s", path, tls->cert_file, reason());
	EVP_PKEY_free(key);
	BIO_free(pem);
	ERR_clear_error();
	return rc;
}

static int read_key(struct tls *tls, const char *path, char *why)
{
	char octets[TLS_KEY_MAX];
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return why_failed(why, -errno, path);
	int rc = secret_check(fd, path, why);
	while (rc == 0 && len < sizeof octets && (n = read(fd, octets + len, sizeof octets - len)) != 0) {
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			rc = why_failed(why, -errno, path);
	}
	close(fd);
	if (rc == 0)
		rc = use_key(tls, path, octets, len, why);
	explicit_bzero(octets, sizeof octets);
	return rc;
}

/* What no connection may do, whatever the files say. */
static int set_limits(SSL_CTX *context)
{
	SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	/* What was not sent is offered again, from wherever it is then. */
	SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* A server that sends tickets without end would otherwise keep SSL_read() for as long. */
	SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
	return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 ? 0 : -ENOMEM;
}

static int read_options(struct tls *tls, const struct tls_options *options, char *why)
{
	if ((options->cert_file == NULL) != (options->key_file == NULL))
		return why_refused(why, -EINVAL, "a certificate needs its key, and a key its certificate: --tls-cert and --tls-key go together");
	if (options->name != NULL && !tls_name(tls, options->name, tls->name))
		return why_refused(why, -EINVAL, "--tls-name: `%s` is neither a host name nor an address", options->name);
	if ((options->ca_file != NULL && (tls->ca_file = strdup(options->ca_file)) == NULL) ||
		(options->cert_file != NULL && (tls->cert_file = strdup(options->cert_file)) == NULL))
		return -ENOMEM;
	int rc = read_authorities(tls, options->ca_file, why);
	if (rc == 0 && options->cert_file != NULL)
		rc = read_certificates(options->cert_file, take_own, tls, why);
	if (rc == 0 && options->key_file != NULL)
		rc = read_key(tls, options->key_file, why);
	return rc;
}

int tls_open(struct tls **tls, const struct tls_options *options, char why[static SINK_WHY_CAP])
{
	struct tls *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->context = SSL_CTX_new(TLS_client_method());
	int rc = made->context != NULL ? set_limits(made->context) : -ENOMEM;
	if (rc == 0)
		rc = read_options(made, options, why);
	if (rc != 0) {
		tls_close(made);
		return rc;
	}
	*tls = made;
	return 0;
}

void tls_close(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->context);
	free(tls->ca_file);
	free(tls->cert_file);
	free(tls);
}

/* Is `cert` of the file `path` valid? */
static bool is_current(const X509 *cert, const char *path, time_t now, char *why)
{
	struct tm day;
	bool is_over = X509_cmp_time(X509_get0_notAfter(cert), &now) <= 0;
	const ASN1_TIME *end = is_over ? X509_get0_notAfter(cert) : X509_get0_notBefore(cert);
	if (!is_over && X509_cmp_time(end, &now) < 0)
		return true;
	char text[16] = "an unknown day";
	if (ASN1_TIME_to_tm(end, &day) == 1)
		strftime(text, sizeof text, "%Y-%m-%d", &day);
	why_refused(why, 0, "%s: %s %s", path, is_over ? "expired on" : "not valid before", text);
	return false;
}

bool tls_is_current(const struct tls *tls, time_t now, char why[static SINK_WHY_CAP])
{
	const X509 *own = SSL_CTX_get0_certificate(tls->context);
	if (own != NULL && !is_current(own, tls->cert_file, now, why))
		return false;
	if (tls->ca_file == NULL)
		return true;
	/* Of several, one will do: files hold an authority's old and new certificate for a while. */
	STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(tls->context));
	for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
		const X509 *cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
		if (is_current(cert, tls->ca_file, now, why))
			return true;
	}
	return false;
}

const char *tls_authorities(const struct tls *tls)
{
	return tls->ca_file != NULL ? tls->ca_file : "the system's store";
}

static bool is_address(const char *name)
{
	struct in6_addr address;
	return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

bool tls_name(const struct tls *tls, const char *host, char name[static TLS_NAME_CAP])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	if (tls->name[0] != '\0')
		host = tls->name;
	size_t len = strchr(host, ':') != NULL ? strcspn(host, "%") : strlen(host);
	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0 || len >= TLS_NAME_CAP)
		return false;
	memmove(name, host, len);
	name[len] = '\0';
	/* To OpenSSL an empty name is no demand, and one that begins with a dot is met by any name below it. */
	return is_address(name) || (name[0] != '.' && strspn(name, plain) == len);
}

struct ssl_st *tls_session(const struct tls *tls, const char *name)
{
	SSL *session = SSL_new(tls->context);
	if (session == NULL)
		return NULL;
	bool is_set;
	char server[TLS_NAME_CAP]; /* SSL_set_tlsext_host_name() is a macro that casts const away */
	snprintf(server, sizeof server, "%s", name);
	if (is_address(name)) {
		is_set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name) == 1;
	} else {
		/* Names stand in subjectAltName alone, and a wildcard is a whole label: RFC 9525 §6.3. An address is no server name: RFC 6066 §3. */
		SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
		is_set = SSL_set1_host(session, name) == 1 && SSL_set_tlsext_host_name(session, server) == 1;
	}
	if (is_set)
		return session;
	SSL_free(session);
	return NULL;
}
