#include "robots/heat.h"

#include <assert.h>
#include <math.h>

#include "base/maths.h"

struct heat_step heat_step_make(const struct actuator *a, double dt) {
  assert(dt >= 0);
  assert(a->winding_capacity > 0 && a->housing_capacity > 0);
  assert(a->winding_resistance > 0 && a->housing_resistance > 0);
  double m11 = -1 / (a->winding_resistance * a->winding_capacity), m12 = -m11;
  double m21 = 1 / (a->winding_resistance * a->housing_capacity), m22 = -m21 - 1 / (a->housing_resistance * a->housing_capacity);

  // both eigenvalues are real and negative; the slow one from the product, which does not cancel
  double half = (m11 + m22) / 2, apart = m_sqrt((m11 - m22) * (m11 - m22) / 4 + m12 * m21);
  double fast = half - apart, slow = (m11 * m22 - m12 * m21) / fast;

  // exp(M t) = (exp(slow t) (M - fast) - exp(fast t) (M - slow)) / (slow - fast)
  double es = m_exp(slow * dt) / (slow - fast), ef = m_exp(fast * dt) / (slow - fast);
  return (struct heat_step){
    .e11 = es * (m11 - fast) - ef * (m11 - slow), .e12 = (es - ef) * m12,
    .e21 = (es - ef) * m21, .e22 = es * (m22 - fast) - ef * (m22 - slow),
    .inner = a->winding_resistance, .outer = a->housing_resistance,
  };
}

void heat_steady(const struct actuator *a, double copper, double other, double ambient, double *winding, double *housing) {
  *housing = ambient + a->housing_resistance * (copper + other);
  *winding = *housing + a->winding_resistance * copper;
}

// The fixed point of T = cold + gain T.
double heat_steady_warm(const struct actuator *a, double copper, double other, double ambient) {
  double through = a->winding_resistance + a->housing_resistance;
  double cold = ambient + a->housing_resistance * other + through * copper * heat_copper_factor(a, 0);
  double gain = through * copper * a->copper_coefficient;
  return gain < 1 ? cold / (1 - gain) : INFINITY;
}
