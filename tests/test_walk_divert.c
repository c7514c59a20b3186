// Walks that turn off in mid-walk: they begin where they were, keep their checks, and end where the new route does.
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "engine/world/kind.h"
#include "robots/walk_push.h"
#include "robots/walk_stop.h"
#include "robots/walk_divert.h"
#include "tests/check.h"

#define TURNS 120

static struct kind kind;

static int setup(void **state) {
  (void)state;
  struct error e = {0};
  if (kind_load(&kind, "assets/robots/optimus-gen2", 2, &e) != STATUS_OK) fail_msg("%s", e.text);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  kind_finish(&kind);
  return 0;
}

static void make(struct walk *w, double speed, double load, double heading) {
  struct error e = {0};
  struct v3 point[2] = {v3(0, 0, 0), v3(7 * cos(heading), 7 * sin(heading), 0)};
  struct walk_route r = walk_route_defaults(point, 2);
  r.speed = speed, r.load = load, r.load_pose = load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE;
  r.heading_start = heading - 0.7;
  if (walk_make(w, &kind.library, &r, &e) != STATUS_OK) fail_msg("%s", e.text);
}

struct pose { struct walk_sample sample; double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX]; };

static struct pose pose_at(const struct walk *w, double t) {
  struct pose p;
  walk_at(w, t, &p.sample, p.q, p.qd, p.qdd, 1);
  return p;
}

// A route that leads `length` m to where it bends off by `bend`, to look to `heading`.
struct bend { struct v3 point[3]; struct walk_route route; };

static void bend_of(struct bend *b, const struct walk *w, const struct walk_divert_at *at, double bend, double length, double heading, double speed) {
  double way = at->heading + bend;
  int n = 0;
  b->point[n++] = at->place;
  if (at->lead > 0) b->point[n++] = v3(at->place.x + at->lead * cos(at->heading), at->place.y + at->lead * sin(at->heading), 0);
  b->point[n] = v3(b->point[n - 1].x + length * cos(way), b->point[n - 1].y + length * sin(way), 0);
  b->route = walk_route_defaults(b->point, n + 1);
  b->route.speed = speed, b->route.load = w->load, b->route.load_pose = w->load_pose;
  b->route.heading_free = false, b->route.heading_end = heading;
}

static void check_turned(const struct walk *w, const struct walk *next, double t, const struct bend *b) {
  struct pose was = pose_at(w, t), is = pose_at(next, 0);

  // all of it goes on: place, velocity, joints and their rates; what accelerations change by is the pressure's new way
  CHECK_NEAR(v3_norm(v3_sub(was.sample.base.position, is.sample.base.position)), 0, 1e-9);
  CHECK_NEAR(v3_norm(v3_sub(was.sample.base.velocity, is.sample.base.velocity)), 0, 1e-9);
  CHECK_NEAR(v3_norm(v3_sub(was.sample.base.angular_velocity, is.sample.base.angular_velocity)), 0, 1e-9);
  CHECK_NEAR(v3_norm(v3_sub(was.sample.base.acceleration, is.sample.base.acceleration)), 0, 0.1);
  for (int j = 0; j < kind.model.joint_count; j++) {
    CHECK_NEAR(was.q[j], is.q[j], 1e-9);
    CHECK_NEAR(was.qd[j], is.qd[j], 1e-8);
  }
  for (int f = 0; f < 2; f++) {
    CHECK(was.sample.contact[f], ==, is.sample.contact[f]);
    CHECK_NEAR(v3_norm(v3_sub(was.sample.foot[f], is.sample.foot[f])), 0, 1e-9);
  }

  // no check broken that the walk kept, the pressure as planned, and it comes to rest where it was sent
  const struct walk_faults *f = &next->faults;
  CHECK(f->lift + f->sole + f->friction + f->yaw + f->torque + f->speed + f->joint + f->reach, <=, w->faults.yaw);
  CHECK(next->zmp_error < 5e-3, ==, 1);
  CHECK_NEAR(v3_norm(v3_sub(next->end, b->point[b->route.count - 1])), 0, 1e-9);
  CHECK_NEAR(cos(next->end_heading - b->route.heading_end), 1, 1e-12);
  struct pose end = pose_at(next, next->time), still;
  struct error e = {0};
  assert_int_equal(walk_standing(&kind.library, next->end, next->end_heading, w->load, w->load_pose, &still.sample, still.q, still.qd, still.qdd, 1, &e), STATUS_OK);
  CHECK_NEAR(v3_norm(v3_sub(end.sample.base.position, still.sample.base.position)), 0, 1e-3);
  for (int j = 0; j < kind.model.joint_count; j++) CHECK_NEAR(end.q[j], still.q[j], 2e-3);

  // planted feet stay, and nothing jumps from sample to sample
  for (int k = 1; k < next->samples; k++) {
    struct pose x = pose_at(next, (k - 1) * next->tick), y = pose_at(next, k * next->tick);
    for (int i = 0; i < 2; i++) {
      struct v3 d = v3_sub(y.sample.foot[i], x.sample.foot[i]);
      CHECK(v3_norm(d) < 8 * next->tick, ==, 1);
      double h = kind.humanoid.sole.height, flat = fmax(fabs(x.sample.foot[i].z - h), fabs(y.sample.foot[i].z - h));
      if (x.sample.contact[i] && y.sample.contact[i] && flat < 1e-10 && !(v3_norm(d) < 1e-9)) fail_msg("foot %d at %g s goes %g m", i, k * next->tick, v3_norm(d));
    }
    double most = 0;
    for (int j = 0; j < kind.model.joint_count; j++) most = fmax(most, fabs(y.q[j] - x.q[j]) - next->tick * fmax(fabs(x.qd[j]), fabs(y.qd[j])));
    CHECK(most < 2e-3, ==, 1);
  }
}

