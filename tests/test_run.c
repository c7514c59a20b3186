// Walks that jog on their way: from standing to standing, nothing pushes in flight, nothing is broken on the floor, and a jog is not begun where it may not be.
#include "tests/check.h"

#include <string.h>

#include "robots/dynamics.h"
#include "robots/walker.h"
#include "tests/biped.h"

#define ROOM   128                  // joints
#define COARSE 0.01                 // s

static struct biped_robot robot;
static struct gait_library library;

static int make_library(void **state) {
  (void)state;
  struct biped b = biped_defaults();
  struct error e = {0};
  biped_make(&robot, &b);
  if (gait_library_make(&library, &robot.humanoid, &robot.spec, 2, &e) != STATUS_OK) return 1;
  return gait_library_jog(&library, 1.2, 2.5, 2, &e) != STATUS_OK;
}

static int drop_library(void **state) {
  (void)state;
  biped_finish(&robot);
  return 0;
}

static struct walk_route route_of(struct v3 point[2], double length, double heading, double jog) {
  double s, c;
  m_sincos(heading, &s, &c);
  point[0] = v3(0, 0, 0), point[1] = v3(length * c, length * s, 0);
  struct walk_route r = walk_route_defaults(point, 2);
  r.heading_start = heading;
  r.jog = jog;
  return r;
}

static void make(struct walk *w, const struct walk_route *r) {
  struct error e = {0};
  if (walk_make(w, &library, r, &e) != STATUS_OK) fail_msg("%s", e.text);
}

static int jogging(const struct walk *w) {
  int n = 0;
  for (int i = 0; i < w->targets.count; i++) n += w->targets.target[i].run > 0;
  return n;
}


// Inverse dynamics of every sample: in flight nothing is left at the root, on the floor what the feet give.
static void check_wrenches(const struct walk *w) {
  int flying = 0;
  for (int k = 0; k < w->samples; k++) {
    double q[ROOM], qd[ROOM], qdd[ROOM], tau[ROOM];
    struct walk_sample s;
    struct wrench root;
    walk_at(w, k * w->tick, &s, q, qd, qdd, 1);
    robot_inverse_dynamics(&robot.model, &s.base, q, qd, qdd, 0, NULL, NULL, tau, &root);
    struct v3 force = v3_add(s.wrench[LEFT].force, s.wrench[RIGHT].force), moment = v3(0, 0, 0);
    CHECK_NEAR(v3_norm(v3_sub(force, root.force)), 0, 1e-9);
    for (int f = 0; f < 2; f++) moment = v3_add(moment, v3_add(s.wrench[f].moment, v3_cross(v3_sub(s.cop[f], s.base.position), s.wrench[f].force)));
    struct m3 turn = m3_of_quaternion(s.base.orientation);
    if (s.contact[LEFT] || s.contact[RIGHT]) CHECK_NEAR(v3_norm(v3_sub(moment, m3_apply(&turn, root.moment))), 0, 1e-6);
    if (s.contact[LEFT] || s.contact[RIGHT]) continue;
    flying++;
    CHECK_NEAR(v3_norm(root.force), 0, 1e-9);
    CHECK_NEAR(v3_norm(root.moment), 0, 1e-9);
  }
  CHECK(flying, >, jogging(w) * 0.06 / w->tick);
}

// The root's place, rate and acceleration are one motion, and it begins and ends at rest.
static void check_motion(const struct walk *w) {
  for (int k = 1; k + 1 < w->samples; k++) {
    const struct base_motion *a = &w->sample[k - 1].base, *b = &w->sample[k].base, *c = &w->sample[k + 1].base;
    struct v3 rate = v3_scale(v3_sub(c->position, a->position), 1 / (2 * w->tick));
    CHECK_NEAR(v3_norm(v3_sub(rate, b->velocity)), 0, 0.012);               // dt^2 / 6 of the jerk
  }
  const struct walk_sample *end[2] = {&w->sample[0], &w->sample[w->samples - 1]};
  for (int i = 0; i < 2; i++) {
    CHECK_NEAR(v3_norm(end[i]->base.velocity), 0, 1e-9);
    CHECK_NEAR(v3_norm(end[i]->base.angular_velocity), 0, 1e-9);
  }
  CHECK_NEAR(v3_norm(v3_sub(v3(end[1]->base.position.x, end[1]->base.position.y, 0), w->end)), 0, 1e-3);
}

