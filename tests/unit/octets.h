/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_OCTETS_H
#define TESTS_OCTETS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Octets written as text, so that a message in a test reads like its grammar:
 *
 *   16 0301      hexadecimal octets
 *   'www'        letters as they are
 *   {a.example}  a domain name in wire form; {} is the root octet
 *   00*32        the octet before, 32 in all
 *   <2 ... >     a block behind its own length in 1, 2 or 3 octets
 */
struct octets {
	uint8_t *at; /* exactly `len` octets of the heap, so that a sanitizer sees the first one too many */
	size_t len;
};

/* Makes the octets of `text`; a text that is none of the above ends the program. The caller frees them. */
struct octets octets_from(const char *text);
void octets_free(struct octets *octets);

#endif
