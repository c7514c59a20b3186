#include "robots/leg.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "robots/leg_lanes.h"

#define MEET 1e-9                   // m  axes closer than this meet
#define SQUARE 1e-9                 //    cosine below which axes are at right angles
#define ERROR_DONE 1e-14            // Newton stops: squared error, m2 and rad2
#define LOST 1e-6                   // m  left by Newton from a bad start
#define DAMPING 1e-9                // least damping of a Newton step
#define FREE_ROLL 1e-9              // weight of the sole's roll where a leg has fewer than six joints

// p turned about the unit vector a, from the angle's sine and cosine. Rodrigues.
static struct v3 turned(struct v3 a, double s, double c, struct v3 p) {
  struct v3 along = v3_scale(a, v3_dot(a, p) * (1 - c));
  return v3_add(v3_add(v3_scale(p, c), v3_scale(v3_cross(a, p), s)), along);
}

// ---- geometry at q = 0 ------------------------------------------------------------------------------

// Point of line (p, a) nearest to line (q, b), and how far apart the lines are. false: parallel.
static bool nearest(struct v3 p, struct v3 a, struct v3 q, struct v3 b, struct v3 *point, double *apart) {
  struct v3 n = v3_cross(a, b), pq = v3_sub(q, p);
  double nn = v3_dot(n, n);
  if (nn < 1e-6) return false;
  *point = v3_mul_add(p, a, v3_dot(v3_cross(pq, b), n) / nn);
  double d = v3_dot(pq, n) / m_sqrt(nn);
  *apart = d < 0 ? -d : d;
  return true;
}

static double distance_to_line(struct v3 x, struct v3 p, struct v3 a) {
  return v3_norm(v3_cross(v3_sub(x, p), a));
}

static bool square(struct v3 a, struct v3 b) {
  double c = v3_dot(a, b);
  return c < SQUARE && c > -SQUARE;
}

// The closed form: hip axes 0-2 square and through one point, knee 3, ankle axes 4 and 5 through one point.
static bool closed_form(struct leg *l) {
  if (l->chain.count != 6) return false;
  for (int i = 0; i < 6; i++)
    if (l->chain.prismatic[i] || l->chain.follow[i] >= 0) return false;
  const struct v3 *a = l->chain.axis, *p = l->chain.point;
  if (!square(a[0], a[1]) || !square(a[0], a[2]) || !square(a[1], a[2])) return false;
  double apart;
  struct v3 hip, ankle;
  if (!nearest(p[0], a[0], p[1], a[1], &hip, &apart) || apart > MEET || distance_to_line(hip, p[2], a[2]) > MEET) return false;
  if (!nearest(p[5], a[5], p[4], a[4], &ankle, &apart) || apart > MEET) return false;
  l->hip = hip;
  l->chain.tip = ankle;
  return true;
}

// The knee: the joint around which hip and ankle come together; where it stretches the leg, and which way is forward.
static void find_knee(struct leg *l, const struct robot_model *m, int knee) {
  struct v3 k = l->chain.axis[knee], r = v3_sub(l->chain.tip, l->chain.point[knee]), s = v3_sub(l->hip, l->chain.point[knee]);

  // distance^2 = D0 + 2 amp cos(q - near): stretched where the cosine is 1
  double along = v3_dot(s, k) * v3_dot(r, k), a = v3_dot(s, r) - along, b = v3_dot(s, v3_cross(k, r)), amp = m_sqrt(a * a + b * b);
  l->knee_near = m_atan2(-b, -a);
  l->knee_base = v3_dot(s, s) + v3_dot(r, r) - 2 * along;
  l->knee_amp = amp;
  m_sincos(l->knee_near, &l->near_sin, &l->near_cos);
  double far = l->knee_base + 2 * amp;
  l->reach = far > 0 ? m_sqrt(far) : 0;
  l->thigh = distance_to_line(l->hip, l->chain.point[knee], k);
  l->shank = distance_to_line(l->chain.tip, l->chain.point[knee], k);

  // forward: the ankle moves back when the knee bends; unless the joint's range allows only the other way
  struct v3 back = v3_cross(k, turned(k, l->near_sin, l->near_cos, r));
  l->knee_forward = back.x < 0 ? 1 : -1;
  const struct robot_joint *j = &m->joint[l->chain.joint[knee]];
  double bent = l->knee_near + 0.5 * l->knee_forward, other = l->knee_near - 0.5 * l->knee_forward;
  if ((bent > j->upper || bent < j->lower) && other <= j->upper && other >= j->lower) l->knee_forward = -l->knee_forward;
}

