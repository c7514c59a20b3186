#include "robots/rise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Guesses
#define KNEE_HEIGHT 0.06            // m    of a knee's axis above the floor it kneels on
#define HAND_HEIGHT 0.06            // m    of the middle of a hand's mass above the floor, its fist down
#define HAND_APART  0.75            // 1    of the shoulders' half distance
#define HANDS_AHEAD 0.05            // m    of the knees: hands when the knees leave the floor
#define HAND_STEP   0.20            // m    that both hands come back before the next place
#define HAND_LIFT   0.05            // m
#define ON_KNEES    0.20            // 1    of the way from knees to hands: where the centre of mass is when a hand leaves the floor
#define KNEE_SPARE  0.03            // m    behind the knees, where hands carry nothing any more
#define SOLE_SPARE  0.03            // m    inside of the balls, where the centre of mass is before hands leave
#define TIME_LEAST  0.8             // s    of a phase
#define SPEED_USED  0.5             // 1    of a drive's speed
#define LONGER      1.25            // times as long, where torque asks for it
#define TRIES       8
#define SUPPORT     -1e-6           // 1    share of the weight: less is a pull

#define VARIABLES   48              // of the body's: the root's six and joints
#define EQUATIONS   30
#define ROUNDS      60
#define ROUNDS_NEXT 40              // from one sample to the next
#define FREES       6
#define METS        6               // rounds at the end that only bring the equations home: nearness alone comes home slowly
#define MET         1e-10           // m
#define MOVED       1e-6            // m    that a contact may be off
#define STEP_MOST   0.25            // rad, m  in a round
#define ROOT_WEIGHT 0.05            // 1    of the root's way beside a joint's
#define LOOSE       1e-9

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

// ---- the body ---------------------------------------------------------------------------------------------------

struct pose { struct v3 at; struct quaternion turn; double q[ROBOT_JOINTS_MAX]; };

struct maker {
  const struct gait_library *l;
  const struct robot_model  *m;
  const struct humanoid     *h;
  const struct stand        *stand;
  struct rise               *out;
  struct rise_point          point[RISE_POINTS];
  int                        points, joints, joint[VARIABLES];         // those that move
  struct body_motion         body[ROBOT_JOINTS_MAX + 1];
  double                     mass[ROBOT_JOINTS_MAX + 1];               // kg   that hangs on a body
  struct v3                  first[ROBOT_JOINTS_MAX + 1];              // kg m its first moment
  struct v3                  place[RISE_POINTS];                       // m    where the points that touch stay
};

int rise_points(const struct humanoid *h, struct rise_point point[RISE_POINTS]) {
  const struct robot_model *m = h->model;
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  const struct base_motion base = {.orientation = {1, 0, 0, 0}};
  const double q[ROBOT_JOINTS_MAX] = {0};
  int n = 0;
  robot_forward(m, &base, q, NULL, body);
  for (int s = 0; s < 2; s++) {
    // the knee: the last joint across before the ankle's
    const struct limb *g = &h->leg[s];
    int across[LIMB_JOINTS_MAX], k = 0;
    for (int i = 0; i < g->count; i++) {
      struct v3 axis = m3_apply(&body[g->joint[i] + 1].rotation, v3(0, 0, 1));
      if (size_of(axis.y) > 0.7 && m->joint[g->joint[i]].kind == JOINT_REVOLUTE) across[k++] = g->joint[i];
    }
    struct leg leg;
    struct m3 turn;
    struct v3 ankle;
    double none[LIMB_JOINTS_MAX] = {0};
    leg_init(&leg, h, (enum side)s);
    leg_forward(&leg, none, &turn, &ankle);
    for (int end = 0; end < 2; end++) {
      struct v3 at = v3_sub(v3_add(ankle, v3(end ? h->sole.heel : h->sole.ball, 0, -h->sole.height)), body[g->body].position);
      point[n++] = (struct rise_point){g->body, m3_apply_inverse(&body[g->body].rotation, at), (enum rise_contact)((end ? RISE_HEEL : RISE_BALL) << s)};
    }
    if (k >= 3) point[n++] = (struct rise_point){across[k - 2] + 1, v3(0, 0, 0), (enum rise_contact)(RISE_KNEE << s)};
    if (h->arm[s].count > 0) point[n++] = (struct rise_point){h->arm[s].body, m->body[h->arm[s].body].com, (enum rise_contact)(RISE_HAND << s)};
  }
  return n;
}

static struct base_motion base_of(const struct pose *p) { return (struct base_motion){.position = p->at, .orientation = p->turn}; }

static void look(struct maker *k, const struct pose *p) {
  struct base_motion base = base_of(p);
  robot_forward(k->m, &base, p->q, NULL, k->body);
}

static struct v3 point_at(const struct maker *k, int i) { return v3_add(k->body[k->point[i].body].position, m3_apply(&k->body[k->point[i].body].rotation, k->point[i].local)); }

static int find_point(const struct maker *k, int bit) {
  for (int i = 0; i < k->points; i++)
    if ((int)k->point[i].bit == bit) return i;
  return -1;
}

static bool moves(const struct robot_model *m, int joint, int body) {
  while (body > joint + 1) body = m->joint[body - 1].parent;
  return body == joint + 1;
}

