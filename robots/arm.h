// One arm: joint angles for a pose of the hand, with joints to spare and joint limits.
//
// Damped least squares (Wampler 1986; Nakamura & Hanafusa 1986) on the Jacobian with the spare motion drawn to a pose of rest,
// as the middle of the joint ranges (gradient projection, Liegeois 1977), a fixed number of steps from a given start. The hand's frame is
// parallel to the root's at q = 0 and has its origin in the wrist (the last joint's origin).
#pragma once

#include "robots/chain.h"

#define ARM_STEPS 80

struct arm {
  struct chain chain;
  struct v3    shoulder;            // m   root frame at q = 0: origin of the third joint, or of the last before it
  double       reach;               // m   shoulder to wrist along the links
};

void arm_init(struct arm *a, const struct humanoid *h, enum side side);

// Angles that bring the wrist to `position`, and the hand to `rotation` unless NULL (root frame). q holds the start and the
// answer, within the joints' ranges. rest: the pose to lean to, NULL for mid-range. Returns the distance
// left, m; the wrist is at the reachable point nearest to it.
double arm_solve(const struct arm *a, const struct m3 *rotation, struct v3 position, const double *rest, double *q);
