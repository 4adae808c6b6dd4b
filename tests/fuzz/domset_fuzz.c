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
	struct c2_verdict verdict, all[C2_COVER_MAX];
	if (c2_domset_find(set, name, &verdict) == C2_OK && (verdict.indicator >= c2_domset_count(set) || verdict.labels > name->labels))
		abort();
	if (c2_domset_cover(set, name, all) > C2_COVER_MAX)
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
	for (uint32_t number = 0; number < c2_domset_count(set) && number < 64; number++) {
		enum c2_scope scope;
		if (c2_domset_entry(set, number, &name, &scope) == C2_OK)
			look_up(set, &name);
	}
	size_t tail = len < 40 ? len : 40;
	if (c2_name_from_host((const uint8_t *)image + len - tail, tail, &name) == C2_OK)
		look_up(set, &name);
	c2_domset_free(set);
}

/* Numbers of the header that are small enough for `len` octets, and a first tail that is empty. */
static void mend(uint8_t *image, size_t len)
{
	static const uint32_t order = 0x01020304u, tails = 1;
	uint32_t base, entries, lines, buckets;
	uint64_t whole = len;
	memcpy(image, "c2names2", 8);
	memcpy(image + 8, &order, 4);
	memcpy(&base, image + 12, 4);
	memcpy(&entries, image + 16, 4);
	memcpy(&lines, image + 20, 4);
	memcpy(&buckets, image + 24, 4);
	base = base % 2 + 1;
	entries %= 32;
	lines = lines % 4 + 1;
	buckets = buckets % 8 + 1;
	size_t tails_at = 64 + lines * 64u + (buckets + 1) * 8u + entries;
	if (tails_at + 1 > len)
		return;
	uint64_t records = len - tails_at - 1;
	image[tails_at] = 0;
	memcpy(image + 12, &base, 4);
	memcpy(image + 16, &entries, 4);
	memcpy(image + 20, &lines, 4);
	memcpy(image + 24, &buckets, 4);
	memcpy(image + 28, &tails, 4);
	memcpy(image + 32, &records, 8);
	memcpy(image + 48, &whole, 8);
	memset(image + 56, 0, 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	uint8_t *image = aligned_alloc(64, (len + 64) & ~(size_t)63);
	if (image == NULL)
		return 0;
	memcpy(image, octets, len);
	view(image, len);
	if (len >= 64) {
		mend(image, len);
		view(image, len);
	}
	free(image);
	return 0;
}
