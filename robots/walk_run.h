// Where walking goes over into running: the speed from which on the body's jog costs less than its walk, or its walk cannot
// be done.
//
// Both gaits are solved for the whole body at each speed tried; nothing is assumed about the answer. Animals change near
// v^2 / (g l) = 0.5 (Alexander 1989), people at about 2 m/s.
#pragma once

#include "robots/gait.h"
#include "robots/spec.h"

enum walk_run_cause {
  WALK_RUN_COST,                    // the jog draws less
  WALK_RUN_LIMIT                    // the walk breaks torque, speed, reach, friction or would pull on the floor; the jog does less of it
};

struct walk_run {
  double              speed;        // m/s  to 1 mm/s
  double              froude;       // v^2 / (g l)
  double              power;        // W    of the jog there
  enum walk_run_cause cause;
};

// load, pose, friction, foot and samples are read from the wish. STATUS_RANGE: the walk is the better one at every speed that
// the body jogs at, or it does not jog at all.
enum status walk_run_find(struct walk_run *out, const struct humanoid *h, const struct robot_spec *spec, const struct gait_wish *wish, struct error *e);
