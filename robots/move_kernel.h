// Dynamics and drives along a path over a number type: a double, or a vector of doubles with one sample a lane.
//
// Included by the files that make one width each (robots/real.h); every width has the bits of the double. Three motions at once, whose angles are the same
// (robots/move_table.h): rest has gravity alone, thrust the accelerations that s'' makes, speed those that s' squared makes. Newton-Euler as in
// robots/dynamics_kernel.h; at rest bodies only weigh, without rates A is [wd], and what stands still asks for nothing else.

#pragma once

#include "robots/dynamics_kernel.h"
#include "robots/move_lanes.h"
#include "robots/vector_kernel.h"

// Force and moment of one motion.
struct move_pull { struct kernel_vector f, n; };

struct move_row {
  struct kernel_row   speed;        // and the angle's sine and cosine, a sliding joint's origin
  struct kernel_vector wd, a;       // thrust
  struct kernel_vector weigh;       // gravity
  struct move_pull    thrust, rest;
};

TARGET static inline struct kernel_vector move_moment(const double *h, struct kernel_vector a) {
  return (struct kernel_vector){a.z * h[1] - a.y * h[2], a.x * h[2] - a.z * h[0], a.y * h[0] - a.x * h[1]};
}
TARGET static inline struct kernel_vector move_scaled(struct kernel_vector a, double s) { return (struct kernel_vector){a.x * s, a.y * s, a.z * s}; }
TARGET static inline struct kernel_vector move_less(struct kernel_vector a, struct kernel_vector b) { return (struct kernel_vector){a.x - b.x, a.y - b.y, a.z - b.z}; }

// What body b asks for by itself: at rest, and where accelerations alone move it.
TARGET static inline void move_need(const struct robot_row *b, struct move_row *k, bool still) {
  const double *J = b->second, *h = b->first;
  k->rest = (struct move_pull){move_scaled(k->weigh, b->mass), move_moment(h, k->weigh)};
  if (still) return;
  struct kernel_vector wd = k->wd, swing = kernel_cross_constant(wd, h), n = move_moment(h, k->a);
  k->thrust.f = kernel_add(move_scaled(k->a, b->mass), swing);
  k->thrust.n = (struct kernel_vector){n.x + (wd.x * (J[3] + J[5]) - wd.y * J[1] - wd.z * J[2]), n.y + (wd.y * (J[0] + J[5]) - wd.x * J[1] - wd.z * J[4]),
                                       n.z + (wd.z * (J[0] + J[3]) - wd.x * J[2] - wd.y * J[4])};
  kernel_need(b, &k->speed);
}

// A body's motions from those of the one it hangs on.
TARGET static inline void move_outwards(const struct robot_row *b, const struct move_row *up, struct move_row *k, REAL angle, REAL along, REAL bend, bool still) {
  struct kernel_row *v = &k->speed;
  if (b->slides) {
    v->s = angle * 0;
    v->c = v->s + 1;
    v->origin = (struct kernel_vector){angle * b->rotation[2] + b->origin[0], angle * b->rotation[5] + b->origin[1], angle * b->rotation[8] + b->origin[2]};
  }
  k->weigh = kernel_in(b, v, up->weigh);
  if (still) return;
  struct kernel_vector lever = b->slides ? kernel_cross(up->wd, v->origin) : kernel_cross_constant(up->wd, b->origin);
  k->wd = kernel_in(b, v, up->wd);
  k->a = kernel_in(b, v, kernel_add(up->a, lever));
  lever = b->slides ? kernel_swing(&up->speed.A, v->origin) : kernel_swing_constant(&up->speed.A, b->origin);
  v->w = kernel_in(b, v, up->speed.w);
  v->wd = kernel_in(b, v, up->speed.wd);
  v->a = kernel_in(b, v, kernel_add(up->speed.a, lever));
  if (b->slides) {
    k->a.z += along;
    v->a.x += 2.0 * (v->w.y * along);
    v->a.y -= 2.0 * (v->w.x * along);
    v->a.z += bend;
    return;
  }
  k->wd.z += along;
  v->wd.x += v->w.y * along;
  v->wd.y -= v->w.x * along;
  v->wd.z += bend;
  v->w.z += along;
}

TARGET static inline void move_hang(const struct robot_row *b, double mass, struct move_row *k, bool still) {
  struct kernel_vector f = move_scaled(k->weigh, mass);
  k->rest.f = kernel_add(k->rest.f, f);
  k->rest.n = move_less(k->rest.n, kernel_cross_constant(f, b->com));
  if (still) return;
  f = move_scaled(kernel_add(k->a, kernel_cross_constant(k->wd, b->com)), mass);
  k->thrust.f = kernel_add(k->thrust.f, f);
  k->thrust.n = move_less(k->thrust.n, kernel_cross_constant(f, b->com));
  kernel_load(b, REAL_OF(mass), &k->speed);
}

