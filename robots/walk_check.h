// What a solved motion demands of floor and drives, sample by sample.
#pragma once

#include "robots/walker.h"

// Fill faults, margin, friction, power of every sample and cost.energy of w from a solved trajectory, sample by sample. t may carry a load.
void walk_check(struct walk *w, const struct trajectory *t, double friction);

// The same power alone: W from the battery of each sample of t, (t->n).
void walk_power(double *power, const struct trajectory *t, const struct robot_spec *spec);
