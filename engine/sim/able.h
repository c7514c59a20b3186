// Jobs that no robot can ever do: which, and why. They wait in a list of their own and keep nobody else waiting.
#pragma once

#include "engine/sim/state.h"

// Of the fleets of a flow those that can carry so much, `robots` of them together. People and typed fleets carry anything.
uint64_t able_to_carry(const struct twin *t, uint64_t fleets, double mass, int robots);

// True when nobody who is in the hall, or will be added, can do job j as things stand; why to follow its name.
bool able_never(const struct twin *t, uint32_t j, char *why, size_t size);
