// What hands do, played: motions by their limits at every tick, fingers, belts, two robots.
#include <math.h>
#include <string.h>

#include "robots/act.h"
#include "robots/pair.h"
#include "robots/rod.h"
#include "tests/hands.h"

// ---- primitives -----------------------------------------------------------------------------------------------------

static void test_primitives_are_motions_with_limits(void **state) {
  (void)state;
  static struct primitive_plan p, q;
  for (int k = 0; k < PRIMITIVE_KINDS; k++) {
    struct primitive_wish w = primitive_wish_defaults(k);
    CHECK(primitive_find(&reacher, &w, &p), ==, true);
    ORDER(p.time, >, 0);
    ORDER(p.energy, >, 100 * p.time);                       // at least what sitting draws
    ORDER(p.torque, <=, 1);
    ORDER(p.once, >, 0.9);
    // out of everybody's reach; looking needs no arm
    w.at[1] = 2.4;
    bool looks = k == PRIMITIVE_INSPECT || k == PRIMITIVE_SCAN;
    CHECK(primitive_find(&reacher, &w, &p), ==, looks);
  }
  // half the clearance, a quarter of the area to feel over at half the speed; closer sides, more looks
  struct primitive_wish w = primitive_wish_defaults(PRIMITIVE_INSERT);
  w.clearance = 4e-4;
  CHECK(primitive_find(&reacher, &w, &p), ==, true);
  w.clearance = 2e-4;
  CHECK(primitive_find(&reacher, &w, &q), ==, true);
  CHECK_NEAR(q.fit.search, 4 * p.fit.search, 1e-9);
  w = primitive_wish_defaults(PRIMITIVE_INSPECT);
  w.tolerance = 4e-3;
  CHECK(primitive_find(&reacher, &w, &p), ==, true);
  w.tolerance = 1e-3;
  CHECK(primitive_find(&reacher, &w, &q), ==, true);
  ORDER(q.looks, >, 8 * p.looks);
}

// The end of body b, as far beyond its centre of mass as that is from its joint.
static struct v3 tip_of(const struct body_motion *b, int body) { return v3_add(b[body].position, m3_apply(&b[body].rotation, v3_scale(kind.model.body[body].com, 2))); }

// Played, each finger's pad comes across by its own joints to the side of the part that lies there: of a round part to the circle, beside it as far as its middle.
static void test_fingers_close_until_they_touch(void **state) {
  (void)state;
  const double tick = 0.005, wide[] = {0.03, 0.046, 0.07};
  const struct act_hold none = {0, 0};
  int touched = 0, shut = 0;
  for (int k = 0; k < 3; k++) {
    static struct handling h;
    struct grip_part can = {.shape = PART_CYLINDER, .size = {wide[k], wide[k], 0.08}, .mass = 0.2, .mu = 0.6};
    struct handling_wish w = pick_wish(&can, 0.9);
    struct act a;
    struct error e;
    struct walk_sample s;
    w.places = false;
    w.to = &standing;
    CHECK(handling_plan(&reacher, &w, &h), ==, true);
    CHECK(h.both, ==, false);
    CHECK(act_make(&a, &reacher, &h, &can, &none, foot, tick, &e), ==, STATUS_OK);
    const struct hand *hand = &reacher.hand[h.side];
    int palm = kind.humanoid.arm[h.side].body;
    double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], r = wide[k] / 2;
    struct body_motion b[ROBOT_JOINTS_MAX + 1], straight[ROBOT_JOINTS_MAX + 1];
    walk_at(&a.walk, a.mark[ACT_TOUCH_END] * tick, &s, q, qd, qdd, 1);
    robot_forward(&kind.model, &s.base, q, NULL, b);
    double bent[ROBOT_JOINTS_MAX];
    memcpy(bent, q, sizeof bent);
    for (int i = 0; i < hand->fingers; i++) q[hand->finger[i]] = 0;
    robot_forward(&kind.model, &s.base, q, NULL, straight);
    // directions of the hand are given at the pose of zeros
    const double zeros[ROBOT_JOINTS_MAX] = {0};
    struct body_motion zero[ROBOT_JOINTS_MAX + 1];
    robot_forward(&kind.model, &s.base, zeros, NULL, zero);
    struct v3 close = m3_apply(&b[palm].rotation, m3_apply_inverse(&zero[palm].rotation, hand->close));
    struct v3 aside = v3_cross(close, m3_apply(&b[palm].rotation, m3_apply_inverse(&zero[palm].rotation, hand->point)));
    for (int i = 0; i < hand->fingers; i++) {
      int body = hand->finger[i] + 1, root = body;
      bool last = true;
      for (int j = 0; j < hand->fingers; j++) last = last && kind.model.joint[hand->finger[j]].parent != body;
      if (!last) continue;
      while (kind.model.joint[root - 1].parent != palm) root = kind.model.joint[root - 1].parent;
      // planned about the hand's middle, which the errors of solving leave within a millimetre of the part's
      double x = fabs(v3_dot(v3_sub(straight[root].position, straight[palm].position), aside)), across = fabs(v3_dot(v3_sub(tip_of(b, body), tip_of(straight, body)), close));
      bool passes = x >= r, all = fabs(bent[hand->finger[i]] - hand->closed[i]) < 1e-9;
      if (!all) CHECK_NEAR(across, hand->grip.opening / 2 - (passes ? r : sqrt(r * r - x * x)), 3e-4);
      touched += !passes && !all, shut += all;
    }
    act_finish(&a);
  }
  ORDER(touched, >, 5);
  ORDER(shut, <=, 2);               // a thumb that does not come so far
}