// One order from the footstep after the next one on, and where that cannot be, one later. Returns how much later; 2: not at all. *next is to be finished unless 2.
static int turn(struct walk *next, const struct walk *w, double t, double bend, double length, double heading, double speed, struct bend *b) {
  struct walk_divert_at at;
  struct error e = {0};
  for (int k = 0; k < 2; k++) {
    if (!walk_divert_find(&at, &kind.humanoid, &w->targets, &w->plan, w->clock + t, 1 + k)) return 2;
    bend_of(b, w, &at, bend, length, heading, speed);
    enum status s = walk_divert(next, w, t, &at, &b->route, &e);
    if (s != STATUS_OK) {
      CHECK(s, ==, STATUS_RANGE);
      CHECK_HAS(e.text, "a walk cannot turn off: ");
      assert_null(next->sample);
      continue;
    }
    CHECK(at.left > WALK_PUSH_LEFT, ==, 1);

    // what it takes can be told from the footsteps alone
    struct walk_targets targets;
    struct step_plan plan;
    assert_int_equal(walk_divert_plan(&targets, &plan, &at, &w->targets, &w->plan, &kind.library, &kind.library.standing, &b->route, &e), STATUS_OK);
    CHECK_NEAR(plan.time - (w->clock + t), next->time, w->load > 0 ? 0.05 : 2 * next->tick);
    CHECK_NEAR(targets.distance, next->cost.distance, 1e-9);
    walk_targets_finish(&targets);
    step_plan_finish(&plan);
    return k;
  }
  return 2;
}

// any instant, any direction, several speeds and loads, also slower than before: hardly any is refused, and what goes on keeps its laws
static void test_anywhere(void **state) {
  (void)state;
  struct stream s = stream_make(20261, 0, "turns", "test", 0);
  int count[3] = {0, 0, 0};
  for (int k = 0; k < TURNS; k++) {
    struct walk w, next;
    struct bend b;
    static const double speeds[4] = {0.5, 0.8, 1.1, 1.4}, loads[3] = {0, 0, 8};
    double speed = speeds[k % 4], slower = k % 5 ? 1 : 0.6;
    make(&w, speed, loads[k % 3], 6.28 * stream_unit(&s));
    double t = w.tick * floor((w.time - 3.5) * stream_unit(&s) / w.tick);
    // before its first foot lifts it goes on as it was
    int how = turn(&next, &w, t, 6.28 * stream_unit(&s) - 3.14, 1 + 3 * stream_unit(&s), 6.28 * stream_unit(&s), slower * speed, &b);
    count[how]++;
    if (how < 2) check_turned(&w, &next, t, &b), walk_finish(&next);
    walk_finish(&w);
  }
  CHECK(count[0], >=, TURNS * 9 / 10);
  CHECK(count[2], <=, TURNS / 50);
}

// On a slippery floor feet may turn where those of the walk did not; everything else is kept.
static void test_slippery(void **state) {
  (void)state;
  struct stream s = stream_make(20262, 0, "turns", "test", 0);
  int turned = 0;
  for (int k = 0; k < 24; k++) {
    struct walk w, next;
    struct walk_divert_at at;
    struct bend b;
    struct error e = {0};
    struct v3 point[2] = {v3(0, 0, 0), v3(7, 0, 0)};
    struct walk_route r = walk_route_defaults(point, 2);
    r.speed = k % 2 ? 0.6 : 0.9, r.friction = 0.3;
    assert_int_equal(walk_make(&w, &kind.library, &r, &e), STATUS_OK);
    double t = w.tick * floor((w.time - 3.5) * stream_unit(&s) / w.tick);
    assert_true(walk_divert_find(&at, &kind.humanoid, &w.targets, &w.plan, w.clock + t, 1));
    bend_of(&b, &w, &at, 6.28 * stream_unit(&s) - 3.14, 3, 0, r.speed);
    if (walk_divert(&next, &w, t, &at, &b.route, &e) == STATUS_OK) {
      const struct walk_faults *f = &next.faults, *was = &w.faults;
      turned++;
      CHECK(f->lift <= was->lift && f->sole <= was->sole && f->friction <= was->friction && f->torque <= was->torque, ==, 1);
      CHECK(f->speed <= was->speed && f->joint <= was->joint && f->reach <= was->reach, ==, 1);
      CHECK_NEAR(v3_norm(v3_sub(next.end, b.point[b.route.count - 1])), 0, 1e-9);
      walk_finish(&next);
    }
    walk_finish(&w);
  }
  CHECK(turned, >, 12);
}

