// Walks along routes: they end on the goal, hold their limits, and cost what the library says.
#include "tests/check.h"

#include "base/random.h"
#include "robots/soles.h"
#include "robots/walker.h"
#include "tests/biped.h"

static struct biped_robot robot;
static struct gait_library library;

static int make_library(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct error e = {0};
  biped_make(&robot, &b);
  if (gait_library_make(&library, &robot.humanoid, &robot.spec, 2, &e) != STATUS_OK) return 1;
  return gait_library_fit(&library, 2, &e) != STATUS_OK;
}

static int drop_library(void **state) {
  (void)state;
  biped_finish(&robot);
  return 0;
}

static int faults_of(const struct walk_faults *f) {
  return f->lift + f->sole + f->friction + f->yaw + f->torque + f->speed + f->joint + f->reach;
}

// random routes: on the goal, heading as asked, in the soles, time and energy as walk_cost says
static void test_routes(void **state) {
  (void)state;
  struct stream draw = stream_make(1, 0, "routes", "test", 0);
  double worst[2] = {0, 0}, sum[2] = {0, 0};
  for (int i = 0; i < 20; i++) {
    struct v3 point[4];
    struct error e = {0};
    struct walk w;
    struct walk_cost c, about;
    int n = 2 + (int)(3 * stream_unit(&draw));
    for (int k = 0; k < n; k++) point[k] = v3(8 * stream_unit(&draw), 8 * stream_unit(&draw), 0);
    struct walk_route r = walk_route_defaults(point, n);
    r.heading_start = 6 * stream_unit(&draw) - 3;
    r.heading_free = false;
    r.heading_end = 6 * stream_unit(&draw) - 3;
    r.speed = 0.4 + 0.8 * stream_unit(&draw);
    r.load = i % 3 ? 0 : 15 * stream_unit(&draw);
    r.load_pose = r.load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE;
    if (walk_make(&w, &library, &r, &e) != STATUS_OK) fail_msg("route %d: %s", i, e.text);
    if (walk_cost(&c, &library, &r, &e) != STATUS_OK) fail_msg("route %d: %s", i, e.text);
    if (walk_estimate(&about, &library, &r, &e) != STATUS_OK) fail_msg("route %d: %s", i, e.text);
    struct walk_sample last;
    double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
    walk_at(&w, w.time, &last, q, qd, qdd, 1);
    CHECK_NEAR(last.base.position.x, point[n - 1].x, 1e-9);
    CHECK_NEAR(last.base.position.y, point[n - 1].y, 1e-9);
    double turn = (w.end_heading - r.heading_end) / (2 * M_PI_D);
    CHECK_NEAR(turn - m_floor(turn + 0.5), 0, 1e-9);
    CHECK_NEAR(w.zmp_error, 0, 1e-3);
    CHECK(w.zmp_margin >= 0.010, ==, 1);
    CHECK(w.faults.lift + w.faults.sole + w.faults.reach + w.faults.joint, ==, 0);
    CHECK_NEAR(c.time, w.cost.time, 1e-9);
    CHECK(c.steps, ==, w.cost.steps);
    CHECK_NEAR(about.time, c.time, 0);
    for (int k = 0; k < 2; k++) {
      double apart = (k ? about : c).energy / w.cost.energy - 1;
      worst[k] = apart > worst[k] ? apart : -apart > worst[k] ? -apart : worst[k];
    }
    sum[0] += about.energy, sum[1] += w.cost.energy;
    walk_finish(&w);
  }
  CHECK_NEAR(worst[0], 0, 0.02);
  CHECK_NEAR(worst[1], 0, 0.04);
  CHECK_NEAR(sum[0] / sum[1], 1, 0.01);
}

// a few steps, turns, loads up to what it carries; long rows of like steps, of which most are not solved
static void test_cost(void **state) {
  (void)state;
  struct stream draw = stream_make(1, 0, "routes", "cost", 0);
  double worst[2] = {0, 0};
  for (int i = 0; i < 48; i++) {
    bool far = i % 8 == 7;
    struct v3 point[2] = {{0, 0, 0}, {0.05 + (far ? 25 : 1.5) * stream_unit(&draw), 0, 0}};
    struct error e = {0};
    struct walk w;
    struct walk_cost c;
    struct walk_route r = walk_route_defaults(point, i % 8 == 3 ? 1 : 2);
    r.heading_start = 6 * stream_unit(&draw) - 3;
    r.heading_free = false;
    r.heading_end = 6 * stream_unit(&draw) - 3;
    r.speed = 0.4 + stream_unit(&draw);
    r.load = i % 2 ? 0 : 20 * stream_unit(&draw);
    r.load_pose = r.load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE;
    if (walk_make(&w, &library, &r, &e) != STATUS_OK) continue;        // more than it can do
    if (walk_cost(&c, &library, &r, &e) != STATUS_OK) fail_msg("route %d: %s", i, e.text);
    CHECK_NEAR(c.time, w.cost.time, 1e-9);
    double apart = c.energy / w.cost.energy - 1;
    apart = apart < 0 ? -apart : apart;
    worst[far] = apart > worst[far] ? apart : worst[far];
    walk_finish(&w);
  }
  CHECK_NEAR(worst[0], 0, 0.02);
  CHECK_NEAR(worst[1], 0, 0.02);
}