// Played, the ends of the fingers of both hands come as far in beneath what they carry as its ledge is deep, each by its own joints; thumbs stay beside it.
static void test_fingers_of_both_hands_come_beneath(void **state) {
  (void)state;
  static struct handling h;
  const struct act_hold none = {0, 0};
  struct grip_part box = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 4, .mu = 0.5};
  struct handling_wish w = pick_wish(&box, 0.9);
  struct act a;
  struct error e;
  struct walk_sample sample;
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], bent[ROBOT_JOINTS_MAX];
  const double zeros[ROBOT_JOINTS_MAX] = {0};
  struct body_motion b[ROBOT_JOINTS_MAX + 1], straight[ROBOT_JOINTS_MAX + 1], zero[ROBOT_JOINTS_MAX + 1];
  int beneath = 0, beside = 0;
  w.places = false;
  w.pick.at = v3(0.42, 0, 0.9);
  w.to = &standing;
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
  CHECK(h.both, ==, true);
  CHECK(act_make(&a, &reacher, &h, &box, &none, foot, 0.005, &e), ==, STATUS_OK);
  walk_at(&a.walk, a.mark[ACT_TOUCH_END] * 0.005, &sample, q, qd, qdd, 1);
  robot_forward(&kind.model, &sample.base, q, NULL, b);
  memcpy(bent, q, sizeof bent);
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < reacher.hand[s].fingers; i++) q[reacher.hand[s].finger[i]] = 0;
  robot_forward(&kind.model, &sample.base, q, NULL, straight);
  robot_forward(&kind.model, &sample.base, zeros, NULL, zero);
  for (int s = 0; s < 2; s++) {
    const struct hand *hand = &reacher.hand[s];
    int palm = kind.humanoid.arm[s].body;
    struct v3 close = m3_apply(&b[palm].rotation, m3_apply_inverse(&zero[palm].rotation, hand->close));
    for (int i = 0; i < hand->fingers; i++) {
      int j = hand->finger[i], body = j + 1;
      bool last = true;
      for (int k = 0; k < hand->fingers; k++) last = last && kind.model.joint[hand->finger[k]].parent != body;
      if (!last || fabs(bent[j] - hand->closed[i]) < 1e-9) continue;
      double across = fabs(v3_dot(v3_sub(tip_of(b, body), tip_of(straight, body)), close));
      CHECK_NEAR(across, bent[j] == 0 ? 0 : HANDLING_LEDGE, 3e-4);
      beneath += bent[j] != 0, beside += bent[j] == 0;
    }
  }
  CHECK(beneath, ==, 8);
  CHECK(beside, ==, 2);
  act_finish(&a);
}

