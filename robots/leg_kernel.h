// Closed-form legs over a number type: a double, or a vector of doubles with one sample of a motion a lane.
//
// Included by the files that make one width each (robots/real.h).
// Every width does the same operations in the same order, so that a lane is bit for bit the double. No branch depends on a
// number: both sides are computed and a mask chooses.
//
// The method is that of robots/leg.h. All hip axes go through one point, the knee's through another and the ankle's through a third,
// so that the six rates fall into one (the knee, from the distance) and three (the turn about the line hip - ankle, the ankle's two).

#pragma once

#include "robots/vector_kernel.h"

struct lane_leg { struct lane_vector axis[6], knee; };              // at the angles found, root frame

// The foot's motion as seen from the root, in its axes.
struct lane_seen   { struct lane_matrix rotation; struct lane_vector position, velocity, acceleration, angular_velocity, angular_acceleration; };
struct lane_frame  { struct lane_matrix rotation; struct lane_vector position, velocity, acceleration, angular_velocity, angular_acceleration; };   // as frame_motion

// One of the two answers of the ankle: the turn (st, ct) about the last axis, and what it leaves to the one before.
struct lane_ankle { REAL s4, c4, s5, c5, score; };

TARGET static inline struct lane_ankle lane_ankle_at(struct lane_vector a4, struct lane_vector a5, struct lane_vector u, struct lane_vector v, REAL st, REAL ct) {
  struct lane_vector w = lane_turned(a5, st, ct, u);
  REAL sine = lane_dot(a4, lane_cross(w, v)), cosine = lane_dot(w, v) - lane_dot(w, a4) * lane_dot(v, a4);
  REAL square = sine * sine + cosine * cosine;
  INTEGER there = REAL_LESS(REAL_OF(0.0), square);
  REAL inverse = 1.0 / REAL_SQRT(lane_choose(there, square, REAL_OF(1.0)));
  REAL c4 = cosine * inverse;
  return (struct lane_ankle){sine * inverse, c4, st, ct, lane_choose(there, c4 + ct, REAL_OF(-3.0))};
}

