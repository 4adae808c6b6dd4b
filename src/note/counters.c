/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the counters, from their one list. */
#include "note/counters.h"

#define COUNTER_NAME(name, unit, help) #name,
#define COUNTER_UNIT(name, unit, help) unit,
#define COUNTER_HELP(name, unit, help) help,

const char *const counter_names[COUNTER_COUNT] = {COUNTERS(COUNTER_NAME)};
const char *const counter_units[COUNTER_COUNT] = {COUNTERS(COUNTER_UNIT)};
const char *const counter_helps[COUNTER_COUNT] = {COUNTERS(COUNTER_HELP)};
