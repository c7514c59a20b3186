// Drives: worked cases, a balance that closes, symmetry, no step where friction changes its kind, lanes against scalar.
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "robots/bus.h"
#include "robots/drives.h"
#include "tests/check.h"
#include "tests/drives_examples.h"

static double sum(struct actuator_power p) {
  return p.mechanical + p.copper + p.gear + p.friction + p.inverter + p.rotor;
}

static void test_worked_cases(void **state) {
  (void)state;
  struct actuator a = example_actuator();

  // lifting: tau 100, w 2, at rest in acceleration. gear output 100 + 1.6 + 0.3 = 101.9, motor 101.9 / 0.88
  struct actuator_power p = actuator_power(&a, 100, 2, 0, 1);
  double motor = 101.9 / 0.88, copper = motor * motor / 64;
  CHECK_NEAR(p.motor_torque, motor, 1e-12);
  CHECK_NEAR(p.copper, copper, 1e-10);
  CHECK_NEAR(p.mechanical, 200, 1e-12);
  CHECK_NEAR(p.friction, 1.9 * 2, 1e-12);
  CHECK_NEAR(p.gear, (motor - 101.9) * 2, 1e-10);
  CHECK_NEAR(p.electrical, (motor * 2 + copper) * 1.03, 1e-10);

  // lowering: the load drives, friction helps, the gear keeps a fifth. output 100 - 1.9 = 98.1, motor 78.48
  p = actuator_power(&a, 100, -2, 0, 1);
  motor = 98.1 * 0.8;
  CHECK_NEAR(p.motor_torque, motor, 1e-12);
  CHECK_NEAR(p.electrical, (-motor * 2 + motor * motor / 64) * (1 - 0.03), 1e-10);
  CHECK(p.electrical < 0, ==, 1);                 // braking gives back
  assert_true(p.gear > 0 && p.friction > 0 && p.copper > 0 && p.inverter > 0);

  // holding still: static friction carries 1.6 of 80
  p = actuator_power(&a, 100, 0, 0, 1);
  CHECK_NEAR(p.motor_torque, 78.4, 1e-12);
  CHECK_NEAR(p.electrical, 78.4 * 78.4 / 64 * 1.03, 1e-10);
  CHECK_NEAR(actuator_power(&a, 1.9, 0, 0, 1).electrical, 0, 0);       // held by friction alone

  // the rotor: 0.14 kg m2 at 50 rad/s2; and a warm winding
  p = actuator_power(&a, 100, 2, 50, 1.25);
  CHECK_NEAR(p.motor_torque, 101.9 / 0.88 + 7, 1e-12);
  CHECK_NEAR(p.rotor, 14, 1e-12);
  CHECK_NEAR(p.copper, p.motor_torque * p.motor_torque / 64 * 1.25, 1e-10);
}

static void test_balance_and_symmetry(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  struct stream s = stream_make(7, 1, "drives", "balance", 0);
  for (int i = 0; i < 20000; i++) {
    double tau = 600 * stream_unit(&s) - 300, w = 24 * stream_unit(&s) - 12, dw = 400 * stream_unit(&s) - 200, warm = 0.9 + 0.5 * stream_unit(&s);
    if (i % 4 == 0) w *= 0.01;                    // in the blend too
    struct actuator_power p = actuator_power(&a, tau, w, dw, warm), q = actuator_power(&a, -tau, -w, -dw, warm);
    double large = 1 + p.copper + (p.electrical < 0 ? -p.electrical : p.electrical);
    CHECK_NEAR(p.electrical, sum(p), 1e-13 * large);
    CHECK_NEAR(p.electrical, q.electrical, 0);    // mirrored
    CHECK_NEAR(p.motor_torque, -q.motor_torque, 0);
    assert_true(p.copper >= 0 && p.gear >= -1e-12 && p.inverter >= 0);
    if (w >= ACTUATOR_HOLD_SPEED || w <= -ACTUATOR_HOLD_SPEED) assert_true(p.friction > 0);
    else assert_true(p.friction >= -(tau * w < 0 ? -tau * w : tau * w) - 1e-12);
  }
}

// between two speeds a hair apart power moves by a hair, from one sign of w to the other
static void test_no_step(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  for (int load = -3; load <= 3; load++) {
    const double step = 1e-6;
    double last = actuator_power(&a, 40.0 * load, -0.1, 20, 1).electrical;
    for (double w = -0.1 + step; w < 0.1; w += step) {
      double now = actuator_power(&a, 40.0 * load, w, 20, 1).electrical;
      CHECK_NEAR(now, last, 0.02);                // W; up to 2500 W per rad/s come from the blend of friction
      last = now;
    }
  }
}

static void test_bus(void **state) {
  (void)state;
  struct bus b = {.electronics = 100, .regeneration = 0.85};
  CHECK_NEAR(bus_power(&b, 0, 0), 100, 0);                             // sitting
  CHECK_NEAR(bus_power(&b, 300, 28), 428, 1e-12);
  CHECK_NEAR(bus_power(&b, -100, 28), 128 - 85, 1e-12);
  CHECK_NEAR(bus_loss(&b, -100), 15, 1e-12);
  CHECK_NEAR(bus_loss(&b, 100), 0, 0);
  for (double joints = -500; joints < 500; joints += 7)                // the balance
    CHECK_NEAR(bus_power(&b, joints, 28), 128 + joints + bus_loss(&b, joints), 1e-12);
}

