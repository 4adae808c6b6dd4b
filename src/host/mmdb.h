/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_MMDB_H
#define HOST_MMDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is the value at `offset` of the data section (`len` octets at `section`) whole, and small and shallow enough to be handed to libmaxminddb? Pointers
 * are followed. Pure. MaxMind DB File Format Specification 2.0, "Data Section".
 */
bool mmdb_is_sane(const uint8_t *section, size_t len, size_t offset);

/*
 * May a file of `file_len` octets, whose last `len` are at `tail`, be opened? Its metadata must be sane in the sense above, and its search tree must fit
 * into the file. `*why`, when false, is what is wrong, a static text. Source: the same, "Database Metadata".
 */
bool mmdb_may_open(const uint8_t *tail, size_t len, uint64_t file_len, const char **why);

/* As many of a file's last octets as its metadata may take, marker included. */
#define MMDB_TAIL_MAX (128 * 1024)

#endif
