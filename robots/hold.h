// Holding a pose on both feet: the torques, and the power that standing still takes.
//
// Statics: each foot carries half of the weight, straight up, at a place on its sole such that the two together are below the
// centre of mass. Forces that the feet could press against each other along the floor are taken as none. Drives
// hold by current, helped by static friction (robots/actuator.h); every drive is enabled.
#pragma once

#include "robots/dynamics.h"
#include "robots/heat.h"
#include "robots/humanoid.h"
#include "robots/spec.h"

struct hold {
  struct v3     com;                          // m    world
  struct v3     pressure[2];                  // m    where each foot carries, on the floor, world; by enum side
  struct wrench residual;                     //      what inverse dynamics still wants of the root: nothing but rounding
  double        tau[ROBOT_JOINTS_MAX];        // N m
  double        joint_power[ROBOT_JOINTS_MAX];// W    electrical at 25 degC, without the drive's own electronics
  double        winding[ROBOT_JOINTS_MAX];    // degC for ever in this pose in air of `ambient`; infinity: runs away
  double        joints;                       // W    sum of joint_power
  double        power;                        // W    from the pack: joints, enabled drives and electronics
};

// base and q: the pose, at rest. model is the humanoid's own or a copy with a load.
void hold_pose(struct hold *out, const struct humanoid *h, const struct robot_model *model, const struct robot_spec *spec,
               const struct base_motion *base, const double *q, double ambient);

// True when both places of pressure lie in their soles: the pose can be held.
bool hold_stands(const struct hold *p, const struct humanoid *h, const struct base_motion *base, const double *q);
