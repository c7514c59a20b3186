// A robot's model as something to draw: bones for viewer/skeleton.h, plates for viewer/plate.h.
#pragma once

#include "robots/gait.h"
#include "robots/humanoid.h"
#include "robots/spec.h"
#include "viewer/plate.h"

// Where each point of the skeleton sits on the model: the root, joints in their order, then made points (hands' ends, head).
struct figure {
  const struct humanoid *humanoid;  // borrowed
  struct skeleton        shape;
  int                    body[SKELETON_POINTS];
  struct v3              offset[SKELETON_POINTS];               // m, in the body's frame
  int                    joint[SKELETON_POINTS];                // row of the model, -1: none
};

// fingers: with them, or hands as one piece.
void figure_make(struct figure *f, const struct humanoid *h, const struct robot_spec *spec, bool fingers);

// The pose in a frame that stands at `at` on the floor and looks along `heading`. bodies: robot_forward's.
void figure_pose(const struct figure *f, const struct body_motion *bodies, struct v3 at, double heading, struct skeleton_pose *out);

// Flexion of hip, knee and ankle (rad) of a leg, in the plane of the pelvis that looks ahead.
void figure_angles(const struct humanoid *h, enum side side, const struct body_motion *bodies, double out[3]);

// The plates as PNG: the robot as it stands; one stride of a gait.
enum status figure_body_png(const struct humanoid *h, const struct robot_spec *spec, const char *path, struct error *e);
enum status figure_stride_png(const struct humanoid *h, const struct robot_spec *spec, const struct gait *g, const struct gait_report *r,
                              const char *path, struct error *e);
