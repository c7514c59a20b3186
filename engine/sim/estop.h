// Emergency stops: what `estop` and `resume` do to robots, by the categories of robots/fall.h. People go on.
//
//   freeze  power off, brakes on. Who walks falls, as a block; who stands stays
//   kneel   the walk is planned to a stand (robots/walk_stop.h), near its end it goes on to that, elsewhere capture steps end it; the robot crouches and its drives go off
//   hold    the same, and it stays standing under power
// At body fidelity the body does all of that, and restarts from where it came to rest. Elsewhere a stop holds what is at hand where it is, and a restart takes
// what stopping and starting take: a walk's start and stop, twice the way to the knees, for one who fell the time to get up.
// `floor` and a zone mean the robots that are there at that instant. A stopped robot books `stopped`.
#pragma once

#include "engine/sim/state.h"

void estop(struct twin *t, const struct happening *h);
void estop_resume(struct twin *t, const struct happening *h);
