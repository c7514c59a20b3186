// Inverse dynamics by itself: microseconds a robot for one call, and for passes of 1, 4 and 8 robots.
#pragma once

#include "robots/model.h"

// Processor time for one robot, in us; below 0: this machine has no such lanes.
struct bench_dynamics {
  double forward;                   // poses and velocities of all bodies
  double scalar;                    // robot_inverse_dynamics
  double lanes4, lanes8;            // dynamics_columns_run
  double inertia;                   // robot_inertia
};

// The least of many short runs, each on 64 robots with states of their own.
struct bench_dynamics bench_dynamics(const struct robot_model *m);

// A humanoid of 51 joints, 12 in the legs, 1 in the waist, 14 in the arms, 24 in the hands, none of whose joint frames
// lies along its parent's: the general case. The caller finishes it.
void bench_humanoid(struct robot_model *m);