// least distance of the soles from each other, seen from above, m
static double gap_of(const struct walk *w) {
  double least = 1e9;
  for (int k = 0; k < w->samples; k++) {
    struct sole_outline sole[2];
    for (int s = 0; s < 2; s++) sole[s] = sole_outline_of(&robot.humanoid, s, w->sample[k].foot[s].x, w->sample[k].foot[s].y, w->sample[k].foot_yaw[s]);
    double d = soles_apart(&sole[0], &sole[1]);
    least = d < least ? d : least;
  }
  return least;
}

// turns within the first and the last steps, as quickly as a brisk person, every limit of the contact held, no foot on the other
static void test_turns(void **state) {
  (void)state;
  static const double length[] = {0, 0.3, 0.6, 1, 2}, most[] = {3.5, 3.5, 4.0, 5.0, 7.0};
  for (int l = 0; l < 5; l++)
    for (int i = 0; i < 8; i++)
      for (int k = 0; k < 3; k++) {
        struct v3 point[2] = {{0, 0, 0}, {length[l], 0, 0}};
        struct error e = {0};
        struct walk w;
        struct walk_route r = walk_route_defaults(point, l ? 2 : 1);
        r.speed = 1.2;
        r.heading_start = i * M_PI_D / 4;
        r.heading_end = r.heading_start + 3.1 * (k - 1);
        r.heading_free = false;
        if (l == 0 && k == 1) continue;
        if (walk_make(&w, &library, &r, &e) != STATUS_OK) fail_msg("%g m from %g rad: %s", length[l], r.heading_start, e.text);
        if (w.time > most[l]) fail_msg("%g m from %g to %g rad takes %g s", length[l], r.heading_start, r.heading_end, w.time);
        CHECK(w.faults.lift + w.faults.sole + w.faults.friction + w.faults.yaw + w.faults.speed + w.faults.joint + w.faults.reach, ==, 0);
        CHECK(w.zmp_margin >= 0.010, ==, 1);
        CHECK(gap_of(&w) >= 0, ==, 1);
        walk_finish(&w);
      }
}

// legs whose hip and ankle axes do not meet walk, turn and step aside by numeric inverse kinematics
static void test_other_legs(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct biped_robot other;
  struct posture posture;
  struct error e = {0};
  b.hip_offset = 0.03, b.ankle_offset = 0.02;
  biped_make(&other, &b);
  struct gait_library plain = {.humanoid = &other.humanoid, .spec = &other.spec, .turning = turning_of(&other.humanoid, other.humanoid.hip_half)};
  posture_find(&posture, &other.humanoid, LOAD_NONE);
  if (stand_find(&plain.standing, &other.humanoid, &other.model, &posture, &e) != STATUS_OK) fail_msg("%s", e.text);
  plain.ankle[0] = plain.standing.ankle_x;
  static const double route[][3] = {{0, 0, 3}, {0.3, 1.57, 1.57}, {1, 1.57, 1.57}, {1.5, 0, 0}};
  for (int i = 0; i < 4; i++) {
    struct v3 point[2] = {{0, 0, 0}, {route[i][0], 0, 0}};
    struct walk_route r = walk_route_defaults(point, route[i][0] > 0 ? 2 : 1);
    struct walk w;
    r.heading_start = route[i][1], r.heading_end = route[i][2], r.heading_free = false, r.tick = 0.01;
    if (walk_make(&w, &plain, &r, &e) != STATUS_OK) fail_msg("%g m: %s", route[i][0], e.text);
    CHECK(w.faults.lift + w.faults.sole + w.faults.friction + w.faults.reach, ==, 0);
    CHECK_NEAR(w.zmp_error, 0, 2e-3);
    walk_finish(&w);
  }
  biped_finish(&other);
}

// a short ramp is walked straight ahead, whichever way the body looks before and after
static void test_short_ramp(void **state) {
  (void)state;
  struct v3 point[2] = {{0, 0, 0}, {1.2, 0, 0.12}};
  for (int i = 0; i < 4; i++) {
    struct error e = {0};
    struct walk w;
    struct walk_route r = walk_route_defaults(point, 2);
    r.speed = 0.8;
    r.heading_free = false;
    r.heading_start = i * M_PI_D / 2, r.heading_end = 0;
    if (walk_make(&w, &library, &r, &e) != STATUS_OK) fail_msg("from %g rad: %s", r.heading_start, e.text);
    for (int k = 0; k < w.targets.count; k++) {
      const struct step_target *t = &w.targets.target[k];
      if (t->place.z > 1e-9 && t->place.z < 0.12 - 1e-9) CHECK_NEAR(t->slope, m_atan2(0.1, 1), 1e-9);
    }
    CHECK(w.faults.lift + w.faults.reach, ==, 0);
    walk_finish(&w);
  }
}

