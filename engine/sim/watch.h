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

// The first dead station with parts in it before s on the way from one that holds a part of that type (NONE: of any);
// NONE: there is no such part.
int32_t watch_supplier(const struct twin *t, int32_t s, int type, const bool *alive);

// Nothing will happen by itself any more: why? TWIN_DEADLOCK when something is waited for that can never be
// (stuck.h), TWIN_PARTS when the line has run out of parts, TWIN_RUNS when a shift is still to begin.
enum twin_state watch_end(struct twin *t);
