// Balance: what the closed loop stands is what the closed forms say, and the laws of symmetry and rest.
#include "robots/balance.h"
#include "robots/capture.h"
#include "robots/fall.h"
#include "robots/pendulum.h"
#include "tests/check.h"

// A body like a person's; its numbers are free.
static struct balance_params body(void) {
  struct balance_params p = {.mass = 56, .com_height = 0.9, .rate = pendulum_rate(0.9), .heel = -0.12, .toe = 0.12, .half_width = 0.05,
                             .rest = 0, .width = 0.17, .step_ahead = 0.6, .step_back = 0.6, .step_near = 0.15, .step_far = 0.35,
                             .swing_time = 0.4, .gain = 1.0, .leg_mass = 9, .gyration = 0.45, .lying_height = 0.12};
  return p;
}

// Largest impulse that is stood with at most `steps` steps, by bisection of the closed loop.
static double threshold(const struct balance_params *p, double direction, int steps) {
  double low = 0, high = 400;
  for (int k = 0; k < 26; k++) {
    double m = 0.5 * (low + high);
    struct balance_outcome o = balance_try_push(p, m, direction, 10, 200);
    if (o.recovered && o.steps <= steps) low = m;
    else high = m;
  }
  return low;
}

// ahead, the regions of this file are Koolen's distances of robots/capture.h
static void test_regions_are_koolens(void **state) {
  (void)state;
  struct balance_params p = body();
  struct capture_body ahead = {p.mass, p.com_height, 0.12, 0.6, 0.4}, aside = {p.mass, p.com_height, 0.05, 0.35, 0.4};
  for (int n = 0; n <= 4; n++) {
    CHECK_NEAR(balance_region(&p, n).ahead, capture_distance(&ahead, n), 1e-12);
    CHECK_NEAR(-balance_region(&p, n).back, capture_distance(&ahead, n), 1e-12);
    CHECK_NEAR(balance_impulse_max(&p, 0, n), capture_impulse(&ahead, n), 1e-9);
  }
  for (int n = 0; n <= 1; n++) CHECK_NEAR(balance_region(&p, n).towards, capture_distance(&aside, n), 1e-12);
}

// closed loop against closed form in 24 directions and up to 3 steps
static void test_thresholds(void **state) {
  (void)state;
  struct balance_params p = body();
  for (int slow = 0; slow < 3; slow++) {
    p.reaction = 0.08 * slow;
    for (int k = 0; k < 24; k++) {
      double direction = k * M_PI_D / 12;
      for (int n = 0; n <= 3; n++) {
        double closed = balance_impulse_max(&p, direction, n), loop = threshold(&p, direction, n);
        CHECK_NEAR(loop / closed, 1, 0.05);
      }
    }
  }
}

// left and right, ahead and back of a body with like reach are mirror images
static void test_symmetry(void **state) {
  (void)state;
  struct balance_params p = body();
  for (int k = 0; k <= 12; k++) {
    double angle = k * M_PI_D / 12;
    struct balance_outcome a = balance_try_push(&p, 45, angle, 10, 200), b = balance_try_push(&p, 45, -angle, 10, 200);
    struct balance_outcome c = balance_try_push(&p, 45, M_PI_D - angle, 10, 200);
    CHECK(a.recovered, ==, b.recovered);
    CHECK(a.steps, ==, b.steps);
    CHECK_NEAR(a.moved, b.moved, 1e-9);
    CHECK(a.recovered, ==, c.recovered);
    CHECK_NEAR(a.moved, c.moved, 1e-9);
  }
}

// no push, no step: nothing moves; nor does a sleeping robot when its neighbour is pushed
static void test_rest(void **state) {
  (void)state;
  double memory[256];
  struct balance_params p = body();
  struct balance_columns c = balance_columns_init(memory, 2);
  balance_stand(&p, &c, 0, 3, 4, 1, 0.6);
  balance_stand(&p, &c, 1, 6, 4, 2, 0.6);
  balance_push(&p, &c, 1, 30 * m_cos(2), 30 * m_sin(2));
  double x = c.com[0][0], y = c.com[0][1];
  for (int k = 0; k < 2000; k++) CHECK(balance_step(&p, &c, 0, 2, 0.005), ==, 0);
  CHECK(c.steps[0], ==, 0);
  CHECK_NEAR(c.com[0][0], x, 1e-12);
  CHECK_NEAR(c.com[0][1], y, 1e-12);
  CHECK(c.steps[1], >, 0);
}

