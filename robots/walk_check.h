// What a solved motion demands of floor and drives, sample by sample.
#pragma once

#include "robots/walker.h"

// Fill faults, margin, friction, power of every sample and cost.energy of w from a solved trajectory. t may carry a load.
void walk_check(struct walk *w, const struct trajectory *t, double friction);
