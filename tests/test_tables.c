// Hand times against MTM-1's own sums, charging against its differential equation, and the reader.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "robots/mtm.h"
#include "robots/robot_file.h"
#include "robots/tables.h"
#include "tests/check.h"

static struct robot_tables plain(void) {
  return (struct robot_tables){.name = "plain", .mass = 56, .height = 1.73, .radius = 0.3, .walk_speed = 1.4, .load_max = 20, .load_slowdown = 0.01,
    .start_stop = 0.8, .hand_pace = 1, .reach = 0.65, .battery = 2.3 * 3.6e6, .power_idle = 145, .power_walk = 500, .power_work = 200, .power_load = 7,
    .charge_power = 2000, .charge_taper = 0.8};
}

// The card's own examples over 12 and 16 inches: R12B G1A M12C P1SE RL1 = 37.7 TMU = 1.357 s and so on.
static void test_published_sums(void **state) {
  (void)state;
  struct robot_tables t = plain();
  double d12 = 12 * 0.0254, d16 = 16 * 0.0254;
  CHECK_NEAR(robot_pick_time(&t, d12, 0.2, HAND_SINGLE) + robot_place_time(&t, d12, 0.2, 0), 37.7 * 0.036, 1e-9);
  CHECK_NEAR(37.7 * 0.036, 1.357, 0.0005);
  CHECK_NEAR(robot_pick_time(&t, d12, 0.2, HAND_SINGLE) + robot_place_time(&t, d12, 0.2, 1e-3), 48.3 * 0.036, 1e-9);
  CHECK_NEAR(robot_pick_time(&t, d16, 0.2, HAND_JUMBLED) + robot_place_time(&t, d16, 0.2, 1e-3), 63.0 * 0.036, 1e-9);
  CHECK_NEAR(robot_place_time(&t, d12, 0.2, 0.2e-3), (15.2 + 43.0 + 2.0) * 0.036, 1e-9);
  t.hand_pace = 1.5;
  CHECK_NEAR(robot_pick_time(&t, d12, 0.2, HAND_SINGLE) + robot_place_time(&t, d12, 0.2, 0), 1.5 * 37.7 * 0.036, 1e-9);
}

static void test_between_and_beyond(void **state) {
  (void)state;
  CHECK_NEAR(mtm_reach(MTM_REACH_A, 11 * 0.0254), (8.7 + 9.6) / 2, 1e-9);
  CHECK_NEAR(mtm_reach(MTM_REACH_E, 0), 2, 0);
  CHECK_NEAR(mtm_move(MTM_MOVE_C, 32 * 0.0254), 30.7 + 1.7, 1e-9);
  for (int c = 0; c < 4; c++)
    for (double d = 0; d < 1.5; d += 0.001) {
      assert_true(mtm_reach((enum mtm_reach)c, d + 0.001) >= mtm_reach((enum mtm_reach)c, d));
      if (c < 3) assert_true(mtm_move((enum mtm_move)c, d + 0.001) >= mtm_move((enum mtm_move)c, d));
    }
}

static void test_weight(void **state) {
  (void)state;
  struct robot_tables t = plain();
  double d12 = 12 * 0.0254;
  // 20 lb in both hands: 10 lb each, the row up to 12.5 lb
  double mass = 20 * 0.45359237;
  CHECK_NEAR(robot_pick_time(&t, d12, mass, HAND_SINGLE), (12.9 + 2.0 + 3.9) * 0.036, 1e-9);
  CHECK_NEAR(robot_place_time(&t, d12, mass, 0), (15.2 * 1.11 + 5.6 + 2.0) * 0.036, 1e-9);
  for (double m = 0; m < 30; m += 0.1) assert_true(robot_place_time(&t, 0.3, m + 0.1, 0) >= robot_place_time(&t, 0.3, m, 0));
}

static void test_walking(void **state) {
  (void)state;
  struct robot_tables t = plain();
  CHECK_NEAR(robot_walk_time(&t, 14, 0), 10.8, 1e-12);
  CHECK_NEAR(robot_walk_time(&t, 0, 0), 0, 0);
  CHECK_NEAR(robot_walk_speed(&t, 20), 1.4 * 0.8, 1e-12);
  CHECK_NEAR(robot_walk_speed(&t, 500), 1.4 * 0.2, 1e-12);
}

// ds/dt = min(charger, pack(s)) / energy, by the midpoint rule over s
static double charge_slowly(const struct robot_tables *t, double a, double b, double power) {
  double time = 0;
  int n = 400000;
  for (int i = 0; i < n; i++) {
    double s = a + (b - a) * (i + 0.5) / n;
    double pack = s <= t->charge_taper ? t->charge_power : t->charge_power * (1.02 - s) / (1.02 - t->charge_taper);
    time += (b - a) / n * t->battery / fmin(power, pack);
  }
  return time;
}

