// A robot's body as it came (stream/body.h), turned into its own upright frame to be drawn.
#pragma once

#include "stream/frame.h"
#include "viewer/plan.h"

// The body of robot `row`, and its skeleton; NULL when it was not told.
const struct frame_body *pose_body(const struct picture *p, int row);
const struct skeleton   *pose_skeleton(const struct plan *plan, const struct picture *p, int row);

const struct frame_limbs *pose_limbs(const struct picture *p, int row);

// The frame that stands at the robot's place and looks along its heading. False when points and skeleton do not match.
bool pose_of_body(const struct skeleton *s, const struct frame_body *b, float heading, struct skeleton_pose *out);
// Limits, the part in the hands and what holds it, into that pose.
void pose_add_limbs(const struct frame_limbs *l, float heading, struct skeleton_pose *out);
