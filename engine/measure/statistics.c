#include "engine/measure/statistics.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "base/maths.h"

// ln gamma(x) for x >= 0.5: Lanczos (SIAM J. Numer. Anal. 1964) with g = 7 and nine terms, 1e-14 relative
static double log_gamma(double x) {
  static const double term[9] = {
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
  assert(x >= 0.5);
  x -= 1;
  double sum = term[0], t = x + 7.5;
  for (int i = 1; i < 9; i++) sum += term[i] / (x + i);
  return 0.91893853320467274178 + (x + 0.5) * m_log(t) - t + m_log(sum);
}

// continued fraction of the incomplete beta function, modified Lentz
static double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (fabs(d) < tiny) d = tiny;
  d = 1 / d;
  double h = d;
  for (int m = 1; m < 100000; m++) {
    // even step, then odd step
    double e = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + e * d; if (fabs(d) < tiny) d = tiny;
    c = 1 + e / c; if (fabs(c) < tiny) c = tiny;
    d = 1 / d;
    h *= d * c;
    e = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + e * d; if (fabs(d) < tiny) d = tiny;
    c = 1 + e / c; if (fabs(c) < tiny) c = tiny;
    d = 1 / d;
    double step = d * c;
    h *= step;
    if (fabs(step - 1) < 1e-15) break;
  }
  return h;
}

// regularised incomplete beta function I_x(a, b)
static double beta_share(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  double front = m_exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * m_log(x) + b * m_log(1 - x));
  // the fraction converges fast on the near side of the mean only
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// P(T > t) for t >= 0
static double student_tail(double t, double df) { return 0.5 * beta_share(df / 2, 0.5, df / (df + t * t)); }

double student_t(double probability, double df) {
  assert(probability > 0);
  assert(probability < 1);
  assert(df >= 1);
  if (probability == 0.5) return 0;
  if (probability < 0.5) return -student_t(1 - probability, df);
  double tail = 1 - probability;

  // bracket from the normal quantile, which is always too small
  double low = m_normal_inverse(probability), high = low + 1;
  if (df > 1e7) return low;
  while (student_tail(high, df) > tail) { low = high; high *= 2; }

  // Newton inside the bracket; halve it when a step would leave
  double scale = log_gamma((df + 1) / 2) - log_gamma(df / 2) - 0.5 * m_log(df * M_PI_D);
  double t = low;
  for (int i = 0; i < 200; i++) {
    double excess = student_tail(t, df) - tail;
    if (excess > 0) low = t; else high = t;
    double density = m_exp(scale - (df + 1) / 2 * m_log(1 + t * t / df));
    double next = t + excess / density;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    double moved = fabs(next - t);
    t = next;
    if (moved < 1e-12 * t) break;
  }
  return t;
}

struct estimate estimate_make(const double *value, int n, int stride) {
  struct estimate e = {.mean = NAN, .sd = NAN, .low = NAN, .high = NAN};
  double sum = 0;
  for (int i = 0; i < n; i++) {
    double v = value[(size_t)i * (size_t)stride];
    if (isnan(v)) continue;
    sum += v;
    e.n++;
  }
  if (e.n == 0) return e;
  e.mean = sum / e.n;
  if (e.n < 2) return e;

  // second pass: no cancellation
  double squares = 0;
  for (int i = 0; i < n; i++) {
    double v = value[(size_t)i * (size_t)stride];
    if (!isnan(v)) squares += (v - e.mean) * (v - e.mean);
  }
  e.sd = m_sqrt(squares / (e.n - 1));
  double half = e.sd > 0 ? student_t(0.975, e.n - 1) * e.sd / m_sqrt(e.n) : 0;
  e.low = e.mean - half;
  e.high = e.mean + half;
  return e;
}

int mser5(const double *observation, int n) {
  int batches = n / 5, best = 0;
  if (batches < 4) return 0;

  // from the end backwards: mean and squared deviations of what remains (Welford), truncating at d
  double mean = 0, squares = 0, least = INFINITY;
  for (int d = batches - 1, k = 1; d >= 0; d--, k++) {
    const double *o = observation + 5 * (size_t)d;
    double batch = (o[0] + o[1] + o[2] + o[3] + o[4]) / 5;
    double delta = batch - mean;
    mean += delta / k;
    squares += delta * (batch - mean);
    double error = squares / ((double)k * k);
    // <=: of equal ones the shorter truncation
    if (d <= batches / 2 && error <= least) { least = error; best = d; }
  }
  return 5 * best;
}
