// How parts move at one instant: from place to place until nothing moves.
#pragma once

#include "engine/sim/state.h"

// Move everything that can move now, and make the carry jobs for what robots will move.
void moves_settle(struct twin *t);

// A part on a direct flow that takes time has arrived.
void moves_arrive(struct twin *t, uint32_t p);

// The part leaves its station along edge e: at once, after the flow's time, or into a robot's job.
void moves_transfer(struct twin *t, uint32_t e, uint32_t p);

// Room is kept for the part along its edge: off it goes.
void moves_depart(struct twin *t, uint32_t p);

// The best waiting part for station s along any active edge whose part is of `type` (NONE: any):
// larger flow priority, then longest waiting, then file order. With policy lookahead a part for which the machine would have to be set up counts as having
// waited as much less as the set-up is worth (scheduler/lookahead.h), and where the whole line is planned the plan's order comes before waiting. Returns the edge, and the part in *p; or UINT32_MAX.
uint32_t moves_best(const struct twin *t, int32_t s, int type, uint32_t *p);
