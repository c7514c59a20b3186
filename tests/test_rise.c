// Getting up: at every 5 ms contacts stay where they are, the floor under them carries the centre of mass, joints and drives keep their limits, no more friction is needed
// than a floor has, and it ends in the crouch.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/kind.h"
#include "robots/recover.h"
#include "tests/check.h"

#define TICK 0.005
#define FLOOR 0.4                   // 1    friction of smooth floors with dust on them; a layout's default is 0.6

static struct kind kind;
static struct recover_make make;
static struct rise rise;

static void load(const char *name) {
  struct error e = {0};
  if (kind_load(&kind, name, 2, &e) != STATUS_OK) fail_msg("%s", e.text);
  if (recover_make_init(&make, &kind.library, 0, LOAD_NONE, &e) != STATUS_OK) fail_msg("%s", e.text);
  if (rise_make(&rise, &kind.library, &make.stand, make.crouch, make.crouched, &e) != STATUS_OK) fail_msg("%s", e.text);
}

static void drop(void) {
  rise_finish(&rise);
  recover_make_finish(&make);
  kind_finish(&kind);
}

struct at { struct base_motion base; double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX]; struct body_motion body[ROBOT_JOINTS_MAX + 1]; };

static void look(struct at *a, double t) {
  rise_at(&rise, t, &a->base, a->q, a->qd, a->qdd);
  robot_forward(&kind.model, &a->base, a->q, a->qd, a->body);
}

static struct v3 point_of(const struct at *a, const struct rise_point *p) { return v3_add(a->body[p->body].position, m3_apply(&a->body[p->body].rotation, p->local)); }

// m that c lies inside of the points' hull, seen from above: the least over all lines through two of them with the others on one side.
static double inside(const struct v3 *p, int n, struct v3 c) {
  double least = 1e9;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++) {
      double x = p[k].x - p[i].x, y = p[k].y - p[i].y, length = hypot(x, y), most = -1e9;
      if (length < 1e-6) continue;
      for (int o = 0; o < n; o++) most = fmax(most, -(x * (p[o].y - p[i].y) - y * (p[o].x - p[i].x)) / length);
      if (most < 1e-9) least = fmin(least, (x * (c.y - p[i].y) - y * (c.x - p[i].x)) / length);
    }
  return least;
}

static void check_plan(const char *name) {
  static struct at a, b;
  struct rise_point point[RISE_POINTS];
  load(name);
  int n = rise_points(&kind.humanoid, point);
  double start = 0, com_start = 0, com_end = 0;
  CHECK(rise.phases, >, 4);
  for (int p = 0; p < rise.phases; p++) {
    const struct rise_phase *f = &rise.phase[p];
    struct v3 place[RISE_POINTS], com, velocity, was = v3(0, 0, 0);
    double slide = 0;
    if (!(f->torque <= 1 && f->speed <= 1 && f->margin >= -1e-6)) fail_msg("%s: torque %g, speed %g, support %g", f->name, f->torque, f->speed, f->margin);
    for (double t = 0; t <= f->time; t += TICK) {
      struct v3 on[RISE_POINTS];
      int down = 0;
      look(&a, start + t + 1e-9);
      com = robot_com(&kind.model, a.body, &velocity);
      // Newton: what pushes along the floor, by what presses
      struct v3 pull = v3_scale(v3_sub(velocity, was), 1 / TICK);
      if (t > 0) slide = fmax(slide, hypot(pull.x, pull.y) / (GRAVITY + pull.z));
      was = velocity;
      for (int i = 0; i < n; i++) {
        struct v3 at = point_of(&a, &point[i]);
        if (!(point[i].bit & f->contacts)) continue;
        if (t == 0) place[i] = at;
        if (!(v3_norm(v3_sub(at, place[i])) < 2e-5)) fail_msg("%s, %g s: a contact goes %g m", f->name, t, v3_norm(v3_sub(at, place[i])));
        on[down++] = at;
      }
      if (!(inside(on, down, com) > 0)) fail_msg("%s, %g s: the centre of mass is %g m outside", f->name, t, -inside(on, down, com));
      for (int j = 0; j < kind.model.joint_count; j++)
        if (!(a.q[j] > kind.model.joint[j].lower - 2e-3 && a.q[j] < kind.model.joint[j].upper + 2e-3)) fail_msg("%s, %g s: %s at %g rad", f->name, t, kind.model.joint[j].name, a.q[j]);
      for (int i = 0; i <= kind.model.joint_count; i++)
        if (!(a.body[i].position.z > (kind.model.body[i].mass < 0.05 ? -0.002 : 0.02))) fail_msg("%s, %g s: body %d is at %g m", f->name, t, i, a.body[i].position.z);
      // one motion: rates are those of the places
      if (t > 0) CHECK_NEAR(v3_norm(v3_sub(v3_sub(a.base.position, b.base.position), v3_scale(v3_add(a.base.velocity, b.base.velocity), TICK / 2))), 0, 2e-4);
      for (int j = 0; j < kind.model.joint_count && t > 0; j++) CHECK_NEAR(a.q[j] - b.q[j], (a.qd[j] + b.qd[j]) * TICK / 2, 1e-3);
      if (p == 0 && t == 0) com_start = com.z;
      com_end = com.z;
      b = a;
    }
    if (!(slide <= f->friction + 0.01 && f->friction <= FLOOR)) fail_msg("%s: friction %g, %g by the centre of mass", f->name, f->friction, slide);
    start += f->time;
  }
  // up to the crouch, by more energy than its height
  look(&a, rise.time);
  CHECK_NEAR(a.base.position.x, make.crouch[0], 1e-6);
  CHECK_NEAR(a.base.position.z, make.crouch[1], 1e-6);
  for (int j = 0; j < kind.model.joint_count; j++) CHECK_NEAR(a.q[j], make.crouched[j], 1e-6);
  CHECK(rise.energy > kind.model.mass * GRAVITY * (com_end - com_start), ==, 1);
  CHECK_NEAR(start, rise.time, 1e-9);
  drop();
}