static void test_charging(void **state) {
  (void)state;
  struct robot_tables t = plain();
  const double spans[6][2] = {{0, 0.5}, {0.2, 0.95}, {0.8, 1}, {0.85, 0.9}, {0, 1}, {0.5, 0.8}}, powers[4] = {300, 1500, 2000, 5000};
  for (int i = 0; i < 6; i++)
    for (int k = 0; k < 4; k++) {
      double closed = robot_charge_time(&t, spans[i][0], spans[i][1], powers[k]);
      CHECK_NEAR(closed, charge_slowly(&t, spans[i][0], spans[i][1], powers[k]), 1e-6 * closed);
    }
  CHECK_NEAR(robot_charge_time(&t, 0, 0.5, 2000), 0.5 * 2.3 * 3.6e6 / 2000, 1e-9);
  CHECK_NEAR(robot_charge_time(&t, 0.9, 0.4, 2000), 0, 0);
  // parts of a charge add up
  CHECK_NEAR(robot_charge_time(&t, 0.1, 0.83, 1800) + robot_charge_time(&t, 0.83, 0.99, 1800), robot_charge_time(&t, 0.1, 0.99, 1800), 1e-6);
}

static void test_shipped_model(void **state) {
  (void)state;
  struct robot_tables t;
  struct faults f;
  faults_init(&f, "test", NULL, 0);
  enum status s = robot_tables_read(&t, "assets/robots/optimus-gen2", &f);
  if (f.count) faults_print(&f, stderr);
  CHECK(s, ==, STATUS_OK);
  assert_string_equal(t.name, "optimus-gen2");
  CHECK_NEAR(t.battery, 2.3 * 3.6e6, 1e-6);
  // the goals for the whole body: hands 1.0 to 2.5 times MTM-1, standing 125 to 165 W; walks are its body's affair
  assert_true(t.hand_pace >= 1.0 && t.hand_pace <= 2.5);
  assert_true(t.power_idle >= 125 && t.power_idle <= 165);
  CHECK_NEAR(t.start_stop, 0, 0);
  CHECK_NEAR(t.power_load, 0, 0);
  faults_finish(&f);
}

static void expect(const char *text, const char *message) {
  char folder[] = "/tmp/takt-robot-XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/robot.yaml", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  struct robot_tables t;
  struct faults f;
  faults_init(&f, "test", NULL, 0);
  assert_int_not_equal(robot_tables_read(&t, folder, &f), STATUS_OK);
  assert_true(f.count > 0);
  CHECK_HAS(f.fault[0].text, message);
  faults_finish(&f);
  unlink(path);
  rmdir(folder);
}

static void test_bad_models(void **state) {
  (void)state;
  struct robot_tables t;
  struct faults f;
  faults_init(&f, "test", NULL, 0);
  assert_int_not_equal(robot_tables_read(&t, "/tmp/there/is/no/robot", &f), STATUS_OK);
  CHECK(f.count, ==, 1);
  faults_finish(&f);
  expect("robot: 1\nbody: {mas: 50 kg}\n", "mass");
  expect("robot: 1\nbody:\n  mass: heavy\n", "robot.yaml:3:9");
  expect("robot: 2\n", "version 2");
  expect("body: [1]\n", "body");
  expect("[1, 2]\n", "map");
  expect("robot: 1\nwalking: {speed: -1 m/s}\n", "outside");
}

// figures of walks belong to models without a body
static void test_figures_beside_a_body(void **state) {
  (void)state;
  static const char text[] = "robot: 1\nwalking: {start_stop: 0.8 s}\n";
  struct robot_tables t;
  for (int body = 0; body < 2; body++) {
    struct faults f;
    bool said = false;
    faults_init(&f, "test", NULL, 0);
    assert_int_not_equal(robot_file_parse(text, sizeof text - 1, "robot.yaml", body, &t, NULL, NULL, &f), STATUS_OK);
    for (int i = 0; i < f.count; i++) said = said || strstr(f.fault[i].text, "footsteps say it");
    CHECK(said, ==, body);
    faults_finish(&f);
  }
}

int test_tables(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_published_sums), cmocka_unit_test(test_between_and_beyond), cmocka_unit_test(test_weight),
    cmocka_unit_test(test_walking),        cmocka_unit_test(test_charging),           cmocka_unit_test(test_shipped_model),
    cmocka_unit_test(test_bad_models),     cmocka_unit_test(test_figures_beside_a_body),
  };
  return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
