// How a hand holds its part, close up: fingers, the part, contacts with their normals and friction cones.
//
// Seen from above; what lies on the fingers of both hands is seen from ahead. A cone opens by atan(friction) to both sides of the
// normal: the force at the contact stays inside it as long as nothing slips.
#pragma once

#include "viewer/skeleton.h"

// In a box; nothing when no contact is told. Returns whether it drew.
bool grasp_draw(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, float x, float y, float w, float h);
