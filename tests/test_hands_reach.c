// Arms: reaching by its laws, moves against inverse dynamics at every tick.
#include <math.h>
#include <string.h>

#include "robots/body_rods.h"
#include "robots/move_table.h"
#include "tests/hands.h"

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static struct reach_wish wish_for(struct v3 at, bool both, double mass) {
  struct reach_wish w = {.use = {both, true}, .foot = {foot[0], foot[1]}, .load = {both ? mass / 2 : 0, both ? mass / 2 : mass}};
  for (int s = 0; s < 2; s++) w.goal[s] = (struct reach_goal){v3_add(at, v3(0, both ? (s == LEFT ? 0.2 : -0.2) : 0, 0)), reach_approach(&reacher, at.z), v3(0, 1, 0)};
  return w;
}

static void check_pose(const struct reach_pose *p, const struct reach_wish *w) {
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.position = p->root, .orientation = {1, 0, 0, 0}};
  robot_forward(&kind.model, &base, p->q, NULL, b);
  for (int s = 0; s < 2; s++) {
    // feet where they stood, flat
    const struct body_motion *f = &b[kind.humanoid.leg[s].body];
    CHECK_NEAR(f->position.x, foot[0], 1e-6);
    CHECK_NEAR(f->position.y, foot[1] + (s == LEFT ? 1 : -1) * reacher.standing.half_width, 1e-6);
    CHECK_NEAR(f->position.z, kind.humanoid.sole.height, 1e-6);
    if (!w->use[s]) continue;
    // the tool by the whole tree's forward kinematics, not the chain's
    const struct body_motion *hand = &b[kind.humanoid.arm[s].body];
    struct v3 tip = reach_hand(&reacher, p, s), wrist = hand->position;
    CHECK_NEAR(v3_norm(v3_sub(tip, wrist)), v3_norm(reacher.hand[s].tool), 1e-9);
    ORDER(v3_norm(v3_sub(tip, w->goal[s].point)), <=, REACH_MISS);
  }
  struct v3 velocity, com = v3_scale(robot_com(&kind.model, b, &velocity), kind.model.mass);
  double mass = kind.model.mass;
  for (int s = 0; s < 2; s++) {
    int body = kind.humanoid.arm[s].body;
    com = v3_mul_add(com, v3_add(b[body].position, m3_apply(&b[body].rotation, kind.model.body[body].com)), w->load[s]);
    mass += w->load[s];
  }
  ORDER(fabs(com.x / mass - foot[0] - reacher.standing.rest), <=, 0.021);
  ORDER(fabs(com.y / mass - foot[1]), <=, 0.021);
  for (int j = 0; j < kind.model.joint_count; j++) {
    ORDER(p->q[j], >=, kind.model.joint[j].lower - 1e-6);
    ORDER(p->q[j], <=, kind.model.joint[j].upper + 1e-6);
  }
}

static void test_hand_of_the_tree(void **state) {
  (void)state;
  for (int s = 0; s < 2; s++) {
    const struct hand *h = &reacher.hand[s];
    // fingers down, palms towards each other, as the URDF says; a fingertip's force is its torque over its length
    CHECK_NEAR(h->point.z, -1, 1e-9);
    CHECK_NEAR(h->close.y, s == LEFT ? -1 : 1, 1e-9);
    ORDER(h->grip.force_max, >, 1.5 / 0.11);
    ORDER(h->grip.force_max, <, 1.5 / 0.06);
    ORDER(h->hook, >, 2 * h->grip.force_max);
    // half the force that a touch may have: half the speed; four times the mass: half the speed
    double v = hand_touch_speed(&kind.spec.hands, 1, 0);
    CHECK_NEAR(hand_touch_speed(&kind.spec.hands, 1, kind.spec.hands.touch / 2), v / 2, 1e-15);
    CHECK_NEAR(hand_touch_speed(&kind.spec.hands, 4, 0), v / 2, 1e-15);
    // an elastic blow at that speed presses with that force
    CHECK_NEAR(v * sqrt(kind.spec.hands.stiffness), kind.spec.hands.touch, 1e-12);
  }
}

