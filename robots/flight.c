#include "robots/flight.h"

#include <string.h>

#define AXES      FLIGHT_AXES
#define LACK_MOST 1e6               // m/s2, rad/s2

static double size_of(double x) { return x < 0 ? -x : x; }

// ---- from axes to the root --------------------------------------------------------------------------

// The pelvis' frame from its coordinates at sample k.
static struct frame_motion frame_at(const struct flight_axes *r, int k) {
  double s[3], c[3];
  for (int i = 0; i < 3; i++) m_sincos(r->x[3 + i][k], &s[i], &c[i]);
  double roll = r->v[3][k], pitch = r->v[4][k], yaw = r->v[5][k];
  struct frame_motion p;
  p.rotation = m3_rotation_rpy(r->x[3][k], r->x[4][k], r->x[5][k]);

  // w = roll ex + pitch ey + yaw ez, with ey and ez's turns carried along
  struct v3 ex = v3(c[2] * c[1], s[2] * c[1], -s[1]), ey = v3(-s[2], c[2], 0), ez = v3(0, 0, 1);
  struct v3 ey_rate = v3_scale(v3(-c[2], -s[2], 0), yaw);
  struct v3 ex_rate = v3_add(v3_scale(v3_cross(ez, ex), yaw), v3_scale(v3_cross(ey, ex), pitch));
  p.angular_velocity = v3_add(v3_add(v3_scale(ex, roll), v3_scale(ey, pitch)), v3_scale(ez, yaw));
  p.angular_acceleration = v3_add(v3_add(v3_scale(ex, r->a[3][k]), v3_scale(ey, r->a[4][k])),
                                  v3_add(v3_scale(ez, r->a[5][k]), v3_add(v3_scale(ex_rate, roll), v3_scale(ey_rate, pitch))));

  struct v3 arm = m3_apply(&p.rotation, v3(0, 0, -r->arm)), turning = v3_cross(p.angular_velocity, arm);
  p.position = v3_add(v3(r->x[0][k], r->x[1][k], r->x[2][k]), arm);
  p.velocity = v3_add(v3(r->v[0][k], r->v[1][k], r->v[2][k]), turning);
  p.acceleration = v3_add(v3(r->a[0][k], r->a[1][k], r->a[2][k]),
                          v3_add(v3_cross(p.angular_acceleration, arm), v3_cross(p.angular_velocity, turning)));
  return p;
}

// Accelerations of roll, pitch and yaw from an angular acceleration that is added to what there is.
static struct v3 euler_of(const struct flight_axes *r, int k, struct v3 angular) {
  double sp, cp, sy, cy;
  m_sincos(r->x[4][k], &sp, &cp);
  m_sincos(r->x[5][k], &sy, &cy);
  double roll = (cy * angular.x + sy * angular.y) / cp;
  return v3(roll, -sy * angular.x + cy * angular.y, angular.z + sp * roll);
}

void flight_axes_of(const struct frame_motion *p, double arm, struct jet out[AXES]) {
  const double *m = p->rotation.m;
  double cp = m_sqrt(m[0] * m[0] + m[3] * m[3]), sp = -m[6], cy = m[0] / cp, sy = m[3] / cp;
  struct v3 w = p->angular_velocity, up = m3_apply(&p->rotation, v3(0, 0, arm)), turning = v3_cross(w, up);
  double roll = (cy * w.x + sy * w.y) / cp, pitch = cy * w.y - sy * w.x, yaw = w.z + sp * roll;

  // the turns of the axes, as in frame_at
  struct v3 ex = v3(cy * cp, sy * cp, -sp), ey = v3(-sy, cy, 0), ez = v3(0, 0, 1);
  struct v3 ex_rate = v3_add(v3_scale(v3_cross(ez, ex), yaw), v3_scale(v3_cross(ey, ex), pitch)), ey_rate = v3_scale(v3(-cy, -sy, 0), yaw);
  struct v3 a = v3_sub(p->angular_acceleration, v3_add(v3_scale(ex_rate, roll), v3_scale(ey_rate, pitch)));
  double roll_rate = (cy * a.x + sy * a.y) / cp;
  out[3] = (struct jet){m_atan2(m[7], m[8]), roll, roll_rate};
  out[4] = (struct jet){m_atan2(sp, cp), pitch, cy * a.y - sy * a.x};
  out[5] = (struct jet){m_atan2(sy, cy), yaw, a.z + sp * roll_rate};

  struct v3 x = v3_add(p->position, up), v = v3_add(p->velocity, turning);
  struct v3 second = v3_add(p->acceleration, v3_add(v3_cross(p->angular_acceleration, up), v3_cross(w, turning)));
  out[0] = (struct jet){x.x, v.x, second.x};
  out[1] = (struct jet){x.y, v.y, second.y};
  out[2] = (struct jet){x.z, v.z, second.z};
}

