#include "base/maths.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/maths_tables.h"

// ---- bits and exact sums -----------------------------------------------------------------------

static inline uint64_t bits_of(double x) {
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

static inline double of_bits(uint64_t b) {
  double x;
  memcpy(&x, &b, sizeof x);
  return x;
}

#define SIGN_BIT  (UINT64_C(1) << 63)
#define INFINITE  of_bits(UINT64_C(0x7FF) << 52)
#define ROUNDER   0x1.8p52          // adding it rounds to a whole number, which the low bits then hold

static inline double m_abs(double x) { return of_bits(bits_of(x) & ~SIGN_BIT); }
static inline double with_sign(double x, double sign) {
  return of_bits((bits_of(x) & ~SIGN_BIT) | (bits_of(sign) & SIGN_BIT));
}

// A sum of two doubles, |low| at most half an ulp of high.
struct pair { double high, low; };

// a + b exactly. Knuth.
static inline struct pair sum_of(double a, double b) {
  double s = a + b, v = s - a;
  return (struct pair){s, (a - (s - v)) + (b - v)};
}

// a * b exactly. Dekker 1971, with Veltkamp's split into 26 and 27 bits.
static inline struct pair product_of(double a, double b) {
  double p = a * b;
  double ta = 0x1.0000002p27 * a, ah = ta - (ta - a), al = a - ah;
  double tb = 0x1.0000002p27 * b, bh = tb - (tb - b), bl = b - bh;
  return (struct pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

// ---- logarithm ---------------------------------------------------------------------------------

#define LN2_HIGH  0x1.62e42fefa3800p-1        // 42 bits behind the point: k times it is exact
#define LN2_LOW   0x1.ef35793c76730p-45
#define LOG_FROM  UINT64_C(0x3FE6000000000000)// 0.6875

// x = 2^k z, z in [0.6875, 1.375); log x = k ln 2 + log c + log(1 + (z - c)/c), z - c is exact.
struct log_parts { double z, k; const struct log_row *row; };

static inline struct log_parts log_split(uint64_t bits) {
  uint64_t t = bits - LOG_FROM;
  int64_t  k = (int64_t)t >> 52;
  return (struct log_parts){of_bits(bits - ((uint64_t)k << 52)), (double)k, &log_table[t >> 45 & 127]};
}

// What the fast path of m_log leaves: zero, negative, infinite, NaN, subnormal.
static double log_special(double x) {
  if (x == 0) return -INFINITE;
  if (!(x > 0)) return x < 0 ? (x - x) / 0.0 : x;
  if (x == INFINITE) return x;
  return m_log(x * 0x1p54) - 54 * LN2_HIGH - 54 * LN2_LOW;
}

double m_log(double x) {
  uint64_t bits = bits_of(x);
  if (__builtin_expect(bits - (UINT64_C(1) << 52) >= (UINT64_C(0x7FE) << 52), 0)) return log_special(x);
  struct log_parts p = log_split(bits);

  // series of log(1 + r) to r^8, |r| < 2^-7
  double r  = (p.z - p.row->c) * p.row->inverse, r2 = r * r;
  double q  = (-1.0 / 2 + r * (1.0 / 3)) + r2 * (-1.0 / 4 + r * (1.0 / 5));
  double t  = (-1.0 / 6 + r * (1.0 / 7)) + r2 * (-1.0 / 8);
  double w  = p.k * LN2_HIGH + p.row->log_high;
  double hi = w + r;
  double lo = (w - hi + r) + (p.k * LN2_LOW + p.row->log_low);
  return hi + (lo + r2 * (q + (r2 * r2) * t));
}

// log x to about 2^-68, for x positive, finite and normal.
static struct pair log_pair(double x) {
  struct log_parts p = log_split(bits_of(x));

  // r = (z - c)/c as a pair
  double dz = p.z - p.row->c, c = p.row->c;
  double rh = dz * p.row->inverse;
  struct pair back = product_of(rh, c);
  double rl = ((dz - back.high) - back.low) * p.row->inverse;

  // r^2 as a pair; the rest of the series needs no more than a double
  struct pair r2 = product_of(rh, rh);
  double r   = rh;
  double s2  = r2.high;
  double q   = (1.0 / 3 + r * (-1.0 / 4)) + s2 * (1.0 / 5 + r * (-1.0 / 6));
  double t   = (1.0 / 7 + r * (-1.0 / 8)) + s2 * (1.0 / 9 + r * (-1.0 / 10));
  double low = rl * (1 - r) - 0.5 * r2.low + r * s2 * (q + (s2 * s2) * t);

  struct pair a = sum_of(p.k * LN2_HIGH + p.row->log_high, rh);
  struct pair b = sum_of(a.high, -0.5 * s2);
  low += a.low + b.low + (p.k * LN2_LOW + p.row->log_low);
  return sum_of(b.high, low);
}

// ---- exponential -------------------------------------------------------------------------------

#define EXP_INVERSE 0x1.71547652b82fep+7      // 128 / ln 2
#define EXP_HIGH    0x1.62e42fef80000p-8      // ln 2 / 128, 41 bits behind the point
#define EXP_LOW     0x1.1cf79abc9e3b4p-43

// exp(x + low) for |x| < 800: x = k ln 2 / 128 + r, 2^(k/128) from the table.
static inline double exp_of(double x, double low) {
  double   shifted = x * EXP_INVERSE + ROUNDER;
  uint64_t index   = bits_of(shifted);
  double   k       = shifted - ROUNDER;
  double   r       = (x - k * EXP_HIGH) - k * EXP_LOW + low;
  double   r2      = r * r;
  const struct exp_row *row = &exp_table[index & 127];
  double   t = row->low + r + r2 * ((0.5 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120)));
  if (__builtin_expect(m_abs(x) < 690, 1)) {
    double scale = of_bits(bits_of(row->high) + (index >> 7 << 52));
    return scale + scale * t;
  }
  // near the ends of the range (scale * t must stay normal): two steps of scaling, of which the last alone can round
  int64_t n = ((int64_t)k - (int64_t)(index & 127)) / 128, half = n / 2;
  double y = row->high + row->high * t;
  return y * of_bits((uint64_t)(1023 + half) << 52) * of_bits((uint64_t)(1023 + n - half) << 52);
}

double m_exp(double x) {
  if (__builtin_expect(!(m_abs(x) < 745.2), 0)) {
    if (x != x) return x;
    return x > 0 ? INFINITE : 0;
  }
  return exp_of(x, 0);
}

double m_pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return x + y;
  if (x < 0) return (x - x) / 0.0;
  bool grows = (x > 1) == (y > 0);
  if (x == 0 || x == INFINITE) return grows ? INFINITE : 0;
  if (m_abs(y) > 0x1p64) return grows ? INFINITE : 0;
  if (m_abs(y) < 0x1p-70) return 1;

  double k = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    k  = -54;
  }
  struct pair l = log_pair(x);
  if (k != 0) {
    struct pair s = sum_of(l.high, k * LN2_HIGH);
    l = sum_of(s.high, s.low + (l.low + k * LN2_LOW));
  }
  struct pair p = product_of(y, l.high);
  if (!(m_abs(p.high) < 750)) return grows ? INFINITE : 0;
  return exp_of(p.high, p.low + y * l.low);
}

