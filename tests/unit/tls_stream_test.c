/* SPDX-License-Identifier: Apache-2.0 */
/* TLS to a server: what the options take, whose certificate will do, and what becomes of octets, cut and changed anywhere. The server is OpenSSL's. */
#include "sink/tls_stream.h"

#include "table.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 86400

static char dir[] = "/tmp/c2w-tls-XXXXXX";
static EVP_PKEY *key, *other_key;
static X509 *authority;
static struct tls *tls; /* trusts the authority */

/* Certificates. The authority's key is everybody's. */

static X509 *certificate(const char *name, const char *names, long from_days, long to_days, X509 *issuer)
{
	X509 *cert = X509_new();
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_time_adj_ex(X509_getm_notBefore(cert), (int)from_days, 0, NULL);
	X509_time_adj_ex(X509_getm_notAfter(cert), (int)to_days, 0, NULL);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(issuer != NULL ? issuer : cert));
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, names != NULL ? NID_subject_alt_name : NID_basic_constraints,
		names != NULL    ? names
		: issuer == NULL ? "CA:TRUE"
				 : "CA:FALSE");
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	return cert;
}

static const char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", dir, name);
	return path;
}

static FILE *file_open(const char *name, mode_t mode)
{
	FILE *file = fopen(path_of(name), "w");
	assert_non_null(file);
	assert_int_equal(fchmod(fileno(file), mode), 0);
	return file;
}

static void file_certificate(const char *name, X509 *cert, X509 *second)
{
	FILE *file = file_open(name, 0644);
	assert_int_equal(PEM_write_X509(file, cert), 1);
	if (second != NULL)
		assert_int_equal(PEM_write_X509(file, second), 1);
	fclose(file);
}

static void file_key(const char *name, mode_t mode, EVP_PKEY *of, const char *passphrase)
{
	FILE *file = file_open(name, mode);
	assert_int_equal(PEM_write_PrivateKey(file, of, passphrase != NULL ? EVP_aes_256_cbc() : NULL, (const unsigned char *)passphrase,
				 passphrase != NULL ? (int)strlen(passphrase) : 0, NULL, NULL),
		1);
	fclose(file);
}

static void file_text(const char *name, mode_t mode, const char *text, size_t times)
{
	FILE *file = file_open(name, mode);
	while (times-- > 0)
		fputs(text, file);
	fclose(file);
}

