#include "robots/move_law.h"

#include <math.h>
#include <stdbool.h>

#include "base/maths.h"

#define LOOKS    32                 // places of a quintic where its peaks are looked for

void minimum_jerk(double x, double *s, double *rate, double *second) {
  double y = 1 - x;
  *s = x * x * x * (10 + x * (6 * x - 15));
  *rate = 30 * x * x * y * y;
  *second = 60 * x * y * (1 - 2 * x);
}

struct move_law move_law_rest(double time) { return (struct move_law){.quick = time, .reach = 1, .brake = 1}; }

struct move_law move_law_guarded(double quick, double distance, double guard, double speed, double give) {
  if (give > guard) give = guard;
  return (struct move_law){.quick = quick, .creep = (guard - give) / speed, .stop = 2 * give / speed, .reach = 1 - guard / distance, .brake = 1 - give / distance, .rate = speed / distance};
}

// From rest to `way` with rate `v` at the end, in time T, no acceleration at both ends; x = t / T.
static void speed_up(double x, double way, double v, double T, double *s, double *rate, double *second) {
  double p, dp, ddp, x2 = x * x, w = v * T;
  minimum_jerk(x, &p, &dp, &ddp);
  *s = way * p + w * x2 * x * (-4 + x * (7 - 3 * x));
  *rate = (way * dp + w * x2 * (-12 + x * (28 - 15 * x))) / T;
  *second = (way * ddp + w * x * (-24 + x * (84 - 60 * x))) / (T * T);
}

// From rate v to rest over v T / 2: speed falls along 1 - (3 x^2 - 2 x^3).
static void slow_down(double x, double v, double T, double *s, double *rate, double *second) {
  *s = v * T * (x - x * x * x + x * x * x * x / 2);
  *rate = v * (1 - x * x * (3 - 2 * x));
  *second = -6 * v * x * (1 - x) / T;
}

void move_law_at(const struct move_law *l, double t, double *s, double *rate, double *second) {
  *rate = *second = 0;
  if (t <= 0 || t >= move_law_time(l)) {
    *s = t > 0 || !(l->quick > 0);
    return;
  }
  if (t < l->quick) {
    speed_up(t / l->quick, l->reach, l->rate, l->quick, s, rate, second);
    return;
  }
  t -= l->quick;
  if (t < l->creep) {
    *s = l->reach + l->rate * t;
    *rate = l->rate;
    return;
  }
  t -= l->creep;
  slow_down(t / l->stop, l->rate, l->stop, s, rate, second);
  *s += l->brake;
}

double move_law_when(const struct move_law *l, double s) {
  double low = 0, high = move_law_time(l), at, rate, second;
  if (s >= l->reach && s <= l->brake && l->rate > 0) return l->quick + (s - l->reach) / l->rate;
  if (s < l->reach) high = l->quick;
  else low = l->quick + l->creep;
  // Newton between bounds that close in
  double t = (low + high) / 2, near = MOVE_LAW_NEAR * (high - low);
  for (int i = 0; i < MOVE_LAW_STEPS; i++) {
    move_law_at(l, t, &at, &rate, &second);
    if (at < s) low = t; else high = t;
    double to = rate > 0 ? t + (s - at) / rate : low;
    if (!(to > low && to < high)) to = (low + high) / 2;
    bool there = fabs(to - t) < near;
    t = to;
    if (there) break;
  }
  return t;
}

void move_law_peaks(const struct move_law *l, double *rate, double *second) {
  *rate = l->rate, *second = 0;
  if (!(l->rate > 0)) {
    *rate = l->quick > 0 ? 1.875 / l->quick : 0;
    *second = l->quick > 0 ? 5.7735026918962577 / (l->quick * l->quick) : 0;
    return;
  }
  for (int i = 1; i < LOOKS; i++) {
    double s, v, a;
    speed_up((double)i / LOOKS, l->reach, l->rate, l->quick, &s, &v, &a);
    *rate = fmax(*rate, v);
    *second = fmax(*second, fabs(a));
  }
  if (l->stop > 0) *second = fmax(*second, 1.5 * l->rate / l->stop);
}
