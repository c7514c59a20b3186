// A solved walk as a picture: getting going and coming to rest from the side, footsteps, speed, force and power.
#pragma once

#include "robots/spec.h"
#include "robots/walker.h"

enum status figure_way_png(const struct humanoid *h, const struct robot_spec *spec, const struct walk *w, double jog, const char *path, struct error *e);
