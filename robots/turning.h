// How far feet may turn against each other, from the hips' range and the outline of the soles.
//
// A person who turns opens the outer foot and brings the other one past it, toe in. Two feet side by side on one body, one of
// them turned against the other by a and the body half way between: toes meet when a closes, heels when it opens,
//
//     toe  sin(a/2) + inner cos(a/2) = d / 2        heel sin(a/2) + inner cos(a/2) = d / 2,     d between the ankles
#pragma once

#include "robots/humanoid.h"

struct turning {
  double open, close;               // rad  of the foot that lands against the one that stands: toes out, toes in
};

// half: m, of an ankle from the middle. Both at least TURNING_LEAST.
struct turning turning_of(const struct humanoid *h, double half);

#define TURNING_LEAST 0.05          // rad
