// Holding a pose: the statics against moments taken by hand, and what standing takes.
#include <string.h>

#include "robots/hold.h"
#include "tests/check.h"

struct robot {
  struct robot_model model;
  struct robot_spec  spec;
  struct humanoid    humanoid;
};

static void read(struct robot *r) {
  struct faults f;
  struct error e;
  const char *feet[2];
  faults_init(&f, "optimus-gen2", NULL, 0);
  CHECK(robot_model_read(&r->model, "assets/robots/optimus-gen2/optimus-gen2.urdf", &f), ==, STATUS_OK);
  CHECK(robot_spec_read(&r->spec, &r->model, "assets/robots/optimus-gen2", &f), ==, STATUS_OK);
  CHECK(humanoid_find(&r->humanoid, &r->model, robot_spec_feet(&r->spec, feet), &r->spec.sole, &e), ==, STATUS_OK);
  faults_finish(&f);
}

static void finish(struct robot *r) {
  robot_spec_finish(&r->spec);
  robot_model_finish(&r->model);
}

// Knees bent by `knee`, soles level, trunk leaning so that the centre of mass stays near the middle of the soles.
static void pose(const struct robot *r, double knee, double lean, double *q, struct base_motion *base) {
  static const char *const sides[] = {"left", "right"};
  memset(q, 0, ROBOT_JOINTS_MAX * sizeof *q);
  for (int i = 0; i < 2; i++) {
    char name[ROBOT_NAME_SIZE];
    snprintf(name, sizeof name, "%s_knee", sides[i]);
    q[robot_model_joint(&r->model, name)] = knee;
    snprintf(name, sizeof name, "%s_ankle_pitch", sides[i]);
    q[robot_model_joint(&r->model, name)] = lean - knee / 2;
    snprintf(name, sizeof name, "%s_hip_pitch", sides[i]);
    q[robot_model_joint(&r->model, name)] = -lean - knee / 2;
  }
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  *base = (struct base_motion){.orientation = {1, 0, 0, 0}};
  robot_forward(&r->model, base, q, NULL, body);
  base->position.z = r->humanoid.sole.height - body[r->humanoid.leg[LEFT].body].position.z;
}

static void test_moments(void **state) {
  (void)state;
  struct robot r;
  struct hold p;
  struct base_motion base;
  double q[ROBOT_JOINTS_MAX];
  read(&r);
  const double knees[] = {0, 0.12, 0.4, 0.8};
  for (int k = 0; k < 4; k++) {
    pose(&r, knees[k], 0.02, q, &base);
    hold_pose(&p, &r.humanoid, &r.model, &r.spec, &base, q, 25);
    CHECK_NEAR(v3_norm(p.residual.force), 0, 1e-10);
    CHECK_NEAR(v3_norm(p.residual.moment), 0, 1e-10);
    CHECK_NEAR(p.pressure[LEFT].z, 0, 1e-12);

    // each joint of the left leg carries the floor's force less the weight of what hangs below it
    struct body_motion body[ROBOT_JOINTS_MAX + 1];
    robot_forward(&r.model, &base, q, NULL, body);
    static const char *const names[] = {"left_hip_pitch", "left_knee", "left_ankle_pitch", "left_hip_roll", "left_ankle_roll"};
    for (int n = 0; n < 5; n++) {
      int j = robot_model_joint(&r.model, names[n]);
      bool roll = strstr(names[n], "roll") != NULL;
      struct v3 at = body[j + 1].position, moment = v3_cross(v3_sub(p.pressure[LEFT], at), v3(0, 0, r.model.mass * GRAVITY / 2));
      for (int b = j + 1; b <= r.humanoid.leg[LEFT].body; b++) {
        struct v3 com = v3_add(body[b].position, m3_apply(&body[b].rotation, r.model.body[b].com));
        moment = v3_add(moment, v3_cross(v3_sub(com, at), v3(0, 0, -r.model.body[b].mass * GRAVITY)));
      }
      CHECK_NEAR(p.tau[j], roll ? -moment.x : -moment.y, 1e-9);
    }
  }
  finish(&r);
}

static void test_power(void **state) {
  (void)state;
  struct robot r;
  struct hold p, deep;
  struct base_motion base;
  double q[ROBOT_JOINTS_MAX];
  read(&r);
  pose(&r, 0.15, 0.03, q, &base);
  hold_pose(&p, &r.humanoid, &r.model, &r.spec, &base, q, 25);
  assert_true(hold_stands(&p, &r.humanoid, &base, q));
  double sum = 0;
  for (int j = 0; j < r.model.joint_count; j++) {
    sum += p.joint_power[j];
    assert_true(p.joint_power[j] >= 0);
  }
  CHECK_NEAR(p.joints, sum, 1e-12);
  CHECK_NEAR(p.power, 100 + 28 + sum, 1e-9);
  if (!(p.power >= 125 && p.power <= 165)) fail_msg("standing takes %g W, 125 to 165 expected", p.power);

  // deeper knees and a load in front cost more, and heat the knees
  pose(&r, 0.8, 0.03, q, &base);
  hold_pose(&deep, &r.humanoid, &r.model, &r.spec, &base, q, 25);
  int knee = robot_model_joint(&r.model, "left_knee");
  assert_true(deep.power > p.power + 10);
  assert_true(deep.winding[knee] > p.winding[knee]);
  const struct actuator *a = &r.spec.actuator[knee];
  struct actuator_power x = actuator_power(a, deep.tau[knee], 0, 0, heat_copper_factor(a, deep.winding[knee]));
  double winding, housing;
  heat_steady(a, x.copper, actuator_power(a, deep.tau[knee], 0, 0, 1).inverter, 25, &winding, &housing);
  CHECK_NEAR(deep.winding[knee], winding, 1e-9);

  // leaning further than the toes cannot be held
  pose(&r, 0.15, 0.4, q, &base);
  hold_pose(&p, &r.humanoid, &r.model, &r.spec, &base, q, 25);
  assert_false(hold_stands(&p, &r.humanoid, &base, q));
  finish(&r);
}

int test_hold(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_moments), cmocka_unit_test(test_power)};
  return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