static void test_reaching_keeps_feet_balance_and_ranges(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "reach", 0);
  int reached = 0;
  for (int i = 0; i < 150; i++) {
    bool both = i % 3 == 0;
    double mass = i % 2 ? between(&s, 0, both ? 12 : 1) : 0;
    struct reach_wish w = wish_for(v3(between(&s, 0.3, 0.6), both ? 0 : between(&s, -0.4, 0), between(&s, 0.3, 1.6)), both, mass);
    struct reach_pose p;
    if (!reach_solve(&reacher, &w, &standing, &p)) continue;
    reached++;
    check_pose(&p, &w);
  }
  ORDER(reached, >, 110);
  // nobody has arms so long
  struct reach_pose p;
  struct reach_wish far = wish_for(v3(0.9, -0.1, 1.95), false, 0);
  CHECK(reach_solve(&reacher, &far, &standing, &p), ==, false);
  CHECK(p.level, ==, -1);
}

// Reaching is the same to the bit however many joints go at once, and comes to the same place as the general way.
static void test_widths_and_ways_of_reaching_agree(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "widths", 0);
  int reached = 0;
  assert_true(reacher.limb[LEFT].there && reacher.limb[RIGHT].there);
  for (int i = 0; i < 60; i++) {
    bool both = i % 4 == 0;
    struct reach_wish w = wish_for(v3(between(&s, 0.35, 0.55), both ? 0 : between(&s, -0.4, 0), between(&s, 0.5, 1.4)), both, 0);
    struct reach_pose wide, one, general;
    static struct reacher plain;
    plain = reacher;
    plain.limb[LEFT].there = plain.limb[RIGHT].there = false;
    memset(&wide, 0, sizeof wide), memset(&one, 0, sizeof one);
    bool good = reach_solve(&reacher, &w, &standing, &wide);
    for (int width = LANES_1; width < (int)dynamics_lanes(); width = width == LANES_1 ? LANES_4 : 2 * width) {
      reacher.lanes = (enum lane_width)width;
      memset(&one, 0, sizeof one);
      CHECK(reach_solve(&reacher, &w, &standing, &one), ==, good);
      CHECK(memcmp(wide.q, one.q, sizeof wide.q) || memcmp(&wide.root, &one.root, sizeof wide.root), ==, 0);
    }
    reacher.lanes = dynamics_lanes();
    if (!good) continue;
    reached++;
    CHECK(reach_solve(&plain, &w, &standing, &general), ==, true);
    CHECK(general.level, ==, wide.level);
    for (int j = 0; j < kind.model.joint_count; j++) CHECK_NEAR(general.q[j], wide.q[j], 1e-6);
  }
  ORDER(reached, >, 40);
}

// Elbows go out on their circle about the line from shoulder to wrist: the wrist stays, and so do both bones. Rods are where the whole tree's forward kinematics has them.
static void test_elbows_out(void **state) {
  (void)state;
  struct reach_pose in = standing, out = standing;
  memcpy(in.q, reacher.ready, sizeof in.q), memcpy(out.q, reacher.wide, sizeof out.q);
  for (int s = 0; s < 2; s++) {
    struct rod a[BODY_RODS_MAX], b[BODY_RODS_MAX], leg[2];
    CHECK(body_rods_arm(&reacher, s, &in, a), ==, 1 + reacher.hand[s].digits);
    CHECK(body_rods_arm(&reacher, s, &out, b), ==, 1 + reacher.hand[s].digits);
    CHECK(body_rods_leg(&reacher, s, &out, leg), ==, 2);
    ORDER(v3_norm(v3_sub(a[0].b, b[0].b)), <, 0.01);
    CHECK_NEAR(v3_norm(v3_sub(a[0].a, a[0].b)), v3_norm(v3_sub(b[0].a, b[0].b)), 1e-12);
    ORDER((s == LEFT ? 1 : -1) * (b[0].a.y - a[0].a.y), >, 0.1);
    struct body_motion body[ROBOT_JOINTS_MAX + 1];
    struct base_motion base = {.position = out.root, .orientation = {1, 0, 0, 0}};
    robot_forward(&kind.model, &base, out.q, NULL, body);
    CHECK_NEAR(v3_norm(v3_sub(b[0].b, body[kind.humanoid.arm[s].body].position)), 0, 1e-9);
    CHECK_NEAR(v3_norm(v3_sub(leg[1].b, body[kind.humanoid.leg[s].body].position)), 0, 1e-9);
    for (int d = 0; d < reacher.hand[s].digits; d++) CHECK_NEAR(v3_norm(v3_sub(b[1 + d].b, body[reacher.hand[s].digit[d].root + 1].position)), 0, 1e-9);
  }
}

