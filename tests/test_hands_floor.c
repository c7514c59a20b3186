// What lies on the floor: picked in a squat on flat feet, thin things by fingertips that stand beside them; every limit at every tick.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/world/hands.h"
#include "robots/act.h"
#include "tests/hands.h"

static struct hands_plan floor_plan(const double size[3], double mass, struct handling *h, struct part_type *p) {
  struct hands_plan plan;
  *p = (struct part_type){.name = "part", .shape = SHAPE_BOX, .size = {size[0], size[1], size[2]}, .mass = mass, .friction = 0.5};
  hands_plan_find(&plan, &kind, &(struct hands_ask){.part = p, .mass = mass, .carriers = 1, .slot = -1}, h);
  return plan;
}

static int joint_of(const char *name) {
  for (int j = 0; j < kind.model.joint_count; j++)
    if (!strcmp(kind.model.joint[j].name, name)) return j;
  fail_msg("no joint %s", name);
  return -1;
}

// Least distance between two rods, in steps of a thirtieth of each.
static double rods_apart(struct v3 a, struct v3 b, struct v3 c, struct v3 d) {
  double least = 1e9;
  for (int i = 0; i <= 30; i++)
    for (int k = 0; k <= 30; k++) least = fmin(least, v3_norm(v3_sub(v3_mul_add(a, v3_sub(b, a), i / 30.0), v3_mul_add(c, v3_sub(d, c), k / 30.0))));
  return least;
}

// Forearm and hand pass beside the leg: their middles farther from its than their radii as the URDF draws them.
static void check_beside_the_leg(const struct base_motion *base, const double *q, enum side side) {
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  struct v3 at[6];
  static const char *const name[] = {"hip_pitch", "knee", "ankle_pitch", "shoulder_pitch", "elbow", "wrist_pitch"};
  robot_forward(&kind.model, base, q, NULL, b);
  for (int i = 0; i < 6; i++) {
    char joint[40];
    snprintf(joint, sizeof joint, "%s_%s", side == LEFT ? "left" : "right", name[i]);
    at[i] = b[joint_of(joint) + 1].position;
  }
  struct v3 tip = v3_mul_add(at[5], m3_apply(&b[kind.humanoid.arm[side].body].rotation, kind.model.body[kind.humanoid.arm[side].body].com), 4);
  ORDER(rods_apart(at[4], at[5], at[1], at[2]), >, 0.035 + 0.045);
  ORDER(rods_apart(at[4], at[5], at[0], at[1]), >, 0.035 + 0.065);
  ORDER(rods_apart(at[5], tip, at[1], at[2]), >, 0.043 + 0.045);
}

// Played at 200 Hz with inverse dynamics of the whole body, the floor pressing on both feet: every joint in its range, every drive within its peak, the pressure on the soles.
static void check_played(const struct handling *h, const struct part_type *p) {
  const struct act_hold none = {0, 0};
  struct grip_part part = hands_part(p, p->mass, 1);
  struct robot_model loaded;
  struct error e = {0};
  struct act a;
  CHECK(posture_load(&loaded, &kind.humanoid, 0, &e), ==, STATUS_OK);
  CHECK(act_make(&a, &reacher, h, &part, &none, foot, 0.005, &e), ==, STATUS_OK);
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX], low = 1e9;
  const struct sole *sole = &kind.humanoid.sole;
  for (int i = 0; i <= a.last; i++) {
    struct walk_sample s;
    struct wrench root, on[2];
    int feet[2] = {kind.humanoid.leg[LEFT].body, kind.humanoid.leg[RIGHT].body};
    walk_at(&a.walk, i * 0.005, &s, q, qd, qdd, 1);
    const double *load = act_load_at(&a, i);
    for (int k = 0; k < 2; k++) loaded.body[kind.humanoid.arm[k].body].mass = kind.model.body[kind.humanoid.arm[k].body].mass + load[k];
    robot_model_pack(&loaded);
    struct body_motion b[ROBOT_JOINTS_MAX + 1];
    robot_forward(&loaded, &s.base, q, NULL, b);
    for (int k = 0; k < 2; k++) {
      // at the body's origin
      on[k] = s.wrench[k];
      on[k].moment = v3_add(on[k].moment, v3_cross(v3_sub(s.cop[k], b[feet[k]].position), on[k].force));
      double ahead = s.cop[k].x - s.foot[k].x;
      ORDER(ahead, <, sole->ball - 5e-3);
      ORDER(ahead, >, sole->heel + 5e-3);
      // flat
      CHECK_NEAR(s.foot[k].z, sole->height, 1e-9);
      ORDER(s.wrench[k].force.z, >, 0);
    }
    robot_inverse_dynamics(&loaded, &s.base, q, qd, qdd, 2, feet, on, tau, &root);
    // nothing is left for the root: the feet carry all
    ORDER(v3_norm(root.force), <, 1e-6);
    ORDER(v3_norm(root.moment), <, 1e-5);
    for (int j = 0; j < kind.model.joint_count; j++) {
      bool finger = false;
      for (int side = 0; side < 2; side++)
        for (int k = 0; k < reacher.hand[side].fingers; k++) finger |= reacher.hand[side].finger[k] == j;
      if (finger || kind.spec.drive[j] < 0) continue;
      const struct actuator *drive = &kind.spec.actuator[j];
      ORDER(q[j], <=, kind.model.joint[j].upper + 1e-6);
      ORDER(q[j], >=, kind.model.joint[j].lower - 1e-6);
      ORDER(fabs(qd[j]), <=, drive->speed_max * 1.02);
      ORDER(fabs(actuator_power(drive, tau[j], qd[j], qdd[j], 1).motor_torque), <=, drive->torque_peak * (1 + 1e-9));
    }
    for (int side = 0; side < 2 && i >= a.mark[ACT_TOUCH_BEGIN] && i <= a.mark[ACT_TOUCH_END]; side++)
      if (h->both || side == (int)h->side) check_beside_the_leg(&s.base, q, side);
    low = fmin(low, s.base.position.z);
  }
  // it went down for it
  ORDER(low, <, standing.root.z - 0.5 * kind.humanoid.leg_length);
  act_finish(&a);
  posture_load_finish(&loaded);
}

