#include "robots/grip_force.h"

#include <math.h>

#include "base/maths.h"
#include "robots/dynamics.h"

struct grip_load grip_load_lift(double mass, double up, double sideways) {
  return (struct grip_load){mass, m_sqrt((GRAVITY + up) * (GRAVITY + up) + sideways * sideways), 0, 0};
}

double grip_force(const struct grip_load *load, const struct grip_contact *c) {
  double force = load->mass * fabs(load->across), torque = force * fabs(load->arm), pinch = load->mass * fabs(load->along) / c->fingers;
  if (force > 0 && !(c->mu > 0)) return INFINITY;
  if (torque > 0 && !(c->patch > 0)) return INFINITY;
  double shear = force > 0 ? force / (c->fingers * c->mu) : 0;
  double twist = torque > 0 ? torque / (c->fingers * (2.0 / 3) * c->mu * c->patch) : 0;
  double hold = twist > 0 ? m_sqrt(shear * shear + twist * twist) : shear;
  return hold > pinch ? hold : pinch;
}

bool grip_slips(const struct grip_load *load, const struct grip_contact *c, double force) { return force < grip_force(load, c); }

double grip_slip_acceleration(double mass, const struct grip_contact *c, double force) { return c->fingers * c->mu * force / mass - GRAVITY; }
