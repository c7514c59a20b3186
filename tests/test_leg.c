// Legs: closed form and Newton against forward kinematics, rates against differences, torques against virtual work.
#include "tests/check.h"

#include <math.h>
#include <string.h>

#include "robots/arm.h"
#include "robots/leg.h"
#include "tests/biped.h"

static double draw(uint64_t *n, double low, double high) {
  *n = *n * 6364136223846793005u + 1442695040888963407u;
  return low + (high - low) * (double)(*n >> 11) / 9007199254740992.0;
}

static void random_leg(uint64_t *n, double *q) {
  for (int i = 0; i < 6; i++) q[i] = draw(n, -0.7, 0.7);
  q[3] = draw(n, 0.15, 2.2);
}

static void check_pose(const struct leg *l, const double *q, const struct m3 *rotation, struct v3 position, double tolerance) {
  struct m3 r;
  struct v3 p;
  leg_forward(l, q, &r, &p);
  CHECK_NEAR(v3_norm(v3_sub(p, position)), 0, tolerance);
  for (int i = 0; i < 9; i++) CHECK_NEAR(r.m[i], rotation->m[i], tolerance);
}

static const char *const hips[] = {"yrp", "ypr", "pry", "pyr", "rpy", "ryp"}, *const ankles[] = {"pr", "rp"};

// every order of the axes gives back the angles that made the pose
static void test_round_trip(void **state) {
  (void)state;
  uint64_t n = 1;
  for (int hip = 0; hip < 6; hip++)
    for (int ankle = 0; ankle < 2; ankle++) {
      struct biped b = biped_defaults();
      struct biped_robot robot;
      b.hip = hips[hip], b.ankle = ankles[ankle];
      biped_make(&robot, &b);
      assert_true(robot.humanoid.closed_form);
      for (int side = 0; side < 2; side++) {
        struct leg l;
        leg_init(&l, &robot.humanoid, side);
        CHECK_NEAR(l.reach, b.thigh + b.shank, 1e-15);
        for (int i = 0; i < 200; i++) {
          double q[6], back[6];
          struct m3 r;
          struct v3 p;
          random_leg(&n, q);
          leg_forward(&l, q, &r, &p);
          CHECK_NEAR(leg_solve(&l, &r, p, back), 0, 0);
          check_pose(&l, back, &r, p, 1e-13);
          for (int k = 0; k < 6; k++) CHECK_NEAR(back[k], q[k], 1e-12);
        }
      }
      biped_finish(&robot);
    }
}

// several at once are each as by itself, bit for bit, in reach and out of it
static void test_several_at_once(void **state) {
  (void)state;
  uint64_t n = 9;
  const enum lane_width widest = dynamics_lanes();
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  for (int side = 0; side < 2; side++) {
    struct leg l;
    leg_init(&l, &robot.humanoid, side);
    for (int i = 0; i < 200; i++) {
      double angle[6], q[LEG_MANY][LIMB_JOINTS_MAX], beyond[LEG_MANY], one[LIMB_JOINTS_MAX];
      struct m3 r = m3_identity(), turned;
      struct v3 p[LEG_MANY];
      for (int k = 0; k < LEG_MANY; k++) {
        random_leg(&n, angle);
        leg_forward(&l, angle, k == 0 && i % 2 ? &r : &turned, &p[k]);
        if (i % 5 == 0) p[k] = v3_scale(p[k], 1.3);
      }
      for (int count = 1; count <= LEG_MANY; count++)
        for (int lanes = LANES_1; lanes <= (int)widest; lanes = lanes == LANES_1 ? LANES_4 : 2 * lanes) {
          leg_solve_many(&l, &r, p, count, q, beyond, (enum lane_width)lanes);
          for (int k = 0; k < count; k++) {
            double out = leg_solve(&l, &r, p[k], one);
            CHECK(memcmp(&out, &beyond[k], sizeof out), ==, 0);
            CHECK(memcmp(one, q[k], 6 * sizeof *one), ==, 0);
          }
        }
    }
  }
  biped_finish(&robot);
}

