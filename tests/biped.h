// A person-like robot as URDF text, with its sizes and masses free: what tests of legs and gaits walk with.
#pragma once

#include "robots/humanoid.h"
#include "robots/spec.h"

struct biped {
  const char *hip, *ankle;          // order of the axes from the pelvis outwards: "yrp" yaw roll pitch ..., "pr" or "rp"
  double thigh, shank, ankle_height, hip_half;                         // m
  double hip_offset, ankle_offset;  // m    between two hip axes (ahead), two ankle axes (down): 0 closed form
  double trunk, leg_mass, arm_mass; // kg   trunk and head; each leg; each arm
};
struct biped biped_defaults(void);

// The model, limbs and guessed drives of one; asserts on any failure. Give them back with biped_finish.
struct biped_robot { struct robot_model model; struct humanoid humanoid; struct robot_spec spec; };
void biped_make(struct biped_robot *r, const struct biped *b);
void biped_finish(struct biped_robot *r);
