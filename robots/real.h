// The number type that a kernel is compiled over: a double, or a vector of REAL_LANES doubles, one robot or sample a lane.
//
// Kernels include this; the source file that makes a width defines REAL_LANES as 4 (AVX2) or 8 (AVX-512) first, nothing for 1. Every operation below is exact or
// exactly rounded, so that a lane has the bits of the double.
//   REAL, INTEGER              the number type and the integers of its bits
//   TARGET                     attribute of functions, for the instruction set
//   REAL_BITS(x), BITS_REAL(i) the same bits as the other type
//   REAL_OF(x)                 a double, in every lane
//   REAL_SQRT(x)               square root
//   REAL_LESS(a, b)            all bits set where a < b
//   REAL_ANY(i)                whether any lane of such a mask is set
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/maths.h"

#ifndef REAL_LANES
  #define REAL_LANES 1
#endif

#if REAL_LANES == 1

#define REAL            double
#define INTEGER         int64_t
#define TARGET
#define REAL_BITS(x)    real_bits(x)
#define BITS_REAL(i)    bits_real(i)
#define REAL_OF(x)      ((double)(x))
#define REAL_SQRT(x)    m_sqrt(x)
#define REAL_LESS(a, b) (-(int64_t)((a) < (b)))
#define REAL_ANY(i)     ((i) != 0)

static inline int64_t real_bits(double x) { int64_t i; memcpy(&i, &x, sizeof i); return i; }
static inline double  bits_real(int64_t i) { double x; memcpy(&x, &i, sizeof x); return x; }

#else

#include <immintrin.h>

typedef double  real_lanes __attribute__((vector_size(8 * REAL_LANES), may_alias));
typedef int64_t integer_lanes __attribute__((vector_size(8 * REAL_LANES), may_alias));

#define REAL            real_lanes
#define INTEGER         integer_lanes
#define REAL_BITS(x)    ((integer_lanes)(x))
#define BITS_REAL(i)    ((real_lanes)(i))
#define REAL_OF(x)      ((x) - (real_lanes){0})                        // not +: that would lose the sign of -0
#define REAL_LESS(a, b) ((integer_lanes)((a) < (b)))
#if REAL_LANES == 4
  #define TARGET        __attribute__((target("avx2")))
  #define REAL_SQRT(x)  ((real_lanes)_mm256_sqrt_pd((__m256d)(x)))
  #define REAL_ANY(i)   (_mm256_movemask_pd((__m256d)(i)) != 0)
#elif REAL_LANES == 8
  #define TARGET        __attribute__((target("avx512f")))
  #define REAL_SQRT(x)  ((real_lanes)_mm512_sqrt_pd((__m512d)(x)))
  #define REAL_ANY(i)   (_mm512_test_epi64_mask((__m512i)(i), (__m512i)(i)) != 0)
#else
  #error "REAL_LANES is 1, 4 or 8"
#endif

#endif
