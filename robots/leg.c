#include "robots/leg.h"

#include <string.h>

#define MEET 1e-9                   // m  axes closer than this meet
#define SQUARE 1e-9                 //    cosine below which axes are at right angles
#define ERROR_DONE 1e-14            // Newton stops: squared error, m2 and rad2
#define LOST 1e-6                   // m  left by Newton from a bad start
#define DAMPING 1e-9                // least damping of a Newton step
#define FREE_ROLL 1e-9              // weight of the sole's roll where a leg has fewer than six joints
#define SINGULAR 1e-7

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

// Angle of (x, y) to 2 ulp: the tangent or cotangent, at most 1, less the nearest eighth (atan t = atan k + atan (t - k) / (1 + t k)),
// then the series. m_atan2 is twice as exact and three times as slow; six of these are most of a leg.
static double angle(double y, double x) {
  static const double eighth[9] = {0, 0.12435499454676144, 0.24497866312686414, 0.35877067027057225, 0.46364760900080609,
                                   0.55859931534356244, 0.64350110879328437, 0.71882999962162453, 0.78539816339744828};
  double ax = x < 0 ? -x : x, ay = y < 0 ? -y : y;
  bool steep = ay > ax;
  double low = steep ? ax : ay, high = steep ? ay : ax, t = high > 0 ? low / high : 0;
  int i = (int)(8 * t + 0.5);
  double k = i * 0.125, u = (t - k) / (1 + t * k), v = u * u;
  double a = eighth[i] + u * (1 - v * (1.0 / 3 - v * (1.0 / 5 - v * (1.0 / 7 - v * (1.0 / 9 - v * (1.0 / 11 - v * (1.0 / 13)))))));
  if (steep) a = M_PI_D / 2 - a;
  if (x < 0) a = M_PI_D - a;
  return y < 0 ? -a : a;
}

static double root_of(double x) { return x > 0 ? m_sqrt(x) : 0; }

// Angles; and, unless NULL, the axes and the knee's place at them, which fall out on the way.
static double solve_closed(const struct leg *l, const struct m3 *rotation, struct v3 position, double *q, struct v3 *axis, struct v3 *knee) {
  const struct v3 *a = l->chain.axis;
  struct v3 reach = v3_sub(l->hip, position);
  double square_distance = v3_dot(reach, reach), beyond = 0;

  // knee: law of cosines, angle from the stretched leg
  double c = (square_distance - l->knee_base) / (2 * l->knee_amp);
  if (c > 1) beyond = m_sqrt(square_distance) - l->reach, c = 1;
  if (c < -1) beyond = root_of(l->knee_base - 2 * l->knee_amp) - m_sqrt(square_distance), c = -1;
  double s = root_of((1 - c) * (1 + c));
  q[3] = l->knee_near + l->knee_forward * angle(s, c);
  double sk = l->near_sin * c + l->knee_forward * l->near_cos * s, ck = l->near_cos * c - l->knee_forward * l->near_sin * s;

  // ankle: e^(a4 q4) e^(a5 q5) u = v, u the hip seen from the foot, v from the shank
  struct v3 u = m3_apply_inverse(rotation, reach), upper = v3_sub(l->hip, l->chain.point[3]);
  struct v3 v = v3_add(turned(a[3], -sk, ck, upper), v3_sub(l->chain.point[3], l->chain.tip));
  if (beyond != 0) u = v3_scale(u, m_sqrt(v3_dot(v, v) / square_distance));
  double across = v3_dot(a[4], a[5]) * v3_dot(a[5], u);
  double A = v3_dot(u, a[4]) - across, B = v3_dot(v3_cross(a[5], u), a[4]), C = v3_dot(v, a[4]) - across;
  double square_amp = A * A + B * B, other = root_of(square_amp - C * C);

  // two answers; the foot's way up is the one with both angles nearer to 0, which has the larger cosines
  double best = -3, s5 = 0, c5 = 1, s4 = 0, c4 = 1;
  for (int side = -1; side <= 1; side += 2) {
    double ct = (A * C - side * B * other) / square_amp, st = (B * C + side * A * other) / square_amp;
    struct v3 w = turned(a[5], st, ct, u);
    double sine = v3_dot(a[4], v3_cross(w, v)), cosine = v3_dot(w, v) - v3_dot(w, a[4]) * v3_dot(v, a[4]);
    double size = m_sqrt(sine * sine + cosine * cosine);
    if (!(size > 0) || cosine / size + ct <= best) continue;
    best = cosine / size + ct;
    s5 = st, c5 = ct, s4 = sine / size, c4 = cosine / size;
  }
  q[5] = angle(s5, c5);
  q[4] = angle(s4, c4);

  // hip: what is left, R (e^k e^a4 e^a5)^-1, as three turns about square axes; columns are a_j turned
  struct v3 column[3];
  for (int j = 0; j < 3; j++) {
    struct v3 x = turned(a[5], -s5, c5, turned(a[4], -s4, c4, turned(a[3], -sk, ck, a[j])));
    column[j] = m3_apply(rotation, x);
  }
  double m02 = v3_dot(a[0], column[2]), m12 = v3_dot(a[1], column[2]), m22 = v3_dot(a[2], column[2]), hand = l->hand;
  double m00 = v3_dot(a[0], column[0]), m01 = v3_dot(a[0], column[1]), across_hip = m_sqrt(m12 * m12 + m22 * m22);
  q[0] = angle(-hand * m12, m22);
  q[1] = angle(hand * m02, across_hip);
  q[2] = angle(-hand * m01, m00);
  if (!axis) return beyond;

  // each axis turned by the joints before it; a joint does not turn its own. Columns are in the basis a0 a1 a2
  double s0 = across_hip > 0 ? -hand * m12 / across_hip : 0, c0 = across_hip > 0 ? m22 / across_hip : 1;
  axis[0] = a[0];
  axis[1] = turned(a[0], s0, c0, a[1]);
  axis[2] = column[2];
  axis[5] = m3_apply(rotation, a[5]);
  axis[4] = m3_apply(rotation, turned(a[5], -s5, c5, a[4]));
  struct v3 shank_axis = turned(a[5], -s5, c5, turned(a[4], -s4, c4, a[3]));
  axis[3] = m3_apply(rotation, shank_axis);
  struct v3 shank = v3_sub(l->chain.point[3], l->chain.tip);
  *knee = v3_add(position, m3_apply(rotation, turned(a[5], -s5, c5, turned(a[4], -s4, c4, shank))));
  return beyond;
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
    if (A[best][k] * A[best][k] < SINGULAR * SINGULAR) return false;
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
  return l->closed_form ? solve_closed(l, rotation, position, q, NULL, NULL) : solve_numeric(l, rotation, position, q);
}

