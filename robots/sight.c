#include "robots/sight.h"

#include <assert.h>
#include <math.h>

#include "base/maths.h"

struct sight sight_defaults(void) {
  return (struct sight){.distance = 0.6, .across = 1e-3, .depth = 2e-3, .yaw = 0.5 * M_PI_D / 180, .jitter = 5e-3, .discrimination = 7, .visible_min = 0.25};
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

struct sight_sigmas sight_sigmas(const struct sight *s, const struct view *v) {
  assert(v->distance > 0 && v->hidden >= 0 && v->hidden <= 1 && s->distance > 0);
  double shown = 1 - v->hidden, far = v->distance / s->distance;
  struct sight_sigmas out = {.found = shown > 0 && shown >= s->visible_min, .class_error = 0.5};
  if (!out.found) return out;
  double hidden = 1 / m_sqrt(shown), late = v->speed * s->jitter;
  out.across = s->across * far * hidden;
  out.along = m_sqrt(out.across * out.across + late * late);
  out.depth = s->depth * far * far * hidden;
  out.yaw = s->yaw * far * hidden;
  out.class_error = (1 - sight_within(s->discrimination / (2 * far * hidden), 1)) / 2;
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
