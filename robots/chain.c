#include "robots/chain.h"

#include <string.h>

#include "robots/sincos_kernel.h"

static enum chain_turn turn_of(struct v3 a) {
  if (a.y == 0 && a.z == 0) return TURN_X;
  if (a.x == 0 && a.z == 0) return TURN_Y;
  return a.x == 0 && a.y == 0 ? TURN_Z : TURN_ANY;
}

void chain_init(struct chain *c, const struct robot_model *m, const struct limb *limb) {
  memset(c, 0, sizeof *c);
  int row[ROBOT_JOINTS_MAX], n = 0;
  for (int b = limb->body; b > 0; b = m->joint[b - 1].parent) n++;
  for (int b = limb->body, at = n; b > 0; b = m->joint[b - 1].parent) row[--at] = b - 1;
  struct m3 r = m3_identity();
  struct v3 o = v3(0, 0, 0);
  for (int i = 0; i < n; i++) {
    const struct robot_joint *j = &m->joint[row[i]];
    o = v3_add(o, m3_apply(&r, j->origin));
    r = m3_product(r, j->rotation);
    int k = i - (n - limb->count);
    if (k < 0) continue;
    c->joint[k] = row[i];
    c->axis[k] = v3(r.m[2], r.m[5], r.m[8]);
    c->point[k] = o;
    c->prismatic[k] = j->kind == JOINT_PRISMATIC;
    c->lower[k] = j->lower, c->upper[k] = j->upper;
    c->follow[k] = -1;
    c->factor[k] = 1;
    if (j->mimic >= 0) {
      c->factor[k] = j->mimic_factor;
      c->offset[k] = j->mimic_offset;
      c->follow[k] = k;             // follows a joint outside of the leg: stands still
      for (int a = 0; a < k; a++)
        if (c->joint[a] == j->mimic) c->follow[k] = a;
    }
  }
  c->count = limb->count;
  c->tip = o;
  struct v3 from = v3(0, 0, 0);
  for (int i = 0; i < c->count; i++) {
    c->free += c->follow[i] < 0;
    c->turn[i] = turn_of(c->axis[i]);
    c->step[i] = v3_sub(c->point[i], from);
    c->apart[i] = c->step[i].x != 0 || c->step[i].y != 0 || c->step[i].z != 0;
    from = c->point[i];
  }
}

// e^(a q) from the angle's sine and cosine. Rodrigues.
static struct m3 turn(struct v3 a, double s, double c) {
  double d = 1 - c;
  return (struct m3){{c + a.x * a.x * d, a.x * a.y * d - a.z * s, a.x * a.z * d + a.y * s,
                      a.y * a.x * d + a.z * s, c + a.y * a.y * d, a.y * a.z * d - a.x * s,
                      a.z * a.x * d - a.y * s, a.z * a.y * d + a.x * s, c + a.z * a.z * d}};
}

static double angle_of(const struct chain *c, const double *q, int i) {
  if (c->follow[i] < 0) return q[i];
  return c->follow[i] == i ? c->offset[i] : c->factor[i] * q[c->follow[i]] + c->offset[i];
}

// Columns a and b of r turned towards each other, from a to b.
static void turn_columns(double *m, int a, int b, double s, double c) {
  for (int k = 0; k < 9; k += 3) {
    double x = m[k + a], y = m[k + b];
    m[k + a] = c * x + s * y, m[k + b] = c * y - s * x;
  }
}

void chain_forward(const struct chain *c, const double *q, struct m3 *rotation, struct v3 *position, struct v3 *axis, struct v3 *point) {
  struct m3 r = m3_identity();
  struct v3 t = v3(0, 0, 0);
  double angle[LIMB_JOINTS_MAX], sine[LIMB_JOINTS_MAX], cosine[LIMB_JOINTS_MAX];
  for (int i = 0; i < c->count; i++) angle[i] = angle_of(c, q, i);
  for (int i = 0; i < c->count; i++) kernel_sincos(angle[i], &sine[i], &cosine[i]);
  for (int i = 0; i < c->count; i++) {
    const struct v3 *a = &c->axis[i];
    int k = c->turn[i];
    double way = k == TURN_X ? a->x : k == TURN_Y ? a->y : a->z;
    struct v3 along = k == TURN_ANY ? m3_apply(&r, *a) : v3(way * r.m[k], way * r.m[3 + k], way * r.m[6 + k]);
    if (c->apart[i]) t = v3_add(t, m3_apply(&r, c->step[i]));
    if (axis) axis[i] = along, point[i] = t;
    if (c->prismatic[i]) { t = v3_mul_add(t, along, angle[i]); continue; }
    if (k == TURN_ANY) r = m3_product(r, turn(*a, sine[i], cosine[i]));
    else turn_columns(r.m, k == TURN_Z ? 0 : k + 1, k == TURN_X ? 2 : k == TURN_Y ? 0 : 1, way * sine[i], cosine[i]);
  }
  *rotation = r;
  *position = v3_add(t, m3_apply(&r, c->count > 0 ? v3_sub(c->tip, c->point[c->count - 1]) : c->tip));
}

