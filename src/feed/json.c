/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON through libyajl, which calls back for each token. Memory is bounded by one entry (FIELDS_MAX) and one token (JSON_TOKEN_MAX); libyajl keeps a token
 * that goes over blocks, hence the bound on octets that came to nothing.
 */
#include "feed/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#define JSON_PATH_MAX 1024

struct json {
	struct intake *intake; /* null: nobody is told of anything */
	const struct json_reader *reader;
	yajl_handle yajl;
	const char *octets; /* what is being parsed, whose first octet is on line `line` */
	size_t counted;     /* of it, for `line` */
	size_t silent;      /* octets since a token ended */
	uint32_t line, entry_line, entries;
	int rc;          /* why a callback ended the parse */
	const char *why; /* and for -EBADMSG in words */
	unsigned depth, entry_depth;
	bool is_entry_large;
	bool is_line; /* each line is a text of its own, taken whole or refused whole */
	struct {
		size_t path_len;
		bool is_array;
	} levels[JSON_DEPTH_MAX];
	size_t path_len, entry_path_len;
	struct fields entry;
	char *text; /* a scalar, NUL-ended */
	size_t text_cap;
	char path[JSON_PATH_MAX];
};

static int json_end_with(struct json *json, int rc, const char *why)
{
	json->rc = rc;
	json->why = why;
	return 0;
}

/* A token has ended: on which line? */
static void json_count(struct json *json)
{
	size_t at = yajl_get_bytes_consumed(json->yajl);
	const char *lf;
	while (json->counted < at && (lf = memchr(json->octets + json->counted, '\n', at - json->counted)) != NULL) {
		json->counted = (size_t)(lf + 1 - json->octets);
		json->line++;
	}
	json->counted = json->counted < at ? at : json->counted;
	json->silent = 0;
}

/* The path of the value at hand ends with this behind what leads to it. What is too long ends with what no reader looks for. */
static void json_path(struct json *json, const char *dot, const char *key, size_t len)
{
	size_t begin = json->depth > 0 ? json->levels[json->depth - 1].path_len : 0;
	size_t dot_len = begin > 0 ? strlen(dot) : 0;
	if (begin + dot_len + len + 2 > JSON_PATH_MAX) {
		json->path_len = begin < JSON_PATH_MAX - 1 ? begin + 1 : begin;
		json->path[json->path_len - 1] = '\1';
	} else {
		memcpy(json->path + begin, dot, dot_len);
		memcpy(json->path + begin + dot_len, key, len);
		json->path_len = begin + dot_len + len;
		for (char *nul; (nul = memchr(json->path + begin, '\0', json->path_len - begin)) != NULL;)
			*nul = '\1';
	}
	json->path[json->path_len] = '\0';
}

/* A value begins; an element of an array has no key to say its path. */
static void json_begin_value(struct json *json)
{
	json_count(json);
	if (json->depth == 0) {
		json->path_len = 0;
		json->path[0] = '\0';
	} else if (json->levels[json->depth - 1].is_array)
		json_path(json, "", "[]", 2);
}

static int json_down(struct json *json, bool is_array)
{
	if (json->depth == JSON_DEPTH_MAX)
		return json_end_with(json, -EBADMSG, "nested deeper than 64");
	json->levels[json->depth].path_len = json->path_len;
	json->levels[json->depth++].is_array = is_array;
	return 1;
}

static int json_begin_array(void *arg)
{
	json_begin_value(arg);
	return json_down(arg, true);
}

static int json_begin_object(void *arg)
{
	struct json *json = arg;
	json_begin_value(json);
	if (!json_down(json, false))
		return 0;
	if (json->entry_depth == 0 && json->reader->is_entry(json->reader->arg, json->path)) {
		json->entry_depth = json->depth;
		json->entry_path_len = json->path_len;
		json->entry_line = json->line;
		json->is_entry_large = false;
		fields_clear(&json->entry);
	}
	return 1;
}

static int json_end_array(void *arg)
{
	struct json *json = arg;
	json_count(json);
	json->depth--;
	return 1;
}

/* Hands the entry over. */
static int json_give(struct json *json)
{
	if (json->is_entry_large)
		return intake_refuse(json->intake, json->entry_line, "an object of more than 1 MiB");
	return json->reader->entry(json->reader->arg, &json->entry, json->entry_line);
}

static int json_end_object(void *arg)
{
	struct json *json = arg;
	json_count(json);
	if (json->depth-- != json->entry_depth)
		return 1;
	json->entry_depth = 0;
	json->entries++;
	if (json->is_line) /* which may be broken further on */
		return json->entries == 1 ? 1 : json_end_with(json, -EBADMSG, "more than one object on a line");
	int rc = json_give(json);
	return rc == 0 || rc == -EINVAL ? 1 : json_end_with(json, rc, NULL);
}

static int json_key(void *arg, const unsigned char *key, size_t len)
{
	struct json *json = arg;
	json_count(json);
	json_path(json, ".", (const char *)key, len);
	return 1;
}