// What the arms and the trunk are asked for, the load a part of the hands' mass. (Fingers and legs have the floor's and the part's forces to bear.)
// Gives the copper loss of both arms' drives, W.
static double check_drives(struct robot_model *m, const struct base_motion *base, const double *q, const double *qd, const double *qdd, const double load[2]) {
  double tau[ROBOT_JOINTS_MAX], copper = 0;
  struct wrench root;
  for (int s = 0; s < 2; s++) m->body[kind.humanoid.arm[s].body].mass = kind.model.body[kind.humanoid.arm[s].body].mass + load[s];
  robot_model_pack(m);
  robot_inverse_dynamics(m, base, q, qd, qdd, 0, NULL, NULL, tau, &root);
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < reacher.chain[s].count; i++) {
      int j = reacher.chain[s].joint[i];
      const struct actuator *a = &kind.spec.actuator[j];
      if (kind.spec.drive[j] < 0) continue;
      struct actuator_power power = actuator_power(a, tau[j], qd[j], qdd[j], 1);
      ORDER(fabs(qd[j]), <=, a->speed_max * 1.02);
      ORDER(fabs(power.motor_torque), <=, a->torque_peak * (1 + 1e-9));
      copper += power.copper;
    }
  return copper;
}

// Played: every primitive moves smoothly from rest to rest, stays at its marks, bends fingers with their followers, and asks no drive for more than it has.
static void test_acts_play_what_was_planned(void **state) {
  (void)state;
  static struct primitive_plan p;
  struct robot_model loaded;
  struct error none;
  CHECK(posture_load(&loaded, &kind.humanoid, 0, &none), ==, STATUS_OK);
  for (int k = 0; k < PRIMITIVE_KINDS; k++) {
    struct primitive_wish w = primitive_wish_defaults(k);
    struct act a;
    struct error e;
    const double tick = 0.005;
    CHECK(primitive_find(&reacher, &w, &p), ==, true);
    CHECK(act_make(&a, &reacher, &p.hands, &p.part, &p.hold, p.wish.foot, tick, &e), ==, STATUS_OK);
    // as long as it was planned, to a few samples
    CHECK_NEAR(a.last * tick, p.time - p.fit.time, 6 * tick);
    double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], last[2][ROBOT_JOINTS_MAX], most = 0;
    struct walk_sample s;
    for (int i = 0; i <= a.last; i++) {
      walk_at(&a.walk, i * tick, &s, q, qd, qdd, 1);
      bool marked = i == 0 || i == a.last;
      for (int m = 0; m < ACT_MARKS; m++) marked |= a.mark[m] == i;
      for (int j = 0; j < kind.model.joint_count; j++) {
        const struct robot_joint *o = &kind.model.joint[j];
        if (o->mimic >= 0) CHECK_NEAR(q[j], o->mimic_factor * q[o->mimic] + o->mimic_offset, 1e-12);
        if (marked && (qd[j] != 0 || qdd[j] != 0)) fail_msg("%s moves at a mark", o->name);
        // trapezoids of the rates; fingers are quick
        if (i > 0) CHECK_NEAR(q[j] - last[0][j], (last[1][j] + qd[j]) / 2 * tick, 3e-3);
        last[0][j] = q[j], last[1][j] = qd[j];
      }
      check_drives(&loaded, &s.base, q, qd, qdd, act_load_at(&a, i));
      double push = 0;
      for (int f = 0; f < 2; f++) push += s.wrench[f].force.z;
      if (push > most) most = push;
    }
    ORDER(most, >, 0.9 * kind.model.mass * GRAVITY);
    if (a.mark[ACT_TOUCH_END] > 0) {
      // another try takes what is played of it, to and fro, and a look
      CHECK_NEAR(p.hands.retry, 2 * (a.mark[ACT_TOUCH_END] - a.mark[ACT_TOUCH_BEGIN]) * tick + kind.spec.hands.look, 4 * tick);
      // it closes while the arm stays
      const struct hand *hand = &reacher.hand[p.hands.side];
      double closed = 0;
      double open[ROBOT_JOINTS_MAX], shut[ROBOT_JOINTS_MAX], drop[ROBOT_JOINTS_MAX];
      walk_at(&a.walk, a.mark[ACT_TOUCH_BEGIN] * tick, &s, open, drop, drop, 1);
      walk_at(&a.walk, a.mark[ACT_TOUCH_END] * tick, &s, shut, drop, drop, 1);
      for (int i = 0; i < hand->fingers; i++) {
        closed += shut[hand->finger[i]] - open[hand->finger[i]];
        ORDER(shut[hand->finger[i]], >=, open[hand->finger[i]]);
      }
      ORDER(closed, >, 0);
    }
    act_finish(&a);
  }
  posture_load_finish(&loaded);
}

