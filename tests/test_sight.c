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

// Right answers among m, from d' of Green & Swets' m-alternative forced choice, whose signal is d' above the others: means are sqrt 2 d' apart.
static double right_of(double d, int classes) { return 1 - sight_confusion(d * sqrt(2), classes); }

static void test_classes_against_published_tables(void **state) {
  (void)state;
  // Palamedes (Kingdom & Prins, Psychophysics, 2010): d' = 2 with 3 to 8 alternatives, d' = 0 to 5 with 25
  static const double two[] = {0.8658, 0.8228, 0.7878, 0.7585, 0.7332, 0.7110}, many[] = {0.0400, 0.1997, 0.5218, 0.8263, 0.9648, 0.9961};
  for (int k = 0; k < 6; k++) {
    CHECK_NEAR(right_of(2, k + 3), two[k], 5.1e-5);
    CHECK_NEAR(right_of(k, 25), many[k], 5.1e-5);
  }
  // Hacker & Ratcliff (1979), whose table has two decimals of d': 63 % of three for 0.99 to 1
  CHECK_NEAR(right_of(1, 3), 0.6337, 5.1e-5);
  // expected largest of m normal draws (Harter, Biometrika 48 (1961) 151), which is m times the slope at d' = 0
  static const double largest[] = {0.56419, 0.84628, 1.02938, 1.16296, 1.26721, 1.35218, 1.42360, 1.48501, 1.53875};
  for (int m = 2; m <= 10; m++) CHECK_NEAR(m * (right_of(1e-5, m) - right_of(0, m)) / 1e-5, largest[m - 2], 3e-5);
}

static void test_classes_by_the_law(void **state) {
  (void)state;
  for (double apart = 0; apart < 20; apart += 0.37) {
    CHECK_NEAR(sight_confusion(apart, 2), erfc(apart / sqrt(8)) / 2, 1e-15);
    double last = sight_confusion(apart, 2);
    for (int m = 3; m < 40; m++) {
      double error = sight_confusion(apart, m);
      // more to take it for, never more than each by itself (the union bound)
      assert_true(error > last || last < 1e-15);
      ORDER(error, <=, (m - 1) * erfc(apart / sqrt(8)) / 2 + 1e-14);
      last = error;
    }
  }
  for (int m = 2; m < 100; m++) CHECK_NEAR(sight_confusion(0, m), 1 - 1.0 / m, m * 1e-15);
  CHECK_NEAR(sight_confusion(INFINITY, 7), 0, 0);
  // draws: evidence of its own for each class, the most is taken
  struct stream random = stream_make(5, 1, "sight", "classes", 0);
  for (int m = 2; m <= 8; m += 3) {
    const int looks = 40000;
    const double apart = 2.3;
    int wrong = 0;
    for (int i = 0; i < looks; i++) {
      double own = apart / sqrt(2) + m_normal_inverse(stream_unit(&random)), most = -INFINITY;
      for (int k = 1; k < m; k++) most = fmax(most, m_normal_inverse(stream_unit(&random)));
      wrong += most > own;
    }
    double p = sight_confusion(apart, m);
    CHECK_NEAR(wrong, looks * p, 5 * sqrt(looks * p * (1 - p)));
  }
}

// What moves is smeared along its motion: as many times fewer things are told apart in it as it is wider than sharp, and d' goes as the root of their number.
static void test_what_moves_is_told_worse(void **state) {
  (void)state;
  struct sight s = sight_defaults();
  struct sight_sigmas still = sight_sigmas(&s, &(struct view){0.9, 0, 0.2});
  CHECK_NEAR(still.apart, s.discrimination / 1.5 * sqrt(0.8), 1e-14);
  double last = still.apart;
  for (double speed = 0.1; speed < 3; speed += 0.3) {
    struct sight_sigmas seen = sight_sigmas(&s, &(struct view){0.9, speed, 0.2});
    double smeared = hypot(still.across, speed * s.exposure / sqrt(12));
    CHECK_NEAR(seen.apart * seen.apart * smeared, still.apart * still.apart * still.across, 1e-12);
    assert_true(seen.apart < last && seen.class_error > still.class_error);
    last = seen.apart;
  }
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
    cmocka_unit_test(test_classes_against_published_tables), cmocka_unit_test(test_classes_by_the_law), cmocka_unit_test(test_what_moves_is_told_worse),
  };
  return cmocka_run_group_tests_name("sight", tests, NULL, NULL);
}
