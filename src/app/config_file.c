/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file: YAML, whose keys stand for options. */
#include "app/config_parts.h"

#include "base/log.h"

#include <cyaml/cyaml.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The configuration file, as libcyaml fills it in. */
struct config_yaml {
	const char *sensor, *user, *spool, *password_file, *filter, *resolvers;
	struct tls_options tls;
	struct config_list interfaces, feeds, outputs, geoip, home_nets;
	enum config_reload reload;
	unsigned workers, drain, stats;
	unsigned *coverage; /* null: not said, which is not 0 */
};

static const cyaml_strval_t yaml_reload[] = {{"on-change", CONFIG_ON_CHANGE}, {"on-signal", CONFIG_ON_SIGNAL}};

static const cyaml_schema_value_t yaml_text = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 4096)};

#define YAML_OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define YAML_TEXT(key, member) CYAML_FIELD_STRING_PTR(key, YAML_OPTIONAL, struct config_yaml, member, 1, 4096)
#define YAML_NUMBER(key, member) CYAML_FIELD_UINT(key, CYAML_FLAG_OPTIONAL, struct config_yaml, member)
#define YAML_LIST(field, member)                                                                                                   \
	{                                                                                                                          \
		.key = field,                                                                                                      \
		.value = {.type = CYAML_SEQUENCE,                                                                                  \
			.flags = YAML_OPTIONAL,                                                                                    \
			.data_size = sizeof(char *),                                                                               \
			.sequence = {&yaml_text, 0, CONFIG_LIST_MAX}},                                                             \
		.data_offset = offsetof(struct config_yaml, member.items), .count_offset = offsetof(struct config_yaml, member.n), \
		.count_size = sizeof(unsigned)                                                                                     \
	}

static const cyaml_schema_field_t yaml_fields[] = {
	YAML_TEXT("sensor", sensor),
	YAML_LIST("interfaces", interfaces),
	YAML_TEXT("filter", filter),
	YAML_LIST("feeds", feeds),
	CYAML_FIELD_ENUM("reload", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct config_yaml, reload, yaml_reload, 2),
	YAML_LIST("outputs", outputs),
	YAML_LIST("geoip", geoip),
	YAML_LIST("home_nets", home_nets),
	YAML_NUMBER("workers", workers),
	YAML_TEXT("user", user),
	YAML_TEXT("spool", spool),
	YAML_TEXT("password_file", password_file),
	YAML_TEXT("tls_ca", tls.ca_file),
	YAML_TEXT("tls_cert", tls.cert_file),
	YAML_TEXT("tls_key", tls.key_file),
	YAML_TEXT("tls_name", tls.name),
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

bool config_take_file(struct config *config, const char *path)
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
	take_text(&config->tls.ca_file, yaml->tls.ca_file);
	take_text(&config->tls.cert_file, yaml->tls.cert_file);
	take_text(&config->tls.key_file, yaml->tls.key_file);
	take_text(&config->tls.name, yaml->tls.name);
	take_text(&config->resolvers, yaml->resolvers);
	if (config->coverage_s == CONFIG_UNSET && yaml->coverage != NULL && *yaml->coverage == 0)
		config->coverage_s = 0;
	take_text(&config->filter, yaml->filter);
	config->reload = yaml->reload;
	return take_number(&config->workers, 0, yaml->workers, path, "workers", CONFIG_WORKERS_MAX) &&
	       take_number(&config->drain_s, CONFIG_UNSET, yaml->drain, path, "drain", CONFIG_SECONDS_MAX) &&
	       take_number(&config->stats_s, 0, yaml->stats, path, "stats", CONFIG_SECONDS_MAX) &&
	       take_number(&config->coverage_s, CONFIG_UNSET, yaml->coverage != NULL ? *yaml->coverage : 0, path, "coverage", CONFIG_SECONDS_MAX);
}
