// A walk that goes on by another plan from its next footstep on: what robots/walk_stop.h and robots/walk_divert.h share, and how robots/walk_push.h begins.
//
// What has been stepped stays as it was, and so does the next footstep's time. The new steps go along by what lets the motion begin with the velocity that the
// body has (by secants, with the pendulum's gain to begin with, as in robots/walk_push.h): the capture point of that instant is then the new steps'.
#pragma once

#include "robots/walker_state.h"

// One order.
struct walk_order {
  const char   *what;               //      that a walk cannot: "be stopped"
  struct split *split;              //      threads that share the work; NULL: none
  int           solved;             //      motions so far
};

// The first footstep that can still be changed at `clock` (s of the plan), WALK_PUSH_LEFT before it lands; p->count when none is.
int walk_change_first(const struct step_plan *p, double clock);
// Can steps be changed then at all? Else STATUS_RANGE with what was ordered.
enum status walk_change_may(const struct walk *w, double clock, int first, const char *what, struct error *e);

// Is the floor level from footstep `first` of those targets on, up to footstep `last`?
bool walk_change_level(const struct walk_targets *t, int first, int last);

// *out empty but for what is the same as in w.
void walk_change_begin(struct walk *out, const struct walk *w);

// A plan over w's targets up to footstep `first` and others from there on, as walk_footsteps made it: what has been stepped is as it was.
void walk_change_keep(struct step_plan *p, const struct step_plan *was, int first);

// *out has targets and such a plan. It is solved from sample `at` of w on, from footstep `first` on shifted; `back`: steps in which it is back on its line, 0: it
// stays beside it. *out is the caller's to finish, whatever comes of it. STATUS_RANGE when no shift does.
enum status walk_change_solve(struct walk *out, const struct walk *w, const struct walk_body *b, int at, int first, int back, struct walk_order *o, struct error *e);

// Samples at .. to-1 of w before those of out, which begins at `to`, and what they cost. STATUS_RANGE: other joints move.
enum status walk_change_before(struct walk *out, const struct walk *w, int at, int to, const char *what, struct error *e);

enum status walk_change_range(const struct walk *w, const char *what, const char *why, struct error *e);
