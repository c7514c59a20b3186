// What waits for what when nothing will happen any more, and parts are still in the line.
//
// Each part that remains waits for something: room in the next place, a place in a flow limit, a part that
// its set or batch lacks, a robot, somebody to work at its station or to mend it. These waits are followed from
// station to station. Where they close a circle, or end at something that nobody will ever do, the line is
// stuck. Where all of them end at parts that no longer exist, the line has only run out of parts.
#pragma once

#include "engine/sim/state.h"

// Called when no timer is set. True: stuck, and t->why names the chain of waits. False: t->why says what
// is lacking, "" when nothing is known.
bool stuck_find(struct twin *t);