// Handed to the body it hangs on.
TARGET static inline void move_inwards(const struct robot_row *b, const struct kernel_row *k, struct kernel_vector *f, struct kernel_vector *n) {
  *f = kernel_out(b, k, *f);
  *n = kernel_out(b, k, *n);
  struct kernel_vector t = b->slides ? kernel_cross(k->origin, *f)
                                     : (struct kernel_vector){f->z * b->origin[1] - f->y * b->origin[2], f->x * b->origin[2] - f->z * b->origin[0], f->y * b->origin[0] - f->x * b->origin[1]};
  *n = kernel_add(*n, t);
}

// A wrench of the floor about the root's origin, carried outwards to the foot: each joint's torque is less by what it takes.
TARGET static inline void move_bear(const struct robot_model *m, const int *chain, int length, const struct move_row *row, struct kernel_vector f, struct kernel_vector n, double *tau, int stride) {
  while (length-- > 0) {
    const struct robot_row *b = &m->row[chain[length]];
    const struct kernel_row *k = &row[chain[length]].speed;
    struct kernel_vector t = b->slides ? kernel_cross(f, k->origin) : kernel_cross_constant(f, b->origin);     // f x o
    n = kernel_in(b, k, kernel_add(n, t));
    f = kernel_in(b, k, f);
    *(REAL *)(tau + (chain[length] - 1) * stride) -= b->slides ? f.z : n.z;
  }
}

// The floor's wrench about the middle of the ankles from the root's, half of it taken by each leg.
TARGET static inline void move_stand(struct move_table *t, const struct move_dynamics *d, const struct move_row *row, const struct move_pull *p, int k, double *tau, struct wrench *floor) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  const struct robot_model *m = d->model;
  REAL root[3], out[6];
  for (int i = 0; i < WIDTH; i++) {
    struct v3 r = v3_sub(t->root[k + i], d->middle);
    ((double *)&root[0])[i] = r.x, ((double *)&root[1])[i] = r.y, ((double *)&root[2])[i] = r.z;
  }
  struct kernel_vector f = p->f, from = {root[0], root[1], root[2]}, n = kernel_add(p->n, kernel_cross(from, f));
  out[0] = f.x, out[1] = f.y, out[2] = f.z, out[3] = n.x, out[4] = n.y, out[5] = n.z;
  for (int i = 0; i < WIDTH; i++) {
    double w[6];
    for (int c = 0; c < 6; c++) w[c] = ((const double *)&out[c])[i];
    floor[k + i] = (struct wrench){v3(w[0], w[1], w[2]), v3(w[3], w[4], w[5])};
  }
  struct kernel_vector half = move_scaled(f, 0.5), bend = move_scaled(n, 0.5);
  for (int s = 0; s < 2; s++) {
    struct v3 at = v3_sub(d->ankle[s], d->middle);
    struct kernel_vector lever = {at.x - from.x, at.y - from.y, at.z - from.z};
    int chain[ROBOT_JOINTS_MAX], length = 0;
    for (int b = d->foot[s]; b > 0; b = m->row[b].parent) chain[length++] = b;
    move_bear(m, chain, length, row, half, kernel_add(bend, kernel_cross(lever, half)), tau + k, t->n);
  }
}

// A body that stands still, seen from one that moves on it.
TARGET static inline void move_still(struct move_row *k) {
  REAL zero = REAL_OF(0.0);
  const struct kernel_vector none = {zero, zero, zero};
  k->wd = k->a = k->speed.w = k->speed.wd = k->speed.a = k->speed.f = k->speed.n = none;
  k->speed.A = (struct kernel_matrix){zero, zero, zero, zero, zero, zero, zero, zero, zero};
  k->thrust = (struct move_pull){none, none};
}