static void test_floor_picks_keep_every_limit(void **state) {
  (void)state;
  static const struct { double size[3], mass; bool both, stands; } part[] = {
    {{0.08, 0.06, 0.01}, 0.2, false, true}, {{0.08, 0.06, 0.02}, 0.3, false, true}, {{0.06, 0.06, 0.06}, 2, true, false}, {{0.06, 0.06, 0.06}, 0.3, false, false}, {{0.3, 0.2, 0.15}, 2, true, false}};
  static struct handling h;
  for (int i = 0; i < 5; i++) {
    struct part_type p;
    struct hands_plan plan = floor_plan(part[i].size, part[i].mass, &h, &p);
    if (!plan.possible) fail_msg("part %d: %s", i, plan.why);
    CHECK(plan.both, ==, part[i].both);
    CHECK(h.stands, ==, part[i].stands);
    ORDER(plan.held, >, 0.9);
    ORDER(plan.time, >, 1);
    check_played(&h, &p);
  }
}

// Both arms pass the knees, which stand 17 cm apart, whatever both hands take: with the elbows out to the sides where they must. Elbows that stay in go into the legs, and then it is refused.
static void test_both_arms_pass_the_legs(void **state) {
  (void)state;
  static const double size[][4] = {{0.06, 0.06, 0.06, 2}, {0.06, 0.06, 0.06, 8}, {0.2, 0.1, 0.1, 3}, {0.2, 0.2, 0.1, 0.3}, {0.3, 0.25, 0.15, 4}, {0.3, 0.3, 0.15, 2}, {0.6, 0.5, 0.3, 8}};
  static struct handling h;
  static struct reacher stiff;
  struct part_type p;
  for (int i = 0; i < 7; i++) {
    struct hands_plan plan = floor_plan(size[i], size[i][3], &h, &p);
    if (!plan.possible) fail_msg("part %d: %s", i, plan.why);
    CHECK(plan.both, ==, true);
    ORDER(handling_legs_apart(&reacher, &h, INFINITY), >, 0);
    ORDER(handling_legs_apart(&reacher, &h, 0), >=, 0);
  }
  stiff = kind.reacher;
  memcpy(kind.reacher.wide, kind.reacher.ready, sizeof stiff.wide);
  struct hands_plan plan = floor_plan(size[0], size[0][3], &h, &p);
  kind.reacher = stiff;
  CHECK(plan.possible, ==, false);
  CHECK_HAS(plan.why, "mm into its legs");
  ORDER(handling_legs_apart(&reacher, &h, INFINITY), <, -0.02);
}

