#include "robots/sight.h"

#include <assert.h>
#include <math.h>

#include "base/maths.h"

#define TAIL 8.5                    // sigmas beyond which nothing is left
#define STEP 0.125                  // of the trapezoids

struct sight sight_defaults(void) {
  return (struct sight){.distance = 0.6, .across = 1e-3, .depth = 2e-3, .yaw = 0.5 * M_PI_D / 180, .jitter = 5e-3, .exposure = 2e-3, .discrimination = 7, .visible_min = 0.25};
}

double sight_within(double tolerance, double sigma) {
  if (sigma == 0 || isinf(tolerance)) return tolerance >= 0;
  double x = tolerance / sigma;
  if (!(x > 0)) return 0;
  if (x > 8.5) return 1;                                    // 1 - 2e-17
  // 2 phi(x) (x + x^3/3 + x^5/15 + ...): all terms are positive
  double term = x, sum = x;
  for (int k = 3; term > sum * 1e-17; k += 2) sum += term *= x * x / k;
  return sum * 0.79788456080286535588 * m_exp(-x * x / 2);
}

double sight_confusion(double apart, int classes) {
  assert(classes >= 2 && apart >= 0);
  if (classes == 2) return (1 - sight_within(apart / 2, 1)) / 2;
  // by trapezoids, whose error falls exponentially with 1 / h for such bells: with 280 classes that are all alike it is 1e-15; 1 - Phi^(m - 1) = (1 - Phi) (1 + Phi + ... + Phi^(m - 2)) has positive terms alone
  double wide = apart * 0.70710678118654752440, sum = 0;
  if (wide > 2 * TAIL) return 0;
  for (int i = -(int)(TAIL / STEP); i <= (int)(TAIL / STEP); i++) {
    double u = i * STEP, x = wide + u, size = x < 0 ? -x : x, tail = (1 - sight_within(size, 1)) / 2, beyond = x < 0 ? 1 - tail : tail, below = 1 - beyond, powers = 1;
    for (int k = 2; k < classes; k++) powers = powers * below + 1;
    sum += m_exp(-u * u / 2) * beyond * powers;
  }
  return sum * STEP * 0.39894228040143267794;
}

struct sight_sigmas sight_sigmas(const struct sight *s, const struct view *v) {
  assert(v->distance > 0 && v->hidden >= 0 && v->hidden <= 1 && s->distance > 0);
  double shown = 1 - v->hidden, far = v->distance / s->distance;
  struct sight_sigmas out = {.found = shown > 0 && shown >= s->visible_min, .class_error = 0.5};
  if (!out.found) return out;
  double hidden = 1 / m_sqrt(shown), late = v->speed * s->jitter, smear = v->speed * s->exposure * 0.28867513459481288225;
  out.across = s->across * far * hidden;
  out.along = m_sqrt(out.across * out.across + late * late);
  out.depth = s->depth * far * far * hidden;
  out.yaw = s->yaw * far * hidden;
  out.apart = s->discrimination / (far * hidden);
  if (smear > 0) out.apart *= m_sqrt(out.across / m_sqrt(out.across * out.across + smear * smear));
  out.class_error = sight_confusion(out.apart, 2);
  return out;
}

struct sighting sight_look(const struct sight_sigmas *sigmas, struct stream *random) {
  struct sighting look = {.found = sigmas->found};
  look.along = sigmas->along * m_normal_inverse(stream_unit(random));
  look.across = sigmas->across * m_normal_inverse(stream_unit(random));
  look.depth = sigmas->depth * m_normal_inverse(stream_unit(random));
  look.yaw = sigmas->yaw * m_normal_inverse(stream_unit(random));
  look.wrong = stream_unit(random) < sigmas->class_error;
  return look;
}

bool sight_hits(const struct sighting *look, const struct sight_tolerance *t) {
  return look->found && !look->wrong && fabs(look->along) <= t->along && fabs(look->across) <= t->across && fabs(look->depth) <= t->depth && fabs(look->yaw) <= t->yaw;
}

double sight_success(const struct sight_sigmas *s, const struct sight_tolerance *t) {
  if (!s->found) return 0;
  return (1 - s->class_error) * sight_within(t->along, s->along) * sight_within(t->across, s->across) * sight_within(t->depth, s->depth) * sight_within(t->yaw, s->yaw);
}
