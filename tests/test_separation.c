// Speed and separation: a published example, and the two questions against each other.
#include "robots/separation.h"
#include "tests/check.h"

// 1.2 m/s, 0.10 s to react, 0.35 s to stop evenly, a person who walks towards it with 1.6 m/s: 0.72 + 0.12 + 0.21 m, and what C and Z add
static void test_example(void **state) {
  (void)state;
  const struct separation s = {.person_speed = 1.6, .person_accel = 2, .reaction = 0.1, .braking = 1.2 / 0.35, .intrusion = 0, .uncertainty = 0};
  CHECK_NEAR(separation_distance(&s, 1.6, 1.2), 0.72 + 0.12 + 0.21, 1e-12);
}

// The person's way, summed up over small times.
static double walked(const struct separation *s, double approach, double time) {
  double way = 0, v = approach;
  const int n = 20000;
  for (int k = 0; k < n; k++) {
    double next = v + s->person_accel * time / n;
    if (next > s->person_speed) next = s->person_speed;
    way += (v + next) / 2 * time / n;
    v = next;
  }
  return way;
}

static void test_person_speeds_up(void **state) {
  (void)state;
  struct separation s = separation_defaults();
  for (double approach = 0; approach <= 1.6; approach += 0.4)
    for (double v = 0; v < 4; v += 0.5) {
      double stop = v / s.braking;
      CHECK_NEAR(separation_distance(&s, approach, v), walked(&s, approach, s.reaction + stop) + v * s.reaction + v * stop / 2 + s.uncertainty, 1e-4);
    }
  // faster than the most counts as that, going away as standing
  CHECK_NEAR(separation_distance(&s, 3, 1), separation_distance(&s, 1.6, 1), 0);
  CHECK_NEAR(separation_distance(&s, -1, 1), separation_distance(&s, 0, 1), 0);
}

static void test_inverse(void **state) {
  (void)state;
  struct separation s = separation_defaults();
  for (double approach = 0; approach <= 1.6; approach += 0.2) {
    double before = -1;
    for (double v = 0; v < 4; v += 0.01) {
      double d = separation_distance(&s, approach, v);
      CHECK_NEAR(separation_speed(&s, approach, d), v, 1e-9);
      assert_true(d > before);
      before = d;
    }
    // nearer than what the person walks while the robot reacts: stand, unless it is the person who stands
    assert_true(separation_speed(&s, approach, separation_distance(&s, approach, 0)) < 1e-9);
    assert_true(separation_speed(&s, approach, 0) == 0);
    assert_true(separation_speed(&s, approach, -1) == 0);
    assert_true(separation_walk(&s, approach, false, 0) == 0);
  }
  CHECK_NEAR(separation_walk(&s, 0, true, 0), s.creep, 0);
  CHECK_NEAR(separation_walk(&s, 0, true, 3), separation_speed(&s, 0, 3), 0);
}

int test_separation(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_example), cmocka_unit_test(test_person_speeds_up), cmocka_unit_test(test_inverse)};
  return cmocka_run_group_tests_name("separation", tests, NULL, NULL);
}
