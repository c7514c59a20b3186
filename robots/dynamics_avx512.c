// 8 robots a pass: the kernel over vectors of 8 doubles, compiled for AVX-512 whatever the rest is compiled for.
#include "robots/dynamics_lanes.h"

#include <stdint.h>

typedef double  real8 __attribute__((vector_size(64), may_alias));
typedef int64_t integer8 __attribute__((vector_size(64), may_alias));

#define REAL         real8
#define INTEGER      integer8
#define TARGET       __attribute__((target("avx512f")))
#define REAL_BITS(x) ((integer8)(x))
#define BITS_REAL(i) ((real8)(i))

#include "robots/dynamics_kernel.h"

bool dynamics_avx512_there(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f");
}

TARGET void dynamics_avx512_pass(const struct robot_model *m, const struct dynamics_columns *c, int r) { kernel_pass(m, c, r); }
