// What a motion that repeats for ever does to each drive: mean heat, the temperatures it ends at, and wear.
//
// Read from samples of one period (a stride): torque, speed and acceleration of every joint, as a gait keeps them. The
// windings' heat capacity evens a stride out (their time constants are tens of seconds), so means decide. Copper loss grows with the
// winding's temperature; the inverter's share of that growth is left out.
#pragma once

#include "robots/heat.h"
#include "robots/spec.h"

struct drive_toll {
  double copper, other;             // W    mean, at 25 degC: in the winding; gear, friction and inverter in the housing
  double winding;                   // degC for ever; infinity when copper loss runs away
  double derated_after;             // s    from all cold until the torque is derated; infinity: never
  double wear;                      // 1/s  mean damage; 1 is the L10 life
};

// samples: tau, qd and qdd (samples x joint_count). out (joint_count); zero for joints without a drive, derated_after infinity.
void toll_find(struct drive_toll *out, const struct robot_spec *s, const double *tau, const double *qd, const double *qdd, int samples, double ambient);

// Seconds until a share of robots (0 .. 1) that move so for ever has had a drive fail, the first of any joint: drives fail
// independently, each by its Weibull law. Infinity without wear.
double toll_life(const struct drive_toll *toll, const struct robot_spec *s, double share);
