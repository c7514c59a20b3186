#include "robots/reach.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define BESIDE_STEPS 1              // by the arms alone
#define EXACT_STEPS 5               // on the place and the closing direction, then on the place alone
#define ROUNDS      3               // of balance: each brings the centre of mass some five times nearer
#define CLOSE_WIDTH 0.15            // m    at which a turn of the closing direction counts as a miss of the hand
#define POINT_WIDTH 0.08            // m    likewise of the fingers' direction
#define REST        2e-3            // m2   pull to the pose of rest, per rad2
#define DAMPING     1e-6            // m2
#define WAIST_COST  3               // 1    of a waist joint's motion over an arm's
#define THERE       2e-5            // m    that a hand is off when no further step is needed
#define STRAIGHT    2e-3            // rad  of its closing direction, likewise
#define WIDE_STEPS  60
#define RANGE       1e-9            // rad  beyond a joint's range that is rounding
#define BALANCED    0.02            // m    that the centre of mass may be off the soles' middle
#define LEANING     0.045           // m    the same while only the arms move

// Least-squares steps: from far away, the joints drawn to rest; after each balance; from a pose of another level. Quick ones come to the same place nearly always, careful ones at the
// ends of the reach too. Guesses.
struct effort { int far, near, level; };
static const struct effort quick = {6, 2, 3}, careful = {14, 3, 5};

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
static double size_of(double x) { return x < 0 ? -x : x; }

// ---- making ---------------------------------------------------------------------------------------------------------

// Drops as shares of the leg, lean of the trunk. Upright first: a person bends the trunk before the knees, and the knees for what lies low.
// Guesses; what a level can do is found out, not assumed.
static const struct { double drop, lean; } levels[REACH_LEVELS] = {
  {0.005, 0}, {0.01, 0.2}, {0.02, 0.45}, {0.08, 0.35}, {0.17, 0.5}, {0.28, 0.6}, {0.38, 0.65}, {0.47, 0.75}, {0.54, 1.1}, {0.60, 1.2}, {0.66, 1.2}};

static void find_eye(struct reacher *r) {
  const struct humanoid *h = r->humanoid;
  const double zero[ROBOT_JOINTS_MAX] = {0};
  struct body_motion b[ROBOT_JOINTS_MAX + 1];
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  robot_forward(h->model, &base, zero, NULL, b);
  double best = -1e9;
  for (int i = 0; i <= h->model->joint_count; i++) {
    bool arm = false;
    for (int p = i; p > 0; p = h->model->joint[p - 1].parent)
      for (int s = 0; s < 2; s++)
        for (int k = 0; k < h->arm[s].count; k++) arm |= h->arm[s].joint[k] == p - 1;
    double z = v3_add(b[i].position, m3_apply(&b[i].rotation, h->model->body[i].com)).z;
    if (!arm && h->model->body[i].mass > 0 && z > best) best = z, r->eye_body = i;
  }
}

static void make_looks(struct reacher *r) {
  static const double step[4] = {0.85667488385450287, 0.73389185662710230, 0.62870672103203999, 0.53859725722361140};
  for (int i = 0; i < REACH_LOOKS; i++) {
    double e[5] = {0, 0, 0, 0, i % 2 ? 0.5 : -0.5}, most = 0;
    for (int k = 0; k < 4; k++) {
      double u = 0.5 + step[k] * (i + 1);
      e[k] = m_normal_inverse(u - m_floor(u));
      most = fmax(most, size_of(e[k]));
    }
    int at = i;
    for (; at > 0 && r->look_most[at - 1] > most; at--) memcpy(r->look[at], r->look[at - 1], sizeof e), r->look_most[at] = r->look_most[at - 1];
    memcpy(r->look[at], e, sizeof e);
    r->look_most[at] = most;
  }
}

// Fingers stand still while a hand moves.
static void make_lump(struct reacher *r) {
  const struct humanoid *h = r->humanoid;
  bool moves[ROBOT_JOINTS_MAX];
  for (int j = 0; j < h->model->joint_count; j++) moves[j] = true;
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < r->hand[s].fingers; i++) moves[r->hand[s].finger[i]] = false;
  lump_make(&r->lump, h->model, moves, r->standing.q);
  for (int s = 0; s < 2; s++) {
    r->lump_leg[s] = r->leg[s];
    struct chain *c = &r->lump_leg[s].chain;
    for (int i = 0; i < c->count; i++) c->joint[i] = r->lump.place[c->joint[i]];
  }
}

