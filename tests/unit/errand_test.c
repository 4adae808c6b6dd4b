/* SPDX-License-Identifier: Apache-2.0 */
/* Errands to servers that this test is itself, on the loopback: what is carried, what comes back, when it is given up; time is a number. */
#include "sink/beat.h"
#include "sink/finder.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS UINT64_C(1000000)
#define QUESTION "*1\r\n$4\r\nPING\r\n"
#define AUTH "*3\r\n$4\r\nAUTH\r\n$4\r\nkeen\r\n$6\r\nsecret\r\n"

static const struct sink_secret none, password = {.len = 6, .octets = "secret"};
static const struct errand_account stranger = {.user = "", .secret = &none}, keen = {.user = "keen", .secret = &password};

/* A server: its socket that listens, and the connection that it has accepted. */
struct host {
	int listens, fd;
	struct dest_peer peer;
	char heard[512];
};

static void host_open(struct host *host)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	*host = (struct host){.fd = -1, .peer.host = "127.0.0.1"};
	host->listens = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(host->listens, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(host->listens, 5), 0);
	assert_int_equal(getsockname(host->listens, (struct sockaddr *)&address, &len), 0);
	host->peer.port = ntohs(address.sin_port);
}

static void host_close(struct host *host)
{
	close(host->listens);
	if (host->fd >= 0)
		close(host->fd);
}

/* Accepts a connection and hears what it says until that is `want`. */
static void host_hears(struct host *host, const char *want)
{
	size_t len = 0;
	if (host->fd >= 0)
		close(host->fd);
	host->fd = accept(host->listens, NULL, NULL);
	assert_true(host->fd >= 0);
	while (len < strlen(want)) {
		ssize_t n = recv(host->fd, host->heard + len, sizeof host->heard - len - 1, 0);
		assert_true(n > 0);
		len += (size_t)n;
	}
	host->heard[len] = '\0';
	assert_string_equal(host->heard, want);
}

