// Impulses: the closed form says what the closed loop does, a walk goes on from its shifted step, and momentum is kept.
#include <math.h>

#include "robots/impulse.h"
#include "robots/pendulum.h"
#include "tests/check.h"

static struct balance_params body(void) {
  struct balance_params p = {.mass = 56, .com_height = 0.9, .rate = pendulum_rate(0.9), .heel = -0.07, .toe = 0.13, .half_width = 0.04,
                             .rest = 0.03, .width = 0.17, .step_ahead = 0.6, .step_back = 0.5, .step_near = 0.11, .step_far = 0.33,
                             .swing_time = 0.4, .reaction = 0.15, .gain = 1.0, .leg_mass = 9, .gyration = 0.45, .gyration_yaw = 0.16, .lying_height = 0.12};
  return p;
}

// strategy, steps and time are the closed loop's, but near a threshold
static void test_standing(void **state) {
  (void)state;
  struct balance_params p = body();
  int seen[4] = {0};
  for (int k = 0; k < 24; k++)
    for (int i = 1; i < 40; i++) {
      double way = k * M_PI_D / 12, size = 2.0 * i, height = i % 2 ? 0 : 0.6;
      bool near = false;
      for (int n = 0; n <= BALANCE_STEPS_MAX; n++) near |= size > 0.93 * balance_impulse_max(&p, way, n) && size < 1.07 * balance_impulse_max(&p, way, n);
      if (near) continue;
      double share = height > 0 ? height / p.com_height : 1;
      struct impulse j = {{size / share * m_cos(way), size / share * m_sin(way)}, height, 0};
      struct impulse_answer a = impulse_standing(&p, &j, 10);
      struct balance_outcome o = balance_try_push(&p, size, way, 10, 200);
      if (o.fell != (a.strategy == IMPULSE_FALLS)) fail_msg("%g N s towards %d degrees: %s, the loop %s", size, 15 * k, impulse_strategy_text(a.strategy), o.fell ? "fell" : "stood");
      if (!o.fell) CHECK(a.steps, <=, o.steps);
      if (!o.fell && a.steps == 0) CHECK(o.steps, ==, 0);
      if (size > 5 && !(a.time > 0.6 * o.time && a.time < 1.4 * o.time)) fail_msg("%g N s towards %d degrees: %g s, the loop %g s", size, 15 * k, a.time, o.time);
      seen[a.strategy]++;
    }
  CHECK(seen[IMPULSE_ANKLES], >, 50);
  CHECK(seen[IMPULSE_STEPS], >, 50);
  CHECK(seen[IMPULSE_FALLS], >, 50);
}

// xi at the end of the step: ahead of the shifted foot by as much as without the push; what the ankles held included
static void test_walking(void **state) {
  (void)state;
  struct balance_params p = body();
  int on = 0, stops = 0, falls = 0;
  for (int k = 0; k < 24; k++)
    for (int i = 1; i <= 6; i++)
      for (int l = 0; l < 5; l++) {
        double way = k * M_PI_D / 12, size = 8.0 * i, T = 0.5, v = 1.0, left = 0.1 * l, side = k % 2 ? 1 : -1;
        struct impulse j = {{size * m_cos(way), size * m_sin(way)}, 0, 0};
        struct impulse_walk w = {v, T, left, k % 2 ? RIGHT : LEFT};
        struct impulse_answer a = impulse_walking(&p, &j, &w, 10);
        on += a.strategy <= IMPULSE_WALKS_ON, stops += a.strategy == IMPULSE_STEPS, falls += a.strategy == IMPULSE_FALLS;
        if ((a.strategy == IMPULSE_FALLS) != (size > a.most * (1 + 1e-9)) && a.strategy != IMPULSE_WALKS_ON && a.strategy != IMPULSE_ANKLES)
          fail_msg("%s by %g N s, the most is %g", impulse_strategy_text(a.strategy), size, a.most);
        if (a.strategy > IMPULSE_WALKS_ON) continue;
        double grow = m_exp(p.rate * left);
        for (int c = 0; c < 2; c++) {
          // what the shift does not answer is within what the pressure in the sole does
          double rest = (j.along[c] / (p.mass * p.rate) * grow - a.shift[c]) / (grow - 1 + 1e-12), sign = c ? side : 1;
          if (left > 0) {
            CHECK(sign * rest <= (c ? p.half_width : p.toe - p.rest) + 1e-9, ==, 1);
            CHECK(sign * rest >= (c ? -p.half_width : p.heel - p.rest) - 1e-9, ==, 1);
          }
        }
      }
  CHECK(on, >, 100);
  CHECK(stops, >, 20);
  CHECK(falls, >, 20);
}

// momentum, and energy by the restitution
static void test_bump(void **state) {
  (void)state;
  double a = 56, b = 80, v = 1.3;
  for (int k = 0; k <= 4; k++) {
    double e = k / 4.0, j = impulse_of_bump(a, b, v, e), after = (v - j / a) - j / b;
    CHECK_NEAR(after, -e * v, 1e-12);
  }
  CHECK_NEAR(impulse_of_bump(a, INFINITY, v, 0), a * v, 1e-12);
  CHECK_NEAR(impulse_of_bump(a, b, -v, 0), 0, 0);
}

// a twist ends after its energy is friction's work; of one sole the mean radius is the rectangle's
static void test_turn(void **state) {
  (void)state;
  struct balance_params p = body();
  double a = p.toe - p.heel, b = 2 * p.half_width, d = m_sqrt(a * a + b * b);
  double mean = (2 * d + a * a / b * m_log((b + d) / a) + b * b / a * m_log((a + d) / b)) / 12;
  CHECK_NEAR(impulse_sole_radius(&p, 1), mean, 2e-4);
  CHECK(impulse_sole_radius(&p, 2) > mean, ==, 1);
  double twist = 5, inertia = p.mass * p.gyration_yaw * p.gyration_yaw, torque = 0.5 * p.mass * 9.81 * impulse_sole_radius(&p, 2);
  CHECK_NEAR(impulse_turn(&p, twist, 0.5, 2) * torque, twist * twist / (2 * inertia), 1e-9);
  CHECK_NEAR(impulse_turn(&p, -twist, 0.5, 2), -impulse_turn(&p, twist, 0.5, 2), 1e-15);
}

int test_impulse(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_standing), cmocka_unit_test(test_walking), cmocka_unit_test(test_bump), cmocka_unit_test(test_turn)};
  return cmocka_run_group_tests_name("impulse", tests, NULL, NULL);
}