void flight_set_sample(struct flight_axes *f, int k) { f->t->pelvis[k] = frame_at(f, k); }

void flight_set_pelvis(struct flight_axes *f) {
  for (int k = 0; k < f->t->n; k++) flight_set_sample(f, k);
}

void flight_bring(struct flight_axes *f, int axis, struct jet *path, double most, double share) {
  double part = most;
  for (int k = 0; k < f->t->n; k++) {
    path[k] = (struct jet){path[k].x - f->x[axis][k], path[k].v - f->v[axis][k], path[k].a - f->a[axis][k]};
    if (size_of(path[k].x) > most) most = size_of(path[k].x);
  }
  part *= share / most;
  for (int k = 0; k < f->t->n; k++) f->x[axis][k] += part * path[k].x, f->v[axis][k] += part * path[k].v, f->a[axis][k] += part * path[k].a;
}

// ---- inertia ----------------------------------------------------------------------------------------

// Wrench on the root at sample k if the pelvis moved as p: legs follow, everything else as it is.
static void wrench_with(const struct trajectory *t, int k, const struct frame_motion *p, double out[AXES]) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
  for (int j = 0; j < t->model->joint_count; j++) {
    int at = j * t->stride + k;
    q[j] = t->q[at], qd[j] = t->qd[at], qdd[j] = t->qdd[at];
  }
  for (int s = 0; s < 2; s++) {
    const struct chain *c = &t->leg[s].chain;
    double lq[LIMB_JOINTS_MAX], lqd[LIMB_JOINTS_MAX], lqdd[LIMB_JOINTS_MAX];
    for (int i = 0; i < c->count; i++) lq[i] = q[c->joint[i]];
    leg_rates(&t->leg[s], p, &t->foot[s][k].frame, lq, lqd, lqdd);
    for (int i = 0; i < c->count; i++) qdd[c->joint[i]] = lqdd[i];
  }
  struct base_motion base = {p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                             p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
  struct wrench w;
  robot_inverse_dynamics(t->model, &base, q, qd, qdd, 0, NULL, NULL, tau, &w);
  struct v3 moment = m3_apply(&p->rotation, w.moment);
  memcpy(out, (double[AXES]){w.force.x, w.force.y, w.force.z, moment.x, moment.y, moment.z}, sizeof(double[AXES]));
}

// Inverse with row pivots (Gauss, Jordan), for inertias: never singular.
static void invert(double A[AXES][AXES], double inverse[AXES][AXES]) {
  for (int i = 0; i < AXES; i++)
    for (int j = 0; j < AXES; j++) inverse[i][j] = i == j;
  for (int k = 0; k < AXES; k++) {
    int best = k;
    for (int i = k + 1; i < AXES; i++)
      if (size_of(A[i][k]) > size_of(A[best][k])) best = i;
    double scale = 1 / A[best][k];
    for (int j = 0; j < AXES; j++) {
      double a = A[best][j], b = inverse[best][j];
      A[best][j] = A[k][j], inverse[best][j] = inverse[k][j];
      A[k][j] = a * scale, inverse[k][j] = b * scale;
    }
    for (int i = 0; i < AXES; i++) {
      double f = A[i][k];
      for (int j = 0; j < AXES && i != k; j++) A[i][j] -= f * A[k][j], inverse[i][j] -= f * inverse[k][j];
    }
  }
}

// The wrench is affine in the pelvis' six accelerations, so seven wrenches give its inertia A, legs on their way included.
static void inertia_at(const struct trajectory *t, int k, double A[AXES][AXES]) {
  double none[AXES], with[AXES];
  wrench_with(t, k, &t->pelvis[k], none);
  for (int c = 0; c < AXES; c++) {
    struct frame_motion p = t->pelvis[k];
    double *add[AXES] = {&p.acceleration.x, &p.acceleration.y, &p.acceleration.z,
                         &p.angular_acceleration.x, &p.angular_acceleration.y, &p.angular_acceleration.z};
    *add[c] += 1;
    wrench_with(t, k, &p, with);
    for (int i = 0; i < AXES; i++) A[i][c] = with[i] - none[i];
  }
}

