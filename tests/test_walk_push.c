// Walks that are pushed and go on: they begin where they were, gain the push's momentum, keep their checks and end where they were going.
#include <math.h>
#include <string.h>

#include "engine/world/kind.h"
#include "robots/momentum.h"
#include "robots/walk_push.h"
#include "tests/check.h"

static struct kind kind;
static struct walk walk;

static int setup(void **state) {
  (void)state;
  struct error e = {0};
  if (kind_load(&kind, "assets/robots/optimus-gen2", 2, &e) != STATUS_OK) fail_msg("%s", e.text);
  struct v3 point[2] = {v3(0, 0, 0), v3(4.2, 4.2, 0)};
  struct walk_route r = walk_route_defaults(point, 2);
  r.heading_start = M_PI_D / 4;
  if (walk_make(&walk, &kind.library, &r, &e) != STATUS_OK) fail_msg("%s", e.text);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  walk_finish(&walk);
  kind_finish(&kind);
  return 0;
}

struct pose { struct walk_sample sample; double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX]; };

static struct pose pose_at(const struct walk *w, double t) {
  struct pose p;
  walk_at(w, t, &p.sample, p.q, p.qd, p.qdd, 1);
  return p;
}

static void check_push(double t, double size, double degrees, int *went, int *moved) {
  double way = degrees * M_PI_D / 180 + M_PI_D / 4, impulse[2] = {size * cos(way), size * sin(way)};
  struct walk next;
  struct walk_push_answer a;
  struct error e = {0};
  enum status s = walk_push(&next, &walk, t, impulse, &a, &e);
  if (s != STATUS_OK) {
    CHECK(s, ==, STATUS_RANGE);
    assert_true(strlen(e.text) > 20);
    return;
  }
  (*went)++;
  *moved += a.shift[0] != 0 || a.shift[1] != 0;
  struct pose was = pose_at(&walk, t), is = pose_at(&next, 0), end = pose_at(&walk, walk.time), there = pose_at(&next, next.time);

  // the pose goes on, feet keep their speed, and momentum about the floor has grown by the impulse
  CHECK_NEAR(v3_norm(v3_sub(was.sample.base.position, is.sample.base.position)), 0, 1e-9);
  for (int j = 0; j < kind.model.joint_count; j++) CHECK_NEAR(was.q[j], is.q[j], 1e-7);
  for (int f = 0; f < 2; f++) CHECK_NEAR(v3_norm(v3_sub(was.sample.foot[f], is.sample.foot[f])), 0, 1e-9);
  struct floor_momentum before = floor_momentum_of(&kind.model, &was.sample.base, was.q, was.qd, 0), after = floor_momentum_of(&kind.model, &is.sample.base, is.q, is.qd, 0);
  for (int k = 0; k < 2; k++) CHECK_NEAR(after.swing[k] - before.swing[k], impulse[k] / kind.model.mass, 2e-3);

  // no check broken, the pressure as planned, and it comes to rest at the same time in the same place
  const struct walk_faults *f = &next.faults;
  CHECK(f->lift + f->sole + f->friction + f->torque + f->speed + f->joint + f->reach, ==, 0);
  CHECK(next.zmp_error < 6e-3, ==, 1);
  CHECK(next.zmp_margin > 8e-3, ==, 1);
  CHECK_NEAR(next.time, walk.time - t - a.sooner, 1e-9);
  CHECK_NEAR(v3_norm(v3_sub(end.sample.base.position, there.sample.base.position)), 0, 1e-9);
  for (int j = 0; j < kind.model.joint_count; j++) CHECK_NEAR(end.q[j], there.q[j], 1e-9);

  // every swing goes as far aside as its own three footsteps ask, in the air already or not
  const struct step_plan *n = &next.plan;
  for (int j = a.step; j < n->count; j++) {
    if (n->step[j].moved_at != 0) continue;
    double aside = footsteps_aside(&kind.humanoid, &n->step[j - 2], &n->step[j - 1], &n->step[j]);
    if (fabs(aside - n->step[j].aside) > 1e-9) fail_msg("%g N s at %g s: step %d goes %g m aside, not %g", size, t, j, n->step[j].aside, aside);
  }

  // planted feet stay, and nothing jumps from sample to sample
  for (int k = 1; k < next.samples; k++) {
    struct pose x = pose_at(&next, (k - 1) * next.tick), y = pose_at(&next, k * next.tick);
    for (int i = 0; i < 2; i++) {
      struct v3 d = v3_sub(y.sample.foot[i], x.sample.foot[i]);
      CHECK(v3_norm(d) < 8 * next.tick, ==, 1);
      double h = kind.humanoid.sole.height, flat = fmax(fabs(x.sample.foot[i].z - h), fabs(y.sample.foot[i].z - h));
      if (x.sample.contact[i] && y.sample.contact[i] && flat < 1e-10 && !(v3_norm(d) < 1e-9)) fail_msg("foot %d at %g s goes %g m", i, k * next.tick, v3_norm(d));
    }
    double most = 0;
    for (int j = 0; j < kind.model.joint_count; j++) most = fmax(most, fabs(y.q[j] - x.q[j]) - next.tick * fmax(fabs(x.qd[j]), fabs(y.qd[j])));
    CHECK(most < 2e-3, ==, 1);
  }
  walk_finish(&next);
}

