#include "robots/capture.h"

#include <assert.h>

#include "base/maths.h"
#include "robots/pendulum.h"

#define STEPS_MAX 1000              // d_N is at d_inf to the last bit long before

static double shrink(const struct capture_body *b) {
  assert(b->swing > 0);
  return m_exp(-pendulum_rate(b->height) * b->swing);
}

// what one more step adds to the distance that steps after it can bear
static double one_more(const struct capture_body *b, double less, double d) { return b->foot + (b->step - b->foot + d) * less; }

double capture_distance(const struct capture_body *b, int steps) {
  assert(steps >= 0);
  double d = b->foot, less = shrink(b);
  for (int i = 0; i < steps && i < STEPS_MAX; i++) d = one_more(b, less, d);
  return d;
}

double capture_distance_most(const struct capture_body *b) {
  double less = shrink(b);
  return (b->foot + (b->step - b->foot) * less) / (1 - less);
}

int capture_steps(const struct capture_body *b, double distance) {
  double d = b->foot, less = shrink(b);
  for (int i = 0; i <= STEPS_MAX; i++, d = one_more(b, less, d))
    if (distance <= d) return i;
  return CAPTURE_NONE;
}

double capture_impulse(const struct capture_body *b, int steps) {
  return b->mass * pendulum_rate(b->height) * capture_distance(b, steps);
}

double capture_impulse_most(const struct capture_body *b) {
  return b->mass * pendulum_rate(b->height) * capture_distance_most(b);
}