// Angles, and the axes and the knee's place at them, which fall out on the way. Returns how far the target is out of reach.
TARGET static inline REAL lane_solve(const struct leg *l, const struct lane_matrix *rotation, struct lane_vector position, REAL q[6], struct lane_leg *out) {
  struct lane_vector a[6], hip = lane_of(l->hip), knee = lane_of(l->chain.point[3]), tip = lane_of(l->chain.tip);
  for (int i = 0; i < 6; i++) a[i] = lane_of(l->chain.axis[i]);
  struct lane_vector reach = lane_sub(hip, position);
  REAL square_distance = lane_dot(reach, reach), distance = REAL_SQRT(square_distance), one = REAL_OF(1.0), zero = REAL_OF(0.0);

  // knee: law of cosines, angle from the stretched leg
  double nearest = l->knee_base > 2 * l->knee_amp ? m_sqrt(l->knee_base - 2 * l->knee_amp) : 0;
  REAL c = (square_distance - l->knee_base) * (0.5 / l->knee_amp);
  INTEGER far = REAL_LESS(one, c), near = REAL_LESS(c, -one), outside = far | near;
  REAL beyond = lane_choose(far, distance - l->reach, lane_choose(near, nearest - distance, zero));
  c = lane_choose(far, one, lane_choose(near, -one, c));
  REAL s = lane_root((1.0 - c) * (1.0 + c));
  q[3] = l->knee_near + l->knee_forward * lane_angle(s, c);
  REAL forward = l->knee_forward * s, sk = l->near_sin * c + l->near_cos * forward, ck = l->near_cos * c - l->near_sin * forward;

  // ankle: e^(a4 q4) e^(a5 q5) u = v, u the hip seen from the foot, v from the shank
  struct lane_vector u = lane_apply_inverse(rotation, reach), shank = lane_sub(knee, tip);
  struct lane_vector v = lane_add(lane_turned(a[3], -sk, ck, lane_sub(hip, knee)), shank);
  u = lane_scale(u, lane_choose(outside, lane_root(lane_dot(v, v) / square_distance), one));
  REAL across = lane_dot(a[4], a[5]) * lane_dot(a[5], u);
  REAL A = lane_dot(u, a[4]) - across, B = lane_dot(lane_cross(a[5], u), a[4]), C = lane_dot(v, a[4]) - across;
  REAL square_amp = A * A + B * B, other = lane_root(square_amp - C * C), inverse = 1.0 / square_amp;

  // two answers; the foot's way up is the one with both angles nearer to 0, which has the larger cosines
  struct lane_ankle first = lane_ankle_at(a[4], a[5], u, v, (B * C - A * other) * inverse, (A * C + B * other) * inverse);
  struct lane_ankle second = lane_ankle_at(a[4], a[5], u, v, (B * C + A * other) * inverse, (A * C - B * other) * inverse);
  INTEGER better = REAL_LESS(first.score, second.score);
  REAL s4 = lane_choose(better, second.s4, first.s4), c4 = lane_choose(better, second.c4, first.c4);
  REAL s5 = lane_choose(better, second.s5, first.s5), c5 = lane_choose(better, second.c5, first.c5);
  INTEGER found = REAL_LESS(REAL_OF(-3.0), lane_choose(better, second.score, first.score));
  s4 = lane_choose(found, s4, zero), c4 = lane_choose(found, c4, one);
  s5 = lane_choose(found, s5, zero), c5 = lane_choose(found, c5, one);
  q[4] = lane_angle(s4, c4);
  q[5] = lane_angle(s5, c5);

  // hip: what is left, R (e^k e^a4 e^a5)^-1, as three turns about square axes; columns are a_j turned
  struct lane_vector column[3];
  for (int j = 0; j < 3; j++) column[j] = lane_apply(rotation, lane_turned(a[5], -s5, c5, lane_turned(a[4], -s4, c4, lane_turned(a[3], -sk, ck, a[j]))));
  REAL m02 = lane_dot(a[0], column[2]), m12 = lane_dot(a[1], column[2]), m22 = lane_dot(a[2], column[2]);
  REAL m00 = lane_dot(a[0], column[0]), m01 = lane_dot(a[0], column[1]), square_hip = m12 * m12 + m22 * m22, across_hip = REAL_SQRT(square_hip);
  double hand = l->hand;
  q[0] = lane_angle(-hand * m12, m22);
  q[1] = lane_angle(hand * m02, across_hip);
  q[2] = lane_angle(-hand * m01, m00);

  // each axis turned by the joints before it; a joint does not turn its own. Columns are in the basis a0 a1 a2
  INTEGER there = REAL_LESS(zero, across_hip);
  REAL inverse_hip = 1.0 / lane_choose(there, across_hip, one);
  out->axis[0] = a[0];
  out->axis[1] = lane_turned(a[0], lane_choose(there, -hand * m12 * inverse_hip, zero), lane_choose(there, m22 * inverse_hip, one), a[1]);
  out->axis[2] = column[2];
  out->axis[3] = lane_apply(rotation, lane_turned(a[5], -s5, c5, lane_turned(a[4], -s4, c4, a[3])));
  out->axis[4] = lane_apply(rotation, lane_turned(a[5], -s5, c5, a[4]));
  out->axis[5] = lane_apply(rotation, a[5]);
  out->knee = lane_add(position, lane_apply(rotation, lane_turned(a[5], -s5, c5, lane_turned(a[4], -s4, c4, shank))));
  return beyond;
}

// ---- rates ------------------------------------------------------------------------------------------

TARGET static inline struct lane_seen lane_seen_from(const struct lane_frame *root, const struct lane_frame *foot) {
  struct lane_vector r = lane_sub(foot->position, root->position), w = root->angular_velocity;
  struct lane_vector v = lane_sub(lane_sub(foot->velocity, root->velocity), lane_cross(w, r));
  struct lane_vector a = lane_sub(lane_sub(foot->acceleration, root->acceleration), lane_cross(root->angular_acceleration, r));
  a = lane_sub(a, lane_cross(w, lane_add(lane_cross(w, r), lane_scale(v, REAL_OF(2.0)))));
  struct lane_vector wf = lane_sub(foot->angular_velocity, w);
  struct lane_vector af = lane_sub(lane_sub(foot->angular_acceleration, root->angular_acceleration), lane_cross(w, wf));
  const struct lane_matrix *R = &root->rotation;
  struct lane_seen s = {.position = lane_apply_inverse(R, r), .velocity = lane_apply_inverse(R, v), .acceleration = lane_apply_inverse(R, a),
                        .angular_velocity = lane_apply_inverse(R, wf), .angular_acceleration = lane_apply_inverse(R, af)};
  const REAL *m = R->m, *n = foot->rotation.m;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) s.rotation.m[3 * i + k] = m[i] * n[k] + m[3 + i] * n[3 + k] + m[6 + i] * n[6 + k];
  return s;
}

