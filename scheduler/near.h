// Points in a grid of cells: those near a point, in rings of growing distance.
//
// Cells are squares with about two points each. near_begin fills them (O(points)); near_next gives the points of one
// ring of cells after the other. Nothing here allocates but near_create.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct near;
struct near *near_create(int32_t points_max);       // NULL: out of memory
void         near_destroy(struct near *g);          // takes NULL

// Points at[0 .. n - 1], borrowed until the next call.
void near_fill(struct near *g, const double (*at)[2], int32_t n);

// The walk over rings around a point.
struct near_walk { const struct near *grid; double at[2]; int32_t x, y, ring; };
struct near_walk near_begin(const struct near *g, const double at[2]);
// The points of the next ring that are no farther than `reach` m (infinite: all): at most `max` into row, which has room for one more;
// returns how many; -1 when all have been given. *least is a distance in m that no point of this ring or a later one falls below.
int32_t near_next(struct near_walk *w, double reach, int32_t *row, int32_t max, double *least);