static void make_wide(struct reacher *r);

enum status reacher_make(struct reacher *r, const struct humanoid *h, const struct robot_spec *spec, struct error *e) {
  memset(r, 0, sizeof *r);
  r->humanoid = h;
  r->spec = spec;
  r->lean = -1;
  r->lanes = dynamics_lanes();
  if (!h->arm[LEFT].count || !h->arm[RIGHT].count) return error_at(e, STATUS_REF, h->model->name, 0, 0, "reaching: this robot has no arms");
  r->waist = h->waist_count + h->arm[LEFT].count <= LIMB_JOINTS_MAX && h->waist_count + h->arm[RIGHT].count <= LIMB_JOINTS_MAX ? h->waist_count : 0;
  for (int s = 0; s < 2; s++) {
    struct limb whole = {.count = r->waist + h->arm[s].count, .body = h->arm[s].body};
    leg_init(&r->leg[s], h, s);
    chain_init(&r->chain[s], h->model, &whole);
    hand_find(&r->hand[s], h, spec, s);
    step_limb_init(&r->limb[s], &r->chain[s], &r->hand[s]);
  }
  for (int i = 0; i < r->waist; i++) {
    double y = r->chain[LEFT].axis[i].y;
    if (size_of(y) > 0.7 && r->chain[LEFT].follow[i] < 0) r->lean = i, r->lean_sign = y < 0 ? -1 : 1;
  }
  struct posture posture;
  posture_find(&posture, h, LOAD_NONE);
  enum status s = stand_find(&r->standing, h, h->model, &posture, e);
  if (s != STATUS_OK) return s;
  make_lump(r);
  make_looks(r);
  struct arm arm;
  arm_init(&arm, h, LEFT);
  r->shoulder = r->standing.root_height + arm.shoulder.z;
  posture_hands(&posture, h, v3(0.6, 0, 0.45));              // a guess: forearms level
  memcpy(r->ready, posture.q, sizeof r->ready);
  make_wide(r);
  find_eye(r);
  for (int i = 0; i < REACH_LEVELS; i++) {
    double lean = levels[i].lean;
    if (r->lean >= 0) {
      const struct chain *c = &r->chain[LEFT];
      double most = r->lean_sign > 0 ? c->upper[r->lean] : -c->lower[r->lean];
      if (lean > 0.95 * most) lean = 0.95 * most;
    } else {
      lean = 0;
    }
    r->level[r->levels].drop = levels[i].drop * h->leg_length;
    r->level[r->levels++].lean = lean;
  }
  return STATUS_OK;
}

enum status reach_standing(const struct reacher *r, double load, struct reach_pose *out, double foot[2], struct error *e) {
  struct stand loaded;
  const struct stand *s = &r->standing;
  memset(out, 0, sizeof *out);
  if (load > 0) {
    struct robot_model model;
    struct posture posture;
    enum status status = posture_load(&model, r->humanoid, load, e);
    if (status != STATUS_OK) return status;
    posture_find(&posture, r->humanoid, LOAD_HELD_CLOSE);
    status = stand_find(&loaded, r->humanoid, &model, &posture, e);
    posture_load_finish(&model);
    if (status != STATUS_OK) return status;
    s = &loaded;
  }
  memcpy(out->q, s->q, sizeof out->q);
  out->root = v3(0, 0, s->root_height);
  foot[0] = s->ankle_x;
  foot[1] = s->ankle_y;
  return STATUS_OK;
}

struct v3 reach_approach(const struct reacher *r, double z) {
  // between 0.35 m below the shoulders and the shoulders the fingers turn from down to ahead; a guess
  double share = clamp((z - r->shoulder + 0.35) / 0.35, 0, 1), s, c;
  m_sincos(share * M_PI_D / 2, &s, &c);
  return v3(s, 0, -c);
}

static void get_chain(const struct chain *c, const double *q, double *out) {
  for (int i = 0; i < c->count; i++) out[i] = q[c->joint[i]];
}
static void put_chain(const struct chain *c, const double *q, double *out) {
  for (int i = 0; i < c->count; i++) out[c->joint[i]] = q[i];
}

