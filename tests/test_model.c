// What the tree of bodies says of a URDF: places, masses, order, followers; merging changes nothing that can be measured.
#include <stdlib.h>
#include <string.h>

#include "robots/dynamics.h"
#include "tests/check.h"
#include "tests/trees.h"

#define JOINTS 64

// ---- merging --------------------------------------------------------------------------------------------------

// The same tree with joints that could turn where it has fixed ones. Owned.
static char *loosened(const char *text) {
  static const char fixed[] = "type=\"fixed\"", loose[] = "type=\"revolute\"";
  char *out = malloc(2 * strlen(text)), *p = out;
  assert_non_null(out);
  for (const char *from = text;;) {
    const char *next = strstr(from, fixed);
    size_t n = next ? (size_t)(next - from) : strlen(from);
    memcpy(p, from, n);
    p += n;
    if (!next) break;
    memcpy(p, loose, sizeof loose - 1);
    p += sizeof loose - 1;
    from = next + sizeof fixed - 1;
  }
  *p = 0;
  return out;
}

struct pose { double q[JOINTS], qd[JOINTS], qdd[JOINTS]; };

static double around(struct stream *s, double size) { return size * (2 * stream_unit(s) - 1); }

static struct v3 around3(struct stream *s, double size) {
  double x = around(s, size), y = around(s, size), z = around(s, size);
  return v3(x, y, z);
}

// joints of the merged tree get numbers, the loosened ones stay at 0
static void draw(const struct robot_model *merged, const struct robot_model *loose, struct stream *s, struct pose *a, struct pose *b) {
  *a = *b = (struct pose){0};
  for (int i = 0; i < merged->joint_count; i++) {
    int k = robot_model_joint(loose, merged->joint[i].name);
    assert_true(k >= 0);
    b->q[k] = a->q[i] = around(s, 2);
    b->qd[k] = a->qd[i] = around(s, 3);
    b->qdd[k] = a->qdd[i] = around(s, 20);
  }
}

static void compare_forces(const struct robot_model *merged, const struct robot_model *loose, const struct base_motion *base, const struct pose *a, const struct pose *b) {
  double tau[JOINTS], loose_tau[JOINTS];
  struct wrench root, loose_root;
  robot_inverse_dynamics(merged, base, a->q, a->qd, a->qdd, 0, NULL, NULL, tau, &root);
  robot_inverse_dynamics(loose, base, b->q, b->qd, b->qdd, 0, NULL, NULL, loose_tau, &loose_root);
  double size = 1 + v3_norm(root.force) + v3_norm(root.moment);
  for (int i = 0; i < merged->joint_count; i++) CHECK_NEAR(tau[i], loose_tau[robot_model_joint(loose, merged->joint[i].name)], 1e-12 * size);
  CHECK_NEAR(v3_norm(v3_sub(root.force, loose_root.force)), 0, 1e-12 * size);
  CHECK_NEAR(v3_norm(v3_sub(root.moment, loose_root.moment)), 0, 1e-12 * size);
}

static void compare_places(const struct robot_model *merged, const struct robot_model *loose, const struct base_motion *base, const struct pose *a, const struct pose *b) {
  struct body_motion bodies[JOINTS + 1], loose_bodies[JOINTS + 1];
  robot_forward(merged, base, a->q, a->qd, bodies);
  robot_forward(loose, base, b->q, b->qd, loose_bodies);
  for (int l = 0; l < merged->link_count; l++) {
    struct m3 R, S;
    struct v3 p, r;
    robot_link_pose(merged, bodies, l, &R, &p);
    robot_link_pose(loose, loose_bodies, robot_model_link(loose, merged->link[l].name), &S, &r);
    CHECK_NEAR(v3_norm(v3_sub(p, r)), 0, 1e-13);
    for (int k = 0; k < 9; k++) CHECK_NEAR(R.m[k], S.m[k], 1e-13);
  }
  struct v3 v, u, com = robot_com(merged, bodies, &v), loose_com = robot_com(loose, loose_bodies, &u);
  CHECK_NEAR(v3_norm(v3_sub(com, loose_com)), 0, 1e-13);
  CHECK_NEAR(v3_norm(v3_sub(v, u)), 0, 1e-12);
}

static void test_merged_is_the_same_robot(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "model", "merge", 0);
  int merged_joints = 0;
  for (int round = 0; round < 40; round++) {
    struct robot_model merged, loose;
    char *text = tree_text(&s, 25), *other = loosened(text);
    tree_parse(&merged, text);
    tree_parse(&loose, other);
    CHECK(loose.joint_count, ==, 24);
    merged_joints += 24 - merged.joint_count;
    struct pose a, b;
    struct base_motion base = {.orientation = {0.5, -0.7, 0.3, 0.4}, .position = around3(&s, 2), .velocity = around3(&s, 1), .angular_velocity = around3(&s, 2),
                               .acceleration = around3(&s, 5), .angular_acceleration = around3(&s, 5)};
    draw(&merged, &loose, &s, &a, &b);
    compare_forces(&merged, &loose, &base, &a, &b);
    compare_places(&merged, &loose, &base, &a, &b);
    robot_model_finish(&merged);
    robot_model_finish(&loose);
    free(text);
    free(other);
  }
  CHECK(merged_joints, >, 80);
}

// ---- by hand --------------------------------------------------------------------------------------------------

