/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include <c2watch/addr.h>

#include <stddef.h>

/* Where an address is, from databases in the MaxMind DB format (.mmdb) of countries, cities and autonomous systems. */
struct place;

#define PLACE_FILES_MAX 8

/* What the databases say of an address. An empty text, and an AS number of 0, is not known. Texts are UTF-8 as the file has it, and not to be trusted. */
struct place_facts {
	char country_iso_code[3];
	char city[96];
	uint32_t as_number;
	char as_organisation[128];
};

/*
 * Opens `n` databases; what the first of them knows of an address counts. Each is read into memory, so the file may be replaced or cut while it is in use.
 *
 * 0 and `*place` (also with none); else -errno, and `why` (`cap` octets) names the file and the reason in one line.
 */
int place_open(struct place **place, const char *const *files, size_t n, char *why, size_t cap);
/* Null is fine. */
void place_close(struct place *place);

/* Fills `out` with what is known of `addr`; with null for `place`, nothing. */
void place_find(const struct place *place, const struct c2_addr *addr, struct place_facts *out);

#endif