// Sample k of what is played: fingers and legs apart, every joint keeps within its drive and its range, and joins on to the sample before it (last: q, qd; NULL: none).
// Gives the copper loss of both arms' drives, W.
static double check_sample(struct robot_model *loaded, const struct act *a, int k, double tick, double last[2][ROBOT_JOINTS_MAX], double *q, struct v3 *root) {
  double qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
  struct walk_sample s;
  walk_at(&a->walk, k * tick, &s, q, qd, qdd, 1);
  double copper = check_drives(loaded, &s.base, q, qd, qdd, act_load_at(a, k));
  for (int j = 0; j < kind.model.joint_count; j++) {
    const struct robot_joint *o = &kind.model.joint[j];
    if (last) CHECK_NEAR(q[j] - last[0][j], (last[1][j] + qd[j]) / 2 * tick, 3e-3);
    bool finger = false;
    for (int side = 0; side < 2; side++)
      for (int i = 0; i < reacher.hand[side].fingers; i++) finger |= reacher.hand[side].finger[i] == j;
    if (finger || kind.spec.drive[j] < 0) continue;
    ORDER(fabs(qd[j]), <=, kind.spec.actuator[j].speed_max);
    ORDER(q[j], <=, o->upper + 1e-6);
    ORDER(q[j], >=, o->lower - 1e-6);
  }
  *root = s.base.position;
  return copper;
}

// A hand that closed on nothing: from the speed of the belt to rest above it, nothing jumps and no drive is asked for too much; then it comes down as before.
static void check_way_back(struct robot_model *loaded, const struct act *a, double tick) {
  double last[2][ROBOT_JOINTS_MAX], q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], drop[ROBOT_JOINTS_MAX];
  int touch = a->mark[ACT_TOUCH_END], down = a->mark[ACT_TOUCH_BEGIN];
  struct walk_sample s;
  struct v3 root;
  CHECK(a->walk.samples, ==, a->last + 1 + a->back);
  ORDER(a->back, >=, touch - down);
  walk_at(&a->walk, touch * tick, &s, last[0], last[1], drop, 1);
  walk_at(&a->walk, (a->last + 1) * tick, &s, q, qd, drop, 1);
  for (int j = 0; j < kind.model.joint_count; j++) {
    CHECK_NEAR(q[j], last[0][j], 1e-9);
    CHECK_NEAR(qd[j], last[1][j], 1e-9);
  }
  for (int k = a->last + 1; k < a->walk.samples; k++) {
    check_sample(loaded, a, k, tick, k > a->last + 1 ? last : NULL, q, &root);
    walk_at(&a->walk, k * tick, &s, last[0], last[1], drop, 1);
  }
  // the next sample is over the part, at rest
  walk_at(&a->walk, down * tick, &s, q, qd, drop, 1);
  for (int j = 0; j < kind.model.joint_count; j++) {
    CHECK_NEAR(qd[j], 0, 1e-9);
    CHECK_NEAR(q[j] - last[0][j], last[1][j] / 2 * tick, 1e-3);
  }
}

