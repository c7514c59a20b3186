// 8 joints an instruction: the kernel over vectors of 8 doubles, compiled for AVX-512 whatever the rest is compiled for.
#include "robots/reach_step_lanes.h"

#define REAL_LANES 8
#include "robots/reach_step_kernel.h"

TARGET void step_avx512_run(struct step_search *s, int count, int steps) { step_all(s, count, steps); }

TARGET void step_avx512_sines(const double *angle, int count, double *sine, double *cosine) { step_sines_of(angle, count, sine, cosine); }

TARGET void step_avx512_forward(const struct step_limb *l, const double *q, struct v3 *point) {
  struct step_at at;
  step_forward(l, q, &at);
  *point = at.point;
}
