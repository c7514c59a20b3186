// Standing: the pose in which a walk begins and ends, its power, and how far it can lean.
#pragma once

#include "robots/trajectory.h"

struct stand {
  double width;                     // m   between the ankles
  double pelvis_height;             // m   of the root's origin above the floor
  double pelvis_back;               // m   the root's origin behind the middle of the ankles, so that the centre of mass is at cop_x
  double cop_x;                     // m   of the centre of mass ahead of the ankles
  double com_height;                // m   of the centre of mass above the floor
  double knee;                      // rad bend of the knees
  int    joints;
  double *q;                        // rad pose, arms hanging (joints)
};

// Pose of the robot (model: with or without a load): knees bent by `knee`, feet under the hips, arms hanging, centre of mass above
// the middle of the soles. STATUS_RANGE when the legs cannot reach.
enum status stand_make(struct stand *s, const struct humanoid *h, const struct robot_model *model, double knee, struct error *e);
void        stand_finish(struct stand *s);