// a commanded walk goes at its speed, on steps of the rest width, and stops within the reach that it has
static void test_walk(void **state) {
  (void)state;
  double memory[64];
  struct balance_params p = body();
  struct balance_columns c = balance_columns_init(memory, 1);
  balance_stand(&p, &c, 0, 0, 0, 0, 10);
  c.command[0][0] = 0.8;
  double start = 0;
  for (int k = 0; k < 4000; k++) {
    if (k == 2000) start = c.com[0][0];
    CHECK(balance_step(&p, &c, 0, 1, 0.005), ==, 0);
  }
  CHECK_NEAR((c.com[0][0] - start) / 10, 0.8, 0.02);
  double apart = c.foot[0][LEFT][1] - c.foot[0][RIGHT][1];
  CHECK_NEAR(apart, p.width, 0.01);
  for (int category = STOP_FREEZE; category <= STOP_HOLD; category++) {
    struct stop_outcome o = stop_try(&p, category, 0.8, 0.5, 10), still = stop_try(&p, category, 0, 0, 10);
    CHECK(o.fell, ==, category == STOP_FREEZE);
    CHECK(still.fell, ==, 0);
    if (category != STOP_FREEZE) CHECK(o.steps, <=, 4);
  }
}

// the energy of a fall is that of a pendulum: what it had, and the way down
static void test_fall(void **state) {
  (void)state;
  struct balance_params p = body();
  double impulse = 120, v = impulse / p.mass, l = p.com_height, edge = p.toe / l;
  struct balance_outcome o = balance_try_push(&p, impulse, 0, 10, 200);
  CHECK(o.fell, ==, 1);
  double inertia = p.mass * (l * l + p.gyration * p.gyration), had = 0.5 * inertia * v * v / (l * l) + p.mass * 9.81 * l / m_sqrt(1 + edge * edge);
  CHECK_NEAR(o.impact_energy / had, 1, 0.03);
  struct fall_params f = fall_params_of(&p);
  CHECK_NEAR(fall_damage(&f, f.damage_energy), 1 - m_exp(-1), 1e-12);
  CHECK_NEAR(fall_damage(&f, 0), 0, 0);
}

// friction: a push that ankles answer needs |x - p| / z, less of it slides the feet, much less fells
static void test_slip(void **state) {
  (void)state;
  struct balance_params p = body();
  struct balance_outcome dry = balance_try_push(&p, 45, 0, 0.8, 200), wet = balance_try_push(&p, 45, 0, 0.5 * dry.friction_demand, 200);
  CHECK(dry.recovered, ==, 1);
  CHECK_NEAR(dry.slid, 0, 0);
  CHECK(wet.slid > 0, ==, 1);
  // slipping feet cost steps that a push near the largest does not have to spare
  struct balance_outcome hard = balance_try_push(&p, 56, 0, 0.8, 200), ice = balance_try_push(&p, 56, 0, 0.02, 200);
  CHECK(hard.recovered, ==, 1);
  CHECK(ice.fell, ==, 1);
}

// feet that slide with the body upright on them stop as a block does, after v^2 / (2 mu g); what of z mu lies outside the soles throws the body
static void test_slide(void **state) {
  (void)state;
  double memory[64];
  struct balance_params p = body();
  for (int way = 0; way < 4; way++) {
    struct balance_columns c = balance_columns_init(memory, 1);
    double mu = way < 2 ? 0.1 : 0.3, v = 0.3, heading = 0.7 * way, s, k, dt = 0.002;
    balance_stand(&p, &c, 0, 0, 0, heading, mu);
    m_sincos(heading, &s, &k);
    c.slide[0][0] = v * k, c.slide[0][1] = v * s;
    double foot[2] = {c.foot[0][LEFT][0], c.foot[0][LEFT][1]};
    balance_step(&p, &c, 0, 1, dt);
    double over = mu * p.com_height - p.toe;
    CHECK_NEAR(k * c.vel[0][0] + s * c.vel[0][1], over > 0 ? dt * 9.81 / p.com_height * over : 0, 1e-4);
    for (int n = 0; n < 400 && way < 2; n++) balance_step(&p, &c, 0, 1, dt);
    double x = c.foot[0][LEFT][0] - foot[0], y = c.foot[0][LEFT][1] - foot[1];
    if (way < 2) CHECK_NEAR(m_sqrt(x * x + y * y), v * v / (2 * mu * 9.81), 2e-6);
  }
}

// who slides does not rest, however still it stands on its feet
static void test_sliding_is_no_rest(void **state) {
  (void)state;
  double memory[64], slow = 0.3 / (0.1 * 9.81);
  struct balance_params p = body();
  struct balance_columns c = balance_columns_init(memory, 1);
  balance_stand(&p, &c, 0, 0, 0, 0, 0.1);
  c.slide[0][0] = 0.3;
  int rests = -1;
  for (int k = 0; k < 400 && rests < 0; k++) {
    balance_step(&p, &c, 0, 1, 0.005);
    if (c.events[0] & BALANCE_EVENT_REST) rests = k;
  }
  CHECK_NEAR(c.slide[0][0], 0, 0);
  CHECK_NEAR(0.005 * rests, slow, 0.05);
}