// ---- sine and cosine ---------------------------------------------------------------------------

#define HALF_PI_HIGH  0x1.921fb54442d18p+0
#define HALF_PI_LOW   0x1.1a62633145c07p-54
#define QUARTER_PI    0x1.921fb54442d18p-1

// An angle as quarter turns and a rest in [-pi/4, pi/4].
struct turn { unsigned quarter; struct pair rest; };

// 192 bits of 2/pi from bit `from`, most significant word first.
static void two_over_pi_bits(unsigned from, uint64_t out[3]) {
  unsigned word = from / 64, shift = from % 64;
  for (unsigned i = 0; i < 3; i++) {
    out[i] = two_over_pi[word + i] << shift;
    if (shift > 0) out[i] |= two_over_pi[word + i + 1] >> (64 - shift);
  }
}

// x 2/pi modulo 4 in whole numbers, exact to 2^-137 whatever the size of x. Payne & Hanek 1983.
static struct turn turn_exact(double x) {
  uint64_t bits = bits_of(m_abs(x));
  uint64_t m    = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
  int      e    = (int)(bits >> 52) - 1075;           // |x| = m 2^e

  // m times 192 bits: four words, least significant first. Bits of 2/pi that give multiples of 4 are left out.
  uint64_t f[3], p[4];
  two_over_pi_bits(e > 2 ? (unsigned)(e - 2) : 0, f);
  unsigned __int128 sum = (unsigned __int128)m * f[2];
  p[0] = (uint64_t)sum;
  sum  = (unsigned __int128)m * f[1] + (sum >> 64);
  p[1] = (uint64_t)sum;
  sum  = (unsigned __int128)m * f[0] + (sum >> 64);
  p[2] = (uint64_t)sum;
  p[3] = (uint64_t)(sum >> 64);
  if (e < 2) {
    unsigned s = (unsigned)(2 - e);
    for (int i = 0; i < 3; i++) p[i] = p[i] >> s | p[i + 1] << (64 - s);
  }

