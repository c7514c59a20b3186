// What a robot can do on its legs, made from its own model when it is loaded: the walks of robots/walker.h, and what they cost.
//
// Reference walks from rest to rest are planned and solved on a grid of speeds and loads: the mean power of their middle stride is
// that of steady walking, what they take beyond it is the cost of a start and a stop. Speed 0 is turning on the spot. Copper losses
// grow with the square of a torque, so figures are a parabola over the load; arms that hold and arms that swing differ even without
// one. Walks from anywhere to anywhere, with turns at both ends, tell what is between (robots/walk_energy.h). Ramps cost by the height
// they gain or lose. Times are never tabled: they are those of the footsteps.
// Nothing is typed in and nothing is cached on disk.
#pragma once

#include "robots/gait.h"
#include "robots/jog_table.h"
#include "robots/spec.h"
#include "robots/stand.h"
#include "robots/walk_energy.h"
#include "robots/walk_steps.h"

#define LIBRARY_SPEEDS 6
#define LIBRARY_LOADS  4

struct gait_library {
  const struct humanoid   *humanoid;                                   // borrowed
  const struct robot_spec *spec;                                       // borrowed
  struct stand             standing;                                   // unloaded
  double speed[LIBRARY_SPEEDS];     // m/s  grid; 0: turning on the spot
  double load[LIBRARY_LOADS];       // kg   arms free; then held close: 0, half and all of what a 56 kg robot's 20 kg is
  double power[LIBRARY_SPEEDS][LIBRARY_LOADS];         // W    of steady walking on the level
  double ends[LIBRARY_SPEEDS][LIBRARY_LOADS];          // J    of a start and a stop together
  double limit[LIBRARY_SPEEDS][LIBRARY_LOADS];         // 1    samples that break a limit, as a share; 0: a good walk
  double rise[2];                   // J/J  battery energy for potential energy gained (0) and lost (1)
  double stand[LIBRARY_LOADS];      // W    standing still
  bool   fitted;                    //      by gait_library_fit: the weights are there
  double term[2][2 * WALK_TERMS];   // weights of what a walk takes beside (robots/walk_energy.h): arms free, with a load
  struct turning turning;
  struct jog_table jog;             //      empty until gait_library_jog
  double ankle[LIBRARY_LOADS];      // m    of the ankles ahead of the root as it stands
};

// threads: 1 .. 64; the result does not depend on it.
enum status gait_library_make(struct gait_library *l, const struct humanoid *h, const struct robot_spec *s, int threads, struct error *e);

// Walks from anywhere to anywhere too, for what walk_estimate says.
enum status gait_library_fit(struct gait_library *l, int threads, struct error *e);

// Jogging too, up to `most` m/s from walks of `walk` m/s, as jog_table_make does it.
enum status gait_library_jog(struct gait_library *l, double walk, double most, int threads, struct error *e);

// By interpolation in the grid: W of steady walking, J of start and stop; load in kg, held close, 0: arms free.
double gait_library_power(const struct gait_library *l, double speed, double load);
double gait_library_ends(const struct gait_library *l, double speed, double load);
double gait_library_stand(const struct gait_library *l, double load);

// J of a walk of `time` s over the targets of a plan.
double gait_library_energy(const struct gait_library *l, const struct step_plan *p, struct step_target from, const struct step_target *target, double time, double load);

struct walk_feet gait_library_feet(const struct gait_library *l, double load);

// Fastest speed of the grid whose walk holds all limits with that load, m/s; 0: none.
double gait_library_speed_max(const struct gait_library *l, double load);
