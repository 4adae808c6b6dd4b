/* SPDX-License-Identifier: Apache-2.0 */
/* c2feed export: to standard output, or to a file that is written beside and renamed, so that whoever reads it sees the old one or the new one. */
#include "tools/c2feed.h"

#include "base/log.h"
#include "export/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes all of it to `export->to`. 0 or -errno. */
static int export_put(struct export *export, const struct export_form *form)
{
	errno = 0;
	int rc = export_write(export, form);
	if (rc == 0 && (fflush(export->to) != 0 || ferror(export->to)))
		rc = errno != 0 ? -errno : -EIO;
	return rc;
}

static int export_put_file(struct export *export, const struct export_form *form, const char *path)
{
	char *beside;
	if (asprintf(&beside, "%s.%ld.new", path, (long)getpid()) < 0)
		return -ENOMEM;
	export->to = fopen(beside, "wxe");
	int rc = export->to != NULL ? export_put(export, form) : -errno;
	if (export->to != NULL) {
		if (rc == 0 && fsync(fileno(export->to)) != 0)
			rc = -errno;
		fclose(export->to);
		if (rc == 0 && rename(beside, path) != 0)
			rc = -errno;
		if (rc != 0)
			unlink(beside);
	}
	free(beside);
	return rc;
}

enum exit_status export_run(struct run *run, char **args, size_t n)
{
	const struct export_form *form = run->form != NULL ? export_form_of(run->form) : NULL;
	if (run->form != NULL && form == NULL)
		log_error("%s: no such form", run->form);
	if (form == NULL || n != 1)
		return run_misuse(run);
	struct feedset *set;
	if (run_load(run, args, 1, &set) != 0)
		return EXIT_FAULT;
	struct export export = {.set = set, .made_ns = run->now_ns, .popular = run->popular, .shared = run->shared, .to = stdout};
	export.at_ns = run->has_at ? run->at_ns : form->is_whole ? 0 : run->now_ns;
	export.made_ns = run->has_at ? run->at_ns : run->now_ns;
	int rc = run->output != NULL ? export_put_file(&export, form, run->output) : export_put(&export, form);
	if (rc != 0)
		log_error("%s: %s", run->output != NULL ? run->output : "standard output", strerror(-rc));
	else if (export.left_out > 0)
		log_error("%s: %zu left out: %s", args[0], export.left_out, form->left_out);
	feedset_free(set);
	return rc == 0 ? EXIT_FINE : EXIT_FAULT;
}
