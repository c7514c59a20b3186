// A route as targets for the feet: straight pieces, arcs at corners, turns on the spot, side steps.
//
// A corner is cut to an arc when the pieces beside it are long enough for one of ARC_LEAST; otherwise the robot stops there and turns. Steps
// are as long as the speed says, shorter on arcs (turn a step, and v^2 / r), grow by at most GROWTH from one to the next, and are
// all scaled by one factor so that the last one ends on the piece's end.
#pragma once

#include "robots/walk_steps.h"

struct walk_route {
  const struct v3 *point;           // m    the first is where the robot stands, the last where it will; z is the floor's height
  int              count;           // at least 1 (turning on the spot), at most WALK_POINTS_MAX
  double           heading_start;   // rad  as it stands
  double           heading_end;     // rad  as it will stand
  bool             heading_free;    // ends as the way ends; heading_end is not read
  double           speed;           // m/s  wished on straight ways, positive
  double           jog;             // m/s  of a jog on straight, level ways that are long enough for one, above `speed`; 0: none. Not with a load
  double           corner_radius;   // m    by which corners may be cut to an arc; 0: turn on the spot
  double           load;            // kg   in both hands
  enum load_pose   load_pose;
  double           friction;        // 1    of the floor
  double           tick;            // s    between samples of the body, 0.001 .. 0.02
  struct split    *split;           //      threads that share the work, which changes no bit; NULL: none
};

#define WALK_POINTS_MAX 1024

// 1.2 m/s, corners cut by 0.5 m, heading free, no load, friction 0.6, 5 ms.
struct walk_route walk_route_defaults(const struct v3 *point, int count);

struct walk_targets {
  struct step_target from;          // where it stands
  enum side first;                  // the foot that steps first
  struct step_target *target;       // (count)
  int    count;                     // 0: it is there already
  double distance;                  // m   of the path
  struct jog_pace pace;             // of targets that jog; speed 0: none does
};

// STATUS_RANGE with a sentence for routes that are none (too many points, not finite, too steep: 10 degrees), STATUS_MEMORY.
enum status walk_targets_make(struct walk_targets *t, const struct humanoid *h, struct walk_feet feet, const struct walk_route *r, struct error *e);
// The first `kept` targets of a walk, and from the last of them on over another route without stopping there: its first point is that target's place, and
// its first line goes on as the walk does; heading_start is not read, and nobody jogs on it. The same errors, and STATUS_RANGE for a route that goes nowhere.
enum status walk_targets_on(struct walk_targets *t, const struct walk_targets *was, int kept, const struct humanoid *h, struct walk_feet feet, const struct walk_route *r, struct error *e);
void        walk_targets_finish(struct walk_targets *t);