static void test_low_and_far_bend_the_body(void **state) {
  (void)state;
  struct reach_pose high, low;
  struct reach_wish w = wish_for(v3(0.45, -0.2, 1.1), false, 0), v = wish_for(v3(0.45, -0.2, 0.25), false, 0);
  CHECK(reach_solve(&reacher, &w, &standing, &high), ==, true);
  CHECK(reach_solve(&reacher, &v, &standing, &low), ==, true);
  ORDER(high.level, <, 2);
  ORDER(low.level, >, 3);
  ORDER(low.root.z, <, high.root.z - 0.1);
  // the edge of the reach: a little nearer it comes, a little farther it does not
  double edge = handling_reach(&reacher, 1.1, false, 0, 0);
  ORDER(edge, >, reacher.shoulder * 0.4);
  ORDER(edge, <, reacher.shoulder);
}

static void test_minimum_jerk(void **state) {
  (void)state;
  double s, rate, second, peak = 0, most = 0;
  for (int i = 0; i <= 1000; i++) {
    minimum_jerk(i / 1000.0, &s, &rate, &second);
    peak = fmax(peak, rate);
    most = fmax(most, second);
  }
  CHECK_NEAR(peak, 1.875, 1e-12);
  CHECK_NEAR(most, 10 / sqrt(3), 1e-4);
}

// Inverse dynamics at every 5 ms of a move, from the path alone.
static void check_move(const struct move_wish *w, const struct move *m) {
  const struct sole *o = &kind.humanoid.sole;
  int n = (int)(m->time / 0.005);
  struct robot_model model;
  struct error e;
  // the load in the hands, as bodies
  CHECK(posture_load(&model, &kind.humanoid, w->load[0] + w->load[1], &e), ==, STATUS_OK);
  for (int k = 0; k <= n; k++) {
    double s, rate, second, q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
    struct frame_motion root;
    struct wrench r;
    move_law_at(&m->law, m->time * k / n, &s, &rate, &second);
    move_path(&reacher, w, s, rate, second, &root, q, qd, qdd);
    struct base_motion base = {.position = root.position, .orientation = {1, 0, 0, 0}, .velocity = root.velocity, .acceleration = root.acceleration};
    robot_inverse_dynamics(&model, &base, q, qd, qdd, 0, NULL, NULL, tau, &r);
    struct v3 moment = v3_add(r.moment, v3_cross(root.position, r.force));
    double x = -moment.y / r.force.z, y = moment.x / r.force.z;
    ORDER(x, <, foot[0] + o->ball + 1e-3);
    ORDER(x, >, foot[0] + o->heel - 1e-3);
    ORDER(fabs(y - foot[1]), <, reacher.standing.half_width + o->outer + 1e-3);
    ORDER(sqrt(r.force.x * r.force.x + r.force.y * r.force.y), <, w->friction * r.force.z);
    for (int j = 0; j < kind.model.joint_count; j++) {
      const struct actuator *a = &kind.spec.actuator[j];
      bool leg = false;
      for (int i = 0; i < 6; i++) leg |= kind.humanoid.leg[0].joint[i] == j || kind.humanoid.leg[1].joint[i] == j;
      if (kind.spec.drive[j] < 0 || leg) continue;
      ORDER(fabs(qd[j]), <=, a->speed_max * 1.02);
      ORDER(fabs(actuator_power(a, tau[j], qd[j], qdd[j], 1).motor_torque), <=, a->torque_peak * (1 + 1e-9));
    }
  }
  posture_load_finish(&model);
}

