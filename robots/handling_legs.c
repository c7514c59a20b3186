// Arms beside legs, wherever hands come to rest.
#include <math.h>
#include <string.h>

#include "robots/body_rods.h"
#include "robots/handling.h"

static bool rests(enum handling_phase p) { return p == HAND_REACH || p == HAND_APPROACH || p == HAND_LIFT || p == HAND_MOVE || p == HAND_POSITION || p == HAND_RETREAT; }

// By how much all of the one is above all of the other, at least.
static double above(const struct rod *p, int p_count, const struct rod *q, int q_count) {
  double low = INFINITY, high = -INFINITY;
  for (int i = 0; i < p_count; i++) low = fmin(low, fmin(p[i].a.z, p[i].b.z) - p[i].radius);
  for (int i = 0; i < q_count; i++) high = fmax(high, fmax(q[i].a.z, q[i].b.z) + q[i].radius);
  return low - high;
}

// The palm is within a ball about the wrist: where that is far enough nobody looks at its bones.
static double arm_apart(const struct rod *arm, int arms, const struct rod *leg, int legs, double enough) {
  double apart = above(arm, arms, leg, legs);
  if (apart >= enough) return apart;
  struct rod ball = {arm[0].b, arm[0].b, 0};
  for (int i = 1; i < arms; i++) ball.radius = fmax(ball.radius, v3_norm(v3_sub(arm[i].b, arm[i].a)) + arm[i].radius);
  apart = body_rods_apart(arm, 1, leg, legs);
  double palm = arms > 1 ? body_rods_apart(&ball, 1, leg, legs) : INFINITY;
  return fmin(apart, palm >= enough ? palm : body_rods_apart(arm + 1, arms - 1, leg, legs));
}

double handling_legs_apart(const struct reacher *r, const struct handling *h, double enough) {
  const struct reach_pose *stands = NULL;
  struct rod arm[BODY_RODS_MAX], leg[4];
  double least = INFINITY;
  int legs = 0;
  for (int i = 0; i < h->steps; i++) {
    if (!rests(h->step[i].phase)) continue;
    const struct reach_pose *p = &h->pose[h->step[i].pose];
    // on the same feet the legs are where the pelvis is
    if (!stands || memcmp(&stands->root, &p->root, sizeof p->root)) {
      legs = body_rods_leg(r, LEFT, p, leg);
      legs += body_rods_leg(r, RIGHT, p, leg + legs);
      stands = p;
    }
    for (int s = 0; s < 2; s++) {
      if (!h->both && s != (int)h->side) continue;
      int arms = body_rods_arm(r, s, p, arm);
      least = fmin(least, arm_apart(arm, arms, leg, legs, enough));
    }
  }
  return least;
}
