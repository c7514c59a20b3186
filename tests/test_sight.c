// Seeing: the normal's own values, how sigmas grow, and draws against the closed form of success.
#include <math.h>

#include "base/maths.h"
#include "robots/sight.h"
#include "tests/check.h"

static void test_central_probability(void **state) {
  (void)state;
  for (double x = 1e-6; x < 10; x *= 1.3) CHECK_NEAR(sight_within(0.002 * x, 0.002), erf(x / sqrt(2)), 1e-15);
  // quantiles of the standard normal: P(|z| <= Phi^-1((1 + p) / 2)) = p
  for (double p = 0.01; p < 1; p += 0.03) CHECK_NEAR(sight_within(m_normal_inverse((1 + p) / 2), 1), p, 1e-14);
  CHECK_NEAR(sight_within(0, 0), 1, 0);
  CHECK_NEAR(sight_within(-1, 0), 0, 0);
  CHECK_NEAR(sight_within(0, 1), 0, 0);
  CHECK_NEAR(sight_within(INFINITY, 1), 1, 0);
}

static void test_how_sigmas_grow(void **state) {
  (void)state;
  struct sight s = sight_defaults();
  struct sight_sigmas near = sight_sigmas(&s, &(struct view){s.distance, 0, 0}), far = sight_sigmas(&s, &(struct view){2 * s.distance, 0, 0});
  struct sight_sigmas hidden = sight_sigmas(&s, &(struct view){s.distance, 0, 0.5}), quick = sight_sigmas(&s, &(struct view){s.distance, 0.4, 0});
  CHECK_NEAR(near.across, s.across, 0);
  CHECK_NEAR(near.depth, s.depth, 0);
  CHECK_NEAR(far.across, 2 * near.across, 1e-18);
  CHECK_NEAR(far.depth, 4 * near.depth, 1e-18);
  CHECK_NEAR(far.yaw, 2 * near.yaw, 1e-17);
  CHECK_NEAR(hidden.depth, near.depth * sqrt(2), 1e-17);
  CHECK_NEAR(quick.along * quick.along, near.along * near.along + 0.002 * 0.002, 1e-18);
  CHECK_NEAR(quick.across, near.across, 0);
  CHECK_NEAR(near.class_error, erfc(3.5 / sqrt(2)) / 2, 1e-15);
  CHECK_NEAR(far.class_error, erfc(1.75 / sqrt(2)) / 2, 1e-15);
  assert_true(sight_sigmas(&s, &(struct view){1, 0, 0.75}).found && !sight_sigmas(&s, &(struct view){1, 0, 0.76}).found);
  s.visible_min = 0;
  assert_false(sight_sigmas(&s, &(struct view){1, 0, 1}).found);
}

// hits among draws within five standard deviations of the binomial
static void test_success_by_draws(void **state) {
  (void)state;
  struct sight s = sight_defaults();
  const int looks = 20000;
  int between = 0, case_number = 0;
  for (double distance = 0.4; distance < 2; distance *= 1.6)
    for (double speed = 0; speed < 0.7; speed += 0.3)
      for (double hidden = 0; hidden < 0.9; hidden += 0.35) {
        struct sight_sigmas sigmas = sight_sigmas(&s, &(struct view){distance, speed, hidden});
        struct sight_tolerance t = {0.003, 0.003, 0.01, 0.03};
        struct stream random = stream_make(3, 1, "sight", "looks", (uint32_t)case_number++);
        double p = sight_success(&sigmas, &t);
        int hits = 0;
        for (int i = 0; i < looks; i++) {
          struct sighting look = sight_look(&sigmas, &random);
          hits += sight_hits(&look, &t);
        }
        CHECK_NEAR(hits, looks * p, 5 * sqrt(looks * p * (1 - p)) + 1e-9);
        between += p > 0.05 && p < 0.95;
      }
  CHECK(between, >, 8);
}

// two directions with one sigma: chance of a disc is Rayleigh's
static void test_disc_is_rayleigh(void **state) {
  (void)state;
  struct sight s = sight_defaults();
  struct sight_sigmas sigmas = sight_sigmas(&s, &(struct view){s.distance, 0, 0});
  struct stream random = stream_make(4, 1, "sight", "disc", 0);
  int inside = 0;
  const int looks = 50000;
  for (int i = 0; i < looks; i++) {
    struct sighting look = sight_look(&sigmas, &random);
    inside += look.along * look.along + look.across * look.across <= 0.0015 * 0.0015;
  }
  double p = 1 - exp(-1.5 * 1.5 / 2);
  CHECK_NEAR(inside, looks * p, 5 * sqrt(looks * p * (1 - p)));
}

// a tighter clearance and a farther shelf only make it worse
static void test_success_falls(void **state) {
  (void)state;
  struct sight s = sight_defaults();
  double last = 1;
  for (double distance = 0.3; distance < 3; distance += 0.3) {
    struct sight_sigmas sigmas = sight_sigmas(&s, &(struct view){distance, 0.2, 0.1});
    double p = sight_success(&sigmas, &(struct sight_tolerance){0.005, 0.005, 0.02, 0.05}), tighter = sight_success(&sigmas, &(struct sight_tolerance){0.004, 0.005, 0.02, 0.05});
    assert_true(p < last && tighter < p);
    last = p;
  }
}

int test_sight(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_central_probability), cmocka_unit_test(test_how_sigmas_grow), cmocka_unit_test(test_success_by_draws),
    cmocka_unit_test(test_disc_is_rayleigh),    cmocka_unit_test(test_success_falls),
  };
  return cmocka_run_group_tests_name("sight", tests, NULL, NULL);
}