// two points of 1 and 3 kg, 0.4 m apart by a fixed joint: com at 0.3, reduced mass 0.75 kg
static void test_two_masses(void **state) {
  (void)state;
  struct robot_model m;
  tree_parse(&m, "<robot name=\"r\"><link name=\"a\"><inertial><mass value=\"1\"/><inertia ixx=\"0\" iyy=\"0\" izz=\"0\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>"
                 "<link name=\"b\"><inertial><mass value=\"3\"/><inertia ixx=\"0\" iyy=\"0\" izz=\"0\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>"
                 "<joint name=\"j\" type=\"fixed\"><parent link=\"a\"/><child link=\"b\"/><origin xyz=\"0.4 0 0\"/></joint></robot>");
  CHECK(m.joint_count, ==, 0);
  CHECK_NEAR(m.mass, 4, 0);
  CHECK_NEAR(m.body[0].com.x, 0.3, 1e-15);
  CHECK_NEAR(m.body[0].inertia.m[0], 0, 1e-16);
  CHECK_NEAR(m.body[0].inertia.m[4], 0.75 * 0.16, 1e-15);
  CHECK_NEAR(m.body[0].inertia.m[8], 0.75 * 0.16, 1e-15);
  robot_model_finish(&m);
}

// an inertia written in axes turned a quarter about z, on a link whose joint turns about -y: body z is the axis
static void test_axes(void **state) {
  (void)state;
  static const char *const axes[6] = {"1 0 0", "0 1 0", "0 0 1", "-1 0 0", "0 -3 0", "0 0 -0.5"};
  static const double unit[6][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
  for (int i = 0; i < 6; i++) {
    char text[1000];
    struct robot_model m;
    snprintf(text, sizeof text, "<robot name=\"r\"><link name=\"a\"/><link name=\"b\"><inertial><origin xyz=\"0.1 0.2 0.3\" rpy=\"0 0 1.57079632679489661923\"/><mass value=\"2\"/>"
             "<inertia ixx=\"0.2\" iyy=\"0.3\" izz=\"0.4\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>"
             "<joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/><axis xyz=\"%s\"/></joint></robot>", axes[i]);
    tree_parse(&m, text);
    const struct m3 *R = &m.joint[0].rotation, *I = &m.body[1].inertia;
    for (int k = 0; k < 3; k++) CHECK_NEAR(R->m[3 * k + 2], unit[i][k], 0);
    // about the axis: ixx and iyy have changed places
    double about = i % 3 == 0 ? 0.3 : i % 3 == 1 ? 0.2 : 0.4;
    CHECK_NEAR(I->m[8], about, 1e-15);
    CHECK_NEAR(I->m[0] + I->m[4] + I->m[8], 0.9, 1e-15);
    struct v3 back = m3_apply(R, m.body[1].com);
    CHECK_NEAR(v3_norm(v3_sub(back, v3(0.1, 0.2, 0.3))), 0, 1e-16);
    robot_model_finish(&m);
  }
}

#define LINK(name)                "<link name=\"" name "\"><inertial><mass value=\"1\"/><inertia ixx=\"1\" iyy=\"1\" izz=\"1\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>"
#define JOINT(name, above, below, more) \
  "<joint name=\"" name "\" type=\"revolute\"><parent link=\"" above "\"/><child link=\"" below "\"/><axis xyz=\"0 0 1\"/><limit lower=\"-1\" upper=\"2\" effort=\"5\" velocity=\"6\"/>" more "</joint>"

// joints written from the ends inwards come in the order of the tree; followers of followers follow the leader
static void test_order_and_followers(void **state) {
  (void)state;
  struct robot_model m;
  tree_parse(&m, "<robot name=\"r\">" LINK("d") LINK("c") LINK("b") LINK("a")
             JOINT("cd", "c", "d", "<mimic joint=\"bc\" multiplier=\"2\" offset=\"0.5\"/>") JOINT("bc", "b", "c", "<mimic joint=\"ab\" multiplier=\"3\" offset=\"1\"/>")
             JOINT("ab", "a", "b", "") "</robot>");
  static const char *const order[3] = {"ab", "bc", "cd"};
  for (int i = 0; i < 3; i++) {
    assert_string_equal(m.joint[i].name, order[i]);
    CHECK(m.joint[i].parent, ==, i);
    CHECK(m.joint[i].file_order, ==, 2 - i);
    CHECK_NEAR(m.joint[i].lower, -1, 0);
    CHECK_NEAR(m.joint[i].upper, 2, 0);
    CHECK_NEAR(m.joint[i].effort, 5, 0);
    CHECK_NEAR(m.joint[i].velocity, 6, 0);
  }
  CHECK(m.joint[0].mimic, ==, -1);
  CHECK(m.joint[1].mimic, ==, 0);
  CHECK(m.joint[2].mimic, ==, 0);
  // cd = 2 bc + 0.5 = 2 (3 ab + 1) + 0.5
  CHECK_NEAR(m.joint[2].mimic_factor, 6, 0);
  CHECK_NEAR(m.joint[2].mimic_offset, 2.5, 0);
  robot_model_finish(&m);
  robot_model_finish(&m);           // an empty one too
}

int test_model(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_merged_is_the_same_robot),
    cmocka_unit_test(test_two_masses),
    cmocka_unit_test(test_axes),
    cmocka_unit_test(test_order_and_followers),
  };
  return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
