// Random robots for tests, written as URDF and read like any other.
#pragma once

#include "base/random.h"
#include "robots/model.h"

// A tree of `links` links, fixed, revolute and prismatic joints about any axes, physical inertias. The caller finishes it.
void tree_model(struct robot_model *m, struct stream *s, int links);

// Its text, owned by the caller; and any text that must be right.
char *tree_text(struct stream *s, int links);
void  tree_parse(struct robot_model *m, const char *text);

// A pendulum of `count` rods in a row: joints about y, each rod of `length` m and `mass` kg with its middle below the joint,
// slender (inertia m l^2 / 12 across). Hangs down at q = 0 from a root without mass worth speaking of.
void tree_pendulum(struct robot_model *m, int count, double length, double mass);
