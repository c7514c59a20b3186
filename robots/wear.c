#include "robots/wear.h"

#include <assert.h>

#include "base/maths.h"

#define L10 0.10536051565782628     // -log(0.9)

double wear_threshold(const struct actuator *a, double u) {
  assert(u > 0);
  assert(u < 1);
  return m_pow(-m_log(1 - u) / L10, 1 / a->weibull);
}

double wear_survival(const struct actuator *a, double damage) {
  return damage > 0 ? m_exp(-L10 * m_pow(damage, a->weibull)) : 1;
}

double wear_hazard(const struct actuator *a, double damage) {
  return damage > 0 ? L10 * a->weibull * m_pow(damage, a->weibull - 1) : a->weibull > 1 ? 0 : L10 * a->weibull;
}

// survival(damage + x) = survival(damage) / 2
double wear_remaining(const struct actuator *a, double damage) {
  double now = damage > 0 ? m_pow(damage, a->weibull) : 0;
  return m_pow(now + m_log(2) / L10, 1 / a->weibull) - (damage > 0 ? damage : 0);
}

int wear_failed(const double *damage, const double *threshold, int joints, int stride, int r) {
  for (int j = 0; j < joints; j++)
    if (damage[j * stride + r] >= threshold[j * stride + r]) return j;
  return -1;
}