// ---- the hand -------------------------------------------------------------------------------------------------------

struct at { struct v3 point, close, fingers, wrist; struct v3 axis[LIMB_JOINTS_MAX], origin[LIMB_JOINTS_MAX]; };

static void look_at(const struct reacher *r, int side, struct v3 root, const double *q, struct at *out) {
  struct m3 rotation;
  chain_forward(&r->chain[side], q, &rotation, &out->wrist, out->axis, out->origin);
  const struct hand *h = &r->hand[side];
  out->point = v3_add(root, v3_add(out->wrist, m3_apply(&rotation, h->tool)));
  out->close = m3_apply(&rotation, h->close);
  out->fingers = m3_apply(&rotation, h->point);
}

struct task { int rows; double J[9][LIMB_JOINTS_MAX], e[9]; };

// Three rows: columns v of the chain's joints, followers added to whom they follow.
static void task_rows(struct task *t, const struct chain *c, const struct v3 *v, struct v3 error, double weight) {
  double (*row)[LIMB_JOINTS_MAX] = &t->J[t->rows];
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < c->count; i++) row[k][i] = 0;
  for (int i = 0; i < c->count; i++) {
    int to = c->follow[i] < 0 ? i : c->follow[i];
    double by = weight * c->factor[i];
    if (c->follow[i] == i) continue;
    row[0][to] += by * v[i].x, row[1][to] += by * v[i].y, row[2][to] += by * v[i].z;
  }
  t->e[t->rows] = weight * error.x, t->e[t->rows + 1] = weight * error.y, t->e[t->rows + 2] = weight * error.z;
  t->rows += 3;
}

// That bring the hand's point, `tip` in the root's frame, to where it should be.
static void point_rows(struct task *t, const struct chain *c, const struct at *at, struct v3 tip, struct v3 error) {
  struct v3 v[LIMB_JOINTS_MAX];
  for (int i = 0; i < c->count; i++) v[i] = c->prismatic[i] ? at->axis[i] : v3_cross(at->axis[i], v3_sub(tip, at->origin[i]));
  task_rows(t, c, v, error, 1);
}

// That bring a unit direction of the hand, d, to where it should be.
static void direction_rows(struct task *t, const struct chain *c, const struct at *at, struct v3 d, struct v3 wanted, double weight) {
  struct v3 v[LIMB_JOINTS_MAX];
  for (int i = 0; i < c->count; i++) v[i] = c->prismatic[i] ? v3(0, 0, 0) : v3_cross(at->axis[i], d);
  task_rows(t, c, v, v3_sub(wanted, d), weight);
}

// x of (J^T J + D) x = J^T e + pull, by Cholesky.
static void least_squares(const struct task *t, int n, const double *damping, const double *pull, double *x) {
  double A[LIMB_JOINTS_MAX][LIMB_JOINTS_MAX], inverse[LIMB_JOINTS_MAX];
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) A[i][j] = 0;
    A[i][i] = damping[i];
    x[i] = pull[i];
  }
  for (int r = 0; r < t->rows; r++) {
    const double *row = t->J[r], e = t->e[r];
    for (int i = 0; i < n; i++) {
      double by = row[i];
      for (int j = 0; j <= i; j++) A[i][j] += by * row[j];
      x[i] += by * e;
    }
  }
  for (int j = 0; j < n; j++) {
    double d = A[j][j];
    for (int k = 0; k < j; k++) d -= A[j][k] * A[j][k];
    inverse[j] = 1 / m_sqrt(d > 1e-300 ? d : 1e-300);
    for (int i = j + 1; i < n; i++) {
      double sum = A[i][j];
      for (int k = 0; k < j; k++) sum -= A[i][k] * A[j][k];
      A[i][j] = sum * inverse[j];
    }
  }
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++) x[i] -= A[i][k] * x[k];
    x[i] *= inverse[i];
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++) x[i] -= A[k][i] * x[k];
    x[i] *= inverse[i];
  }
}

static struct v3 closing_sign(struct v3 wanted, struct v3 now) { return v3_dot(wanted, now) < 0 ? v3_scale(wanted, -1) : wanted; }

