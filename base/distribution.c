#include "base/distribution.h"

#include <assert.h>
#include <stddef.h>

#include "base/maths.h"

#define ERLANG_MAX 32               // beyond it the gamma sampler, whose time does not grow with k

// ---- functions of the normal and gamma distributions -------------------------------------------

static double normal_density(double x) { return m_exp(-0.5 * x * x) * 0.39894228040143267794; }

// P(Z > x). Series about 0 (Marsaglia 2004), beyond 3 the continued fraction of Mills' ratio.
static double normal_above(double x) {
  if (x < 0) return 1 - normal_above(-x);
  if (x > 3) {
    double f = 0;
    for (int k = 200; k > 0; k--) f = k / (x + f);
    return normal_density(x) / (x + f);
  }
  double term = x, sum = x;
  for (int k = 3; k < 200 && term > 1e-18 * sum; k += 2) {
    term *= x * x / k;
    sum  += term;
  }
  return 0.5 - sum * normal_density(x);
}

// Gamma function of x >= 1: up to 10 by the recurrence, from there Stirling's series.
static double gamma_of(double x) {
  double below = 1;
  for (; x < 10; x += 1) below *= x;
  double i = 1 / x, j = i * i;
  double series = i * (1.0 / 12 + j * (-1.0 / 360 + j * (1.0 / 1260 + j * (-1.0 / 1680 + j * (1.0 / 1188)))));
  return m_exp((x - 0.5) * m_log(x) - x + 0.91893853320467274178 + series) / below;
}

// log(1 + x), x > -1, right for small x too.
static double log_above_1(double x) {
  double w = 1 + x;
  return w == 1 ? x : m_log(w) * (x / (w - 1));
}

// ---- preparation -------------------------------------------------------------------------------

// Marsaglia and Tsang's d and c for a shape >= 1.
static void prepare_gamma(struct distribution *d, double shape) {
  d->u = shape - 1.0 / 3;
  d->v = 1 / m_sqrt(9 * d->u);
}

void distribution_prepare(struct distribution *d) {
  d->u = d->v = 0;
  switch (d->kind) {
  case DIST_TRIANGULAR:             // u: share of the rising side
    d->u = d->c > d->a ? (d->b - d->a) / (d->c - d->a) : 0;
    break;
  case DIST_NORMAL:                 // u: what is redrawn, v: the rest
    if (d->b > 0) {
      d->v = normal_above(-d->a / d->b);
      d->u = normal_above(d->a / d->b);
    }
    break;
  case DIST_LOGNORMAL:              // u, v: mean and deviation of the logarithm
    if (d->a > 0) {
      double ratio = d->b / d->a, variance = log_above_1(ratio * ratio);
      d->v = m_sqrt(variance);
      d->u = m_log(d->a) - 0.5 * variance;
    }
    break;
  case DIST_ERLANG:
    assert(d->n >= 1);
    if (d->n > ERLANG_MAX) prepare_gamma(d, d->n);
    else d->u = d->a / d->n;        // mean of one stage
    break;
  case DIST_GAMMA:
    prepare_gamma(d, d->b < 1 ? d->b + 1 : d->b);
    break;
  case DIST_WEIBULL:
    d->u = 1 / d->b;
    break;
  case DIST_GEOMETRIC:              // u: 1 / log(1 - p)
    d->u = d->b < 1 ? 1 / log_above_1(-d->b) : 0;
    break;
  case DIST_CONSTANT:
  case DIST_EXPONENTIAL:
  case DIST_UNIFORM:
  case DIST_HYPEREXPONENTIAL:
    break;
  case DIST_EMPIRICAL:
    assert(d->n >= 1);
    assert(d->values != NULL);
    break;
  }
}

double distribution_mean(const struct distribution *d) {
  switch (d->kind) {
  case DIST_CONSTANT:
  case DIST_EXPONENTIAL:
  case DIST_LOGNORMAL:
  case DIST_ERLANG:
  case DIST_GAMMA:            return d->a;
  case DIST_UNIFORM:          return 0.5 * (d->a + d->b);
  case DIST_TRIANGULAR:       return (d->a + d->b + d->c) / 3;
  case DIST_NORMAL:           return d->b > 0 ? d->a + d->b * normal_density(d->a / d->b) / d->v : d->a;
  case DIST_WEIBULL:          return d->a * gamma_of(1 + 1 / d->b);
  case DIST_HYPEREXPONENTIAL: return d->b * d->a + (1 - d->b) * d->c;
  case DIST_GEOMETRIC:        return d->a / d->b;
  case DIST_EMPIRICAL: {
    double sum = 0;
    for (int i = 0; i < d->n; i++) sum += d->values[i];
    return d->n > 0 ? sum / d->n : 0;
  }
  }
  return 0;
}