void chain_follow(const struct chain *c, double *q) {
  for (int i = 0; i < c->count; i++) q[i] = angle_of(c, q, i);
}

void chain_follow_rates(const struct chain *c, double *qd) {
  for (int i = 0; i < c->count; i++)
    if (c->follow[i] >= 0) qd[i] = c->follow[i] == i ? 0 : c->factor[i] * qd[c->follow[i]];
}

void chain_jacobian(const struct chain *c, const struct v3 *axis, const struct v3 *point, struct v3 position, double J[6][LIMB_JOINTS_MAX]) {
  memset(J, 0, sizeof(double[6][LIMB_JOINTS_MAX]));
  for (int i = 0; i < c->count; i++) {
    int column = c->follow[i] < 0 ? i : c->follow[i];
    if (c->follow[i] == i) continue;
    struct v3 a = axis[i], linear = c->prismatic[i] ? a : v3_cross(a, v3_sub(position, point[i]));
    struct v3 angular = c->prismatic[i] ? v3(0, 0, 0) : a;
    double f = c->factor[i];
    J[0][column] += f * linear.x, J[1][column] += f * linear.y, J[2][column] += f * linear.z;
    J[3][column] += f * angular.x, J[4][column] += f * angular.y, J[5][column] += f * angular.z;
  }
}

void chain_bias(const struct chain *c, const struct v3 *axis, const struct v3 *point, struct v3 position, const double *qd,
                struct v3 *linear, struct v3 *angular) {
  struct v3 w = v3(0, 0, 0), alpha = w, acc = w, from = point[0];
  for (int i = 0; i < c->count; i++) {
    struct v3 r = v3_sub(point[i], from);
    acc = v3_add(acc, v3_add(v3_cross(alpha, r), v3_cross(w, v3_cross(w, r))));
    from = point[i];
    struct v3 rate = v3_scale(axis[i], qd[i]);
    if (c->prismatic[i]) { acc = v3_add(acc, v3_scale(v3_cross(w, rate), 2)); continue; }
    alpha = v3_add(alpha, v3_cross(w, rate));
    w = v3_add(w, rate);
  }
  struct v3 r = v3_sub(position, from);
  *linear = v3_add(acc, v3_add(v3_cross(alpha, r), v3_cross(w, v3_cross(w, r))));
  *angular = alpha;
}

// x of (A + damping I) x = b, A symmetric n x n in rows of LIMB_JOINTS_MAX, by Cholesky in place.
static void cholesky_solve(int n, double A[][LIMB_JOINTS_MAX], double *b) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++) {
      double sum = A[i][j];
      for (int k = 0; k < j; k++) sum -= A[i][k] * A[j][k];
      if (i == j) A[i][i] = m_sqrt(sum > 1e-300 ? sum : 1e-300);
      else A[i][j] = sum / A[j][j];
    }
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++) b[i] -= A[i][k] * b[k];
    b[i] /= A[i][i];
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++) b[i] -= A[k][i] * b[k];
    b[i] /= A[i][i];
  }
}

void chain_least_squares(const struct chain *c, double J[6][LIMB_JOINTS_MAX], struct v3 linear, struct v3 angular, double damping,
                         struct v3 roll, double roll_weight, double *x) {
  int n = c->count;
  double A[LIMB_JOINTS_MAX][LIMB_JOINTS_MAX], e[6] = {linear.x, linear.y, linear.z, angular.x, angular.y, angular.z};
  double ease = 1 - roll_weight, er = v3_dot(roll, angular), Jr[LIMB_JOINTS_MAX];
  for (int i = 0; i < n; i++) Jr[i] = J[3][i] * roll.x + J[4][i] * roll.y + J[5][i] * roll.z;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      double sum = -ease * Jr[i] * Jr[j];
      for (int r = 0; r < 6; r++) sum += J[r][i] * J[r][j];
      A[i][j] = sum;
    }
    A[i][i] += damping;
    x[i] = -ease * Jr[i] * er;
    for (int r = 0; r < 6; r++) x[i] += J[r][i] * e[r];
  }
  cholesky_solve(n, A, x);
}

struct v3 rotation_between(const struct m3 *from, const struct m3 *to) {
  struct v3 sum = v3(0, 0, 0);
  for (int j = 0; j < 3; j++)
    sum = v3_add(sum, v3_cross(v3(from->m[j], from->m[3 + j], from->m[6 + j]), v3(to->m[j], to->m[3 + j], to->m[6 + j])));
  return v3_scale(sum, 0.5);
}