// One step of the chain's angles, whatever the chain is. full: with the fingers' direction and the pull to rest. True: it was there already.
static bool arm_step(const struct reacher *r, int side, const struct reach_goal *g, struct v3 root, const double *rest, const bool *frozen, bool full, bool turning, double *q) {
  const struct chain *c = &r->chain[side];
  int n = c->count;
  struct at at;
  struct task t;
  double damping[LIMB_JOINTS_MAX] = {0}, pull[LIMB_JOINTS_MAX] = {0}, x[LIMB_JOINTS_MAX] = {0};
  look_at(r, side, root, q, &at);
  struct v3 tip = v3_sub(at.point, root), error = v3_sub(g->point, at.point);
  double far = v3_norm(error);
  if (far > STEP_FAR) error = v3_scale(error, STEP_FAR / far);
  bool closes = v3_dot(g->close, g->close) > 0;
  if (!full && far < THERE) {
    struct v3 off = closes ? v3_sub(closing_sign(g->close, at.close), at.close) : v3(0, 0, 0);
    if (v3_dot(off, off) < STRAIGHT * STRAIGHT) return true;
  }
  t.rows = 0;
  point_rows(&t, c, &at, tip, error);
  if (closes && turning) direction_rows(&t, c, &at, at.close, closing_sign(g->close, at.close), CLOSE_WIDTH);
  if (full) direction_rows(&t, c, &at, at.fingers, g->approach, POINT_WIDTH);
  for (int i = 0; i < n; i++) {
    double cost = i < r->waist ? WAIST_COST : 1;
    damping[i] = (full ? REST : DAMPING) * cost;
    pull[i] = full ? REST * cost * (rest[i] - q[i]) : 0;
    if (!frozen[i] && c->follow[i] < 0) continue;
    for (int k = 0; k < t.rows; k++) t.J[k][i] = 0;
    damping[i] = 1;
    pull[i] = 0;
  }
  least_squares(&t, n, damping, pull, x);
  for (int i = 0; i < n; i++) q[i] = clamp(q[i] + clamp(x[i], -STEP_MOST, STEP_MOST), c->lower[i], c->upper[i]);
  chain_follow(c, q);
  return false;
}

// From the arms' ready pose the elbows turn about the line from shoulder to wrist, out to the sides, the wrists staying where they are: as far as the joints let them.
static void make_wide(struct reacher *r) {
  memcpy(r->wide, r->ready, sizeof r->wide);
  for (int s = 0; s < 2; s++) {
    const struct chain *c = &r->chain[s];
    struct at at;
    struct v3 v[LIMB_JOINTS_MAX];
    double q[LIMB_JOINTS_MAX], x[LIMB_JOINTS_MAX], damping[LIMB_JOINTS_MAX], pull[LIMB_JOINTS_MAX] = {0};
    get_chain(c, r->ready, q);
    look_at(r, s, v3(0, 0, 0), q, &at);
    int first = r->waist, elbow = c->count - 1;
    while (elbow > first && v3_norm(v3_sub(at.wrist, at.origin[elbow])) < REACH_FOREARM) elbow--;
    const struct v3 shoulder = at.origin[first + 2 < elbow ? first + 2 : first], wrist = at.wrist, line = v3_sub(wrist, shoulder);
    // the elbow's circle about that line: outermost where it is straight across
    struct v3 from = v3_sub(at.origin[elbow], shoulder), middle = v3_mul_add(shoulder, line, v3_dot(from, line) / v3_dot(line, line));
    const struct v3 across = v3_cross(line, v3(0, 0, s == LEFT ? 1 : -1));
    struct v3 out = v3_mul_add(middle, across, -v3_norm(v3_sub(at.origin[elbow], middle)) / v3_norm(across));
    if (!(v3_norm(across) > 0)) continue;
    for (int k = 0; k < WIDE_STEPS; k++) {
      struct task t = {0};
      look_at(r, s, v3(0, 0, 0), q, &at);
      for (int end = 0; end < 2; end++) {
        struct v3 point = end ? at.wrist : at.origin[elbow];
        int last = end ? c->count : elbow;
        for (int i = 0; i < c->count; i++) v[i] = i >= last ? v3(0, 0, 0) : c->prismatic[i] ? at.axis[i] : v3_cross(at.axis[i], v3_sub(point, at.origin[i]));
        task_rows(&t, c, v, v3_sub(end ? wrist : out, point), 1);
      }
      for (int i = 0; i < c->count; i++) {
        damping[i] = REST;
        if (i >= first && c->follow[i] < 0) continue;
        for (int m = 0; m < t.rows; m++) t.J[m][i] = 0;
      }
      least_squares(&t, c->count, damping, pull, x);
      for (int i = 0; i < c->count; i++) q[i] = clamp(q[i] + clamp(x[i], -STEP_MOST, STEP_MOST), c->lower[i], c->upper[i]);
      chain_follow(c, q);
    }
    put_chain(c, q, r->wide);
  }
}

