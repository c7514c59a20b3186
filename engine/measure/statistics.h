// Statistics over replications, batches and warm-up.
#pragma once

struct estimate {
  double mean, sd;                  // sd with n-1; NaN for fewer than two
  double low, high;                 // 95 % interval of the mean by Student's t; NaN when there is none
  int    n;                         // values that were numbers (NaN is left out)
};

// Mean, deviation and interval of n values, `stride` doubles apart.
struct estimate estimate_make(const double *value, int n, int stride);

// Quantile of Student's t: P(T <= student_t(p, df)) = p, 0 < p < 1, df >= 1 degrees of freedom; a
// two-sided 95 % interval takes p = 0.975. Inverts the regularised incomplete beta function
// (continued fraction by Lentz's method) to 1e-9.
double student_t(double probability, double df);

// MSER-5 (White, SIMULATION 1997): averages of 5 observations; the truncation that minimises the
// squared standard error of what remains, looked for in the first half. Returns the number of raw
// observations to drop, a multiple of 5.
int mser5(const double *observation, int n);