static void host_says(const struct host *host, const char *text)
{
	assert_int_equal(send(host->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Leaves no room: whoever connects from now on gets no answer. */
static void host_fills(const struct host *host, int fds[static 4])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(host->peer.port)};
	assert_int_equal(listen(host->listens, 0), 0);
	for (int i = 0; i < 4; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_true(connect(fds[i], (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS);
	}
}

/* The addresses of every name: these ports, in this order. */
static uint16_t ports[2];

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found)
{
	(void)hints;
	*found = NULL;
	for (int i = 1; i >= 0; i--) {
		uint16_t number = strcmp(host, "two.example") == 0 ? ports[i] : (uint16_t)atoi(port);
		struct addrinfo *one = calloc(1, sizeof *one);
		struct sockaddr_in *address = calloc(1, sizeof *address);
		*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(number)};
		*one = (struct addrinfo){
			.ai_family = AF_INET, .ai_addr = (struct sockaddr *)address, .ai_addrlen = sizeof *address, .ai_next = *found};
		*found = one;
		if (strcmp(host, "two.example") != 0)
			return 0;
	}
	return 0;
}

void freeaddrinfo(struct addrinfo *found)
{
	while (found != NULL) {
		struct addrinfo *next = found->ai_next;
		free(found->ai_addr);
		free(found);
		found = next;
	}
}

/* What the network takes is not this test's time. */
static void settle(const struct errand *errand)
{
	struct pollfd fd = {.fd = errand_fd(errand), .events = errand_events(errand)};
	poll(&fd, 1, 1000);
}

static void begin(struct errand *errand, const struct host *host, const struct errand_account *account)
{
	struct redis_text question = {0};
	const struct redis_reply *reply;
	redis_put(&question, (struct redis_arg[]){redis_arg("PING")}, 1);
	errand_init(errand);
	assert_int_equal(errand_begin(errand, &host->peer, account, &question), 0);
	redis_text_free(&question);
	settle(errand);
	assert_int_equal(errand_advance(errand, 0, &reply), 0);
}

static int advance(struct errand *errand, const struct redis_reply **reply)
{
	int rc = 0;
	for (int i = 0; i < 100 && rc == 0; i++) {
		settle(errand);
		rc = errand_advance(errand, 10 * MS, reply);
	}
	return rc;
}

static void brings_the_reply_to_its_command(void **state)
{
	(void)state;
	static const struct {
		const struct errand_account *account;
		const char *heard, *said;
		int rc;
		enum redis_kind kind;
		const char *text;
	} table[] = {
		{&stranger, QUESTION, "+PONG\r\n", 1, REDIS_STATUS, "PONG"},
		{&stranger, QUESTION, "-ERR no\r\n", 1, REDIS_ERROR, "ERR no"},
		{&stranger, QUESTION, "+PONG\r\n+MORE\r\n", 1, REDIS_STATUS, "PONG"},
		{&keen, AUTH QUESTION, "+OK\r\n+PONG\r\n", 1, REDIS_STATUS, "PONG"},
		{&keen, AUTH QUESTION, "-WRONGPASS no\r\n-NOAUTH no\r\n", 1, REDIS_ERROR, "WRONGPASS no"},
		{&stranger, QUESTION, "HTTP/1.1 400 Bad Request\r\n\r\n", -EPROTO, 0, NULL},
		{&stranger, QUESTION, "*2147483647\r\n", -EPROTO, 0, NULL},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct host host;
		struct errand errand;
		const struct redis_reply *reply;
		host_open(&host);
		begin(&errand, &host, table[i].account);
		host_hears(&host, table[i].heard);
		host_says(&host, table[i].said);
		assert_int_equal(advance(&errand, &reply), table[i].rc);
		if (table[i].rc == 1)
			assert_true(redis_reply_is(reply, table[i].kind, table[i].text));
		errand_end(&errand);
		assert_false(errand_is_under_way(&errand));
		assert_int_equal(errand_fd(&errand), -1);
		host_close(&host);
	}
}

static void is_given_up_at_its_deadline(void **state)
{
	(void)state;
	struct host host;
	struct errand errand;
	const struct redis_reply *reply;
	host_open(&host);
	begin(&errand, &host, &stranger);
	assert_int_equal(errand.deadline_ns, ERRAND_REPLY_NS);
	host_hears(&host, QUESTION);
	/* However it trickles. */
	for (uint64_t at_ns = 0; at_ns < ERRAND_REPLY_NS; at_ns += 500 * MS) {
		host_says(&host, at_ns == 0 ? "+" : "x");
		settle(&errand);
		assert_int_equal(errand_advance(&errand, at_ns, &reply), 0);
	}
	assert_int_equal(errand_advance(&errand, ERRAND_REPLY_NS - 1, &reply), 0);
	assert_int_equal(errand_advance(&errand, ERRAND_REPLY_NS, &reply), -ETIMEDOUT);
	assert_string_equal(errand.why, "no answer");
	errand_end(&errand);
	host_close(&host);
}

/* Each address of a name has its time, which begins behind the look-up. */
static void an_address_that_does_not_answer_is_passed_over(void **state)
{
	(void)state;
	static const struct {
		int fulls; /* how many of the two do not answer */
		int rc;
	} table[] = {{1, 1}, {2, -ETIMEDOUT}};
	const struct dest_peer two = {.port = 1, .host = "two.example"};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct host hosts[2];
		struct errand errand;
		struct redis_text question = {0};
		const struct redis_reply *reply;
		int fds[2][4];
		uint64_t at_ns = 9000 * MS; /* when the name is found */
		for (int k = 0; k < 2; k++) {
			host_open(&hosts[k]);
			ports[k] = hosts[k].peer.port;
			if (k < table[i].fulls)
				host_fills(&hosts[k], fds[k]);
		}
		redis_put(&question, (struct redis_arg[]){redis_arg("PING")}, 1);
		errand_init(&errand);
		assert_int_equal(errand_begin(&errand, &two, &stranger, &question), 0);
		redis_text_free(&question);
		assert_int_equal(errand_advance(&errand, at_ns, &reply), 0);
		assert_int_equal(errand.deadline_ns, at_ns + ERRAND_CONNECT_NS);
		assert_int_equal(errand_advance(&errand, errand.deadline_ns - 1, &reply), 0);
		at_ns = errand.deadline_ns;
		assert_int_equal(errand_advance(&errand, at_ns, &reply), 0);
		assert_int_equal(errand.deadline_ns, at_ns + ERRAND_CONNECT_NS);
		if (table[i].rc == 1) {
			settle(&errand);
			assert_int_equal(errand_advance(&errand, at_ns, &reply), 0);
			host_hears(&hosts[1], QUESTION);
			host_says(&hosts[1], "+PONG\r\n");
			settle(&errand);
		} else {
			assert_int_equal(errand_advance(&errand, errand.deadline_ns - 1, &reply), 0);
			at_ns = errand.deadline_ns;
		}
		assert_int_equal(errand_advance(&errand, at_ns, &reply), table[i].rc);
		if (table[i].rc != 1)
			assert_string_equal(errand.why, "no answer");
		errand_end(&errand);
		for (int k = 0; k < 2; k++) {
			for (int n = 0; n < 4 && k < table[i].fulls; n++)
				close(fds[k][n]);
			host_close(&hosts[k]);
		}
	}
}

