// Arms beside legs, wherever hands come to rest.
#include <math.h>

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

double handling_legs_apart(const struct reacher *r, const struct handling *h, double enough) {
  double least = INFINITY;
  for (int i = 0; i < h->steps; i++) {
    if (!rests(h->step[i].phase)) continue;
    const struct reach_pose *p = &h->pose[h->step[i].pose];
    struct rod arm[BODY_RODS_MAX], leg[4];
    int legs = body_rods_leg(r, LEFT, p, leg);
    legs += body_rods_leg(r, RIGHT, p, leg + legs);
    for (int s = 0; s < 2; s++) {
      if (!h->both && s != (int)h->side) continue;
      int arms = body_rods_arm(r, s, p, arm);
      double apart = above(arm, arms, leg, legs);
      least = fmin(least, apart >= enough ? apart : body_rods_apart(arm, arms, leg, legs));
    }
  }
  return least;
}
