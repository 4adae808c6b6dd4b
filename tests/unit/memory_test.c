/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is refused: whatever opens or loads is tried again and again, its first allocation failing, then its second, until it succeeds. Each time
 * it says -ENOMEM, and gives back all it had. Allocations within libraries are not refused.
 */
#include "app/savefile.h"
#include "app/worker.h"
#include "feed/feedset.h"
#include "flow/inspect.h"
#include "host/hosts.h"
#include "incident/incident.h"
#include "record/record.h"
#include "sink/file.h"
#include "sink/outbox.h"
#include "sink/redis.h"
#include "sink/spool.h"
#include "sink/tls_stream.h"

#include "spool_ground.h"
#include "table.h"

/* The linker's --wrap, as in inspect_test, that also counts what is not given back. */
static unsigned countdown; /* the allocation that fails; 0: none */
static bool has_refused;
static struct {
	const void *at[4096];
	size_t n;
} lent;

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *at, size_t len);
void *__real_aligned_alloc(size_t align, size_t len);
void __real_free(void *at);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *at, size_t len);
void *__wrap_aligned_alloc(size_t align, size_t len);
void __wrap_free(void *at);

static bool is_refused(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	has_refused = true;
	return true;
}

static void *lend(void *at)
{
	if (at != NULL && lent.n < sizeof lent.at / sizeof lent.at[0])
		lent.at[lent.n++] = at;
	return at;
}

static void give(const void *at)
{
	for (size_t i = lent.n; i-- > 0;)
		if (lent.at[i] == at) {
			lent.at[i] = lent.at[--lent.n];
			return;
		}
}

void *__wrap_malloc(size_t len)
{
	return is_refused() ? NULL : lend(__real_malloc(len));
}

void *__wrap_calloc(size_t count, size_t len)
{
	return is_refused() ? NULL : lend(__real_calloc(count, len));
}

void *__wrap_realloc(void *at, size_t len)
{
	if (is_refused())
		return NULL;
	give(at);
	return lend(__real_realloc(at, len));
}

void *__wrap_aligned_alloc(size_t align, size_t len)
{
	return is_refused() ? NULL : lend(__real_aligned_alloc(align, len));
}

void __wrap_free(void *at)
{
	give(at);
	__real_free(at);
}

static struct ground *ground;

static const char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", ground->top, name);
	return path;
}

