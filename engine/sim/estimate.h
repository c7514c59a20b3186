// What jobs are expected to take, and when they should be over: means of the layout's times, no draws.
//
// Work: a carry is the walk from its part to its target at the speed of the first fleet that may do it, a pick, a place and the
// flow's time; an operator's is the mean time of the station for the part that waits there, or of its steps; a repair is the mean of `down`.
// Rest: what the part's order still needs after the job, by the quickest way through the line: station times and carries, no
// waiting. A table by station and part, made once.
#pragma once

#include "engine/sim/state.h"

// The table of rests, when some order has a due date; false: out of memory.
bool estimate_create(struct twin *t);

struct estimate_job {
  double work, rest;                // s
  double due;                       // s from now, of the part's order; infinite: none
  double weight;                    // of its priority p: 1 + p, below 0: 1 / (1 - p); a choice of ours
};

struct estimate_job estimate_job(struct twin *t, uint32_t j);

// Mean seconds of one carry along a flow between two stations, without the walk to its beginning; and of a station for one part.
double estimate_carry(const struct twin *t, const struct flow *f, int32_t from, int32_t to, int type);
double estimate_own(const struct twin *t, int32_t station, int type);

// Seconds from when the part of a carry begins to be picked until it is at its target, kept with the job.
double estimate_reach(struct twin *t, uint32_t j);

// Mean seconds of a pick or a place by a fleet, the mean of both.
double estimate_hands(const struct twin *t, int32_t f, double mass);

// Mean seconds of a walk between two stations for a fleet, 0 without a floor.
double estimate_walk(const struct twin *t, int32_t f, int32_t from, int32_t to);
