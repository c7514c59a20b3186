// Our own robots: what is reported of them, de Leva's proportions, both sides alike, every inertia one that a body can have,
// and robot.yaml fitting the URDF.
#include <string.h>

#include "robots/dynamics.h"
#include "robots/spec.h"
#include "tests/check.h"

static const char *const folders[] = {"assets/robots/optimus-gen2", "assets/robots/optimus-v3"};
static const char *const urdfs[] = {"assets/robots/optimus-gen2/optimus-gen2.urdf", "assets/robots/optimus-v3/optimus-v3.urdf"};

struct robot {
  struct robot_model model;
  struct robot_spec  spec;
  struct body_motion body[ROBOT_JOINTS_MAX + 1];       // at q = 0
};

static void read(struct robot *r, int which) {
  struct faults f;
  faults_init(&f, urdfs[which], NULL, 0);
  enum status s = robot_model_read(&r->model, urdfs[which], &f);
  if (s == STATUS_OK) s = robot_spec_read(&r->spec, &r->model, folders[which], &f);
  if (f.count) faults_print(&f, stderr);
  CHECK(s, ==, STATUS_OK);
  CHECK(f.count, ==, 0);                               // no warning either: limits in both files agree
  faults_finish(&f);
  double q[ROBOT_JOINTS_MAX] = {0};
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  robot_forward(&r->model, &base, q, NULL, r->body);
}

static void finish(struct robot *r) {
  robot_spec_finish(&r->spec);
  robot_model_finish(&r->model);
}

static struct v3 place(const struct robot *r, const char *link) {
  struct m3 rotation;
  struct v3 at;
  int row = robot_model_link(&r->model, link);
  CHECK(row, >=, 0);
  robot_link_pose(&r->model, r->body, row, &rotation, &at);
  return at;
}

static int body_of(const struct robot *r, const char *joint) {
  int j = robot_model_joint(&r->model, joint);
  if (j < 0) fail_msg("no joint %s", joint);
  return j + 1;
}

static bool in_hand(const char *joint) {
  static const char *const words[] = {"_thumb_", "_index_", "_middle_", "_ring_", "_little_"};
  for (int i = 0; i < 5; i++)
    if (strstr(joint, words[i])) return true;
  return false;
}

static void test_what_is_reported(void **state) {
  (void)state;
  for (int which = 0; which < 2; which++) {
    struct robot r;
    read(&r, which);
    int hand[2] = {0, 0}, moving[2] = {0, 0}, structural = 0;
    for (int j = 0; j < r.model.joint_count; j++) {
      const struct robot_joint *joint = &r.model.joint[j];
      bool driven = joint->mimic < 0;
      CHECK(driven, ==, r.spec.drive[j] >= 0);
      if (in_hand(joint->name)) moving[joint->name[0] == 'r']++, hand[joint->name[0] == 'r'] += driven;
      else structural += driven;
    }
    CHECK(structural, ==, 28);
    for (int side = 0; side < 2; side++) {
      CHECK(moving[side], ==, which == 0 ? 11 : 22);
      CHECK(hand[side], ==, which == 0 ? 6 : 22);
    }
    CHECK_NEAR(r.model.mass, 56, 0.05);
    CHECK_NEAR(place(&r, "crown").z - place(&r, "left_sole").z, 1.73, 0.005);
    CHECK_NEAR(r.spec.battery.energy, 2.3 * 3.6e6, 1e-6);
    CHECK_NEAR(r.spec.bus.electronics, 100, 0);        // sitting
    CHECK_NEAR(r.spec.enabled, 28, 0);
    CHECK_NEAR(r.spec.calibration.power, 500, 0);
    finish(&r);
  }
}

// Masses and the place of the centres of mass of whole segments, table 4 of de Leva (1996), males.
static void test_proportions(void **state) {
  (void)state;
  static const struct { const char *joint[4]; double mass, com; const char *top, *bottom; } segments[] = {
    {{"left_hip_yaw", "left_hip_roll", "left_hip_pitch"}, 14.16, 40.95, "left_thigh", "left_shank"},
    {{"left_knee"}, 4.33, 44.59, "left_shank", "left_foot"},
    {{"left_ankle_pitch", "left_ankle_roll"}, 1.37, 0, NULL, NULL},
    {{"left_shoulder_pitch", "left_shoulder_roll", "left_shoulder_yaw"}, 2.71, 57.72, "left_upper_arm", "left_forearm"},
    {{"left_elbow", "left_wrist_roll"}, 1.62, 45.74, "left_forearm", "left_hand"},
    {{"neck_pitch"}, 6.94, 0, NULL, NULL},
    {{"waist_pitch", "waist_yaw", "neck_yaw"}, 15.96 + 16.33, 0, NULL, NULL},
  };
  struct robot r;
  read(&r, 0);
  double hand = 0;
  for (int j = 0; j < r.model.joint_count; j++)
    if (in_hand(r.model.joint[j].name) || strstr(r.model.joint[j].name, "wrist_pitch")) hand += r.model.body[j + 1].mass;
  CHECK_NEAR(hand, 2 * 0.0061 * 56, 1e-6);
  CHECK_NEAR(r.model.body[0].mass, 0.1117 * 56, 1e-6);
  for (size_t i = 0; i < sizeof segments / sizeof *segments; i++) {
    double mass = 0, height = 0;
    for (int k = 0; k < 4 && segments[i].joint[k]; k++) {
      int b = body_of(&r, segments[i].joint[k]);
      struct v3 com = v3_add(r.body[b].position, m3_apply(&r.body[b].rotation, r.model.body[b].com));
      mass += r.model.body[b].mass;
      height += r.model.body[b].mass * com.z;
    }
    CHECK_NEAR(mass, segments[i].mass / 100 * 56, 1e-6);
    if (!segments[i].top) continue;
    double top = place(&r, segments[i].top).z, bottom = place(&r, segments[i].bottom).z;
    CHECK_NEAR((top - height / mass) / (top - bottom) * 100, segments[i].com, 1e-4);
  }
  finish(&r);
}