// Way of a point of a body by a variable.
static struct v3 way(const struct maker *k, int v, int body, struct v3 at) {
  if (v < 3) return v3(v == 0, v == 1, v == 2);
  if (v < 6) return v3_cross(v3(v == 3, v == 4, v == 5), v3_sub(at, k->body[0].position));
  int j = k->joint[v - 6];
  if (!moves(k->m, j, body)) return v3(0, 0, 0);
  struct v3 axis = m3_apply(&k->body[j + 1].rotation, v3(0, 0, 1));
  return k->m->joint[j].kind == JOINT_PRISMATIC ? axis : v3_cross(axis, v3_sub(at, k->body[j + 1].position));
}

// Mass and first moment of all that hangs on each body.
static void gather(struct maker *k) {
  for (int b = 0; b <= k->m->joint_count; b++) {
    k->mass[b] = k->m->body[b].mass;
    k->first[b] = v3_scale(v3_add(k->body[b].position, m3_apply(&k->body[b].rotation, k->m->body[b].com)), k->mass[b]);
  }
  for (int b = k->m->joint_count; b > 0; b--) {
    int on = k->m->joint[b - 1].parent;
    k->mass[on] += k->mass[b], k->first[on] = v3_add(k->first[on], k->first[b]);
  }
}

static struct v3 com_way(const struct maker *k, int v) {
  if (v < 3) return v3(v == 0, v == 1, v == 2);
  int b = v < 6 ? 0 : k->joint[v - 6] + 1;
  struct v3 axis = v < 6 ? v3(v == 3, v == 4, v == 5) : m3_apply(&k->body[b].rotation, v3(0, 0, 1));
  double share = 1 / k->m->mass;
  if (b > 0 && k->m->joint[b - 1].kind == JOINT_PRISMATIC) return v3_scale(axis, share * k->mass[b]);
  return v3_scale(v3_cross(axis, v3_mul_add(k->first[b], k->body[b].position, -k->mass[b])), share);
}

// ---- a pose -------------------------------------------------------------------------------------------------------

// One coordinate of a point, or of the centre of mass (point -1), shall be `want`.
struct equation { int point, axis; double want; };

struct system { int count; struct equation row[EQUATIONS]; };

static void want(struct system *s, int point, int axis, double value) {
  if (point >= -1 && s->count < EQUATIONS) s->row[s->count++] = (struct equation){point, axis, value};
}

static void want_place(struct system *s, const struct maker *k, int i) {
  const double at[3] = {k->place[i].x, k->place[i].y, k->place[i].z};
  for (int a = 0; a < 3 && i >= 0; a++) want(s, i, a, at[a]);
}

// Contacts stay. Of a flat foot the heel's way along the sole is the ball's.
static void want_contacts(struct system *s, const struct maker *k, int contacts) {
  for (int i = 0; i < k->points; i++) {
    if (!(k->point[i].bit & contacts)) continue;
    bool heel = k->point[i].bit >= RISE_HEEL;
    if (heel) want(s, i, 1, k->place[i].y), want(s, i, 2, k->place[i].z);
    else want_place(s, k, i);
  }
}

static bool eliminate(double (*A)[EQUATIONS + 1], int n, double *x) {
  for (int c = 0; c < n; c++) {
    int best = c;
    for (int i = c + 1; i < n; i++) if (size_of(A[i][c]) > size_of(A[best][c])) best = i;
    if (!(size_of(A[best][c]) > 0)) return false;
    if (best != c)
      for (int j = c; j <= n; j++) { double t = A[c][j]; A[c][j] = A[best][j]; A[best][j] = t; }
    for (int i = c + 1; i < n; i++) {
      double f = A[i][c] / A[c][c];
      for (int j = c; j <= n && f != 0; j++) A[i][j] -= f * A[c][j];
    }
  }
  for (int c = n - 1; c >= 0; c--) {
    x[c] = A[c][n];
    for (int j = c + 1; j < n; j++) x[c] -= A[c][j] * x[j];
    x[c] /= A[c][c];
  }
  return true;
}