// For other legs: the pitch joint between hip and ankle that is not the first nor the last one.
static int knee_of(const struct leg *l) {
  int best = l->chain.count / 2;
  double most = -1;
  for (int i = 1; i + 1 < l->chain.count; i++) {
    if (l->chain.follow[i] >= 0) continue;
    double side = l->chain.axis[i].y < 0 ? -l->chain.axis[i].y : l->chain.axis[i].y;
    struct v3 up = v3_sub(l->hip, l->chain.point[i]), down = v3_sub(l->chain.point[i], l->chain.tip);
    double lever = m_sqrt(v3_dot(up, up) < v3_dot(down, down) ? v3_dot(up, up) : v3_dot(down, down)) * side;
    if (lever > most) most = lever, best = i;
  }
  return best;
}

// A knee of two parallel joints, as rolling knees are drawn: both turn alike.
static void couple_knees(struct chain *c) {
  for (int i = 1; i + 2 < c->count && c->free > 6; i++) {
    if (c->follow[i] >= 0 || c->follow[i + 1] >= 0 || v3_dot(c->axis[i], c->axis[i + 1]) < 1 - SQUARE) continue;
    c->follow[i + 1] = i;
    c->factor[i + 1] = 1;
    c->offset[i + 1] = 0;
    c->free--;
  }
}

void leg_init(struct leg *l, const struct humanoid *h, enum side side) {
  const struct robot_model *m = h->model;
  memset(l, 0, sizeof *l);
  chain_init(&l->chain, m, &h->leg[side]);
  couple_knees(&l->chain);
  l->closed_form = closed_form(l);
  l->hand = v3_dot(v3_cross(l->chain.axis[0], l->chain.axis[1]), l->chain.axis[2]) > 0 ? 1 : -1;
  if (!l->closed_form) {
    // hip: on the pitch axis, about which it turns most, beside the third joint; ankle: on the last axis, nearest to the one before
    int last = l->chain.count - 1;
    double apart;
    l->hip = l->chain.point[l->chain.count > 2 ? 2 : 0];
    for (int i = 0; i < 3 && i < last; i++) {
      struct v3 a = l->chain.axis[i], p = l->chain.point[i];
      if (a.y * a.y > 0.7) l->hip = v3_mul_add(p, a, v3_dot(v3_sub(l->hip, p), a));
    }
    const struct v3 *a = l->chain.axis, *p = l->chain.point;
    if (!nearest(p[last], a[last], p[last - 1], a[last - 1], &l->chain.tip, &apart)) l->chain.tip = p[last];
  }
  l->knee = l->closed_form ? 3 : knee_of(l);
  find_knee(l, m, l->knee);

  // hip back, knee ahead, ankle up by the same: the sole stays level
  if (l->closed_form) return;
  for (int i = 0; i < l->chain.count; i++) {
    double side_axis = l->chain.axis[i].y;
    if (i == l->knee) l->bent[i] = l->knee_near + 0.5 * l->knee_forward;
    else if (side_axis * side_axis > 0.5 && l->chain.follow[i] < 0)
      l->bent[i] = -0.25 * (side_axis < 0 ? -1 : 1) * (l->chain.axis[l->knee].y * l->knee_forward < 0 ? -1 : 1);
  }
}

double leg_length_bent(const struct leg *l, double bend) {
  double square_length = l->knee_base + 2 * l->knee_amp * m_cos(bend);
  return square_length > 0 ? m_sqrt(square_length) : 0;
}

// ---- forward ----------------------------------------------------------------------------------------

void leg_forward(const struct leg *l, const double *q, struct m3 *rotation, struct v3 *position) {
  chain_forward(&l->chain, q, rotation, position, NULL, NULL);
}

// ---- closed form ------------------------------------------------------------------------------------

// the width of one sample
#include "robots/leg_kernel.h"

static struct lane_vector lane_from(struct v3 a) { return (struct lane_vector){a.x, a.y, a.z}; }
static struct v3 lane_to(struct lane_vector a) { return v3(a.x, a.y, a.z); }

static struct lane_matrix lane_matrix_from(const struct m3 *r) {
  struct lane_matrix m;
  memcpy(m.m, r->m, sizeof m.m);
  return m;
}

