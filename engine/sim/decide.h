// What a policy sees of the twin, and what becomes of its answer.
//
// The columns of scheduler/policy.h are filled from the waiting jobs and the robots; the pairs that come back are checked and carried
// out. Of very many waiting jobs a policy sees the first by priority, age and file (WAIT_MAX).
#pragma once

#include "engine/sim/state.h"
#include "scheduler/policy.h"

#define DECIDE_JOBS 4096            // jobs that a policy sees at once

enum status decide_create(struct twin *t, struct error *e);
void        decide_destroy(struct twin *t);
// The layout of the twin has another policy now.
void        decide_again(struct twin *t);

// nearest, fifo and idle-first, which are not called from here; they have columns only for --explain.
bool decide_plain(const struct twin *t);
// Fill the columns from what is there; decide_jobs does so by itself.
void decide_look(struct twin *t);
const struct policy_view *decide_view(const struct twin *t);
const struct policy      *decide_policy(const struct twin *t);  // NULL: a rule
const void               *decide_self(const struct twin *t);
uint32_t                  decide_job(const struct twin *t, int32_t row);
int32_t                   decide_robot(const struct twin *t, int32_t row);

// Who walks to a job may be sent elsewhere.
bool decide_reassigns(const struct twin *t);

// One call of the policy. nearest, fifo and idle-first do not come here: their rule needs less (scheduler/dispatch.h).
void decide_jobs(struct twin *t);