// Samples k .. k + width - 1.
TARGET static inline void move_pass(struct move_table *t, const struct move_dynamics *d, int k) {
  struct move_row row[ROBOT_JOINTS_MAX + 1];
  const struct robot_model *m = d->model;
  int n = m->joint_count, stride = t->n;
  REAL zero = REAL_OF(0.0);
  for (int i = 0; i < n; i++) {
    REAL angle = *(const REAL *)(t->q + i * stride + k) + m->row[i + 1].offset;
    kernel_sincos(angle, &row[i + 1].speed.s, &row[i + 1].speed.c);
  }
  row[0].weigh = (struct kernel_vector){zero, zero, REAL_OF(GRAVITY)};
  move_still(&row[0]);
  row[0].a = (struct kernel_vector){REAL_OF(d->step.x), REAL_OF(d->step.y), REAL_OF(d->step.z)};
  move_need(&m->row[0], &row[0], !d->moves[0]);
  for (int i = 0; i < n; i++) {
    int at = i * stride + k;
    bool still = !d->moves[i + 1];
    const struct robot_row *b = &m->row[i + 1];
    if (still && d->pulls[i + 1]) move_still(&row[i + 1]);
    move_outwards(b, &row[b->parent], &row[i + 1], *(const REAL *)(t->q + at), *(const REAL *)(t->along + at), *(const REAL *)(t->bend + at), still);
    move_need(b, &row[i + 1], still);
  }
  for (int s = 0; s < 2; s++)
    if (d->load[s] != 0) move_hang(&m->row[d->load_body[s]], d->load[s], &row[d->load_body[s]], !d->moves[d->load_body[s]]);
  for (int i = n; i > 0; i--) {
    const struct robot_row *b = &m->row[i];
    struct move_row *r = &row[i], *up = &row[b->parent];
    int at = (i - 1) * stride + k;
    *(REAL *)(t->rest + at) = b->slides ? r->rest.f.z : r->rest.n.z;
    move_inwards(b, &r->speed, &r->rest.f, &r->rest.n);
    up->rest = (struct move_pull){kernel_add(up->rest.f, r->rest.f), kernel_add(up->rest.n, r->rest.n)};
    if (!d->pulls[i]) {
      *(REAL *)(t->thrust + at) = *(REAL *)(t->speed + at) = zero;
      continue;
    }
    *(REAL *)(t->thrust + at) = b->slides ? r->thrust.f.z : r->thrust.n.z;
    *(REAL *)(t->speed + at) = b->slides ? r->speed.f.z : r->speed.n.z;
    move_inwards(b, &r->speed, &r->thrust.f, &r->thrust.n);
    move_inwards(b, &r->speed, &r->speed.f, &r->speed.n);
    up->thrust = (struct move_pull){kernel_add(up->thrust.f, r->thrust.f), kernel_add(up->thrust.n, r->thrust.n)};
    up->speed.f = kernel_add(up->speed.f, r->speed.f);
    up->speed.n = kernel_add(up->speed.n, r->speed.n);
  }
  move_stand(t, d, row, &row[0].rest, k, t->rest, t->floor[0]);
  if (d->holds) return;
  struct move_pull speed = {row[0].speed.f, row[0].speed.n};
  move_stand(t, d, row, &speed, k, t->speed, t->floor[1]);
  move_stand(t, d, row, &row[0].thrust, k, t->thrust, t->floor[2]);
}

// ---- when samples are passed ----------------------------------------------------------------------------------------

// s, its rate and second derivative at t in a guarded law; pieces as in robots/move_law.c.
TARGET static inline void move_law_lanes(const struct move_law *l, REAL t, REAL *s, REAL *rate, REAL *second) {
  REAL zero = REAL_OF(0.0), all = REAL_OF(move_law_time(l)), v = REAL_OF(l->rate), way = REAL_OF(l->reach), T = REAL_OF(l->quick);
  REAL x = t / T, y = 1.0 - x, x2 = x * x, w = v * T;
  REAL p = x * x * x * (10.0 + x * (6.0 * x - 15.0)), dp = 30.0 * x * x * y * y, ddp = 60.0 * x * y * (1.0 - 2.0 * x);
  REAL quick = way * p + w * x2 * x * (-4.0 + x * (7.0 - 3.0 * x)), quick_rate = (way * dp + w * x2 * (-12.0 + x * (28.0 - 15.0 * x))) / T;
  REAL quick_second = (way * ddp + w * x * (-24.0 + x * (84.0 - 60.0 * x))) / (T * T);
  REAL after = t - l->quick, left = after - l->creep, z = left / REAL_OF(l->stop), S = REAL_OF(l->stop);
  REAL stop = v * S * (z - z * z * z + z * z * z * z / 2.0) + l->brake, stop_rate = v * (1.0 - z * z * (3.0 - 2.0 * z)), stop_second = -6.0 * v * z * (1.0 - z) / S;
  INTEGER early = REAL_LESS(t, T), creeps = REAL_LESS(after, REAL_OF(l->creep)), still = ~REAL_LESS(zero, t) | ~REAL_LESS(t, all);
  *s = lane_choose(early, quick, lane_choose(creeps, way + v * after, stop));
  *rate = lane_choose(still, zero, lane_choose(early, quick_rate, lane_choose(creeps, v, stop_rate)));
  *second = lane_choose(still, zero, lane_choose(early, quick_second, lane_choose(creeps, zero, stop_second)));
  *s = lane_choose(still, lane_choose(REAL_LESS(zero, t), REAL_OF(1.0), zero), *s);
}

