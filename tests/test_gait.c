// Steady walks of the whole body: what must hold of every one, what must change with the body, and our own robot's power.
#include "tests/check.h"

#include <math.h>
#include <string.h>

#include "robots/calibrate.h"
#include "robots/gait_measure.h"
#include "robots/posture.h"
#include "tests/biped.h"

static void solve(struct gait *g, struct gait_report *r, const struct biped_robot *robot, const struct gait_wish *wish) {
  struct error e = {0};
  if (gait_solve(g, r, &robot->humanoid, &robot->spec, wish, &e) != STATUS_OK) fail_msg("%s", e.text);
}

static double power_of(const struct biped *b, const struct gait_wish *wish) {
  struct biped_robot robot;
  struct gait g;
  struct gait_report r;
  biped_make(&robot, b);
  solve(&g, &r, &robot, wish);
  double power = r.power;
  gait_finish(&g, &r);
  biped_finish(&robot);
  return power;
}

// what holds of any steady walk on level ground: the plan is the dynamics', contacts that stick do no work
static void check_laws(const struct biped_robot *robot, const struct gait *g, const struct gait_report *r) {
  CHECK_NEAR(r->zmp_error, 0, 1e-3);
  CHECK_NEAR(r->sticking_power / r->mechanical_positive, 0, 5e-3);
  CHECK_NEAR(r->flight, 0, 0);
  CHECK(r->broken & (LIMIT_REACH | LIMIT_LIFT | LIMIT_SOLE), ==, 0);

  // what the drives draw: work given and not taken back is lost to copper, gear, friction and inverter
  assert_true(r->power > r->electronics + r->copper + r->gear + r->friction);

  // over a stride the floor carries the weight and nothing else
  struct v3 mean = v3(0, 0, 0);
  for (int k = 0; k < g->samples; k++)
    for (int s = 0; s < 2; s++) mean = v3_mul_add(mean, g->foot[s][k].force, 1.0 / g->samples);
  double weight = (robot->model.mass + g->wish.load) * GRAVITY;
  CHECK_NEAR(mean.z, weight, 1e-3 * weight);
  if (g->wish.turn_rate == 0) CHECK_NEAR(hypot(mean.x, mean.y), 0, 1e-3 * weight);
}

static void test_laws(void **state) {
  (void)state;
  static const struct { double speed, side, turn, load; enum foot_style foot; } cases[] = {
    {0.4, 0, 0, 0, FOOT_HEEL_TO_TOE}, {1.0, 0, 0, 0, FOOT_HEEL_TO_TOE}, {1.4, 0, 0, 10, FOOT_HEEL_TO_TOE}, {0.8, 0, 0, 0, FOOT_FLAT},
    {0.8, 0, 0.5, 0, FOOT_FLAT}, {-0.4, 0, 0, 0, FOOT_FLAT}, {0, 0.2, 0, 0, FOOT_FLAT}, {0, 0, 1, 0, FOOT_FLAT},
    {0.5, 0.1, -0.3, 5, FOOT_HEEL_TO_TOE}};
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct gait g;
    struct gait_report r;
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, cases[i].speed);
    wish.side_speed = cases[i].side, wish.turn_rate = cases[i].turn, wish.load = cases[i].load, wish.foot = cases[i].foot;
    wish.load_pose = wish.load > 0 ? LOAD_AT_SIDES : LOAD_NONE;
    solve(&g, &r, &robot, &wish);
    check_laws(&robot, &g, &r);
    gait_finish(&g, &r);
  }
  biped_finish(&robot);
}

