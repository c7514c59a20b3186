// The toll of a repeated motion: against the drives' own tick run for hours, and lives against closed forms.
#include <math.h>

#include "base/maths.h"
#include "robots/drives.h"
#include "robots/toll.h"
#include "tests/check.h"
#include "tests/drives_examples.h"

enum { SAMPLES = 200 };
static const double period = 1;     // s

struct motion { double tau[SAMPLES], qd[SAMPLES], qdd[SAMPLES]; };

// A swing of 0.4 rad under a torque that grows and falls with it.
static struct motion swing(double torque) {
  struct motion m;
  const double w = 2 * M_PI_D / period;
  for (int k = 0; k < SAMPLES; k++) {
    double s, c;
    m_sincos(2 * M_PI_D * k / SAMPLES, &s, &c);
    m.tau[k] = torque * (1 + s);
    m.qd[k] = 0.4 * w * c;
    m.qdd[k] = -0.4 * w * w * s;
  }
  return m;
}

static struct robot_spec one_drive(struct actuator *a, int *drive) {
  *drive = 0;
  return (struct robot_spec){.joint_count = 1, .drive = drive, .actuator = a, .driven = 1};
}

// Two hours at 200 Hz through drives_run end where the toll says, pass the derating limit when it says, and wear as much.
static void test_against_ticks(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  int drive;
  struct robot_spec spec = one_drive(&a, &drive);
  struct motion m = swing(46);
  struct drive_toll toll;
  toll_find(&toll, &spec, m.tau, m.qd, m.qdd, SAMPLES, 25);
  assert_true(isfinite(toll.winding) && toll.winding > a.winding_limit - HEAT_DERATING);

  struct drive_tick tick;
  const double dt = period / SAMPLES;
  double winding[8], housing[8], damage[8] = {0}, tau[8], w[8], dw[8], sums[5][8], passed = INFINITY;
  for (int i = 0; i < 8; i++) winding[i] = housing[i] = 25;
  struct drive_columns c = {.n = 1, .stride = 8, .ambient = 25, .tau = tau, .w = w, .dw = dw, .winding = winding, .housing = housing, .damage = damage,
                            .electrical = sums[0], .mechanical = sums[1], .heat = sums[2], .rotor = sums[3], .excess = sums[4]};
  drives_prepare(&tick, &spec, dt);
  const int ticks = 7200 * SAMPLES;
  double stride_mean = 0;
  for (int k = 0; k < ticks; k++) {
    for (int i = 0; i < 8; i++) tau[i] = m.tau[k % SAMPLES], w[i] = m.qd[k % SAMPLES], dw[i] = m.qdd[k % SAMPLES];
    drives_run(&tick, 1, &c, 0, 1, LANES_1);
    if (!(passed < INFINITY) && winding[0] >= a.winding_limit - HEAT_DERATING) passed = k * dt;
    if (k >= ticks - SAMPLES) stride_mean += winding[0] / SAMPLES;
  }
  CHECK_NEAR(stride_mean, toll.winding, 0.02 * (toll.winding - 25));   // the inverter's part of warm copper is left out
  CHECK_NEAR(passed, toll.derated_after, 0.03 * passed);
  CHECK_NEAR(damage[0], toll.wear * 7200, 1e-9 * damage[0]);
}

static void test_heat_of_ends(void **state) {
  (void)state;
  struct actuator a = example_actuator();
  int drive;
  struct robot_spec spec = one_drive(&a, &drive);
  struct drive_toll toll;
  struct motion idle = {{0}, {0}, {0}}, light = swing(10), heavy = swing(200);
  toll_find(&toll, &spec, idle.tau, idle.qd, idle.qdd, SAMPLES, 30);
  CHECK_NEAR(toll.winding, 30, 0);
  CHECK_NEAR(toll.wear, 0, 0);
  assert_true(isinf(toll.derated_after));
  assert_true(isinf(toll_life(&toll, &spec, 0.1)));
  toll_find(&toll, &spec, light.tau, light.qd, light.qdd, SAMPLES, 25);
  assert_true(isinf(toll.derated_after));
  double x, y;
  heat_steady(&a, toll.copper * heat_copper_factor(&a, toll.winding), toll.other, 25, &x, &y);
  CHECK_NEAR(toll.winding, x, 1e-9);
  toll_find(&toll, &spec, heavy.tau, heavy.qd, heavy.qdd, SAMPLES, 25);
  assert_true(isinf(toll.winding));               // runs away, and is derated within the minute
  assert_true(toll.derated_after < 60);
}

// n equal drives in a robot: the first fails after n^(-1/b) of one's life.
static void test_lives(void **state) {
  (void)state;
  enum { JOINTS = 16 };
  struct actuator a[JOINTS];
  int drive[JOINTS];
  struct drive_toll toll[JOINTS];
  for (int j = 0; j < JOINTS; j++) a[j] = example_actuator(), drive[j] = 0, toll[j] = (struct drive_toll){.wear = 1e-7};
  struct robot_spec spec = {.joint_count = JOINTS, .drive = drive, .actuator = a};
  CHECK_NEAR(toll_life(toll, &spec, 0.1), 1e7 * m_pow(JOINTS, -1 / 1.5), 1);
  spec.joint_count = 1;
  CHECK_NEAR(toll_life(toll, &spec, 0.1), 1e7, 1);
  CHECK_NEAR(toll_life(toll, &spec, 0.5), 1e7 * wear_threshold(&a[0], 0.5), 1);
}

int test_toll(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_against_ticks), cmocka_unit_test(test_heat_of_ends), cmocka_unit_test(test_lives),
  };
  return cmocka_run_group_tests_name("toll", tests, NULL, NULL);
}
