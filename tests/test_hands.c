// Hands: reaching by its laws, moves against inverse dynamics at every tick, picks against MTM-1, errors against closed forms.
#include <math.h>
#include <string.h>

#include "engine/world/kind.h"
#include "robots/handling.h"
#include "robots/move_table.h"
#include "robots/mtm.h"
#include "robots/pair.h"
#include "tests/check.h"

// a op b for numbers, both shown
#define ORDER(a, op, b)                                                                           \
  do {                                                                                            \
    double order_a = (double)(a), order_b = (double)(b);                                          \
    if (!(order_a op order_b)) fail_msg("%s %s %s: %.6g, %.6g", #a, #op, #b, order_a, order_b);  \
  } while (0)

static struct kind    kind;
static struct reacher reacher;
static struct reach_pose standing;
static double         foot[2];

static int load(void **state) {
  (void)state;
  struct error e = {0};
  CHECK(kind_load_body(&kind, "assets/robots/optimus-gen2", &e), ==, STATUS_OK);
  CHECK(reacher_make(&reacher, &kind.humanoid, &kind.spec, &e), ==, STATUS_OK);
  CHECK(reach_standing(&reacher, 0, &standing, foot, &e), ==, STATUS_OK);
  return 0;
}

static int unload(void **state) {
  (void)state;
  kind_finish(&kind);
  return 0;
}

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
    w.guard = 0.005;
    struct move touch = move_find(&reacher, &w, NULL);
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

// ---- picks ----------------------------------------------------------------------------------------------------------

static const struct grip_part cube = {.shape = PART_BOX, .size = {0.06, 0.06, 0.06}, .mass = 0.3, .mu = 0.5};

static struct handling_wish pick_wish(const struct grip_part *part, double height) {
  struct handling_wish w = handling_wish_defaults();
  w.part = part;
  w.from = &standing;
  w.foot[0] = foot[0], w.foot[1] = foot[1];
  w.pick.at = v3(0.45, -0.25, height);
  w.place.at = v3(0.45, 0.05, height);
  return w;
}

static void test_thirty_centimetres_beside_a_person(void **state) {
  (void)state;
  struct handling h;
  double person = MTM_TMU * (mtm_reach(MTM_REACH_B, 0.3048) + mtm_grasp(MTM_GRASP_1A) + mtm_move(MTM_MOVE_C, 0.3048) + mtm_position(MTM_POSITION_1SE) + mtm_release());
  struct handling_wish w = pick_wish(&cube, 0.9);
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
  struct reach_pose above = h.pose[h.poses - 1];
  w.from = &above;
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
  ORDER(h.time, >, person);
  ORDER(h.time, <, 2.5 * person);
  double time = 0, energy = 0, all = 0;
  for (int i = 0; i < h.steps; i++) time += h.step[i].time, energy += h.step[i].energy;
  for (int k = 0; k < GRIP_OUTCOME_COUNT; k++) all += h.outcome[k];
  CHECK_NEAR(time, h.time, 1e-12);
  CHECK_NEAR(energy, h.energy, 1e-9);
  CHECK_NEAR(all, 1, 1e-12);
  ORDER(h.outcome[CLOSE_HELD], >, 0.98);
  ORDER(h.winding, <, kind.spec.actuator[0].winding_limit - HEAT_DERATING);
}

static void test_shelf_clearance_and_friction_tell(void **state) {
  (void)state;
  struct handling table, low, tight, slippery;
  struct grip_part part = cube;
  struct handling_wish w = pick_wish(&part, 0.9);
  w.place.clearance = 3e-3;
  CHECK(handling_plan(&reacher, &w, &table), ==, true);
  struct handling_wish v = pick_wish(&part, 0.6);
  v.place.clearance = 3e-3;
  CHECK(handling_plan(&reacher, &v, &low), ==, true);
  ORDER(low.time, >, table.time * 1.02);
  w.place.clearance = 2e-3;
  CHECK(handling_plan(&reacher, &w, &tight), ==, true);
  ORDER(tight.time, >, table.time);
  ORDER(tight.fit.once, <, table.fit.once);
  w.place.clearance = 3e-3;
  part.mu = 0.3;
  CHECK(handling_plan(&reacher, &w, &slippery), ==, true);
  ORDER(slippery.time, >, table.time);
}

// What is given up early is seldom the quickest: mostly the same plan as when every direction is planned to its end, and on average hardly slower. No plan is better than
// the best of all.
static void test_the_choice_is_as_quick_as_all(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "map", 0);
  int done = 0, same = 0;
  double longer = 0;
  for (int i = 0; i < 60; i++) {
    struct handling quick, all;
    struct grip_part part = {.shape = i % 3 == 0 ? PART_CYLINDER : PART_BOX, .size = {between(&s, 0.03, 0.09), between(&s, 0.03, 0.09), between(&s, 0.03, 0.09)}, .mass = between(&s, 0.05, 0.5), .mu = 0.5};
    struct handling_wish w = pick_wish(&part, between(&s, 0.5, 1.3));
    w.pick.at.x = between(&s, 0.35, 0.55), w.pick.at.y = between(&s, -0.4, 0.4), w.pick.yaw = between(&s, 0, 3);
    w.places = false;
    w.to = &standing;
    bool can = handling_plan(&reacher, &w, &quick);
    w.thorough = true;
    CHECK(handling_plan(&reacher, &w, &all), ==, can);
    if (!can) continue;
    done++;
    ORDER(quick.time, >=, all.time);
    longer += quick.time / all.time - 1;
    if (quick.time != all.time) continue;
    same++;
    CHECK_NEAR(quick.energy, all.energy, 0);
    CHECK_NEAR(quick.outcome[CLOSE_HELD], all.outcome[CLOSE_HELD], 0);
  }
  ORDER(done, >, 50);
  ORDER(same, >, 0.9 * done);
  ORDER(longer, <, 0.005 * done);
}