// J^-1 by rows, as far as it does not depend on the right side.
struct lane_inverse { struct lane_vector length, lever, knee_axis, twist, ankle[2], hip[3]; REAL per_stretch, per_square; };

// Returns -1 where the leg is singular.
TARGET static inline INTEGER lane_invert(const struct leg *l, const struct lane_leg *at, struct lane_vector ankle, struct lane_inverse *o) {
  const struct lane_vector *a = at->axis;
  o->length = lane_sub(ankle, lane_of(l->hip));
  o->lever = lane_cross(a[3], lane_sub(ankle, at->knee));
  o->knee_axis = a[3];
  REAL square = lane_dot(o->length, o->length), stretch = lane_dot(o->lever, o->length), least = square * (LEG_SINGULAR * LEG_SINGULAR);
  o->per_stretch = 1.0 / stretch;
  o->per_square = 1.0 / square;

  struct lane_vector normal = lane_cross(a[4], a[5]);
  REAL det = lane_dot(o->length, normal), inverse = 1.0 / det;
  o->twist = lane_scale(normal, inverse);
  o->ankle[0] = lane_scale(lane_cross(a[5], o->length), inverse);
  o->ankle[1] = lane_scale(lane_cross(o->length, a[4]), inverse);

  normal = lane_cross(a[1], a[2]);
  REAL det_hip = lane_dot(a[0], normal), inverse_hip = 1.0 / det_hip;
  o->hip[0] = lane_scale(normal, inverse_hip);
  o->hip[1] = lane_scale(lane_cross(a[2], a[0]), inverse_hip);
  o->hip[2] = lane_scale(lane_cross(a[0], a[1]), inverse_hip);
  return REAL_LESS(stretch * stretch, least) | REAL_LESS(det * det, least) | REAL_LESS(det_hip * det_hip, REAL_OF(LEG_SINGULAR * LEG_SINGULAR));
}

// Rates of six joints for the ankle's velocity v and the foot's angular velocity w, all in the root frame (J x = (v, w)).
TARGET static inline void lane_rates_of(const struct lane_inverse *o, struct lane_vector v, struct lane_vector w, REAL x[6]) {
  x[3] = lane_dot(v, o->length) * o->per_stretch;
  struct lane_vector across = lane_scale(lane_cross(o->length, lane_sub(v, lane_scale(o->lever, x[3]))), o->per_square);

  // turn about the hip-ankle line, and the ankle's two rates
  struct lane_vector rest = lane_sub(lane_sub(w, lane_scale(o->knee_axis, x[3])), across);
  REAL twist = lane_dot(rest, o->twist);
  x[4] = lane_dot(rest, o->ankle[0]);
  x[5] = lane_dot(rest, o->ankle[1]);

  // the hip's angular velocity as its three rates
  struct lane_vector hip = lane_add(across, lane_scale(o->length, twist));
  for (int i = 0; i < 3; i++) x[i] = lane_dot(hip, o->hip[i]);
}

// Three points carry all axes (hip, knee, ankle), so J' qd is three spans of a chain. Returns -1 where the leg is singular.
TARGET static inline INTEGER lane_rates(const struct leg *l, const struct lane_seen *f, const struct lane_leg *at, REAL qd[6], REAL qdd[6]) {
  struct lane_inverse o;
  INTEGER singular = lane_invert(l, at, f->position, &o);
  lane_rates_of(&o, f->velocity, f->angular_velocity, qd);
  struct lane_vector w = lane_scale(at->axis[0], qd[0]), alpha = lane_of(v3(0, 0, 0)), acc = alpha;
  for (int i = 1; i < 6; i++) {
    if (i == 3 || i == 4) {
      struct lane_vector r = i == 3 ? lane_sub(at->knee, lane_of(l->hip)) : lane_sub(f->position, at->knee);
      acc = lane_add(acc, lane_add(lane_cross(alpha, r), lane_cross(w, lane_cross(w, r))));
    }
    struct lane_vector rate = lane_scale(at->axis[i], qd[i]);
    alpha = lane_add(alpha, lane_cross(w, rate));
    w = lane_add(w, rate);
  }
  lane_rates_of(&o, lane_sub(f->acceleration, acc), lane_sub(f->angular_acceleration, alpha), qdd);
  return singular;
}

// ---- torques ----------------------------------------------------------------------------------------