void flight_find_lack(struct flight_axes *r, int k, bool inertia) {
  double A[AXES][AXES];
  if (inertia) inertia_at(r->t, k, A), invert(A, r->inverse[k]);
  const struct wrench *w = &r->t->root[k];
  double wrench[AXES] = {w->force.x, w->force.y, w->force.z, w->moment.x, w->moment.y, w->moment.z}, x[AXES] = {0};
  for (int i = 0; i < AXES; i++)
    for (int j = 0; j < AXES; j++) x[i] -= r->inverse[k][i][j] * wrench[j];
  struct v3 angular = v3(x[3], x[4], x[5]), euler = euler_of(r, k, angular);
  struct v3 turning = v3_cross(angular, m3_apply(&r->t->pelvis[k].rotation, v3(0, 0, r->arm)));
  double lack[AXES] = {x[0] + turning.x, x[1] + turning.y, x[2] + turning.z, euler.x, euler.y, euler.z};
  for (int c = 0; c < AXES; c++) {
    r->lack[c][k] = lack[c];
    if (!(size_of(lack[c]) < LACK_MOST)) r->lost = true;
  }
}

// ---- paths ------------------------------------------------------------------------------------------

struct jet flight_carry(struct jet d, double a0, double a1, double h) {
  return (struct jet){d.x + h * d.v + h * h * (2 * a0 + a1) / 6, d.v + h * (a0 + a1) / 2, a1};
}

void flight_path(int n, double h, double before, double after, const double *accel, struct jet *d, struct jet *lift, struct jet *land) {
  double sum = 0, moment = 0;
  d[0] = (struct jet){0, 0, accel[0]};
  for (int i = 1; i < n; i++) d[i] = flight_carry(d[i - 1], accel[i - 1], accel[i], h);
  for (int i = 0; i < n; i++) sum += d[i].x, moment += d[i].x * (i - (n - 1) / 2.0);
  double slope = moment / (n * ((double)n * n - 1) / 12) / h, mean = sum / n;
  for (int i = 0; i < n; i++) d[i].x -= mean + slope * (i - (n - 1) / 2.0) * h, d[i].v -= slope;

  // lift-off and touch-down lie between samples
  double first = accel[0] - (accel[1] - accel[0]) * before / h, last = accel[n - 1] + (accel[n - 1] - accel[n - 2]) * after / h;
  *lift = flight_carry(d[0], accel[0], first, -before);
  *land = flight_carry(d[n - 1], accel[n - 1], last, after);
}

double flight_find_arm(struct flight_axes *f, int k) {
  double A[AXES][AXES], s, c;
  inertia_at(f->t, k, A);

  // turning about the heading's side and ahead, and the force along the heading and to its side
  m_sincos(f->x[5][k], &s, &c);
  double nod = c * (-s * A[0][3] + c * A[0][4]) + s * (-s * A[1][3] + c * A[1][4]), ahead = c * c * A[0][0] + s * c * (A[0][1] + A[1][0]) + s * s * A[1][1];
  double sway = -s * (c * A[0][3] + s * A[0][4]) + c * (c * A[1][3] + s * A[1][4]), left = s * s * A[0][0] - s * c * (A[0][1] + A[1][0]) + c * c * A[1][1];
  f->arm = (nod / ahead - sway / left) / 2;
  double rise = m3_apply(&f->t->pelvis[k].rotation, v3(0, 0, f->arm)).z;
  for (k = 0; k < f->t->n; k++) {
    const struct frame_motion *p = &f->t->pelvis[k];
    struct v3 up = m3_apply(&p->rotation, v3(0, 0, f->arm)), rate = v3_cross(p->angular_velocity, up);
    struct v3 second = v3_add(v3_cross(p->angular_acceleration, up), v3_cross(p->angular_velocity, rate));
    const double x[3] = {up.x, up.y, up.z}, v[3] = {rate.x, rate.y, rate.z}, a[3] = {second.x, second.y, second.z};
    for (int c = 0; c < 3; c++) f->x[c][k] += x[c], f->v[c][k] += v[c], f->a[c][k] += a[c];
  }
  return rise;
}
