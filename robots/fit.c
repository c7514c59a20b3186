#include "robots/fit.h"

#include "base/maths.h"

#define ARMS       1.5              // clearances between two arms of the spiral
#define TRIES_MOST 20

struct fit fit_find(const struct hand_figures *f, double clearance, const double sigma[2], double tilt, double size, double depth, double friction, double again) {
  struct fit out = {.way = FIT_FREE, .once = 1, .again = again};
  if (!(clearance > 0)) return out;
  double square = (sigma[0] * sigma[0] + sigma[1] * sigma[1]) / 2, speed = 2 * M_PI_D * f->bandwidth * clearance;
  out.once = sight_within(clearance, sigma[0]) * sight_within(clearance, sigma[1]);
  double by_sight = out.once > 0 ? again * (1 / out.once - 1) : 1e9, search = 2 * M_PI_D * square / (ARMS * clearance * speed);
  double drops = square > 0 ? 1 - m_exp(-clearance * clearance / (2 * square)) : 1, by_feel = (1 - drops) * search;
  out.way = by_sight <= by_feel ? FIT_SIGHT : FIT_FEEL;
  if (out.way == FIT_FEEL) out.drops = drops, out.search = search;
  if (depth > 0 && size > 0 && friction > 0) out.wedged = 1 - sight_within(2 * clearance / size / friction, tilt);
  if (out.wedged > 0.95) out.wedged = 0.95;
  out.time = (out.way == FIT_FEEL ? by_feel : by_sight) + again * out.wedged / (1 - out.wedged);
  return out;
}

double fit_draw(const struct fit *f, struct stream *random, int *tries) {
  double time = 0;
  *tries = 1;
  if (f->way == FIT_FREE) return 0;
  if (f->way == FIT_FEEL) {
    // of the exponential's tail what is beyond the drop: one draw for both
    double tail = stream_unit(random);
    time = tail < 1 - f->drops ? -f->search * m_log(tail / (1 - f->drops)) : 0;
  }
  while (f->way == FIT_SIGHT && *tries < TRIES_MOST && stream_unit(random) >= f->once) time += f->again, ++*tries;
  while (f->wedged > 0 && *tries < TRIES_MOST && stream_unit(random) < f->wedged) time += f->again, ++*tries;
  return time;
}