// What no hand can take from the floor is refused, and why is said.
static void test_what_cannot_be_taken_says_why(void **state) {
  (void)state;
  static const struct { double size[3], mass; const char *why; } part[] = {
    {{0.05, 0.05, 0.003}, 0.1, "lower than the fingertips' contact"},   // too thin for one hand, too small for both
    {{0.06, 0.06, 0.06}, 30, "the fingers of both hands carry"}};
  static struct handling h;
  for (int i = 0; i < 2; i++) {
    struct part_type p;
    struct hands_plan plan = floor_plan(part[i].size, part[i].mass, &h, &p);
    CHECK(plan.possible, ==, false);
    CHECK_HAS(plan.why, part[i].why);
  }
}

// Its steps one by one, each from where the one before it ends: energy and heat of the whole are theirs, whatever was taken over from the first look.
static void check_sums(const struct handling *h, const struct part_type *p) {
  static double heat[ROBOT_JOINTS_MAX][2];
  const struct handling_step *close = NULL;
  double energy = 0, time = 0, load[2] = {0, 0};
  struct part_type part = *p;
  int at = 0, looks = 0;
  memset(heat, 0, sizeof heat);
  for (int i = 0; i < h->steps; i++) {
    const struct handling_step *s = &h->step[i];
    time += s->time;
    if (s->phase == HAND_SEE && looks++ > 0) energy += move_hold(&reacher, &h->pose[at], foot, load, s->time, heat).energy;
    if (s->phase == HAND_GRASP) load[h->side] = part.mass;
    if (s->phase == HAND_SEE || s->phase == HAND_GRASP) continue;
    for (int k = i; k < h->steps && !close; k++)
      if (h->step[k].phase == HAND_GRASP) close = &h->step[k];
    struct move_wish w = {.from = &h->pose[at], .to = &h->pose[s->pose], .foot = {foot[0], foot[1]}, .load = {load[0], load[1]}, .friction = 0.6, .time = s->time, .hold = INFINITY};
    if (s->phase == HAND_REACH) w.before = h->step[0].time;
    if (s->phase == HAND_APPROACH) w.time = 0, w.guard = 3 * h->sigma[2] > 3e-3 ? 3 * h->sigma[2] : 3e-3, w.after = close->time;
    struct move m = move_find(&reacher, &w, heat);
    CHECK_NEAR(m.time, s->time, 1e-9);
    CHECK_NEAR(m.energy, s->energy, 1e-6);
    energy += m.energy + m.before + m.after;
    at = s->pose;
  }
  CHECK_NEAR(h->time, time, 1e-12);
  CHECK_NEAR(h->energy, energy, 1e-6);
  for (int j = 0; j < kind.model.joint_count; j++)
    for (int k = 0; k < 2; k++) CHECK_NEAR(h->heat[j][k], heat[j][k], 1e-6);
}

// Seen from above a thing is known better than from where it stands: there it is looked at again, and fewer tries fail.
static void test_it_looks_again_where_that_saves_time(void **state) {
  (void)state;
  static struct handling h;
  struct part_type p;
  struct hands_plan plan = floor_plan((double[]){0.06, 0.06, 0.06}, 0.3, &h, &p);
  CHECK(plan.possible, ==, true);
  CHECK(h.again, ==, true);
  ORDER(h.distance, <, 1);
  int looks = 0;
  for (int i = 0; i < h.steps; i++) looks += h.step[i].phase == HAND_SEE;
  CHECK(looks, ==, 2);
  check_sums(&h, &p);
  // a ball closes along the line of the first look, and is held as hard: all but the second look and coming down is as it was then
  struct grip_part ball = {.shape = PART_SPHERE, .size = {0.06, 0.06, 0.06}, .mass = 0.1, .mu = 0.6};
  struct handling_wish far = pick_wish(&ball, 0.45);
  far.to = &standing, far.places = false, far.pick.hidden = 0.3;
  CHECK(handling_plan(&reacher, &far, &h), ==, true);
  CHECK(h.again, ==, true);
  p.mass = ball.mass;
  check_sums(&h, &p);
  // on a table before it one look does
  struct handling_wish w = pick_wish(&cube, 0.9);
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
  CHECK(h.again, ==, false);
}

int test_hands_floor(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_floor_picks_keep_every_limit),
    cmocka_unit_test(test_both_arms_pass_the_legs),
    cmocka_unit_test(test_what_cannot_be_taken_says_why),
    cmocka_unit_test(test_it_looks_again_where_that_saves_time),
  };
  return cmocka_run_group_tests_name("hands_floor", tests, hands_load, hands_unload);
}
