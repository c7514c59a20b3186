#include "robots/pendulum.h"

#include <assert.h>

#include "base/maths.h"
#include "robots/dynamics.h"

double pendulum_rate(double height) {
  assert(height > 0);
  return m_sqrt(GRAVITY / height);
}

double pendulum_dcm(struct pendulum s, double w) { return s.x + s.v / w; }

double pendulum_dcm_after(double xi, double p, double w, double t) { return p + (xi - p) * m_exp(w * t); }

// the two modes apart: one grows with e^(w t), the other dies with e^(-w t)
struct pendulum pendulum_after(struct pendulum s, double p, double w, double t) {
  double grow = m_exp(w * t);
  double a = ((s.x - p) + s.v / w) / 2 * grow, b = ((s.x - p) - s.v / w) / 2 / grow;
  return (struct pendulum){p + a + b, w * (a - b)};
}

double pendulum_energy(struct pendulum s, double p, double w) {
  double r = w * (s.x - p);
  return (s.v - r) * (s.v + r) / 2;
}

// x - p = 0 where tanh(w t) = -w (x - p) / v
bool pendulum_apex(struct pendulum s, double p, double w, double *t) {
  double r = w * (s.x - p);
  if (!(pendulum_energy(s, p, w) > 0)) return false;
  *t = m_log((s.v - r) / (s.v + r)) / (2 * w);
  return true;
}

static void follow(struct pendulum_step *step, int count, double w, struct pendulum s) {
  for (int i = 0; i < count; i++) {
    step[i].start = s;
    step[i].mid = pendulum_after(s, step[i].p, w, step[i].time / 2);
    step[i].end = s = pendulum_after(s, step[i].p, w, step[i].time);
  }
}

void pendulum_plan(struct pendulum_step *step, int count, double w, double start_x, double dcm_last) {
  assert(count >= 0);
  assert(w > 0);
  double xi = dcm_last, x = start_x;
  for (int i = count - 1; i >= 0; i--) {
    step[i].dcm_end = xi;
    step[i].dcm_start = xi = pendulum_dcm_after(xi, step[i].p, w, -step[i].time);
  }
  // x follows the planned xi; starting each step from it keeps rounding from growing over long plans
  for (int i = 0; i < count; i++) {
    follow(&step[i], 1, w, (struct pendulum){x, w * (step[i].dcm_start - x)});
    x = step[i].end.x;
  }
}

void pendulum_follow(struct pendulum_step *step, int count, double w, struct pendulum start) {
  assert(count >= 0);
  assert(w > 0);
  follow(step, count, w, start);
  for (int i = 0; i < count; i++) {
    step[i].dcm_start = pendulum_dcm(step[i].start, w);
    step[i].dcm_end = pendulum_dcm(step[i].end, w);
  }
}

// e = e^(w T). Ahead: xi_end = xi_start + length and xi_end = e xi_start. Across: x(T) = x(0) = 0 in the middle.
struct pendulum_walk pendulum_walk(double length, double time, double width, double w) {
  assert(time > 0);
  assert(w > 0);
  double half = m_exp(w * time / 2), e = half * half, cosh_half = (half + 1 / half) / 2, sinh_half = (half - 1 / half) / 2;
  return (struct pendulum_walk){
    .dcm_start = length / (e - 1), .dcm_end = length * e / (e - 1),
    .start_x = -length / 2, .start_v = w * length / 2 * cosh_half / sinh_half, .least_v = w * length / 2 / sinh_half,
    .dcm_side = width / (e + 1), .start_side_v = w * width / 2 * sinh_half / cosh_half, .reach_side = width / 2 * (1 - 1 / cosh_half)};
}
