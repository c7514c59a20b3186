// The step of robots/reach_step.h over a number type: joints side by side, 1, 4 or 8 of them an instruction.
//
// Included by the files that make one width each (robots/real.h); every width has the bits of the double. Frames of the chain are columns of four numbers, the last of them idle.

#pragma once

#include "robots/reach_step.h"
#include "robots/vector_kernel.h"

typedef double step_column __attribute__((vector_size(32), may_alias));

struct step_at { _Alignas(64) double axis[3][STEP_JOINTS], origin[3][STEP_JOINTS]; struct v3 point, close, fingers; };

#define STEP_THROUGH(p) (x * (p).x + y * (p).y + z * (p).z)           // the columns on p

TARGET static inline void step_forward(const struct step_limb *l, const double *q, struct step_at *at) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  _Alignas(64) double sine[STEP_JOINTS], cosine[STEP_JOINTS];
  for (int k = 0; k < STEP_JOINTS; k += WIDTH) kernel_sincos(*(const REAL *)(q + k), (REAL *)(sine + k), (REAL *)(cosine + k));
  // columns in registers: a branch that always goes the same way costs less than a place in memory
  step_column x = {1, 0, 0, 0}, y = {0, 1, 0, 0}, z = {0, 0, 1, 0}, t = {0, 0, 0, 0};
#define TURN(c, a, b)                                                      \
  {                                                                        \
    axis = c * l->way[i];                                                  \
    step_column one = a * cosine[i] + b * s, two = b * cosine[i] - a * s;  \
    a = one, b = two;                                                      \
  }
  for (int i = 0; i < l->count; i++) {
    double s = l->way[i] * sine[i];
    step_column axis;
    if (l->apart[i]) t = t + STEP_THROUGH(l->step[i]);
    if (l->turn[i] == 0) TURN(x, y, z)
    else if (l->turn[i] == 1) TURN(y, z, x)
    else TURN(z, x, y)
    for (int c = 0; c < 3; c++) at->axis[c][i] = axis[c], at->origin[c][i] = t[c];
  }
#undef TURN
  for (int i = l->count; i < STEP_JOINTS; i++)
    for (int c = 0; c < 3; c++) at->axis[c][i] = at->origin[c][i] = 0;
  t = t + STEP_THROUGH(l->step[l->count]) + STEP_THROUGH(l->tool);
  step_column close = STEP_THROUGH(l->close), fingers = STEP_THROUGH(l->point);
  at->point = v3(t[0], t[1], t[2]);
  at->close = v3(close[0], close[1], close[2]);
  at->fingers = v3(fingers[0], fingers[1], fingers[2]);
}

// Of `count` angles, a multiple of 8, aligned to 64 bytes.
TARGET static inline void step_sines_of(const double *angle, int count, double *sine, double *cosine) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  for (int k = 0; k < count; k += WIDTH) kernel_sincos(*(const REAL *)(angle + k), (REAL *)(sine + k), (REAL *)(cosine + k));
}

struct step_rows { int count; _Alignas(64) double J[9][STEP_JOINTS]; double e[9]; };

// Three rows of the joints' axes crossed with r (from: a point, else a direction), weighed.
TARGET static inline void step_add(struct step_rows *o, const struct step_at *at, const struct step_task *t, struct v3 r, bool from, double weight, struct v3 error) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  double (*J)[STEP_JOINTS] = o->J + o->count;
  for (int k = 0; k < STEP_JOINTS; k += WIDTH) {
#define OF(a) (*(const REAL *)(a + k))
    REAL free = OF(t->free) * weight, ax = OF(at->axis[0]), ay = OF(at->axis[1]), az = OF(at->axis[2]), x = REAL_OF(r.x), y = REAL_OF(r.y), z = REAL_OF(r.z);
    if (from) x = x - OF(at->origin[0]), y = y - OF(at->origin[1]), z = z - OF(at->origin[2]);
    *(REAL *)(J[0] + k) = (ay * z - az * y) * free;
    *(REAL *)(J[1] + k) = (az * x - ax * z) * free;
    *(REAL *)(J[2] + k) = (ax * y - ay * x) * free;
#undef OF
  }
  o->e[o->count] = weight * error.x, o->e[o->count + 1] = weight * error.y, o->e[o->count + 2] = weight * error.z;
  o->count += 3;
}

