// Numbers of a station group (all copies of one station) out of an outcome, for tables and sentences.
#pragma once

#include "engine/measure/result.h"

// True for a station of the layout, false for the group of one of its copies alone.
bool group_whole(const struct layout *l, int group);

// Mean over the copies of a number of theirs (result.h); NaN copies are left out.
double group_mean(const struct outcome *o, int group, int number);
// Sum over the copies.
double group_sum(const struct outcome *o, int group, int number);

// Share of the time on shift that the group is busy with its own work: working, set up, or down.
double group_busy(const struct outcome *o, int group);
// The same for a fleet: everything but having nothing to do, waiting for a part or for room.
double fleet_busy(const struct outcome *o, int fleet);
