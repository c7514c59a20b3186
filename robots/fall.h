// What a fall does, how a robot gets up, and what an emergency stop does to a biped.
//
// A fall ends with the energy of a rigid pendulum that hits the floor (robots/balance.h). Whether it damages is a Weibull
// law of that energy; no such figure of any humanoid is published, so all of these are guesses. Chance is the caller's.
// Stop categories as IEC 60204-1 has them, read for a robot that has to balance:
//   freeze  0: power off, brakes on. A rigid block: it stays where the capture point is above the soles, else it falls
//   kneel   1: the walk is stopped by capture steps under control, then the robot kneels and the power goes off
//   hold    2: the same stop, and it stays standing under power
#pragma once

#include "robots/balance.h"

struct fall_params {
  double damage_energy, damage_shape;         // J, 1  share damaged at energy E: 1 - exp(-(E / damage_energy)^shape)
  double rise_time;                 // s      to get up without help, where no plan of it is at hand (robots/rise.h)
};
struct fall_params fall_params_of(const struct balance_params *p);

// Probability that a fall of that energy damages, and whether this one did: u uniform in (0, 1).
double fall_damage(const struct fall_params *f, double energy);
bool   fall_damages(const struct fall_params *f, double energy, double u);

enum stop_category { STOP_FREEZE, STOP_KNEEL, STOP_HOLD };

// From standing to the knees, or up again, s: a quintic way down by a quarter of that height.
double stop_kneel_time(double com_height);

struct stop_outcome {
  bool   fell;
  double time;                      // s    until it stands, kneels, or lies
  double way;                       // m    of the centre of mass since the stop
  int    steps;
  double impact_energy;             // J    of a fall
};

// Stop a robot that walks at `speed` (m/s ahead; 0: stands) at `phase` (0 .. 1) of a step, on a floor of that friction.
struct stop_outcome stop_try(const struct balance_params *p, enum stop_category category, double speed, double phase, double friction);