static struct quaternion product(struct quaternion a, struct quaternion b) {
  return (struct quaternion){a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
                             a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}

static struct quaternion unit(struct quaternion q) {
  double f = 1 / m_sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  return (struct quaternion){q.w * f, q.x * f, q.y * f, q.z * f};
}

// Small turn from a to b, world axes.
static struct v3 turn_between(struct quaternion a, struct quaternion b) {
  struct quaternion d = product(b, (struct quaternion){a.w, -a.x, -a.y, -a.z});
  double f = d.w < 0 ? -2 : 2;
  return v3(f * d.x, f * d.y, f * d.z);
}

static void turn_by(struct quaternion *q, struct v3 w) { *q = unit(product((struct quaternion){1, w.x / 2, w.y / 2, w.z / 2}, *q)); }

// The pose nearest to `like` in which all of s hold, from p on: H x = g + J' y, J x = e with H diagonal, by Newton's steps. Returns what is left, m.
static double solve(struct maker *k, struct pose *p, const struct pose *like, const struct system *s, int rounds) {
  double J[EQUATIONS][VARIABLES], A[EQUATIONS][EQUATIONS + 1], x[VARIABLES], y[EQUATIONS], loose[VARIABLES], worst = 0;
  int n = 6 + k->joints;
  bool held[VARIABLES] = {false};
  for (int round = 0; round < rounds; round++) {
    look(k, p);
    gather(k);
    struct v3 turn = turn_between(p->turn, like->turn), off = v3_sub(like->at, p->at), com = v3_scale(k->first[0], 1 / k->m->mass);
    const double root[6] = {off.x, off.y, off.z, turn.x, turn.y, turn.z};
    for (int v = 0; v < n; v++) {
      loose[v] = v < 6 ? 1 / ROOT_WEIGHT : held[v] ? 0 : 1;
      x[v] = round >= rounds - METS ? 0 : v < 6 ? root[v] : held[v] ? 0 : like->q[k->joint[v - 6]] - p->q[k->joint[v - 6]];
    }
    worst = 0;
    for (int i = 0; i < s->count; i++) {
      const struct equation *e = &s->row[i];
      struct v3 at = e->point < 0 ? com : point_at(k, e->point);
      double miss = e->want - (e->axis == 0 ? at.x : e->axis == 1 ? at.y : at.z);
      worst = larger(worst, size_of(miss));
      A[i][s->count] = miss;
      for (int v = 0; v < n; v++) {
        struct v3 w = e->point < 0 ? com_way(k, v) : way(k, v, k->point[e->point].body, at);
        J[i][v] = e->axis == 0 ? w.x : e->axis == 1 ? w.y : w.z;
        A[i][s->count] -= J[i][v] * x[v];
      }
    }
    for (int i = 0; i < s->count; i++)
      for (int o = 0; o <= i; o++) {
        double sum = i == o ? LOOSE : 0;
        for (int v = 0; v < n; v++) sum += J[i][v] * loose[v] * J[o][v];
        A[i][o] = A[o][i] = sum;
      }
    if (!eliminate(A, s->count, y)) return 1;
    for (int i = 0; i < s->count; i++)
      for (int v = 0; v < n; v++) x[v] += loose[v] * J[i][v] * y[i];
    double most = 0;
    for (int v = 0; v < n; v++) most = larger(most, size_of(x[v]));
    if (worst < MET && most < 1e-7) break;
    double part = most > STEP_MOST ? STEP_MOST / most : 1;
    p->at = v3_mul_add(p->at, v3(x[0], x[1], x[2]), part);
    turn_by(&p->turn, v3_scale(v3(x[3], x[4], x[5]), part));
    for (int v = 6; v < n; v++) {
      const struct robot_joint *j = &k->m->joint[k->joint[v - 6]];
      double *q = &p->q[k->joint[v - 6]], to = *q + part * x[v];
      // what comes to its end stays there; now and then it may leave again
      held[v] = (round % FREES != FREES - 1 || round > rounds - 2 * FREES) && (to < j->lower || to > j->upper || (held[v] && (*q == j->lower || *q == j->upper)));
      *q = clamp(to, j->lower, j->upper);
    }
  }
  look(k, p);
  worst = 0;
  struct v3 velocity, com = robot_com(k->m, k->body, &velocity);
  for (int i = 0; i < s->count; i++) {
    struct v3 at = s->row[i].point < 0 ? com : point_at(k, s->row[i].point);
    worst = larger(worst, size_of(s->row[i].want - (s->row[i].axis == 0 ? at.x : s->row[i].axis == 1 ? at.y : at.z)));
  }
  return worst;
}

// ---- what the floor bears ------------------------------------------------------------------------------------------

// Normal forces of the points that touch, affine in their places, least in the square and none below 0. Returns the least of them over the weight; below 0 where
// there are none.
static double bear(const struct maker *k, int contacts, double force, const double press[2], double *normal) {
  int live[RISE_POINTS], n = 0;
  for (int i = 0; i < k->points; i++) {
    normal[i] = 0;
    if (k->point[i].bit & contacts) live[n++] = i;
  }
  for (;;) {
    double A[EQUATIONS][EQUATIONS + 1] = {{0}}, x[3], least = 0;
    int weakest = -1;
    for (int i = 0; i < n; i++) {
      struct v3 at = point_at(k, live[i]);
      const double row[3] = {1, at.x - press[0], at.y - press[1]};
      for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) A[r][c] += row[r] * row[c];
    }
    for (int r = 0; r < 3; r++) A[r][r] += 1e-9;
    A[0][3] = force;
    if (n < 1 || !eliminate(A, 3, x)) return -1;
    double sum = 0, arm[2] = {0, 0};
    for (int i = 0; i < n; i++) {
      struct v3 at = point_at(k, live[i]);
      double f = normal[live[i]] = x[0] + x[1] * (at.x - press[0]) + x[2] * (at.y - press[1]);
      sum += f, arm[0] += f * (at.x - press[0]), arm[1] += f * (at.y - press[1]);
      if (f < least) least = f, weakest = i;
    }
    if (weakest < 0) {
      // the wrench must be there
      if (size_of(sum - force) + size_of(arm[0]) + size_of(arm[1]) > 1e-3 * size_of(force)) return -1;
      return 0;
    }
    normal[live[weakest]] = 0;
    live[weakest] = live[--n];
  }
}

