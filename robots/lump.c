#include "robots/lump.h"

#include <string.h>

// Steiner: the inertia of a point mass at r.
static void add_point(struct m3 *inertia, struct v3 r, double mass) {
  double d = v3_dot(r, r), x[3] = {r.x, r.y, r.z};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) inertia->m[3 * i + k] += mass * ((i == k ? d : 0) - x[i] * x[k]);
}

// `more`, turned and moved, becomes part of `body`.
static void merge(struct robot_body *body, const struct robot_body *more, const struct m3 *rotation, struct v3 origin) {
  double mass = body->mass + more->mass;
  if (!(mass > 0)) return;
  struct v3 com = v3_add(origin, m3_apply(rotation, more->com));
  struct m3 turned = m3_product(m3_product(*rotation, more->inertia), m3_transpose(*rotation));
  struct v3 both = v3_scale(v3_add(v3_scale(body->com, body->mass), v3_scale(com, more->mass)), 1 / mass);
  for (int i = 0; i < 9; i++) body->inertia.m[i] += turned.m[i];
  add_point(&body->inertia, v3_sub(body->com, both), body->mass);
  add_point(&body->inertia, v3_sub(com, both), more->mass);
  body->mass = mass;
  body->com = both;
}

void lump_make(struct lump *out, const struct robot_model *m, const bool *moves, const double *q) {
  struct robot_joint *joint = out->joints;
  struct robot_body *body = out->bodies, alone[ROBOT_JOINTS_MAX + 1];
  struct m3 rotation[ROBOT_JOINTS_MAX + 1];             // of each body in that which carries it
  struct v3 origin[ROBOT_JOINTS_MAX + 1];
  memset(out, 0, sizeof *out);
  body[0] = alone[0] = m->body[0];
  rotation[0] = m3_identity();
  origin[0] = v3(0, 0, 0);
  for (int i = 0; i < m->joint_count; i++) {
    struct robot_joint j = m->joint[i];
    int up = j.parent;
    j.origin = v3_add(origin[up], m3_apply(&rotation[up], j.origin));
    j.rotation = m3_product(rotation[up], j.rotation);
    j.parent = out->body[up];
    out->place[i] = -1;
    if (moves[i]) {
      int k = out->count++;
      j.mimic = -1;
      joint[k] = j;
      body[k + 1] = alone[k + 1] = m->body[i + 1];
      rotation[i + 1] = m3_identity();
      origin[i + 1] = v3(0, 0, 0);
      out->joint[k] = i;
      out->place[i] = k;
      out->body[i + 1] = k + 1;
      continue;
    }
    struct v3 along = v3(j.rotation.m[2], j.rotation.m[5], j.rotation.m[8]);
    bool slides = j.kind == JOINT_PRISMATIC;
    origin[i + 1] = slides ? v3_mul_add(j.origin, along, q[i]) : j.origin;
    rotation[i + 1] = slides ? j.rotation : m3_product(j.rotation, m3_rotation_z(q[i]));
    out->body[i + 1] = j.parent;
    merge(&body[j.parent], &m->body[i + 1], &rotation[i + 1], origin[i + 1]);
  }
  // loads hang at a body's own centre of mass, whatever became part of it
  double com[ROBOT_JOINTS_MAX + 1][3];
  struct robot_model whole = {.joint_count = out->count, .joint = joint, .body = alone, .row = out->row};
  robot_model_pack(&whole);
  for (int i = 0; i <= out->count; i++) memcpy(com[i], out->row[i].com, sizeof com[i]);
  whole.body = body;
  robot_model_pack(&whole);
  for (int i = 0; i <= out->count; i++) memcpy(out->row[i].com, com[i], sizeof com[i]);
}
