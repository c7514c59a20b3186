// Steady walks by themselves: what solving one costs, and the legs in it.
#pragma once

#include "robots/humanoid.h"
#include "robots/spec.h"

// Processor time; below 0: this machine has no such lanes.
struct bench_gait {
  double leg[3];                    // ns  a leg's angles, rates and accelerations of one sample, in lanes of 1, 4 and 8
  double pass;                      // ms  legs, inverse dynamics and the error of the centre of pressure of 200 samples
  double solve;                     // ms  gait_solve of 200 samples
};

// A walk at `speed` m/s, the least of many short runs. STATUS_RANGE: it has no such walk.
enum status bench_gait(struct bench_gait *b, const struct humanoid *h, const struct robot_spec *spec, double speed, struct error *e);