// Torques of a pose in motion, and the friction that it asks for. Returns the support.
static double torques(struct maker *k, int contacts, const struct base_motion *base, const double *q, const double *qd, const double *qdd, double *tau, double *friction) {
  struct wrench root, on[RISE_POINTS];
  int body[RISE_POINTS], n = 0;
  double normal[RISE_POINTS], around = 0;
  robot_forward(k->m, base, q, NULL, k->body);
  robot_inverse_dynamics(k->m, base, q, qd, qdd, 0, NULL, NULL, tau, &root);
  struct v3 f = root.force, moment = v3_add(m3_apply(&k->body[0].rotation, root.moment), v3_cross(base->position, f));
  const double press[2] = {-moment.y / f.z, moment.x / f.z};
  double support = bear(k, contacts, f.z, press, normal), turn = moment.z - (press[0] * f.y - press[1] * f.x);
  for (int i = 0; i < k->points; i++) {
    if (normal[i] <= 0) continue;
    struct v3 at = point_at(k, i), share = v3_scale(f, normal[i] / f.z);
    at.z = 0;
    around += normal[i] * m_sqrt((at.x - press[0]) * (at.x - press[0]) + (at.y - press[1]) * (at.y - press[1]));
    body[n] = k->point[i].body;
    on[n++] = (struct wrench){share, v3_add(v3_cross(v3_sub(at, k->body[k->point[i].body].position), share), v3(0, 0, turn * normal[i] / f.z))};
  }
  *friction = m_sqrt(f.x * f.x + f.y * f.y) / f.z + (around > 0 ? size_of(turn) / around : 0);
  robot_inverse_dynamics(k->m, base, q, qd, qdd, n, body, on, tau, &root);
  return support;
}

// ---- phases -------------------------------------------------------------------------------------------------------

static double *row_of(const struct rise *r, int phase, int sample) { return r->sample + ((size_t)phase * RISE_SAMPLES + (size_t)sample) * (size_t)r->columns; }

static void put_row(double *row, const struct pose *p, const double *before, int joints) {
  struct quaternion t = p->turn;
  if (before && before[3] * t.w + before[4] * t.x + before[5] * t.y + before[6] * t.z < 0) t = (struct quaternion){-t.w, -t.x, -t.y, -t.z};
  const double head[7] = {p->at.x, p->at.y, p->at.z, t.w, t.x, t.y, t.z};
  memcpy(row, head, sizeof head);
  memcpy(row + 7, p->q, sizeof(double) * (size_t)joints);
}

// Slope of column c at sample i, by share of the phase, of fourth order.
static double slope(const struct rise *r, int phase, int i, int c) {
  static const double end[2][5] = {{-25.0 / 12, 4, -3, 4.0 / 3, -0.25}, {-0.25, -5.0 / 6, 1.5, -0.5, 1.0 / 12}};
  int last = RISE_SAMPLES - 1;
  double sum = 0;
  if (i < 2 || i > last - 2) {
    bool back = i > last - 2;
    const double *w = end[back ? last - i : i];
    for (int n = 0; n < 5; n++) sum += w[n] * row_of(r, phase, back ? last - n : n)[c];
    return (back ? -sum : sum) * last;
  }
  return (row_of(r, phase, i - 2)[c] - 8 * row_of(r, phase, i - 1)[c] + 8 * row_of(r, phase, i + 1)[c] - row_of(r, phase, i + 2)[c]) / 12 * last;
}

static void law(double x, double *s, double *rate, double *second) {
  double y = 1 - x;
  *s = x * x * x * (10 + x * (6 * x - 15)), *rate = 30 * x * x * y * y, *second = 60 * x * y * (1 - 2 * x);
}

// Pose at share x of the time T of a phase.
static void sample_at(const struct rise *r, int phase, double x, double T, struct base_motion *base, double *q, double *qd, double *qdd) {
  double s, rate, second, value[7], speed[7], accel[7];
  law(x, &s, &rate, &second);
  rate /= T, second /= T * T;
  int last = RISE_SAMPLES - 1, i = (int)(s * last);
  if (i > last - 1) i = last - 1;
  double h = 1.0 / last, u = s * last - i;
  const double *a = row_of(r, phase, i), *b = row_of(r, phase, i + 1);
  for (int c = 0; c < r->columns; c++) {
    double d = b[c] - a[c], m0 = slope(r, phase, i, c) * h, m1 = slope(r, phase, i + 1, c) * h, c2 = 3 * d - 2 * m0 - m1, c3 = m0 + m1 - 2 * d;
    double y = a[c] + u * (m0 + u * (c2 + u * c3)), dy = (m0 + u * (2 * c2 + u * 3 * c3)) / h, ddy = (2 * c2 + 6 * u * c3) / (h * h);
    double v = dy * rate, w = ddy * rate * rate + dy * second;
    if (c < 7) value[c] = y, speed[c] = v, accel[c] = w;
    else q[c - 7] = y, qd[c - 7] = v, qdd[c - 7] = w;
  }
  struct quaternion t = {value[3], value[4], value[5], value[6]}, d = {speed[3], speed[4], speed[5], speed[6]}, dd = {accel[3], accel[4], accel[5], accel[6]}, o = unit(t);
  double f = 1 / m_sqrt(t.w * t.w + t.x * t.x + t.y * t.y + t.z * t.z);
  struct quaternion inverse = {o.w, -o.x, -o.y, -o.z}, w = product(inverse, d), ww = product(inverse, dd);
  *base = (struct base_motion){v3(value[0], value[1], value[2]), o, v3(speed[0], speed[1], speed[2]), v3(2 * f * w.x, 2 * f * w.y, 2 * f * w.z),
                               v3(accel[0], accel[1], accel[2]), v3(2 * f * ww.x, 2 * f * ww.y, 2 * f * ww.z)};
}

