/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spool and sender against a redis-server of their own, which is killed, stopped, wiped, filled and locked: each record arrives once, in order.
 * Prints TAP; skips when there is no redis-server.
 */
#include "base/log.h"
#include "sink/sender.h"

#include "disk.h"
#include "slow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES "c2watch:{live}:hits"

static char dir[64], sock[96], dest_text[128];
static const char *server_persists; /* yes or no */
static unsigned port;
static pid_t server = -1;
static unsigned cases;

static uint64_t clock_ms(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void pause_ms(unsigned ms)
{
	struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};
	nanosleep(&time, NULL);
}

static void tell(bool is_good, const char *name)
{
	printf("%s %u - %s\n", is_good ? "ok" : "not ok", ++cases, name);
	fflush(stdout);
}

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	if (server > 0)
		kill(server, SIGKILL);
	exit(1);
}

/* The server */

/* What redis-cli prints for a command, without its newline. */
static const char *ask(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *ask(const char *format, ...)
{
	static char answer[4096];
	char words[1024], command[1200];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	snprintf(command, sizeof command, "redis-cli -s '%s' %s 2>&1", sock, words);
	FILE *pipe = popen(command, "r");
	if (pipe == NULL)
		die("redis-cli");
	size_t n = fread(answer, 1, sizeof answer - 1, pipe);
	pclose(pipe);
	while (n > 0 && answer[n - 1] == '\n')
		n--;
	answer[n] = '\0';
	return answer;
}

static bool is_up(void)
{
	for (int i = 0; i < 500; i++, pause_ms(10)) {
		const char *pong = ask("PING");
		if (strcmp(pong, "PONG") == 0 || strncmp(pong, "NOAUTH", 6) == 0)
			return true;
	}
	return false;
}

static void start_server(void)
{
	char port_text[8];
	snprintf(port_text, sizeof port_text, "%u", port);
	server = fork();
	if (server < 0)
		die("fork");
	if (server == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("redis-server", "redis-server", "--bind", "127.0.0.1", "--port", port_text, "--unixsocket", sock, "--dir", dir, "--save", "",
			"--appendonly", server_persists, (char *)NULL);
		_exit(127);
	}
	if (!is_up())
		die("redis-server does not answer");
}

static void kill_server(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	server = -1;
}

/* How many entries there are, if entry i says that it is record i for each of them; else 0. */
static uint64_t count_in_order(void)
{
	return strtoull(ask("EVAL \"local r = redis.call('XRANGE', KEYS[1], '-', '+') for i, e in ipairs(r) do "
			    "if e[2][2] ~= '{\\\"i\\\":' .. i .. '}' then return 0 end end return #r\" 1 '%s'",
				ENTRIES),
		NULL, 10);
}

/* The client */

struct client {
	struct spool *spool;
	struct sender *sender;
	uint64_t i; /* records appended */
};

static size_t gap_json(void *arg, const struct spool_gap *gap, struct sink_record *record, char *json, size_t cap)
{
	(void)arg;
	record->action = "gap";
	return (size_t)snprintf(json, cap, "{\"from\":%" PRIu64 ",\"to\":%" PRIu64 "}", gap->from, gap->to);
}

static void open_client(struct client *client, const char *to, const struct sink_secret *secret)
{
	char why[SINK_WHY_CAP], spool_dir[96];
	struct sink_dest dest;
	snprintf(spool_dir, sizeof spool_dir, "%s/spool", dir);
	struct spool_options options = {.dir = spool_dir, .sensor = "live", .segment_len = 20000};
	if (dest_parse(to, &dest, why) != 0 || spool_open(&client->spool, &options, why) != 0) {
		puts(why);
		die("spool");
	}
	dest.maxlen = 1000000;
	struct sender_options sender = {
		.dest = &dest, .secret = secret, .sensor = "live", .spool = client->spool, .name = "redis", .gap_json = gap_json};
	if (sender_start(&client->sender, &sender) != 0)
		die("sender");
}

static void append(struct client *client, uint64_t n, unsigned every_us)
{
	for (uint64_t end = client->i + n; client->i < end;) {
		char json[64];
		int len = snprintf(json, sizeof json, "{\"i\":%" PRIu64 "}", ++client->i);
		struct sink_record record = {.id = sink_id_next(spool_last_id(client->spool), clock_ms(CLOCK_REALTIME)),
			.ts = "2026-11-20T00:00:00Z",
			.host = "host-a",
			.indicator = "bad.example",
			.action = "c2-dns-query",
			.outcome = "asked",
			.json = json,
			.json_len = (size_t)len};
		if (spool_append(client->spool, &record, clock_ms(CLOCK_REALTIME) * 1000000) != 0)
			die("append");
		if (every_us > 0)
			usleep(every_us);
	}
}

static uint64_t waiting(struct client *client)
{
	struct sender_stats stats;
	sender_stats(client->sender, &stats);
	return stats.waiting;
}

/* Does everything arrive within the time? */
static bool arrives(struct client *client, unsigned within_ms)
{
	uint64_t end_ms = clock_ms(CLOCK_MONOTONIC) + within_ms;
	while (waiting(client) > 0 && clock_ms(CLOCK_MONOTONIC) < end_ms)
		pause_ms(20);
	bool is_all = waiting(client) == 0 && count_in_order() == client->i;
	if (!is_all)
		printf("# %" PRIu64 " appended, %" PRIu64 " waiting, %s there, %" PRIu64 " in order\n", client->i, waiting(client),
			ask("XLEN '%s'", ENTRIES), count_in_order());
	return is_all;
}

static uint64_t close_client(struct client *client, uint64_t drain_ms)
{
	uint64_t left = sender_stop(client->sender, drain_ms);
	spool_close(client->spool);
	return left;
}

/*
 * A fresh stream and a fresh spool. With `everysec` a server answers before it has written to its log while that is being synced: killed then, it would come
 * back with what was flushed.
 */
static void begin(struct client *client)
{
	char command[160];
	snprintf(command, sizeof command, "rm -rf '%s/spool'", dir);
	if (system(command) != 0)
		die("rm");
	if (server > 0) {
		ask("CONFIG SET appendfsync always");
		ask("FLUSHALL");
		ask("CONFIG SET appendfsync everysec");
	}
	*client = (struct client){0};
}

/* The cases */

static void plain(void)
{
	struct client client;
	begin(&client);
	open_client(&client, dest_text, NULL);
	struct sender_field fields[] = {{"version", "0.1"}, {"hits", "10000"}};
	sender_heartbeat(client.sender, fields, 2, "{\"version\":\"0.1\"}");
	append(&client, 10000, 0);
	tell(arrives(&client, 10000), "10,000 records over a unix socket, each once and in order");
	tell(strcmp(ask("HGET 'c2watch:{live}:status' hits"), "10000") == 0 && atoi(ask("TTL 'c2watch:{live}:status'")) > 50,
		"the heartbeat is there and expires");
	tell(strcmp(ask("HGET c2watch:sensors live"), "{\"version\":\"0.1\"}") == 0, "the sensor is listed");
	tell(strstr(ask("XRANGE '%s' - + COUNT 1", ENTRIES), "indicator\nbad.example\naction\nc2-dns-query\noutcome\nasked") != NULL,
		"an entry has its flat fields");
	close_client(&client, 0);

	char tcp[64];
	snprintf(tcp, sizeof tcp, "redis://localhost:%u/1", port);
	begin(&client);
	open_client(&client, tcp, NULL);
	append(&client, 1000, 0);
	uint64_t left = close_client(&client, 10000);
	tell(left == 0 && strcmp(ask("-n 1 XLEN '%s'", ENTRIES), "1000") == 0, "1,000 records over TCP into database 1");
}

static void killed_server(void)
{
	struct client client;
	begin(&client);
	open_client(&client, dest_text, NULL);
	append(&client, 5000, 100);
	kill_server();
	append(&client, 3000, 100);
	start_server();
	append(&client, 2000, 100);
	tell(arrives(&client, 15000), "kill -9 of the server in the middle of 10,000, and its return");
	close_client(&client, 0);

	begin(&client);
	kill_server();
	open_client(&client, dest_text, NULL);
	append(&client, 1000, 0);
	pause_ms(1500);
	tell(waiting(&client) == 1000, "a server that is down at start: records wait");
	start_server();
	tell(arrives(&client, 10000), "and arrive when it is there");
	close_client(&client, 0);
}

static void stopped_server(void)
{
	struct client client;
	begin(&client);
	open_client(&client, dest_text, NULL);
	append(&client, 1000, 0);
	kill(server, SIGSTOP);
	uint64_t before_ms = clock_ms(CLOCK_MONOTONIC), longest_ms = 0;
	while (clock_ms(CLOCK_MONOTONIC) - before_ms < 3000) {
		uint64_t at_ms = clock_ms(CLOCK_MONOTONIC);
		append(&client, 1, 0);
		longest_ms = clock_ms(CLOCK_MONOTONIC) - at_ms > longest_ms ? clock_ms(CLOCK_MONOTONIC) - at_ms : longest_ms;
		usleep(1000);
	}
	kill(server, SIGCONT);
	tell(arrives(&client, 15000), "a server that stands still for 3 s");
	printf("# longest append: %" PRIu64 " ms\n", longest_ms);
	tell(longest_ms < 1000, "and nobody waited for it");
	close_client(&client, 0);
}

/* The end of the process before its so-many-th call to the disk, in whichever thread that is. */
static _Atomic long calls_left;

static int end_here(const struct disk_event *event)
{
	(void)event;
	if (atomic_fetch_sub(&calls_left, 1) == 1)
		_exit(1);
	return 0;
}

/* Appends as fast as it can, and tells what the spool took, until it is killed or comes to its last call. */
static void be_killed(struct client *client, int told_fd, long calls)
{
	atomic_store(&calls_left, calls);
	disk_before = calls > 0 ? end_here : NULL;
	open_client(client, dest_text, NULL);
	for (;;) {
		append(client, 1, 20);
		if (write(told_fd, &client->i, sizeof client->i) < 0)
			_exit(1);
	}
}

/* Returns what had been told by the end. */
static uint64_t kill_once(struct client *client, long calls, unsigned after_us)
{
	int ends[2];
	uint64_t told = client->i, i;
	if (pipe(ends) != 0)
		die("pipe");
	pid_t child = fork();
	if (child == 0)
		be_killed(client, ends[1], calls);
	close(ends[1]);
	if (calls == 0) {
		usleep(after_us);
		kill(child, SIGKILL);
	}
	while (read(ends[0], &i, sizeof i) == sizeof i)
		told = i;
	close(ends[0]);
	waitpid(child, NULL, 0);
	return told;
}

/* Half of the times at a time of its own, half at one call after another: the spool's folders are made by the first few. */
static void killed_client(void)
{
	struct client client;
	const char *fast = getenv("C2WATCH_FAST");
	unsigned times = BENCH_IS_SLOW || (fast != NULL && *fast != '\0') ? 40 : 300;
	bool has_all = true;
	begin(&client);
	for (unsigned n = 0; n < times; n++) {
		uint64_t told = kill_once(&client, n % 2 == 0 ? 1 + n / 2 : 0, (unsigned)random() % 40000);
		/* The record that was being appended may be in the spool, too. */
		struct spool_stats stats;
		struct client look = {0};
		open_client(&look, "unix:///nonexistent", NULL);
		spool_stats(look.spool, &stats);
		has_all &= stats.last_seq == told || stats.last_seq == told + 1;
		client.i = stats.last_seq;
		close_client(&look, 0);
	}
	open_client(&client, dest_text, NULL);
	bool is_there = arrives(&client, 10000);
	printf("# killed %u times, %" PRIu64 " records\n", times, client.i);
	tell(is_there && has_all, "kill -9 of the client at any time and at any call, and its return");
	close_client(&client, 0);
}

static void wiped_server(void)
{
	struct client client;
	begin(&client);
	open_client(&client, dest_text, NULL);
	append(&client, 3000, 0);
	bool is_there = arrives(&client, 10000);
	ask("FLUSHALL");
	ask("CLIENT KILL TYPE normal SKIPME yes");
	pause_ms(300);
	tell(is_there && arrives(&client, 10000), "an emptied stream is filled again");
	kill_server();
	server_persists = "no";
	start_server();
	append(&client, 10, 0);
	arrives(&client, 10000);
	kill_server(); /* this one forgets all */
	start_server();
	append(&client, 1, 0);
	tell(arrives(&client, 10000), "a server that forgot what it had acknowledged gets it again");
	close_client(&client, 0);
	kill_server();
	server_persists = "yes";
	start_server();
}

static void refusing_server(void)
{
	static const struct {
		const char *name, *begin, *end;
	} table[] = {
		{"out of memory", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"},
		{"a read-only replica", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"},
		{"a key of another type", "SET '" ENTRIES "' x", "DEL '" ENTRIES "'"},
		{"too few replicas", "CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"},
		{"a password that appears, and goes", "CONFIG SET requirepass x", "-a x --no-auth-warning CONFIG SET requirepass ''"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct client client;
		begin(&client);
		ask("%s", table[i].begin);
		open_client(&client, dest_text, NULL);
		append(&client, 500, 0);
		pause_ms(700);
		uint64_t waited = waiting(&client);
		ask("%s", table[i].end);
		tell(arrives(&client, 10000) && waited == 500, table[i].name);
		close_client(&client, 0);
	}
}

static void busy_server(void)
{
	struct client client;
	begin(&client);
	ask("CONFIG SET busy-reply-threshold 50");
	open_client(&client, dest_text, NULL);
	for (int times = 0; times < 5; times++) {
		char command[256];
		/* A script that blocks for a while, so that batches meet its beginning and its end. */
		snprintf(command, sizeof command,
			"redis-cli -s '%s' EVAL \"local i = 0 while i < 20000000 do i = i + 1 end return i\" 0 >/dev/null 2>&1 &", sock);
		if (system(command) != 0)
			die("redis-cli");
		append(&client, 400, 500);
	}
	tell(arrives(&client, 15000), "a server that is busy with a script, off and on");
	close_client(&client, 0);
}

static void user_with_few_rights(void)
{
	static const struct {
		const char *name, *rights;
	} table[] = {
		{"a user with the rights that we ask for", "'%W~" ENTRIES "' +xadd +multi +exec '(%R~" ENTRIES " +xinfo|stream +xrange)'"},
		{"a user who may do nothing but XADD", "'~" ENTRIES "' +xadd"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct client client;
		struct sink_secret secret = {.len = 4, .octets = "hush"};
		char to[96];
		begin(&client);
		ask("ACL SETUSER sensor reset on '>hush' -@all %s", table[i].rights);
		snprintf(to, sizeof to, "redis://sensor@127.0.0.1:%u", port);
		open_client(&client, to, &secret);
		append(&client, 600, 0);
		tell(arrives(&client, 10000), table[i].name);
		close_client(&client, 0);
	}
}

/* What waits for the server over a restart is in the stream or among the dead letters, also when somebody else writes to the stream meanwhile. */
static void overtaken(void)
{
	struct client client;
	struct sender_stats stats;
	begin(&client);
	open_client(&client, dest_text, NULL);
	append(&client, 10, 0);
	bool has_ten = arrives(&client, 5000);
	close_client(&client, 0);
	open_client(&client, "unix:///nonexistent", NULL);
	append(&client, 50, 0);
	close_client(&client, 0);
	ask("XADD " ENTRIES " 999999999999999-0 x y");
	open_client(&client, dest_text, NULL);
	for (int i = 0; i < 500; i++, pause_ms(10)) {
		sender_stats(client.sender, &stats);
		if (stats.waiting == 0)
			break;
	}
	tell(has_ten && stats.waiting == 0 && stats.dead == 50 && stats.refused == 50, "what was overtaken while it waited is not taken for stored");
	close_client(&client, 0);
}

/* A channel is for those who listen now: a new one does not begin with what others have had long ago. */
static void new_channel(void)
{
	struct client client;
	struct sender_stats stats;
	char to[160];
	begin(&client);
	open_client(&client, "unix:///nonexistent", NULL);
	append(&client, 20, 0);
	close_client(&client, 0);
	snprintf(to, sizeof to, "%s?mode=channel", dest_text);
	open_client(&client, to, NULL);
	append(&client, 5, 0);
	for (int i = 0; i < 500; i++, pause_ms(10)) {
		sender_stats(client.sender, &stats);
		if (stats.waiting == 0)
			break;
	}
	tell(stats.waiting == 0 && stats.stored == 5, "a new channel begins with the next record");
	close_client(&client, 0);
}

static void drain(void)
{
	struct client client;
	begin(&client);
	open_client(&client, "redis://127.0.0.1:1", NULL);
	append(&client, 50, 0);
	uint64_t before_ms = clock_ms(CLOCK_MONOTONIC);
	uint64_t left = close_client(&client, 500);
	uint64_t took_ms = clock_ms(CLOCK_MONOTONIC) - before_ms;
	tell(left == 50 && took_ms >= 450 && took_ms < 1500, "without a server, stopping takes the time it was given and leaves the rest");
	open_client(&client, dest_text, NULL);
	before_ms = clock_ms(CLOCK_MONOTONIC);
	left = close_client(&client, 10000);
	tell(left == 0 && count_in_order() == 50 && clock_ms(CLOCK_MONOTONIC) - before_ms < 2000, "with one, it ends as soon as all is there");
}

/* The time that a name server takes, and the addresses of every name: these ports on the loopback. */
static unsigned lookup_ms, ports[2], ports_n;

int getaddrinfo(const char *host, const char *name, const struct addrinfo *hints, struct addrinfo **found)
{
	(void)host, (void)hints;
	pause_ms(lookup_ms);
	*found = NULL;
	for (unsigned i = ports_n > 0 ? ports_n : 1; i-- > 0;) {
		struct addrinfo *one = calloc(1, sizeof *one);
		struct sockaddr_in *address = calloc(1, sizeof *address);
		if (one == NULL || address == NULL)
			die("calloc");
		*address = (struct sockaddr_in){.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
			.sin_port = htons((uint16_t)(ports_n > 0 ? ports[i] : strtoul(name, NULL, 10)))};
		*one = (struct addrinfo){
			.ai_family = AF_INET, .ai_addr = (struct sockaddr *)address, .ai_addrlen = sizeof *address, .ai_next = *found};
		*found = one;
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

/* The first address has no room for a connection more, and does not answer. */
static void slow_name(void)
{
	struct client client;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int full = socket(AF_INET, SOCK_STREAM, 0), fds[4];
	if (full < 0 || bind(full, (struct sockaddr *)&address, sizeof address) < 0 || listen(full, 0) < 0 ||
		getsockname(full, (struct sockaddr *)&address, &len) < 0)
		die("listen");
	for (int i = 0; i < 4; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fds[i], (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
			die("connect");
	}
	lookup_ms = 1200;
	ports[0] = ntohs(address.sin_port);
	ports[1] = port;
	ports_n = 2;
	begin(&client);
	open_client(&client, "redis://redis.example", NULL);
	append(&client, 100, 0);
	tell(arrives(&client, 8000), "a name server that takes longer than a connection may, and a first address that does not answer");
	close_client(&client, 0);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	close(full);
	lookup_ms = ports_n = 0;
}

static void choose_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		die("port");
	port = ntohs(address.sin_port);
	close(fd);
}

int main(void)
{
	if (system("command -v redis-server redis-cli >/dev/null") != 0) {
		puts("1..0 # SKIP no redis-server");
		return 0;
	}
	log_open("redis_sink", LOG_ERROR);
	strcpy(dir, "/tmp/c2w-live-XXXXXX");
	if (mkdtemp(dir) == NULL)
		die("mkdtemp");
	snprintf(sock, sizeof sock, "%s/redis.sock", dir);
	snprintf(dest_text, sizeof dest_text, "unix://%s", sock);
	choose_port();
	server_persists = "yes";
	start_server();
	plain();
	killed_server();
	stopped_server();
	killed_client();
	wiped_server();
	refusing_server();
	busy_server();
	user_with_few_rights();
	overtaken();
	new_channel();
	drain();
	slow_name();
	printf("1..%u\n", cases);
	kill_server();
	char command[96];
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command) == 0 ? 0 : 1;
}