  // two bits of quarters, then the fraction; from a half on, count down from the next quarter
  unsigned quarter = (unsigned)(p[2] >> 62);
  uint64_t h = p[2] << 2 | p[1] >> 62, l = p[1] << 2 | p[0] >> 62;
  bool down = h >> 63;
  if (down) {
    quarter++;
    l = ~l + 1;
    h = ~h + (l == 0);
  }
  int zeros = h ? __builtin_clzll(h) : 64;
  if (zeros > 0 && zeros < 64) h = h << zeros | l >> (64 - zeros), l <<= zeros;
  else if (zeros == 64) h = l, l = 0;
  double unit = of_bits((uint64_t)(1023 - zeros - 64) << 52);
  double a = (double)(h >> 11) * 2048 * unit;
  double b = ((double)(h & 2047) + (double)(l >> 11) * 0x1p-53) * unit;

  struct pair r = product_of(a, HALF_PI_HIGH);
  r = sum_of(r.high, r.low + (a * HALF_PI_LOW + b * HALF_PI_HIGH));
  bool negative = down != (x < 0);
  if (negative) r = (struct pair){-r.high, -r.low};
  return (struct turn){x < 0 ? 0u - quarter : quarter, r};
}

// pi/2 in three parts; the first two times a whole number below 2^17 are exact. Cody & Waite 1980.
static inline struct turn turn_of(double x) {
  if (__builtin_expect(!(m_abs(x) < 0x1p17), 0)) return turn_exact(x);
  double shifted = x * 0x1.45f306dc9c883p-1 + ROUNDER, n = shifted - ROUNDER;
  struct pair r = sum_of(x - n * 0x1.921fb54400000p+0, -(n * 0x1.0b4611a800000p-34));
  r = sum_of(r.high, r.low - n * -0x1.d9cceba3f91f2p-66);

  // a multiple of pi/2 to within 2^-40 wants more bits than that
  if (__builtin_expect(m_abs(r.high) < 0x1p-40, 0) && n != 0) return turn_exact(x);
  return (struct turn){(unsigned)bits_of(shifted), r};
}

// sin(x + low) for |x| <= pi/4: the series to x^17.
static inline double sin_near(struct pair x) {
  double z = x.high * x.high, z2 = z * z;
  double p = (-1.0 / 6 + z * (1.0 / 120)) + z2 * (-1.0 / 5040 + z * (1.0 / 362880));
  double q = (-1.0 / 39916800 + z * (1.0 / 6227020800.0)) + z2 * (-1.0 / 1307674368000.0 + z * (1.0 / 355687428096000.0));
  return x.high + (x.high * z * (p + (z2 * z2) * q) + x.low * (1 - 0.5 * z));
}

// cos(x + low) for |x| <= pi/4: the series to x^18.
static inline double cos_near(struct pair x) {
  double z = x.high * x.high, z2 = z * z;
  double p = (1.0 / 24 + z * (-1.0 / 720)) + z2 * (1.0 / 40320 + z * (-1.0 / 3628800));
  double q = (1.0 / 479001600 + z * (-1.0 / 87178291200.0)) + z2 * (1.0 / 20922789888000.0 + z * (-1.0 / 6402373705728000.0));
  double half = 0.5 * z, w = 1 - half;
  return w + (((1 - w) - half) + (z2 * (p + (z2 * z2) * q) - x.high * x.low));
}

static double turned(unsigned quarter, struct pair rest) {
  double v = quarter & 1 ? cos_near(rest) : sin_near(rest);
  return quarter & 2 ? -v : v;
}

double m_sin(double x) {
  if (m_abs(x) <= QUARTER_PI) return m_abs(x) < 0x1p-27 ? x : sin_near((struct pair){x, 0});
  if (!(m_abs(x) < INFINITE)) return x - x;
  struct turn t = turn_of(x);
  return turned(t.quarter, t.rest);
}

double m_cos(double x) {
  if (m_abs(x) <= QUARTER_PI) return cos_near((struct pair){x, 0});
  if (!(m_abs(x) < INFINITE)) return x - x;
  struct turn t = turn_of(x);
  return turned(t.quarter + 1, t.rest);
}

void m_sincos(double x, double *s, double *c) {
  if (m_abs(x) <= QUARTER_PI || !(m_abs(x) < INFINITE)) {
    *s = m_sin(x);
    *c = m_cos(x);
    return;
  }
  struct turn t = turn_of(x);
  *s = turned(t.quarter, t.rest);
  *c = turned(t.quarter + 1, t.rest);
}

