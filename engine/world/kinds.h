// The kinds of robots of one layout, loaded once for all its twins: replications, and the processes that run them, share them.
#pragma once

#include "engine/layout/layout.h"
#include "engine/world/kind.h"

struct kinds;

// Load every model of the layout's fleets that has a body and a floor to walk on. assets as for assets_find; threads: for the
// libraries, no figure depends on it. NULL with *e filled when a body is wrong or cannot walk. Constant afterwards.
struct kinds *kinds_load(const struct layout *l, const char *assets, int threads, struct error *e);
void          kinds_destroy(struct kinds *k);                        // takes NULL

// Length in m from which walks are estimated (walk_estimate) instead of solved: 0 at motion, where few are walked twice; 15 at event in a large hall,
// for the same reason; -1: never. Of the layout alone.
double kinds_estimate_from(const struct layout *l);

// True when k holds every body that kinds_load would load for this layout.
bool kinds_cover(const struct kinds *k, const struct layout *l, const char *assets);

int kinds_count(const struct kinds *k);                              // NULL: 0

// The kind that was loaded from this folder; NULL: none, or k is NULL.
const struct kind *kinds_find(const struct kinds *k, const char *folder);
