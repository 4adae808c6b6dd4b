/* SPDX-License-Identifier: Apache-2.0 */
/* What the user wants: the command line over the YAML file over the defaults. Nothing below app/ knows of it. */
#include "app/config.h"

#include "base/log.h"
#include "sink/sink.h"

#include <cyaml/cyaml.h>

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX 65535 /* a day of rotated captures is over a thousand; inputs are told apart by 16 bits */
#define LIST_STEP 64
#define WORKERS_MAX 32
#define SECONDS_MAX 86400
#define DRAIN_DEFAULT_S 10
#define DRAIN_UNSET UINT_MAX
#define COVERAGE_DEFAULT_S 60
#define COVERAGE_UNSET UINT_MAX

const char config_help[] =
	"Usage: c2watch [-i IFACE]... | -r FILE...  [options] [BPF filter expression]\n"
	"\n"
	"Watches a network, or reads captures, for names known to be command-and-control, and says which host spoke them.\n"
	"\n"
	"  -i, --interface IFACE   capture live; repeatable; `any` works\n"
	"  -r, --read FILE         read a pcap or pcapng file, `-` for standard input; repeatable; more files may follow\n"
	"  -f, --feed FILE         a feed or a compiled set; repeatable; default: the 3CX feed that is installed with the program\n"
	"  -c, --config FILE       YAML; without -i and -r: " CONFIG_FILE_DEFAULT "\n"
	"  -o, --output DEST       `-` (default), a path, `none`, redis://[user@]host[:port][/db] or unix:///path; repeatable\n"
	"  -O, --observe           standard output gets every name seen, one line each\n"
	"      --certificates      with --observe: the names in servers' certificates too\n"
	"  -g, --geoip FILE.mmdb   country, city or ASN database; repeatable\n"
	"  -j, --workers N         capture workers per interface; default 1\n"
	"  -n, --sensor NAME       default: the host name\n"
	"  -D, --interfaces        list the interfaces, then exit\n"
	"  -T, --test              test configuration, feeds and detection, then exit\n"
	"  -u, --user USER         run as USER once the interfaces are open; default c2watch when started as root\n"
	"      --password-file F   file with the Redis password; also $CREDENTIALS_DIRECTORY/redis.password\n"
	"      --spool DIR         where records wait for Redis\n"
	"      --drain SECONDS     how long a replay waits for Redis at its end; default 10\n"
	"      --home-net CIDR     what counts as inside; repeatable; default RFC 1918, RFC 4193, link-local, CGNAT\n"
	"      --resolvers FILE    names and addresses of resolvers that take encrypted questions: hellos to them are counted\n"
	"      --coverage SECONDS  a record of what could and could not be read, so often; 0: none; default 60 live, 0 with -r\n"
	"      --stats SECONDS     a line of counters on standard error; always one at the end\n"
	"  -q, --quiet             errors only\n"
	"  -v, --verbose           more lines on standard error\n"
	"  -V, --version\n"
	"  -h, --help\n"
	"\n"
	"Examples:\n"
	"  c2watch -r capture.pcap                        hits of a capture, as JSON lines\n"
	"  c2watch -r capture.pcap --observe              every name in it\n"
	"  c2watch -i eth0 -o unix:///run/redis/redis.sock  live, into Redis\n"
	"\n"
	"Exit status: 0 done, 1 a failure while running, 2 usage or configuration, 3 an input that could not be read to its end.\n"
	"c2watch(8) says it in full.\n";

/* The configuration file, as libcyaml fills it in. */
struct config_yaml {
	const char *sensor, *user, *spool, *password_file, *filter, *resolvers;
	struct config_list interfaces, feeds, outputs, geoip, home_nets;
	unsigned workers, drain, stats;
	unsigned *coverage; /* null: not said, which is not 0 */
};

static const cyaml_schema_value_t yaml_text = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 4096)};

#define YAML_OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define YAML_TEXT(key, member) CYAML_FIELD_STRING_PTR(key, YAML_OPTIONAL, struct config_yaml, member, 1, 4096)
#define YAML_NUMBER(key, member) CYAML_FIELD_UINT(key, CYAML_FLAG_OPTIONAL, struct config_yaml, member)
#define YAML_LIST(field, member)                                                                                                               \
	{                                                                                                                                      \
		.key = field,                                                                                                                  \
		.value = {.type = CYAML_SEQUENCE, .flags = YAML_OPTIONAL, .data_size = sizeof(char *), .sequence = {&yaml_text, 0, LIST_MAX}}, \
		.data_offset = offsetof(struct config_yaml, member.items), .count_offset = offsetof(struct config_yaml, member.n),             \
		.count_size = sizeof(unsigned)                                                                                                 \
	}

