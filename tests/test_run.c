// Walks that jog on their way: from standing to standing, nothing pushes in flight, nothing is broken on the floor, and a jog is not begun where it may not be.
#include "tests/check.h"

#include <string.h>

#include "robots/dynamics.h"
#include "robots/walk_push.h"
#include "robots/walk_stop.h"
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
  if (w->clock == 0) CHECK(flying, >, jogging(w) * 0.06 / w->tick);
}

struct momentum { struct v3 linear, angular; };                        // kg m/s, kg m2/s about the centre of mass

static struct momentum momentum_at(const struct walk *w, int k, bool *flies) {
  double q[ROOM], qd[ROOM], qdd[ROOM];
  struct walk_sample s;
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  walk_at(w, k * w->tick, &s, q, qd, qdd, 1);
  *flies = !s.contact[LEFT] && !s.contact[RIGHT];
  robot_forward(&robot.model, &s.base, q, qd, body);
  struct v3 velocity, com = robot_com(&robot.model, body, &velocity);
  struct momentum m = {v3_scale(velocity, robot.model.mass), v3(0, 0, 0)};
  for (int i = 0; i <= robot.model.joint_count; i++) {
    const struct robot_body *b = &robot.model.body[i];
    struct v3 arm = m3_apply(&body[i].rotation, b->com), at = v3_add(body[i].position, arm), speed = v3_add(body[i].velocity, v3_cross(body[i].angular_velocity, arm));
    struct v3 spin = m3_apply(&b->inertia, m3_apply_inverse(&body[i].rotation, body[i].angular_velocity));
    m.angular = v3_add(m.angular, v3_add(v3_scale(v3_cross(v3_sub(at, com), speed), b->mass), m3_apply(&body[i].rotation, spin)));
  }
  return m;
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

// It breaks no limit more often than the walk that it is made of.
static void check_keeps(const struct walk *now, const struct walk *was) {
  const struct walk_faults *f = &now->faults, *g = &was->faults;
  CHECK(f->lift, <=, g->lift);
  CHECK(f->sole, <=, g->sole);
  CHECK(f->friction, <=, g->friction);
  CHECK(f->torque, <=, g->torque);
  CHECK(f->speed, <=, g->speed);
  CHECK(f->joint, <=, g->joint);
  CHECK(f->reach, <=, g->reach);
}

// Pushed in mid-jog: nothing but the push changes momentum in flight, feet and body agree from there on, nothing breaks that held before, and it comes to rest
// where it was to. Too hard a push is not stepped over.
static void test_pushed(void **state) {
  (void)state;
  struct v3 point[2];
  struct walk w, next;
  struct walk_push_answer a;
  struct error e = {0};
  struct walk_route r = route_of(point, 17, 0, 2.3);
  r.friction = 0.6;
  make(&w, &r);
  int middle = w.plan.count / 2, went = 0, flights = 0;
  double from = w.plan.step[middle].land, period = w.plan.step[middle + 1].land - from;
  for (int i = 0; i < 6; i++) {
    int at = (int)((from + period * i / 6) / w.tick) + 1;
    double way = 2 * M_PI_D / 6 * i, push[2] = {4 * m_cos(way), 4 * m_sin(way)};
    if (walk_push(&next, &w, at * w.tick, push, &a, &e) != STATUS_OK) {
      CHECK_HAS(e.text, "cannot go on");
      continue;
    }
    went++;
    bool flies;
    struct momentum before = momentum_at(&w, at, &flies), after = momentum_at(&next, 0, &flies);
    struct v3 given = v3_sub(after.linear, before.linear);
    flights += flies;
    if (flies) {
      CHECK_NEAR(v3_norm(v3_sub(given, v3(push[0], push[1], 0))), 0, 1e-6);
      CHECK_NEAR(v3_norm(v3_sub(after.angular, before.angular)), 0, 1e-6);
    }
    CHECK(v3_norm(v3_sub(w.sample[at].base.position, next.sample[0].base.position)) < 1e-9, ==, 1);
    CHECK_NEAR(next.time, w.time - at * w.tick, 1e-9);
    check_keeps(&next, &w);
    CHECK_NEAR(next.zmp_error, 0, 5e-3);
    check_wrenches(&next);
    struct walk_sample *end = &next.sample[next.samples - 1];
    CHECK_NEAR(v3_norm(v3_sub(end->base.position, w.sample[w.samples - 1].base.position)), 0, 1e-3);
    CHECK_NEAR(v3_norm(end->base.velocity), 0, 1e-9);
    walk_finish(&next);
  }
  CHECK(went, >=, 4);
  CHECK(flights, >=, 1);
  const double hard[2] = {0, 60};
  CHECK(walk_push(&next, &w, from, hard, &a, &e), ==, STATUS_RANGE);
  walk_finish(&w);
}

// Ordered to stop in mid-jog, getting going, and slowing down: it goes on as it was, feet and body agree, nothing breaks, it ends at rest on both feet within
// some steps, and the plan's footsteps are where the feet are.
static void test_stops(void **state) {
  (void)state;
  struct v3 point[2];
  struct walk w, next;
  struct error e = {0};
  struct walk_route r = route_of(point, 17, 0.3, 2.3);
  r.friction = 0.6;
  make(&w, &r);
  int stopped = 0;
  for (int i = 0; i < 4; i++) {
    int at = (int)((w.plan.step[6 + 3 * i].land + 0.07 * i) / w.tick);
    if (walk_stop(&next, &w, at * w.tick, &e) != STATUS_OK) {
      CHECK_HAS(e.text, "cannot be stopped");
      continue;
    }
    stopped++;
    check_wrenches(&next);
    CHECK(v3_norm(v3_sub(w.sample[at].base.position, next.sample[0].base.position)) < 1e-9, ==, 1);
    CHECK(v3_norm(v3_sub(w.sample[at].base.velocity, next.sample[0].base.velocity)) < 5e-3, ==, 1);
    for (int k = 1; k < next.samples; k++) {
      const struct base_motion *a = &next.sample[k - 1].base, *b = &next.sample[k].base;
      CHECK(v3_norm(v3_sub(b->position, v3_add(a->position, v3_scale(v3_add(a->velocity, b->velocity), w.tick / 2)))) < 2e-3, ==, 1);
    }
    check_keeps(&next, &w);
    CHECK_NEAR(next.zmp_error, 0, 5e-3);
    const struct walk_sample *end = &next.sample[next.samples - 1];
    CHECK_NEAR(v3_norm(end->base.velocity), 0, 1e-9);
    CHECK_NEAR(v3_norm(v3_sub(v3(end->base.position.x, end->base.position.y, 0), next.end)), 0, 1e-3);
    CHECK(end->contact[LEFT] && end->contact[RIGHT], ==, 1);
    CHECK(next.time, <, 6);
    double energy = 0;
    for (int k = 0; k + 1 < next.samples; k++) energy += next.sample[k].power * next.tick;
    CHECK_NEAR(next.cost.energy, energy, 1e-9 * energy);
    CHECK_NEAR(next.cost.time, next.time, 0);
    walk_finish(&next);
  }
  CHECK(stopped, >=, 3);
  walk_finish(&w);

  // a walk at any instant of a stride
  r = route_of(point, 9, 0.3, 0);
  make(&w, &r);
  for (int i = 0; i < 6; i++) {
    double t = w.plan.step[6].land + (w.plan.step[8].land - w.plan.step[6].land) * i / 6;
    int at = (int)(t / w.tick);
    assert_int_equal(walk_stop(&next, &w, at * w.tick, &e), STATUS_OK);
    check_keeps(&next, &w);
    CHECK(v3_norm(v3_sub(w.sample[at].base.position, next.sample[0].base.position)) < 1e-9, ==, 1);
    CHECK_NEAR(v3_norm(v3_sub(next.sample[0].base.velocity, w.sample[at].base.velocity)), 0, 5e-3);
    CHECK_NEAR(v3_norm(next.sample[next.samples - 1].base.velocity), 0, 1e-9);
    CHECK(next.end.x * m_cos(0.3) + next.end.y * m_sin(0.3) - (w.sample[at].base.position.x * m_cos(0.3) + w.sample[at].base.position.y * m_sin(0.3)) < 2, ==, 1);
    walk_finish(&next);
  }
  CHECK(walk_stop(&next, &w, 0, &e), ==, STATUS_RANGE);
  CHECK(walk_stop(&next, &w, w.time - 0.5, &e), ==, STATUS_RANGE);
  walk_finish(&w);

  // faster than a full step's rise out of a jog: nothing has to be slower first
  for (int i = 0; i < 3; i++) {
    r = route_of(point, 9, 0.3, 0);
    r.speed = 1.6 + 0.3 * i;
    make(&w, &r);
    double t = w.plan.step[6].land + 0.1;
    if (walk_stop(&next, &w, t, &e) != STATUS_OK) CHECK_HAS(e.text, "cannot be stopped");
    walk_finish(&next);
    walk_finish(&w);
  }
}

// On the way to a ramp: it is never stepped on, and a stop that would have to is refused.
static void test_stops_before_ramps(void **state) {
  (void)state;
  struct v3 point[3] = {v3(0, 0, 0), v3(5, 0, 0), v3(8, 0, 0.3)};
  struct walk w, next;
  struct error e = {0};
  struct walk_route r = walk_route_defaults(point, 3);
  make(&w, &r);
  int ramp = 0, refused = 0, stopped = 0;
  while (w.targets.target[ramp].slope == 0 && w.targets.target[ramp].place.z == 0) ramp++;
  for (int steps = 1; steps <= 5; steps++) {
    // the foot of target `ramp - steps` is about to lift
    enum status status = walk_stop(&next, &w, w.plan.step[ramp + 1 - steps].land + 0.1, &e);
    if (status != STATUS_OK) {
      assert_int_equal(status, STATUS_RANGE);
      if (steps == 1) CHECK_HAS(e.text, "ramp");
      refused++;
      continue;
    }
    stopped++;
    CHECK(steps, >, 1);
    CHECK_NEAR(next.end.z, 0, 1e-9);
    for (int k = 0; k < next.targets.count; k++) CHECK(next.targets.target[k].place.x, <, w.targets.target[ramp].place.x);
    walk_finish(&next);
  }
  CHECK(refused, >=, 3);
  CHECK(stopped, >=, 1);
  // on it
  CHECK(walk_stop(&next, &w, w.plan.step[ramp + 4].land + 0.1, &e), ==, STATUS_RANGE);
  CHECK_HAS(e.text, "ramp");
  walk_finish(&w);
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
    cmocka_unit_test(test_laws), cmocka_unit_test(test_floor), cmocka_unit_test(test_turned), cmocka_unit_test(test_walked), cmocka_unit_test(test_refused), cmocka_unit_test(test_pushed), cmocka_unit_test(test_stops), cmocka_unit_test(test_stops_before_ramps),
  };

  return cmocka_run_group_tests_name("run", tests, make_library, drop_library);
}
