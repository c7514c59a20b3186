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

// The change of a root's velocity along the floor by which L / (m z) changes by `want`: at[0] is it with the root as it moves, at[1] and at[2] with 1 m/s more
// along x or y. false: there is none.
static inline bool floor_momentum_jump(const double at[3][2], const double want[2], double jump[2]) {
  double xx = at[1][0] - at[0][0], xy = at[1][1] - at[0][1], yx = at[2][0] - at[0][0], yy = at[2][1] - at[0][1], det = xx * yy - xy * yx;
  if (!(det > 1e-6 || det < -1e-6)) return false;
  jump[0] = (want[0] * yy - want[1] * yx) / det, jump[1] = (want[1] * xx - want[0] * xy) / det;
  return true;
}

struct floor_momentum floor_momentum_of(const struct robot_model *m, const struct base_motion *base, const double *q, const double *qd, double floor);