static const cyaml_schema_field_t yaml_fields[] = {
	YAML_TEXT("sensor", sensor),
	YAML_LIST("interfaces", interfaces),
	YAML_TEXT("filter", filter),
	YAML_LIST("feeds", feeds),
	YAML_LIST("outputs", outputs),
	YAML_LIST("geoip", geoip),
	YAML_LIST("home_nets", home_nets),
	YAML_NUMBER("workers", workers),
	YAML_TEXT("user", user),
	YAML_TEXT("spool", spool),
	YAML_TEXT("password_file", password_file),
	YAML_TEXT("resolvers", resolvers),
	YAML_NUMBER("drain", drain),
	YAML_NUMBER("stats", stats),
	CYAML_FIELD_UINT_PTR("coverage", YAML_OPTIONAL, struct config_yaml, coverage),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t yaml_top = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config_yaml, yaml_fields)};

/* What libcyaml says of a file it refuses: the reason comes first, where it stands comes after. */
struct yaml_complaint {
	char reason[256];
	unsigned line;
};

static void __attribute__((format(printf, 3, 0))) yaml_hear(cyaml_log_t level, void *arg, const char *format, va_list args)
{
	struct yaml_complaint *complaint = arg;
	char text[256];
	(void)level;
	vsnprintf(text, sizeof text, format, args);
	text[strcspn(text, "\n")] = '\0';
	const char *where = strstr(text, "(line: ");
	if (where != NULL && complaint->line == 0)
		complaint->line = (unsigned)strtoul(where + strlen("(line: "), NULL, 10);
	const char *said = strncmp(text, "Load: ", 6) == 0 ? text + 6 : text;
	if (complaint->reason[0] == '\0')
		snprintf(complaint->reason, sizeof complaint->reason, "%s", said);
}

/* libcyaml places an unknown key where its mapping was last left; this finds the line it stands in. */
static unsigned yaml_key_line(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	char text[4096];
	unsigned line = 0;
	unsigned found = 0;
	while (file != NULL && found == 0 && fgets(text, sizeof text, file) != NULL) {
		const char *p = text + strspn(text, " \t\"'");
		line++;
		if (strncmp(p, key, strlen(key)) == 0 && strchr(":\"' \t", p[strlen(key)]) != NULL)
			found = line;
	}
	if (file != NULL)
		fclose(file);
	return found;
}

static int yaml_read(const char *path, struct config_yaml **yaml)
{
	static const char unknown[] = "Unexpected key: ";
	struct yaml_complaint complaint = {.line = 0};
	cyaml_config_t how = {.log_level = CYAML_LOG_WARNING, .log_fn = yaml_hear, .log_ctx = &complaint, .mem_fn = cyaml_mem};
	if (access(path, R_OK) != 0) {
		log_error("%s: %s", path, strerror(errno));
		return -EINVAL;
	}
	cyaml_err_t error = cyaml_load_file(path, &how, &yaml_top, (cyaml_data_t **)yaml, NULL);
	if (error == CYAML_OK)
		return 0;
	if (strncmp(complaint.reason, unknown, sizeof unknown - 1) == 0) {
		const char *key = complaint.reason + sizeof unknown - 1;
		log_error("%s:%u: unknown key `%s`", path, yaml_key_line(path, key), key);
	} else {
		log_error("%s:%u: %s", path, complaint.line, complaint.reason[0] != '\0' ? complaint.reason : cyaml_strerror(error));
	}
	return -EINVAL;
}

/* Appends to a list; false, and told, when it is full. */
static bool list_add(struct config_list *list, const char *item, const char *what)
{
	if (list->n == LIST_MAX) {
		log_error("%s: more than %d of them", what, LIST_MAX);
		return false;
	}
	if (list->n % LIST_STEP == 0) {
		const char **items = reallocarray(list->items, list->n + LIST_STEP, sizeof *items);
		if (items == NULL) {
			log_error("%s: %s", what, strerror(ENOMEM));
			return false;
		}
		list->items = items;
	}
	list->items[list->n++] = item;
	return true;
}

static bool number_read(const char *text, const char *what, unsigned low, unsigned high, unsigned *out)
{
	char *end;
	errno = 0;
	unsigned long value = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 || value < low || value > high) {
		log_error("%s: `%s` is no number from %u to %u", what, text, low, high);
		return false;
	}
	*out = (unsigned)value;
	return true;
}

enum {
	OPTION_PASSWORD_FILE = 256,
	OPTION_SPOOL,
	OPTION_DRAIN,
	OPTION_HOME_NET,
	OPTION_STATS,
	OPTION_CERTIFICATES,
	OPTION_COVERAGE,
	OPTION_RESOLVERS
};

