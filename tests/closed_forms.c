#include "tests/closed_forms.h"

#include <math.h>

double form_mm1k_full(double r, int places) {
  if (r == 1) return 1.0 / (places + 1);
  return (1 - r) * pow(r, places) / (1 - pow(r, places + 1));
}

double form_erlang_b(int servers, double offered) {
  double b = 1;
  for (int c = 1; c <= servers; c++) b = offered * b / (c + offered * b);
  return b;
}

double form_erlang_c(int servers, double offered) {
  double b = form_erlang_b(servers, offered), r = offered / servers;
  return b / (1 - r * (1 - b));
}

double form_mmc_wait(int servers, double l, double u) { return form_erlang_c(servers, l / u) / (servers * u - l); }

double form_mg1_wait(double l, double mean, double second_moment) { return l * second_moment / (2 * (1 - l * mean)); }

double form_gim1_wait(double u, double (*transform)(double s)) {
  double low = 0, high = 1 - 1e-9;
  for (int i = 0; i < 200; i++) {
    double z = (low + high) / 2;
    if (transform(u * (1 - z)) > z) low = z;
    else high = z;
  }
  return low / (u * (1 - low));
}

double form_buzen(int stations, const double *demand, int parts) {
  double g[64] = {1};
  for (int i = 0; i < stations; i++)
    for (int k = 1; k <= parts; k++) g[k] += demand[i] * g[k - 1];
  return g[parts - 1] / g[parts];
}

double form_repairmen(int machines, int repairmen, double l, double u, double *busy) {
  double p[64] = {1}, total = 1, mean_busy = 0;
  for (int k = 1; k <= machines; k++) {
    p[k] = p[k - 1] * (machines - k + 1) * l / (u * (k < repairmen ? k : repairmen));
    total += p[k];
  }
  for (int k = 0; k <= machines; k++) mean_busy += p[k] / total * (k < repairmen ? k : repairmen);
  if (busy) *busy = mean_busy;
  return mean_busy * u;
}

double form_makespan_parallel(int parts, int servers) {
  double t = (double)(parts - servers) / servers;
  for (int i = 1; i <= servers; i++) t += 1.0 / i;
  return t;
}

double form_max_uniform(double a, double b) { return a + (b - a) * 2 / 3; }

double form_max_normal(double mean, double sd) { return mean + sd / sqrt(acos(-1)); }

double form_max_lognormal(double mean, double sd) {
  double s = sqrt(log(1 + sd * sd / (mean * mean)));
  return mean * 2 * 0.5 * erfc(-s / 2);          // Phi(s / sqrt 2) = erfc(-s / 2) / 2
}

double form_max_gamma(double shape, double mean) {
  return mean * (1 + exp(lgamma(shape + 0.5) - lgamma(shape + 1)) / sqrt(acos(-1)));
}

double form_max_weibull(double shape, double scale) { return scale * tgamma(1 + 1 / shape) * (2 - pow(2, -1 / shape)); }

double form_max_geometric(double p) { return 2 / p - 1 / (1 - (1 - p) * (1 - p)); }

static double triangular_below(double x, double a, double mode, double b) {
  if (x < mode) return (x - a) * (x - a) / ((b - a) * (mode - a));
  return 1 - (b - x) * (b - x) / ((b - a) * (b - mode));
}

double form_max_triangular(double a, double mode, double b) {
  // piecewise a polynomial of degree 4: Simpson on fine steps, each side of the mode
  double sum = 0;
  for (int side = 0; side < 2; side++) {
    double from = side ? mode : a, to = side ? b : mode, h = (to - from) / 2000;
    for (int i = 0; i <= 2000; i++) {
      double f = triangular_below(from + i * h, a, mode, b);
      sum += (1 - f * f) * h / 3 * (i == 0 || i == 2000 ? 1 : i % 2 ? 4 : 2);
    }
  }
  return a + sum;
}
