/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the counters, from their one list. */
#include "note/counters.h"

#define COUNTER_NAME(name, unit, help) #name,

const char *const counter_names[COUNTER_COUNT] = {COUNTERS(COUNTER_NAME)};
