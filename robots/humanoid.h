// Which parts of a tree are legs, feet, arms and hands, and how the legs are arranged.
//
// Found from the tree itself, or named in robot.yaml (keys feet, hands, sole): the two feet are the ends of the two
// longest like chains that reach the floor at q = 0, the hands the ends of the chains above. Everything that
// walks, reaches or draws a figure asks here; nothing else looks at names.
#pragma once

#include "robots/model.h"

#define LIMB_JOINTS_MAX 16

enum side { LEFT, RIGHT };          // left is +y

struct limb {
  int count;                        // joints from the root outwards
  int joint[LIMB_JOINTS_MAX];
  int body;                         // the last body: foot or hand
};

// Outline of a sole in the foot's body frame turned so that x is ahead and z is up at q = 0 (all m).
struct sole {
  double heel, ball, toe;           // along x from the ankle axis; heel < 0 < ball < toe
  double inner, outer;              // half widths, to either side of the ankle
  double height;                    // of the ankle axis above the sole
};

struct humanoid {
  const struct robot_model *model;  // borrowed
  struct limb  leg[2], arm[2];      // by enum side; arm.count is 0 for a robot without arms
  int          waist_count, waist[LIMB_JOINTS_MAX];   // joints that legs do not share and both arms do
  struct m3    foot_frame[2];       // rotation from "ahead, left, up" to the foot's body frame
  struct sole  sole;
  double       hip_half, thigh, shank;                // m   half distance of the hips; lengths (0 where the leg has another arrangement)
  bool         closed_form;         // hip yaw/roll/pitch meet in one point, knee pitch, ankle pitch/roll meet: closed-form IK applies
  double       leg_length;          // m   hip to sole, stretched
};

// Fill *h. Fails with a sentence (STATUS_REF) when no two legs are found. feet (link names) and sole may be NULL: the feet are
// then found from the tree and the sole is a person's in proportion to the leg (Winter, Biomechanics and Motor Control, 2009).
enum status humanoid_find(struct humanoid *h, const struct robot_model *m, const char *const feet[2], const struct sole *sole, struct error *e);
