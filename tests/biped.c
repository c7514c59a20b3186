#include "tests/biped.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct text { char data[32768]; int size; };

#define SAY(t, ...) ((t)->size += snprintf((t)->data + (t)->size, sizeof (t)->data - (size_t)(t)->size, __VA_ARGS__))

struct biped biped_defaults(void) {
  return (struct biped){.hip = "yrp", .ankle = "pr", .thigh = 0.42, .shank = 0.43, .ankle_height = 0.08, .hip_half = 0.085,
                        .trunk = 31, .leg_mass = 10, .arm_mass = 2.6};
}

// A rod from its joint down by `length`, centre of mass in the middle.
static void link(struct text *t, const char *side, const char *name, double mass, double length, double ahead) {
  double i = mass * (length * length / 12 + 0.002) + 1e-6;
  SAY(t, "<link name=\"%s%s\"><inertial><mass value=\"%.17g\"/><origin xyz=\"%.17g 0 %.17g\"/>"
         "<inertia ixx=\"%.17g\" iyy=\"%.17g\" izz=\"%.17g\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>\n",
      side, name, mass, ahead, -length / 2, i, i, mass * 0.002 + 1e-6);
}

static void joint(struct text *t, const char *side, const char *name, const char *parent, const char *child, const char *child_side, char axis,
                  double x, double y, double z, double low, double high, double effort) {
  SAY(t, "<joint name=\"%s%s\" type=\"revolute\"><parent link=\"%s\"/><child link=\"%s%s\"/><origin xyz=\"%.17g %.17g %.17g\"/>"
         "<axis xyz=\"%s\"/><limit lower=\"%g\" upper=\"%g\" effort=\"%g\" velocity=\"12\"/></joint>\n",
      side, name, parent, child_side, child, x, y, z, axis == 'y' ? "0 0 1" : axis == 'r' ? "1 0 0" : "0 1 0", low, high, effort);
}

static void leg(struct text *t, const struct biped *b, int s) {
  const char *side = s ? "right_" : "left_";
  char parent[96] = "pelvis", name[64];
  for (int i = 0; i < 3; i++) {
    bool last = i == 2;
    snprintf(name, sizeof name, last ? "thigh" : "hip_%d", i);
    joint(t, side, name, parent, name, side, b->hip[i], i == 1 ? b->hip_offset : 0, i ? 0 : s ? -b->hip_half : b->hip_half, 0, -2.2, 2.2, 300);
    link(t, side, name, last ? 0.6 * b->leg_mass : 0.04 * b->leg_mass, last ? b->thigh : 0, 0);
    snprintf(parent, sizeof parent, "%s%s", side, name);
  }
  joint(t, side, "shank", parent, "shank", side, 'p', 0, 0, -b->thigh, 0, 2.6, 300);
  link(t, side, "shank", 0.22 * b->leg_mass, b->shank, 0);
  snprintf(parent, sizeof parent, "%sshank", side);
  joint(t, side, "ankle", parent, "ankle", side, b->ankle[0], 0, 0, -b->shank, -1.5, 1.5, 300);
  link(t, side, "ankle", 0.01 * b->leg_mass, 0, 0);
  snprintf(parent, sizeof parent, "%sankle", side);
  joint(t, side, "foot", parent, "foot", side, b->ankle[1], 0, 0, -b->ankle_offset, -1.5, 1.5, 200);
  link(t, side, "foot", 0.09 * b->leg_mass, b->ankle_height, 0.05);
}

static void arm(struct text *t, const struct biped *b, int s) {
  const char *side = s ? "right_" : "left_";
  char parent[96] = "torso";
  static const struct { const char *name; char axis; double down, length, mass, low, high; } part[] = {
    {"shoulder_pitch", 'p', 0, 0, 0.05, -3, 3}, {"shoulder_roll", 'r', 0, 0, 0.05, -1.5, 1.5}, {"upper_arm", 'y', 0, 0.28, 0.5, -1.6, 1.6},
    {"forearm", 'p', 0.28, 0.26, 0.25, -2.4, 0}, {"hand", 'p', 0.26, 0.1, 0.15, -1, 1}};
  for (int i = 0; i < 5; i++) {
    joint(t, side, part[i].name, parent, part[i].name, side, part[i].axis, 0, i ? 0 : s ? -0.19 : 0.19, i ? -part[i].down : 0.35, part[i].low, part[i].high, 60);
    link(t, side, part[i].name, part[i].mass * b->arm_mass, part[i].length, 0);
    snprintf(parent, sizeof parent, "%s%s", side, part[i].name);
  }
}

void biped_make(struct biped_robot *r, const struct biped *b) {
  static const char *const feet[2] = {"left_foot", "right_foot"};
  struct sole sole = {.heel = -0.07, .ball = 0.13, .toe = 0.19, .inner = 0.04, .outer = 0.05, .height = b->ankle_height};
  struct text t = {.size = 0};
  SAY(&t, "<?xml version=\"1.0\"?>\n<robot name=\"biped\">\n");
  link(&t, "", "pelvis", 0.25 * b->trunk, -0.1, 0);
  joint(&t, "", "waist", "pelvis", "spine", "", 'y', 0, 0, 0.12, -1, 1, 200);
  link(&t, "", "spine", 0.2, 0, 0);
  joint(&t, "", "lean", "spine", "torso", "", 'p', 0, 0, 0, -0.6, 0.6, 200);
  link(&t, "", "torso", 0.75 * b->trunk, -0.5, 0);
  for (int s = 0; s < 2; s++) leg(&t, b, s), arm(&t, b, s);
  SAY(&t, "</robot>\n");
  assert(t.size < (int)sizeof t.data);

  struct faults f;
  struct error e;
  faults_init(&f, "biped.urdf", t.data, (size_t)t.size);
  enum status status = robot_model_parse(&r->model, t.data, (size_t)t.size, "biped.urdf", &f);
  assert(status == STATUS_OK);
  status = humanoid_find(&r->humanoid, &r->model, feet, &sole, &e);
  assert(status == STATUS_OK);
  status = robot_spec_read(&r->spec, &r->model, NULL, &f);
  assert(status == STATUS_OK);
  faults_finish(&f);
}

void biped_finish(struct biped_robot *r) {
  robot_spec_finish(&r->spec);
  robot_model_finish(&r->model);
}
