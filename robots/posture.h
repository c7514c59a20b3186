// How arms are held while walking: hanging, or with a load, and which joints swing.
//
// The places of the hands are guesses in shares of the arm's reach; the joint angles come from the arm's inverse kinematics.
#pragma once

#include "robots/arm.h"
#include "robots/gait.h"

struct posture {
  double q[ROBOT_JOINTS_MAX];       // rad  of every joint; legs 0
  int    swing[2];                  //      joint that swings each arm, or -1
  double swing_sign[2];             // 1    its rate that brings the arm back
  int    waist_yaw;                 //      joint that turns the trunk against the pelvis, or -1
  double waist_sign;                // 1    its rate that turns the trunk counter-clockwise
  double miss;                      // m    the hands' distance from where the pose wants them
};

void posture_find(struct posture *p, const struct humanoid *h, enum load_pose pose);

// Bring the wrists to another place, in shares of the arm's reach from the shoulder: ahead, to the middle, down.
void posture_hands(struct posture *p, const struct humanoid *h, struct v3 share);

// Lean the trunk at the waist until what is above it, loads of `model` included, balances over the hips, as far as 20 degrees
// and nine tenths of the joint's range go. Nothing happens without a pitching waist.
void posture_balance(struct posture *p, const struct humanoid *h, const struct robot_model *model);

// The model's bodies with `mass` added in equal halves to the centres of mass of the two hands (or, without arms, to the body
// that the waist ends in). out is a copy that shares all but the bodies; finish it with posture_load_finish.
enum status posture_load(struct robot_model *out, const struct humanoid *h, double mass, struct error *e);
void        posture_load_finish(struct robot_model *out);
