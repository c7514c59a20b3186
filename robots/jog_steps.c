#include "robots/jog_steps.h"

#include <string.h>

enum status jog_pace_of(struct jog_pace *p, const struct humanoid *h, double speed, struct error *e) {
  struct gait_wish wish = gait_wish_defaults(GAIT_JOG, speed);
  memset(p, 0, sizeof *p);
  p->style = jog_style_of(h, &wish);
  enum status s = jog_step(&p->slip, &p->step, h->model, h, &wish, &p->style, e);
  if (!s) p->speed = speed;
  return s;
}

double jog_contact(const struct jog_pace *p, double speed) { return p->step.contact * m_sqrt(p->speed / speed); }

double jog_flight(const struct jog_pace *p, const struct humanoid *h, double speed) {
  if (speed >= p->speed) return p->step.period - p->step.contact;
  struct gait_wish wish = gait_wish_defaults(GAIT_JOG, speed);
  return jog_style_of(h, &wish).flight;
}

int jog_ramp(const struct jog_pace *p, double walk) {
  int n = (int)((p->speed - walk) / JOG_GAIN + 1 - 1e-9);
  return n < 1 ? 1 : n;
}

double jog_speed(const struct jog_pace *p, const double walk[2], int i, int n) {
  int up = jog_ramp(p, walk[0]), down = jog_ramp(p, walk[1]), from = i + 1, to = n - i;
  if (from < up) return walk[0] + (p->speed - walk[0]) * from / up;
  return to < down ? walk[1] + (p->speed - walk[1]) * to / down : p->speed;
}

double jog_step_way(const struct jog_pace *p, const struct humanoid *h, const double walk[2], double single, int i, int n) {
  double a = i ? jog_speed(p, walk, i - 1, n) : walk[0], b = i < n ? jog_speed(p, walk, i, n) : walk[1];
  double time = jog_flight(p, h, (a + b) / 2) + (i ? jog_contact(p, a) : single) / 2 + (i < n ? jog_contact(p, b) : single) / 2;
  return time * (a + b) / 2;
}
