// The pack: the book closes, the cells' voltage, sag, CC/CV against small steps, agreement with the tables of event fidelity.
#include "base/maths.h"
#include "robots/battery.h"
#include "robots/tables.h"
#include "tests/check.h"

static struct battery_pack example(void) {
  struct battery_pack p = {
    .energy = 2.3 * 3.6e6, .resistance = 0.06, .cutoff = 40, .charge_power = 2000, .charge_taper = 0.8, .points = 5,
    .share = {0, 0.1, 0.5, 0.8, 1}, .volts = {42, 48.6, 52.4, 56.3, 58.8},
  };
  assert_true(battery_pack_init(&p));
  return p;
}

static void test_cells(void **state) {
  (void)state;
  struct battery_pack p = example();
  CHECK_NEAR(battery_volts(&p, 0), 42, 1e-12);
  CHECK_NEAR(battery_volts(&p, p.energy), 58.8, 1e-12);
  CHECK_NEAR(battery_volts(&p, battery_energy(&p, 0.3)), 50.5, 1e-12);
  for (double s = 0; s <= 1; s += 0.01) CHECK_NEAR(battery_share(&p, battery_energy(&p, s)), s, 1e-13);

  // energy is the integral of voltage over charge
  double sum = 0;
  const int n = 100000;
  for (int i = 0; i < n; i++) {
    double s = (i + 0.5) / n;
    sum += battery_volts(&p, battery_energy(&p, s)) * p.charge / n;
  }
  CHECK_NEAR(sum, p.energy, 1e-7 * p.energy);
}

static void test_book_closes(void **state) {
  (void)state;
  struct battery_pack p = example();
  double energy = 0.9 * p.energy, before = energy;
  struct battery_book b = {0};
  for (int k = 0; k < 400000; k++)                                     // strides: up to 1.2 kW, and braking
    battery_draw(&p, &energy, k % 200 < 30 ? -150 : 100 + 1100.0 * (k % 200) / 200, 0.005, NULL, &b);
  CHECK_NEAR(before - energy, b.cells, 1e-9 * b.delivered);
  CHECK_NEAR(b.cells, b.delivered + b.lost, 1e-9 * b.delivered);
  assert_true(b.lost > 0);
  struct battery_book c = {0};
  before = energy;
  CHECK(battery_charge(&p, &energy, 2000, 1800, NULL, &c), ==, BATTERY_OK);
  CHECK_NEAR(energy - before, c.cells, 1e-9 * c.cells);
  CHECK_NEAR(c.cells, c.taken - c.lost, 1e-9 * c.taken);
}

static void test_sag(void **state) {
  (void)state;
  struct battery_pack p = example();
  double half = battery_energy(&p, 0.5), volts = battery_terminal(&p, half, 1000), current = 1000 / volts;
  CHECK_NEAR(volts, 52.4 - 0.06 * current, 1e-10);
  CHECK_NEAR(battery_terminal(&p, half, 0), 52.4, 1e-12);
  assert_true(battery_terminal(&p, half, -500) > 52.4);                // braking lifts it
  CHECK_NEAR(battery_terminal(&p, half, 52.4 * 52.4 / (4 * 0.06) * 1.01), 0, 0);      // beyond the most it can give

  // a load that pulls the terminals under the cut-off switches the robot off although charge is left
  double energy = battery_energy(&p, 0.02), used;
  CHECK(battery_draw(&p, &energy, 3000, 1, &used, NULL), ==, BATTERY_EMPTY);
  CHECK_NEAR(used, 0, 0);
  CHECK_NEAR(energy, battery_energy(&p, 0.02), 0);
  CHECK(battery_draw(&p, &energy, 100, 1, &used, NULL), ==, BATTERY_OK);
  CHECK_NEAR(used, 1, 0);
}

