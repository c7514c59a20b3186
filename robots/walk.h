// A steady walk as a plan: from speeds and a style to footsteps, pelvis and arms of one stride.
//
// The style is what speed alone does not say. Its rules scale with the leg's length l: step rate sqrt(g/l) 0.80 Fr^0.33 with
// Fr = v / sqrt(g l). People have the exponent 0.58 (Grieve 1966; Kuo 2001); this body, with heavier losses at stance than in
// swing, spends least with quicker steps at low speed. The other rules are guesses marked in walk.c.
#pragma once

#include "robots/gait.h"
#include "robots/posture.h"
#include "robots/trajectory.h"

struct walk_style {
  double step_rate;                 // 1/s
  double double_support;            // 1    share of a step
  double half_width;                // m    ankle from the path
  double strike;                    // rad  toe up at touch-down
  double heel_off;                  // 1    share of a step from touch-down to heel-off
  double toe_off, toe_off_rate;     // rad, rad/s  at lift-off
  double cop_inward;                // m
  double cop_back, cop_ahead;       // m    where the centre of pressure begins and ends along the sole
  double clearance;                 // m    of the swinging sole
  double droop;                     // rad  of the swinging foot
  double bend;                      // rad  least knee bend
  double bounce;                    // m    amplitude of the pelvis' height
  double pelvis_yaw;                // rad  amplitude
  double arm_swing;                 // rad  amplitude
};

struct walk_style walk_style_of(const struct humanoid *h, const struct gait_wish *wish);
double            walk_rate_of(const struct humanoid *h, const struct gait_wish *wish);     // 1/s  its step_rate

// Fill feet, pelvis (before any pendulum) and joints of t, which has wish->samples over one stride of two steps.
void walk_plan(struct trajectory *t, const struct gait_wish *wish, const struct walk_style *style, const struct posture *posture);

// Plan and solve: the pelvis on the pendulum, as high as the knees allow, then corrected `passes` times. Returns the largest error
// of the centre of pressure, m.
double walk_solve(struct trajectory *t, const struct gait_wish *wish, const struct walk_style *style, const struct posture *posture, int passes);
