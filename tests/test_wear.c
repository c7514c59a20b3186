// Wear: L10 is where 10 % have failed, the cube law, Miner's sum, ISO 281's reliability factors, draws with Weibull's mean.
#include "base/maths.h"
#include "base/random.h"
#include "robots/wear.h"
#include "tests/check.h"
#include "tests/drives_examples.h"

static void test_quantiles(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  CHECK_NEAR(wear_threshold(&a, 0.1), 1, 1e-12);
  CHECK_NEAR(wear_survival(&a, 1), 0.9, 1e-15);
  CHECK_NEAR(wear_survival(&a, 0), 1, 0);

  // life adjustment factors for reliability, ISO 281:1990, table 1: 95 to 99 %, from the same shape 1.5
  const double reliability[] = {0.95, 0.96, 0.97, 0.98, 0.99}, factor[] = {0.62, 0.53, 0.44, 0.33, 0.21};
  for (int i = 0; i < 5; i++) CHECK_NEAR(wear_threshold(&a, 1 - reliability[i]), factor[i], 0.006);
  for (double u = 0.01; u < 1; u += 0.01) CHECK_NEAR(wear_survival(&a, wear_threshold(&a, u)), 1 - u, 1e-13);
}

static void test_cube_and_sum(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  // one revolution at the rated torque is 1 / life; at twice the torque eight times as much
  double once = a.rated_torque * a.rated_torque * a.rated_torque * 2 * M_PI_D * wear_rate(&a);
  CHECK_NEAR(once, 1e-7, 1e-20);
  // half of L10 at one load and half at another make one: Miner
  double light = 60, heavy = 180, damage = 0;
  double turns[2] = {a.life / 2 / (light * light * light) * a.rated_torque * a.rated_torque * a.rated_torque,
                     a.life / 2 / (heavy * heavy * heavy) * a.rated_torque * a.rated_torque * a.rated_torque};
  damage += light * light * light * turns[0] * 2 * M_PI_D * wear_rate(&a);
  damage += heavy * heavy * heavy * turns[1] * 2 * M_PI_D * wear_rate(&a);
  CHECK_NEAR(damage, 1, 1e-12);
}

static void test_hazard_and_remaining(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  for (double d = 0.05; d < 8; d *= 1.3) {
    // the hazard is the slope of -log(survival)
    double h = 1e-5 * d, slope = -(m_log(wear_survival(&a, d + h)) - m_log(wear_survival(&a, d - h))) / (2 * h);
    CHECK_NEAR(wear_hazard(&a, d), slope, 1e-6 * slope);
    CHECK_NEAR(wear_survival(&a, d + wear_remaining(&a, d)), wear_survival(&a, d) / 2, 1e-13);
  }
  assert_true(wear_remaining(&a, 0) > wear_remaining(&a, 2));          // shape above 1: old drives have less to come
  a.weibull = 1;
  CHECK_NEAR(wear_remaining(&a, 0), wear_remaining(&a, 5), 1e-12);     // and with 1 age says nothing
}

// 20,000 drives: 10 % fail before damage 1, the mean is Weibull's (scale times the gamma function of 1 + 1/1.5 = 0.902745)
static void test_draws(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  struct stream s = stream_make(11, 1, "robot-1", "wear", 0);
  enum { DRAWS = 20000 };
  int early = 0;
  double mean = 0;
  for (int i = 0; i < DRAWS; i++) {
    double d = wear_threshold(&a, stream_unit(&s));
    mean += d / DRAWS;
    if (d < 1) early++;
  }
  double scale = wear_threshold(&a, 1 - m_exp(-1));
  CHECK_NEAR(mean, scale * 0.9027452929509336, 0.03);                  // four standard errors
  CHECK_NEAR(early, 0.1 * DRAWS, 4 * 42.5);
}

static void test_which_joint(void **state) {
  (void)state;
  double damage[3 * 8] = {0}, threshold[3 * 8];
  for (int i = 0; i < 24; i++) threshold[i] = 1;
  CHECK(wear_failed(damage, threshold, 3, 8, 2), ==, -1);
  damage[2 * 8 + 2] = 1;
  CHECK(wear_failed(damage, threshold, 3, 8, 2), ==, 2);
  CHECK(wear_failed(damage, threshold, 3, 8, 1), ==, -1);
  damage[1 * 8 + 2] = 1.5;
  CHECK(wear_failed(damage, threshold, 3, 8, 2), ==, 1);
}

int test_wear(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_quantiles), cmocka_unit_test(test_cube_and_sum), cmocka_unit_test(test_hazard_and_remaining),
    cmocka_unit_test(test_draws),     cmocka_unit_test(test_which_joint),
  };
  return cmocka_run_group_tests_name("wear", tests, NULL, NULL);
}
