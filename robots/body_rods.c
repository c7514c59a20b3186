#include "robots/body_rods.h"

#include <math.h>
#include <string.h>

#define FOREARM 0.035               // m    radii
#define PALM    0.015
#define THIGH   0.065
#define SHANK   0.045

// Origins of a chain's joints, and where and how turned its last one is.
static int along(const struct chain *c, const struct reach_pose *p, struct m3 *turned, struct v3 *end, struct v3 at[LIMB_JOINTS_MAX]) {
  double q[LIMB_JOINTS_MAX];
  struct v3 axis[LIMB_JOINTS_MAX];
  for (int i = 0; i < c->count; i++) q[i] = p->q[c->joint[i]];
  chain_forward(c, q, turned, end, axis, at);
  *end = v3_add(p->root, *end);
  for (int i = 0; i < c->count; i++) at[i] = v3_add(p->root, at[i]);
  return c->count;
}

int body_rods_arm(const struct reacher *r, enum side side, const struct reach_pose *p, struct rod out[BODY_RODS_MAX]) {
  const struct hand *hand = &r->hand[side];
  struct m3 turned;
  struct v3 wrist, at[LIMB_JOINTS_MAX];
  int elbow = along(&r->chain[side], p, &turned, &wrist, at) - 1, n = 0;
  while (elbow > r->waist && v3_norm(v3_sub(at[elbow], wrist)) < REACH_FOREARM) elbow--;
  out[n++] = (struct rod){at[elbow], wrist, FOREARM};
  for (int d = 0; d < hand->digits; d++) out[n++] = (struct rod){wrist, v3_add(wrist, m3_apply(&turned, hand->digit[d].at)), PALM};
  return n;
}

int body_rods_leg(const struct reacher *r, enum side side, const struct reach_pose *p, struct rod out[2]) {
  struct m3 turned;
  struct v3 ankle, at[LIMB_JOINTS_MAX];
  int n = along(&r->leg[side].chain, p, &turned, &ankle, at), knee = n >= 5 ? n - 3 : n / 2;
  out[0] = (struct rod){at[knee > 0 ? knee - 1 : 0], at[knee], THIGH};
  out[1] = (struct rod){at[knee], ankle, SHANK};
  return 2;
}

double body_rods_apart(const struct rod *p, int p_count, const struct rod *q, int q_count) {
  double least = INFINITY;
  for (int i = 0; i < p_count; i++)
    for (int k = 0; k < q_count; k++) least = fmin(least, rods_apart(&p[i], &q[k]));
  return least;
}