// uphill and upstairs the joints lift the body: the mean of tau qd is m g times the speed of rising
static void test_slope_work(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  for (int up = -1; up <= 1; up += 2) {
    struct gait g;
    struct gait_report r;
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 0.9);
    wish.slope = up * 0.12;
    solve(&g, &r, &robot, &wish);
    double lift = robot.model.mass * GRAVITY * 0.9 * tan(wish.slope);
    CHECK_NEAR(r.sticking_power, lift, 5e-3 * r.mechanical_positive);
    CHECK_NEAR(r.zmp_error, 0, 1e-3);
    gait_finish(&g, &r);

    // stairs: a rise a step
    wish.slope = 0, wish.speed = 0.4, wish.rise = up * 0.12;
    solve(&g, &r, &robot, &wish);
    CHECK_NEAR(r.sticking_power, robot.model.mass * GRAVITY * wish.rise / g.step_period, 5e-3 * r.mechanical_positive);
    CHECK_NEAR(r.zmp_error, 0, 1e-3);
    CHECK(r.broken & (LIMIT_REACH | LIMIT_LIFT | LIMIT_SOLE), ==, 0);
    gait_finish(&g, &r);
  }
  biped_finish(&robot);
}

// half a stride later the other leg does the same, mirrored: roll and yaw change sign
static void test_symmetry(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct gait g;
  struct gait_report r;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.1);
  biped_make(&robot, &b);
  solve(&g, &r, &robot, &wish);
  const struct limb *leg = robot.humanoid.leg;
  for (int k = 0; k < g.samples; k++) {
    int other = (k + g.samples / 2) % g.samples;
    for (int i = 0; i < 6; i++) {
      double mirror = i == 0 || i == 1 || i == 5 ? -1 : 1;
      int left = k * g.joints + leg[LEFT].joint[i], right = other * g.joints + leg[RIGHT].joint[i];
      CHECK_NEAR(g.q[left], mirror * g.q[right], 1e-7);
      CHECK_NEAR(g.tau[left], mirror * g.tau[right], 1e-4);
    }
    CHECK_NEAR(g.foot[LEFT][k].force.z, g.foot[RIGHT][other].force.z, 1e-4);
    CHECK_NEAR(g.foot[LEFT][k].force.y, -g.foot[RIGHT][other].force.y, 1e-4);
  }
  gait_finish(&g, &r);
  biped_finish(&robot);
}

// the stride closes: one sample beyond the last is the first one, moved and turned by the stride
static void test_closure(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  for (int i = 0; i < 2; i++) {
    struct gait g;
    struct gait_report r;
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 0.8);
    wish.turn_rate = i * 0.6;
    wish.samples = 400;
    solve(&g, &r, &robot, &wish);
    double period = 2 * g.step_period, dt = period / g.samples, turn = wish.turn_rate * period, s = sin(turn), c = cos(turn);
    const struct base_motion *a = &g.base[0], *z = &g.base[g.samples - 1];
    struct v3 goes = v3_add(z->velocity, v3_scale(z->acceleration, dt));
    struct v3 is = v3(c * a->velocity.x - s * a->velocity.y, s * a->velocity.x + c * a->velocity.y, a->velocity.z);
    CHECK_NEAR(v3_norm(v3_sub(goes, is)), 0, 1e-3);

    // the path is a circle of radius v / turn rate, or a line
    double x = i ? 0.8 / 0.6 * s : 0.8 * period, y = i ? 0.8 / 0.6 * (1 - c) : 0;
    struct v3 moved = v3_add(v3(x, y, 0), v3(c * a->position.x - s * a->position.y, s * a->position.x + c * a->position.y, a->position.z));
    struct v3 next = v3_add(z->position, v3_add(v3_scale(z->velocity, dt), v3_scale(z->acceleration, dt * dt / 2)));
    CHECK_NEAR(v3_norm(v3_sub(next, moved)), 0, 1e-5);
    for (int j = 0; j < g.joints; j++) {
      int first = j, last = (g.samples - 1) * g.joints + j;
      CHECK_NEAR(g.q[last] + dt * g.qd[last] + dt * dt / 2 * g.qdd[last], g.q[first], 2e-4);
    }
    gait_finish(&g, &r);
  }
  biped_finish(&robot);
}

