// Speed and separation: a published example, and the two questions against each other.
#include "robots/separation.h"
#include "tests/check.h"

// 1.2 m/s, 0.10 s to react, 0.35 s to stop evenly: 0.72 + 0.12 + 0.21 m, and what C and Z add
static void test_example(void **state) {
  (void)state;
  const struct separation s = {.person_speed = 1.6, .reaction = 0.1, .braking = 1.2 / 0.35, .intrusion = 0, .uncertainty = 0};
  CHECK_NEAR(separation_distance(&s, 1.2), 0.72 + 0.12 + 0.21, 1e-12);
}

static void test_inverse(void **state) {
  (void)state;
  struct separation s = separation_defaults();
  double before = -1;
  for (double v = 0; v < 2.5; v += 0.01) {
    double d = separation_distance(&s, v);
    CHECK_NEAR(separation_speed(&s, d), v, 1e-9);
    assert_true(d > before);
    before = d;
  }
  // nearer than what the person walks while the robot reacts: stand
  assert_true(separation_speed(&s, separation_distance(&s, 0)) == 0);
  assert_true(separation_speed(&s, 0) == 0);
  assert_true(separation_speed(&s, -1) == 0);
}

int test_separation(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_example), cmocka_unit_test(test_inverse)};
  return cmocka_run_group_tests_name("separation", tests, NULL, NULL);
}