// Played at 200 Hz: while it closes the hand has the belt's speed and stays over the part; before and after it everything joins on, and no drive is asked for too much.
static void test_the_hand_goes_along_with_a_belt(void **state) {
  (void)state;
  const double tick = 0.005, belts[] = {0.4, -0.4, 0.2, 0};
  const struct act_hold none = {0, 0};
  struct robot_model loaded;
  struct error e;
  CHECK(posture_load(&loaded, &kind.humanoid, 0, &e), ==, STATUS_OK);
  for (int b = 0; b < 4; b++) {
    static struct handling h;
    struct act a;
    struct handling_wish w = pick_wish(&cube, 0.9);
    w.places = false;
    w.to = &standing;
    w.pick.speed = belts[b];
    CHECK(handling_plan(&reacher, &w, &h), ==, true);
    CHECK_NEAR(h.follow.speed, belts[b], 0);
    CHECK(act_make(&a, &reacher, &h, &cube, &none, foot, tick, &e), ==, STATUS_OK);
    int end = a.mark[ACT_TOUCH_END], begin = end - (int)(h.step[3].time / tick + 0.5), alongside = 0, guarded = 0;
    CHECK(h.step[3].phase, ==, HAND_GRASP);
    // one more try takes what is planned for it
    CHECK_NEAR(h.retry, (a.back + end - a.mark[ACT_TOUCH_BEGIN]) * tick + kind.spec.hands.look, 4 * tick);
    check_way_back(&loaded, &a, tick);
    struct reach_pose p = standing;
    struct walk_sample s;
    double last[2][ROBOT_JOINTS_MAX], drop[ROBOT_JOINTS_MAX], before = 0, copper = 0, planned = 0, guard = fmax(3 * h.sigma[2], 3e-3);
    struct v3 from = v3(0, 0, 0);
    for (int i = 0; i <= a.last; i++) {
      copper += tick * check_sample(&loaded, &a, i, tick, i > 0 ? last : NULL, p.q, &p.root);
      walk_at(&a.walk, i * tick, &s, last[0], last[1], drop, 1);
      struct v3 hand = reach_hand(&reacher, &p, h.side);
      if (belts[b] == 0) continue;
      // where a touch may come it has the speed too, but for what joints in proportion lack
      struct v3 left = v3_sub(hand, reach_hand(&reacher, &h.pose[h.step[2].pose], h.side));
      if (i > a.mark[ACT_TOUCH_BEGIN] && i <= end && m_sqrt(left.x * left.x + left.z * left.z) < guard) guarded++;
      if (guarded > 1 && i <= end) CHECK_NEAR((hand.y - before) / tick, belts[b], 0.1 * fabs(belts[b]));
      if (i == begin) from = hand;
      if (i > begin && i <= end) {
        alongside++;
        CHECK_NEAR((hand.y - before) / tick, belts[b], 0.03 * fabs(belts[b]));
        CHECK_NEAR(hand.y - from.y, belts[b] * (i - begin) * tick, 1e-3);
        CHECK_NEAR(hand.x, from.x, 2.5e-3);
        CHECK_NEAR(hand.z, from.z, 2.5e-3);
      }
      before = hand.y;
    }
    if (belts[b] != 0) ORDER(alongside, >=, 12);
    if (belts[b] != 0) ORDER(guarded, >, alongside);
    for (int i = 0; i < h.steps; i++) ORDER(h.step[i].move.torque, <=, 1);
    for (int side = 0; side < 2; side++)
      for (int i = 0; i < reacher.chain[side].count; i++) planned += h.heat[reacher.chain[side].joint[i]][0];
    // what heats its drives is what the plan says, but for its few samples
    CHECK_NEAR(planned, copper, 0.08 * copper);
    act_finish(&a);
  }
  posture_load_finish(&loaded);
}

static void test_pressing_lifts_the_robot_off_its_balance(void **state) {
  (void)state;
  static struct primitive_plan p;
  struct primitive_wish w = primitive_wish_defaults(PRIMITIVE_PRESS);
  double weight = kind.model.mass * GRAVITY, ahead = w.at[0] - foot[0] - reacher.standing.rest, back = reacher.standing.rest - kind.humanoid.sole.heel;
  // the soles bear it while force times its lever is within weight less force times the way to the heel
  double most = weight * back / (ahead + back);
  w.force = 0.75 * most;
  CHECK(primitive_find(&reacher, &w, &p), ==, true);
  w.force = 1.5 * most;             // the force acts where the hand weighs, some way behind the fingertips
  CHECK(primitive_find(&reacher, &w, &p), ==, false);
  CHECK(p.why, ==, HANDLING_BALANCE);
}

static double end_of(const struct handling *h, enum handling_phase p) {
  double time = 0, end = 0;
  for (int i = 0; i < h->steps; i++) {
    time += h->step[i].time;
    if (h->step[i].phase == p) end = time;
  }
  return end;
}

