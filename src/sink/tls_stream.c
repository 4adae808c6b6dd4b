/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS between a link and its socket. OpenSSL asks for octets through a BIO of ours, so that a signal never comes of a broken connection and the socket's own
 * error is not lost. Its reasons are those of a library; what is told is what an operator can do something about.
 */
#include "sink/tls_stream.h"

#include "sink/why.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

struct tls_stream {
	const struct tls *tls;
	BIO_METHOD *method;
	SSL *session;
	int fd;
	int error;                 /* of the socket; 0 none */
	bool has_failed;           /* there is nobody to say goodbye to */
	bool is_asked;             /* the server wanted a certificate, and we have none */
	short read_for, write_for; /* what the next read, or write, waits for */
	char name[TLS_NAME_CAP];
	char why[SINK_WHY_CAP];
};

static int socket_write(BIO *bio, const char *octets, int len)
{
	struct tls_stream *stream = BIO_get_data(bio);
	ssize_t n = send(stream->fd, octets, (size_t)len, MSG_NOSIGNAL);
	BIO_clear_retry_flags(bio);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_write(bio);
	else if (n < 0)
		stream->error = errno;
	return (int)n;
}

static int socket_read(BIO *bio, char *octets, int cap)
{
	struct tls_stream *stream = BIO_get_data(bio);
	ssize_t n = recv(stream->fd, octets, (size_t)cap, 0);
	BIO_clear_retry_flags(bio);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_read(bio);
	else if (n < 0)
		stream->error = errno;
	return (int)n;
}

static long socket_ctrl(BIO *bio, int command, long number, void *arg)
{
	(void)bio, (void)number, (void)arg;
	return command == BIO_CTRL_FLUSH;
}

/* Called when the server asks for a certificate. Without one it is told so, and decides. */
static int certificate_asked(SSL *session, void *arg)
{
	struct tls_stream *stream = arg;
	stream->is_asked = SSL_get_certificate(session) == NULL;
	return 1;
}

static int open_session(struct tls_stream *stream)
{
	stream->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket");
	if (stream->method == NULL || BIO_meth_set_write(stream->method, socket_write) != 1 || BIO_meth_set_read(stream->method, socket_read) != 1 ||
		BIO_meth_set_ctrl(stream->method, socket_ctrl) != 1)
		return -ENOMEM;
	stream->session = tls_session(stream->tls, stream->name);
	BIO *bio = stream->session != NULL ? BIO_new(stream->method) : NULL;
	if (bio == NULL)
		return -ENOMEM;
	BIO_set_data(bio, stream);
	BIO_set_init(bio, 1);
	SSL_set_bio(stream->session, bio, bio);
	SSL_set_connect_state(stream->session);
	SSL_set_cert_cb(stream->session, certificate_asked, stream);
	return 0;
}

int tls_stream_open(struct tls_stream **stream, const struct tls *tls, const char *host, char why[static SINK_WHY_CAP])
{
	struct tls_stream *made = calloc(1, sizeof *made);
	if (made == NULL)
		return -ENOMEM;
	made->tls = tls;
	made->fd = -1;
	int rc = tls_name(tls, host, made->name) ? open_session(made) : why_refused(why, -EINVAL, "no certificate can be for `%s`: --tls-name", host);
	if (rc != 0) {
		tls_stream_close(made);
		return rc;
	}
	*stream = made;
	return 0;
}

/* The server's certificate was refused, by us. */
static int explain_certificate(struct tls_stream *stream)
{
	long verdict = SSL_get_verify_result(stream->session);
	const char *text = X509_verify_cert_error_string(verdict);
	switch (verdict) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return why_refused(stream->why, -EPROTO, "the server's certificate is not for %s", stream->name);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return why_refused(stream->why, -EPROTO, "the server's certificate is of no authority in %s: %s", tls_authorities(stream->tls), text);
	default:
		return why_refused(stream->why, -EPROTO, "the server's certificate is refused: %s", text);
	}
}