static const struct option long_options[] = {
	{"interface", required_argument, NULL, 'i'},
	{"read", required_argument, NULL, 'r'},
	{"feed", required_argument, NULL, 'f'},
	{"config", required_argument, NULL, 'c'},
	{"output", required_argument, NULL, 'o'},
	{"observe", no_argument, NULL, 'O'},
	{"certificates", no_argument, NULL, OPTION_CERTIFICATES},
	{"geoip", required_argument, NULL, 'g'},
	{"workers", required_argument, NULL, 'j'},
	{"sensor", required_argument, NULL, 'n'},
	{"interfaces", no_argument, NULL, 'D'},
	{"test", no_argument, NULL, 'T'},
	{"user", required_argument, NULL, 'u'},
	{"password-file", required_argument, NULL, OPTION_PASSWORD_FILE},
	{"spool", required_argument, NULL, OPTION_SPOOL},
	{"drain", required_argument, NULL, OPTION_DRAIN},
	{"home-net", required_argument, NULL, OPTION_HOME_NET},
	{"stats", required_argument, NULL, OPTION_STATS},
	{"coverage", required_argument, NULL, OPTION_COVERAGE},
	{"resolvers", required_argument, NULL, OPTION_RESOLVERS},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static bool text_take(const char **to, const char *argument)
{
	*to = argument;
	return true;
}

/* One option. False when its argument is wrong (told). */
static bool option_take(struct config *config, const char **file, enum config_ask *ask, int option, const char *argument)
{
	switch (option) {
	case 'i':
		return list_add(&config->interfaces, argument, "-i");
	case 'r':
		return list_add(&config->files, argument, "-r");
	case 'f':
		return list_add(&config->feeds, argument, "-f");
	case 'o':
		return list_add(&config->outputs, argument, "-o");
	case 'g':
		return list_add(&config->geoip, argument, "-g");
	case OPTION_HOME_NET:
		return list_add(&config->home_nets, argument, "--home-net");
	case 'j':
		return number_read(argument, "-j", 1, WORKERS_MAX, &config->workers);
	case OPTION_DRAIN:
		return number_read(argument, "--drain", 0, SECONDS_MAX, &config->drain_s);
	case OPTION_STATS:
		return number_read(argument, "--stats", 1, SECONDS_MAX, &config->stats_s);
	case OPTION_COVERAGE:
		return number_read(argument, "--coverage", 0, SECONDS_MAX, &config->coverage_s);
	case OPTION_RESOLVERS:
		return text_take(&config->resolvers, argument);
	case 'c':
		return text_take(file, argument);
	case 'O':
		return config->is_observe = true;
	case OPTION_CERTIFICATES:
		return config->has_certificates = true;
	case 'n':
		return text_take(&config->sensor, argument);
	case 'u':
		return text_take(&config->user, argument);
	case OPTION_PASSWORD_FILE:
		return text_take(&config->password_file, argument);
	case OPTION_SPOOL:
		return text_take(&config->spool, argument);
	case 'T':
		return config->is_test = true;
	case 'q':
		config->verbosity = -1;
		return true;
	case 'v':
		config->verbosity = 1;
		return true;
	case 'D':
		*ask = CONFIG_LIST;
		return true;
	case 'V':
		*ask = CONFIG_VERSION;
		return true;
	case 'h':
		*ask = CONFIG_HELP;
		return true;
	default:
		return false; /* getopt has said why */
	}
}

static void take_text(const char **to, const char *from)
{
	if (*to == NULL)
		*to = from;
}

static void take_list(struct config_list *to, const struct config_list *from)
{
	if (to->n == 0)
		*to = *from;
}

/* Numbers of a file have their limits checked as the command line's. */
static bool take_number(unsigned *to, unsigned unset, unsigned from, const char *path, const char *key, unsigned high)
{
	if (from > high) {
		log_error("%s: %s: %u is more than %u", path, key, from, high);
		return false;
	}
	if (*to == unset && from > 0)
		*to = from;
	return true;
}

static bool config_take_file(struct config *config, const char *path)
{
	static struct config_yaml *yaml; /* its texts are the configuration's from here on */
	if (yaml_read(path, &yaml) < 0)
		return false;
	if (yaml == NULL) /* an empty file */
		return true;
	if (config->files.n == 0)
		take_list(&config->interfaces, &yaml->interfaces);
	take_list(&config->feeds, &yaml->feeds);
	take_list(&config->outputs, &yaml->outputs);
	take_list(&config->geoip, &yaml->geoip);
	take_list(&config->home_nets, &yaml->home_nets);
	take_text(&config->sensor, yaml->sensor);
	take_text(&config->user, yaml->user);
	take_text(&config->spool, yaml->spool);
	take_text(&config->password_file, yaml->password_file);
	take_text(&config->resolvers, yaml->resolvers);
	if (config->coverage_s == COVERAGE_UNSET && yaml->coverage != NULL && *yaml->coverage == 0)
		config->coverage_s = 0;
	take_text(&config->filter, yaml->filter);
	return take_number(&config->workers, 0, yaml->workers, path, "workers", WORKERS_MAX) &&
	       take_number(&config->drain_s, DRAIN_UNSET, yaml->drain, path, "drain", SECONDS_MAX) &&
	       take_number(&config->stats_s, 0, yaml->stats, path, "stats", SECONDS_MAX) &&
	       take_number(&config->coverage_s, COVERAGE_UNSET, yaml->coverage != NULL ? *yaml->coverage : 0, path, "coverage", SECONDS_MAX);
}

/* The words behind the options: more captures when there is a -r and they are files, else a filter expression. */
static bool config_take_words(struct config *config, int n, char **words)
{
	while (n > 0 && config->files.n > 0 && access(words[0], F_OK) == 0) {
		if (!list_add(&config->files, words[0], "-r"))
			return false;
		words++;
		n--;
	}
	if (n == 0)
		return true;
	size_t len = 1;
	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	char *filter = calloc(1, len);
	if (filter == NULL)
		return false;
	for (int i = 0; i < n; i++) {
		if (i > 0)
			strcat(filter, " ");
		strcat(filter, words[i]);
	}
	config->filter = filter;
	return true;
}

/* $XDG_STATE_HOME/c2watch/spool for an ordinary user, the system's for root. */
static const char *default_spool(void)
{
	if (geteuid() == 0)
		return "/var/lib/c2watch/spool";
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int n = -1;
	if (state != NULL && state[0] == '/')
		n = asprintf(&path, "%s/c2watch/spool", state);
	else if (home != NULL && home[0] == '/')
		n = asprintf(&path, "%s/.local/state/c2watch/spool", home);
	return n < 0 ? "/var/lib/c2watch/spool" : path;
}

static bool config_complete(struct config *config)
{
	static char host[SINK_SENSOR_MAX + 1];
	static const char *feed = C2WATCH_DATADIR "/feeds/3cx.feed";
	static const char *standard_output = "-";
	if (config->sensor == NULL) {
		gethostname(host, sizeof host - 1);
		host[strcspn(host, ".")] = '\0';
		config->sensor = host;
	}
	if (!sink_sensor_is_good(config->sensor)) {
		log_error("-n: `%s` is no sensor name: 1 to %d of A-Z a-z 0-9 . _ -, not beginning with a dot", config->sensor, SINK_SENSOR_MAX);
		return false;
	}
	if (config->feeds.n == 0)
		config->feeds = (struct config_list){.items = &feed, .n = 1};
	if (config->outputs.n == 0 && !config->is_observe)
		config->outputs = (struct config_list){.items = &standard_output, .n = 1};
	if (config->drain_s == DRAIN_UNSET)
		config->drain_s = DRAIN_DEFAULT_S;
	if (config->coverage_s == COVERAGE_UNSET)
		config->coverage_s = config->files.n == 0 ? COVERAGE_DEFAULT_S : 0;
	if (config->workers == 0)
		config->workers = 1;
	if (config->spool == NULL)
		config->spool = default_spool();
	if (config->user == NULL && geteuid() == 0 && config->files.n == 0)
		config->user = "c2watch";
	return true;
}

enum config_ask config_read(struct config *config, int argc, char **argv)
{
	enum config_ask ask = CONFIG_RUN;
	const char *file = NULL;
	int option;
	*config = (struct config){.drain_s = DRAIN_UNSET, .coverage_s = COVERAGE_UNSET};
	while ((option = getopt_long(argc, argv, "+i:r:f:c:o:Og:j:n:DTu:qvVh", long_options, NULL)) != -1)
		if (!option_take(config, &file, &ask, option, optarg))
			return CONFIG_WRONG;
	if (ask != CONFIG_RUN)
		return ask;
	if (!config_take_words(config, argc - optind, argv + optind))
		return CONFIG_WRONG;
	if (config->interfaces.n > 0 && config->files.n > 0) {
		log_error("-i and -r: choose one, a wire or files");
		return CONFIG_WRONG;
	}
	bool has_input = config->interfaces.n > 0 || config->files.n > 0;
	if (file == NULL && !has_input && (!config->is_test || access(CONFIG_FILE_DEFAULT, F_OK) == 0)) /* -T does without one that is not there */
		file = CONFIG_FILE_DEFAULT;
	if (file != NULL && !config_take_file(config, file))
		return CONFIG_WRONG;
	if (config->interfaces.n == 0 && config->files.n == 0 && !config->is_test) {
		log_error("nothing to watch: give -i IFACE, -r FILE, or `interfaces:` in %s; -h helps", file);
		return CONFIG_WRONG;
	}
	return config_complete(config) ? CONFIG_RUN : CONFIG_WRONG;
}