// ---- arctangent --------------------------------------------------------------------------------

// atan(y/x) for 0 < y <= x, neither near the ends of the range: atan(c) + atan((y - c x)/(x + c y)), c = j/32.
static struct pair atan_ratio(double y, double x) {
  int    j = (int)(y / x * 32 + 0.5);
  double c = j * (1.0 / 32);
  struct pair cx  = product_of(c, x), cy = product_of(c, y);
  struct pair num = sum_of(y, -cx.high), den = sum_of(x, cy.high);
  num.low -= cx.low;
  den.low += cy.low;

  // the quotient as a pair, |q| <= 1/64
  double q = (num.high + num.low) / den.high;
  struct pair back = product_of(q, den.high);
  double rest = (((num.high - back.high) - back.low) + num.low - q * den.low) / den.high;
  double z = q * q;
  double series = q * z * ((-1.0 / 3 + z * (1.0 / 5)) + z * z * (-1.0 / 7 + z * (1.0 / 9)));
  struct pair a = sum_of(atan_table[j].high, q);
  return sum_of(a.high, a.low + (atan_table[j].low + (rest + series)));
}

// Angle of (x, y) in the first quadrant, both positive and finite.
static struct pair atan_first(double y, double x) {
  bool steep = y > x;
  double small = steep ? x : y, large = steep ? y : x;

  // scale to the middle of the range; a ratio below 2^-100 is its own angle
  double scale = large > 0x1p400 ? 0x1p-500 : large < 0x1p-400 ? 0x1p500 : 1;
  small *= scale;
  large *= scale;
  if (large < 0x1p-200) {
    small *= 0x1p200;
    large *= 0x1p200;
  }
  struct pair a;
  if (small < large * 0x1p-100) a = (struct pair){steep ? 0 : small / large, 0};
  else a = atan_ratio(small, large);
  if (!steep) return a;
  struct pair s = sum_of(HALF_PI_HIGH, -a.high);
  return sum_of(s.high, s.low + (HALF_PI_LOW - a.low));
}

double m_atan2(double y, double x) {
  if (x != x || y != y) return x + y;
  double ax = m_abs(x), ay = m_abs(y);
  bool behind = bits_of(x) >> 63;
  struct pair a;
  if (ay == 0)                               a = (struct pair){0, 0};
  else if (ax == 0)                          a = (struct pair){HALF_PI_HIGH, HALF_PI_LOW};
  else if (ax == INFINITE && ay == INFINITE) a = (struct pair){HALF_PI_HIGH / 2, HALF_PI_LOW / 2};
  else if (ax == INFINITE)                   a = (struct pair){0, 0};
  else if (ay == INFINITE)                   a = (struct pair){HALF_PI_HIGH, HALF_PI_LOW};
  else if (!behind && ay < ax * 0x1p-60)     return with_sign(ay / ax, y);
  else                                       a = atan_first(ay, ax);
  if (!behind) return with_sign(a.high, y);
  struct pair s = sum_of(2 * HALF_PI_HIGH, -a.high);
  return with_sign(s.high + (s.low + (2 * HALF_PI_LOW - a.low)), y);
}

// ---- the rest ----------------------------------------------------------------------------------

// Polynomial with the constant term first.
static inline double poly8(const double c[8], double x) {
  return ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

double m_normal_inverse(double p) {
  static const double
    a[8] = {3.3871328727963666080e0,  1.3314166789178437745e2,  1.9715909503065514427e3,  1.3731693765509461125e4,
            4.5921953931549871457e4,  6.7265770927008700853e4,  3.3430575583588128105e4,  2.5090809287301226727e3},
    b[8] = {1.0,                      4.2313330701600911252e1,  6.8718700749205790830e2,  5.3941960214247511077e3,
            2.1213794301586595867e4,  3.9307895800092710610e4,  2.8729085735721942674e4,  5.2264952788528545610e3},
    c[8] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
            1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
    d[8] = {1.0,                      2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
            1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9},
    e[8] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
    f[8] = {1.0,                      5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
  double q = p - 0.5;
  if (m_abs(q) <= 0.425) {
    double r = 0.180625 - q * q;
    return q * poly8(a, r) / poly8(b, r);
  }
  double r = m_sqrt(-m_log(q < 0 ? p : 1 - p));
  double x = r <= 5 ? poly8(c, r - 1.6) / poly8(d, r - 1.6) : poly8(e, r - 5) / poly8(f, r - 5);
  return q < 0 ? -x : x;
}
