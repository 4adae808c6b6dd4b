# SPDX-License-Identifier: Apache-2.0
dist_doc_DATA = README.md CHANGELOG.md SECURITY.md contrib/systemd/c2watch.service contrib/systemd/c2watch.sysusers \
	contrib/systemd/c2watch-feeds.service contrib/systemd/c2watch-feeds.timer contrib/c2watch.yaml contrib/feeds.conf
dist_pkglibexec_SCRIPTS = contrib/fetch-feeds

EXTRA_DIST += \
	contrib/check \
	contrib/consumers \
	contrib/decisions \
	contrib/install \
	contrib/packages \
	contrib/try