// The same for most chains, many steps at a time and several of them side by side.
static void begin_search(struct step_search *o, const struct reacher *r, int side, const struct reach_goal *g, struct v3 root, const double *rest, const bool *frozen, const double *q) {
  const struct step_limb *l = &r->limb[side];
  struct step_task *t = &o->task;
  o->limb = l;
  o->there = false;
  t->goal = v3_sub(g->point, root), t->close = g->close, t->approach = g->approach;
  t->close_width = CLOSE_WIDTH, t->point_width = POINT_WIDTH, t->there = -1, t->straight = STRAIGHT;
  for (int i = 0; i < STEP_JOINTS; i++) {
    double cost = i < r->waist ? WAIST_COST : 1;
    bool part = i < l->count, moves = part && !frozen[i];
    t->free[i] = moves;
    t->damping[i] = moves ? REST * cost : 1;
    t->pull[i] = moves ? REST * cost : 0;
    t->rest[i] = part ? rest[i] : 0, t->lower[i] = part ? l->lower[i] : 0, t->upper[i] = part ? l->upper[i] : 0, o->q[i] = part ? q[i] : 0;
  }
}

// `steps` full ones, then, if exact, on the place and the closing direction, then on the place alone, until it is there.
static void search(const struct reacher *r, struct step_search *s, int count, int steps, bool exact) {
  step_run(s, count, steps, r->lanes);
  if (!exact) return;
  for (int c = 0; c < count; c++) {
    struct step_task *t = &s[c].task;
    for (int i = 0; i < STEP_JOINTS; i++)
      if (t->free[i] > 0) t->pull[i] = 0, t->damping[i] = DAMPING * (i < r->waist ? WAIST_COST : 1);
    t->there = THERE;
    t->point_width = 0;
  }
  step_run(s, count, EXACT_STEPS, r->lanes);
  for (int c = 0; c < count; c++) s[c].task.close_width = 0;
  step_run(s, count, EXACT_STEPS, r->lanes);
}

// ---- legs and balance -----------------------------------------------------------------------------------------------

// Of several poses; good: both feet get there, every joint within its range.
static void place_legs(const struct reacher *r, const struct reach_wish *const *w, int count, struct reach_pose *const *p, bool *good) {
  const struct humanoid *h = r->humanoid;
  const struct m3 level = m3_identity();
  for (int c = 0; c < count; c++) good[c] = true;
  for (int i = 0; i < 2; i++) {
    const struct leg *leg = &r->leg[i];
    double q[REACH_MANY][LIMB_JOINTS_MAX], beyond[REACH_MANY], half = i == LEFT ? r->standing.half_width : -r->standing.half_width;
    struct v3 ankle[REACH_MANY];
    for (int c = 0; c < count; c++) {
      ankle[c] = v3_sub(v3(w[c]->foot[0], w[c]->foot[1] + half, h->sole.height), p[c]->root);
      for (int k = 0; k < leg->chain.count; k++) q[c][k] = p[c]->q[leg->chain.joint[k]];
    }
    leg_solve_many(leg, &level, ankle, count, q, beyond, r->lanes);
    for (int c = 0; c < count; c++) {
      good[c] &= beyond[c] <= 1e-6;
      for (int k = 0; k < leg->chain.count; k++) {
        good[c] &= q[c][k] >= leg->chain.lower[k] - RANGE && q[c][k] <= leg->chain.upper[k] + RANGE;
        p[c]->q[leg->chain.joint[k]] = q[c][k];
      }
    }
  }
}

