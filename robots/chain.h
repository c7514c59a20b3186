// A row of joints from the root to a hand or foot, as axes in space.
//
// At q = 0 each joint is a unit vector a and a point o on its axis, in the root's frame; the tip moves by the product of
// exponentials e^(a1 q1) .. e^(an qn) (Brockett 1984; Murray, Li & Sastry, A Mathematical Introduction to Robotic
// Manipulation, 1994, ch. 3). The tip's frame is parallel to the root's at q = 0. Joints between the root and the first one
// of the limb (a waist under both arms) stand at 0.
#pragma once

#include "robots/dynamics.h"
#include "robots/humanoid.h"

struct chain {
  int       count;
  int       joint[LIMB_JOINTS_MAX];                                    // rows of the model
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX];             // at q = 0, root frame
  bool      prismatic[LIMB_JOINTS_MAX];
  double    lower[LIMB_JOINTS_MAX], upper[LIMB_JOINTS_MAX];
  int       follow[LIMB_JOINTS_MAX];                                   // mimic: place of the joint it follows (its own: one outside), else -1
  double    factor[LIMB_JOINTS_MAX], offset[LIMB_JOINTS_MAX];
  int       free;                   // joints that follow none
  struct v3 tip;                    // m   root frame at q = 0
  struct v3 step[LIMB_JOINTS_MAX];                                     // m   to each joint's point from the one before it (the root's origin)
  bool      apart[LIMB_JOINTS_MAX];                                    //     step is not 0
  enum chain_turn { TURN_X, TURN_Y, TURN_Z, TURN_ANY } turn[LIMB_JOINTS_MAX];   // the axis is one of the root's at q = 0, either way round
};

// The tip is the origin of the limb's last body; move it afterwards as wanted.
void chain_init(struct chain *c, const struct robot_model *m, const struct limb *limb);

// Pose of the tip's frame in the root's frame, and, unless NULL, axes and points at q (columns of the Jacobian are
// (a x (p - o); a)). q has one entry a joint of the limb; a mimic joint's own entry is not read.
void chain_forward(const struct chain *c, const double *q, struct m3 *rotation, struct v3 *position, struct v3 *axis, struct v3 *point);

// Jacobian of a point by the free joints, followers added to whom they follow: rows linear 3, angular 3. From axes and points at q.
void chain_jacobian(const struct chain *c, const struct v3 *axis, const struct v3 *point, struct v3 position, double J[6][LIMB_JOINTS_MAX]);

// Acceleration of the tip at `position` that the rates alone make (J' qd), root frame.
void chain_bias(const struct chain *c, const struct v3 *axis, const struct v3 *point, struct v3 position, const double *qd,
                struct v3 *linear, struct v3 *angular);

// Entries of mimic joints from those of the joints they follow (rates: without the offset).
void chain_follow(const struct chain *c, double *q);
void chain_follow_rates(const struct chain *c, double *qd);

// x that makes |J x - e|^2 + damping |x|^2 least; x has an entry a joint (0 for followers). With roll_weight < 1 the error about
// `roll` (a unit vector) counts by that share.
void chain_least_squares(const struct chain *c, double J[6][LIMB_JOINTS_MAX], struct v3 linear, struct v3 angular, double damping,
                         struct v3 roll, double roll_weight, double *x);

// Difference of two rotations as a vector: the sine of the angle along the axis.
struct v3 rotation_between(const struct m3 *from, const struct m3 *to);
