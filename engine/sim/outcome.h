// What comes out of a server: finished, changed, joined, taken apart, scrapped, sent to rework.
#pragma once

#include "engine/sim/state.h"

// Work on v is done: turn what went in into what comes out, and let it wait for the next places.
void outcome_parts(struct twin *t, int32_t v);
// A failure ruined the work in v: its parts are scrapped.
void outcome_scrap(struct twin *t, int32_t v);
// Blocking before service: draw what the parts of v become and where they go, and ask for room there.
void outcome_before(struct twin *t, int32_t v);