// Torque, speed, support and energy of a phase that takes T.
static void measure(struct maker *k, int phase, double T) {
  struct rise *r = k->out;
  struct rise_phase *p = &r->phase[phase];
  const struct robot_spec *spec = k->l->spec;
  p->torque = p->speed = p->energy = p->moved = p->friction = 0;
  p->margin = 1;
  p->joint = -1;
  p->time = T;
  for (int i = 0; i < RISE_SAMPLES; i++) {
    double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX], joints = 0, friction, x = (double)i / (RISE_SAMPLES - 1);
    struct base_motion base;
    sample_at(r, phase, x, T, &base, q, qd, qdd);
    double support = torques(k, p->contacts, &base, q, qd, qdd, tau, &friction);
    if (support < p->margin) p->margin = support;
    p->friction = larger(p->friction, friction);
    for (int n = 0; n < k->points; n++)
      if (k->point[n].bit & p->contacts) p->moved = larger(p->moved, v3_norm(v3_sub(point_at(k, n), k->place[n])));
    for (int j = 0; j < k->m->joint_count; j++) {
      if (spec->drive[j] < 0) continue;
      const struct actuator *a = &spec->actuator[j];
      struct actuator_power e = actuator_power(a, tau[j], qd[j], qdd[j], 1);
      double share = size_of(e.motor_torque) / a->torque_peak;
      if (share > p->torque) p->torque = share, p->joint = j;
      p->speed = larger(p->speed, size_of(qd[j]) / a->speed_max);
      joints += e.electrical;
    }
    p->energy += bus_power(&spec->bus, joints, spec->enabled) * T / (RISE_SAMPLES - 1) * (i == 0 || i == RISE_SAMPLES - 1 ? 0.5 : 1);
  }
}

static enum status broken(struct maker *k, struct error *e, const char *phase, const char *why) {
  return error_at(e, STATUS_RANGE, k->m->name, 0, 0, "it does not get up by itself: %s, %s", phase, why);
}

// From one pose to another with contacts that stay; `steps`: a hand that comes to its place in b a little above the floor, -1: none. over_soles: the centre of mass goes straight.
static enum status phase(struct maker *k, const char *name, int contacts, struct pose *a, const struct pose *b, int steps, bool over_soles, struct error *e) {
  struct rise *r = k->out;
  if (r->phases == RISE_PHASES) return broken(k, e, name, "more phases than are kept");
  int n = r->phases++;
  struct rise_phase *p = &r->phase[n];
  struct v3 velocity, com[2];
  *p = (struct rise_phase){.name = name, .contacts = contacts};
  look(k, b), com[1] = robot_com(k->m, k->body, &velocity);
  look(k, a), com[0] = robot_com(k->m, k->body, &velocity);
  for (int i = 0; i < k->points; i++)
    if (k->point[i].bit & contacts) k->place[i] = point_at(k, i);
  struct pose at = *a;
  for (int i = 0; i < RISE_SAMPLES; i++) {
    double s = (double)i / (RISE_SAMPLES - 1);
    struct pose like = *a;
    struct quaternion u = a->turn, w = b->turn;
    double sign = u.w * w.w + u.x * w.x + u.y * w.y + u.z * w.z < 0 ? -1 : 1;
    like.turn = unit((struct quaternion){(1 - s) * u.w + s * sign * w.w, (1 - s) * u.x + s * sign * w.x, (1 - s) * u.y + s * sign * w.y, (1 - s) * u.z + s * sign * w.z});
    like.at = v3_add(v3_scale(a->at, 1 - s), v3_scale(b->at, s));
    for (int j = 0; j < k->m->joint_count; j++) like.q[j] = (1 - s) * a->q[j] + s * b->q[j];
    struct system want_all = {0};
    want_contacts(&want_all, k, contacts);
    double lift = 64 * s * s * s * (1 - s) * (1 - s) * (1 - s) * HAND_LIFT;
    if (steps >= 0) want(&want_all, steps, 2, HAND_HEIGHT + lift);
    if (over_soles) want(&want_all, -1, 0, (1 - s) * com[0].x + s * com[1].x), want(&want_all, -1, 1, (1 - s) * com[0].y + s * com[1].y);
    // joints that the solver leaves alone go straight
    for (int j = 0; j < k->m->joint_count; j++) {
      bool own = false;
      for (int v = 0; v < k->joints; v++) own |= k->joint[v] == j;
      if (!own) at.q[j] = like.q[j];
    }
    double miss = solve(k, &at, &like, &want_all, ROUNDS_NEXT);
    if (miss > MOVED) return broken(k, e, name, "its joints do not reach from pose to pose");
    put_row(row_of(r, n, i), &at, i ? row_of(r, n, i - 1) : n ? row_of(r, n - 1, RISE_SAMPLES - 1) : NULL, k->m->joint_count);
  }
  *a = at;
  // as long as speed asks, then as torque does
  double T = TIME_LEAST;
  for (int v = 0; v < k->m->joint_count; v++)
    for (int i = 0; i < RISE_SAMPLES && k->l->spec->drive[v] >= 0; i++)
      T = larger(T, 1.875 * size_of(slope(r, n, i, 7 + v)) / (SPEED_USED * k->l->spec->actuator[v].speed_max));
  measure(k, n, T);
  for (int i = 0; i < TRIES && (p->torque > 1 || p->margin < SUPPORT); i++) measure(k, n, T *= LONGER);
  r->time += p->time;
  r->energy += p->energy;
  if (p->margin < SUPPORT) return broken(k, e, name, "its contacts do not carry the centre of mass");
  if (p->torque > 1) {
    char text[120];
    snprintf(text, sizeof text, "%s would need %.2g of its torque", k->m->joint[p->joint].name, p->torque);
    return broken(k, e, name, text);
  }
  return STATUS_OK;
}

