// Rolling updates: a fleet gets another revision of its model while the line runs, some robots at a time.
//
// An `update` event begins a wave, and every `every` another one, of `share` of the robots that are there (rounded up), until all have the
// revision. A robot changes between two jobs and the change takes no time; those that have nothing to do go first, then by number.
// With `rollback`, the number is looked at before each wave and once after the last: its value since the wave before (one `every`). When the condition
// holds, every robot goes back to what it was before this update, and the update is over. A later update of the same fleet
// takes the place of an earlier one. Charge is kept as a share. Robots that are added later come as the fleet's `revision` says.
#pragma once

#include "engine/sim/state.h"

// Revisions are read with the fleets (build_fleets.c). At body fidelity a robot that walks changes when it has come to rest.
enum status updates_create(struct twin *t, struct error *e);

// The event. A command that names a revision that no event of the layout brings to this fleet is noted and changes nothing.
void update_begin(struct twin *t, const struct happening *h);
void update_timer(struct twin *t, int32_t fleet);
// Its job, or its charge, is over: it becomes what the last wave said.
void update_due(struct twin *t, int32_t robot);
// It stands upright again: the same, when it is between two jobs.
void update_rests(struct twin *t, int32_t robot);