// a block with its brakes on: what its pressure asks of the floor beyond mu g slides it, and it loses just mu g; below it stays where it is
static void test_frozen_slides(void **state) {
  (void)state;
  double memory[64], dt = 0.0005;
  struct balance_params p = body();
  for (int hard = 0; hard < 2; hard++) {
    struct balance_columns c = balance_columns_init(memory, 1);
    double mu = 0.02, v = hard ? 0.15 : 0.05;                          // it asks for v w of acceleration
    balance_stand(&p, &c, 0, 0, 0, 0, mu);
    balance_freeze(&p, &c, 0);
    balance_push(&p, &c, 0, v * p.mass, 0);
    double foot = c.foot[0][LEFT][0], was = c.com[0][0];
    balance_step(&p, &c, 0, 1, dt);
    CHECK((c.events[0] & BALANCE_EVENT_SLIP) != 0, ==, hard);
    if (hard) CHECK_NEAR((c.com[0][0] - was) / dt, v - mu * 9.81 * dt / 2, 2e-6);
    for (int k = 0; k < 4000; k++) balance_step(&p, &c, 0, 1, dt);
    CHECK(c.mode[0], ==, BALANCE_FROZEN);
    CHECK(c.foot[0][LEFT][0] > foot, ==, hard);
    CHECK_NEAR(c.foot[0][RIGHT][0], c.foot[0][LEFT][0], 1e-12);
    CHECK_NEAR(c.slide[0][0], 0, 0);
  }
}

// a pushed body whose feet slide gets exactly mu g from the floor, against the way it moves
static void test_slide_takes_momentum(void **state) {
  (void)state;
  double memory[64], mu = 0.08, dt = 0.0005;
  struct balance_params p = body();
  struct balance_columns c = balance_columns_init(memory, 1);
  balance_stand(&p, &c, 0, 0, 0, 0, mu);
  balance_push(&p, &c, 0, 20, 0);
  double v = c.vel[0][0], x = c.foot[0][LEFT][0];
  int slid = 0;
  for (int k = 1; k <= 400; k++) {
    double before = c.com[0][0];
    balance_step(&p, &c, 0, 1, dt);
    if (!(c.events[0] & BALANCE_EVENT_SLIP)) break;
    slid++;
    CHECK_NEAR(c.vel[0][0] + c.slide[0][0], v - mu * 9.81 * dt * k, 5e-4);
    CHECK(c.com[0][0] > before, ==, 1);
  }
  CHECK(slid, >, 40);
  // the leg leans ahead of its foot to brake: the foot goes with the body
  CHECK(c.foot[0][LEFT][0] > x, ==, 1);
}

// a foot that catches lands short and takes momentum: from a brisk walk the robot still comes to rest, or falls, but ends
static void test_stumble(void **state) {
  (void)state;
  double memory[64];
  struct balance_params p = body();
  for (int part = 1; part < 10; part++) {
    struct balance_columns c = balance_columns_init(memory, 1);
    balance_stand(&p, &c, 0, 0, 0, 0, 10);
    c.command[0][0] = 1;
    while (c.steps[0] < 10 || c.mode[0] != BALANCE_STEP || c.phase[0] < part * 0.1 * p.swing_time) balance_step(&p, &c, 0, 1, 0.005);
    double before = c.vel[0][0];
    balance_stumble(&p, &c, 0);
    CHECK(c.vel[0][0] < before, ==, 1);
    c.command[0][0] = 0;
    for (int k = 0; k < 4000; k++) balance_step(&p, &c, 0, 1, 0.005);
    CHECK(c.mode[0] == BALANCE_LYING || (c.mode[0] == BALANCE_STAND && c.vel[0][0] < 0.01), ==, 1);
  }
}

int test_balance(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_regions_are_koolens),
    cmocka_unit_test(test_thresholds),
    cmocka_unit_test(test_symmetry),
    cmocka_unit_test(test_rest),
    cmocka_unit_test(test_walk),
    cmocka_unit_test(test_fall),
    cmocka_unit_test(test_slip),
    cmocka_unit_test(test_slide),
    cmocka_unit_test(test_sliding_is_no_rest), cmocka_unit_test(test_frozen_slides), cmocka_unit_test(test_slide_takes_momentum),
    cmocka_unit_test(test_stumble),
  };
  return cmocka_run_group_tests_name("balance", tests, NULL, NULL);
}