// Samples k .. k + width - 1: when each is passed, with the rate and second derivative then. As move_law_when does it: Newton between bounds that close in, each lane until it has settled.
TARGET static inline void move_passed(const struct move_law *l, const double *at, int k, double *when, double *rates, double *seconds) {
  REAL s = *(const REAL *)(at + k), zero = REAL_OF(0.0), reach = REAL_OF(l->reach), brake = REAL_OF(l->brake), one = REAL_OF(1.0), is, rate, second;
  INTEGER before = REAL_LESS(s, reach), creeps = ~before & ~REAL_LESS(brake, s), goes = ~creeps;
  REAL low = lane_choose(before, zero, REAL_OF(l->quick + l->creep)), high = lane_choose(before, REAL_OF(l->quick), REAL_OF(move_law_time(l)));
  REAL t = (low + high) / 2.0, near = MOVE_LAW_NEAR * (high - low), linear = l->quick + (s - reach) / REAL_OF(l->rate);
  const long long sign = -0x7fffffffffffffffll - 1;
  for (int i = 0; i < MOVE_LAW_STEPS && REAL_ANY(goes); i++) {
    move_law_lanes(l, t, &is, &rate, &second);
    INTEGER less = REAL_LESS(is, s);
    low = lane_choose(less, t, low), high = lane_choose(less, high, t);
    INTEGER rises = REAL_LESS(zero, rate);
    REAL to = lane_choose(rises, t + (s - is) / lane_choose(rises, rate, one), low);
    to = lane_choose(REAL_LESS(low, to) & REAL_LESS(to, high), to, (low + high) / 2.0);
    INTEGER there = REAL_LESS(BITS_REAL(REAL_BITS(to - t) & ~sign), near);
    t = lane_choose(goes, to, t);
    goes &= ~there;
  }
  t = lane_choose(creeps, linear, t);
  move_law_lanes(l, t, &is, &rate, &second);
  *(REAL *)(when + k) = t, *(REAL *)(rates + k) = rate, *(REAL *)(seconds + k) = second;
}

// ---- drives ---------------------------------------------------------------------------------------------------------

// Whether the drive of the joint in this row is asked for more than its peak (N m) or its greatest speed where 1 / T^2 is u.
TARGET static inline bool move_bound(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double peak, double u) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  double speed = a->speed_max * a->speed_max;
  for (int k = 0; k < t->used; k += WIDTH) {
    REAL rate = *(const REAL *)(r->rate + k), second = *(const REAL *)(r->second + k), square = rate * rate;
    REAL rest = *(const REAL *)(t->rest + row + k), along = *(const REAL *)(t->along + row + k);
    REAL turn = along * second + *(const REAL *)(t->bend + row + k) * square;
    REAL more = *(const REAL *)(t->speed + row + k) * square + *(const REAL *)(t->thrust + row + k) * second + a->rotor_inertia * turn;
    const long long sign = -0x7fffffffffffffffll - 1;
    REAL size = BITS_REAL(REAL_BITS(rest) & ~sign), up = BITS_REAL(REAL_BITS(more) ^ (REAL_BITS(rest) & sign)), held = size * a->backward, most = REAL_OF(peak);
    INTEGER over = REAL_LESS(most, held) | REAL_LESS(most, held + u * up) | REAL_LESS(most, -size - u * up) | REAL_LESS(REAL_OF(speed), u * (along * along * square));
    if (REAL_ANY(over)) return true;
  }
  return false;
}

// electrical (t->n): W drawn at each sample, added to.
TARGET static inline struct move_drive move_drive(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double *electrical) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  struct move_drive out = {0};
  REAL zero = REAL_OF(0.0), one = REAL_OF(1.0);
  for (int k = 0; k < t->used; k += WIDTH) {
    REAL rate = *(const REAL *)(r->rate + k), second = *(const REAL *)(r->second + k), share = *(const REAL *)(r->share + k), square = rate * rate;
    REAL along = *(const REAL *)(t->along + row + k), tau = *(const REAL *)(t->rest + row + k) + square * *(const REAL *)(t->speed + row + k) + second * *(const REAL *)(t->thrust + row + k);
    REAL w = along * rate, dw = along * second + *(const REAL *)(t->bend + row + k) * square;
    MOVE_POWER p;
    MOVE_DRIVE(&p, a, (const void *)&tau, (const void *)&w, (const void *)&dw, (const void *)&one);
    *(REAL *)(electrical + k) += (REAL)p.electrical;
    const long long sign = -0x7fffffffffffffffll - 1;
    REAL size = BITS_REAL(REAL_BITS((REAL)p.motor_torque) & ~sign), copper = (REAL)p.copper * share, lost = (REAL)p.gear + (REAL)p.friction + (REAL)p.inverter;
    REAL other = BITS_REAL(REAL_BITS(lost * share) & REAL_LESS(zero, lost));
    for (int i = 0; i < WIDTH && k + i < t->used; i++) {
      double x = ((const double *)&size)[i];
      if (x > out.size) out.size = x;
      out.copper += ((const double *)&copper)[i];
      out.other += ((const double *)&other)[i];
    }
  }
  return out;
}
