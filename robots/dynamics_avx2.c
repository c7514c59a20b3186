// 4 robots a pass: the kernel over vectors of 4 doubles, compiled for AVX2 whatever the rest is compiled for.
#include "robots/dynamics_lanes.h"

#define REAL_LANES 4
#include "robots/dynamics_kernel.h"

bool dynamics_avx2_there(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2");
}

TARGET void dynamics_avx2_pass(const struct robot_model *m, const struct dynamics_columns *c, int r) { kernel_pass(m, c, r); }