// a quarter turn, a metre, a quarter turn
static void test_metre(void **state) {
  (void)state;
  struct v3 point[2] = {{0, 0, 0}, {1, 0, 0}};
  struct error e = {0};
  struct walk_cost c;
  struct walk_route r = walk_route_defaults(point, 2);
  r.speed = 1.4;
  r.heading_start = r.heading_end = M_PI_D / 2;
  r.heading_free = false;
  assert_int_equal(walk_cost(&c, &library, &r, &e), STATUS_OK);
  CHECK(c.time < 4, ==, 1);
}

// the first sample of a walk is the stand, and so is the last: walks can follow each other
static void test_ends(void **state) {
  (void)state;
  struct v3 point[2] = {{1, 1, 0}, {3, 2, 0}};
  struct error e = {0};
  struct walk w;
  struct walk_route r = walk_route_defaults(point, 2);
  r.heading_start = 1;
  r.speed = 1.0;
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_OK);
  CHECK(faults_of(&w.faults), ==, 0);
  for (int end = 0; end < 2; end++) {
    struct walk_sample stand, walk;
    double q[2][ROBOT_JOINTS_MAX], qd[2][ROBOT_JOINTS_MAX], qdd[2][ROBOT_JOINTS_MAX];
    assert_int_equal(walk_standing(&library, end ? w.end : point[0], end ? w.end_heading : 1, 0, LOAD_NONE, &stand, q[0], qd[0], qdd[0], 1, &e), STATUS_OK);
    walk_at(&w, end ? w.time : 0, &walk, q[1], qd[1], qdd[1], 1);
    for (int j = 0; j < w.joints; j++) {
      CHECK_NEAR(q[0][j], q[1][j], 1e-9);
      CHECK_NEAR(qd[1][j], 0, 1e-9);
    }
    CHECK_NEAR(v3_norm(v3_sub(stand.base.position, walk.base.position)), 0, 1e-9);
    for (int s = 0; s < 2; s++) CHECK_NEAR(v3_norm(v3_sub(stand.foot[s], walk.foot[s])), 0, 1e-9);
  }

  // between two samples the curve meets both
  struct walk_sample a, b;
  double qa[ROBOT_JOINTS_MAX], qb[ROBOT_JOINTS_MAX], d[ROBOT_JOINTS_MAX], dd[ROBOT_JOINTS_MAX];
  for (double t = 0.5; t < w.time - 0.1; t += 0.1) {
    walk_at(&w, t, &a, qa, d, dd, 1);
    walk_at(&w, t + 1e-7, &b, qb, d, dd, 1);
    for (int j = 0; j < w.joints; j++) CHECK_NEAR(qa[j] + 1e-7 * d[j], qb[j], 1e-9);
    CHECK_NEAR(a.base.position.x, b.base.position.x, 1e-6);
  }
  walk_finish(&w);
}

// the same bits on one thread and on two
static void test_threads(void **state) {
  (void)state;
  struct gait_library one;
  struct error e = {0};
  assert_int_equal(gait_library_make(&one, &robot.humanoid, &robot.spec, 1, &e), STATUS_OK);
  assert_memory_equal(one.power, library.power, sizeof one.power);
  assert_memory_equal(one.ends, library.ends, sizeof one.ends);
  assert_memory_equal(one.rise, library.rise, sizeof one.rise);
  assert_int_equal(gait_library_fit(&one, 1, &e), STATUS_OK);
  assert_memory_equal(one.term, library.term, sizeof one.term);
}

// a heavier floor need is counted, not kept quiet
static void test_faults_are_counted(void **state) {
  (void)state;
  struct v3 point[2] = {{0, 0, 0}, {4, 0, 0}};
  struct error e = {0};
  struct walk w;
  struct walk_route r = walk_route_defaults(point, 2);
  r.friction = 0.1;
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_OK);
  CHECK(w.faults.friction, >, 0);
  CHECK(w.friction > 0.1, ==, 1);
  walk_finish(&w);
}

// wrong routes are refused with a sentence
static void test_bad(void **state) {
  (void)state;
  struct v3 point[2] = {{0, 0, 0}, {1, 0, 1}}, far[2] = {{0, 0, 0}, {1e9, 0, 0}};
  struct error e = {0};
  struct walk w;
  struct walk_route r = walk_route_defaults(point, 2);
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_RANGE);
  CHECK_HAS(e.text, "10 degrees");
  r = walk_route_defaults(far, 2);
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_RANGE);
  CHECK_HAS(e.text, "point 1");
  r = walk_route_defaults(point, 0);
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_RANGE);
  r = walk_route_defaults(point, 1);
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_OK);        // it is there already
  CHECK(w.samples, ==, 1);
  CHECK_NEAR(w.time, 0, 0);
  walk_finish(&w);
}

int test_walker(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_routes),
    cmocka_unit_test(test_cost),
    cmocka_unit_test(test_turns),
    cmocka_unit_test(test_metre),
    cmocka_unit_test(test_other_legs),
    cmocka_unit_test(test_short_ramp),
    cmocka_unit_test(test_ends),
    cmocka_unit_test(test_threads),
    cmocka_unit_test(test_faults_are_counted),
    cmocka_unit_test(test_bad),
  };
  return cmocka_run_group_tests_name("walker", tests, make_library, drop_library);
}
