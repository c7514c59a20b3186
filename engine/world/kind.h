// A kind of robot with its whole body: one for each model that a layout names, shared by all robots of it.
//
// Made when the layout is loaded, from the model's folder (NAME.urdf and robot.yaml): the tree, drives, limbs, the one
// calibrated factor, and the library of what it can do on its legs. Constant afterwards.
#pragma once

#include "robots/drives.h"
#include "robots/library.h"
#include "robots/reach.h"

struct kind {
  char                folder[1024]; // or the address of a revision: robots/revision.h
  struct robot_model  model;
  struct robot_spec   spec;
  struct humanoid     humanoid;     // borrows model
  struct gait_library library;      // borrows humanoid and spec
  struct reacher      reacher;      // borrows humanoid and spec, when it reaches
  bool                reaches;      // it has arms
};

// Fill *k. The place must stay where it is: its parts point at each other. threads: for the library. Errors say which file is
// wrong and where; *k is then empty. kind_finish takes an empty one too.
enum status kind_load(struct kind *k, const char *folder, int threads, struct error *e);
// What estimates of its walks need too (robots/walker.h: walk_estimate), when it is not known yet.
enum status kind_estimates(struct kind *k, int threads, struct error *e);
// Its jogs too, when its model runs (running in robot.yaml) and they are not known yet.
enum status kind_jogs(struct kind *k, int threads, struct error *e);
// Only what drawing needs: neither calibrated nor with a library.
enum status kind_load_body(struct kind *k, const char *folder, struct error *e);
void        kind_finish(struct kind *k);

// True when the folder has a body: a URDF of its own name.
bool kind_there(const char *folder);
