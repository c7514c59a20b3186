// Heat: steady temperatures, exponential approach, steps of any size meeting, the book of heat, derating.
#include "base/maths.h"
#include "robots/heat.h"
#include "tests/check.h"
#include "tests/drives_examples.h"

static void test_steady(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  double winding = 25, housing = 25, w, h;
  heat_steady(&a, 40, 20, 25, &w, &h);
  CHECK_NEAR(h, 25 + 1.25 * 60, 1e-12);
  CHECK_NEAR(w, 25 + 1.25 * 60 + 0.5 * 40, 1e-12);
  struct heat_step s = heat_step_make(&a, 1e6);
  heat_step_run(&s, &winding, &housing, 40, 20, 25);
  CHECK_NEAR(winding, w, 1e-9);
  CHECK_NEAR(housing, h, 1e-9);
}

// No way from winding to housing: each node is one exponential.
static void test_exponential(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  a.winding_resistance = 1e12;
  for (double dt = 0.005; dt < 5000; dt *= 7) {
    double winding = 25, housing = 85;
    struct heat_step s = heat_step_make(&a, dt);
    heat_step_run(&s, &winding, &housing, 0, 10, 25);
    double end = 25 + 12.5;
    CHECK_NEAR(housing, end + (85 - end) * m_exp(-dt / (1000 * 1.25)), 1e-6);
    CHECK_NEAR(winding, 25, 1e-4);
  }
}

// The same hour in steps of 5 ms, 1 s and at once; and against small Euler steps, which share none of the algebra.
static void test_steps_meet(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  double ends[3][2];
  const double dts[] = {0.005, 1, 300};
  for (int i = 0; i < 3; i++) {
    double winding = 60, housing = 30;
    struct heat_step s = heat_step_make(&a, dts[i]);
    int n = (int)(300 / dts[i] + 0.5);
    for (int k = 0; k < n; k++) heat_step_run(&s, &winding, &housing, 55, 12, 30);
    ends[i][0] = winding, ends[i][1] = housing;
  }
  for (int i = 1; i < 3; i++) CHECK_NEAR(ends[i][0], ends[0][0], 1e-8);
  for (int i = 1; i < 3; i++) CHECK_NEAR(ends[i][1], ends[0][1], 1e-8);
  double winding = 60, housing = 30;
  const double dt = 0.001;
  for (int k = 0; k < 300000; k++) {
    double across = (winding - housing) / 0.5;
    winding += (55 - across) / 100 * dt;
    housing += (12 + across - (housing - 30) / 1.25) / 1000 * dt;
  }
  CHECK_NEAR(winding, ends[0][0], 1e-3);
  CHECK_NEAR(housing, ends[0][1], 1e-3);
}

// Heat put in = heat stored + heat lost to the air, the last by fine quadrature of the closed form.
static void test_book(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  double winding = 25, housing = 25, lost = 0, dt = 0.005;
  struct heat_step whole = heat_step_make(&a, dt), half = heat_step_make(&a, dt / 2);
  for (int k = 0; k < 200000; k++) {
    double copper = k % 200 < 100 ? 90 : 5, begin = housing, w = winding, middle = housing;
    heat_step_run(&half, &w, &middle, copper, 15, 25);
    heat_step_run(&whole, &winding, &housing, copper, 15, 25);
    lost += ((begin - 25) + 4 * (middle - 25) + (housing - 25)) / 6 / a.housing_resistance * dt;      // Simpson
  }
  double in = 200000 * dt * (15 + (90 + 5) / 2.0);
  CHECK_NEAR(heat_stored(&a, winding, housing, 25) + lost, in, 1e-9 * in);
}

static void test_derating(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  CHECK_NEAR(heat_derate(&a, 25), 1, 0);
  CHECK_NEAR(heat_derate(&a, 100), 1, 1e-12);
  CHECK_NEAR(heat_derate(&a, 110), 0.5, 1e-12);
  CHECK_NEAR(heat_derate(&a, 120), 0, 0);
  CHECK_NEAR(heat_derate(&a, 300), 0, 0);
  for (double t = 90; t < 130; t += 0.001) CHECK_NEAR(heat_derate(&a, t), heat_derate(&a, t + 0.001), 0.001 / 20 + 1e-12);
  CHECK_NEAR(heat_copper_factor(&a, 25), 1, 0);
  CHECK_NEAR(heat_copper_factor(&a, 125), 1.39, 1e-12);
}

int test_heat(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_steady), cmocka_unit_test(test_exponential), cmocka_unit_test(test_steps_meet),
    cmocka_unit_test(test_book),   cmocka_unit_test(test_derating),
  };
  return cmocka_run_group_tests_name("heat", tests, NULL, NULL);
}
