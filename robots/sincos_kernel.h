// Sine and cosine over a number type, for every kernel and width.
#pragma once

#include "robots/real.h"

// Sine and cosine, within 1.5 ulp for |x| <= 4 and 2.4 ulp for |x| <= 1e5 (20 million points against long double): Cody & Waite's reduction by quarters with pi/2 in three parts, polynomials of
// degree 13 and 14 with the coefficients of Sun's fdlibm (1993). No branch, no table: the lanes stay together.
TARGET static inline void kernel_sincos(REAL x, REAL *s, REAL *c) {
  const double magic = 6755399441055744.0;                             // 1.5 2^52: rounds to whole numbers
  REAL k = x * 6.36619772367581382433e-01 + magic;
  INTEGER quarter = REAL_BITS(k);
  k = k - magic;
  REAL r = ((x - k * 1.57079632673412561417e+00) - k * 6.07710050630396597660e-11) - k * 2.02226624879595063154e-21;
  REAL z = r * r;
  REAL odd = r + r * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 +
             z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))));
  REAL even = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 +
              z * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  REAL half = 0.5 * z, one = 1.0 - half;
  even = one + (((1.0 - one) - half) + z * even);
  // odd quarters change places, the signs are those of the circle
  const long long sign = -0x7fffffffffffffffll - 1;
  INTEGER swap = -(quarter & 1), sine_sign = -((quarter >> 1) & 1) & sign, cosine_sign = -(((quarter + 1) >> 1) & 1) & sign;
  INTEGER a = REAL_BITS(odd), b = REAL_BITS(even);
  *s = BITS_REAL(((a & ~swap) | (b & swap)) ^ sine_sign);
  *c = BITS_REAL(((b & ~swap) | (a & swap)) ^ cosine_sign);
}