// the leg's forward kinematics is the model's
static void test_against_model(void **state) {
  (void)state;
  uint64_t n = 5;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  b.ankle_offset = 0.02;
  biped_make(&robot, &b);
  const struct robot_model *m = &robot.model;
  for (int side = 0; side < 2; side++) {
    struct leg l;
    double q[6], all[ROBOT_JOINTS_MAX] = {0};
    struct body_motion body[ROBOT_JOINTS_MAX + 1];
    struct base_motion base = {.orientation = {1, 0, 0, 0}};
    struct m3 r;
    struct v3 p;
    leg_init(&l, &robot.humanoid, side);
    random_leg(&n, q);
    for (int i = 0; i < 6; i++) all[l.chain.joint[i]] = q[i];
    robot_forward(m, &base, all, NULL, body);
    leg_forward(&l, q, &r, &p);

    // F is the foot's body turned to ahead, left, up, with its origin in the ankle
    int foot = robot.humanoid.leg[side].body;
    struct m3 f = m3_product(body[foot].rotation, robot.humanoid.foot_frame[side]);
    for (int i = 0; i < 9; i++) CHECK_NEAR(f.m[i], r.m[i], 1e-14);
    struct v3 rest = v3_sub(l.chain.tip, l.chain.point[5]);
    CHECK_NEAR(v3_norm(v3_sub(v3_add(body[foot].position, m3_apply(&r, rest)), p)), 0, 1e-14);
  }
  biped_finish(&robot);
}

// axes that do not meet: Newton
static void test_newton(void **state) {
  (void)state;
  uint64_t n = 2;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  b.hip_offset = 0.03, b.ankle_offset = 0.02;
  biped_make(&robot, &b);
  assert_false(robot.humanoid.closed_form);
  struct leg l;
  leg_init(&l, &robot.humanoid, LEFT);
  for (int i = 0; i < 200; i++) {
    double q[6], back[6];
    struct m3 r;
    struct v3 p;
    random_leg(&n, q);
    leg_forward(&l, q, &r, &p);
    memcpy(back, l.bent, sizeof back);
    CHECK_NEAR(leg_solve(&l, &r, p, back), 0, 1e-12);
    check_pose(&l, back, &r, p, 1e-12);
  }
  biped_finish(&robot);
}

// A smooth motion of pelvis and foot, with its derivatives.
static struct frame_motion wave(double t, double size, struct v3 at) {
  double s = sin(3 * t), c = cos(3 * t), yaw = size * s, yaw1 = 3 * size * c, yaw2 = -9 * size * s;
  struct frame_motion f = {.rotation = m3_rotation_z(yaw), .angular_velocity = {0, 0, yaw1}, .angular_acceleration = {0, 0, yaw2}};
  f.position = v3_add(at, v3(size * s, size * c, size * s * c));
  f.velocity = v3(3 * size * c, -3 * size * s, 3 * size * (c * c - s * s));
  f.acceleration = v3(-9 * size * s, -9 * size * c, -36 * size * s * c);

  // and a pitch on top, about the turned y axis
  double pitch = size * c, pitch1 = -3 * size * s, pitch2 = -9 * size * c;
  struct v3 y = v3(-sin(yaw), cos(yaw), 0), z = v3(0, 0, 1);
  f.rotation = m3_product(f.rotation, m3_rotation_y(pitch));
  f.angular_velocity = v3_add(f.angular_velocity, v3_scale(y, pitch1));
  f.angular_acceleration = v3_add(f.angular_acceleration, v3_add(v3_scale(y, pitch2), v3_scale(v3_cross(z, y), yaw1 * pitch1)));
  return f;
}