static struct lane_frame lane_frame_from(const struct frame_motion *f) {
  return (struct lane_frame){lane_matrix_from(&f->rotation), lane_from(f->position), lane_from(f->velocity), lane_from(f->acceleration),
                             lane_from(f->angular_velocity), lane_from(f->angular_acceleration)};
}

// Flat, so that the axes, which nobody asks for here, are not found.
__attribute__((flatten)) static double solve_closed(const struct leg *l, const struct m3 *rotation, struct v3 position, double *q) {
  struct lane_matrix r = lane_matrix_from(rotation);
  struct lane_leg at;
  return lane_solve(l, &r, lane_from(position), q, &at);
}

// ---- numeric ----------------------------------------------------------------------------------------

// J x = e for six joints: Gaussian elimination with row pivots. false: singular.
static bool solve_square(double J[6][LIMB_JOINTS_MAX], struct v3 linear, struct v3 angular, double *x) {
  double A[6][7], e[6] = {linear.x, linear.y, linear.z, angular.x, angular.y, angular.z};
  for (int i = 0; i < 6; i++) {
    for (int j = 0; j < 6; j++) A[i][j] = J[i][j];
    A[i][6] = e[i];
  }
  for (int k = 0; k < 6; k++) {
    int best = k;
    for (int i = k + 1; i < 6; i++)
      if (A[i][k] * A[i][k] > A[best][k] * A[best][k]) best = i;
    if (A[best][k] * A[best][k] < LEG_SINGULAR * LEG_SINGULAR) return false;
    for (int j = k; j < 7; j++) { double t = A[k][j]; A[k][j] = A[best][j]; A[best][j] = t; }
    for (int i = k + 1; i < 6; i++) {
      double f = A[i][k] / A[k][k];
      for (int j = k; j < 7; j++) A[i][j] -= f * A[k][j];
    }
  }
  for (int i = 5; i >= 0; i--) {
    x[i] = A[i][6];
    for (int j = i + 1; j < 6; j++) x[i] -= A[i][j] * x[j];
    x[i] /= A[i][i];
  }
  return true;
}

static struct v3 ahead(const struct m3 *r) { return v3(r->m[0], r->m[3], r->m[6]); }

static double newton(const struct leg *l, const struct m3 *rotation, struct v3 position, double *q) {
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX];
  double J[6][LIMB_JOINTS_MAX], x[LIMB_JOINTS_MAX], left = 0;
  bool few = l->chain.free < 6;
  for (int step = 0; step < LEG_STEPS_MAX; step++) {
    struct m3 r;
    struct v3 p;
    chain_forward(&l->chain, q, &r, &p, axis, point);
    struct v3 linear = v3_sub(position, p), angular = rotation_between(&r, rotation);
    double roll = r.m[0] * angular.x + r.m[3] * angular.y + r.m[6] * angular.z;
    double energy = v3_dot(linear, linear) + v3_dot(angular, angular) - (few ? roll * roll : 0);
    left = m_sqrt(v3_dot(linear, linear));
    if (energy < ERROR_DONE * ERROR_DONE) break;

    // Levenberg-Marquardt with the squared error as damping: Sugihara, IEEE T-RO 2011
    chain_jacobian(&l->chain, axis, point, p, J);
    chain_least_squares(&l->chain, J, linear, angular, 0.5 * energy + DAMPING * (energy < 1e-6 ? energy : 1), ahead(&r), few ? FREE_ROLL : 1, x);
    double largest = 0;
    for (int i = 0; i < l->chain.count; i++) {
      double size = x[i] < 0 ? -x[i] : x[i];
      if (size > largest) largest = size;
    }
    double share = largest > 0.5 ? 0.5 / largest : 1;
    for (int i = 0; i < l->chain.count; i++) q[i] += share * x[i];
    if (largest < 1e-15) break;
  }
  chain_follow(&l->chain, q);
  return left;
}

// From the given start; once more from the bent leg where that led nowhere.
static double solve_numeric(const struct leg *l, const struct m3 *rotation, struct v3 position, double *q) {
  double left = newton(l, rotation, position, q);
  if (left < LOST) return left;
  memcpy(q, l->bent, sizeof *q * (size_t)l->chain.count);
  return newton(l, rotation, position, q);
}

double leg_solve(const struct leg *l, const struct m3 *rotation, struct v3 position, double *q) {
  return l->closed_form ? solve_closed(l, rotation, position, q) : solve_numeric(l, rotation, position, q);
}