// Where a touch may come the hand is no faster than presses with `force`.
static void check_touch(const struct move_wish *w, const struct move *m, double force) {
  double v = hand_touch_speed(&kind.spec.hands, m->mass, force);
  for (int k = 0; k <= 400; k++) {
    double s, rate, second;
    move_law_at(&m->law, m->time * k / 400, &s, &rate, &second);
    if (s * m->distance >= m->distance - w->guard) ORDER(rate * m->distance, <=, v * (1 + 1e-6));
  }
}

static void test_moves_keep_every_limit_at_every_tick(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "move", 0);
  int balance = 0, guarded = 0;
  for (int i = 0; i < 25; i++) {
    bool both = i % 2;
    double mass = both ? between(&s, 0, 10) : 0;
    struct reach_wish a = wish_for(v3(between(&s, 0.35, 0.55), both ? 0 : between(&s, -0.35, 0), between(&s, 0.4, 1.4)), both, mass);
    struct reach_wish b = wish_for(v3(between(&s, 0.35, 0.55), both ? 0 : between(&s, -0.35, 0), between(&s, 0.4, 1.4)), both, mass);
    struct reach_pose from, to;
    if (!reach_solve(&reacher, &a, &standing, &from) || !reach_solve(&reacher, &b, &from, &to)) continue;
    struct move_wish w = {.from = &from, .to = &to, .foot = {foot[0], foot[1]}, .load = {a.load[0], a.load[1]}, .friction = 0.6, .hold = INFINITY};
    struct move m = move_find(&reacher, &w, NULL);
    if (!m.possible) continue;
    check_move(&w, &m);
    balance += m.limit == MOVE_BALANCE;
    // what is asked for is kept: slower, gentler
    w.time = 3 * m.time;
    struct move slow = move_find(&reacher, &w, NULL);
    CHECK_NEAR(slow.time, 3 * m.time, 1e-9);
    // with a touch at its end too, and it never draws back for that
    w.guard = 0.005;
    w.time = 80 * m.time;
    slow = move_find(&reacher, &w, NULL);
    CHECK_NEAR(slow.time, 80 * m.time, 1e-9);
    CHECK_NEAR(move_law_time(&slow.law), slow.time, 1e-9);
    check_touch(&w, &slow, kind.spec.hands.touch);
    for (int k = 1; k < 400; k++) {
      double at, rate, second;
      move_law_at(&slow.law, slow.time * k / 400, &at, &rate, &second);
      ORDER(rate, >=, -1e-12);
      ORDER(at, <=, 1 + 1e-12);
    }
    w.time = 0;
    ORDER(move_least(&reacher, &w), <=, m.time);
    w.guard = 0.005;
    struct move touch = move_find(&reacher, &w, NULL);
    ORDER(move_least(&reacher, &w), <=, touch.time);
    w.touch = kind.spec.hands.touch / 4;
    struct move gentle = move_find(&reacher, &w, NULL);
    ORDER(touch.time, >=, m.time);
    check_touch(&w, &gentle, kind.spec.hands.touch / 4);
    w.touch = 0;
    check_touch(&w, &touch, kind.spec.hands.touch);
    check_move(&w, &touch);
    // a quarter of the force: a quarter of the speed
    if (!(touch.law.rate > 0 && gentle.law.rate > 0)) continue;
    CHECK_NEAR(4 * gentle.law.rate, touch.law.rate, 1e-9);
    guarded++;
  }
  ORDER(balance, >, 5);
  ORDER(guarded, >, 5);
}

// By the arm alone onto something: what the hand's speed and the mass that touches ask for is never more than the move takes, and most of it.
static void test_least_times_of_moves(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "least", 0);
  int touches = 0;
  double share = 0;
  for (int i = 0; i < 60; i++) {
    struct v3 at = v3(between(&s, 0.35, 0.55), between(&s, -0.35, 0), between(&s, 0.3, 1.3));
    struct reach_wish low = wish_for(at, false, 0), high = wish_for(v3_add(at, v3(0, 0, between(&s, 0.03, 0.1))), false, 0);
    struct reach_pose touch, over;
    if (!reach_solve(&reacher, &low, &standing, &touch) || !reach_near(&reacher, &high, &touch, &over)) continue;
    struct move_wish w = {.from = &over, .to = &touch, .foot = {foot[0], foot[1]}, .load = {0, i % 2 ? between(&s, 0, 1) : 0}, .friction = 0.6, .hold = INFINITY, .guard = between(&s, 3e-3, 0.02)};
    struct move m = move_find(&reacher, &w, NULL);
    double least = move_least(&reacher, &w);
    ORDER(least, <=, m.time);
    if (m.limit != MOVE_TOUCH) continue;
    touches++;
    share += least / m.time;
  }
  ORDER(touches, >, 30);
  ORDER(share, >, 0.7 * touches);
}

