// Our own elementary functions: the same bits with every compiler, level and C library.
//
// Errors are below 0.9 ulp over the whole range, 1.01 where the result is subnormal (the tests print
// the worst they meet: log 0.85, exp 0.76, sin and cos 0.84, atan2 0.51, pow 0.75). Only + - * /
// and sqrt are used, which IEEE 754 fixes; build with -ffp-contract=off and without -ffast-math.
#pragma once

#include <emmintrin.h>
#include <stdint.h>

double m_sin(double x);             // any finite x, at full accuracy
double m_cos(double x);
void   m_sincos(double x, double *s, double *c);
double m_atan2(double y, double x);
double m_exp(double x);             // overflow gives infinity, underflow 0
double m_log(double x);             // x > 0; 0 gives -infinity, x < 0 NaN
double m_pow(double x, double y);   // x >= 0, as exp(y log x) with extra bits

// the instruction itself: a call of sqrt would set errno and want libm
static inline double m_sqrt(double x) { return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_set_sd(x), _mm_set_sd(x))); }

static inline double m_floor(double x) {
  if (!(__builtin_fabs(x) < 0x1p52)) return x;          // whole already, or not a number
  double t = (double)(int64_t)x;
  return t == x ? x : t > x ? t - 1 : t;
}

#define M_PI_D 3.14159265358979323846

// The same angle, between -pi and pi.
static inline double m_wrap(double angle) { return angle - 2 * M_PI_D * m_floor(angle / (2 * M_PI_D) + 0.5); }

// Inverse of the standard normal distribution, 0 < p < 1. Wichura, AS 241 (1988), PPND16.
double m_normal_inverse(double p);