static void test_success_comes_from_the_eye(void **state) {
  (void)state;
  struct hand_figures kept = kind.spec.hands;
  double held[4], sigma[] = {0, 1e-3, 3e-3, 8e-3};
  for (int i = 0; i < 4; i++) {
    struct handling h;
    struct handling_wish w = pick_wish(&cube, 0.9);
    kind.spec.hands.sight.across = kind.spec.hands.sight.depth = sigma[i];
    if (i == 0) kind.spec.hands.accuracy = kind.spec.hands.sight.yaw = 0;
    CHECK(handling_plan(&reacher, &w, &h), ==, true);
    held[i] = h.outcome[CLOSE_HELD];
    kind.spec.hands = kept;
  }
  CHECK_NEAR(held[0], 1, 0);
  ORDER(held[1], >, 0.99);
  // pressed harder and opened wider as long as the hand can: no better, then worse
  ORDER(held[2], <=, held[1]);
  ORDER(held[3], <, held[2]);
  // what is hidden is not seen
  struct handling h;
  struct handling_wish w = pick_wish(&cube, 0.9);
  w.pick.hidden = 0.9;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_UNSEEN);
}

static void test_what_cannot_be_done_says_why(void **state) {
  (void)state;
  struct handling h;
  char text[200];
  struct grip_part heavy = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 60, .mu = 0.5}, wide = {.shape = PART_BOX, .size = {0.4, 1.2, 0.2}, .mass = 2, .mu = 0.5};
  struct handling_wish w = pick_wish(&heavy, 0.9);
  w.pick.at.y = w.place.at.y = 0;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_HEAVY);
  handling_say(&reacher, &w, &h, text, sizeof text);
  CHECK(strstr(text, "60 kg") != NULL, ==, true);
  w.part = &wide;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_SPAN);
  struct grip_part box = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 5, .mu = 0.5};
  w.part = &box;
  w.pick.at.z = 1.95;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_REACH_PICK);
  handling_say(&reacher, &w, &h, text, sizeof text);
  CHECK(strstr(text, "1.95 m") != NULL, ==, true);
}

static void test_heavy_boxes_want_both_hands_and_rest(void **state) {
  (void)state;
  struct handling light, heavy;
  struct grip_part box = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 2, .mu = 0.5};
  struct handling_wish w = pick_wish(&box, 0.3);
  w.pick.at.y = w.place.at.y = 0;
  w.place.at.z = 0.9;
  CHECK(handling_plan(&reacher, &w, &light), ==, true);
  CHECK(light.both, ==, true);
  box.mass = 10;
  CHECK(handling_plan(&reacher, &w, &heavy), ==, true);
  ORDER(heavy.energy, >, light.energy);
  ORDER(heavy.time, >, light.time);
  ORDER(heavy.pause, >=, light.pause);
}

// ---- fits -----------------------------------------------------------------------------------------------------------

static void test_fits_by_their_closed_forms(void **state) {
  (void)state;
  struct hand_figures f = hand_figures_defaults();
  const double sigma[2] = {1e-3, 1e-3};
  struct fit free_place = fit_find(&f, 0, sigma, 0, 0.05, 0, 0.5, 1);
  CHECK(free_place.way, ==, FIT_FREE);
  CHECK_NEAR(free_place.time, 0, 0);
  // one sigma in each axis: 0.6827^2 of the tries
  struct fit sight = fit_find(&f, 1e-3, sigma, 0, 0.05, 0, 0.5, 0.03);
  CHECK(sight.way, ==, FIT_SIGHT);
  CHECK_NEAR(sight.once, 0.682689492137 * 0.682689492137, 1e-10);
  CHECK_NEAR(sight.time, 0.03 * (1 / sight.once - 1), 1e-12);
  // a fifth of that: felt for
  struct fit feel = fit_find(&f, 2e-4, sigma, 0, 0.05, 0, 0.5, 1);
  CHECK(feel.way, ==, FIT_FEEL);
  CHECK_NEAR(feel.search, 2 * M_PI_D * 1e-6 / (1.5 * 2e-4 * 2 * M_PI_D * 8 * 2e-4), 1e-9);
  // what comes down within the clearance, of a Rayleigh law, drops in at once
  CHECK_NEAR(feel.drops, 1 - exp(-0.5 * 0.2 * 0.2), 1e-12);
  CHECK_NEAR(feel.time, exp(-0.5 * 0.2 * 0.2) * feel.search, 1e-12);
  // at four sigmas that is nearly always so: no second look pays
  struct fit wide = fit_find(&f, 4e-3, sigma, 0, 0.05, 0, 0.5, 0.5);
  CHECK(wide.way, ==, FIT_FEEL);
  CHECK_NEAR(wide.drops, 1 - exp(-8), 1e-12);
  // half the clearance: four times the search
  CHECK_NEAR(fit_find(&f, 1e-4, sigma, 0, 0.05, 0, 0.5, 1).search, 4 * feel.search, 1e-9);
  // Whitney: it wedges when tilted by more than the clearance ratio over friction
  struct fit peg = fit_find(&f, 2e-4, sigma, 0.02, 0.05, 0.03, 0.4, 1);
  CHECK_NEAR(peg.wedged, 1 - erf(4e-4 / 0.05 / 0.4 / 0.02 / sqrt(2)), 1e-9);
}

