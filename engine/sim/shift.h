// Shifts and breaks: when stations and fleets work.
#pragma once

#include "engine/sim/state.h"

// Whether the shift works at a time of the week, and the next time after it at which that changes
// (NS_NEVER: always the same). Both as time since Monday 00:00, ns.
bool shift_works(const struct shift *s, ns_t week_time);
ns_t shift_next_change(const struct shift *s, ns_t week_time);

void shifts_start(struct twin *t);
void shift_timer(struct twin *t, int32_t shift);