/* OpenSSL gave up: its latest error, in our words. */
static int explain(struct tls_stream *stream)
{
	unsigned long error = ERR_peek_last_error();
	int number = ERR_GET_REASON(error);
	const char *text = ERR_reason_error_string(error);
	if (ERR_GET_LIB(error) != ERR_LIB_SSL)
		number = 0; /* another library counts its own */
	if (number == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return explain_certificate(stream);
	if (number == SSL_R_UNSUPPORTED_PROTOCOL || number == SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION)
		return why_refused(stream->why, -EPROTO, "the server speaks no TLS 1.2 or newer");
	if (number == SSL_R_WRONG_VERSION_NUMBER)
		return why_refused(stream->why, -EPROTO, "the server does not speak TLS");
	if (number < SSL_AD_REASON_OFFSET)
		return why_refused(stream->why, -EPROTO, "TLS: %s", text != NULL ? text : "OpenSSL does not say why");
	return why_refused(stream->why, -EPROTO, "the server refuses us: %s%s", text != NULL ? text : "an alert without a name",
		stream->is_asked ? "; it wants a client's certificate: --tls-cert and --tls-key" : "");
}

/* What came of a call that moved nothing: 0 wait, `*wait_for` says for what; or -errno. */
static int stalled(struct tls_stream *stream, int result, short *wait_for)
{
	switch (SSL_get_error(stream->session, result)) {
	case SSL_ERROR_WANT_READ:
		*wait_for = POLLIN;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*wait_for = POLLOUT;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return -ECONNRESET;
	case SSL_ERROR_SSL:
		stream->has_failed = true;
		return explain(stream);
	default:
		stream->has_failed = true;
		/* No error at all: closed without a goodbye, as by a server that died. */
		return stream->error != 0 ? -stream->error : -ECONNRESET;
	}
}

int tls_stream_handshake(struct tls_stream *stream, int fd)
{
	stream->fd = fd;
	stream->why[0] = '\0';
	ERR_clear_error();
	int result = SSL_do_handshake(stream->session);
	if (result == 1) {
		stream->read_for = POLLIN;
		stream->write_for = POLLOUT;
		return 0;
	}
	int rc = stalled(stream, result, &stream->read_for);
	if (rc == 0)
		return why_refused(stream->why, -EINPROGRESS, "no answer to the TLS handshake: does the server speak TLS?");
	if (rc == -ECONNRESET || rc == -EPIPE)
		why_refused(stream->why, rc, "the server closed the connection in the TLS handshake");
	return rc;
}

short tls_stream_events(const struct tls_stream *stream, bool has_output)
{
	return (short)(stream->read_for | (has_output ? stream->write_for : 0));
}

ssize_t tls_stream_write(struct tls_stream *stream, const void *octets, size_t len)
{
	size_t n;
	ERR_clear_error();
	/* One record: of several, OpenSSL tells when the last one went, and on a slow line that is later than a deadline for silence. */
	int result = SSL_write_ex(stream->session, octets, len < SSL3_RT_MAX_PLAIN_LENGTH ? len : SSL3_RT_MAX_PLAIN_LENGTH, &n);
	stream->write_for = POLLOUT;
	if (result == 1)
		return (ssize_t)n;
	int rc = stalled(stream, result, &stream->write_for);
	if (rc != -EPIPE && rc != -ECONNRESET)
		return rc;
	/* Who is refused may hear of the close first, and of its reason if he listens. What is no alert stays to be read. */
	char octet;
	ERR_clear_error();
	result = SSL_peek_ex(stream->session, &octet, 1, &n);
	stream->read_for = POLLIN;
	int last = result == 1 ? 0 : stalled(stream, result, &stream->read_for);
	return last < 0 ? last : rc;
}

ssize_t tls_stream_read(struct tls_stream *stream, void *octets, size_t cap)
{
	size_t n;
	ERR_clear_error();
	int result = SSL_read_ex(stream->session, octets, cap, &n);
	stream->read_for = POLLIN;
	return result == 1 ? (ssize_t)n : stalled(stream, result, &stream->read_for);
}

const char *tls_stream_why(const struct tls_stream *stream)
{
	return stream->why;
}

void tls_stream_close(struct tls_stream *stream)
{
	if (stream == NULL)
		return;
	ERR_clear_error();
	if (stream->session != NULL && !stream->has_failed && SSL_is_init_finished(stream->session))
		SSL_shutdown(stream->session);
	SSL_free(stream->session);
	BIO_meth_free(stream->method);
	ERR_clear_error();
	free(stream);
}
