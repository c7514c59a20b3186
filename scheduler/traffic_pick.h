// The cheapest few of many tasks on a grid for a robot that stands somewhere, where a task costs   way to its first errand + length.
//
// Tasks lie in square patches of a few each, and a patch knows its shortest task, so a robot looks at patches in growing rings only as long
// as one could still hold something cheaper than what it has: of 15,000 tasks some hundred are looked at, not all.
//
// Same tasks, same order: same answer. Nothing here allocates but pick_create. Private to scheduler/traffic*.c.
#pragma once

#include <stdint.h>

struct pick { double cost; int32_t row; };

struct patches;

struct patches *pick_create(int32_t width, int32_t height, int32_t tasks_max);      // NULL: out of memory
void            pick_destroy(struct patches *p);                                    // takes NULL

// Tasks 0 .. n - 1 whose first errand is at (x, y); length: added to the way. Borrowed until the next call.
void pick_fill(struct patches *p, int32_t n, const int32_t *x, const int32_t *y, const double *length);

// The `most` cheapest from (x, y), a cell of the way costs `unit`; fewer when there are fewer. In no order. Returns how many.
int32_t pick_cheapest(const struct patches *p, int32_t x, int32_t y, double unit, int32_t most, struct pick *out);