// over a stride, each way: what goes on keeps its laws; 4 N s are always borne, and from straight behind 10 N s too
static void test_goes_on(void **state) {
  (void)state;
  int pushes = 0, went = 0, moved = 0, all = 0, small = 0, behind = 0;
  for (int i = 0; i < 8; i++)
    for (int way = 0; way < 6; way++) {
      double t = 2.15 + 0.135 * i;
      check_push(floor(t / walk.tick) * walk.tick, way ? 9 : 10, 60.0 * way, way ? &went : &behind, &moved);
      pushes++;
      check_push(floor(t / walk.tick) * walk.tick, 4, 60.0 * way, &small, &moved);
      all++;
    }
  CHECK(small, ==, all);
  CHECK(behind, ==, 8);
  CHECK(went + behind, >, pushes / 2);
  CHECK(moved, >, pushes / 2);
}

// a hurried clock is C2, goes only ahead, is what it was and what it is to be at its ends, and says when
static void test_clock(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    struct motion_hurry h = {1.2, 1.9, 0.2 * (i - 1)};
    struct jet early = motion_clock(&h, h.from - 1e-7), late = motion_clock(&h, h.from + 1e-7), end = motion_clock(&h, h.to - 1e-9);
    CHECK_NEAR(late.a - early.a, 0, 1e-4);
    CHECK_NEAR(late.v, 1, 1e-9);
    CHECK_NEAR(end.x, h.to + h.by, 1e-8);
    CHECK_NEAR(end.v, 1, 1e-6);
    for (double t = 1; t < 2.2; t += 0.01) {
      struct jet a = motion_clock(&h, t - 5e-5), b = motion_clock(&h, t + 5e-5), c = motion_clock(&h, t);
      CHECK(b.x > a.x, ==, 1);
      CHECK_NEAR((b.x - a.x) / 1e-4, c.v, 1e-6);
      CHECK_NEAR((b.v - a.v) / 1e-4, c.a, 1e-3);
      CHECK_NEAR(motion_when(&h, c.x), t, 1e-9);
    }
  }
}

// no push, no change: the footsteps stay, and the walk comes to the same to a millimetre
static void test_nothing(void **state) {
  (void)state;
  struct walk next;
  struct walk_push_answer a;
  struct error e = {0};
  const double none[2] = {0, 0};
  assert_int_equal(walk_push(&next, &walk, 2.5, none, &a, &e), STATUS_OK);
  CHECK(hypot(a.shift[0], a.shift[1]) < 0.004, ==, 1);
  for (double t = 0; t < next.time; t += 0.05) {
    struct pose x = pose_at(&walk, 2.5 + t), y = pose_at(&next, t);
    CHECK(v3_norm(v3_sub(x.sample.base.position, y.sample.base.position)) < 0.004, ==, 1);
  }
  walk_finish(&next);
}

// too hard, too late, standing: a sentence, and nothing is left behind
static void test_refused(void **state) {
  (void)state;
  struct walk next;
  struct walk_push_answer a;
  struct error e = {0};
  const double hard[2] = {60, 0}, some[2] = {0, 10};
  CHECK(walk_push(&next, &walk, 2.5, hard, &a, &e), ==, STATUS_RANGE);
  CHECK(walk_push(&next, &walk, walk.time - 0.1, some, &a, &e), ==, STATUS_RANGE);
  CHECK(walk_push(&next, &walk, 0, some, &a, &e), ==, STATUS_RANGE);
  assert_null(next.sample);
}

// pushed again while the moved foot is in the air it is not sent elsewhere; in the next step it is
static void test_twice(void **state) {
  (void)state;
  struct walk first, second;
  struct walk_push_answer a;
  struct error e = {0};
  const double left[2] = {-5, 5}, right[2] = {4, -4};
  double lift = walk.plan.step[3].lift;
  assert_int_equal(walk_push(&first, &walk, lift + 0.1, left, &a, &e), STATUS_OK);
  assert_int_equal(walk_push(&second, &first, 0.1, right, &a, &e), STATUS_RANGE);
  assert_int_equal(walk_push(&second, &first, 0.7, right, &a, &e), STATUS_OK);
  CHECK_NEAR(second.time, first.time - 0.7, 1e-9);
  CHECK_NEAR(second.end.x, walk.end.x, 0);
  walk_finish(&first);
  walk_finish(&second);
}

int test_walk_push(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_goes_on), cmocka_unit_test(test_clock), cmocka_unit_test(test_nothing), cmocka_unit_test(test_refused), cmocka_unit_test(test_twice)};
  return cmocka_run_group_tests_name("walk_push", tests, setup, teardown);
}
