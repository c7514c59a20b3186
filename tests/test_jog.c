// Jogs of the whole body: nothing pushes in flight, the ball of one foot carries in stance, and the body decides what it takes.
#include "tests/check.h"

#include <math.h>
#include <string.h>

#include "robots/dynamics.h"
#include "robots/jog.h"
#include "robots/walk_run.h"
#include "tests/biped.h"

#define ROOM 128                    // joints

static struct v3 world(const struct base_motion *b, struct v3 p) {
  struct m3 r = m3_of_quaternion(b->orientation);
  return m3_apply(&r, p);
}

static void solve(struct gait *g, struct gait_report *r, const struct biped_robot *robot, const struct gait_wish *wish) {
  struct error e = {0};
  if (gait_solve(g, r, &robot->humanoid, &robot->spec, wish, &e) != STATUS_OK) fail_msg("%s", e.text);
}

// Momentum of the whole: linear, and angular about the centre of mass. Bodies' inertias are about their own.
static void momentum(const struct robot_model *m, const struct gait *g, int k, struct v3 *linear, struct v3 *angular) {
  struct body_motion body[ROOM];
  const double *q = g->q + k * g->joints, *qd = g->qd + k * g->joints;
  robot_forward(m, &g->base[k], q, qd, body);
  struct v3 velocity, com = robot_com(m, body, &velocity);
  *linear = v3_scale(velocity, m->mass);
  *angular = v3(0, 0, 0);
  for (int i = 0; i <= m->joint_count; i++) {
    struct v3 arm = m3_apply(&body[i].rotation, m->body[i].com), v = v3_add(body[i].velocity, v3_cross(body[i].angular_velocity, arm));
    struct v3 r = v3_sub(v3_add(body[i].position, arm), com), w = m3_apply_inverse(&body[i].rotation, body[i].angular_velocity);
    struct v3 own = m3_apply(&m->body[i].inertia, w);
    *angular = v3_add(*angular, v3_add(v3_scale(v3_cross(r, v), m->body[i].mass), m3_apply(&body[i].rotation, own)));
  }
}

// What the floor gives is all that there is: in flight nothing, in stance the foot's wrench is the body's.
static void check_wrenches(const struct robot_model *m, const struct gait *g) {
  int flying = 0;
  for (int k = 0; k < g->samples; k++) {
    double tau[ROOM];
    struct wrench root;
    const double *q = g->q + k * g->joints, *qd = g->qd + k * g->joints, *qdd = g->qdd + k * g->joints;
    robot_inverse_dynamics(m, &g->base[k], q, qd, qdd, 0, NULL, NULL, tau, &root);
    if (!g->contact[LEFT][k] && !g->contact[RIGHT][k]) {
      flying++;
      CHECK_NEAR(v3_norm(root.force), 0, 1e-9);
      CHECK_NEAR(v3_norm(root.moment), 0, 1e-9);
      CHECK_NEAR(v3_norm(g->foot[LEFT][k].force) + v3_norm(g->foot[RIGHT][k].force), 0, 0);
    } else {
      struct v3 force = v3_add(g->foot[LEFT][k].force, g->foot[RIGHT][k].force);
      CHECK_NEAR(v3_norm(v3_sub(force, root.force)), 0, 1e-9);
    }
    CHECK(g->contact[LEFT][k] && g->contact[RIGHT][k], ==, 0);
  }
  CHECK(flying, >, g->samples / 8);
}

static void check_flight_momentum(const struct robot_model *m, const struct gait *g) {
  double dt = 2 * g->step_period / g->samples;
  struct v3 linear, angular, first_linear = {0}, first_angular = {0};
  int since = -1;
  for (int k = 0; k < g->samples; k++) {
    if (g->contact[LEFT][k] || g->contact[RIGHT][k]) {
      since = -1;
      continue;
    }
    momentum(m, g, k, &linear, &angular);
    if (since < 0) since = k, first_linear = linear, first_angular = angular;
    first_linear.z -= k > since ? m->mass * GRAVITY * dt : 0;
    // as exact as accelerations between samples are straight lines
    CHECK_NEAR(v3_norm(v3_sub(linear, first_linear)) / m->mass, 0, 2e-3);
    CHECK_NEAR(v3_norm(v3_sub(angular, first_angular)), 0, 0.02);
  }
}

static void test_laws(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  double before = 0;
  for (double speed = 2; speed < 2.6; speed += 0.25) {
    struct gait g;
    struct gait_report r;
    struct gait_wish wish = gait_wish_defaults(GAIT_JOG, speed);
    wish.friction = 1;
    solve(&g, &r, &robot, &wish);
    check_wrenches(&robot.model, &g);
    check_flight_momentum(&robot.model, &g);
    CHECK_NEAR(r.zmp_error, 0, 1e-3);
    CHECK_NEAR(r.sticking_power / r.mechanical_positive, 0, 5e-3);
    CHECK_NEAR(g.step_length / g.step_period, speed, 1e-9);
    CHECK_NEAR(g.duty, 0.31, 0.06);
    CHECK_NEAR(r.flight, 1 - 2 * g.duty, 3.0 / g.samples);
    CHECK(r.broken & (LIMIT_REACH | LIMIT_LIFT | LIMIT_SOLE | LIMIT_FRICTION | LIMIT_YAW), ==, 0);
    CHECK_NEAR(r.yaw_moment, 0, 4);                                  // trunk and arms leave the floor next to nothing
    assert_true(r.friction_demand > 0.05);
    assert_true(r.power > before);                                   // faster takes more
    before = r.power;

    // over a stride the floor carries the weight; the second step is the first one's mirror image
    struct v3 mean = v3(0, 0, 0);
    int half = g.samples / 2;
    for (int k = 0; k < g.samples; k++) mean = v3_mul_add(mean, v3_add(g.foot[LEFT][k].force, g.foot[RIGHT][k].force), 1.0 / g.samples);
    CHECK_NEAR(mean.z, robot.model.mass * GRAVITY, 1e-3 * robot.model.mass * GRAVITY);
    CHECK_NEAR(hypot(mean.x, mean.y), 0, 1e-3 * robot.model.mass * GRAVITY);
    for (int k = 0; k < half; k++) {
      struct v3 a = g.foot[LEFT][k].force, c = g.foot[RIGHT][k + half].force;
      CHECK_NEAR(v3_norm(v3_sub(a, v3(c.x, -c.y, c.z))), 0, 0.1);
      CHECK_NEAR(world(&g.base[k], v3(1, 0, 0)).z, world(&g.base[k + half], v3(1, 0, 0)).z, 1e-4);
    }
    gait_finish(&g, &r);
  }
  biped_finish(&robot);
}

