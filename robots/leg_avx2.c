// 4 samples a pass: the kernel over vectors of 4 doubles, compiled for AVX2 whatever the rest is compiled for.
#include "robots/leg_lanes.h"

#include <stddef.h>

#define REAL_LANES 4
#include "robots/leg_kernel.h"

TARGET void leg_avx2_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped) {
  lane_pass(l, c, k, beyond, damped);
}

TARGET void leg_avx2_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k) { lane_wrench_pass(l, c, k); }