// x of (J^T J + D) x = J^T e + pull by elimination: the matrix is symmetric and positive, so that its columns are its rows. The first `held` joints do not move: their columns are 0.
TARGET static inline __attribute__((always_inline)) void step_solve(const struct step_rows *o, const struct step_task *t, const double *q, double *x, const int held) {
  enum { WIDTH = sizeof(REAL) / sizeof(double), PARTS = STEP_JOINTS / WIDTH };
  static const _Alignas(64) int64_t diagonal[STEP_JOINTS][STEP_JOINTS] = {{-1}, {0, -1}, {0, 0, -1}, {0, 0, 0, -1}, {0, 0, 0, 0, -1}, {0, 0, 0, 0, 0, -1}, {0, 0, 0, 0, 0, 0, -1}, {0, 0, 0, 0, 0, 0, 0, -1}};
  _Alignas(64) double A[STEP_JOINTS][STEP_JOINTS], b[STEP_JOINTS];
  double inverse[STEP_JOINTS];
  REAL row[STEP_JOINTS][PARTS];
  for (int p = 0; p < PARTS; p++) {
    int k = p * WIDTH;
    REAL sum = *(const REAL *)(t->pull + k) * (*(const REAL *)(t->rest + k) - *(const REAL *)(q + k));
#pragma GCC unroll 8
    for (int i = held; i < STEP_JOINTS; i++) row[i][p] = BITS_REAL(REAL_BITS(*(const REAL *)(t->damping + k)) & *(const INTEGER *)(diagonal[i] + k));
    for (int r = 0; r < o->count; r++) {
      REAL J = *(const REAL *)(o->J[r] + k);
#pragma GCC unroll 8
      for (int i = held; i < STEP_JOINTS; i++) row[i][p] = row[i][p] + J * o->J[r][i];
      sum = sum + J * o->e[r];
    }
    *(REAL *)(b + k) = sum;
  }
#pragma GCC unroll 8
  for (int j = held; j < STEP_JOINTS; j++) {
    for (int p = 0; p < PARTS; p++) *(REAL *)(A[j] + p * WIDTH) = row[j][p];
    inverse[j] = 1 / (A[j][j] > 1e-300 ? A[j][j] : 1e-300);
#pragma GCC unroll 8
    for (int i = j + 1; i < STEP_JOINTS; i++) {
      double by = A[j][i] * inverse[j];
#pragma GCC unroll 8
      for (int p = j / WIDTH; p < PARTS; p++) row[i][p] = row[i][p] - row[j][p] * by;
      b[i] -= b[j] * by;
    }
  }
#pragma GCC unroll 8
  for (int j = STEP_JOINTS - 1; j >= held; j--) {
    x[j] = b[j] * inverse[j];
#pragma GCC unroll 8
    for (int i = held; i < j; i++) b[i] -= A[i][j] * x[j];
  }
  for (int j = 0; j < held; j++) x[j] = 0;
}

TARGET static __attribute__((noinline)) void step_solve_held(const struct step_rows *o, const struct step_task *t, const double *q, double *x) { step_solve(o, t, q, x, 2); }

TARGET static inline bool step_once(const struct step_limb *l, const struct step_task *t, double *q) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  struct step_at at;
  struct step_rows rows;
  _Alignas(64) double x[STEP_JOINTS];
  step_forward(l, q, &at);
  struct v3 error = v3_sub(t->goal, at.point), close = v3_dot(t->close, at.close) < 0 ? v3_scale(t->close, -1) : t->close, off = v3_sub(close, at.close);
  double far = v3_norm(error);
  bool closes = v3_dot(t->close, t->close) > 0;
  if (far < t->there && (!closes || v3_dot(off, off) < t->straight * t->straight)) return true;
  if (far > STEP_FAR) error = v3_scale(error, STEP_FAR / far);
  rows.count = 0;
  step_add(&rows, &at, t, at.point, true, 1, error);
  if (closes && t->close_width > 0) step_add(&rows, &at, t, at.close, false, t->close_width, off);
  if (t->point_width > 0) step_add(&rows, &at, t, at.fingers, false, t->point_width, v3_sub(t->approach, at.fingers));
  if (t->free[0] == 0 && t->free[1] == 0) step_solve_held(&rows, t, q, x);
  else step_solve(&rows, t, q, x, 0);
  const REAL most = REAL_OF(STEP_MOST);
  for (int k = 0; k < STEP_JOINTS; k += WIDTH) {
    REAL d = *(const REAL *)(x + k), lower = *(const REAL *)(t->lower + k), upper = *(const REAL *)(t->upper + k);
    d = lane_choose(REAL_LESS(most, d), most, lane_choose(REAL_LESS(d, -most), -most, d));
    REAL to = *(const REAL *)(q + k) + d;
    *(REAL *)(q + k) = lane_choose(REAL_LESS(to, lower), lower, lane_choose(REAL_LESS(upper, to), upper, to));
  }
  return false;
}

TARGET static inline void step_all(struct step_search *s, int count, int steps) {
  for (int i = 0; i < steps; i++)
    for (int c = 0; c < count; c++)
      if (!s[c].there) s[c].there = step_once(s[c].limb, &s[c].task, s[c].q);
}
