// Fleets: shifts, robots that are added and taken out, spares.
#pragma once

#include "engine/sim/state.h"

// A fleet's shift begins or ends.
void fleet_shift(struct twin *t, int32_t f, bool on);
// Robots come, or go: idle ones at once, the others when their job is done.
int  fleet_add(struct twin *t, int32_t f, int count);       // returns how many came
void fleet_remove(struct twin *t, int32_t f, int count);
// A spare comes for each robot that is broken, as far as there are any, and somebody goes for each that is mended.
void fleet_spares(struct twin *t, int32_t f);
ns_t fleet_outside(const struct twin *t, int32_t f);        // ns of spares since their number changed

// Robot r comes into the hall: at time 0, or when it is added.
void robot_start(struct twin *t, int32_t r);
