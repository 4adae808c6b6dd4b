/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ALLOCATIONS_H
#define TESTS_ALLOCATIONS_H

/* How many times this program asked for memory; link it with $(WATCHED_MALLOC). */
extern unsigned long allocations;

#endif
