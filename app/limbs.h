// Hands and limits of a body as they travel: how far it reaches, what its fingers hold, which joint is at a limit.
#pragma once

#include "app/figure.h"
#include "base/json.h"
#include "engine/sim/body.h"
#include "stream/limbs.h"

#define LIMBS_HEIGHTS 21            // 0 to 2 m
#define LIMBS_ROUND   25            // directions from right behind to left behind, through ahead
#define LIMBS_BENCH   0.9           // m    height of the reach around; a guess at a bench

// What does not change: one for each model.
struct limbs_of {
  struct m3 rest[2];                // of the arms' last bodies with all joints at 0
  struct hand hand[2];
  bool   reaches;
  double ahead[LIMBS_HEIGHTS];      // m    the farthest that one hand gets at each height, empty; 0: nowhere
  double around[LIMBS_ROUND];       // m    from its middle, at LIMBS_BENCH, by whichever hand gets farther; 0: nowhere
};

void limbs_of_make(struct limbs_of *l, struct kind *k);
// Members of the skeleton in the plan: "peaks" of drives, and "reach".
void limbs_of_plan(const struct limbs_of *l, const struct kind *k, const struct figure *f, int points, struct json *out);
// Lengths travel as mm, at most 32.767 m.
int16_t limbs_mm(double m);
// m in the hall: between the fingertips, left and right; false: it has no arms.
bool limbs_of_hands(const struct limbs_of *l, const struct kind *k, const struct body_motion *bodies, struct v3 out[2]);
// bodies: of v, from robot_forward. x, y: m, what lengths are counted from. body: already filled.
void limbs_of_body(const struct limbs_of *l, const struct kind *k, const struct figure *f, const struct body_view *v, const struct body_motion *bodies, double x, double y,
                   const struct frame_body *body, struct frame_limbs *out);
