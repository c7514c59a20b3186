// What the files of robots/walker.h share, and nobody else.
#pragma once

#include "robots/walk_body.h"
#include "robots/walker.h"

// Samples of w from its plan; join: NULL, or where another walk is left; split: threads that share the work, NULL: none.
enum status walker_solve(struct walk *w, const struct walk_body *b, const struct motion_join *join, struct split *split, struct motion_result *result, struct error *e);

// What is left of w from sample `at` on; the caller frees its roots. STATUS_MEMORY.
enum status walker_past(struct motion_past *p, const struct walk *w, int at, double until, struct error *e);

// Samples gone, the plan kept. And: does a walk break no more limits than another one? Moments about the upright are the caller's affair: a foot that turns a little
// on the floor is better than a lost balance.
void walker_forget(struct walk *w);
bool walker_keeps(const struct walk_faults *now, const struct walk_faults *was);

struct frame_motion walker_frame_of(const struct base_motion *b);
