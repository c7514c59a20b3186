// A walk that turns off on its way: from one of its next footsteps on over another route, to a stand at its end, without stopping.
//
//   until then     the next footsteps are landed as planned                       walk_divert_find: where that is
//   lead           straight on, until steps are as short as before a corner, when the new route bends off
//   the route      as any other walk's: arcs, corners, the steps at the end       walk_targets_on
//
// The body goes from the one plan to the other by robots/walk_change.h: next footsteps go along by some centimetres, and come back to the route in the steps
// after them. Slower, or faster, is the same way at another speed.
#pragma once

#include "robots/walker.h"

#define WALK_DIVERT_TRIES 2         // footsteps from the one after the next on that whoever turns off tries, whatever is stepped: event plans what bodies do. A choice

// Where a walk is left. Coordinates are the walk's.
struct walk_divert_at {
  int       step;                   //      footstep of the plan from which on steps are others: this one lands where it was to
  double    left;                   // s    from the order until it lands
  struct v3 place;                  // m    of the body over that footstep: the first point of the new route
  double    heading;                // rad  in which it goes on there: the first line of the new route has to
  double    lead;                   // m    of that line until the steps are down to those at a corner, if the route bends off there
};

// Of a walk of those targets and that plan at `clock` (s of the plan): the first footstep that can be it, or `later` ones after that. From 1 on hardly any
// walk_divert is refused on a dry floor. false: there is none, since the walk comes to rest there, jogs, is hurried by a push, or all that is left lies on slopes, in turns or aside.
bool walk_divert_find(struct walk_divert_at *at, const struct humanoid *h, const struct walk_targets *t, const struct step_plan *p, double clock, int later);

// How far along its path the body has come at `clock`, m.
double walk_divert_gone(const struct walk_targets *t, const struct step_plan *p, double clock);

// Targets and plan from the walk's beginning on, with another route from `at` on: its first point is at->place, its heading_start is not read. Both are the
// caller's to finish, and empty unless the status is STATUS_OK. STATUS_RANGE as walk_targets_make.
enum status walk_divert_plan(struct walk_targets *t, struct step_plan *p, const struct walk_divert_at *at, const struct walk_targets *was_t, const struct step_plan *was_p,
                             const struct gait_library *l, const struct stand *stand, const struct walk_route *r, struct error *e);

// The order at sample `time` of w, rounded to one (before a foot has lifted it waits for that); `at` as found then. *out begins there and ends at the route's end.
// The route's load and pose must be w's, friction of the floor is. STATUS_RANGE with a sentence when no footsteps lead over to it, or some check breaks that w kept; but feet may
// turn on a slippery floor where those of w did not (faults.yaw).
enum status walk_divert(struct walk *out, const struct walk *w, double time, const struct walk_divert_at *at, const struct walk_route *r, struct error *e);
