// Balance: what the closed loop stands is what the closed forms say, and the laws of symmetry and rest.
#include "robots/balance.h"
#include "robots/capture.h"
#include "robots/pendulum.h"
#include "tests/check.h"

// A body like a person's; its numbers are free.
static struct balance_params body(void) {
  struct balance_params p = {.mass = 56, .com_height = 0.9, .rate = pendulum_rate(0.9), .heel = -0.12, .toe = 0.12, .half_width = 0.05,
                             .rest = 0, .width = 0.17, .step_ahead = 0.6, .step_back = 0.6, .step_near = 0.15, .step_far = 0.35,
                             .swing_time = 0.4, .gain = 1.0, .leg_mass = 9, .gyration = 0.45, .lying_height = 0.12};
  return p;
}

// Largest impulse that is stood with at most `steps` steps, by bisection of the closed loop.
static double threshold(const struct balance_params *p, double direction, int steps) {
  double low = 0, high = 400;
  for (int k = 0; k < 26; k++) {
    double m = 0.5 * (low + high);
    struct balance_outcome o = balance_try_push(p, m, direction, 10, 200);
    if (o.recovered && o.steps <= steps) low = m;
    else high = m;
  }
  return low;
}

// ahead, the regions of this file are Koolen's distances of robots/capture.h
static void test_regions_are_koolens(void **state) {
  (void)state;
  struct balance_params p = body();
  struct capture_body ahead = {p.mass, p.com_height, 0.12, 0.6, 0.4}, aside = {p.mass, p.com_height, 0.05, 0.35, 0.4};
  for (int n = 0; n <= 4; n++) {
    CHECK_NEAR(balance_region(&p, n).ahead, capture_distance(&ahead, n), 1e-12);
    CHECK_NEAR(-balance_region(&p, n).back, capture_distance(&ahead, n), 1e-12);
    CHECK_NEAR(balance_impulse_max(&p, 0, n), capture_impulse(&ahead, n), 1e-9);
  }
  for (int n = 0; n <= 1; n++) CHECK_NEAR(balance_region(&p, n).towards, capture_distance(&aside, n), 1e-12);
}

// closed loop against closed form in 24 directions and up to 3 steps
static void test_thresholds(void **state) {
  (void)state;
  struct balance_params p = body();
  for (int k = 0; k < 24; k++) {
    double direction = k * M_PI_D / 12;
    for (int n = 0; n <= 3; n++) {
      double closed = balance_impulse_max(&p, direction, n), loop = threshold(&p, direction, n);
      CHECK_NEAR(loop / closed, 1, 0.05);
    }
  }
}

int test_balance(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_regions_are_koolens),
    cmocka_unit_test(test_thresholds),
  };
  return cmocka_run_group_tests_name("balance", tests, NULL, NULL);
}