// ---- rates ------------------------------------------------------------------------------------------

static double box(struct v3 a, struct v3 b, struct v3 c) { return v3_dot(a, v3_cross(b, c)); }

// Rates of six joints for the ankle's velocity v and the foot's angular velocity w, all in the root frame (J x = (v, w)).
// The hip centre stands and the ankle axes meet in the ankle, so the system falls into one and two of three unknowns.
static bool solve_six(const struct v3 *a, struct v3 hip, struct v3 knee, struct v3 ankle, struct v3 v, struct v3 w, double *x) {
  struct v3 length = v3_sub(ankle, hip), lever = v3_cross(a[3], v3_sub(ankle, knee));
  double square_length = v3_dot(length, length), stretch = v3_dot(lever, length);
  if (stretch * stretch < SINGULAR * SINGULAR * square_length) return false;
  x[3] = v3_dot(v, length) / stretch;
  struct v3 turn_across = v3_scale(v3_cross(length, v3_mul_add(v, lever, -x[3])), 1 / square_length);

  // turn about the hip-ankle line, and the ankle's two rates
  struct v3 rest = v3_sub(v3_mul_add(w, a[3], -x[3]), turn_across);
  double det = box(length, a[4], a[5]);
  if (det * det < SINGULAR * SINGULAR * square_length) return false;
  double twist = box(rest, a[4], a[5]) / det;
  x[4] = box(length, rest, a[5]) / det;
  x[5] = box(length, a[4], rest) / det;

  // the hip's angular velocity as its three rates
  struct v3 hip_rate = v3_mul_add(turn_across, length, twist);
  det = box(a[0], a[1], a[2]);
  if (det * det < SINGULAR * SINGULAR) return false;
  x[0] = box(hip_rate, a[1], a[2]) / det;
  x[1] = box(a[0], hip_rate, a[2]) / det;
  x[2] = box(a[0], a[1], hip_rate) / det;
  return true;
}

// The foot's motion as seen from the root, in its axes.
struct seen { struct v3 position, velocity, acceleration, angular_velocity, angular_acceleration; };

