// The pace of a fleet against what its model does.
#pragma once

#include "engine/layout/layout.h"
#include "engine/world/kind.h"

// Is a fleet's pace one that its model, which walks at `walk` m/s, can go? STATUS_RANGE with a sentence: it does not go that fast, or neither walks nor
// jogs at that speed. k: with its jogs; NULL for a model without a body.
enum status pace_check(const struct layout *l, int fleet, double walk, const struct kind *k, struct error *e);