// Nobody lets go before the other one holds; two who carry do everything at one pace; what one of them cannot do says which.
static void test_pairs(void **state) {
  (void)state;
  static struct pair_plan p;
  const struct reacher *const both[2] = {&reacher, &reacher};
  struct primitive_wish w = primitive_wish_defaults(PRIMITIVE_HAND_OVER);
  CHECK(pair_find(both, &w, &p), ==, true);
  double comes = end_of(&p.plan[0].hands, HAND_POSITION) - p.plan[0].hands.fit.time, holds = p.late[1] + end_of(&p.plan[1].hands, HAND_GRASP);
  CHECK_NEAR(comes + p.plan[0].hold.time, holds, 1e-9);
  ORDER(p.late[1] + end_of(&p.plan[1].hands, HAND_REACH), >=, comes - 1e-9);
  CHECK_NEAR(p.time, p.late[1] + p.plan[1].time, 1e-9);
  ORDER(p.plan[0].time, <, p.time);
  // they meet half way
  CHECK_NEAR(p.plan[0].wish.place.at.y, -w.apart / 2, 1e-12);
  CHECK_NEAR(p.plan[1].wish.pick.at.y, w.apart / 2, 1e-12);
  for (int k = 0; k < 2; k++) ORDER(p.plan[k].torque, <=, 1);
  w.part.mass = 8;
  CHECK(pair_find(both, &w, &p), ==, false);
  CHECK(p.who, ==, 0);

  w = primitive_wish_defaults(PRIMITIVE_CARRY);
  w.part = (struct grip_part){.shape = PART_BOX, .size = {0.4, 0.4, 0.3}, .mass = 12, .mu = 0.5};
  w.at[1] = 0.8;
  CHECK(pair_find(both, &w, &p), ==, true);
  for (int i = 0; i < p.plan[0].hands.steps; i++) CHECK_NEAR(p.plan[0].hands.step[i].time, p.plan[1].hands.step[i].time, 0);
  CHECK(p.plan[0].hands.both, ==, true);

  // one is slower, and has to look again before it sets down: all the same they do everything at one pace, and the sums are those of the steps
  struct robot_spec spec = kind.spec;
  struct reacher other = reacher;
  spec.hands.speed *= 0.4, spec.hands.look *= 2, spec.hands.accuracy *= 1.5;
  other.spec = &spec;
  const struct reacher *const unlike[2] = {&reacher, &other};
  CHECK(pair_find(unlike, &w, &p), ==, true);
  for (int phase = 0; phase < HAND_PHASES; phase++) {
    double time[2] = {0, 0};
    for (int k = 0; k < 2; k++)
      for (int i = 0; i < p.plan[k].hands.steps; i++)
        if ((int)p.plan[k].hands.step[i].phase == phase) time[k] += p.plan[k].hands.step[i].time;
    CHECK_NEAR(time[0], time[1], 1e-12);
  }
  for (int k = 0; k < 2; k++) {
    double time = 0, energy = 0;
    for (int i = 0; i < p.plan[k].hands.steps; i++) time += p.plan[k].hands.step[i].time, energy += p.plan[k].hands.step[i].energy;
    CHECK_NEAR(p.plan[k].hands.time, time, 1e-9);
    CHECK_NEAR(p.plan[k].hands.energy, energy, 1e-6);
    CHECK_NEAR(p.time, p.plan[k].time, 1e-9);
  }
}

// Fingers of one of a pair in the part's own frame, as open as they close on it or let it go.
static struct outline finger_on(const struct pair_plan *p, int k, int i) {
  const struct handling *h = &p->plan[k].hands;
  const struct grip_hand *hand = &reacher.hand[h->side].grip;
  double way = i == 0 ? -1 : 1, deep = h->gap + hand->thickness, turn = k == 1 ? -p->plan[1].wish.pick.yaw : 0, c = cos(turn), s = sin(turn), u[2] = {way * h->grip.along[0], way * h->grip.along[1]};
  double at[2] = {h->grip.contact[i][0] + u[0] * deep / 2, h->grip.contact[i][1] + u[1] * deep / 2};
  return outline_rectangle(c * at[0] - s * at[1], s * at[0] + c * at[1], atan2(u[1], u[0]) + turn, deep, hand->width);
}

// Between two straight pieces, by points of both.
static double pieces_apart(struct v3 a, struct v3 b, struct v3 c, struct v3 d) {
  double least = INFINITY;
  for (int i = 0; i <= 40; i++)
    for (int k = 0; k <= 40; k++) least = fmin(least, v3_norm(v3_sub(v3_mul_add(a, v3_sub(b, a), i / 40.0), v3_mul_add(c, v3_sub(d, c), k / 40.0))));
  return least;
}

