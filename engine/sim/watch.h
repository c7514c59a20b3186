// Watching that the line goes on: deadlocks found and named, and the end of everything.
//
// A station is alive when something will happen there by itself (work, an arrival, a belt that
// moves, a robot on the way), or when a place that one of its parts waits for is alive, or when it
// wants parts and a station that may bring them is alive. That is the least fixpoint; a part that
// waits in a station outside it waits for ever. If those waits close a circle, it is a deadlock.
#pragma once

#include "engine/sim/state.h"

void watch_start(struct twin *t);

// Look for circles of waiting now; TWIN_DEADLOCK with t->why filled, or TWIN_RUNS.
enum twin_state watch_deadlock(struct twin *t);

// Nothing will happen by itself any more: why?
enum twin_state watch_end(struct twin *t);