// ---- poses on the way ----------------------------------------------------------------------------------------------

// Joints of a limb that turn across, from the root outwards; sign: of +y at q = 0.
static int across(const struct maker *k, const struct limb *g, int joint[LIMB_JOINTS_MAX], double sign[LIMB_JOINTS_MAX]) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  const struct base_motion base = {.orientation = {1, 0, 0, 0}};
  const double q[ROBOT_JOINTS_MAX] = {0};
  int n = 0;
  robot_forward(k->m, &base, q, NULL, body);
  for (int i = 0; i < g->count; i++) {
    struct v3 axis = m3_apply(&body[g->joint[i] + 1].rotation, v3(0, 0, 1));
    if (size_of(axis.y) > 0.7 && k->m->joint[g->joint[i]].kind == JOINT_REVOLUTE) joint[n] = g->joint[i], sign[n++] = axis.y < 0 ? -1 : 1;
  }
  return n;
}

static void set_joint(const struct maker *k, struct pose *p, int joint, double sign, double angle) {
  const struct robot_joint *j = &k->m->joint[joint];
  p->q[joint] = clamp(sign * angle, j->lower, j->upper);
}

// Angles about +y of hip, knee, ankle, the waist that leans, shoulder, elbow: rad
struct figure { double pitch, hip, knee, ankle, waist, shoulder, elbow; };

static bool draw(const struct maker *k, struct pose *p, const struct figure *f) {
  int joint[LIMB_JOINTS_MAX];
  double sign[LIMB_JOINTS_MAX];
  struct limb waist = {.count = k->h->waist_count};
  memcpy(p->q, k->stand->q, sizeof p->q);
  memcpy(waist.joint, k->h->waist, sizeof(int) * (size_t)waist.count);
  for (int s = 0; s < 2; s++) {
    int n = across(k, &k->h->leg[s], joint, sign);
    if (n < 3) return false;
    set_joint(k, p, joint[0], sign[0], f->hip), set_joint(k, p, joint[n - 2], sign[n - 2], f->knee), set_joint(k, p, joint[n - 1], sign[n - 1], f->ankle);
    n = across(k, &k->h->arm[s], joint, sign);
    if (n < 2) return false;
    set_joint(k, p, joint[0], sign[0], f->shoulder), set_joint(k, p, joint[1], sign[1], f->elbow);
  }
  // fists
  for (int s = 0; s < 2; s++)
    for (int j = 0; j < k->m->joint_count; j++) {
      const struct robot_joint *o = &k->m->joint[j];
      if (j + 1 == k->h->arm[s].body || !moves(k->m, k->h->arm[s].body - 1, j + 1)) continue;
      if (o->mimic >= 0) p->q[j] = o->mimic_factor * p->q[o->mimic] + o->mimic_offset;
      else if (size_of(o->upper) < 1e3 && size_of(o->lower) < 1e3) p->q[j] = size_of(o->upper) > size_of(o->lower) ? o->upper : o->lower;
    }
  if (across(k, &waist, joint, sign) > 0) set_joint(k, p, joint[0], sign[0], f->waist);
  double s, c;
  m_sincos(f->pitch / 2, &s, &c);
  p->turn = (struct quaternion){c, 0, s, 0};
  return true;
}

// Feet where they will stand.
static void place_feet(struct maker *k, const struct pose *standing) {
  look(k, standing);
  for (int i = 0; i < k->points; i++)
    if (k->point[i].bit >= RISE_BALL) k->place[i] = point_at(k, i);
}

static void want_hands(struct system *s, const struct maker *k, bool x, double at, double apart) {
  for (int i = 0; i < 2; i++) {
    int p = find_point(k, RISE_HAND << i);
    if (x) want(s, p, 0, at);
    want(s, p, 1, i == LEFT ? apart : -apart), want(s, p, 2, HAND_HEIGHT);
  }
}

#define BOTH(bit) (3 * (bit))

// Like `like`, with contacts where they are kept, and the centre of mass as far back towards `com` as can be; at most `most`.
static bool lean(struct maker *k, struct pose *b, const struct pose *like, int contacts, double com, double most) {
  for (int n = 0; n < 4; n++) {
    struct system s = {0};
    *b = *like;
    want_contacts(&s, k, contacts);
    want(&s, -1, 0, com + (most - com) * n / 3), want(&s, -1, 1, 0);
    if (solve(k, b, like, &s, ROUNDS) <= MOVED) return true;
    if (com >= most) return false;
  }
  return false;
}

// Hands to `x`, one after the other, the centre of mass back over the knees as far as can be.
static enum status hands_to(struct maker *k, const char *name, int stays, struct pose *a, double x, double com, double most, struct error *e) {
  for (int i = 0; i < 2; i++) {
    struct pose b;
    look(k, a);
    for (int n = 0; n < k->points; n++)
      if (k->point[n].bit & (stays | BOTH(RISE_HAND))) k->place[n] = point_at(k, n);
    int hand = find_point(k, RISE_HAND << i);
    k->place[hand].x = x;
    if (!lean(k, &b, a, stays | BOTH(RISE_HAND), com, most)) return broken(k, e, name, "its joints do not reach so far");
    enum status status = phase(k, name, stays | (BOTH(RISE_HAND) & ~(RISE_HAND << i)), a, &b, hand, true, e);
    if (status) return status;
  }
  return STATUS_OK;
}

