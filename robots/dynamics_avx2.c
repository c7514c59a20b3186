// 4 robots a pass: the kernel over vectors of 4 doubles, compiled for AVX2 whatever the rest is compiled for.
#include "robots/dynamics_lanes.h"

#include <stdint.h>

typedef double  real4 __attribute__((vector_size(32), may_alias));
typedef int64_t integer4 __attribute__((vector_size(32), may_alias));

#define REAL         real4
#define INTEGER      integer4
#define TARGET       __attribute__((target("avx2")))
#define REAL_BITS(x) ((integer4)(x))
#define BITS_REAL(i) ((real4)(i))

#include "robots/dynamics_kernel.h"

bool dynamics_avx2_there(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2");
}

TARGET void dynamics_avx2_pass(const struct robot_model *m, const struct dynamics_columns *c, int r) { kernel_pass(m, c, r); }