static void a_server_that_is_gone_is_told(void **state)
{
	(void)state;
	struct host host;
	struct errand errand;
	const struct redis_reply *reply;
	host_open(&host);
	begin(&errand, &host, &stranger);
	host_hears(&host, QUESTION);
	host_close(&host);
	assert_int_equal(advance(&errand, &reply), -ECONNRESET);
	assert_string_equal(errand.why, "Connection reset by peer");
	/* Nobody listens any more: told at once, or when the connection was to be made. */
	struct redis_text question = {0};
	redis_put(&question, (struct redis_arg[]){redis_arg("PING")}, 1);
	int rc = errand_begin(&errand, &host.peer, &stranger, &question);
	if (rc == 0)
		rc = advance(&errand, &reply);
	assert_int_equal(rc, -ECONNREFUSED);
	redis_text_free(&question);
	errand_end(&errand);
}

/* Sentinels: the first is dead, the second knows nothing, the third wants a password and then tells. */
static void the_finder_goes_from_one_to_the_next(void **state)
{
	(void)state;
	struct host hosts[3];
	struct finder finder;
	struct sink_dest dest;
	char why[SINK_WHY_CAP] = "", url[128];
	for (int i = 0; i < 3; i++)
		host_open(&hosts[i]);
	snprintf(url, sizeof url, "redis+sentinel://keen@127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u/main", hosts[0].peer.port, hosts[1].peer.port,
		hosts[2].peer.port);
	assert_int_equal(dest_parse(url, &dest, why), 0);
	finder_open(&finder, &dest, &keen);
	close(hosts[0].listens);
	static const char asked[] = "*3\r\n$8\r\nSENTINEL\r\n$23\r\nget-master-addr-by-name\r\n$4\r\nmain\r\n";
	static const char authed[] = AUTH "*3\r\n$8\r\nSENTINEL\r\n$23\r\nget-master-addr-by-name\r\n$4\r\nmain\r\n";
	static const struct {
		int host;
		const char *heard, *said;
	} steps[] = {
		{1, asked, "*-1\r\n"},
		{2, asked, "-NOAUTH Authentication required.\r\n"},
		{2, authed, "+OK\r\n*2\r\n$8\r\n10.0.0.9\r\n$4\r\n6379\r\n"},
	};
	int rc = 0;
	for (size_t i = 0; i < 3; i++) {
		while (errand_fd(&finder.errand) < 0 || dest_peer_is(route_sentinel(&finder.route), &hosts[0].peer))
			assert_int_equal(finder_advance(&finder, 0, why), 0);
		settle(&finder.errand);
		assert_int_equal(finder_advance(&finder, 0, why), 0);
		assert_true(finder.is_asking);
		assert_int_equal(finder_deadline(&finder), ERRAND_REPLY_NS);
		struct host *host = &hosts[steps[i].host];
		host_hears(host, steps[i].heard);
		host_says(host, steps[i].said);
		settle(&finder.errand);
		rc = finder_advance(&finder, 0, why);
		assert_int_equal(rc, i == 2);
	}
	assert_false(finder.is_asking);
	assert_string_equal(finder.route.peer.host, "10.0.0.9");
	assert_int_equal(finder_advance(&finder, 0, why), 1);
	/* The one that told is asked first, and shown the password at once. */
	finder_lost(&finder, "", true);
	assert_int_equal(finder_advance(&finder, 0, why), 0);
	settle(&finder.errand);
	assert_int_equal(finder_advance(&finder, 0, why), 0);
	host_hears(&hosts[2], authed);
	finder_close(&finder);
	close(hosts[2].fd);
	close(hosts[1].fd);
	close(hosts[1].listens);
	close(hosts[2].listens);
}

