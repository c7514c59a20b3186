// takt check --fidelities: one layout at event and at body, the same seeds, and by how much they differ.
#pragma once

#include "engine/layout/layout.h"

// Runs `path` SEEDS times at each, for its own time but at most FIDELITIES_FOR (event cares little, body steps every joint), and prints throughput, energy of the robots and
// their difference with its 95 % interval (paired by seed, Student's t). Motion is run too where the layout has a floor. Returns the exit code.
#define FIDELITIES_FOR   (600 * NS_SECOND)
#define FIDELITIES_SEEDS 5
int fidelities_print(const char *path, const struct layout_override *set, int set_count);