static struct seen seen_from(const struct frame_motion *root, const struct frame_motion *foot) {
  struct v3 r = v3_sub(foot->position, root->position), w = root->angular_velocity;
  struct v3 v = v3_sub(v3_sub(foot->velocity, root->velocity), v3_cross(w, r));
  struct v3 a = v3_sub(v3_sub(foot->acceleration, root->acceleration), v3_cross(root->angular_acceleration, r));
  a = v3_sub(a, v3_add(v3_cross(w, v3_cross(w, r)), v3_scale(v3_cross(w, v), 2)));
  struct v3 wf = v3_sub(foot->angular_velocity, w);
  struct v3 af = v3_sub(v3_sub(foot->angular_acceleration, root->angular_acceleration), v3_cross(w, wf));
  const struct m3 *R = &root->rotation;
  return (struct seen){m3_apply_inverse(R, r), m3_apply_inverse(R, v), m3_apply_inverse(R, a), m3_apply_inverse(R, wf), m3_apply_inverse(R, af)};
}

// Closed form: three points carry all axes (hip, knee, ankle), so J' qd is three spans of a chain.
static bool rates_closed(const struct leg *l, const struct seen *f, const struct v3 *axis, struct v3 knee, double *qd, double *qdd) {
  if (!solve_six(axis, l->hip, knee, f->position, f->velocity, f->angular_velocity, qd)) return false;
  struct v3 w = v3(0, 0, 0), alpha = w, acc = w;
  for (int i = 0; i < 6; i++) {
    if (i == 3 || i == 4) {
      struct v3 r = i == 3 ? v3_sub(knee, l->hip) : v3_sub(f->position, knee);
      acc = v3_add(acc, v3_add(v3_cross(alpha, r), v3_cross(w, v3_cross(w, r))));
    }
    struct v3 rate = v3_scale(axis[i], qd[i]);
    alpha = v3_add(alpha, v3_cross(w, rate));
    w = v3_add(w, rate);
  }
  return solve_six(axis, l->hip, knee, f->position, v3_sub(f->acceleration, acc), v3_sub(f->angular_acceleration, alpha), qdd);
}

static bool rates_numeric(const struct leg *l, const struct seen *f, const double *q, double *qd, double *qdd) {
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX], linear, angular, tip;
  struct m3 rotation;
  double J[6][LIMB_JOINTS_MAX];
  chain_forward(&l->chain, q, &rotation, &tip, axis, point);
  chain_jacobian(&l->chain, axis, point, f->position, J);
  if (l->chain.count == 6 && l->chain.free == 6 && solve_square(J, f->velocity, f->angular_velocity, qd)) {
    chain_bias(&l->chain, axis, point, f->position, qd, &linear, &angular);
    return solve_square(J, v3_sub(f->acceleration, linear), v3_sub(f->angular_acceleration, angular), qdd);
  }
  double damping = l->chain.free > 6 ? 1e-8 : 1e-12, weight = l->chain.free < 6 ? FREE_ROLL : 1;
  chain_least_squares(&l->chain, J, f->velocity, f->angular_velocity, damping, ahead(&rotation), weight, qd);
  chain_follow_rates(&l->chain, qd);
  chain_bias(&l->chain, axis, point, f->position, qd, &linear, &angular);
  linear = v3_sub(f->acceleration, linear), angular = v3_sub(f->angular_acceleration, angular);
  chain_least_squares(&l->chain, J, linear, angular, damping, ahead(&rotation), weight, qdd);
  chain_follow_rates(&l->chain, qdd);
  return l->chain.free != 6;
}

bool leg_rates(const struct leg *l, const struct frame_motion *root, const struct frame_motion *foot, const double *q, double *qd, double *qdd) {
  struct seen f = seen_from(root, foot);
  if (!l->closed_form) return rates_numeric(l, &f, q, qd, qdd);
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX], tip;
  struct m3 rotation;
  chain_forward(&l->chain, q, &rotation, &tip, axis, point);
  return rates_closed(l, &f, axis, point[3], qd, qdd) || rates_numeric(l, &f, q, qd, qdd);
}

double leg_motion(const struct leg *l, const struct frame_motion *root, const struct frame_motion *foot, double *q, double *qd, double *qdd) {
  struct seen f = seen_from(root, foot);
  struct m3 rotation = m3_product(m3_transpose(root->rotation), foot->rotation);
  if (!l->closed_form) {
    double left = solve_numeric(l, &rotation, f.position, q);
    rates_numeric(l, &f, q, qd, qdd);
    return left;
  }
  struct v3 axis[6], knee;
  double beyond = solve_closed(l, &rotation, f.position, q, axis, &knee);
  if (beyond != 0 || !rates_closed(l, &f, axis, knee, qd, qdd)) rates_numeric(l, &f, q, qd, qdd);
  return beyond;
}

void leg_wrench(const struct leg *l, const struct frame_motion *root, const double *q, struct v3 point, const struct wrench *w,
                double scale, double *tau, int stride) {
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
