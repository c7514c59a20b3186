// Standing: the pose in which every walk begins and ends.
//
// Feet side by side below the hips, soles flat, knees bent a little, arms as the load wants them, and the centre of mass above the
// middle of the soles. A robot's place is the floor below its root's origin; the ankles are `ankle_x` ahead of it.
#pragma once

#include "robots/posture.h"

#define STAND_KNEE 0.15             // rad  bend of the knees; a guess: as a person's

#define STAND_KNEE_NUMERIC 0.35     // rad  of legs without closed form, which do not settle when nearly straight; a guess

struct stand {
  double half_width;                // m   of an ankle from the middle
  double root_height;               // m   of the root's origin above the floor
  double ankle_x, ankle_y;          // m   of the ankles' middle ahead of and left of the root's origin (y: a lopsided body)
  double rest;                      // m   of the centre of mass, and of the pressure, ahead of the ankles
  double com_height;                // m   above the floor
  double q[ROBOT_JOINTS_MAX];       // rad
};

// model: the humanoid's own, or a copy with a load (posture_load). STATUS_RANGE when the legs do not reach the pose.
enum status stand_find(struct stand *s, const struct humanoid *h, const struct robot_model *model, const struct posture *posture, struct error *e);