// J^T w of a force and its moment about the hip, both in the root frame: carried outwards, each joint takes what turns about its
// own axis, and the rest goes on in the axes of the body beyond it.
TARGET static inline void lane_torques(const struct leg *l, const REAL q[6], struct lane_vector force, struct lane_vector moment, REAL tau[6]) {
  struct lane_vector thigh = lane_of(v3_sub(l->chain.point[3], l->hip)), shank = lane_of(v3_sub(l->chain.tip, l->chain.point[3]));
  for (int i = 0; i < 6; i++) {
    struct lane_vector a = lane_of(l->chain.axis[i]);
    if (i == 3) moment = lane_sub(moment, lane_cross(thigh, force));
    if (i == 4) moment = lane_sub(moment, lane_cross(shank, force));
    tau[i] = lane_dot(a, moment);
    if (i == 5) break;
    REAL s, c;
    kernel_sincos(q[i], &s, &c);
    force = lane_turned(a, -s, c, force);
    moment = lane_turned(a, -s, c, moment);
  }
}

// ---- columns ----------------------------------------------------------------------------------------

// Samples k .. k + width - 1 of an array of frames `step` bytes apart; beyond the last one that one again.
TARGET static inline void lane_gather(const struct frame_motion *from, size_t step, int k, int n, struct lane_frame *f) {
  enum { WIDTH = sizeof(REAL) / sizeof(double), ENTRIES = sizeof(struct frame_motion) / sizeof(double) };
  double *to = (double *)f;
  for (int i = 0; i < WIDTH; i++) {
    const double *entry = (const double *)((const char *)from + step * (size_t)(k + i < n ? k + i : n - 1));
    for (int e = 0; e < ENTRIES; e++) to[e * WIDTH + i] = entry[e];
  }
}

// One pass. beyond and damped have an entry a lane; damped: -1 where the rates are to be found otherwise.
TARGET static inline void lane_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped) {
  struct lane_frame root, foot;
  struct lane_leg at;
  REAL q[6], qd[6], qdd[6];
  lane_gather(c->root, sizeof *c->root, k, c->n, &root);
  lane_gather(c->foot, c->foot_step, k, c->n, &foot);
  struct lane_seen f = lane_seen_from(&root, &foot);
  REAL out = lane_solve(l, &f.rotation, f.position, q, &at);
  INTEGER singular = lane_rates(l, &f, &at, qd, qdd);
  *(REAL *)beyond = out;
  *(INTEGER *)damped = singular | REAL_LESS(out, REAL_OF(0.0)) | REAL_LESS(REAL_OF(0.0), out);
  for (int i = 0; i < 6; i++) {
    int64_t to = (int64_t)l->chain.joint[i] * c->stride + k;
    *(REAL *)(c->q + to) = q[i];
    *(REAL *)(c->qd + to) = qd[i];
    *(REAL *)(c->qdd + to) = qdd[i];
  }
}

// The same for a wrench at a point, both in world axes, seen from the root.
TARGET static inline void lane_wrench(const struct leg *l, const struct lane_matrix *R, struct lane_vector origin, const REAL q[6],
                                      struct lane_vector point, struct lane_vector force, struct lane_vector moment, REAL tau[6]) {
  struct lane_vector at = lane_sub(lane_apply_inverse(R, lane_sub(point, origin)), lane_of(l->hip)), f = lane_apply_inverse(R, force);
  lane_torques(l, q, f, lane_add(lane_apply_inverse(R, moment), lane_cross(at, f)), tau);
}

// One pass of torques, added to rows of tau.
TARGET static inline void lane_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k) {
  enum { WIDTH = sizeof(REAL) / sizeof(double) };
  struct lane_matrix R;
  struct lane_vector origin, point, force, moment;
  REAL q[6], tau[6];
  for (int i = 0; i < WIDTH; i++) {
    int sample = k + i < c->n ? k + i : c->n - 1;
    const struct frame_motion *root = &c->root[sample];
    const struct leg_load *w = &c->load[sample];
    for (int e = 0; e < 9; e++) ((double *)&R.m[e])[i] = root->rotation.m[e];
#define PUT(vector, from) ((double *)&vector.x)[i] = from.x, ((double *)&vector.y)[i] = from.y, ((double *)&vector.z)[i] = from.z
    PUT(origin, root->position);
    PUT(point, w->point);
    PUT(force, w->wrench.force);
    PUT(moment, w->wrench.moment);
#undef PUT
  }
  for (int i = 0; i < 6; i++) q[i] = *(const REAL *)(c->q + (int64_t)l->chain.joint[i] * c->stride + k);
  lane_wrench(l, &R, origin, q, point, force, moment, tau);
  for (int i = 0; i < 6; i++) *(REAL *)(c->tau + (int64_t)l->chain.joint[i] * c->stride + k) += c->scale * tau[i];
}