static void file_write(const char *name, const void *octets, size_t len)
{
	FILE *file = fopen(path_of(name), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static int try_ring(void)
{
	struct spsc ring;
	int rc = spsc_open(&ring, 64, 64);
	if (rc == 0)
		spsc_close(&ring);
	return rc;
}

static int try_worker(void)
{
	struct worker worker = {.seat = 0};
	int rc = worker_open(&worker, &(struct worker_options){.budget = 2u << 20, .ring_slots = 64, .key = {1, 2}});
	if (rc == 0)
		worker_close(&worker);
	return rc;
}

static int try_hosts(void)
{
	struct hosts *hosts = NULL;
	int rc = hosts_open(&hosts, &(struct hosts_options){.budget = 1u << 20});
	hosts_close(hosts);
	return rc;
}

static void ignore_summary(void *arg, const struct incident *incident, const struct note *last)
{
	(void)arg, (void)incident, (void)last;
}

static int try_incidents(void)
{
	struct incidents *incidents = NULL;
	int rc = incidents_open(&incidents, &(struct incidents_options){.budget = 1u << 20, .sensor = "s", .summary = ignore_summary});
	incidents_close(incidents);
	return rc;
}

/* So many names that every array of the builder grows. */
static int try_domset(void)
{
	struct c2_domset_builder *builder = c2_domset_builder_new(1);
	struct c2_domset *set = NULL, *view = NULL;
	int rc = builder != NULL ? 0 : -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < 3000; i++) {
		char text[32];
		struct c2_name name;
		snprintf(text, sizeof text, "x%u.y%u.example", i, i % 50);
		assert_int_equal(c2_name_from_text(text, strlen(text), &name), C2_OK);
		rc = c2_domset_builder_add(builder, &name, i % 10 == 0 ? C2_SCOPE_EXCEPT : C2_SCOPE_TREE);
	}
	if (rc == 0)
		rc = c2_domset_build(builder, NULL, &set);
	if (rc == 0) {
		size_t len;
		const void *image = c2_domset_image(set, &len);
		rc = c2_domset_view(image, len, &view);
	}
	c2_domset_free(view);
	c2_domset_free(set);
	c2_domset_builder_free(builder);
	return rc;
}

static unsigned complaints;

static void hear(void *arg, const struct feed_complaint *complaint)
{
	(void)arg, (void)complaint;
	complaints++;
}

static int load(const char *first, const char *second)
{
	const struct feed_source sources[2] = {{.path = first}, {.path = second}};
	const struct feed_lint lint = {.popular = path_of("popular")};
	const struct feed_listener listener = {.complain = hear};
	struct feedset *set = NULL;
	int rc = feedset_load(sources, second != NULL ? 2 : 1, &lint, &listener, &set);
	if (rc == 0 && second != NULL)
		rc = feedset_write(set, path_of("set"));
	feedset_free(set);
	return rc;
}

static int try_feeds(void)
{
	return load(path_of("a.feed"), path_of("b.feed"));
}

static int try_compiled(void)
{
	return load(path_of("set"), NULL);
}

static int try_spool(void)
{
	char why[SINK_WHY_CAP];
	struct spool *spool = NULL;
	struct spool_cursor *cursor = NULL;
	int rc = spool_open(&spool, &(struct spool_options){.dir = ground->dir, .sensor = "s"}, why);
	if (rc == 0)
		rc = spool_cursor_open(&cursor, spool, "c");
	struct sink_record record = {.json = "{}", .json_len = 2, .ts = "t", .host = "h", .indicator = "i", .action = "a", .outcome = "o"};
	record.id = sink_id_next(rc == 0 ? spool_last_id(spool) : (struct sink_id){0}, 1790000000000);
	if (rc == 0)
		rc = spool_append(spool, &record, NOW_NS);
	struct spool_item item;
	if (rc == 0)
		rc = spool_cursor_next(cursor, &item);
	if (cursor != NULL)
		spool_cursor_close(cursor);
	if (spool != NULL)
		spool_close(spool);
	return rc < 0 ? rc : 0;
}

static int try_outbox(void)
{
	struct outbox *outbox = NULL;
	int rc = outbox_open(&outbox, &(struct outbox_options){.sensor = "s", .user = ""});
	outbox_close(outbox);
	return rc;
}

static int try_tls(void)
{
	char why[SINK_WHY_CAP];
	struct tls *tls = NULL;
	struct tls_stream *stream = NULL;
	int rc = tls_open(&tls, &(struct tls_options){.name = "redis.example"}, why);
	if (rc == 0)
		rc = tls_stream_open(&stream, tls, "192.0.2.1", why);
	tls_stream_close(stream);
	tls_close(tls);
	return rc;
}

static int try_command(void)
{
	struct redis_text text = {0};
	const struct redis_arg args[] = {redis_arg("PING")};
	int rc = redis_put(&text, args, 1);
	redis_text_free(&text);
	return rc;
}

static int try_file(void)
{
	char why[SINK_WHY_CAP];
	struct file_sink *sink = NULL;
	int rc = file_sink_open(&sink, path_of("records"), why);
	if (rc == 0)
		file_sink_close(sink);
	return rc;
}

/* A section, an interface, and a packet of it: the interfaces' table is taken when the first frame is asked for. */
static int try_capture(void)
{
	char why[SAVEFILE_WHY_CAP];
	struct savefile *file = NULL;
	struct savefile_frame frame;
	int rc = savefile_open(&file, path_of("capture"), NULL, why);
	if (rc == 0 && savefile_next(file, &frame, why) != SAVEFILE_FRAME)
		rc = has_refused ? -ENOMEM : -EIO;
	savefile_close(file);
	return rc;
}

static int files_make(void **state)
{
	static const uint32_t capture[] = {
		0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff, 28, 1, 20, 1, 0, 20, 6, 36, 0, 0, 0, 4, 4, 0x01020304, 36};
	static char feed[64 << 10] = "#: name = a\n#: provider = p\n";
	void *made;
	(void)state; /* each test's is its row */
	if (lay(&made) < 0)
		return -1;
	ground = made;
	file_write("b.feed", "#: name = b\n=one.example.net\n!two.example.net\nexa_mple\n", 55);
	file_write("popular", "popular.example\n", 16);
	for (unsigned i = 0; i < 1500; i++)
		sprintf(feed + strlen(feed), "x%u.example.org stage=s%u\n", i, i);
	file_write("a.feed", feed, strlen(feed));
	file_write("capture", capture, sizeof capture);
	assert_int_equal(try_feeds(), 0); /* and the compiled set is there */
	return 0;
}

static int files_drop(void **state)
{
	void *made = ground;
	(void)state;
	return clean(&made);
}

struct row {
	const char *name;
	int (*try)(void);
};

static const struct row rows[] = {
	{"a ring", try_ring},
	{"a worker and its inspector", try_worker},
	{"hosts", try_hosts},
	{"incidents", try_incidents},
	{"a set of names", try_domset},
	{"two feeds, and the set written", try_feeds},
	{"a compiled set", try_compiled},
	{"a spool with a cursor", try_spool},
	{"an outbox", try_outbox},
	{"a connection with TLS", try_tls},
	{"a command for Redis", try_command},
	{"a file of records", try_file},
	{"a capture", try_capture},
};

static void test_refused(void **state)
{
	const struct row *row = *state;
	unsigned n = 0;
	int rc;
	assert_int_equal(row->try(), 0); /* what libraries keep for themselves is there */
	do {
		size_t before = lent.n;
		has_refused = false;
		countdown = ++n;
		rc = row->try();
		countdown = 0;
		if (has_refused && rc != -ENOMEM)
			fail_msg("allocation %u refused: %d", n, rc);
		if (lent.n != before)
			fail_msg("allocation %u refused: %zu not given back", n, lent.n - before);
	} while (has_refused);
	assert_int_equal(rc, 0);
	assert_true(n > 1);
	print_message("# %s: %u allocations refused\n", row->name, n - 1);
}

int main(void)
{
	static struct tests tests;
	log_open("memory", LOG_QUIET);
	TESTS_ROWS(&tests, rows, test_refused);
	return _cmocka_run_group_tests("memory", tests.at, tests.count, files_make, files_drop);
}
