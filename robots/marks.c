#include "robots/marks.h"

#include <assert.h>
#include <stdlib.h>

static double value_of(const struct step_plan *p, enum quantity q, int k) {
  const struct step_mark *m = &p->mark[k], *first = &p->mark[1], *last = &p->mark[p->marks - 2];
  int steps = p->marks - 2;
  switch (q) {
  case AT_X: return m->place.x;
  case AT_Y: return m->place.y;
  case AT_Z: return m->place.z;
  case AT_YAW: return m->yaw;
  case AT_BOUNCE: return m->bounce;
  case AT_SWING: return m->swing;
  case AT_STRIDE: return m->stride;
  case AT_DEPTH: return 0;
  case AT_RUN: return m->run;
  default: break;
  }

  // a full turn a step, left feet at whole multiples of two; at the ends the nearest step's rate
  double turn = 2 * M_PI_D, start = p->step[2].side == LEFT ? 0 : turn;
  if (k > 0 && k < p->marks - 1) return start + turn * (k - 1);
  double rate = steps > 1 ? turn * (steps - 1) / (last->time - first->time) : turn / 0.6;
  return k == 0 ? start - rate * (first->time - m->time) : start + turn * (steps - 1) + rate * (m->time - last->time);
}

static const double *times_of(const struct curves *c, enum quantity q) { return q == AT_YAW ? c->turn_time : c->time; }

void curves_set_slopes(struct curves *c, enum quantity q) {
  int n = c->marks;
  const double *time = times_of(c, q);
  const double *v = c->value + q * n;
  double *s = c->slope + q * n;
  s[0] = s[n - 1] = 0;
  for (int k = 1; k < n - 1; k++) {
    double a = (v[k] - v[k - 1]) / (time[k] - time[k - 1]), b = (v[k + 1] - v[k]) / (time[k + 1] - time[k]);
    s[k] = a * b > 0 ? 2 * a * b / (a + b) : 0;
  }
  if (q == AT_PHASE && n > 2) s[0] = s[1], s[n - 1] = s[n - 2];
}

bool curves_make(struct curves *c, const struct step_plan *p) {
  int n = p->marks;
  assert(n >= 2);
  c->marks = n;
  c->at = c->turn_at = 0;
  c->time = malloc(sizeof(double) * (size_t)n * (2 + 2 * QUANTITIES));
  if (!c->time) return false;
  c->turn_time = c->time + n;
  c->value = c->turn_time + n;
  c->slope = c->value + n * QUANTITIES;
  for (int k = 0; k < n; k++) c->time[k] = p->mark[k].time, c->turn_time[k] = p->mark[k].turn_time;
  for (int q = 0; q < QUANTITIES; q++) {
    for (int k = 0; k < n; k++) c->value[q * n + k] = value_of(p, q, k);
    curves_set_slopes(c, q);
  }
  return true;
}

void curves_finish(struct curves *c) { free(c->time); }

struct jet curve_at(const struct curves *c, enum quantity q, double t) {
  int n = c->marks, k = q == AT_YAW ? c->turn_at : c->at;
  const double *v = c->value + q * n, *s = c->slope + q * n, *time = times_of(c, q);
  double T = time[k + 1] - time[k], u = (t - time[k]) / T;
  if (u >= 1) return (struct jet){v[n - 1] + (q == AT_PHASE ? s[n - 1] * (t - time[n - 1]) : 0), q == AT_PHASE ? s[n - 1] : 0, 0};
  double d = v[k + 1] - v[k], v0 = s[k] * T, x = d - v0, w = s[k + 1] * T - v0;
  double a3 = 10 * x - 4 * w, a4 = -15 * x + 7 * w, a5 = 6 * x - 3 * w;
  return (struct jet){v[k] + u * (v0 + u * u * (a3 + u * (a4 + u * a5))),
                      (v0 + u * u * (3 * a3 + u * (4 * a4 + u * 5 * a5))) / T,
                      u * (6 * a3 + u * (12 * a4 + u * 20 * a5)) / (T * T)};
}

void curves_seek(struct curves *c, double t) {
  if (t < c->time[c->at]) c->at = 0;
  while (c->at + 2 < c->marks && t >= c->time[c->at + 1]) c->at++;
  if (t < c->turn_time[c->turn_at]) c->turn_at = 0;
  while (c->turn_at + 2 < c->marks && t >= c->turn_time[c->turn_at + 1]) c->turn_at++;
}
