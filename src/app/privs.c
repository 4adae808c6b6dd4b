/* SPDX-License-Identifier: Apache-2.0 */
/* A one-way door: each step is checked, and at the end that there is no way back. */
#include "app/privs.h"

#include "base/log.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int privs_fail(const char *what, int error)
{
	log_error("giving up privileges: %s: %s", what, strerror(error));
	return -error;
}

/* Becomes `user` with nothing left. Root's own name keeps the uid and loses the rest. */
static int privs_become(const char *user)
{
	errno = 0;
	const struct passwd *entry = getpwnam(user);
	if (entry == NULL) {
		log_error("user %s: %s; make it (`useradd --system %s`) or name another with -u", user,
			errno != 0 ? strerror(errno) : "there is none", user);
		return -ENOENT;
	}
	capng_clear(CAPNG_SELECT_BOTH);
	int error = capng_change_id((int)entry->pw_uid, (int)entry->pw_gid, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
	if (error != 0) {
		log_error("giving up privileges: cannot become user %s (capng_change_id: %d)", user, error);
		return -EPERM;
	}
	if (entry->pw_uid != 0 && (setuid(0) == 0 || geteuid() == 0))
		return privs_fail("the way back is open", EPERM);
	return 0;
}

int privs_drop(const char *user, bool keeps_files)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return privs_fail("no_new_privs", errno);
	if (user != NULL && geteuid() == 0) {
		int error = privs_become(user);
		if (error < 0)
			return error;
	} else {
		/* The bounding set is root's to clear; without privileges to gain it bounds nothing. */
		capng_clear(CAPNG_SELECT_CAPS);
		if (keeps_files && geteuid() == 0)
			capng_updatev(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, -1);
		if (capng_apply(CAPNG_SELECT_CAPS) != 0)
			return privs_fail("capabilities", EPERM);
	}
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return privs_fail("core dumps", errno);
	return 0;
}
