/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "sink/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of texts, in the order in which they were given. */
struct config_list {
	const char **items;
	unsigned n;
};

/* When feeds are loaded anew. */
enum config_reload {
	CONFIG_ON_CHANGE, /* when their files change, and on SIGHUP */
	CONFIG_ON_SIGNAL, /* on SIGHUP alone */
};

/* What the user wants, from the command line and the configuration file; the former wins. Everything has its default filled in. */
struct config {
	struct config_list interfaces;
	struct config_list files;
	struct config_list feeds;
	struct config_list outputs;
	struct config_list geoip;
	struct config_list home_nets;
	const char *filter; /* BPF expression; null for none */
	const char *sensor;
	const char *user; /* null: stay who we are */
	const char *spool;
	const char *password_file; /* null for none */
	struct tls_options tls;
	const char *resolvers;     /* null: the list that is installed with the program */
	enum config_reload reload; /* of a live sensor; a replay's only on SIGHUP */
	unsigned workers;
	unsigned drain_s;
	unsigned stats_s;    /* 0: only at the end */
	unsigned coverage_s; /* packet time between two coverage records; 0: none */
	int verbosity;       /* -1 quiet, 0, 1 verbose */
	bool is_observe;
	bool has_certificates; /* --observe shows what servers certify as well, not only what hosts say */
	bool is_test;
};

/* What a command line asks for. */
enum config_ask {
	CONFIG_RUN,
	CONFIG_HELP,
	CONFIG_VERSION,
	CONFIG_LIST,         /* -D */
	CONFIG_SPOOL_STATUS, /* --spool-status: of config.spool */
	CONFIG_WRONG,        /* told already: exit 2 */
};

#define CONFIG_FILE_DEFAULT "/etc/c2watch/c2watch.yaml"

/* Reads the command line and, where it says so, the configuration file into `config`, whose memory lives until the program ends. Errors are logged. */
enum config_ask config_read(struct config *config, int argc, char **argv);

extern const char config_help[];

#endif
