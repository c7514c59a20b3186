// 8 samples a pass: the kernel over vectors of 8 doubles, compiled for AVX-512 whatever the rest is compiled for.
#include "robots/move_lanes.h"

#define LANES 8
#define KERNEL(name) name##_8
#include "robots/drives_kernel.h"

#define MOVE_POWER struct power_8
#define MOVE_DRIVE drive_8
#define REAL_LANES 8
#include "robots/move_kernel.h"

TARGET void move_avx512_pass(struct move_table *t, const struct move_dynamics *d, int k) { move_pass(t, d, k); }

TARGET struct move_drive move_avx512_drive(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double *electrical) {
  return move_drive(t, a, row, r, electrical);
}

TARGET bool move_avx512_bound(const struct move_table *t, const struct actuator *a, int row, const struct move_rates *r, double peak, double u) {
  return move_bound(t, a, row, r, peak, u);
}

TARGET void move_avx512_passed(const struct move_law *l, const double *at, int k, double *when, double *rates, double *seconds) { move_passed(l, at, k, when, rates, seconds); }