static enum status plan(struct maker *k, const struct pose *crouch, struct error *e) {
  struct pose a = {.at = {0, 0, 0}}, b;
  struct system s = {0};
  struct v3 velocity;
  double apart = 0;
  place_feet(k, crouch);
  for (int i = 0; i < 2; i++) apart += 0.5 * HAND_APART * size_of(k->body[k->h->arm[i].joint[k->h->arm[i].count > 1 ? 1 : 0] + 1].position.y);

  // face down: balls dug in, knees and hands on the floor, the trunk just above it
  const struct figure down = {1.50, 0.0, 0.45, -0.35, 0, 0.75, -2.2};
  if (!draw(k, &a, &down)) return broken(k, e, "lying", "it has no arms or legs that bend for it");
  look(k, &a);
  int ball = find_point(k, RISE_BALL), heel = find_point(k, RISE_HEEL), knee = find_point(k, RISE_KNEE);
  a.at = v3_sub(k->place[ball], point_at(k, ball)), a.at.y = 0, a.at.z = larger(0.14, KNEE_HEIGHT);
  want_contacts(&s, k, BOTH(RISE_BALL));
  for (int i = 0; i < 2; i++) {
    int n = find_point(k, RISE_KNEE << i);
    want(&s, n, 2, KNEE_HEIGHT), want(&s, n, 1, k->place[find_point(k, RISE_BALL << i)].y);
  }
  want_hands(&s, k, false, 0, apart);
  b = a;
  if (solve(k, &a, &b, &s, ROUNDS) > MOVED) return broken(k, e, "lying", "hands, knees and balls of the feet are not on the floor together");

  // all fours
  const struct figure fours = {1.35, -1.35, 1.55, -0.35, 0, -1.2, -0.25};
  look(k, &a);
  for (int i = 0; i < k->points; i++) k->place[i] = k->point[i].bit >= RISE_BALL ? k->place[i] : point_at(k, i);
  draw(k, &b, &fours);
  b.at = v3_add(k->place[knee], v3(0, 0, 0.4)), b.at.y = 0;
  s.count = 0;
  want_contacts(&s, k, BOTH(RISE_HAND) | BOTH(RISE_KNEE) | BOTH(RISE_BALL));
  struct pose like = b;
  if (solve(k, &b, &like, &s, ROUNDS) > MOVED) return broken(k, e, "push up", "arms and legs do not reach all fours");
  enum status status = phase(k, "push up", BOTH(RISE_HAND) | BOTH(RISE_KNEE) | BOTH(RISE_BALL), &a, &b, -1, false, e);
  if (status) return status;

  // how it will crouch with hands and soles on the floor, the centre of mass above the soles already: there the hands have to be
  static const struct figure squat[] = {{0.5, -1.9, 1.9, -0.45, 1.1, -1.65, -0.6}, {1.3, -2.0, 1.3, -0.6, 0.6, -1.8, -0.2}, {1.9, -1.75, 0.75, -0.4, 0.3, -1.9, -0.2}};
  for (int i = 0; i < 2; i++) k->place[find_point(k, RISE_HEEL << i)] = v3_sub(k->place[find_point(k, RISE_BALL << i)], v3(k->h->sole.ball - k->h->sole.heel, 0, 0));
  struct v3 knees = k->place[knee], soles = k->place[heel];
  double over = soles.x + k->h->sole.ball - k->h->sole.heel - SOLE_SPARE;
  struct pose low;
  s.count = 0;
  want_contacts(&s, k, BOTH(RISE_BALL) | BOTH(RISE_HEEL));
  want_hands(&s, k, false, 0, apart);
  want(&s, -1, 0, over), want(&s, -1, 1, 0);
  bool found = false;
  for (size_t i = 0; i < sizeof squat / sizeof *squat && !found; i++) {
    draw(k, &low, &squat[i]);
    low.at = v3_add(soles, v3(-0.1, 0, 0.5)), low.at.y = 0;
    like = low;
    found = solve(k, &low, &like, &s, ROUNDS) <= MOVED;
  }
  if (!found) return broken(k, e, "squat", "hands do not come down with the centre of mass above the soles");
  look(k, &low);
  double last = point_at(k, find_point(k, RISE_HAND)).x, near = larger(last, knees.x + HANDS_AHEAD);

  // and before, while knees leave the floor and heels come down to it, between hands that are ahead of it and balls
  struct pose high;
  for (int i = 0; i < 2; i++) k->place[find_point(k, RISE_HAND << i)] = point_at(k, find_point(k, RISE_HAND << i)), k->place[find_point(k, RISE_HAND << i)].x = near;
  if (!lean(k, &high, &low, BOTH(RISE_HAND) | BOTH(RISE_BALL) | BOTH(RISE_HEEL), over + 2 * SOLE_SPARE, 0.5 * (over + near)))
    return broken(k, e, "squat", "hands and flat feet are not on the floor together");