static void test_every_phase_keeps_its_limits(void **state) {
  (void)state;
  check_plan("assets/robots/optimus-gen2");
  check_plan("assets/robots/optimus-v3");
}

// fallen each way it gets up by itself and stands looking where it fell to; nothing jumps
static void test_from_the_floor_to_standing(void **state) {
  (void)state;
  load("assets/robots/optimus-gen2");
  make.rise = &rise;
  for (int way = 0; way < 6; way++) {
    static struct at a;
    static struct jet from[ROBOT_JOINTS_MAX];
    struct error e = {0};
    struct walk_sample sample, begun;
    struct recover r;
    double before[ROBOT_JOINTS_MAX], lay = 0, direction = way * M_PI_D / 3 + 0.2;
    assert_int_equal(walk_standing(&kind.library, v3(1, 2, 0), 0.3, 0, LOAD_NONE, &begun, a.q, a.qd, a.qdd, 1, &e), STATUS_OK);
    struct recover_start s = {.sample = &begun, .q = a.q, .qd = a.qd, .qdd = a.qdd, .stride = 1, .swing_left = -1, .heading = 0.3, .friction = 0.6};
    recover_begin(&r, &make, &s, from);
    recover_push(&r, &make, 120 * cos(direction), 120 * sin(direction));
    for (int k = 0; k < 8000 && r.stage != RECOVER_STANDS; k++) {
      bool rising = r.stage == RECOVER_RISING;
      memcpy(before, a.q, sizeof before);
      recover_step(&r, &make, from, TICK, &sample, a.q, a.qd, a.qdd, 1);
      for (int j = 0; j < kind.model.joint_count && rising && r.stage == RECOVER_RISING; j++)
        if (!(fabs(a.q[j] - before[j]) < 0.06)) fail_msg("%s jumps by %g rad", kind.model.joint[j].name, a.q[j] - before[j]);
      if (r.event & RECOVER_EVENT_DOWN) lay = r.time;
      if (r.stage == RECOVER_LYING && r.time - lay > 1) recover_rise(&r, &make, from, 7);
    }
    CHECK(r.stage, ==, RECOVER_STANDS);
    CHECK_NEAR(m_cos(r.heading - m_atan2(r.over[1], r.over[0])), 1, 0.01);
    CHECK(r.time - lay > rise.time, ==, 1);
  }
  drop();
}

// arms that are too weak are named, and so are those of a body without any
static void test_who_cannot_says_why(void **state) {
  (void)state;
  load("assets/robots/optimus-gen2");
  struct robot_spec weak = kind.spec;
  struct gait_library library = kind.library;
  struct error e = {0};
  struct rise none;
  weak.actuator = malloc(sizeof *weak.actuator * (size_t)kind.model.joint_count);
  memcpy(weak.actuator, kind.spec.actuator, sizeof *weak.actuator * (size_t)kind.model.joint_count);
  library.spec = &weak;
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < kind.humanoid.arm[s].count; i++) weak.actuator[kind.humanoid.arm[s].joint[i]].torque_peak *= 0.2;
  assert_int_equal(rise_make(&none, &library, &make.stand, make.crouch, make.crouched, &e), STATUS_RANGE);
  CHECK_HAS(e.text, "push up");
  CHECK_HAS(e.text, "of its torque");
  rise_finish(&none);
  free(weak.actuator);

  struct humanoid armless = kind.humanoid;
  armless.arm[LEFT].count = armless.arm[RIGHT].count = 0;
  library = kind.library;
  library.humanoid = &armless;
  assert_int_equal(rise_make(&none, &library, &make.stand, make.crouch, make.crouched, &e), STATUS_RANGE);
  CHECK_HAS(e.text, "no arms");
  rise_finish(&none);
  drop();
}

int test_rise(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_phase_keeps_its_limits), cmocka_unit_test(test_from_the_floor_to_standing), cmocka_unit_test(test_who_cannot_says_why)};
  return cmocka_run_group_tests_name("rise", tests, NULL, NULL);
}