static int json_scalar(void *arg, const char *octets, size_t len)
{
	struct json *json = arg;
	json_begin_value(json);
	if (len >= json->text_cap) {
		size_t cap = len < 2048 ? 4096 : 2 * len;
		char *text = realloc(json->text, cap);
		if (text == NULL)
			return json_end_with(json, -ENOMEM, NULL);
		json->text = text;
		json->text_cap = cap;
	}
	memcpy(json->text, octets, len);
	json->text[len] = '\0';
	for (char *nul; (nul = memchr(json->text, '\0', len)) != NULL;)
		*nul = '\1';
	int rc = 0;
	if (json->entry_depth > 0) {
		const char *path = json->path + json->entry_path_len;
		rc = fields_add(&json->entry, path + (*path == '.'), json->text);
		json->is_entry_large |= rc == -EFBIG;
	} else if (json->reader->value != NULL)
		rc = json->reader->value(json->reader->arg, json->path, json->text, json->line);
	return rc == 0 || rc == -EINVAL || rc == -EFBIG ? 1 : json_end_with(json, rc, NULL);
}

static int json_string(void *arg, const unsigned char *octets, size_t len)
{
	return json_scalar(arg, (const char *)octets, len);
}

static int json_boolean(void *arg, int is_true)
{
	return is_true ? json_scalar(arg, "true", 4) : json_scalar(arg, "false", 5);
}

static int json_null(void *arg)
{
	json_begin_value(arg);
	return 1;
}

static const yajl_callbacks json_callbacks = {
	.yajl_null = json_null,
	.yajl_boolean = json_boolean,
	.yajl_number = json_scalar,
	.yajl_string = json_string,
	.yajl_start_map = json_begin_object,
	.yajl_map_key = json_key,
	.yajl_end_map = json_end_object,
	.yajl_start_array = json_begin_array,
	.yajl_end_array = json_end_array,
};

/* Begins a text at the top. False without memory. */
static bool json_begin(struct json *json)
{
	json->yajl = yajl_alloc(&json_callbacks, NULL, json);
	json->depth = json->entry_depth = json->entries = 0;
	json->path_len = 0;
	json->silent = 0;
	json->rc = 0;
	json->octets = "";
	json->counted = 0;
	return json->yajl != NULL && yajl_config(json->yajl, yajl_allow_multiple_values, 1) != 0;
}

static void json_end(struct json *json)
{
	if (json->yajl != NULL)
		yajl_free(json->yajl);
	json->yajl = NULL;
}

static void json_free(struct json *json)
{
	json_end(json);
	fields_free(&json->entry);
	free(json->text);
}

/* Says why libyajl gave up, `*why` in words, which stand in `words`. Returns -EBADMSG or what a callback did. */
static int json_failed(struct json *json, char words[128], const char **why)
{
	*why = json->why;
	if (json->rc != 0)
		return json->rc;
	unsigned char *theirs = yajl_get_error(json->yajl, 0, NULL, 0);
	const char *text = theirs != NULL ? (const char *)theirs : "";
	size_t len = strcspn(text, "\n") < 100 ? strcspn(text, "\n") : 100;
	memcpy(words, "no JSON: ", 9);
	memcpy(words + 9, text, len);
	words[9 + len] = '\0';
	*why = words;
	yajl_free_error(json->yajl, theirs);
	return -EBADMSG;
}

/* Parses a block, or the text's end when it is null. 0; -EBADMSG, and `*why`; what a callback returned. */
static int json_parse(struct json *json, const char *octets, size_t len, char words[128], const char **why)
{
	json->octets = octets != NULL ? octets : " "; /* what libyajl takes for the end */
	json->counted = 0;
	json->silent += len;
	yajl_status status = octets != NULL ? yajl_parse(json->yajl, (const unsigned char *)octets, len) : yajl_complete_parse(json->yajl);
	if (status != yajl_status_ok) {
		if (octets != NULL && json->rc == 0)
			json_count(json);
		return json_failed(json, words, why);
	}
	if (octets == NULL && json->depth > 0)
		return *why = "no JSON: it is cut", -EBADMSG;
	for (const char *lf; octets != NULL && json->counted < len && (lf = memchr(octets + json->counted, '\n', len - json->counted)) != NULL;) {
		json->counted = (size_t)(lf + 1 - octets);
		json->line++;
	}
	*why = "a token of more than 1 MiB";
	return json->silent > JSON_TOKEN_MAX ? -EBADMSG : 0;
}