static double power_of(const struct biped *b, double load) {
  struct biped_robot robot;
  struct gait g;
  struct gait_report r;
  struct gait_wish wish = gait_wish_defaults(GAIT_JOG, 2.2);
  wish.friction = 1, wish.load = load, wish.load_pose = load > 0 ? LOAD_AT_SIDES : LOAD_NONE;
  biped_make(&robot, b);
  solve(&g, &r, &robot, &wish);
  double power = r.power;
  gait_finish(&g, &r);
  biped_finish(&robot);
  return power;
}

// A load, a heavier trunk, heavier or longer legs change what it takes.
static void test_body_decides(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  double plain = power_of(&b, 0), loaded = power_of(&b, 20);
  b.trunk += 10;
  double trunk = power_of(&b, 0);
  b = biped_defaults();
  b.leg_mass += 2;
  double legs = power_of(&b, 0);
  b = biped_defaults();
  b.shank += 0.05;
  double longer = power_of(&b, 0);
  assert_true(loaded > plain * 1.02);
  assert_true(trunk > plain * 1.004);
  assert_true(legs > plain * 1.05);
  assert_true(fabs(longer - plain) > plain * 0.005);
}

// A floor that gives less than the jog needs is not jogged on, and the sentence says by how much.
static void test_wet_floor(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct gait g;
  struct gait_report r;
  struct error e;
  biped_make(&robot, &b);
  struct gait_wish wish = gait_wish_defaults(GAIT_JOG, 2.2);
  solve(&g, &r, &robot, &wish);
  double needed = r.friction_demand;
  gait_finish(&g, &r);
  wish.friction = needed * 1.001;
  solve(&g, &r, &robot, &wish);
  gait_finish(&g, &r);
  wish.friction = needed * 0.999;
  CHECK(gait_solve(&g, &r, &robot.humanoid, &robot.spec, &wish, &e), ==, STATUS_RANGE);
  CHECK_HAS(e.text, "friction");
  biped_finish(&robot);
}

static double power_at(const struct biped_robot *robot, enum gait_kind kind, double speed, unsigned *broken) {
  struct gait g;
  struct gait_report r;
  struct gait_wish wish = gait_wish_defaults(kind, speed);
  wish.friction = 1;
  solve(&g, &r, robot, &wish);
  double power = r.power;
  *broken = r.broken;
  gait_finish(&g, &r);
  return power;
}

// Below the change walking is the cheaper gait that holds its limits, above it jogging is.
static void test_walk_run(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct walk_run change;
  struct error e;
  unsigned walk_broken, jog_broken;
  biped_make(&robot, &b);
  for (int i = 0; i < robot.model.joint_count; i++) robot.spec.actuator[i].torque_peak = robot.spec.actuator[i].speed_max = 1e6;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, 1);
  wish.friction = 1;
  if (walk_run_find(&change, &robot.humanoid, &robot.spec, &wish, &e) != STATUS_OK) fail_msg("%s", e.text);
  CHECK_NEAR(change.froude, change.speed * change.speed / (GRAVITY * robot.humanoid.leg_length), 1e-12);
  CHECK(change.cause, ==, WALK_RUN_COST);
  double walk = power_at(&robot, GAIT_WALK, change.speed - 0.01, &walk_broken), jog = power_at(&robot, GAIT_JOG, change.speed - 0.01, &jog_broken);
  assert_true(walk < jog);
  assert_true(power_at(&robot, GAIT_WALK, change.speed + 0.01, &walk_broken) > power_at(&robot, GAIT_JOG, change.speed + 0.01, &jog_broken));
  CHECK_NEAR(walk, jog, 0.03 * walk);                                // the two meet there
  CHECK_NEAR(change.power, jog, 0.03 * jog);
  biped_finish(&robot);
}

static void test_refused(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct gait g;
  struct gait_report r;
  struct error e;
  biped_make(&robot, &b);
  struct gait_wish wish = gait_wish_defaults(GAIT_JOG, -1);
  CHECK(gait_solve(&g, &r, &robot.humanoid, &robot.spec, &wish, &e), ==, STATUS_CONFLICT);
  wish = gait_wish_defaults(GAIT_JOG, 2.2), wish.slope = 0.05;
  CHECK(gait_solve(&g, &r, &robot.humanoid, &robot.spec, &wish, &e), ==, STATUS_CONFLICT);
  wish = gait_wish_defaults(GAIT_JOG, 2.2), wish.samples = 201;
  CHECK(gait_solve(&g, &r, &robot.humanoid, &robot.spec, &wish, &e), ==, STATUS_RANGE);
  biped_finish(&robot);
}

int test_jog(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_laws), cmocka_unit_test(test_body_decides), cmocka_unit_test(test_wet_floor),
    cmocka_unit_test(test_walk_run), cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests_name("jog", tests, NULL, NULL);
}