static int setup(void)
{
	char why[SINK_WHY_CAP] = "";
	if (mkdtemp(dir) == NULL)
		return -1;
	key = EVP_EC_gen("P-256");
	other_key = EVP_EC_gen("P-256");
	authority = certificate("authority", NULL, -10, 10, NULL);
	X509 *old = certificate("authority", NULL, -10, -1, NULL), *own = certificate("sensor", NULL, -10, 10, authority);
	X509 *early = certificate("sensor", NULL, 3, 10, authority);
	file_certificate("ca.pem", authority, NULL);
	file_certificate("old.pem", old, NULL);
	file_certificate("both.pem", old, authority);
	file_certificate("own.pem", own, authority);
	file_certificate("early.pem", early, NULL);
	file_key("own.key", 0600, key, NULL);
	file_key("open.key", 0644, key, NULL);
	file_key("other.key", 0600, other_key, NULL);
	file_key("sealed.key", 0600, key, "secret");
	file_text("empty", 0600, "", 0);
	file_text("words", 0600, "no PEM\n", 100);
	file_text("long", 0600, "no PEM\n", 10000);
	file_text("broken.pem", 0600, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", 1);
	mkfifo(path_of("fifo"), 0600);
	X509_free(old);
	X509_free(own);
	X509_free(early);
	struct tls_options options = {.ca_file = path_of("ca.pem")};
	return tls_open(&tls, &options, why);
}

static int teardown(void)
{
	char command[64];
	tls_close(tls);
	X509_free(authority);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

/* Options */

static const struct refused_files {
	const char *title, *ca, *cert, *key, *name, *why;
} refused_files[] = {
	{"no authorities", "missing", NULL, NULL, NULL, "missing: No such file or directory"},
	{"a folder of authorities", ".", NULL, NULL, NULL, ".: Is a directory"},
	{"a fifo of authorities", "fifo", NULL, NULL, NULL, "fifo: Invalid argument"},
	{"an empty file of authorities", "empty", NULL, NULL, NULL, "empty: no certificate in it"},
	{"authorities that are words", "words", NULL, NULL, NULL, "words: no certificate in it"},
	{"authorities that are a key", "own.key", NULL, NULL, NULL, "own.key: no certificate in it"},
	{"an authority that is cut", "broken.pem", NULL, NULL, NULL, "broken.pem: certificate 1 in it cannot be read"},
	{"a certificate without its key", "ca.pem", "own.pem", NULL, NULL, "go together"},
	{"a key without its certificate", "ca.pem", NULL, "own.key", NULL, "go together"},
	{"no certificate", "ca.pem", "missing", "own.key", NULL, "missing: No such file or directory"},
	{"a certificate that is a key", "ca.pem", "own.key", "own.key", NULL, "own.key: no certificate in it"},
	{"no key", "ca.pem", "own.pem", "missing", NULL, "missing: No such file or directory"},
	{"a fifo for a key", "ca.pem", "own.pem", "fifo", NULL, "fifo: not a regular file"},
	{"a key that others can read", "ca.pem", "own.pem", "open.key", NULL, "open.key: has mode 0644"},
	{"another certificate's key", "ca.pem", "own.pem", "other.key", NULL, "other.key: not the key of "},
	{"an encrypted key", "ca.pem", "own.pem", "sealed.key", NULL, "sealed.key: the key is encrypted"},
	{"an empty key", "ca.pem", "own.pem", "empty", NULL, "empty: no private key in it"},
	{"a key that is words", "ca.pem", "own.pem", "words", NULL, "words: no private key in it"},
	{"a key that is long", "ca.pem", "own.pem", "long", NULL, "long: no private key in it"},
	{"an empty name", "ca.pem", NULL, NULL, "", "--tls-name: `` is neither"},
	{"a dot for a name", "ca.pem", NULL, NULL, ".", "--tls-name: `.` is neither"},
	{"a name that begins with a dot", "ca.pem", NULL, NULL, ".example", "--tls-name: `.example` is neither"},
	{"a name with a star", "ca.pem", NULL, NULL, "*.example", "--tls-name: `*.example` is neither"},
	{"two words for a name", "ca.pem", NULL, NULL, "two words", "--tls-name: `two words` is neither"},
	{"half an address", "ca.pem", NULL, NULL, "::g", "--tls-name: `::g` is neither"},
	{"a name with a port", "ca.pem", NULL, NULL, "redis.example:6379", "--tls-name: `redis.example:6379` is neither"},
};

static void refuses_files(void **state)
{
	const struct refused_files *row = *state;
	char why[SINK_WHY_CAP] = "";
	struct tls *made = NULL;
	struct tls_options options = {.name = row->name,
		.ca_file = path_of(row->ca),
		.cert_file = row->cert != NULL ? path_of(row->cert) : NULL,
		.key_file = row->key != NULL ? path_of(row->key) : NULL};
	assert_true(tls_open(&made, &options, why) < 0);
	assert_null(made);
	if (strstr(why, row->why) == NULL)
		fail_msg("%s, not: %s", why, row->why);
}

static const struct taken_files {
	const char *title, *ca, *cert, *key, *late; /* late: what is said of dates */
} taken_files[] = {
	{"the system's authorities", NULL, NULL, NULL, ""},
	{"an authority", "ca.pem", NULL, NULL, ""},
	{"an authority's old and new certificate", "both.pem", NULL, NULL, ""},
	{"a certificate and its key", "ca.pem", "own.pem", "own.key", ""},
	{"the same with the system's authorities", NULL, "own.pem", "own.key", ""},
	{"an authority that has expired", "old.pem", NULL, NULL, "old.pem: expired on "},
	{"a certificate that is not valid yet", "ca.pem", "early.pem", "own.key", "early.pem: not valid before "},
};

static void takes_files(void **state)
{
	const struct taken_files *row = *state;
	char why[SINK_WHY_CAP] = "";
	struct tls *made = NULL;
	struct tls_options options = {.ca_file = row->ca != NULL ? path_of(row->ca) : NULL,
		.cert_file = row->cert != NULL ? path_of(row->cert) : NULL,
		.key_file = row->key != NULL ? path_of(row->key) : NULL};
	if (tls_open(&made, &options, why) != 0)
		fail_msg("%s", why);
	assert_int_equal(tls_is_current(made, time(NULL), why), row->late[0] == '\0');
	assert_non_null(strstr(why, row->late));
	assert_int_equal(tls_is_current(made, time(NULL) + 20L * DAY, why), row->ca == NULL && row->cert == NULL);
	tls_close(made);
}

/* Connections: the stream's socket on one side, a server that keeps its octets in memory on the other. */

struct bench {
	struct tls_stream *stream;
	SSL_CTX *context;
	SSL *server;
	int ours, theirs;
	size_t passed;            /* octets from the server so far */
	size_t cut_at, change_at; /* which of them is the first that does not come, or comes changed */
	bool is_cut;
};

static SSL_CTX *server_context(X509 *cert, int low, int high)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_security_level(context, 0);
	assert_int_equal(SSL_CTX_use_certificate(context, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	SSL_CTX_set_min_proto_version(context, low);
	SSL_CTX_set_max_proto_version(context, high);
	return context;
}

static void bench_open(struct bench *bench, SSL_CTX *context, const char *host)
{
	int ends[2], small = 4096;
	char why[SINK_WHY_CAP];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
	*bench = (struct bench){.context = context, .ours = ends[0], .theirs = ends[1], .cut_at = SIZE_MAX, .change_at = SIZE_MAX};
	bench->server = SSL_new(context);
	SSL_set_bio(bench->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(bench->server);
	assert_int_equal(tls_stream_open(&bench->stream, tls, host, why), 0);
}

static void bench_close(struct bench *bench)
{
	tls_stream_close(bench->stream);
	SSL_free(bench->server);
	close(bench->ours);
	if (bench->theirs >= 0)
		close(bench->theirs);
}

static void hang_up(struct bench *bench)
{
	close(bench->theirs);
	bench->theirs = -1;
}

/* What the server has to say goes to the stream, as far as it may. */
static void pump_out(struct bench *bench)
{
	unsigned char octets[1024];
	int n;
	while (bench->theirs >= 0 && (n = BIO_read(SSL_get_wbio(bench->server), octets, sizeof octets)) > 0) {
		size_t len = (size_t)n;
		if (bench->change_at >= bench->passed && bench->change_at - bench->passed < len)
			octets[bench->change_at - bench->passed] ^= 0x55;
		bench->is_cut = bench->cut_at - bench->passed < len;
		if (bench->is_cut)
			len = bench->cut_at - bench->passed;
		assert_int_equal(send(bench->theirs, octets, len, MSG_NOSIGNAL), len);
		bench->passed += len;
		if (bench->is_cut)
			hang_up(bench);
	}
}

static void pump(struct bench *bench)
{
	unsigned char octets[65536];
	ssize_t n;
	while (bench->theirs >= 0 && (n = recv(bench->theirs, octets, sizeof octets, 0)) > 0)
		BIO_write(SSL_get_rbio(bench->server), octets, (int)n);
	if (!SSL_is_init_finished(bench->server))
		SSL_do_handshake(bench->server);
	pump_out(bench);
}

/* How the handshake ends; -EINPROGRESS when both sides wait. */
static int shake_hands(struct bench *bench)
{
	int rc = -EINPROGRESS;
	for (int i = 0; i < 6 && rc == -EINPROGRESS; i++) {
		rc = tls_stream_handshake(bench->stream, bench->ours);
		if (rc == -EINPROGRESS)
			assert_int_equal(tls_stream_events(bench->stream, true) & POLLIN, POLLIN);
		pump(bench);
	}
	return rc;
}

static const struct named_server {
	const char *title, *names, *host, *why; /* names: null: only a common name, which is no name */
} named_servers[] = {
	{"its name", "DNS:redis.example", "redis.example", ""},
	{"its name in capitals, with a dot", "DNS:redis.example", "REDIS.example.", ""},
	{"one of its names", "DNS:a.example, DNS:redis.example", "redis.example", ""},
	{"a name that its star covers", "DNS:*.redis.example", "a.redis.example", ""},
	{"its address", "IP:192.0.2.1", "192.0.2.1", ""},
	{"its address of version 6, spelt otherwise", "IP:2001:db8::1", "2001:db8:0::1", ""},
	{"its address with a zone", "IP:fe80::1", "fe80::1%eth0", ""},
	{"a common name", NULL, "redis.example", "not for redis.example"},
	{"another name", "DNS:other.example", "redis.example", "not for redis.example"},
	{"a star that is half a label", "DNS:a*.redis.example", "ab.redis.example", "not for ab.redis.example"},
	{"a star for two labels", "DNS:*.redis.example", "a.b.redis.example", "not for a.b.redis.example"},
	{"a name below its own", "DNS:redis.example", "a.redis.example", "not for a.redis.example"},
	{"a name above its own", "DNS:a.redis.example", "redis.example", "not for redis.example"},
	{"an address as a name", "DNS:192.0.2.1", "192.0.2.1", "not for 192.0.2.1"},
	{"another address", "IP:192.0.2.1", "192.0.2.2", "not for 192.0.2.2"},
	{"a name where it has an address", "IP:192.0.2.1", "redis.example", "not for redis.example"},
};

static void takes_whom_it_wants(void **state)
{
	const struct named_server *row = *state;
	X509 *cert = certificate("redis.example", row->names, -1, 1, authority);
	SSL_CTX *context = server_context(cert, TLS1_2_VERSION, TLS1_3_VERSION);
	struct bench bench;
	bench_open(&bench, context, row->host);
	bool is_good = row->why[0] == '\0';
	assert_int_equal(shake_hands(&bench), is_good ? 0 : -EPROTO);
	assert_non_null(strstr(tls_stream_why(bench.stream), row->why));
	assert_int_equal(tls_stream_why(bench.stream)[0] == '\0', is_good);
	bench_close(&bench);
	SSL_CTX_free(context);
	X509_free(cert);
}

static void refuses_hosts(void **state)
{
	(void)state;
	static const char *const hosts[] = {"", ".", ".example", "a b", "redis_\xc3\xa4.example", "*.example", "fe80::g"};
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct tls_stream *stream = NULL;
		char why[SINK_WHY_CAP] = "";
		assert_int_equal(tls_stream_open(&stream, tls, hosts[i], why), -EINVAL);
		assert_non_null(strstr(why, hosts[i]));
		assert_null(stream);
	}
}

static void refuses_certificates_and_versions(void **state)
{
	(void)state;
	X509 *stranger = certificate("stranger", NULL, -1, 1, NULL);
	const struct {
		X509 *cert;
		int high;
		const char *why;
	} table[] = {
		{certificate("x", "DNS:h", -3, -2, authority), TLS1_3_VERSION, "refused: certificate has expired"},
		{certificate("x", "DNS:h", 2, 3, authority), TLS1_3_VERSION, "refused: certificate is not yet valid"},
		{certificate("x", "DNS:h", -1, 1, NULL), TLS1_3_VERSION, "is of no authority in "},
		{certificate("x", "DNS:h", -1, 1, stranger), TLS1_3_VERSION, "is of no authority in "},
		{certificate("x", "DNS:h", -1, 1, authority), TLS1_1_VERSION, "speaks no TLS 1.2 or newer"},
		{certificate("x", "DNS:h", -1, 1, authority), TLS1_VERSION, "speaks no TLS 1.2 or newer"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		SSL_CTX *context = server_context(table[i].cert, 0, table[i].high);
		struct bench bench;
		SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
		bench_open(&bench, context, "h");
		assert_int_equal(shake_hands(&bench), -EPROTO);
		if (strstr(tls_stream_why(bench.stream), table[i].why) == NULL)
			fail_msg("%s, not: %s", tls_stream_why(bench.stream), table[i].why);
		bench_close(&bench);
		SSL_CTX_free(context);
		X509_free(table[i].cert);
	}
	X509_free(stranger);
}

/* The cases below are run with a server of 1.2 and one of 1.3, whose name is h. */
struct server {
	int version;
	SSL_CTX *context;
};

static void with_servers(void (*run)(const struct server *server))
{
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		X509 *cert = certificate("h", "DNS:h", -1, 1, authority);
		struct server server = {version, server_context(cert, version, version)};
		run(&server);
		SSL_CTX_free(server.context);
		X509_free(cert);
	}
}

static void cut_anywhere(const struct server *server)
{
	size_t cuts = 0;
	for (size_t at = 0;; at++, cuts++) {
		struct bench bench;
		bench_open(&bench, server->context, "h");
		bench.cut_at = at;
		int rc = shake_hands(&bench);
		bool is_cut = bench.is_cut;
		if (rc != 0) {
			assert_true(rc == -ECONNRESET || rc == -EPIPE);
			assert_string_equal(tls_stream_why(bench.stream), "the server closed the connection in the TLS handshake");
		}
		bench_close(&bench);
		if (!is_cut)
			break;
	}
	assert_in_range(cuts, 500, 3000);
}

static void is_cut_anywhere(void **state)
{
	(void)state;
	with_servers(cut_anywhere);
}

static void changed_anywhere(const struct server *server)
{
	size_t refused = 0, at = 0;
	for (bool is_past = false; !is_past; at++) {
		struct bench bench;
		bench_open(&bench, server->context, "h");
		bench.change_at = at;
		int rc = shake_hands(&bench);
		assert_true(rc == 0 || rc == -EINPROGRESS || rc == -EPROTO || rc == -ECONNRESET);
		assert_int_equal(rc == 0, tls_stream_why(bench.stream)[0] == '\0');
		refused += rc != 0;
		is_past = bench.passed <= at;
		bench_close(&bench);
	}
	/* The rest are a record's version, which says nothing, and in 1.3 the tickets behind the handshake. */
	assert_in_range(refused, 500, at);
}

static void is_changed_anywhere(void **state)
{
	(void)state;
	with_servers(changed_anywhere);
}

static void both_ways(const struct server *server)
{
	static unsigned char sent[1 << 20], moved[1 << 20], echo[1 << 20];
	struct bench bench;
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	assert_string_equal(SSL_get_servername(bench.server, TLSEXT_NAMETYPE_host_name), "h");
	size_t from = 0, back = 0, waits = 0;
	for (size_t i = 0; i < sizeof sent; i++)
		moved[i] = sent[i] = (unsigned char)(i * 7 + i / 251);
	for (unsigned round = 0; back < sizeof sent && round < 100000; round++) {
		unsigned char octets[5000];
		ssize_t n = from < sizeof sent ? tls_stream_write(bench.stream, (round % 2 ? sent : moved) + from, sizeof sent - from) : 0;
		assert_in_range(n, 0, 16384);
		from += (size_t)n;
		if (n == 0 && from < sizeof sent) {
			waits++;
			assert_int_equal(tls_stream_events(bench.stream, true), POLLIN | POLLOUT);
		}
		if ((round == 20 || round == 150) && server->version == TLS1_3_VERSION)
			SSL_key_update(bench.server, SSL_KEY_UPDATE_REQUESTED);
		pump(&bench);
		int len = SSL_read(bench.server, octets, sizeof octets);
		if (len > 0)
			assert_int_equal(SSL_write(bench.server, octets, len), len);
		pump_out(&bench);
		/* Less at once than there is in a record. */
		while (back < sizeof echo &&
			(n = tls_stream_read(bench.stream, echo + back, sizeof echo - back < 700 ? sizeof echo - back : 700)) > 0)
			back += (size_t)n;
		if (n < 0)
			fail_msg("round %u: %zd: %s", round, n, tls_stream_why(bench.stream));
	}
	assert_memory_equal(sent, echo, sizeof sent);
	assert_true(waits > 0);
	assert_int_equal(tls_stream_events(bench.stream, false), POLLIN);
	bench_close(&bench);
}

static void octets_go_both_ways(void **state)
{
	(void)state;
	with_servers(both_ways);
}

/* Reads to the end of all that is there; tickets are nothing to read. */
static ssize_t read_all(struct bench *bench)
{
	unsigned char octets[64];
	ssize_t n = 0;
	for (int i = 0; i < 6 && n >= 0; i++)
		n = tls_stream_read(bench->stream, octets, sizeof octets);
	return n;
}

static void ends(const struct server *server)
{
	unsigned char octets[16] = "octets";
	struct bench bench;

	/* A goodbye, either way. */
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	SSL_shutdown(bench.server);
	pump_out(&bench);
	assert_int_equal(read_all(&bench), -ECONNRESET);
	tls_stream_close(bench.stream);
	bench.stream = NULL;
	pump(&bench);
	assert_int_equal(SSL_read(bench.server, octets, sizeof octets), 0);
	assert_int_equal(SSL_get_error(bench.server, 0), SSL_ERROR_ZERO_RETURN);
	bench_close(&bench);

	/* None: a server that died. Nor is there a signal. */
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	hang_up(&bench);
	assert_int_equal(read_all(&bench), -ECONNRESET);
	assert_string_equal(tls_stream_why(bench.stream), "");
	bench_close(&bench);
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	hang_up(&bench);
	ssize_t rc = tls_stream_write(bench.stream, octets, sizeof octets);
	assert_true(rc == -EPIPE || rc == -ECONNRESET);
	bench_close(&bench);

	/* Garbage behind the handshake. */
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	assert_int_equal(send(bench.theirs, "-ERR unknown command\r\n", 22, 0), 22);
	assert_int_equal(read_all(&bench), -EPROTO);
	assert_string_equal(tls_stream_why(bench.stream), "the server does not speak TLS");
	bench_close(&bench);
}

/* A server that has no room says so and closes; a record that is on its way to it meets the close first. */
static void words_last(const struct server *server)
{
	static const char said[] = "-ERR max number of clients reached\r\n";
	char heard[64];
	size_t len = 0;
	struct bench bench;
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(tls_stream_read(bench.stream, heard, sizeof heard), 0);
	assert_int_equal(SSL_write(bench.server, said, sizeof said - 1), sizeof said - 1);
	pump_out(&bench);
	hang_up(&bench);
	ssize_t rc = tls_stream_write(bench.stream, "octets", 6);
	assert_true(rc == -EPIPE || rc == -ECONNRESET);
	while ((rc = tls_stream_read(bench.stream, heard + len, sizeof heard - len)) > 0)
		len += (size_t)rc;
	assert_true(rc == -EPIPE || rc == -ECONNRESET);
	assert_int_equal(len, sizeof said - 1);
	assert_memory_equal(heard, said, len);
	bench_close(&bench);
}

static void last_words_are_whole(void **state)
{
	(void)state;
	with_servers(words_last);
}

static void connections_end_in_any_way(void **state)
{
	(void)state;
	with_servers(ends);
}

/* Renegotiation is 1.2's. */
static void asked_anew(const struct server *server)
{
	unsigned char octets[16];
	struct bench bench;
	if (server->version != TLS1_2_VERSION)
		return;
	bench_open(&bench, server->context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	SSL_renegotiate(bench.server);
	SSL_do_handshake(bench.server);
	pump(&bench);
	assert_int_equal(tls_stream_read(bench.stream, octets, sizeof octets), 0);
	assert_int_equal(tls_stream_write(bench.stream, "octets", 6), 6);
	pump(&bench);
	SSL_read(bench.server, octets, sizeof octets);
	assert_false(SSL_is_init_finished(bench.server));
	bench_close(&bench);
}

static void hands_are_shaken_once(void **state)
{
	(void)state;
	with_servers(asked_anew);
}

/* A server that sends them faster than they can be read must not keep us from looking at the clock. */
static void tickets_come_one_a_read(void **state)
{
	(void)state;
	X509 *cert = certificate("h", "DNS:h", -1, 1, authority);
	SSL_CTX *context = server_context(cert, TLS1_3_VERSION, TLS1_3_VERSION);
	struct bench bench;
	unsigned char octets[64];
	bench_open(&bench, context, "h");
	assert_int_equal(shake_hands(&bench), 0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(SSL_new_session_ticket(bench.server), 1);
		assert_int_equal(SSL_do_handshake(bench.server), 1);
	}
	pump_out(&bench);
	for (int i = 0; i < 12; i++) {
		ssize_t n = recv(bench.ours, octets, sizeof octets, MSG_PEEK);
		assert_true(n > 0);
		assert_int_equal(tls_stream_read(bench.stream, octets, sizeof octets), 0);
	}
	assert_int_equal(recv(bench.ours, octets, sizeof octets, MSG_PEEK), -1);
	bench_close(&bench);
	SSL_CTX_free(context);
	X509_free(cert);
}

int main(void)
{
	static struct tests tests;
	if (setup() != 0)
		return 1;
	TESTS_ROWS(&tests, refused_files, refuses_files);
	TESTS_ROWS(&tests, taken_files, takes_files);
	TESTS_ROWS(&tests, named_servers, takes_whom_it_wants);
	tests_add(&tests, "hosts that no certificate is for", refuses_hosts, NULL);
	tests_add(&tests, "certificates out of date or of strangers, versions of old", refuses_certificates_and_versions, NULL);
	tests_add(&tests, "a handshake that is cut anywhere ends", is_cut_anywhere, NULL);
	tests_add(&tests, "a handshake that is changed anywhere is refused", is_changed_anywhere, NULL);
	tests_add(&tests, "octets go both ways", octets_go_both_ways, NULL);
	tests_add(&tests, "connections end in any way", connections_end_in_any_way, NULL);
	tests_add(&tests, "a server's last words are whole", last_words_are_whole, NULL);
	tests_add(&tests, "hands are shaken once", hands_are_shaken_once, NULL);
	tests_add(&tests, "tickets come one a read", tickets_come_one_a_read, NULL);
	int failed = tests_run(&tests, "tls_stream");
	return teardown() != 0 ? 1 : failed;
}