/* Gives the next block, without the byte order mark in front of the first. 0 or -ENOTSUP, told. */
static int json_block(struct json *json, struct lines *lines, bool is_first, const char **octets, size_t *len)
{
	if (!lines_block(lines, octets, len))
		return intake_fail(json->intake, json->line, "%s", lines_error(lines));
	intake_progress(json->intake, lines);
	if (!is_first)
		return 0;
	/* JSON begins with two ASCII characters, or is one. */
	if (*len >= 2 && ((*octets)[0] == '\0' || (*octets)[1] == '\0' || memcmp(*octets, "\xff\xfe", 2) == 0 || memcmp(*octets, "\xfe\xff", 2) == 0))
		return intake_fail(json->intake, 0, "UTF-16 text: a feed is ASCII or UTF-8");
	if (*len >= 3 && memcmp(*octets, "\xef\xbb\xbf", 3) == 0) {
		*octets += 3;
		*len -= 3;
	}
	return 0;
}

int json_read(struct intake *intake, struct lines *lines, const struct json_reader *reader)
{
	struct json json = {.intake = intake, .reader = reader, .line = 1};
	char words[128];
	const char *octets, *why;
	size_t len = 1;
	int rc = json_begin(&json) ? 0 : -ENOMEM;
	for (bool is_first = true; rc == 0 && len > 0; is_first = false) {
		rc = json_block(&json, lines, is_first, &octets, &len);
		if (rc == 0)
			rc = json_parse(&json, len > 0 ? octets : NULL, len, words, &why);
	}
	if (rc == -EBADMSG)
		rc = intake_fail(intake, json.line, "%s", why);
	json_free(&json);
	return rc;
}

/* A line while it is read. */
struct json_line {
	bool is_blank, is_refused;
};

/* Parses a piece of a line, or the line's end when it is null. 0; -EINVAL: the line is refused, told; what a callback returned. */
static int json_line_parse(struct json *json, struct json_line *line, const char *octets, size_t len)
{
	char words[128];
	const char *why = "not an object";
	for (size_t i = 0; i < len && line->is_blank; i++)
		line->is_blank = octets[i] == ' ' || octets[i] == '\t' || octets[i] == '\r';
	if (line->is_blank || line->is_refused)
		return 0;
	if (json->yajl == NULL && !json_begin(json))
		return -ENOMEM;
	int rc = json_parse(json, octets, len, words, &why);
	if (rc == 0 && octets == NULL) {
		why = "not an object";
		rc = json->entries > 0 ? json_give(json) : -EBADMSG;
	}
	if (rc == -EBADMSG) {
		line->is_refused = true;
		rc = intake_refuse(json->intake, json->line, "%s", why);
	}
	return rc == -EINVAL ? 0 : rc;
}

/* Parses a block: whole lines and pieces of them. */
static int json_lines_parse(struct json *json, struct json_line *line, const char *octets, size_t len)
{
	int rc = 0;
	while (len > 0 && rc == 0) {
		const char *lf = memchr(octets, '\n', len);
		size_t n = lf != NULL ? (size_t)(lf - octets) : len;
		rc = json_line_parse(json, line, octets, n);
		if (rc == 0 && lf != NULL) {
			rc = json_line_parse(json, line, NULL, 0);
			json_end(json);
			*line = (struct json_line){.is_blank = true};
			json->line++;
			n++;
		}
		octets += n;
		len -= n;
	}
	return rc;
}

int json_read_lines(struct intake *intake, struct lines *lines, const struct json_reader *reader)
{
	struct json json = {.intake = intake, .reader = reader, .line = 1, .is_line = true};
	struct json_line line = {.is_blank = true};
	const char *octets;
	size_t len = 1;
	int rc = 0;
	for (bool is_first = true; rc == 0 && len > 0; is_first = false) {
		rc = json_block(&json, lines, is_first, &octets, &len);
		if (rc == 0)
			rc = len > 0 ? json_lines_parse(&json, &line, octets, len) : json_line_parse(&json, &line, NULL, 0);
	}
	json_free(&json);
	return rc;
}

/* A search for a scalar in a beginning. */
struct json_search {
	bool (*is)(const char *path, const char *value);
	bool is_found;
};

static bool json_search_entry(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return false;
}

static int json_search_value(void *arg, const char *path, const char *value, uint32_t line)
{
	(void)line;
	struct json_search *search = arg;
	search->is_found = search->is(path, value);
	return search->is_found ? -ECANCELED : 0;
}

bool json_begins(const char *octets, size_t len, bool (*is)(const char *path, const char *value))
{
	struct json_search search = {.is = is};
	const struct json_reader reader = {.is_entry = json_search_entry, .value = json_search_value, .arg = &search};
	struct json json = {.reader = &reader, .line = 1};
	char words[128];
	const char *why;
	size_t blank = 0;
	while (blank < len && octets[blank] != '\0' && strchr(" \t\r\n", octets[blank]) != NULL)
		blank++;
	/* Most feeds are no JSON at all. */
	if (blank < len && (octets[blank] == '{' || octets[blank] == '[') && json_begin(&json))
		json_parse(&json, octets, len, words, &why);
	json_free(&json);
	return search.is_found;
}

bool json_is_numbered(const char *path)
{
	size_t digits = strspn(path, "0123456789");
	return digits > 0 && strcmp(path + digits, "[]") == 0;
}