static void test_drawn_fits_have_their_means(void **state) {
  (void)state;
  struct hand_figures f = hand_figures_defaults();
  const double sigma[2] = {1e-3, 1e-3};
  struct stream s = stream_make(1, 1, "hands", "fit", 0);
  const struct fit two[2] = {fit_find(&f, 1e-3, sigma, 0, 0.05, 0, 0.5, 0.03), fit_find(&f, 1e-3, sigma, 0, 0.05, 0, 0.5, 1)};
  for (int k = 0; k < 2; k++) {
    double sum = 0, square = 0;
    int n = 20000, tries;
    for (int i = 0; i < n; i++) {
      double x = fit_draw(&two[k], &s, &tries);
      sum += x, square += x * x;
    }
    double mean = sum / n, error = sqrt((square / n - mean * mean) / n);
    ORDER(fabs(mean - two[k].time), <, 4 * error);
  }
}

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

// A belt too fast for the arm is refused with the speed that it can do; that speed it can do.
static void test_belts_too_fast_are_refused(void **state) {
  (void)state;
  static struct handling h;
  char text[200];
  double can = 0;
  struct handling_wish w = pick_wish(&cube, 0.9);
  w.places = false;
  w.pick.speed = 1.5;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_BELT);
  handling_say(&reacher, &w, &h, text, sizeof text);
  CHECK_HAS(text, "the belt runs at 1.50 m/s, parts are picked from it up to ");
  CHECK(sscanf(strstr(text, "up to "), "up to %lf", &can), ==, 1);
  ORDER(can, >, 0.4);
  ORDER(can, <, 1.5);
  w.pick.speed = can - 0.01;
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
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

static void test_shares_of_two_carriers(void **state) {
  (void)state;
  double share[2];
  carry_shares(30, 0.5, 1, share);
  CHECK_NEAR(share[0], 20, 1e-12);
  CHECK_NEAR(share[1], 10, 1e-12);
  CHECK_NEAR(share[0] * 0.5, share[1] * 1, 1e-12);          // moments about the centre of mass
}

int test_hands(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_hand_of_the_tree),
    cmocka_unit_test(test_reaching_keeps_feet_balance_and_ranges),
    cmocka_unit_test(test_widths_and_ways_of_reaching_agree),
    cmocka_unit_test(test_low_and_far_bend_the_body),
    cmocka_unit_test(test_minimum_jerk),
    cmocka_unit_test(test_laws_of_moves),
    cmocka_unit_test(test_lump_is_the_whole_tree),
    cmocka_unit_test(test_tables_of_moves_are_inverse_dynamics),
    cmocka_unit_test(test_moves_keep_every_limit_at_every_tick), cmocka_unit_test(test_squats_stay_on_their_soles),
    cmocka_unit_test(test_thirty_centimetres_beside_a_person),
    cmocka_unit_test(test_shelf_clearance_and_friction_tell),
    cmocka_unit_test(test_the_choice_is_as_quick_as_all),
    cmocka_unit_test(test_success_comes_from_the_eye),
    cmocka_unit_test(test_what_cannot_be_done_says_why),
    cmocka_unit_test(test_heavy_boxes_want_both_hands_and_rest),
    cmocka_unit_test(test_primitives_are_motions_with_limits),
    cmocka_unit_test(test_the_hand_goes_along_with_a_belt), cmocka_unit_test(test_belts_too_fast_are_refused),
    cmocka_unit_test(test_acts_play_what_was_planned), cmocka_unit_test(test_fingers_close_until_they_touch),
    cmocka_unit_test(test_pressing_lifts_the_robot_off_its_balance),
    cmocka_unit_test(test_pairs),
    cmocka_unit_test(test_shares_of_two_carriers),
    cmocka_unit_test(test_fits_by_their_closed_forms),
    cmocka_unit_test(test_drawn_fits_have_their_means),
  };
  return cmocka_run_group_tests_name("hands", tests, load, unload);
}
