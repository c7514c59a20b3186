// Steps of damped least squares for a chain of up to eight turning joints about the root's axes: what robots/reach.h does most.
//
// One step is robots/reach.c's: forward kinematics, rows of the place, the closing direction and the fingers' direction, normal equations, at most STEP_MOST a joint, within the
// ranges. Joints go side by side (robots/reach_step_kernel.h): the same bits at every width. Chains built otherwise take the general way.
#pragma once

#include "robots/chain.h"
#include "robots/hand.h"

#define STEP_JOINTS 8
#define STEP_MOST   0.4             // rad a step
#define STEP_FAR    0.25            // m    of the way to the goal that a step aims at, at most

struct step_limb {
  double    lower[STEP_JOINTS], upper[STEP_JOINTS];    // rad
  double    way[STEP_JOINTS];       // 1    the axis along the root's
  struct v3 step[STEP_JOINTS + 1];  // m    to each joint from the one before it, to the wrist from the last
  int       turn[STEP_JOINTS];      //      0, 1, 2: x, y, z
  bool      apart[STEP_JOINTS];     //      step is not 0
  bool      there;                  //      the chain is built so
  int       count;
  struct v3 tool, close, point;     //      of the hand
};

void step_limb_init(struct step_limb *l, const struct chain *c, const struct hand *h);

struct step_task {
  _Alignas(64) double damping[STEP_JOINTS];    // m2 per rad2
  double    pull[STEP_JOINTS], rest[STEP_JOINTS], free[STEP_JOINTS];   // m2 per rad2, rad; 1 or 0: does not move
  double    lower[STEP_JOINTS], upper[STEP_JOINTS];    // rad  the limb's
  struct v3 goal, close, approach;  //      root's frame
  double    close_width, point_width;         // m    that weigh directions; 0: not looked at
  double    there, straight;        // m, rad  off the place and the closing direction when no further step is needed; below 0: never
};

// One search of several that go on side by side: their steps take turns, as each by itself leaves the processor waiting.
struct step_search {
  const struct step_limb *limb;
  struct step_task        task;
  _Alignas(64) double     q[STEP_JOINTS];      // rad  those beyond the chain's 0
  bool                    there;    //      no further step is needed
};

// At most `steps` of each; `there` is set where one was there before the last of them.
void step_run(struct step_search *s, int count, int steps, enum lane_width lanes);

// Sines and cosines of `count` angles, a multiple of 8, aligned to 64 bytes.
void step_sines(const double *angle, int count, double *sine, double *cosine, enum lane_width lanes);

// Where q brings the point between the fingertips, from the root's origin.
struct v3 step_point(const struct step_limb *l, const double *q, enum lane_width lanes);