void leg_solve_many(const struct leg *l, const struct m3 *rotation, const struct v3 *position, int count, double (*q)[LIMB_JOINTS_MAX], double *beyond, enum lane_width lanes) {
  assert(count <= LEG_MANY);
  if (l->closed_form && lanes != LANES_1 && count > 1) leg_avx2_solve(l, rotation, position, count, q, beyond);
  else
    for (int i = 0; i < count; i++) beyond[i] = leg_solve(l, rotation, position[i], q[i]);
}

// ---- rates ------------------------------------------------------------------------------------------

static bool rates_numeric(const struct leg *l, const struct lane_seen *f, const double *q, double *qd, double *qdd) {
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX], linear, angular, tip;
  struct m3 rotation;
  struct v3 at = lane_to(f->position), v = lane_to(f->velocity), w = lane_to(f->angular_velocity);
  struct v3 a = lane_to(f->acceleration), alpha = lane_to(f->angular_acceleration);
  double J[6][LIMB_JOINTS_MAX];
  chain_forward(&l->chain, q, &rotation, &tip, axis, point);
  chain_jacobian(&l->chain, axis, point, at, J);
  if (l->chain.count == 6 && l->chain.free == 6 && solve_square(J, v, w, qd)) {
    chain_bias(&l->chain, axis, point, at, qd, &linear, &angular);
    return solve_square(J, v3_sub(a, linear), v3_sub(alpha, angular), qdd);
  }
  double damping = l->chain.free > 6 ? 1e-8 : 1e-12, weight = l->chain.free < 6 ? FREE_ROLL : 1;
  chain_least_squares(&l->chain, J, v, w, damping, ahead(&rotation), weight, qd);
  chain_follow_rates(&l->chain, qd);
  chain_bias(&l->chain, axis, point, at, qd, &linear, &angular);
  linear = v3_sub(a, linear), angular = v3_sub(alpha, angular);
  chain_least_squares(&l->chain, J, linear, angular, damping, ahead(&rotation), weight, qdd);
  chain_follow_rates(&l->chain, qdd);
  return l->chain.free != 6;
}

static struct lane_seen seen_from(const struct frame_motion *root, const struct frame_motion *foot) {
  struct lane_frame r = lane_frame_from(root), f = lane_frame_from(foot);
  return lane_seen_from(&r, &f);
}

bool leg_rates(const struct leg *l, const struct frame_motion *root, const struct frame_motion *foot, const double *q, double *qd, double *qdd) {
  struct lane_seen f = seen_from(root, foot);
  if (!l->closed_form) return rates_numeric(l, &f, q, qd, qdd);
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX], tip;
  struct m3 rotation;
  struct lane_leg at;
  chain_forward(&l->chain, q, &rotation, &tip, axis, point);
  for (int i = 0; i < 6; i++) at.axis[i] = lane_from(axis[i]);
  at.knee = lane_from(point[3]);
  return !lane_rates(l, &f, &at, qd, qdd) || rates_numeric(l, &f, q, qd, qdd);
}

double leg_motion(const struct leg *l, const struct frame_motion *root, const struct frame_motion *foot, double *q, double *qd, double *qdd) {
  struct lane_seen f = seen_from(root, foot);
  if (!l->closed_form) {
    struct m3 rotation;
    memcpy(rotation.m, f.rotation.m, sizeof rotation.m);
    double left = solve_numeric(l, &rotation, lane_to(f.position), q);
    rates_numeric(l, &f, q, qd, qdd);
    return left;
  }
  struct lane_leg at;
  double beyond = lane_solve(l, &f.rotation, f.position, q, &at);
  if (lane_rates(l, &f, &at, qd, qdd) || beyond != 0) rates_numeric(l, &f, q, qd, qdd);
  return beyond;
}

// ---- many samples -----------------------------------------------------------------------------------

static const struct frame_motion *foot_at(const struct leg_columns *c, int k) {
  return (const struct frame_motion *)((const char *)c->foot + c->foot_step * (size_t)k);
}

static void put_sample(const struct leg *l, const struct leg_columns *c, int k, const double *q, const double *qd, const double *qdd) {
  for (int i = 0; i < l->chain.count; i++) {
    int at = l->chain.joint[i] * c->stride + k;
    c->q[at] = q[i], c->qd[at] = qd[i], c->qdd[at] = qdd[i];
  }
}

