/* SPDX-License-Identifier: Apache-2.0 */
/* What the user wants: the command line over the file over the defaults. Nothing below app/ knows of it. */
#include "app/config.h"

#include "app/config_parts.h"
#include "base/log.h"
#include "sink/sink.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_STEP 64
#define DRAIN_DEFAULT_S 10
#define COVERAGE_DEFAULT_S 60

const char config_help[] =
	"Usage: c2watch [-i IFACE]... | -r FILE...  [options] [BPF filter expression]\n"
	"\n"
	"Watches a network, or reads captures, for names known to be command-and-control, and says which host spoke them.\n"
	"\n"
	"  -i, --interface IFACE   capture live; repeatable; `any` works\n"
	"  -r, --read FILE         read a pcap or pcapng file, `-` for standard input; repeatable; more files may follow\n"
	"  -f, --feed FILE         a feed or a compiled set; repeatable; default: the 3CX feed that is installed with the program\n"
	"  -c, --config FILE       YAML; without -i and -r: " CONFIG_FILE_DEFAULT "\n"
	"  -o, --output DEST       `-` (default), a path, `none`, redis[s]://[user@]host[:port][/db] or unix:///path; repeatable\n"
	"  -O, --observe           standard output gets every name seen, one line each\n"
	"      --certificates      with --observe: the names in servers' certificates too\n"
	"  -g, --geoip FILE.mmdb   country, city or ASN database; repeatable\n"
	"  -j, --workers N         capture workers per interface; default 1\n"
	"  -n, --sensor NAME       default: the host name\n"
	"  -D, --interfaces        list the interfaces, then exit\n"
	"  -T, --test              test configuration, feeds and detection, then exit\n"
	"  -u, --user USER         run as USER once the interfaces are open; default c2watch when started as root\n"
	"      --password-file F   file with the Redis password; also $CREDENTIALS_DIRECTORY/redis.password\n"
	"      --tls-ca FILE       PEM, the authorities that servers with TLS (rediss://) must be of; default: the system's\n"
	"      --tls-cert FILE     PEM, the certificate to show to them, and\n"
	"      --tls-key FILE      its private key\n"
	"      --tls-name NAME     what their certificates must be for; default: the host of the URL\n"
	"      --spool DIR         where records wait for Redis\n"
	"      --spool-status [DIR]  say what waits in a spool, then exit\n"
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

