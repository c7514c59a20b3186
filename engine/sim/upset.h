// Robots that are thrown off their balance: pushes and bumps, slips, stumbles, and what they do about them.
//
// One door: an impulse on a body. A horizontal impulse J at height h above the floor turns the body about its feet; balance keeps the trunk
// upright, so the floor answers until J h = m v z, and the capture point of robots/balance.h jumps by
//
//     J h / (m z w)           J / (m w) for a push at the height z of the centre of mass
//
// The answer is the ankles', then capture steps, else a fall. Impulses between two steps of the bodies add up and act in the next one.
#pragma once

#include "engine/sim/state.h"

// Push robot i by an impulse (N s, axes of the hall) at `height` (m above the floor under it). Bumps, slips, stumbles and contacts of the
// floor all come through here. Nothing happens to a robot that is not in the hall, lies, or has no body that is stepped.
// Never call it from within body_rows_step.
void body_push(struct twin *t, int32_t i, const double impulse[2], double height);
