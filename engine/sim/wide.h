// Where two can pass each other: of each set of routes the floor for a disc of two footprints, with the zones that are closed now.
#pragma once

#include "engine/sim/state.h"
#include "engine/world/floor.h"

// Into wide (t->route_sets), the caller's to finish; what was in it is finished first. STATUS_MEMORY, and nothing else, is a failure: no way at all is wide in such a hall.
enum status wide_make(const struct twin *t, struct floor *wide, struct error *e);
