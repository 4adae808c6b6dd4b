/* SPDX-License-Identifier: Apache-2.0 */
/* From text to a checked name: libidn2 for what is not ASCII, then ldns, so that what is a name for it is one for everybody. */
#include "feed/spelling.h"

#include <errno.h>
#include <idn2.h>
#include <ldns/ldns.h>

static int spelling_read_ascii(const char *text, struct c2_name *name, const char **why)
{
	ldns_rdf *rdf = NULL;
	ldns_status status = ldns_str2rdf_dname(&rdf, text);
	if (status != LDNS_STATUS_OK) {
		*why = ldns_get_errorstr_by_id(status);
		return status == LDNS_STATUS_MEM_ERR ? -ENOMEM : -EINVAL;
	}
	struct c2_rd rd = c2_rd_closed(ldns_rdf_data(rdf), ldns_rdf_size(rdf));
	unsigned pointers = 0;
	enum c2_rc rc = c2_name_read(&rd, rd.p, &pointers, name);
	ldns_rdf_deep_free(rdf);
	*why = "not a name";
	return rc == C2_OK ? 0 : -EINVAL;
}

int spelling_read(const char *text, struct c2_name *name, const char **why)
{
	bool is_ascii = true;
	for (const char *c = text; *c != '\0'; c++)
		is_ascii = is_ascii && (unsigned char)*c < 0x80;
	if (is_ascii)
		return spelling_read_ascii(text, name, why);
	uint8_t *ascii = NULL;
	int status = idn2_lookup_u8((const uint8_t *)text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (status != IDN2_OK) {
		*why = idn2_strerror(status);
		return status == IDN2_MALLOC ? -ENOMEM : -EINVAL;
	}
	int rc = spelling_read_ascii((const char *)ascii, name, why);
	idn2_free(ascii);
	return rc;
}