static void solve_at(const struct leg *l, double t, double *q, double *qd, double *qdd) {
  struct frame_motion root = wave(t, 0.1, v3(0, 0, 0.75)), foot = wave(1.3 * t + 1, 0.06, v3(0.05, 0.1, 0.12));

  // the foot's time runs 1.3 times as fast
  foot.velocity = v3_scale(foot.velocity, 1.3);
  foot.acceleration = v3_scale(foot.acceleration, 1.69);
  foot.angular_velocity = v3_scale(foot.angular_velocity, 1.3);
  foot.angular_acceleration = v3_scale(foot.angular_acceleration, 1.69);
  memcpy(q, l->bent, sizeof(double) * 6);
  CHECK_NEAR(leg_motion(l, &root, &foot, q, qd, qdd), 0, 1e-12);
  double alone[2][6];
  assert_true(leg_rates(l, &root, &foot, q, alone[0], alone[1]));
  for (int k = 0; k < 6; k++) {
    CHECK_NEAR(alone[0][k], qd[k], 1e-10);
    CHECK_NEAR(alone[1][k], qdd[k], 1e-9);
  }
}

static void test_rates(void **state) {
  (void)state;
  for (int kind = 0; kind < 3; kind++) {
    struct biped b = biped_defaults();
    struct biped_robot robot;
    if (kind == 1) b.hip = "pry", b.ankle = "rp";
    if (kind == 2) b.hip_offset = 0.03, b.ankle_offset = 0.02;
    biped_make(&robot, &b);
    struct leg l;
    leg_init(&l, &robot.humanoid, LEFT);
    for (int i = 0; i < 50; i++) {
      double t = i * 0.05, d = 1e-4, q[3][6], qd[3][6], qdd[3][6];
      for (int k = 0; k < 3; k++) solve_at(&l, t + (k - 1) * d, q[k], qd[k], qdd[k]);
      for (int k = 0; k < 6; k++) {
        CHECK_NEAR((q[2][k] - q[0][k]) / (2 * d), qd[1][k], 2e-6);
        CHECK_NEAR((qd[2][k] - qd[0][k]) / (2 * d), qdd[1][k], 2e-4);
      }
    }
    biped_finish(&robot);
  }
}

// torques of a wrench on the foot do the wrench's work
static void test_virtual_work(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  struct leg l;
  leg_init(&l, &robot.humanoid, RIGHT);
  struct frame_motion root = wave(0.3, 0.1, v3(0, 0, 0.8)), still = root, foot = wave(0.8, 0.06, v3(0.05, -0.1, 0.12));
  still.velocity = still.angular_velocity = still.acceleration = still.angular_acceleration = v3(0, 0, 0);
  double q[6], qd[6], qdd[6], tau[ROBOT_JOINTS_MAX] = {0}, work = 0;
  CHECK_NEAR(leg_motion(&l, &still, &foot, q, qd, qdd), 0, 0);
  struct wrench w = {v3(100, -30, 500), v3(4, 5, -6)};
  struct v3 at = v3_add(foot.position, v3(0.1, 0.02, -0.08));
  leg_wrench(&l, &root, q, at, &w, 1, tau, 1);
  for (int i = 0; i < 6; i++) work += tau[l.chain.joint[i]] * qd[i];
  struct v3 speed = v3_add(foot.velocity, v3_cross(foot.angular_velocity, v3_sub(at, foot.position)));
  CHECK_NEAR(work, v3_dot(w.force, speed) + v3_dot(w.moment, foot.angular_velocity), 1e-10);
  biped_finish(&robot);
}

