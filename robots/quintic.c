#include "robots/quintic.h"

struct quintic quintic_between(struct jet from, struct jet to, double duration) {
  double T = duration, x0 = from.x, v0 = from.v * T, a0 = from.a * T * T / 2;
  double x = to.x - x0 - v0 - a0, v = to.v * T - v0 - 2 * a0, a = to.a * T * T - 2 * a0;
  return (struct quintic){{x0, v0, a0, 10 * x - 4 * v + a / 2, -15 * x + 7 * v - a, 6 * x - 3 * v + a / 2}, T};
}

struct jet quintic_at(const struct quintic *q, double t) {
  const double *c = q->c;
  double s = t / q->duration, T = q->duration;
  return (struct jet){
    c[0] + s * (c[1] + s * (c[2] + s * (c[3] + s * (c[4] + s * c[5])))),
    (c[1] + s * (2 * c[2] + s * (3 * c[3] + s * (4 * c[4] + s * 5 * c[5])))) / T,
    (2 * c[2] + s * (6 * c[3] + s * (12 * c[4] + s * 20 * c[5]))) / (T * T)};
}