// The waist turns against the legs, to both sides alike, and takes a good part of the turning moment from the floor.
static void test_twist(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.6);
  struct gait g;
  struct gait_report r;
  biped_make(&robot, &b);
  solve(&g, &r, &robot, &wish);
  double with = r.yaw_moment;
  int waist = robot.humanoid.waist[0];
  double low = 0, high = 0;
  for (int k = 0; k < g.samples; k++) {
    double q = g.q[k * g.joints + waist];
    low = q < low ? q : low, high = q > high ? q : high;
  }
  CHECK_NEAR(low, -high, 0.01);                                        // to both sides alike
  CHECK(high > 0.05 && high < 0.4, ==, 1);
  gait_finish(&g, &r);

  // no waist to be found: two feet have it all to hold
  robot.humanoid.waist_count = 0;
  solve(&g, &r, &robot, &wish);
  CHECK(with < 0.7 * r.yaw_moment, ==, 1);
  gait_finish(&g, &r);
  biped_finish(&robot);
}

// nothing is stored: the body, the load, the floor and the speed change what comes out
static void test_depends(void **state) {
  (void)state;
  struct biped b = biped_defaults(), other;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.0), more = wish;
  double power = power_of(&b, &wish);
  other = b, other.trunk *= 1.2;
  assert_true(power_of(&other, &wish) > 1.02 * power);
  other = b, other.leg_mass *= 1.2;
  assert_true(power_of(&other, &wish) > 1.01 * power);
  other = b, other.thigh += 0.05;
  assert_true(fabs(power_of(&other, &wish) - power) > 0.5);
  more.load = 10, more.load_pose = LOAD_AT_SIDES;
  assert_true(power_of(&b, &more) > power + 5);
  double sides = power_of(&b, &more);
  more.load_pose = LOAD_IN_FRONT;
  assert_true(power_of(&b, &more) > sides);
  more = wish, more.slope = 0.1;
  assert_true(power_of(&b, &more) > power + 30);

  // a slippery floor: the same walk is named impossible
  struct biped_robot robot;
  struct gait g;
  struct gait_report r;
  biped_make(&robot, &b);
  more = wish;
  for (int i = 0; i < 2; i++) {
    more.friction = i ? 0.1 : 0.8;
    solve(&g, &r, &robot, &more);
    CHECK(!!(r.broken & LIMIT_FRICTION), ==, i);
    gait_finish(&g, &r);
  }
  biped_finish(&robot);
}

// a load in front leans the trunk back until all above the waist balances over the hips; the load is in the hands and weighs what it is
static void test_posture(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct robot_model loaded;
  struct posture p;
  struct error e;
  biped_make(&robot, &b);
  const struct robot_model *m = &robot.model;
  CHECK(posture_load(&loaded, &robot.humanoid, 4, &e), ==, STATUS_OK);
  CHECK_NEAR(loaded.mass, m->mass + 4, 1e-12);
  posture_find(&p, &robot.humanoid, LOAD_HELD_CLOSE);
  CHECK_NEAR(p.miss, 0, 1e-3);
  int lean = robot_model_joint(m, "lean"), spine = m->joint[lean].parent;
  CHECK_NEAR(p.q[lean], 0, 0);
  posture_balance(&p, &robot.humanoid, &loaded);
  assert_true(p.q[lean] < -0.01);

  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  robot_forward(&loaded, &base, p.q, NULL, body);
  double moment = 0;
  for (int i = 1; i <= m->joint_count; i++) {
    int at = i;
    while (at > 0 && at != spine) at = m->joint[at - 1].parent;
    if (at != spine || i == spine) continue;
    moment += loaded.body[i].mass * (body[i].position.x + m3_apply(&body[i].rotation, loaded.body[i].com).x);
  }
  CHECK_NEAR(moment, 0, 1e-6);

  // the hands mirror each other
  int hand[2] = {robot.humanoid.arm[LEFT].body, robot.humanoid.arm[RIGHT].body};
  CHECK_NEAR(body[hand[LEFT]].position.x, body[hand[RIGHT]].position.x, 1e-9);
  CHECK_NEAR(body[hand[LEFT]].position.y, -body[hand[RIGHT]].position.y, 1e-9);
  posture_load_finish(&loaded);
  biped_finish(&robot);
}