// The right side is the left one in a mirror: masses, places, inertias, axes, ranges and drives.
static void test_mirror(void **state) {
  (void)state;
  for (int which = 0; which < 2; which++) {
    struct robot r;
    int pairs = 0;
    read(&r, which);
    for (int j = 0; j < r.model.joint_count; j++) {
      const struct robot_joint *left = &r.model.joint[j];
      char name[ROBOT_NAME_SIZE + 8];
      if (strncmp(left->name, "left_", 5) != 0) continue;
      snprintf(name, sizeof name, "right_%s", left->name + 5);
      int a = j + 1, b = body_of(&r, name);
      const struct robot_body *p = &r.model.body[a], *q = &r.model.body[b];
      pairs++;
      CHECK_NEAR(p->mass, q->mass, 1e-12);
      struct v3 x = v3_add(r.body[a].position, m3_apply(&r.body[a].rotation, p->com));
      struct v3 y = v3_add(r.body[b].position, m3_apply(&r.body[b].rotation, q->com));
      CHECK_NEAR(x.x, y.x, 1e-12);
      CHECK_NEAR(x.y, -y.y, 1e-12);
      CHECK_NEAR(x.z, y.z, 1e-12);
      struct m3 turn = m3_product(r.body[a].rotation, p->inertia), back = m3_transpose(r.body[a].rotation), i = m3_product(turn, back);
      turn = m3_product(r.body[b].rotation, q->inertia), back = m3_transpose(r.body[b].rotation);
      struct m3 k = m3_product(turn, back);
      for (int n = 0; n < 9; n++) CHECK_NEAR(i.m[n], k.m[n] * ((n / 3 == 1) != (n % 3 == 1) ? -1 : 1), 1e-12);

      // a turn about an axis keeps its sense in a mirror when the axis is across; otherwise the range is turned over
      const struct robot_joint *right = &r.model.joint[b - 1];
      struct v3 u = m3_apply(&r.body[a].rotation, v3(0, 0, 1)), v = m3_apply(&r.body[b].rotation, v3(0, 0, 1));
      struct v3 mirrored = v3(-u.x, u.y, -u.z);
      double same = v3_dot(mirrored, v);
      CHECK_NEAR(same * same, 1, 1e-12);
      CHECK_NEAR(left->lower, same > 0 ? right->lower : -right->upper, 1e-12);
      CHECK_NEAR(left->upper, same > 0 ? right->upper : -right->lower, 1e-12);
      CHECK(r.spec.drive[a - 1], ==, r.spec.drive[b - 1]);
    }
    CHECK(pairs, ==, which == 0 ? 23 : 34);
    finish(&r);
  }
}

// Positive definite, and no axis with more than the other two together: by the coefficients of the characteristic polynomial.
static void test_inertias(void **state) {
  (void)state;
  for (int which = 0; which < 2; which++) {
    struct robot r;
    read(&r, which);
    for (int b = 0; b <= r.model.joint_count; b++) {
      // with S = tr(I)/2 - I, both hold when S is positive definite
      const double *m = r.model.body[b].inertia.m;
      double half = (m[0] + m[4] + m[8]) / 2;
      double s[9] = {half - m[0], -m[1], -m[2], -m[3], half - m[4], -m[5], -m[6], -m[7], half - m[8]};
      double minor = s[0] * s[4] - s[1] * s[3];
      double whole = s[0] * (s[4] * s[8] - s[5] * s[7]) - s[1] * (s[3] * s[8] - s[5] * s[6]) + s[2] * (s[3] * s[7] - s[4] * s[6]);
      assert_true(r.model.body[b].mass > 0);
      if (!(s[0] > 0 && minor > 0 && whole > 0)) fail_msg("body %d of %s has no possible inertia", b, urdfs[which]);
    }
    finish(&r);
  }
}

// Hips, ankles, shoulders and wrists meet in points, so that closed forms apply; feet are found as they are named.
static void test_arrangement(void **state) {
  (void)state;
  for (int which = 0; which < 2; which++) {
    struct robot r;
    struct humanoid h;
    struct error e = {0};
    const char *feet[2];
    read(&r, which);
    CHECK(humanoid_find(&h, &r.model, robot_spec_feet(&r.spec, feet), &r.spec.sole, &e), ==, STATUS_OK);
    assert_true(h.closed_form);
    CHECK_NEAR(h.thigh, 0.424, 1e-12);
    CHECK_NEAR(h.shank, 0.426, 1e-12);
    CHECK_NEAR(h.hip_half, 0.085, 1e-12);
    CHECK_NEAR(h.leg_length, 0.424 + 0.426 + 0.0865, 1e-12);
    CHECK(h.leg[LEFT].count, ==, 6);
    CHECK(h.arm[RIGHT].count, >=, 6);
    struct humanoid found;
    CHECK(humanoid_find(&found, &r.model, NULL, NULL, &e), ==, STATUS_OK);
    CHECK(found.leg[LEFT].body, ==, h.leg[LEFT].body);
    CHECK(found.leg[RIGHT].body, ==, h.leg[RIGHT].body);
    finish(&r);
  }
}

int test_optimus(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_what_is_reported), cmocka_unit_test(test_proportions), cmocka_unit_test(test_mirror),
    cmocka_unit_test(test_inertias),         cmocka_unit_test(test_arrangement),
  };
  return cmocka_run_group_tests_name("optimus", tests, NULL, NULL);
}