// ---- samples -----------------------------------------------------------------------------------

static double sample_triangular(const struct distribution *d, double x) {
  if (x < d->u) return d->a + m_sqrt(x * (d->c - d->a) * (d->b - d->a));
  return d->c - m_sqrt((1 - x) * (d->c - d->a) * (d->c - d->b));
}

// The part above 0 by inversion: one draw instead of redrawing, the same distribution. The upper
// tail is counted from above, where the inverse is exact.
static double sample_normal(const struct distribution *d, double x) {
  if (!(d->b > 0)) return d->a;
  double above = d->v * (1 - x);
  double z = above < 0.5 ? -m_normal_inverse(above) : m_normal_inverse(d->u + d->v * x);
  double t = d->a + d->b * z;
  return t > 0 ? t : 0;
}

// Standard gamma of shape >= 1 with the prepared u and v. ACM TOMS 26 (2000) 363.
static double sample_gamma_1(const struct distribution *d, struct stream *s) {
  for (;;) {
    double z = m_normal_inverse(stream_unit(s)), t = 1 + d->v * z;
    if (t <= 0) continue;
    double cube = t * t * t, x = stream_unit(s), z2 = z * z;
    if (x < 1 - 0.0331 * z2 * z2) return d->u * cube;
    if (m_log(x) < 0.5 * z2 + d->u * (1 - cube + m_log(cube))) return d->u * cube;
  }
}

static double sample_gamma(const struct distribution *d, struct stream *s) {
  double g = sample_gamma_1(d, s);
  if (d->b < 1) g *= m_pow(stream_unit(s), 1 / d->b);
  return g * (d->a / d->b);
}

// One logarithm of a product of uniforms; 16 of them stay above 2^-848.
static double sample_erlang(const struct distribution *d, struct stream *s) {
  if (d->n > ERLANG_MAX) return sample_gamma_1(d, s) * (d->a / d->n);
  double sum = 0;
  for (int left = d->n; left > 0; ) {
    double product = 1;
    for (int i = 0; i < 16 && left > 0; i++, left--) product *= stream_unit(s);
    sum -= m_log(product);
  }
  return sum * d->u;
}

// The draw that chose the branch, stretched over it, is uniform again.
static double sample_hyperexponential(const struct distribution *d, double x) {
  if (x < d->b) return -d->a * m_log(x / d->b);
  double rest = (x - d->b) / (1 - d->b);
  return -d->c * m_log(rest > 0 ? rest : 0x1p-53);
}

static double sample_geometric(const struct distribution *d, double x) {
  double trials = m_floor(m_log(x) * d->u) + 1;
  return d->a * trials;
}

ns_t distribution_sample(const struct distribution *d, struct stream *s) {
  double t = 0;
  switch (d->kind) {
  case DIST_CONSTANT:         t = d->a; break;
  case DIST_EXPONENTIAL:      t = -d->a * m_log(stream_unit(s)); break;
  case DIST_UNIFORM:          t = d->a + (d->b - d->a) * stream_unit(s); break;
  case DIST_TRIANGULAR:       t = sample_triangular(d, stream_unit(s)); break;
  case DIST_NORMAL:           t = sample_normal(d, stream_unit(s)); break;
  case DIST_LOGNORMAL:        t = d->a > 0 ? m_exp(d->u + d->v * m_normal_inverse(stream_unit(s))) : 0; break;
  case DIST_ERLANG:           t = sample_erlang(d, s); break;
  case DIST_GAMMA:            t = sample_gamma(d, s); break;
  case DIST_WEIBULL:          t = d->a * m_pow(-m_log(stream_unit(s)), d->u); break;
  case DIST_HYPEREXPONENTIAL: t = sample_hyperexponential(d, stream_unit(s)); break;
  case DIST_GEOMETRIC:        t = sample_geometric(d, stream_unit(s)); break;
  case DIST_EMPIRICAL:        t = d->values[(size_t)(stream_unit(s) * d->n)]; break;
  }
  return ns_from_seconds(t > 0 ? t : 0);
}
