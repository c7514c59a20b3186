// The straight line: a machine that one store feeds, and whose parts all go to one place.
//
// Most of a line is like that, and nothing has to be chosen there: when work ends, the part moves on, the
// next one comes and its work begins, in one pass. place.c, server.c and moves.c would do the same in the
// same order, looking at each step whether somebody else is concerned. Which machines are straight follows
// from the layout when the twin is built (build_ways.c); whenever something is in the way at that moment (the
// store empty, the next place full, somebody waiting for it, another event at this instant) the general rules act.
#pragma once

#include "engine/sim/state.h"

// The work of server i has ended. False: nothing was done, the general rules are to act.
bool straight_end(struct twin *t, int32_t i);
