// 8 samples a pass: the kernel over vectors of 8 doubles, compiled for AVX-512 whatever the rest is compiled for.
#include "robots/leg_lanes.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

typedef double  real8 __attribute__((vector_size(64), may_alias));
typedef int64_t integer8 __attribute__((vector_size(64), may_alias));

#define REAL            real8
#define INTEGER         integer8
#define TARGET          __attribute__((target("avx512f")))
#define REAL_BITS(x)    ((integer8)(x))
#define BITS_REAL(i)    ((real8)(i))
#define REAL_OF(x)      ((x) - (real8){0})                            // not +: that would lose the sign of -0
#define REAL_SQRT(x)    ((real8)_mm512_sqrt_pd((__m512d)(x)))
#define REAL_LESS(a, b) ((integer8)((a) < (b)))

#include "robots/leg_kernel.h"

TARGET void leg_avx512_pass(const struct leg *l, const struct leg_columns *c, int k, double *beyond, int64_t *damped) {
  lane_pass(l, c, k, beyond, damped);
}

TARGET void leg_avx512_wrench_pass(const struct leg *l, const struct leg_wrenches *c, int k) { lane_wrench_pass(l, c, k); }
