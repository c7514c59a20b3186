#include "robots/toll.h"

#include <assert.h>
#include <math.h>

#include "robots/wear.h"

#define STEP_SHARE 0.01             // of the housing's time constant: steps of heating up
#define STEPS_MAX  2000             // twenty time constants

// From all cold until derating begins. The copper loss of each step is that of its start.
static double heating_time(const struct actuator *a, const struct drive_toll *t, double ambient) {
  double winding = ambient, housing = ambient, last = ambient, limit = a->winding_limit - HEAT_DERATING;
  double dt = STEP_SHARE * a->housing_capacity * a->housing_resistance;
  struct heat_step step = heat_step_make(a, dt);
  if (t->winding <= limit) return INFINITY;
  for (int k = 0; k < STEPS_MAX; k++) {
    heat_step_run(&step, &winding, &housing, t->copper * heat_copper_factor(a, winding), t->other, ambient);
    if (winding >= limit) return dt * (k + (limit - last) / (winding - last));
    last = winding;
  }
  return INFINITY;
}

void toll_find(struct drive_toll *out, const struct robot_spec *s, const double *tau, const double *qd, const double *qdd, int samples, double ambient) {
  assert(samples > 0);
  for (int j = 0; j < s->joint_count; j++) {
    const struct actuator *a = &s->actuator[j];
    struct drive_toll *t = &out[j];
    *t = (struct drive_toll){.winding = ambient, .derated_after = INFINITY};
    if (s->drive[j] < 0) continue;
    for (int k = 0; k < samples; k++) {
      int at = k * s->joint_count + j;
      struct actuator_power p = actuator_power(a, tau[at], qd[at], qdd[at], 1);
      t->copper += p.copper / samples;
      t->other += (p.gear + p.friction + p.inverter) / samples;
      t->wear += fabs(p.motor_torque * p.motor_torque * p.motor_torque * qd[at]) * wear_rate(a) / samples;
    }
    t->winding = heat_steady_warm(a, t->copper, t->other, ambient);
    t->derated_after = heating_time(a, t, ambient);
  }
}

// -log of the share of robots without a failure after `time`.
static double failures(const struct drive_toll *toll, const struct robot_spec *s, double time) {
  double sum = 0;
  for (int j = 0; j < s->joint_count; j++)
    if (s->drive[j] >= 0 && toll[j].wear > 0) sum -= m_log(wear_survival(&s->actuator[j], toll[j].wear * time));
  return sum;
}

double toll_life(const struct drive_toll *toll, const struct robot_spec *s, double share) {
  assert(share > 0);
  assert(share < 1);
  const double want = -m_log(1 - share);
  double low = 0, high = 1;
  while (failures(toll, s, high) < want && high < 1e30) low = high, high *= 2;
  if (high >= 1e30) return INFINITY;
  for (int k = 0; k < 80; k++) {
    double middle = (low + high) / 2;
    if (failures(toll, s, middle) < want) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