// Of the whole body and the loads: each body hands its first moment down to its parent, in the axes of the lump's rows.
static struct v3 centre(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *p) {
  const struct humanoid *h = r->humanoid;
  const struct robot_row *row = r->lump.row;
  int n = r->lump.count;
  _Alignas(64) double angle[ROBOT_JOINTS_MAX], sine[ROBOT_JOINTS_MAX], cosine[ROBOT_JOINTS_MAX];
  double mass[ROBOT_JOINTS_MAX + 1], all = 0;
  struct v3 first[ROBOT_JOINTS_MAX + 1];
  for (int i = 0; i < n; i++) angle[i] = p->q[r->lump.joint[i]] + row[i + 1].offset;
  for (int i = n; i % 8; i++) angle[i] = 0;
  step_sines(angle, (n + 7) / 8 * 8, sine, cosine, r->lanes);
  for (int i = 0; i <= n; i++) mass[i] = row[i].mass, first[i] = v3(row[i].first[0], row[i].first[1], row[i].first[2]);
  for (int s = 0; s < 2; s++) {
    int hand = r->lump.body[h->arm[s].body];
    const double *com = row[hand].com;
    mass[hand] += w->load[s];
    first[hand] = v3_mul_add(first[hand], v3(com[0], com[1], com[2]), w->load[s]);
  }
  for (int i = n; i > 0; i--) {
    const struct robot_row *b = &row[i];
    const double *m = b->rotation, *o = b->origin;
    struct v3 f = first[i], *up = &first[b->parent];
    if (b->slides) f.z += mass[i] * p->q[r->lump.joint[i - 1]];
    else f = v3(cosine[i - 1] * f.x - sine[i - 1] * f.y, sine[i - 1] * f.x + cosine[i - 1] * f.y, f.z);
    if (b->bends) f = v3(f.x, m[4] * f.y - m[7] * f.z, m[7] * f.y + m[4] * f.z);
    else f = v3(m[0] * f.x + m[1] * f.y + m[2] * f.z, m[3] * f.x + m[4] * f.y + m[5] * f.z, m[6] * f.x + m[7] * f.y + m[8] * f.z);
    *up = v3(up->x + f.x + mass[i] * o[0], up->y + f.y + mass[i] * o[1], up->z + f.z + mass[i] * o[2]);
    mass[b->parent] += mass[i];
  }
  all = 1 / mass[0];
  return v3_mul_add(p->root, first[0], all);
}

// ---- solving --------------------------------------------------------------------------------------------------------

// near: drawn to where they are, not to rest; stiff: by the arms alone. `count` wishes side by side.
static void arms(const struct reacher *r, const struct reach_wish *const *w, int count, int level, bool near, bool stiff, int steps, bool exact, struct reach_pose *const *p) {
  struct step_search s[2 * REACH_MANY];
  struct { struct reach_pose *p; const struct chain *c; } of[2 * REACH_MANY];
  int searches = 0;
  for (int i = 0; i < count; i++) {
    bool both = w[i]->use[LEFT] && w[i]->use[RIGHT];
    for (int side = 0; side < 2; side++) {
      const struct chain *c = &r->chain[side];
      const struct reach_goal *goal = &w[i]->goal[side];
      double q[LIMB_JOINTS_MAX], rest[LIMB_JOINTS_MAX];
      bool frozen[LIMB_JOINTS_MAX] = {false};
      if (!w[i]->use[side]) continue;
      get_chain(c, p[i]->q, q);
      get_chain(c, near ? p[i]->q : w[i]->wide ? r->wide : r->ready, rest);
      for (int k = 0; k < r->waist; k++) {
        frozen[k] = both || stiff;
        if (!near) rest[k] = k == r->lean ? r->lean_sign * r->level[level].lean : 0;
      }
      if (r->limb[side].there) {
        of[searches].p = p[i], of[searches].c = c;
        begin_search(&s[searches++], r, side, goal, p[i]->root, rest, frozen, q);
        continue;
      }
      for (int k = 0; k < steps; k++) arm_step(r, side, goal, p[i]->root, rest, frozen, true, true, q);
      for (int k = 0; exact && k < 2 * EXACT_STEPS; k++)
        if (arm_step(r, side, goal, p[i]->root, rest, frozen, false, k < EXACT_STEPS, q)) break;
      put_chain(c, q, p[i]->q);
    }
  }
  search(r, s, searches, steps, exact);
  for (int i = 0; i < searches; i++) put_chain(of[i].c, s[i].q, of[i].p->q);
}

static double angle_between(struct v3 a, struct v3 b) { return m_atan2(v3_norm(v3_cross(a, b)), v3_dot(a, b)); }

