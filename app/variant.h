// A layout made ready to be run again and again: read with overrides, its numbers named, its bodies loaded, and a digest of
// everything that a run of it depends on.
#pragma once

#include "engine/measure/result.h"
#include "engine/world/kinds.h"
#include "study/store.h"

struct variant {
  struct layout       layout;
  struct arena        arena;
  struct result_index index;
  struct kinds       *kinds;        // NULL: walks by figures
  bool                borrows;      // kinds are another one's
  char                digest[17];   // of layout, models and program; not of how many replications are asked for
};

// Read it; faults are on stderr (warnings unless quiet). 0 or the exit code. variant_close takes an empty one too.
int  variant_open(struct variant *v, const char *path, const struct layout_override *set, int count, bool quiet);
// Load the bodies that its robots walk by, or borrow those of `like` (may be NULL) when they are the same; only then it can be run.
int  variant_load(struct variant *v, const struct variant *like, int threads);
void variant_close(struct variant *v);

// What the store keeps of it.
struct store_config variant_config(const struct variant *v, const char *path, const char *settings);

struct kept;
// One finished replication as a row of the store.
struct store_run variant_run(const struct variant *v, uint32_t number, const struct kept *k);
