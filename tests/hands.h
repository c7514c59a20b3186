// One robot with hands, standing, for the tests of what its arms and hands can do.
#pragma once

#include "engine/world/kind.h"
#include "robots/handling.h"
#include "tests/check.h"

extern struct kind       kind;
extern struct reacher    reacher;
extern struct reach_pose standing;
extern double            foot[2];   // m

extern const struct grip_part cube;           // of 6 cm and 0.3 kg

int hands_load(void **state);
int hands_unload(void **state);

// One picked ahead and to the right, placed 30 cm farther to the left, standing.
struct handling_wish pick_wish(const struct grip_part *part, double height);