// A ramp soon after it lets nothing be shifted; far enough away it does.
static void test_ramps(void **state) {
  (void)state;
  int refused = 0, turned = 0;
  for (int k = 0; k < 8; k++) {
    struct walk w, next;
    struct walk_divert_at at;
    struct error e = {0};
    // level for 4 m, then up by 5 degrees
    struct v3 point[3] = {v3(0, 0, 0), v3(4, 0, 0), v3(8, 0, 4 * tan(5 * M_PI_D / 180))};
    struct walk_route r = walk_route_defaults(point, 3);
    r.speed = 0.8;
    assert_int_equal(walk_make(&w, &kind.library, &r, &e), STATUS_OK);
    double t = 0.5 + 0.5 * k;
    bool found = walk_divert_find(&at, &kind.humanoid, &w.targets, &w.plan, w.clock + t, 0);
    if (found && at.place.x < 4) {
      const struct v3 on[3] = {at.place, point[1], point[2]};
      struct walk_route same = walk_route_defaults(on, 3);
      same.speed = 0.8;
      enum status s = walk_divert(&next, &w, t, &at, &same, &e);
      if (s == STATUS_OK) {
        turned++;
        walk_finish(&next);
      } else {
        refused++;
        CHECK_HAS(e.text, "ramp");
      }
    }
    // on the ramp no footstep is one to leave at
    if (found) CHECK(at.place.x < 4.4, ==, 1);
    walk_finish(&w);
  }
  CHECK(turned, >, 0);
  CHECK(refused, >, 0);
}

// sent elsewhere again, pushed, and stopped on the new way
static void test_again(void **state) {
  (void)state;
  struct walk w, first, second, other;
  struct bend b;
  struct walk_push_answer a;
  struct error e = {0};
  make(&w, 1.2, 0, 0.3);
  assert_true(turn(&first, &w, 2.5, 2.0, 4, 1, 1.2, &b) < 2);
  assert_true(turn(&second, &first, 3.5, -1.2, 3, 0, 1.2, &b) < 2);
  check_turned(&first, &second, 3.5, &b);
  const double push[2] = {2, -2};
  assert_int_equal(walk_push(&other, &second, 2.0, push, &a, &e), STATUS_OK);
  CHECK_NEAR(v3_norm(v3_sub(other.end, second.end)), 0, 1e-12);
  walk_finish(&other);
  assert_int_equal(walk_stop(&other, &second, 2.5, &e), STATUS_OK);
  walk_finish(&other);
  walk_finish(&second);
  walk_finish(&first);
  walk_finish(&w);
}

// the same route again, or one that only slows down, costs next to nothing in place; and near the end there is no footstep left for it
static void test_the_same_way(void **state) {
  (void)state;
  struct walk w, next;
  struct walk_divert_at at;
  struct error e = {0};
  make(&w, 1.2, 0, 0);
  assert_true(walk_divert_find(&at, &kind.humanoid, &w.targets, &w.plan, 2.5, 1));
  const struct v3 point[2] = {at.place, w.end};
  struct walk_route r = walk_route_defaults(point, 2);
  assert_int_equal(walk_divert(&next, &w, 2.5, &at, &r, &e), STATUS_OK);
  CHECK_NEAR(next.time, w.time - 2.5, 0.35);
  walk_finish(&next);
  r.speed = 0.6;
  assert_int_equal(walk_divert(&next, &w, 2.5, &at, &r, &e), STATUS_OK);
  CHECK(next.time > w.time - 2.5 + 2, ==, 1);
  CHECK_NEAR(v3_norm(v3_sub(next.end, w.end)), 0, 1e-9);
  walk_finish(&next);
  CHECK(walk_divert_find(&at, &kind.humanoid, &w.targets, &w.plan, w.time - 0.5, 0), ==, false);
  walk_finish(&w);
}

int test_walk_divert(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_anywhere), cmocka_unit_test(test_slippery), cmocka_unit_test(test_ramps), cmocka_unit_test(test_again), cmocka_unit_test(test_the_same_way)};
  return cmocka_run_group_tests_name("walk_divert", tests, setup, teardown);
}
