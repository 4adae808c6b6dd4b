/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_CRC32C_H
#define SINK_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli), RFC 3720 appendix B.4. `crc` is 0, or the result for the octets before these. About 5 GB/s where SSE 4.2 is there, else 0.4. */
uint32_t crc32c(uint32_t crc, const void *octets, size_t len);

#endif
