// Momentum of a body about the floor below its centre of mass.
//
// With L the angular momentum about that point, v = (L_y, -L_x) / (m z) is the velocity that all mass would have if it moved there as one: the velocity of the
// centre of mass, and what limbs and trunk turn beside it. The floor has no moment about it but by its pressure, L' = m g (x - p), so this, not the
// speed of the centre of mass, is what a push gives at once and what the linear inverted pendulum then holds for (Gong & Grizzle, J. Dyn. Sys. Meas.
// Control 144, 2022).
#pragma once

#include "robots/dynamics.h"

struct floor_momentum {
  struct v3 com, com_velocity;      // m, m/s
  double    swing[2];               // m/s    L / (m z) along x and y
};

struct floor_momentum floor_momentum_of(const struct robot_model *m, const struct base_motion *base, const double *q, const double *qd, double floor);
