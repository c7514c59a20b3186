// What a sweep varies: values of the layout by path, each with a list, and all their combinations.
//
//   robots.sorters.count=4..10          whole numbers, one apart
//   stations.belt.speed=0.2,0.25,0.3    as they would stand in the layout; a comma inside ( ), [ ], { } or quotes does not part
#pragma once

#include "base/arena.h"
#include "base/status.h"

#define VARY_MAX          16        // paths
#define VARY_VARIANTS_MAX 100000

struct vary { const char *path; int count; const char **value; };

struct grid {
  struct arena arena;
  int          varies;
  struct vary  vary[VARY_MAX];
  int          variants;            // product of the counts, at least 1
};

// Read "PATH=VALUE,VALUE..." count times. STATUS_SYNTAX or STATUS_LIMIT with a sentence in *e.
enum status grid_read(struct grid *g, const char *const *text, int count, struct error *e);
void        grid_finish(struct grid *g);

// Value of path k in a variant (from 0); the last path changes fastest.
const char *grid_value(const struct grid *g, int variant, int k);
int         grid_index(const struct grid *g, int variant, int k);
// The variant of these indices.
int         grid_variant(const struct grid *g, const int *index);

// "robots.sorters.count=8 stations.belt.speed=0.3"; "as it is" when nothing is varied. Returns out.
const char *grid_settings(const struct grid *g, int variant, char *out, size_t size);
