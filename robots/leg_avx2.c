// 4 samples a pass: the kernel over vectors of 4 doubles, compiled for AVX2 whatever the rest is compiled for.
#include "robots/leg_lanes.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

typedef double  real4 __attribute__((vector_size(32), may_alias));
typedef int64_t integer4 __attribute__((vector_size(32), may_alias));

#define REAL            real4
#define INTEGER         integer4
#define TARGET          __attribute__((target("avx2")))
#define REAL_BITS(x)    ((integer4)(x))
#define BITS_REAL(i)    ((real4)(i))
#define REAL_OF(x)      ((x) - (real4){0})                            // not +: that would lose the sign of -0
#define REAL_SQRT(x)    ((real4)_mm256_sqrt_pd((__m256d)(x)))
#define REAL_LESS(a, b) ((integer4)((a) < (b)))

#include "robots/leg_kernel.h"

TARGET void leg_avx2_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped) {
  lane_pass(l, c, k, beyond, damped);
}

TARGET void leg_avx2_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k) { lane_wrench_pass(l, c, k); }