static void test_out_of_reach(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  biped_make(&robot, &b);
  struct leg l;
  double q[6];
  struct m3 level = m3_identity(), r;
  struct v3 p;
  leg_init(&l, &robot.humanoid, LEFT);
  CHECK_NEAR(leg_length_bent(&l, 0), b.thigh + b.shank, 1e-15);
  CHECK_NEAR(leg_length_bent(&l, M_PI_2), sqrt(b.thigh * b.thigh + b.shank * b.shank), 1e-15);
  struct v3 far = v3_add(l.hip, v3(0.6, 0, -0.8));
  CHECK_NEAR(leg_solve(&l, &level, far, q), 1 - b.thigh - b.shank, 1e-12);

  // stretched towards the target, the sole still level
  leg_forward(&l, q, &r, &p);
  CHECK_NEAR(v3_norm(v3_sub(p, l.hip)), b.thigh + b.shank, 1e-12);
  CHECK_NEAR(v3_norm(v3_cross(v3_sub(p, l.hip), v3(0.6, 0, -0.8))), 0, 1e-12);
  for (int i = 0; i < 9; i++) CHECK_NEAR(r.m[i], level.m[i], 1e-12);
  biped_finish(&robot);
}

// every sample of every width is leg_motion's, bit for bit: in reach, on the stretched knee (damped), too far and too near
static void test_lanes(void **state) {
  (void)state;
  enum { N = 45, STRIDE = 48 };
  static double column[2][3][ROBOT_JOINTS_MAX * STRIDE] __attribute__((aligned(64)));
  struct { double before; struct frame_motion frame; } foot[N];
  struct frame_motion root[N];
  for (int kind = 0; kind < 3; kind++) {
    struct biped b = biped_defaults();
    struct biped_robot robot;
    if (kind == 1) b.hip = "pry", b.ankle = "rp";
    if (kind == 2) b.hip_offset = 0.03, b.ankle_offset = 0.02;
    biped_make(&robot, &b);
    struct leg l;
    struct leg_load load[N];
    leg_init(&l, &robot.humanoid, RIGHT);
    int damped = 0;
    for (int k = 0; k < N; k++) {
      root[k] = wave(0.07 * k, 0.1, v3(0, 0, 0.75));
      foot[k].frame = wave(0.09 * k + 1, 0.06, v3(0.05, -0.1, 0.12));
      struct v3 hip = v3_add(root[k].position, m3_apply(&root[k].rotation, l.hip)), down = v3(0.48, 0, -0.8772685);
      if (k % 5 == 1) foot[k].frame.position = v3_mul_add(hip, down, 1.05 * l.reach);
      if (k % 5 == 3) foot[k].frame.position = v3_mul_add(hip, down, k % 2 ? l.reach : 1e-3 * l.reach);
      damped += k % 5 == 1 || k % 5 == 3;
    }
    CHECK(damped, ==, 18);
    double q[6], qd[6], qdd[6], largest = 0;
    memcpy(q, l.bent, sizeof q);
    for (int k = 0; k < N; k++) {
      double beyond = leg_motion(&l, &root[k], &foot[k].frame, q, qd, qdd);
      if (beyond > largest) largest = beyond;
      for (int i = 0; i < 6; i++) {
        int at = l.chain.joint[i] * STRIDE + k;
        column[0][0][at] = q[i], column[0][1][at] = qd[i], column[0][2][at] = qdd[i];
        assert_true(isfinite(q[i]) && isfinite(qd[i]) && isfinite(qdd[i]));
      }
    }
    static double tau[2][ROBOT_JOINTS_MAX * STRIDE] __attribute__((aligned(64)));
    memset(tau[0], 0, sizeof tau[0]);
    for (int k = 0; k < N; k++) {
      load[k] = (struct leg_load){v3_add(foot[k].frame.position, v3(0.1, 0.02, -0.08)), {v3(10, -30, 500 - k), v3(4, k, -6)}};
      for (int i = 0; i < 6; i++) q[i] = column[0][0][l.chain.joint[i] * STRIDE + k];
      leg_wrench(&l, &root[k], q, load[k].point, &load[k].wrench, -1, tau[0] + k, STRIDE);
    }
    for (int width = 1; width <= (int)dynamics_lanes(); width = width == 1 ? 4 : 2 * width) {
      struct leg_columns c = {N, STRIDE, root, &foot[0].frame, sizeof foot[0], column[1][0], column[1][1], column[1][2]};
      memset(column[1], 0, sizeof column[1]);
      CHECK_NEAR(leg_columns_run(&l, &c, width), largest, 0);
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 3; j++)
          assert_memory_equal(&column[1][j][l.chain.joint[i] * STRIDE], &column[0][j][l.chain.joint[i] * STRIDE], N * sizeof(double));
      struct leg_wrenches w = {N, STRIDE, root, load, column[0][0], tau[1], -1};
      memset(tau[1], 0, sizeof tau[1]);
      leg_wrenches_run(&l, &w, width);
      for (int i = 0; i < 6; i++) assert_memory_equal(&tau[1][l.chain.joint[i] * STRIDE], &tau[0][l.chain.joint[i] * STRIDE], N * sizeof(double));
    }
    biped_finish(&robot);
  }
}

