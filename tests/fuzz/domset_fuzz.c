/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as an image: refused, or a set that no lookup leaves. They are tried as they are, and again with a header mended so far that the
 * parts fit the length, or nearly nothing would come past it. What is looked up is the octets' tail, and a few names of the corpus.
 */
#include <c2watch/domset.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void look_up(const struct c2_domset *set, const struct c2_name *name)
{
	struct c2_verdict verdict;
	if (c2_domset_find(set, name, &verdict) == C2_OK && (verdict.indicator >= c2_domset_indicators(set) || verdict.labels > name->labels))
		abort();
}

static void view(const void *image, size_t len)
{
	static const char *const names[] = {
		"bad.example", "x.bad.example", "ok.bad.example", "one.example", "x.two.example", "a.longer.name.test", "."};
	struct c2_domset *set;
	if (c2_domset_view(image, len, &set) != 0)
		return;
	struct c2_name name;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (c2_name_from_text(names[i], strlen(names[i]), &name) == C2_OK)
			look_up(set, &name);
	size_t tail = len < 40 ? len : 40;
	if (c2_name_from_host((const uint8_t *)image + len - tail, tail, &name) == C2_OK)
		look_up(set, &name);
	c2_domset_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	uint8_t *image = aligned_alloc(64, (len + 64) & ~(size_t)63);
	if (image == NULL)
		return 0;
	memcpy(image, octets, len);
	view(image, len);
	if (len >= 64) {
		/* The header: magic, order, buckets, splits, indicators, length of the records, key, length. */
		static const uint32_t order = 0x01020304u;
		uint32_t buckets, splits;
		uint64_t whole = len, records;
		memcpy(image, "c2names1", 8);
		memcpy(image + 8, &order, 4);
		memcpy(&buckets, image + 12, 4);
		memcpy(&splits, image + 16, 4);
		buckets = buckets % 8 + 1;
		splits %= 8;
		records = len - 64 - buckets * 64u - splits * 8u;
		memcpy(image + 12, &buckets, 4);
		memcpy(image + 16, &splits, 4);
		memcpy(image + 24, &records, 8);
		memcpy(image + 40, &whole, 8);
		view(image, len);
	}
	free(image);
	return 0;
}