/* Appends to a list; false, and told, when it is full. */
static bool list_add(struct config_list *list, const char *item, const char *what)
{
	if (list->n == CONFIG_LIST_MAX) {
		log_error("%s: more than %d of them", what, CONFIG_LIST_MAX);
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
	OPTION_TLS_CA,
	OPTION_TLS_CERT,
	OPTION_TLS_KEY,
	OPTION_TLS_NAME,
	OPTION_SPOOL,
	OPTION_SPOOL_STATUS,
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
	{"tls-ca", required_argument, NULL, OPTION_TLS_CA},
	{"tls-cert", required_argument, NULL, OPTION_TLS_CERT},
	{"tls-key", required_argument, NULL, OPTION_TLS_KEY},
	{"tls-name", required_argument, NULL, OPTION_TLS_NAME},
	{"spool", required_argument, NULL, OPTION_SPOOL},
	{"spool-status", no_argument, NULL, OPTION_SPOOL_STATUS},
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

/* Where the argument of an option goes that is taken as it is; null: another kind of option. */
static const char **option_text(struct config *config, int option)
{
	switch (option) {
	case 'n':
		return &config->sensor;
	case 'u':
		return &config->user;
	case OPTION_PASSWORD_FILE:
		return &config->password_file;
	case OPTION_RESOLVERS:
		return &config->resolvers;
	case OPTION_SPOOL:
		return &config->spool;
	case OPTION_TLS_CA:
		return &config->tls.ca_file;
	case OPTION_TLS_CERT:
		return &config->tls.cert_file;
	case OPTION_TLS_KEY:
		return &config->tls.key_file;
	case OPTION_TLS_NAME:
		return &config->tls.name;
	default:
		return NULL;
	}
}

static bool ask_take(enum config_ask *to, enum config_ask ask)
{
	*to = ask;
	return true;
}

/* One option. False when its argument is wrong (told). */
static bool option_take(struct config *config, const char **file, enum config_ask *ask, int option, const char *argument)
{
	const char **text = option_text(config, option);
	if (text != NULL) {
		*text = argument;
		return true;
	}
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
		return number_read(argument, "-j", 1, CONFIG_WORKERS_MAX, &config->workers);
	case OPTION_DRAIN:
		return number_read(argument, "--drain", 0, CONFIG_SECONDS_MAX, &config->drain_s);
	case OPTION_STATS:
		return number_read(argument, "--stats", 1, CONFIG_SECONDS_MAX, &config->stats_s);
	case OPTION_COVERAGE:
		return number_read(argument, "--coverage", 0, CONFIG_SECONDS_MAX, &config->coverage_s);
	case 'c':
		*file = argument;
		return true;
	case 'O':
		return config->is_observe = true;
	case OPTION_CERTIFICATES:
		return config->has_certificates = true;
	case 'T':
		return config->is_test = true;
	case 'q':
		config->verbosity = -1;
		return true;
	case 'v':
		config->verbosity = 1;
		return true;
	case 'D':
		return ask_take(ask, CONFIG_LIST);
	case OPTION_SPOOL_STATUS:
		return ask_take(ask, CONFIG_SPOOL_STATUS);
	case 'V':
		return ask_take(ask, CONFIG_VERSION);
	case 'h':
		return ask_take(ask, CONFIG_HELP);
	default:
		return false; /* getopt has said why */
	}
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

/* A service has its folder from systemd; else the system's for root, $XDG_STATE_HOME/c2watch/spool for an ordinary user. */
static const char *default_spool(void)
{
	const char *service = getenv("STATE_DIRECTORY");
	char *path_of_service;
	if (service != NULL && service[0] == '/' && strchr(service, ':') == NULL && asprintf(&path_of_service, "%s/spool", service) > 0)
		return path_of_service;
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
	if (config->drain_s == CONFIG_UNSET)
		config->drain_s = DRAIN_DEFAULT_S;
	if (config->coverage_s == CONFIG_UNSET)
		config->coverage_s = config->files.n == 0 ? COVERAGE_DEFAULT_S : 0;
	if (config->workers == 0)
		config->workers = 1;
	if (config->spool == NULL)
		config->spool = default_spool();
	if (config->user == NULL && geteuid() == 0 && config->files.n == 0)
		config->user = "c2watch";
	return true;
}

/* --spool-status [DIR]: the word behind it, else --spool, else what the file says, else the default. */
static enum config_ask config_take_status(struct config *config, const char *file, int n, char **words)
{
	if (file != NULL && !config_take_file(config, file))
		return CONFIG_WRONG;
	if (n > 1) {
		log_error("--spool-status: `%s`: want one folder", words[1]);
		return CONFIG_WRONG;
	}
	if (n == 1)
		config->spool = words[0];
	else if (config->spool == NULL)
		config->spool = default_spool();
	return CONFIG_SPOOL_STATUS;
}

enum config_ask config_read(struct config *config, int argc, char **argv)
{
	enum config_ask ask = CONFIG_RUN;
	const char *file = NULL;
	int option;
	*config = (struct config){.drain_s = CONFIG_UNSET, .coverage_s = CONFIG_UNSET};
	while ((option = getopt_long(argc, argv, "+i:r:f:c:o:Og:j:n:DTu:qvVh", long_options, NULL)) != -1)
		if (!option_take(config, &file, &ask, option, optarg))
			return CONFIG_WRONG;
	if (ask == CONFIG_SPOOL_STATUS)
		return config_take_status(config, file, argc - optind, argv + optind);
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