// limbs are found from the tree alone
static void test_find(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct humanoid h;
  struct error e;
  biped_make(&robot, &b);
  CHECK(humanoid_find(&h, &robot.model, NULL, NULL, &e), ==, STATUS_OK);
  for (int s = 0; s < 2; s++) {
    CHECK(h.leg[s].count, ==, 6);
    CHECK(h.leg[s].body, ==, robot.humanoid.leg[s].body);
    CHECK(h.arm[s].count, ==, 5);
    assert_string_equal(robot.model.joint[h.arm[s].joint[0]].name, s ? "right_shoulder_pitch" : "left_shoulder_pitch");
    assert_string_equal(robot.model.joint[h.leg[s].joint[5]].name, s ? "right_foot" : "left_foot");
  }
  CHECK(h.waist_count, ==, 2);
  CHECK_NEAR(h.hip_half, b.hip_half, 1e-15);
  CHECK_NEAR(h.thigh, b.thigh, 1e-15);
  CHECK_NEAR(h.shank, b.shank, 1e-15);
  const char *wrong[2] = {"left_foot", "no_such_link"};
  CHECK(humanoid_find(&h, &robot.model, wrong, NULL, &e), ==, STATUS_REF);
  CHECK_HAS(e.text, "no_such_link");
  const char *same[2] = {"left_foot", "left_foot"};
  CHECK(humanoid_find(&h, &robot.model, same, NULL, &e), ==, STATUS_REF);
  biped_finish(&robot);
}

// the wrist goes where the arm can reach, within the joints' ranges
static void test_arm(void **state) {
  (void)state;
  uint64_t n = 3;
  struct biped b = biped_defaults();
  struct biped_robot robot;
  struct arm a;
  biped_make(&robot, &b);
  arm_init(&a, &robot.humanoid, LEFT);
  CHECK_NEAR(a.reach, 0.54, 1e-15);
  for (int i = 0; i < 100; i++) {
    double q[5], start[5] = {0, 0.1, 0, -0.5, 0};
    struct m3 r;
    struct v3 p;
    for (int k = 0; k < 5; k++) {
      double low = a.chain.lower[k] > -1 ? a.chain.lower[k] : -1, high = a.chain.upper[k] < 1 ? a.chain.upper[k] : 1;
      q[k] = draw(&n, low, high);
    }
    chain_forward(&a.chain, q, &r, &p, NULL, NULL);
    CHECK_NEAR(arm_solve(&a, NULL, p, NULL, start), 0, 1e-6);
    for (int k = 0; k < 5; k++) assert_true(start[k] >= a.chain.lower[k] && start[k] <= a.chain.upper[k]);
  }
  biped_finish(&robot);
}

int test_leg(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_find), cmocka_unit_test(test_round_trip), cmocka_unit_test(test_several_at_once), cmocka_unit_test(test_against_model), cmocka_unit_test(test_newton),
    cmocka_unit_test(test_rates), cmocka_unit_test(test_virtual_work), cmocka_unit_test(test_out_of_reach), cmocka_unit_test(test_lanes), cmocka_unit_test(test_arm),
  };
  return cmocka_run_group_tests_name("leg", tests, NULL, NULL);
}
