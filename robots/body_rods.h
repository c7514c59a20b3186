// Limbs as rods with round ends (robots/rod.h): what may not go through each other when hands are at work.
//
// Radii are those of the cylinders that the URDF of optimus-gen2 draws; of other bodies they are guesses, as shapes of a URDF are not read. Fingers, upper arms and feet are left out.
#pragma once

#include "robots/reach.h"
#include "robots/rod.h"

#define BODY_RODS_MAX (1 + HAND_FINGERS_MAX)       // of one limb

// Forearm and palm: a palm is the bones from the wrist to each finger's root. Returns how many.
int body_rods_arm(const struct reacher *r, enum side side, const struct reach_pose *p, struct rod out[BODY_RODS_MAX]);
// Thigh and shank.
int body_rods_leg(const struct reacher *r, enum side side, const struct reach_pose *p, struct rod out[2]);

// Between the nearest two, m; below 0 they are inside each other by so much. Infinity: there are none.
double body_rods_apart(const struct rod *p, int p_count, const struct rod *q, int q_count);