// Elbow, wrist and finger roots of the hand at work where a phase ends.
static int arm_points(const struct pair_plan *p, int k, enum handling_phase phase, double beside, struct v3 *at) {
  const struct handling *h = &p->plan[k].hands;
  const struct reach_pose *pose = &h->pose[0];
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  int palm = kind.humanoid.arm[h->side].body, n = 2;
  for (int i = 0; i < h->steps; i++)
    if (h->step[i].phase == phase) pose = &h->pose[h->step[i].pose];
  struct base_motion base = {.position = v3_add(pose->root, v3(0, beside, 0)), .orientation = {1, 0, 0, 0}};
  robot_forward(&kind.model, &base, pose->q, NULL, b);
  for (int j = 0; j < kind.model.joint_count; j++)
    if (!strcmp(kind.model.joint[j].name, h->side == LEFT ? "left_elbow" : "right_elbow")) at[0] = b[j + 1].position;
  at[1] = b[palm].position;
  for (int d = 0; d < reacher.hand[h->side].digits; d++) at[n++] = b[reacher.hand[h->side].digit[d].root + 1].position;
  return n;
}

// Palms and forearms of both pass each other: forearms of 35 mm, palms of 15 mm to each side of their bones.
static void check_arms_apart(const struct pair_plan *p, double apart) {
  static const enum handling_phase when[][2] = {{HAND_POSITION, HAND_REACH}, {HAND_POSITION, HAND_GRASP}, {HAND_RETREAT, HAND_GRASP}};
  for (int i = 0; i < 3; i++) {
    struct v3 gives[HAND_FINGERS_MAX], takes[HAND_FINGERS_MAX];
    int n = arm_points(p, 0, when[i][0], 0, gives), m = arm_points(p, 1, when[i][1], -apart, takes);
    for (int a = 1; a < n; a++)
      for (int c = 1; c < m; c++) {
        // 1: from the elbow to the wrist
        double radii = (a == 1 ? 0.035 : 0.015) + (c == 1 ? 0.035 : 0.015);
        ORDER(pieces_apart(gives[a == 1 ? 0 : 1], gives[a], takes[c == 1 ? 0 : 1], takes[c]), >, radii);
      }
  }
}

static void test_rods_are_as_far_apart_as_their_points(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "rods", "test", 0);
  for (int i = 0; i < 300; i++) {
    struct v3 p[4];
    for (int k = 0; k < 4; k++) p[k] = v3(stream_unit(&s), stream_unit(&s), stream_unit(&s));
    if (i % 5 == 0) p[3] = v3_add(p[2], v3_scale(v3_sub(p[1], p[0]), stream_unit(&s) - 0.5));       // parallel
    if (i % 7 == 0) p[1] = p[0];                                                                      // a ball
    if (i % 11 == 0) p[3] = p[2];
    struct rod a = {p[0], p[1], 0.1 * stream_unit(&s)}, b = {p[2], p[3], 0.1 * stream_unit(&s)};
    double points = pieces_apart(p[0], p[1], p[2], p[3]) - a.radius - b.radius, found = rods_apart(&a, &b);
    // points are never nearer, and off by half a step of each at most
    ORDER(found, <=, points + 1e-12);
    ORDER(found, >, points - (v3_norm(v3_sub(p[1], p[0])) + v3_norm(v3_sub(p[3], p[2]))) / 80 - 1e-12);
    CHECK_NEAR(rods_apart(&b, &a), found, 1e-12);
  }
  // crossing at right angles, 0.3 apart
  CHECK_NEAR(rods_apart(&(struct rod){{-1, 0, 0}, {1, 0, 0}, 0.05}, &(struct rod){{0, -1, 0.3}, {0, 1, 0.3}, 0.1}), 0.15, 1e-15);
}