static void test_laws(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    struct v3 point[2];
    struct walk w;
    struct walk_cost c;
    struct error e;
    struct walk_route r = route_of(point, 13 + 4 * i, 0.4 * i, 2.1 + 0.2 * i);
    r.friction = 0.6;
    make(&w, &r);
    CHECK(jogging(&w), >, 5);
    CHECK(jogging(&w) % 2, ==, 0);
    CHECK(w.faults.lift + w.faults.sole + w.faults.friction + w.faults.yaw + w.faults.reach, ==, 0);
    CHECK_NEAR(w.zmp_error, 0, 5e-3);
    check_wrenches(&w);
    check_motion(&w);
    assert_int_equal(walk_cost(&c, &library, &r, &e), STATUS_OK);
    CHECK_NEAR(c.time, w.time, 0);
    CHECK(c.steps, ==, w.cost.steps);
    CHECK_NEAR(c.energy / w.cost.energy, 1, 0.02);
    walk_finish(&w);
  }
}

// The floor decides: a little less friction than the largest need, and samples slip.
static void test_floor(void **state) {
  (void)state;
  struct v3 point[2];
  struct walk w;
  struct walk_route r = route_of(point, 13, 0, 2.2);
  r.tick = COARSE;
  make(&w, &r);
  double needed = w.friction;
  walk_finish(&w);
  r.friction = needed * 0.99;
  make(&w, &r);
  CHECK(w.faults.friction, >, 0);
  walk_finish(&w);
}

// The same way to anywhere is the same walk, turned.
static void test_turned(void **state) {
  (void)state;
  double energy[2];
  for (int i = 0; i < 2; i++) {
    struct v3 point[2];
    struct walk w;
    struct walk_route r = route_of(point, 13, i ? 2.2 : 0, 2.2);
    r.tick = COARSE;
    make(&w, &r);
    energy[i] = w.cost.energy;
    walk_finish(&w);
  }
  CHECK_NEAR(energy[0], energy[1], 3e-3 * energy[0]);                  // what the passes leave
}

// Short ways, loads, corners and ramps are walked as they would be without; a jog ends before a corner and one begins after it.
static void test_walked(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    struct v3 point[2];
    struct walk_cost a, b;
    struct error e;
    struct walk_route r = route_of(point, i == 0 ? 6 : 14, 0, 2.3);
    if (i == 1) r.load = 5, r.load_pose = LOAD_HELD_CLOSE;
    if (i == 2) point[1].z = 0.3;
    assert_int_equal(walk_cost(&a, &library, &r, &e), STATUS_OK);
    r.jog = 0;
    assert_int_equal(walk_cost(&b, &library, &r, &e), STATUS_OK);
    CHECK_NEAR(a.time, b.time, 0);
    CHECK_NEAR(a.energy, b.energy, 0);
  }
  struct v3 point[3] = {v3(0, 0, 0), v3(14, 0, 0), v3(14, 14, 0)};
  struct walk_route r = walk_route_defaults(point, 3);
  struct walk w;
  r.jog = 2.2;
  make(&w, &r);
  int begun = 0;
  for (int i = 1; i < w.targets.count; i++) {
    const struct step_target *t = &w.targets.target[i];
    begun += t->run > 0 && t[-1].run == 0;
    if (t->run > 0) CHECK_NEAR(m_sin(2 * t->yaw), 0, 1e-9);              // along one of the two ways
  }
  CHECK(begun, ==, 2);
  CHECK(w.faults.lift + w.faults.sole + w.faults.friction + w.faults.reach, ==, 0);
  CHECK_NEAR(w.end.y, 14, 1e-9);
  walk_finish(&w);
}

static void test_refused(void **state) {
  (void)state;
  struct v3 point[2];
  struct walk w;
  struct error e;
  struct walk_route r = route_of(point, 14, 0, 5);
  assert_int_equal(walk_make(&w, &library, &r, &e), STATUS_RANGE);
  CHECK_HAS(e.text, "jog");
  r.jog = 2.2;
  make(&w, &r);
  walk_finish(&w);

  // of a jog outside of the table nothing is known
  struct gait_library slow = library;
  struct walk_cost c;
  for (int i = 0; i < JOG_SPEEDS; i++) slow.jog.speed[i] -= 0.6;
  assert_int_equal(walk_cost(&c, &slow, &r, &e), STATUS_CONFLICT);
  CHECK_HAS(e.text, "table");
}

int test_run(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_laws), cmocka_unit_test(test_floor), cmocka_unit_test(test_turned), cmocka_unit_test(test_walked), cmocka_unit_test(test_refused),
  };

  return cmocka_run_group_tests_name("run", tests, make_library, drop_library);
}