// For legs without closed form the sample before is the start.
static double numeric_columns(const struct leg *l, const struct leg_columns *c) {
  double q[LIMB_JOINTS_MAX], qd[LIMB_JOINTS_MAX], qdd[LIMB_JOINTS_MAX], largest = 0;
  memcpy(q, l->bent, sizeof q);
  for (int k = 0; k < c->n; k++) {
    double left = leg_motion(l, &c->root[k], foot_at(c, k), q, qd, qdd);
    put_sample(l, c, k, q, qd, qdd);
    if (left > largest) largest = left;
  }
  return largest;
}

// The rates of a sample of which a lane says that they need damping.
static void damp(const struct leg *l, const struct leg_columns *c, int k) {
  double q[LIMB_JOINTS_MAX], qd[LIMB_JOINTS_MAX], qdd[LIMB_JOINTS_MAX];
  struct lane_seen f = seen_from(&c->root[k], foot_at(c, k));
  for (int i = 0; i < l->chain.count; i++) q[i] = c->q[l->chain.joint[i] * c->stride + k];
  rates_numeric(l, &f, q, qd, qdd);
  put_sample(l, c, k, q, qd, qdd);
}

double leg_columns_run(const struct leg *l, const struct leg_columns *c, enum lane_width lanes) {
  assert(c->stride % 8 == 0);
  assert(c->n <= c->stride);
  if (!l->closed_form) return numeric_columns(l, c);
  double largest = 0;
  for (int k = 0; k < c->n; k += (int)lanes) {
    double beyond[8] __attribute__((aligned(64)));
    int64_t damped[8] __attribute__((aligned(64)));
    if (lanes == LANES_8) leg_avx512_pass(l, c, k, beyond, damped);
    else if (lanes == LANES_4) leg_avx2_pass(l, c, k, beyond, damped);
    else lane_pass(l, c, k, beyond, damped);
    for (int i = 0; i < (int)lanes && k + i < c->n; i++) {
      if (damped[i]) damp(l, c, k + i);
      if (beyond[i] > largest) largest = beyond[i];
    }
  }
  return largest;
}

void leg_wrench(const struct leg *l, const struct frame_motion *root, const double *q, struct v3 point, const struct wrench *w,
                double scale, double *tau, int stride) {
  if (l->closed_form) {
    struct lane_matrix R = lane_matrix_from(&root->rotation);
    double torque[6];
    lane_wrench(l, &R, lane_from(root->position), q, lane_from(point), lane_from(w->force), lane_from(w->moment), torque);
    for (int i = 0; i < 6; i++) tau[l->chain.joint[i] * stride] += scale * torque[i];
    return;
  }
  struct v3 axis[LIMB_JOINTS_MAX], origin[LIMB_JOINTS_MAX];
  struct v3 at = m3_apply_inverse(&root->rotation, v3_sub(point, root->position));
  struct v3 force = m3_apply_inverse(&root->rotation, w->force), moment = m3_apply_inverse(&root->rotation, w->moment);
  struct m3 turned_by;
  struct v3 at_tip;
  chain_forward(&l->chain, q, &turned_by, &at_tip, axis, origin);
  for (int i = 0; i < l->chain.count; i++) {
    struct v3 about = v3_add(moment, v3_cross(v3_sub(at, origin[i]), force));
    tau[l->chain.joint[i] * stride] += scale * v3_dot(axis[i], l->chain.prismatic[i] ? force : about);
  }
}

void leg_wrenches_run(const struct leg *l, const struct leg_wrenches *c, enum lane_width lanes) {
  assert(c->stride % 8 == 0);
  assert(c->n <= c->stride);
  if (!l->closed_form) {
    for (int k = 0; k < c->n; k++) {
      double q[LIMB_JOINTS_MAX];
      for (int i = 0; i < l->chain.count; i++) q[i] = c->q[l->chain.joint[i] * c->stride + k];
      leg_wrench(l, &c->root[k], q, c->load[k].point, &c->load[k].wrench, c->scale, c->tau + k, c->stride);
    }
    return;
  }
  for (int k = 0; k < c->n; k += (int)lanes) {
    if (lanes == LANES_8) leg_avx512_wrench_pass(l, c, k);
    else if (lanes == LANES_4) leg_avx2_wrench_pass(l, c, k);
    else lane_wrench_pass(l, c, k);
  }
}
