/* SPDX-License-Identifier: Apache-2.0 */
/* The linker's --wrap around the functions that give memory. */
#include "allocations.h"

#include <stdlib.h>

unsigned long allocations;

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *at, size_t len);
void *__real_aligned_alloc(size_t align, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *at, size_t len);
void *__wrap_aligned_alloc(size_t align, size_t len);

void *__wrap_malloc(size_t len)
{
	allocations++;
	return __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len)
{
	allocations++;
	return __real_calloc(count, len);
}

void *__wrap_realloc(void *at, size_t len)
{
	allocations++;
	return __real_realloc(at, len);
}

void *__wrap_aligned_alloc(size_t align, size_t len)
{
	allocations++;
	return __real_aligned_alloc(align, len);
}