static bool judge(const struct reacher *r, const struct reach_wish *w, struct reach_pose *p, bool legs, double most) {
  p->miss = p->turn = 0;
  for (int s = 0; s < 2; s++) {
    if (!w->use[s]) continue;
    const struct reach_goal *g = &w->goal[s];
    struct at at;
    double q[LIMB_JOINTS_MAX];
    get_chain(&r->chain[s], p->q, q);
    look_at(r, s, p->root, q, &at);
    double miss = v3_norm(v3_sub(g->point, at.point)), turn = 0;
    if (v3_dot(g->close, g->close) > 0) turn = angle_between(at.close, closing_sign(g->close, at.close));
    if (miss > p->miss) p->miss = miss;
    if (turn > p->turn) p->turn = turn;
  }
  if (!legs || !(p->miss <= REACH_MISS) || !(p->turn <= REACH_TURN)) return false;
  struct v3 com = centre(r, w, p);
  double off = com.x - w->foot[0] - r->standing.rest;
  return size_of(off) <= most && size_of(com.y - w->foot[1]) <= most;
}

static void balance(const struct reacher *r, const struct reach_wish *w, struct reach_pose *p) {
  struct v3 com = centre(r, w, p);
  p->root.x += w->foot[0] + r->standing.rest - com.x;
  p->root.y += w->foot[1] - com.y;
}

static void solve(const struct reacher *r, const struct reach_wish *const *w, int count, int level, const struct effort *e, struct reach_pose *const *p, bool *good) {
  for (int round = 0; round < ROUNDS; round++) {
    bool last = round == ROUNDS - 1;
    arms(r, w, count, level, false, false, round > 0 ? e->near : e->far, last, p);
    place_legs(r, w, count, p, good);
    for (int i = 0; i < count && !last; i++) balance(r, w[i], p[i]);
  }
  for (int i = 0; i < count; i++) {
    p[i]->level = level;
    good[i] = judge(r, w[i], p[i], good[i], BALANCED);
  }
}

static bool solve_one(const struct reacher *r, const struct reach_wish *w, int level, const struct effort *e, struct reach_pose *p) {
  bool good;
  solve(r, &w, 1, level, e, &p, &good);
  return good;
}

bool reach_near(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out) {
  *out = *start;
  arms(r, &w, 1, 0, true, true, BESIDE_STEPS, true, &out);
  return judge(r, w, out, true, LEANING);
}

bool reach_beside(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out) {
  *out = *start;
  arms(r, &w, 1, start->level, true, false, BESIDE_STEPS, true, &out);
  return judge(r, w, out, true, LEANING);
}

// Upright at a level, arms as in q.
static struct reach_pose begin_at(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, int level, const double *q) {
  struct reach_pose p = *start;
  for (int s = 0; s < 2; s++)
    for (int i = r->waist; w->use[s] && i < r->chain[s].count; i++) p.q[r->chain[s].joint[i]] = q[r->chain[s].joint[i]];
  for (int i = 0; i < r->waist; i++) p.q[r->chain[LEFT].joint[i]] = i == r->lean ? r->lean_sign * r->level[level].lean : 0;
  p.root = v3(w->foot[0] - r->standing.ankle_x, w->foot[1], r->standing.root_height - r->level[level].drop);
  return p;
}

bool reach_level(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, int level, struct reach_pose *out) {
  struct reach_pose p = begin_at(r, w, start, level, start->q);
  bool good = solve_one(r, w, level, &careful, &p);
  *out = p;
  return good;
}

// At a level from the arms, waist and pelvis of poses of another one: softly to where they should be, then balanced, then exactly.
static void solve_from(const struct reacher *r, const struct reach_wish *const *w, int count, const struct reach_pose *start, int level, const struct effort *e, struct reach_pose *const *p, bool *good) {
  for (int i = 0; i < count; i++) {
    struct reach_pose guess = *p[i];
    *p[i] = begin_at(r, w[i], start, level, guess.q);
    for (int k = 0; k < r->waist; k++) p[i]->q[r->chain[LEFT].joint[k]] = guess.q[r->chain[LEFT].joint[k]];
    p[i]->root.x = guess.root.x;
    p[i]->root.y = guess.root.y;
    p[i]->level = level;
  }
  for (int round = 0; round < 2; round++) {
    arms(r, w, count, level, false, false, round ? 1 : e->level, round, p);
    place_legs(r, w, count, p, good);
    for (int i = 0; i < count && !round; i++) balance(r, w[i], p[i]);
  }
  for (int i = 0; i < count; i++) good[i] = judge(r, w[i], p[i], good[i], BALANCED);
}

