/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"

#include <string.h>

const struct export_form *export_form_of(const char *name)
{
	static const struct export_form *const forms[] = {&hosts_form, &kql_form, &plain_form, &rpz_form, &sigma_form, &suricata_form, &zeek_form};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i]->name, name) == 0)
			return forms[i];
	return NULL;
}

int export_write(struct export *export, const struct export_form *form)
{
	export->left_out = 0;
	return form->write(export);
}
