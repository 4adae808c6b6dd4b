/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INCIDENT_OUTCOME_H
#define INCIDENT_OUTCOME_H

#include "incident/incident.h"

/* How far the hit shows that its incident got. */
enum incident_outcome outcome_of(const struct note *hit);

#endif