  // back over the knees, and hands back to there
  for (bool first = true;; first = false) {
    look(k, &a);
    double hands = point_at(k, find_point(k, RISE_HAND)).x, next = larger(hands - HAND_STEP, near);
    if (first) {
      for (int i = 0; i < k->points; i++) if (k->point[i].bit < RISE_HEEL) k->place[i] = point_at(k, i);
      if (!lean(k, &b, &a, BOTH(RISE_HAND) | BOTH(RISE_KNEE) | BOTH(RISE_BALL), knees.x - KNEE_SPARE, knees.x + ON_KNEES * (hands - knees.x))) return broken(k, e, "lean back", "its arms are too short for that");
      status = phase(k, "lean back", BOTH(RISE_HAND) | BOTH(RISE_KNEE) | BOTH(RISE_BALL), &a, &b, -1, false, e);
    } else if (hands > near + MOVED && robot_com(k->m, k->body, &velocity).x < knees.x - 0.5 * KNEE_SPARE) {
      // hands carry nothing: up, and down again at their next places
      static const struct figure kneel = {0.6, -1.2, 2.2, -0.36, 0.3, -0.8, -0.9};
      int kneels = BOTH(RISE_KNEE) | BOTH(RISE_BALL);
      for (int i = 0; i < k->points; i++) if (k->point[i].bit < RISE_HEEL) k->place[i] = point_at(k, i);
      draw(k, &like, &kneel);
      like.at = v3_add(knees, v3(-0.15, 0, 0.4)), like.at.y = 0;
      if (!lean(k, &b, &like, kneels, knees.x - KNEE_SPARE, knees.x - KNEE_SPARE)) return broken(k, e, "kneel", "its knees do not bend so far");
      status = phase(k, "kneel", kneels, &a, &b, -1, true, e);
      for (int i = 0; i < 2; i++) k->place[find_point(k, RISE_HAND << i)].x = near;
      if (!status && !lean(k, &b, &a, BOTH(RISE_HAND) | kneels, knees.x - KNEE_SPARE, knees.x)) return broken(k, e, "hands down", "its arms do not reach the floor beside its knees");
      if (!status) status = phase(k, "hands down", kneels, &a, &b, -1, true, e);
    } else if (hands > near + MOVED) status = hands_to(k, "crawl back", BOTH(RISE_KNEE) | BOTH(RISE_BALL), &a, next, knees.x - KNEE_SPARE, knees.x + ON_KNEES * (next - knees.x), e);
    else break;
    if (status) return status;
  }
  status = phase(k, "squat", BOTH(RISE_HAND) | BOTH(RISE_BALL), &a, &high, -1, false, e);
  for (double hands = near; !status && hands > last + MOVED;) {
    hands = larger(hands - HAND_STEP, last);
    status = hands_to(k, "walk back", BOTH(RISE_BALL) | BOTH(RISE_HEEL), &a, hands, over, over + ON_KNEES * (hands - over), e);
  }
  if (!status) status = phase(k, "over the soles", BOTH(RISE_HAND) | BOTH(RISE_BALL) | BOTH(RISE_HEEL), &a, &low, -1, false, e);
  return status ? status : phase(k, "unfold", BOTH(RISE_BALL) | BOTH(RISE_HEEL), &a, crouch, -1, true, e);
}

enum status rise_make(struct rise *r, const struct gait_library *l, const struct stand *stand, const double crouch[2], const double *crouched, struct error *e) {
  const struct humanoid *h = l->humanoid;
  struct maker *k = calloc(1, sizeof *k);
  memset(r, 0, sizeof *r);
  r->humanoid = h;
  r->columns = 7 + h->model->joint_count;
  r->sample = calloc((size_t)(RISE_PHASES * RISE_SAMPLES * r->columns), sizeof *r->sample);
  if (!k || !r->sample) {
    free(k);
    rise_finish(r);
    return error_at(e, STATUS_MEMORY, h->model->name, 0, 0, "getting up");
  }
  *k = (struct maker){.l = l, .m = h->model, .h = h, .stand = stand, .out = r};
  k->points = rise_points(h, k->point);
  const struct limb *limb[4] = {&h->leg[LEFT], &h->leg[RIGHT], &h->arm[LEFT], &h->arm[RIGHT]};
  for (int i = 0; i < 4; i++)
    for (int n = 0; n < limb[i]->count && k->joints < VARIABLES - 6; n++)
      if (h->model->joint[limb[i]->joint[n]].mimic < 0) k->joint[k->joints++] = limb[i]->joint[n];
  for (int n = 0; n < h->waist_count && k->joints < VARIABLES - 6; n++)
    if (h->model->joint[h->waist[n]].mimic < 0) k->joint[k->joints++] = h->waist[n];
  struct pose end = {.at = v3(crouch[0], 0, crouch[1]), .turn = {1, 0, 0, 0}};
  memcpy(end.q, crouched, sizeof(double) * (size_t)h->model->joint_count);
  enum status status = plan(k, &end, e);
  free(k);
  return status;
}

void rise_finish(struct rise *r) {
  free(r->sample);
  memset(r, 0, sizeof *r);
}

// ---- played -------------------------------------------------------------------------------------------------------

static int find_phase(const struct rise *r, double *t) {
  int n = 0;
  *t = clamp(*t, 0, r->time);
  while (n + 1 < r->phases && *t > r->phase[n].time) *t -= r->phase[n++].time;
  return n;
}

const struct rise_phase *rise_phase_at(const struct rise *r, double t) { return &r->phase[find_phase(r, &t)]; }

void rise_at(const struct rise *r, double t, struct base_motion *base, double *q, double *qd, double *qdd) {
  int n = find_phase(r, &t);
  sample_at(r, n, clamp(t / r->phase[n].time, 0, 1), r->phase[n].time, base, q, qd, qdd);
}
