// 8 robots a pass: the kernel over vectors of 8 doubles, compiled for AVX-512 whatever the rest is compiled for.
#include "robots/dynamics_lanes.h"

#define REAL_LANES 8
#include "robots/dynamics_kernel.h"

bool dynamics_avx512_there(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f");
}

TARGET void dynamics_avx512_pass(const struct robot_model *m, const struct dynamics_columns *c, int r) { kernel_pass(m, c, r); }