// Straight legs that bend, and legs that straighten: from a stand to something low and back, the centre of pressure by inverse dynamics at 400 moments. What is planned with
// is 15 mm inside the soles at 16 of them.
static void test_squats_stay_on_their_soles(void **state) {
  (void)state;
  const struct sole *o = &kind.humanoid.sole;
  struct stream s = stream_make(1, 1, "hands", "squat", 0);
  int deep = 0;
  for (int i = 0; i < 60; i++) {
    bool both = i % 2;
    struct reach_wish low = wish_for(v3(between(&s, 0.3, 0.65), both ? 0 : between(&s, -0.3, 0), between(&s, 0, 0.9)), both, 0);
    struct reach_pose down;
    if (!reach_solve(&reacher, &low, &standing, &down)) continue;
    for (int up = 0; up < 2; up++) {
      struct move_wish w = {.from = up ? &down : &standing, .to = up ? &standing : &down, .foot = {foot[0], foot[1]}, .friction = 0.6, .hold = INFINITY};
      struct move m = move_find(&reacher, &w, NULL);
      double least = INFINITY;
      if (!m.possible) continue;
      deep += !up && standing.root.z - down.root.z > 0.1;
      for (int k = 0; k <= 400; k++) {
        double at, rate, second, q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
        struct frame_motion root;
        struct wrench r;
        move_law_at(&m.law, m.time * k / 400, &at, &rate, &second);
        move_path(&reacher, &w, at, rate, second, &root, q, qd, qdd);
        struct base_motion base = {.position = root.position, .orientation = {1, 0, 0, 0}, .velocity = root.velocity, .acceleration = root.acceleration};
        robot_inverse_dynamics(&kind.model, &base, q, qd, qdd, 0, NULL, NULL, tau, &r);
        struct v3 moment = v3_add(r.moment, v3_cross(root.position, r.force));
        double x = -moment.y / r.force.z - foot[0], y = fabs(moment.x / r.force.z - foot[1]);
        least = fmin(least, fmin(fmin(o->ball - x, x - o->heel), reacher.standing.half_width + o->outer - y));
      }
      ORDER(least, >, 5e-3);
    }
  }
  ORDER(deep, >, 20);
}

// With fingers that stand still the lump asks the torques of the whole tree, loads at the hands included.
static void test_lump_is_the_whole_tree(void **state) {
  (void)state;
  const struct robot_model *m = &kind.model;
  struct stream s = stream_make(1, 1, "hands", "lump", 0);
  struct robot_model lump = lump_model(&reacher.lump);
  CHECK(lump.joint_count, <, m->joint_count);
  for (int round = 0; round < 5; round++) {
    enum { N = 8 };
    static _Alignas(64) double q[2][3][ROBOT_JOINTS_MAX * N], tau[2][ROBOT_JOINTS_MAX * N], base[19][N], root[2][6][N], load[2][N];
    for (int k = 0; k < N; k++) {
      for (int i = 0; i < 19; i++) base[i][k] = between(&s, -1, 1);
      for (int i = 0; i < 2; i++) load[i][k] = between(&s, 0, 5);
      for (int j = 0; j < m->joint_count; j++)
        for (int c = 0; c < 3; c++) {
          int at = reacher.lump.place[j];
          double x = at >= 0 ? between(&s, -1, 1) : c == 0 ? reacher.standing.q[j] : 0;
          q[0][c][j * N + k] = x;
          if (at >= 0) q[1][c][at * N + k] = x;
        }
    }
    for (int i = 0; i < 2; i++) {
      struct dynamics_columns c = {.n = N, .stride = N, .q = q[i][0], .qd = q[i][1], .qdd = q[i][2], .tau = tau[i], .load_count = 2};
      for (int k = 0; k < 19; k++) c.base[k] = base[k];
      for (int k = 0; k < 6; k++) c.root[k] = root[i][k];
      for (int k = 0; k < 2; k++) c.load[k] = load[k], c.load_body[k] = i ? reacher.lump.body[kind.humanoid.arm[k].body] : kind.humanoid.arm[k].body;
      dynamics_columns_run(i ? &lump : m, &c, 0, N, dynamics_lanes());
    }
    for (int k = 0; k < N; k++) {
      for (int j = 0; j < lump.joint_count; j++) CHECK_NEAR(tau[1][j * N + k], tau[0][reacher.lump.joint[j] * N + k], 1e-9);
      for (int i = 0; i < 6; i++) CHECK_NEAR(root[1][i][k], root[0][i][k], 1e-9);
    }
  }
}