// ---- rows -------------------------------------------------------------------------------------------

enum { JOINTS = 5, ROBOTS = 203, STRIDE = 208 };

struct rows {
  double tau[JOINTS * STRIDE], w[JOINTS * STRIDE], dw[JOINTS * STRIDE];
  double winding[JOINTS * STRIDE], housing[JOINTS * STRIDE], damage[JOINTS * STRIDE];
  double electrical[STRIDE], mechanical[STRIDE], heat[STRIDE], rotor[STRIDE], excess[STRIDE];
};

static struct drive_columns columns_of(struct rows *r) {
  return (struct drive_columns){
    .n = ROBOTS, .stride = STRIDE, .ambient = 25, .tau = r->tau, .w = r->w, .dw = r->dw, .winding = r->winding, .housing = r->housing,
    .damage = r->damage, .electrical = r->electrical, .mechanical = r->mechanical, .heat = r->heat, .rotor = r->rotor, .excess = r->excess,
  };
}

static struct rows *rows_make(void) {
  struct rows *r = aligned_alloc(64, (sizeof *r + 63) / 64 * 64);
  struct stream s = stream_make(3, 1, "drives", "rows", 0);
  assert_non_null(r);
  for (int i = 0; i < JOINTS * STRIDE; i++) {
    r->tau[i] = 500 * stream_unit(&s) - 250;
    r->w[i] = (i % 3 ? 10 : 0.1) * (stream_unit(&s) - 0.5);
    r->dw[i] = 100 * stream_unit(&s) - 50;
    r->winding[i] = 25 + 100 * stream_unit(&s);
    r->housing[i] = 25 + 50 * stream_unit(&s);
    r->damage[i] = 0;
  }
  r->w[3] = 0, r->tau[5] = 0, r->w[8] = -0.0;
  return r;
}

static void test_rows(void **state) {
  (void)state;
  struct actuator actuators[JOINTS];
  struct robot_spec spec = {.joint_count = JOINTS, .actuator = actuators};
  for (int j = 0; j < JOINTS; j++) actuators[j] = example_actuator(), actuators[j].km += j, actuators[j].torque_peak -= 40 * j;
  actuators[3] = (struct actuator){0};                                 // a joint that follows another
  struct drive_tick ticks[JOINTS];
  drives_prepare(ticks, &spec, 0.005);
  struct rows *before = rows_make(), *one = rows_make(), *four = rows_make(), *eight = rows_make();
  struct drive_columns c1 = columns_of(one), c4 = columns_of(four), c8 = columns_of(eight);
  enum lane_width widest = __builtin_cpu_supports("avx512f") ? LANES_8 : __builtin_cpu_supports("avx2") ? LANES_4 : LANES_1;
  drives_run(ticks, JOINTS, &c1, 0, ROBOTS, LANES_1);
  drives_run(ticks, JOINTS, &c4, 0, 64, widest >= LANES_4 ? LANES_4 : LANES_1);       // in two parts: rows are independent
  drives_run(ticks, JOINTS, &c4, 64, ROBOTS, widest >= LANES_4 ? LANES_4 : LANES_1);
  drives_run(ticks, JOINTS, &c8, 0, ROBOTS, widest);
  assert_memory_equal(one, four, sizeof *one);
  assert_memory_equal(one, eight, sizeof *one);

  // against the scalar functions, and the sums against each other
  for (int r = 0; r < ROBOTS; r++) {
    double electrical = 0, excess = -1;
    for (int j = 0; j < JOINTS; j++) {
      int i = j * STRIDE + r;
      const struct actuator *a = &actuators[j];
      if (j == 3) {
        CHECK_NEAR(one->winding[i], before->winding[i], 0);
        continue;
      }
      double winding = before->winding[i], housing = before->housing[i];
      struct actuator_power p = actuator_power(a, before->tau[i], before->w[i], before->dw[i], heat_copper_factor(a, winding));
      double torque = p.motor_torque < 0 ? -p.motor_torque : p.motor_torque, over = torque * (1 / a->torque_peak) - heat_derate(a, winding);
      heat_step_run(&ticks[j].heat, &winding, &housing, p.copper, p.gear + p.friction + p.inverter, 25);
      electrical += p.electrical;
      if (over > excess) excess = over;
      CHECK_NEAR(one->winding[i], winding, 0);
      CHECK_NEAR(one->housing[i], housing, 0);
      double speed = before->w[i] < 0 ? -before->w[i] : before->w[i];
      CHECK_NEAR(one->damage[i], torque * torque * torque * speed * 0.005 * wear_rate(a), 1e-14 * one->damage[i]);
    }
    CHECK_NEAR(one->electrical[r], electrical, 0);
    CHECK_NEAR(one->excess[r], excess, 0);
    CHECK_NEAR(one->electrical[r], one->mechanical[r] + one->heat[r] + one->rotor[r], 1e-9);
  }
  free(before), free(one), free(four), free(eight);
}

int test_actuator(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_worked_cases), cmocka_unit_test(test_balance_and_symmetry), cmocka_unit_test(test_no_step),
    cmocka_unit_test(test_bus),          cmocka_unit_test(test_rows),
  };
  return cmocka_run_group_tests_name("actuator", tests, NULL, NULL);
}
