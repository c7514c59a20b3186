// Wear of a drive: torque-cubed revolutions, added up, against a Weibull life.
//
// A revolution under torque T uses up (T / rated)^3 / life of a drive: the cube law of rolling bearings (ISO 281; Lundberg &
// Palmgren 1947), added over changing loads as Palmgren (1924) and Miner (1945) do. Damage 1 is the L10 life, at which 10 % have
// failed; the damage that a drive survives is Weibull with the class's shape b:
//   share that survives damage D = 0.9^(D^b)
//
// Which drive fails, and when, is settled by one uniform draw a drive, made when it is new.
#pragma once

#include "base/maths.h"
#include "robots/actuator.h"

// Damage a second of turning at w rad/s under the motor torque T: |T^3 w| times this.
static inline double wear_rate(const struct actuator *a) {
  return 1 / (2 * M_PI_D * a->life * a->rated_torque * a->rated_torque * a->rated_torque);
}

// The damage at which a drive fails, from its draw u in (0, 1); u is the share that fails earlier.
double wear_threshold(const struct actuator *a, double u);

double wear_survival(const struct actuator *a, double damage);       // 1   share that still runs
double wear_hazard(const struct actuator *a, double damage);         //     failures per unit of damage among those that still run

// Median damage still to come for a drive that has survived `damage`.
double wear_remaining(const struct actuator *a, double damage);

// The first joint of robot r (the lowest number) whose damage has reached its threshold, or -1. Columns (joints x stride).
int wear_failed(const double *damage, const double *threshold, int joints, int stride, int r);
