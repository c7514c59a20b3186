// Heat of a drive: two nodes, the winding and the housing.
//
//   winding_capacity d(winding)/dt = copper - (winding - housing) / winding_resistance
//   housing_capacity d(housing)/dt = other  + (winding - housing) / winding_resistance - (housing - ambient) / housing_resistance
//
// Lumped-parameter model of servo motors, as makers give its four figures. For heat constant over a step the step is
// exact, x' = x_inf + exp(M dt) (x - x_inf), so 5 ms and 1 s steps meet in the same place. Copper loss grows with the
// winding's temperature; it is taken at the step's start.
//
// Copper heats the winding; gear, friction and inverter losses heat the housing (the inverter sits on it: a guess).
#pragma once

#include "robots/actuator.h"

#define HEAT_AMBIENT   25.0         // degC  of the hall, until layouts say it
#define HEAT_REFERENCE 25.0         // degC  at which km and the copper loss are meant
#define HEAT_DERATING  20.0         // K     below the limit over which the torque falls to zero

// One step of one class of drive: made once for a dt, used by all rows.
struct heat_step {
  double e11, e12, e21, e22;        // exp(M dt)
  double inner, outer;              // K/W   resistances
};
struct heat_step heat_step_make(const struct actuator *a, double dt);

// Temperatures after the step, degC; copper and other in W. Inline: it is called for every joint of every robot.
static inline void heat_step_run(const struct heat_step *h, double *winding, double *housing, double copper, double other, double ambient) {
  double housing_end = ambient + h->outer * (copper + other), winding_end = housing_end + h->inner * copper;
  double x = *winding - winding_end, y = *housing - housing_end;
  *winding = winding_end + h->e11 * x + h->e12 * y;
  *housing = housing_end + h->e21 * x + h->e22 * y;
}

// Temperatures for ever under constant heat.
void heat_steady(const struct actuator *a, double copper, double other, double ambient, double *winding, double *housing);

// The winding for ever, copper (W at HEAT_REFERENCE) growing with its temperature; infinity when it runs away.
double heat_steady_warm(const struct actuator *a, double copper, double other, double ambient);

// Factor on copper loss: 1 at HEAT_REFERENCE.
static inline double heat_copper_factor(const struct actuator *a, double winding) {
  return 1 + a->copper_coefficient * (winding - HEAT_REFERENCE);
}

// Share of the peak torque that may be used, 1 .. 0, falling in a straight line below the limit.
static inline double heat_derate(const struct actuator *a, double winding) {
  double share = (a->winding_limit - winding) * (1 / HEAT_DERATING);
  return share > 1 ? 1 : share < 0 ? 0 : share;
}

// J above the ambient temperature in both nodes.
static inline double heat_stored(const struct actuator *a, double winding, double housing, double ambient) {
  return a->winding_capacity * (winding - ambient) + a->housing_capacity * (housing - ambient);
}