static void climb(const struct reacher *r, const struct reach_wish *const *w, const struct reach_pose *start, int level, const struct effort *e, struct reach_pose *const *p, int count, bool *good) {
  if (level > 0) {
    solve_from(r, w, count, start, level, e, p, good);
    return;
  }
  for (int i = 0; i < count; i++) *p[i] = begin_at(r, w[i], start, 0, w[i]->wide ? r->wide : r->ready);
  solve(r, w, count, 0, e, p, good);
}

void reach_climb(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, int level, struct reach_climb *c, int count) {
  const struct reach_wish *wish[REACH_MANY] = {0};
  struct reach_pose *p[REACH_MANY] = {0};
  bool good[REACH_MANY];
  int left = 0;
  for (int i = 0; i < count; i++)
    if (!c[i].found) wish[left] = &w[i], p[left++] = &c[i].pose;
  climb(r, wish, start, level, &quick, p, left, good);
  left = 0;
  for (int i = 0; i < count; i++)
    if (!c[i].found) c[i].found = good[left++];
}

// One hand: each level from where the one before it failed.
static bool solve_up(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, const struct effort *e, int levels, struct reach_pose *p) {
  bool found = false;
  for (int level = 0; level < levels && !found; level++) climb(r, &w, start, level, e, &p, 1, &found);
  return found;
}

// Each level from afar, from `from` on.
static bool solve_each(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, int first, int levels, struct reach_pose *best, struct reach_pose *out) {
  for (int from = 0; from < 2; from++)
    for (int level = first; level < levels; level++) {
      struct reach_pose p = begin_at(r, w, start, level, from ? start->q : w->wide ? r->wide : r->ready);
      if (solve_one(r, w, level, &careful, &p)) {
        *out = p;
        return true;
      }
      if (p.miss + p.turn < best->miss + best->turn) *best = p;
    }
  return false;
}

int reach_levels(const struct reacher *r, double z) { return z < REACH_LOW ? r->levels : REACH_USUAL; }

static int levels_for(const struct reacher *r, const struct reach_wish *w) {
  double low = INFINITY;
  for (int s = 0; s < 2; s++)
    if (w->use[s] && w->goal[s].point.z < low) low = w->goal[s].point.z;
  return reach_levels(r, low);
}

bool reach_quick(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out) {
  return w->use[LEFT] && w->use[RIGHT] ? reach_solve(r, w, start, out) : solve_up(r, w, start, &quick, levels_for(r, w), out);
}

bool reach_solve(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out) {
  bool both = w->use[LEFT] && w->use[RIGHT];
  struct reach_pose p;
  if (!both && (solve_up(r, w, start, &quick, REACH_USUAL, &p) || solve_up(r, w, start, &careful, REACH_USUAL, &p))) {
    *out = p;
    return true;
  }

  // then each from afar, then in the deeper squats
  struct reach_pose best = *start;
  best.miss = 1e9;
  if (solve_each(r, w, start, 0, REACH_USUAL, &best, out) || solve_each(r, w, start, REACH_USUAL, levels_for(r, w), &best, out)) return true;
  *out = best;
  out->level = -1;
  return false;
}

struct v3 reach_hand(const struct reacher *r, const struct reach_pose *p, enum side side) {
  struct at at;
  _Alignas(64) double q[LIMB_JOINTS_MAX] = {0};
  get_chain(&r->chain[side], p->q, q);
  if (r->limb[side].there) return v3_add(p->root, step_point(&r->limb[side], q, r->lanes));
  look_at(r, side, p->root, q, &at);
  return at.point;
}

struct v3 reach_eye(const struct reacher *r, const struct reach_pose *p) {
  struct m3 rotation;
  struct v3 position;
  struct base_motion base = {.position = p->root, .orientation = {1, 0, 0, 0}};
  robot_forward_body(r->humanoid->model, &base, p->q, r->eye_body, &rotation, &position);
  return v3_add(position, m3_apply(&rotation, r->humanoid->model->body[r->eye_body].com));
}
