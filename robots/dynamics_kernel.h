// Newton-Euler's two sweeps over a number type: a double, or a vector of doubles with one robot a lane.
//
// Included by the files that make one width each (robots/real.h).
// Every width does the same operations in the same order, so that a lane is bit for bit the double.
//
// With s, c of the joint's angle a vector of the parent goes to the body by R^T and a turn about z, and back by the
// opposite turn and R; R is the constant part (robots/model.h), for most joints a turn about x. A point r of a body
// accelerates by a + A r with A = [wd] + [w][w] (cross products as matrices), so that with the body's mass m, first
// moment h and second moment J about its origin the force is m a + A h, and the moment h x a + sum of r x A r dm, which is
// the skew part of A J: half the work of w x I w.

#pragma once

#include "robots/sincos_kernel.h"

struct kernel_vector { REAL x, y, z; };
struct kernel_matrix { REAL x, y, z, xy, xz, yx, yz, zx, zy; };        // A; x, y, z: the diagonal, negative
struct kernel_row    { REAL s, c; struct kernel_vector origin, w, wd, a, f, n; struct kernel_matrix A; };   // origin: only of sliding joints

TARGET static inline struct kernel_vector kernel_add(struct kernel_vector a, struct kernel_vector b) {
  return (struct kernel_vector){a.x + b.x, a.y + b.y, a.z + b.z};
}
TARGET static inline struct kernel_vector kernel_cross(struct kernel_vector a, struct kernel_vector b) {
  return (struct kernel_vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
TARGET static inline struct kernel_vector kernel_cross_constant(struct kernel_vector a, const double *b) {
  return (struct kernel_vector){a.y * b[2] - a.z * b[1], a.z * b[0] - a.x * b[2], a.x * b[1] - a.y * b[0]};
}
TARGET static inline struct kernel_vector kernel_rotate(const double *m, struct kernel_vector v) {
  return (struct kernel_vector){v.x * m[0] + v.y * m[1] + v.z * m[2], v.x * m[3] + v.y * m[4] + v.z * m[5], v.x * m[6] + v.y * m[7] + v.z * m[8]};
}
TARGET static inline struct kernel_vector kernel_rotate_back(const double *m, struct kernel_vector v) {
  return (struct kernel_vector){v.x * m[0] + v.y * m[3] + v.z * m[6], v.x * m[1] + v.y * m[4] + v.z * m[7], v.x * m[2] + v.y * m[5] + v.z * m[8]};
}

// Into the body's axes and back.
TARGET static inline struct kernel_vector kernel_in(const struct robot_row *b, const struct kernel_row *k, struct kernel_vector v) {
  const double *m = b->rotation;
  if (b->bends) v = (struct kernel_vector){v.x, v.y * m[4] + v.z * m[7], v.z * m[4] - v.y * m[7]};
  else v = kernel_rotate_back(m, v);
  return (struct kernel_vector){v.x * k->c + v.y * k->s, v.y * k->c - v.x * k->s, v.z};
}
TARGET static inline struct kernel_vector kernel_out(const struct robot_row *b, const struct kernel_row *k, struct kernel_vector v) {
  const double *m = b->rotation;
  struct kernel_vector t = {v.x * k->c - v.y * k->s, v.y * k->c + v.x * k->s, v.z};
  if (b->bends) return (struct kernel_vector){t.x, t.y * m[4] - t.z * m[7], t.z * m[4] + t.y * m[7]};
  return kernel_rotate(m, t);
}

// A r, for a constant r and one of the lane.
TARGET static inline struct kernel_vector kernel_swing_constant(const struct kernel_matrix *A, const double *r) {
  return (struct kernel_vector){A->xy * r[1] + A->xz * r[2] - A->x * r[0], A->yx * r[0] + A->yz * r[2] - A->y * r[1], A->zx * r[0] + A->zy * r[1] - A->z * r[2]};
}
TARGET static inline struct kernel_vector kernel_swing(const struct kernel_matrix *A, struct kernel_vector r) {
  return (struct kernel_vector){A->xy * r.y + A->xz * r.z - A->x * r.x, A->yx * r.x + A->yz * r.z - A->y * r.y, A->zx * r.x + A->zy * r.y - A->z * r.z};
}

// A of body i, and the force and moment that it asks for by itself.
TARGET static inline void kernel_need(const struct robot_row *b, struct kernel_row *k) {
  const double *J = b->second, *h = b->first;
  struct kernel_vector w = k->w, wd = k->wd, a = k->a;
  REAL xx = w.x * w.x, yy = w.y * w.y, zz = w.z * w.z, xy = w.x * w.y, xz = w.x * w.z, yz = w.y * w.z;
  struct kernel_matrix A = {yy + zz, xx + zz, xx + yy, xy - wd.z, xz + wd.y, xy + wd.z, yz - wd.x, xz - wd.y, yz + wd.x};
  struct kernel_vector f = kernel_swing_constant(&A, h);
  k->f = (struct kernel_vector){f.x + a.x * b->mass, f.y + a.y * b->mass, f.z + a.z * b->mass};
  REAL zy_ = A.zx * J[1] + A.zy * J[3] - A.z * J[4],  yz_ = A.yx * J[2] + A.yz * J[5] - A.y * J[4];     // (A J) by rows and columns
  REAL xz_ = A.xy * J[4] + A.xz * J[5] - A.x * J[2],  zx_ = A.zx * J[0] + A.zy * J[1] - A.z * J[2];
  REAL yx_ = A.yx * J[0] + A.yz * J[2] - A.y * J[1],  xy_ = A.xy * J[3] + A.xz * J[4] - A.x * J[1];
  k->n = (struct kernel_vector){(zy_ - yz_) + (a.z * h[1] - a.y * h[2]), (xz_ - zx_) + (a.x * h[2] - a.z * h[0]), (yx_ - xy_) + (a.y * h[0] - a.x * h[1])};
  k->A = A;
}

// Outwards: motions and what each body asks for. q, qd, qdd step by `stride` doubles from joint to joint. row: joint_count + 1,
// whose row 0 has w, wd and a (gravity included) of the root in its own axes.
TARGET static inline void kernel_outwards(const struct robot_model *m, const double *q, const double *qd, const double *qdd, int64_t stride, struct kernel_row *row) {
  // all angles first: independent of each other, so that a compiler may take two at once where a number is a double
  REAL sine[ROBOT_JOINTS_MAX], cosine[ROBOT_JOINTS_MAX];
  for (int i = 0; i < m->joint_count; i++) sine[i] = *(const REAL *)(q + i * stride) + m->row[i + 1].offset;
  for (int i = 0; i < m->joint_count; i++) kernel_sincos(sine[i], &sine[i], &cosine[i]);

  kernel_need(&m->row[0], &row[0]);
  for (int i = 0; i < m->joint_count; i++) {
    const struct robot_row *b = &m->row[i + 1];
    const struct kernel_row *up = &row[b->parent];
    struct kernel_row *k = &row[i + 1];
    REAL rate = *(const REAL *)(qd + i * stride), second = *(const REAL *)(qdd + i * stride);
    if (b->slides) {
      REAL angle = *(const REAL *)(q + i * stride);
      k->s = angle * 0;
      k->c = k->s + 1;
      k->origin = (struct kernel_vector){angle * b->rotation[2] + b->origin[0], angle * b->rotation[5] + b->origin[1], angle * b->rotation[8] + b->origin[2]};
      struct kernel_vector a = kernel_add(up->a, kernel_swing(&up->A, k->origin));
      k->w = kernel_in(b, k, up->w);
      k->wd = kernel_in(b, k, up->wd);
      k->a = kernel_in(b, k, a);
      k->a.x += 2.0 * (k->w.y * rate);
      k->a.y -= 2.0 * (k->w.x * rate);
      k->a.z += second;
    } else {
      k->s = sine[i], k->c = cosine[i];
      struct kernel_vector a = kernel_add(up->a, kernel_swing_constant(&up->A, b->origin));
      k->w = kernel_in(b, k, up->w);
      k->wd = kernel_in(b, k, up->wd);
      k->a = kernel_in(b, k, a);
      k->wd.x += k->w.y * rate;
      k->wd.y -= k->w.x * rate;
      k->wd.z += second;
      k->w.z += rate;
    }
    kernel_need(b, k);
  }
}

// Inwards: each joint carries its body and what hangs on it. tau steps as q does; row 0 ends with the root's force and moment.
TARGET static inline void kernel_inwards(const struct robot_model *m, struct kernel_row *row, double *tau, int64_t stride) {
  for (int i = m->joint_count - 1; i >= 0; i--) {
    const struct robot_row *b = &m->row[i + 1];
    const struct kernel_row *k = &row[i + 1];
    struct kernel_row *up = &row[b->parent];
    *(REAL *)(tau + i * stride) = b->slides ? k->f.z : k->n.z;
    struct kernel_vector f = kernel_out(b, k, k->f), n = kernel_out(b, k, k->n);
    // o x f
    struct kernel_vector t = b->slides ? kernel_cross(k->origin, f)
                                       : (struct kernel_vector){f.z * b->origin[1] - f.y * b->origin[2], f.x * b->origin[2] - f.z * b->origin[0], f.y * b->origin[0] - f.x * b->origin[1]};
    up->f = kernel_add(up->f, f);
    up->n = kernel_add(up->n, kernel_add(n, t));
  }
}

// Rotation root -> world of a quaternion of any length but 0, row-major.
TARGET static inline void kernel_quaternion(REAL w, REAL x, REAL y, REAL z, REAL m[9]) {
  REAL s = 2.0 / (w * w + x * x + y * y + z * z);
  REAL xx = s * x * x, yy = s * y * y, zz = s * z * z, xy = s * x * y, xz = s * x * z, yz = s * y * z, wx = s * w * x, wy = s * w * y, wz = s * w * z;
  m[0] = 1.0 - (yy + zz); m[1] = xy - wz; m[2] = xz + wy;
  m[3] = xy + wz; m[4] = 1.0 - (xx + zz); m[5] = yz - wx;
  m[6] = xz - wy; m[7] = yz + wx; m[8] = 1.0 - (xx + yy);
}

// A mass of its own in each lane at the centre of mass c of a body: f = m (a + A c), n = c x f.
TARGET static inline void kernel_load(const struct robot_row *b, REAL mass, struct kernel_row *k) {
  struct kernel_vector a = kernel_add(k->a, kernel_swing_constant(&k->A, b->com));
  struct kernel_vector f = {mass * a.x, mass * a.y, mass * a.z}, n = kernel_cross_constant(f, b->com);
  k->f = kernel_add(k->f, f);
  k->n = (struct kernel_vector){k->n.x - n.x, k->n.y - n.y, k->n.z - n.z};
}

// What the world does on a body: f, n about the root's origin in the root's axes, carried outwards along the chain.
TARGET static inline void kernel_outside(const struct robot_model *m, int body, struct kernel_vector f, struct kernel_vector n, struct kernel_row *row) {
  int chain[ROBOT_JOINTS_MAX], length = 0;
  for (int b = body; b > 0; b = m->row[b].parent) chain[length++] = b;
  while (length-- > 0) {
    const struct robot_row *b = &m->row[chain[length]];
    const struct kernel_row *k = &row[chain[length]];
    struct kernel_vector t = b->slides ? kernel_cross(f, k->origin) : kernel_cross_constant(f, b->origin);     // f x o
    n = kernel_in(b, k, kernel_add(n, t));
    f = kernel_in(b, k, f);
  }
  struct kernel_row *k = &row[body];
  k->f = (struct kernel_vector){k->f.x - f.x, k->f.y - f.y, k->f.z - f.z};
  k->n = (struct kernel_vector){k->n.x - n.x, k->n.y - n.y, k->n.z - n.z};
}

// One pass: the robots of columns r .. r + width - 1.
TARGET static inline void kernel_pass(const struct robot_model *m, const struct dynamics_columns *c, int r) {
  struct kernel_row row[ROBOT_JOINTS_MAX + 1];
#define BASE(k) (*(const REAL *)(c->base[k] + r))
  REAL R[9];
  kernel_quaternion(BASE(3), BASE(4), BASE(5), BASE(6), R);
  REAL ax = BASE(13), ay = BASE(14), az = BASE(15) + GRAVITY;
  row[0].w = (struct kernel_vector){BASE(10), BASE(11), BASE(12)};
  row[0].wd = (struct kernel_vector){BASE(16), BASE(17), BASE(18)};
  row[0].a = (struct kernel_vector){R[0] * ax + R[3] * ay + R[6] * az, R[1] * ax + R[4] * ay + R[7] * az, R[2] * ax + R[5] * ay + R[8] * az};
#undef BASE
  kernel_outwards(m, c->q + r, c->qd + r, c->qdd + r, c->stride, row);
  for (int i = 0; i < c->load_count; i++) kernel_load(&m->row[c->load_body[i]], *(const REAL *)(c->load[i] + r), &row[c->load_body[i]]);
#define OUTSIDE(k) (*(const REAL *)(c->outside[i][k] + r))
  for (int i = 0; i < c->outside_count; i++) {
    struct kernel_vector f = {R[0] * OUTSIDE(0) + R[3] * OUTSIDE(1) + R[6] * OUTSIDE(2), R[1] * OUTSIDE(0) + R[4] * OUTSIDE(1) + R[7] * OUTSIDE(2),
                              R[2] * OUTSIDE(0) + R[5] * OUTSIDE(1) + R[8] * OUTSIDE(2)};
    struct kernel_vector n = {R[0] * OUTSIDE(3) + R[3] * OUTSIDE(4) + R[6] * OUTSIDE(5), R[1] * OUTSIDE(3) + R[4] * OUTSIDE(4) + R[7] * OUTSIDE(5),
                              R[2] * OUTSIDE(3) + R[5] * OUTSIDE(4) + R[8] * OUTSIDE(5)};
    kernel_outside(m, c->outside_body[i], f, n, row);
  }
#undef OUTSIDE
  kernel_inwards(m, row, c->tau + r, c->stride);
  struct kernel_vector f = row[0].f, n = row[0].n;
  *(REAL *)(c->root[0] + r) = R[0] * f.x + R[1] * f.y + R[2] * f.z;
  *(REAL *)(c->root[1] + r) = R[3] * f.x + R[4] * f.y + R[5] * f.z;
  *(REAL *)(c->root[2] + r) = R[6] * f.x + R[7] * f.y + R[8] * f.z;
  *(REAL *)(c->root[3] + r) = n.x;
  *(REAL *)(c->root[4] + r) = n.y;
  *(REAL *)(c->root[5] + r) = n.z;
}