// 200 samples a stride say the same as 800
static void test_samples(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1.4), fine = wish;
  fine.samples = 800;
  double coarse = power_of(&b, &wish), exact = power_of(&b, &fine);
  CHECK_NEAR(coarse / exact, 1, 3e-3);
}

static void test_refused(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1), bad[6] = {wish, wish, wish, wish, wish, wish};
  const char *says[6] = {"speed", "load", "slope", "friction", "samples", "ramp"};
  bad[0].speed = NAN, bad[1].load = -1, bad[2].slope = 1, bad[3].friction = 0, bad[4].samples = 10, bad[5].slope = 0.1, bad[5].turn_rate = 1;
  for (int i = 0; i < 6; i++) {
    struct gait g;
    struct gait_report r;
    struct error e = {0};
    assert_true(gait_solve(&g, &r, &robot.humanoid, &robot.spec, &bad[i], &e) != STATUS_OK);
    CHECK_HAS(e.text, says[i]);
    assert_null(g.q);
  }

  // faster than legs can swing: refused with a reason, no figures
  struct gait g;
  struct gait_report r;
  struct error e = {0};
  wish.speed = 4;
  CHECK(gait_solve(&g, &r, &robot.humanoid, &robot.spec, &wish, &e), ==, STATUS_RANGE);
  CHECK_HAS(e.text, "no such walk");
  assert_null(g.q);
  biped_finish(&robot);
}

// our own robot: one factor fitted to 500 W at 1.4 m/s, then predictions within their bands
static void test_optimus(void **state) {
  (void)state;
  struct robot_model m;
  struct humanoid h;
  struct robot_spec spec;
  struct faults f;
  struct error e = {0};
  const char *feet[2];
  faults_init(&f, "", NULL, 0);
  CHECK(robot_model_read(&m, "assets/robots/optimus-gen2/optimus-gen2.urdf", &f), ==, STATUS_OK);
  CHECK(robot_spec_read(&spec, &m, "assets/robots/optimus-gen2", &f), ==, STATUS_OK);
  CHECK(humanoid_find(&h, &m, robot_spec_feet(&spec, feet), spec.sole_known ? &spec.sole : NULL, &e), ==, STATUS_OK);
  assert_true(h.closed_form);
  if (gait_calibrate(&spec, &h, &e) != STATUS_OK) fail_msg("%s", e.text);
  assert_true(spec.km_factor >= CALIBRATION_LEAST && spec.km_factor <= CALIBRATION_MOST);
  static const struct { double speed, load, low, high; } band[] = {
    {1.4, 0, 499.9, 500.1}, {0.6, 0, 230, 290}, {1.0, 0, 320, 365}, {1.8, 0, 750, 860}, {1.4, 20, 590, 705}};
  for (int i = 0; i < 5; i++) {
    struct gait g;
    struct gait_report r;
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, band[i].speed);
    wish.load = band[i].load, wish.load_pose = wish.load > 0 ? LOAD_AT_SIDES : LOAD_NONE;
    CHECK(gait_solve(&g, &r, &h, &spec, &wish, &e), ==, STATUS_OK);
    CHECK_NEAR(r.power, (band[i].low + band[i].high) / 2, (band[i].high - band[i].low) / 2);
    CHECK_NEAR(r.zmp_error, 0, 1e-3);
    if (band[i].speed < 1.5 && band[i].load == 0) CHECK(r.broken, ==, 0);
    gait_finish(&g, &r);
  }
  robot_spec_finish(&spec);
  robot_model_finish(&m);
  faults_finish(&f);
}

int test_gait(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_laws), cmocka_unit_test(test_slope_work), cmocka_unit_test(test_symmetry), cmocka_unit_test(test_closure),
    cmocka_unit_test(test_twist),
    cmocka_unit_test(test_twist),   cmocka_unit_test(test_depends), cmocka_unit_test(test_posture), cmocka_unit_test(test_samples),
    cmocka_unit_test(test_refused), cmocka_unit_test(test_optimus),
  };
  return cmocka_run_group_tests_name("gait", tests, NULL, NULL);
}