// Three motions at once against inverse dynamics of the timed path, which goes another way; every width has the same bits.
static void test_tables_of_moves_are_inverse_dynamics(void **state) {
  (void)state;
  static _Alignas(64) struct move_table wide, one, whole;
  struct stream s = stream_make(1, 1, "hands", "table", 0);
  for (int round = 0; round < 12; round++) {
    struct reach_pose from = standing, to = standing;
    for (int side = 0; side < 2; side++)
      for (int i = 0; i < reacher.chain[side].count; i++) to.q[reacher.chain[side].joint[i]] += between(&s, -0.3, 0.3);
    if (round % 3) to.root = v3_add(to.root, v3(between(&s, -0.02, 0.02), 0, -0.03 * (round % 3)));
    struct move_wish w = {.from = &from, .to = &to, .foot = {foot[0], foot[1]}, .load = {round % 2 ? between(&s, -3, 3) : 0, between(&s, 0, 3)}, .friction = 1};
    struct move_timing m = {.side = (double[ROBOT_JOINTS_MAX]){0}};
    wide.n = one.n = whole.n = wide.used = one.used = whole.used = round % 2 ? 16 : 8;
    for (int k = 0; k < wide.n; k++) {
      wide.s[k] = one.s[k] = whole.s[k] = (k + 0.5) / wide.n;
      m.rate[k] = between(&s, -2, 2), m.second[k] = between(&s, -5, 5);
    }
    move_table_fill(&wide, &reacher, &w, false);
    move_table_time(&whole, &reacher, &w, &m);
    int all = wide.joints * wide.n;
    for (int width = LANES_1; width < (int)dynamics_lanes(); width = width == LANES_1 ? LANES_4 : 2 * width) {
      reacher.lanes = (enum lane_width)width;
      move_table_fill(&one, &reacher, &w, false);
      CHECK(memcmp(wide.rest, one.rest, sizeof(double) * (size_t)all) || memcmp(wide.speed, one.speed, sizeof(double) * (size_t)all) || memcmp(wide.thrust, one.thrust, sizeof(double) * (size_t)all), ==, 0);
      for (int i = 0; i < 3; i++) CHECK(memcmp(wide.floor[i], one.floor[i], sizeof(struct wrench) * (size_t)wide.n), ==, 0);
    }
    reacher.lanes = dynamics_lanes();
    for (int k = 0; k < wide.n; k++) {
      double v = m.rate[k] * m.rate[k], a = m.second[k];
      for (int i = 0; i < wide.joints; i++) {
        int at = i * wide.n + k;
        CHECK_NEAR(wide.rest[at] + v * wide.speed[at] + a * wide.thrust[at], whole.rest[at], 1e-8);
      }
      const struct wrench *f = whole.floor[0] + k;
      struct v3 force = v3_mul_add(v3_mul_add(wide.floor[0][k].force, wide.floor[1][k].force, v), wide.floor[2][k].force, a);
      struct v3 moment = v3_mul_add(v3_mul_add(wide.floor[0][k].moment, wide.floor[1][k].moment, v), wide.floor[2][k].moment, a);
      CHECK_NEAR(v3_norm(v3_sub(force, f->force)), 0, 1e-8);
      CHECK_NEAR(v3_norm(v3_sub(moment, f->moment)), 0, 1e-8);
    }
  }
}