// Hands with stubs for fingers: their palms are where the part is, so that on a small one they meet wherever it changes hands.
static void test_palms_that_would_meet(void **state) {
  (void)state;
  static struct pair_plan p;
  static struct reacher stubs;
  const struct reacher *const both[2] = {&reacher, &reacher}, *const short_fingers[2] = {&stubs, &stubs};
  struct primitive_wish w = primitive_wish_defaults(PRIMITIVE_HAND_OVER);
  w.part = (struct grip_part){.shape = PART_BOX, .size = {0.03, 0.03, 0.03}, .mass = 0.1, .mu = 0.5};
  CHECK(pair_find(both, &w, &p), ==, true);
  CHECK_NEAR(p.meets, 0, 0);
  stubs = reacher;
  for (int s = 0; s < 2; s++) {
    stubs.hand[s].tool = v3_scale(stubs.hand[s].tool, 0.2);
    step_limb_init(&stubs.limb[s], &stubs.chain[s], &stubs.hand[s]);
  }
  CHECK(pair_find(short_fingers, &w, &p), ==, false);
  CHECK(p.crowded, ==, true);
  ORDER(p.meets, >, 0.005);
}

// Both hands of a hand over fit on the part at once, else it is refused with the length that would do, which does.
static void test_both_hands_fit_on_what_is_handed_over(void **state) {
  (void)state;
  static struct pair_plan p;
  const struct reacher *const both[2] = {&reacher, &reacher};
  static const double size[][4] = {{0.05, 0.05, 0.05, 0.2}, {0.10, 0.06, 0.03, 0.5}, {0.3, 0.04, 0.04, 0.1}, {0.08, 0.05, 0.05, 0.3}};
  for (int k = 0; k < 5; k++) {
    struct primitive_wish w = primitive_wish_defaults(PRIMITIVE_HAND_OVER);
    if (k < 4) w.part = (struct grip_part){.shape = PART_BOX, .size = {size[k][0], size[k][1], size[k][2]}, .mass = size[k][3], .mu = 0.5};
    else w.part = (struct grip_part){.shape = PART_CYLINDER, .size = {0.07, 0.07, 0.07}, .mass = 0.3, .mu = 0.5};
    CHECK(pair_find(both, &w, &p), ==, true);
    for (int i = 0; i < 2; i++)
      for (int j = 0; j < 2; j++) {
        struct outline a = finger_on(&p, 0, i), b = finger_on(&p, 1, j);
        CHECK(outlines_overlap(&a, &b), ==, false);
      }
    check_arms_apart(&p, w.apart);
  }
  struct primitive_wish w = primitive_wish_defaults(PRIMITIVE_HAND_OVER);
  w.part = (struct grip_part){.shape = PART_BOX, .size = {0.14, 0.06, 0.03}, .mass = 0.5, .mu = 0.5};
  CHECK(pair_find(both, &w, &p), ==, false);
  CHECK(p.crowded, ==, true);
  ORDER(p.length, >, 0.06);
  ORDER(p.length, <, 0.14);
  w.part.size[0] = p.length;
  CHECK(pair_find(both, &w, &p), ==, true);
  w.part = (struct grip_part){.shape = PART_CYLINDER, .size = {0.012, 0.012, 0.03}, .mass = 0.1, .mu = 0.5};
  CHECK(pair_find(both, &w, &p), ==, false);
  CHECK(p.crowded, ==, true);
}

static void test_shares_of_two_carriers(void **state) {
  (void)state;
  double share[2];
  carry_shares(30, 0.5, 1, share);
  CHECK_NEAR(share[0], 20, 1e-12);
  CHECK_NEAR(share[1], 10, 1e-12);
  CHECK_NEAR(share[0] * 0.5, share[1] * 1, 1e-12);          // moments about the centre of mass
}

int test_hands_act(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_primitives_are_motions_with_limits),
    cmocka_unit_test(test_the_hand_goes_along_with_a_belt),
    cmocka_unit_test(test_acts_play_what_was_planned),
    cmocka_unit_test(test_fingers_close_until_they_touch),
    cmocka_unit_test(test_fingers_of_both_hands_come_beneath),
    cmocka_unit_test(test_pressing_lifts_the_robot_off_its_balance),
    cmocka_unit_test(test_pairs),
    cmocka_unit_test(test_both_hands_fit_on_what_is_handed_over),
    cmocka_unit_test(test_rods_are_as_far_apart_as_their_points),
    cmocka_unit_test(test_palms_that_would_meet),
    cmocka_unit_test(test_shares_of_two_carriers),
  };
  return cmocka_run_group_tests_name("hands_act", tests, hands_load, hands_unload);
}
