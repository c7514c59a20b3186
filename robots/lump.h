// The rows of a model in which some joints stand still: what they carry is part of the body that carries them.
//
// For inverse dynamics of motions in which they do not move (robots/dynamics.h); the torques of the joints that are left are the same. Loads
// hang where they hang on the model's bodies.
#pragma once

#include "robots/model.h"

struct lump {
  int              count;                               // joints that move
  int              joint[ROBOT_JOINTS_MAX];             // of the model, each of them
  int              place[ROBOT_JOINTS_MAX];             // of each of the model's: its place here, -1: stands still
  int              body[ROBOT_JOINTS_MAX + 1];          // of each of the model's: the one here that carries it
  struct robot_joint joints[ROBOT_JOINTS_MAX];          // (count)
  struct robot_body bodies[ROBOT_JOINTS_MAX + 1];       // (count + 1)
  struct robot_row row[ROBOT_JOINTS_MAX + 1];           // (count + 1)
};

// moves and q (rad, of those that do not) have an entry a joint.
void lump_make(struct lump *out, const struct robot_model *m, const bool *moves, const double *q);

// As a model without links, for robots/dynamics.h; good as long as the lump.
static inline struct robot_model lump_model(const struct lump *l) {
  return (struct robot_model){.joint_count = l->count, .joint = (struct robot_joint *)l->joints, .body = (struct robot_body *)l->bodies, .row = (struct robot_row *)l->row};
}