// A law by its own derivatives: from 0 to 1, at rest at both ends, its speed the integral of its acceleration.
static void test_laws_of_moves(void **state) {
  (void)state;
  const struct move_law laws[] = {move_law_rest(0.4), move_law_guarded(0.2, 0.06, 0.008, 0.13, 0.001), move_law_guarded(0.3, 0.3, 0.02, 0.4, 0.05)};
  for (int i = 0; i < 3; i++) {
    const struct move_law *l = &laws[i];
    double T = move_law_time(l), s0, v0, a0, most = 0, fastest = 0, rate, second;
    int n = 20000;
    move_law_at(l, 0, &s0, &v0, &a0);
    CHECK_NEAR(s0, 0, 0);
    CHECK_NEAR(v0, 0, 0);
    for (int k = 1; k <= n; k++) {
      double s, v, a, dt = T / n;
      move_law_at(l, k * dt, &s, &v, &a);
      CHECK_NEAR(s, s0 + (v + v0) / 2 * dt, 1e-6);
      CHECK_NEAR(v, v0 + (a + a0) / 2 * dt, 2e-3 / T);
      if (k % 100 == 0 && k < n) CHECK_NEAR(move_law_when(l, s), k * dt, 1e-4 * T);
      most = fmax(most, fabs(a)), fastest = fmax(fastest, v);
      s0 = s, v0 = v, a0 = a;
    }
    CHECK_NEAR(s0, 1, 1e-12);
    CHECK_NEAR(v0, 0, 1e-9);
    move_law_peaks(l, &rate, &second);
    CHECK_NEAR(rate, fastest, 0.01 * fastest);
    CHECK_NEAR(second, most, 0.02 * most);
  }
}

// When a law passes its samples, side by side: as one by one, at every width.
static void test_laws_side_by_side(void **state) {
  (void)state;
  static _Alignas(64) struct move_table t;
  const struct move_law laws[] = {move_law_guarded(0.2, 0.06, 0.008, 0.13, 0.001), move_law_guarded(0.3, 0.3, 0.02, 0.4, 0.05), move_law_guarded(0.11, 0.07, 0.024, 0.05, 0.0009), move_law_guarded(0.06, 0.05, 0.003, 0.1, 0.003)};
  for (int i = 0; i < 4; i++)
    for (int width = LANES_1; width <= (int)dynamics_lanes(); width = width == LANES_1 ? LANES_4 : 2 * width) {
      _Alignas(64) double when[MOVE_SAMPLES_MAX], rate[MOVE_SAMPLES_MAX], second[MOVE_SAMPLES_MAX], s, v, a;
      t.n = t.used = i % 2 ? 8 : 16, t.lanes = (enum lane_width)width;
      for (int k = 0; k < t.n; k++) minimum_jerk((k + 0.5) / t.n, &t.s[k], &v, &a);
      move_table_passed(&t, &laws[i], when, rate, second);
      for (int k = 0; k < t.n; k++) {
        CHECK_NEAR(when[k], move_law_when(&laws[i], t.s[k]), 0);
        move_law_at(&laws[i], when[k], &s, &v, &a);
        CHECK_NEAR(rate[k], v, 0);
        CHECK_NEAR(second[k], a, 0);
        CHECK_NEAR(s, t.s[k], 1e-9);
      }
    }
}

int test_hands_reach(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_hand_of_the_tree),
    cmocka_unit_test(test_reaching_keeps_feet_balance_and_ranges),
    cmocka_unit_test(test_widths_and_ways_of_reaching_agree),
    cmocka_unit_test(test_elbows_out),
    cmocka_unit_test(test_low_and_far_bend_the_body),
    cmocka_unit_test(test_minimum_jerk),
    cmocka_unit_test(test_laws_of_moves),
    cmocka_unit_test(test_laws_side_by_side),
    cmocka_unit_test(test_lump_is_the_whole_tree),
    cmocka_unit_test(test_tables_of_moves_are_inverse_dynamics),
    cmocka_unit_test(test_least_times_of_moves),
    cmocka_unit_test(test_moves_keep_every_limit_at_every_tick),
    cmocka_unit_test(test_squats_stay_on_their_soles),
  };
  return cmocka_run_group_tests_name("hands_reach", tests, hands_load, hands_unload);
}