static void the_finder_says_when_they_are_all_dead(void **state)
{
	(void)state;
	struct host host;
	struct finder finder;
	struct sink_dest dest;
	char why[SINK_WHY_CAP] = "", url[128];
	int rc = 0;
	host_open(&host);
	snprintf(url, sizeof url, "redis+sentinel://127.0.0.1:%u,127.0.0.1:%u/main", host.peer.port, host.peer.port);
	assert_int_equal(dest_parse(url, &dest, why), 0);
	host_close(&host);
	finder_open(&finder, &dest, &keen);
	while (rc == 0) {
		rc = finder_advance(&finder, 0, why);
		settle(&finder.errand);
	}
	assert_int_equal(rc, -ENOENT);
	char said[SINK_WHY_CAP];
	snprintf(said, sizeof said, "no sentinel answers (127.0.0.1:%u: Connection refused)", host.peer.port);
	/* Told at once, or when the connection was to be made. */
	if (strstr(why, "cannot connect: ") == NULL)
		assert_string_equal(why, said);
	assert_false(finder.is_asking);
	finder_close(&finder);
}

static void a_listing_goes_where_the_cluster_keeps_it(void **state)
{
	(void)state;
	static const struct {
		const char *said, *error;
	} table[] = {{":1\r\n", ""}, {"-NOPERM no\r\n", "NOPERM no"}, {"-MOVED 1 127.0.0.1:1\r\n", ""}, {"HTTP\r\n", ""}};
	static const char listed[] = "*4\r\n$4\r\nHSET\r\n$15\r\nc2watch:sensors\r\n$2\r\ns1\r\n$2\r\n{}\r\n";
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct host host;
		struct beat beat = {0};
		struct beat_errand carrier = {0};
		char moved[64];
		host_open(&host);
		errand_init(&carrier.errand);
		assert_int_equal(beat_put(&beat, "s1", (struct sender_field[]){{"hits", "7"}}, 1, "{}"), 0);
		static const char all[] = "*4\r\n$4\r\nHSET\r\n$19\r\nc2watch:{s1}:status\r\n$4\r\nhits\r\n$1\r\n7\r\n"
					  "*3\r\n$6\r\nEXPIRE\r\n$19\r\nc2watch:{s1}:status\r\n$2\r\n60\r\n";
		assert_int_equal(beat.text.len, sizeof all - 1 + sizeof listed - 1);
		assert_memory_equal(beat.text.octets, all, sizeof all - 1);
		const struct redis_text listing = beat_listing(&beat);
		snprintf(moved, sizeof moved, "MOVED 1 :%u", host.peer.port);
		const struct dest_peer here = {.port = 1, .host = "127.0.0.1"};
		beat_carry(&carrier, moved, &here, &stranger, &listing, 5 * MS);
		assert_int_equal(carrier.due_ns, 5 * MS + BEAT_LIST_NS);
		settle(&carrier.errand);
		beat_advance(&carrier, 10 * MS);
		host_hears(&host, listed);
		host_says(&host, table[i].said);
		settle(&carrier.errand);
		beat_advance(&carrier, 10 * MS);
		assert_false(errand_is_under_way(&carrier.errand));
		assert_string_equal(carrier.error, table[i].error);
		redis_text_free(&beat.text);
		host_close(&host);
	}
}

static void a_heartbeat_has_its_bounds(void **state)
{
	(void)state;
	static struct sender_field fields[SENDER_FIELDS_MAX + 1];
	struct beat beat = {0};
	for (size_t i = 0; i <= SENDER_FIELDS_MAX; i++)
		fields[i] = (struct sender_field){"f", "v"};
	assert_int_equal(beat_put(&beat, "s", fields, 0, "{}"), -EINVAL);
	assert_int_equal(beat_put(&beat, "s", fields, SENDER_FIELDS_MAX + 1, "{}"), -EINVAL);
	assert_int_equal(beat_put(&beat, "s", fields, SENDER_FIELDS_MAX, "{}"), 0);
	redis_text_free(&beat.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brings_the_reply_to_its_command),
		cmocka_unit_test(is_given_up_at_its_deadline),
		cmocka_unit_test(an_address_that_does_not_answer_is_passed_over),
		cmocka_unit_test(a_server_that_is_gone_is_told),
		cmocka_unit_test(the_finder_goes_from_one_to_the_next),
		cmocka_unit_test(the_finder_says_when_they_are_all_dead),
		cmocka_unit_test(a_listing_goes_where_the_cluster_keeps_it),
		cmocka_unit_test(a_heartbeat_has_its_bounds),
	};
	return cmocka_run_group_tests_name("errand", tests, NULL, NULL);
}