// To the end at 500 W: the time is the energy less what the resistance took; a long call is the same as many short ones.
static void test_runs_empty(void **state) {
  (void)state;
  struct battery_pack p = example();
  double once = p.energy, many = p.energy, used, total = 0;
  struct battery_book b = {0}, c = {0};
  CHECK(battery_draw(&p, &once, 500, 1e6, &used, &b), ==, BATTERY_EMPTY);
  CHECK_NEAR(b.delivered, 500 * used, 1e-6 * b.delivered);
  CHECK_NEAR(b.delivered + b.lost, p.energy - once, 1e-9 * p.energy);
  assert_true(b.lost > 0.005 * p.energy && b.lost < 0.02 * p.energy);  // 9.5 A through 0.06 Ohm is 1.1 %
  for (enum battery_end end = BATTERY_OK; end == BATTERY_OK;) {
    double part;
    end = battery_draw(&p, &many, 500, 1, &part, &c);
    total += part;
  }
  CHECK_NEAR(total, used, 1e-3 * used);

  // to the last joule, whatever the load and however long the call
  for (double power = 90; power < 400; power += 0.37) {
    double energy = 0.03 * p.energy, before = energy;
    struct battery_book d = {0};
    CHECK(battery_draw(&p, &energy, power, 1e9, &used, &d), ==, BATTERY_EMPTY);
    CHECK_NEAR(energy, 0, 0);
    CHECK_NEAR(d.cells, before, 1e-9 * before);
    CHECK_NEAR(used, d.delivered / power, 1e-6 * used);
  }

  double full = p.energy;                                              // a full pack takes no more
  CHECK(battery_draw(&p, &full, -500, 10, &used, NULL), ==, BATTERY_OK);
  CHECK_NEAR(full, p.energy, 0);
  CHECK_NEAR(used, 10, 0);
  CHECK(battery_draw(&p, &full, 0, 10, &used, NULL), ==, BATTERY_OK);  // and nothing costs nothing
  CHECK_NEAR(full, p.energy, 0);
  CHECK_NEAR(used, 10, 0);
}

// Constant current, then constant voltage, in small steps of charge: an integration that shares only the curve.
static double charge_slowly(const struct battery_pack *p, double from, double to, double power) {
  double time = 0;
  const int n = 400000;
  for (int k = 0; k < n; k++) {
    double s = from + (to - from) * (k + 0.5) / n, r = p->charge_resistance;
    int i = 0;
    while (s > p->share[i + 1]) i++;
    double u = p->volts[i] + (p->volts[i + 1] - p->volts[i]) * (s - p->share[i]) / (p->share[i + 1] - p->share[i]);
    double current = p->charge_current, voltage = (p->charge_volts - u) / r;
    if (voltage < current) current = voltage;
    if ((u + r * current) * current > power) current = (m_sqrt(u * u + 4 * r * power) - u) / (2 * r);
    time += p->charge * (to - from) / n / current;
  }
  return time;
}

static void test_charging(void **state) {
  (void)state;
  struct battery_pack p = example();

  // constant voltage begins at the taper with the full current
  CHECK_NEAR(battery_volts(&p, battery_energy(&p, 0.8)) + p.charge_resistance * p.charge_current, p.charge_volts, 1e-10);
  const double powers[] = {400, 1500, 5000};
  for (int i = 0; i < 3; i++) {
    double energy = battery_energy(&p, 0.15), used, expected = charge_slowly(&p, 0.15, 1, powers[i]);
    CHECK(battery_charge(&p, &energy, powers[i], 1e6, &used, NULL), ==, BATTERY_FULL);
    CHECK_NEAR(used, expected, 2e-3 * expected);
    CHECK_NEAR(energy, p.energy, 0);
    CHECK(battery_charge(&p, &energy, powers[i], 100, &used, NULL), ==, BATTERY_FULL);
    CHECK_NEAR(used, 0, 0);
  }
  double energy = 0, used;
  CHECK(battery_charge(&p, &energy, 0, 100, &used, NULL), ==, BATTERY_OK);       // a charger without power
  CHECK_NEAR(energy, 0, 0);
}

// The straight line that event fidelity charges by is this pack's within a few percent.
static void test_against_tables(void **state) {
  (void)state;
  struct battery_pack p = example();
  struct robot_tables t = {.battery = p.energy, .charge_power = p.charge_power, .charge_taper = p.charge_taper};
  const double spans[][2] = {{0.2, 0.8}, {0.2, 0.95}, {0.8, 0.95}, {0.05, 1}};
  for (int i = 0; i < 4; i++) {
    double from = battery_energy(&p, spans[i][0]), to = battery_energy(&p, spans[i][1]), time = 0;
    while (from < to) {
      double used;
      battery_charge(&p, &from, 1e5, 1, &used, NULL);
      time += used;
    }
    double table = robot_charge_time(&t, spans[i][0], spans[i][1], 2000);
    CHECK_NEAR(time, table, 0.1 * table);
  }
}

static void test_bad_packs(void **state) {
  (void)state;
  struct battery_pack p = example();
  p.volts[2] = p.volts[1];
  assert_false(battery_pack_init(&p));
  p = example();
  p.share[4] = 0.9;
  assert_false(battery_pack_init(&p));
  p = example();
  p.points = 1;
  assert_false(battery_pack_init(&p));
}

int test_battery(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cells),      cmocka_unit_test(test_book_closes), cmocka_unit_test(test_sag),
    cmocka_unit_test(test_runs_empty), cmocka_unit_test(test_charging),    cmocka_unit_test(test_against_tables),
    cmocka_unit_test(test_bad_packs),
  };
  return cmocka_run_group_tests_name("battery", tests, NULL, NULL);
}
