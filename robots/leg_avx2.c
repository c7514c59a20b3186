// 4 samples a pass: the kernel over vectors of 4 doubles, compiled for AVX2 whatever the rest is compiled for.
#include "robots/leg_lanes.h"

#include <stddef.h>

#define REAL_LANES 4
#include "robots/leg_kernel.h"

TARGET void leg_avx2_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped) {
  lane_pass(l, c, k, beyond, damped);
}

TARGET void leg_avx2_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k) { lane_wrench_pass(l, c, k); }

TARGET void leg_avx2_solve(const struct leg *l, const struct m3 *rotation, const struct v3 *position, int count, double (*q)[LIMB_JOINTS_MAX], double *beyond) {
  struct lane_matrix r;
  struct lane_vector p;
  struct lane_leg at;
  REAL angle[6];
  for (int e = 0; e < 9; e++) r.m[e] = REAL_OF(rotation->m[e]);
  for (int i = 0; i < 4; i++) {
    const struct v3 *own = &position[i < count ? i : count - 1];
    ((double *)&p.x)[i] = own->x, ((double *)&p.y)[i] = own->y, ((double *)&p.z)[i] = own->z;
  }
  REAL out = lane_solve(l, &r, p, angle, &at);
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < 6; k++) q[i][k] = ((const double *)&angle[k])[i];
    beyond[i] = ((const double *)&out)[i];
  }
}
