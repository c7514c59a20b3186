// What a policy sees of the twin, and what becomes of its answer.
//
// The columns of scheduler/policy.h are filled from the waiting jobs and the robots; the pairs that come back are checked and carried
// out. Of very many waiting jobs a policy sees the first by priority, age and file (WAIT_MAX).
#pragma once

#include "engine/sim/state.h"

enum status decide_create(struct twin *t, struct error *e);
void        decide_destroy(struct twin *t);
// The layout of the twin has another policy now.
void        decide_again(struct twin *t);

// One call of the policy. nearest, fifo and idle-first do not come here: their rule needs less (scheduler/dispatch.h).
void decide_jobs(struct twin *t);
