#include "engine/sim/wide.h"

enum status wide_make(const struct twin *t, struct floor *wide, struct error *e) {
  for (int k = 0; k < t->route_sets; k++) {
    int f = 0;
    while (t->fleet[f].routes != k) f++;
    floor_finish(&wide[k]);
    if (floor_init(&wide[k], t->layout, f, 2 * t->fleet[f].radius + FLOOR_PASSING, t->zone_closed, e) == STATUS_MEMORY) return STATUS_MEMORY;
  }
  return STATUS_OK;
}
