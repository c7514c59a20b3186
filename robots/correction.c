#include "robots/correction.h"

#include <assert.h>
#include <stdbool.h>

#include "base/maths.h"

// Rows 1 .. n-1 of the tridiagonal system for four right sides at once: x and y, and the answers to d[0] = 1 and d[n] = 1.
// Row k: low[k] d[k-1] + mid[k] d[k] + high[k] d[k+1] = right[k].
struct rows { double *scaled, *x, *y, *first, *last; };

static double low(const double *K, double c, int k) { return 1 - c * K[k]; }
static double mid(const double *K, double c, int k) { return -2 - 4 * c * K[k]; }

// Thomas' algorithm; K[n] is K[0] in a period.
static void sweep(int n, const double *K, double c, double after, struct rows r) {
  for (int k = 1; k < n; k++) {
    double next = k + 1 < n ? low(K, c, k + 1) : 1 - c * after;
    double before = k > 1 ? low(K, c, k - 1) : 0;
    double pivot = mid(K, c, k) - (k > 1 ? before * r.scaled[k - 1] : 0);
    r.scaled[k] = next / pivot;
    r.x[k] = (r.x[k] - (k > 1 ? before * r.x[k - 1] : 0)) / pivot;
    r.y[k] = (r.y[k] - (k > 1 ? before * r.y[k - 1] : 0)) / pivot;
    r.first[k] = (k > 1 ? -before * r.first[k - 1] : -low(K, c, 0)) / pivot;
    r.last[k] = 0;
  }
  r.last[n - 1] = -r.scaled[n - 1];
  for (int k = n - 2; k > 0; k--) {
    r.x[k] -= r.scaled[k] * r.x[k + 1];
    r.y[k] -= r.scaled[k] * r.y[k + 1];
    r.first[k] -= r.scaled[k] * r.first[k + 1];
    r.last[k] = -r.scaled[k] * r.last[k + 1];
  }
}

void correction_solve(int n, double dt, enum trajectory_ends ends, double turn, const double *K, const double *const f[2],
                      double *const d[2], double *const first[2], double *const second[2], double *work) {
  assert(n >= 4);
  assert(dt > 0);
  bool periodic = ends == ENDS_PERIODIC;
  double c = dt * dt / 6, s = 0, co = 1;
  if (periodic) m_sincos(turn, &s, &co);

  // f one sample past either end, turned with the period
  int m = periodic ? n : n - 1;     // the unknown after the inner ones: sample 0 of the next period, or the last sample
  double after[2] = {periodic ? co * f[0][0] - s * f[1][0] : f[0][m], periodic ? s * f[0][0] + co * f[1][0] : f[1][m]};
  struct rows r = {work, work + n, work + 2 * n, work + 3 * n, work + 4 * n};
  for (int k = 1; k < m; k++) {
    double fx = k + 1 < m ? f[0][k + 1] : after[0], fy = k + 1 < m ? f[1][k + 1] : after[1];
    r.x[k] = c * (f[0][k - 1] + 4 * f[0][k] + fx);
    r.y[k] = c * (f[1][k - 1] + 4 * f[1][k] + fy);
  }
  sweep(m, K, c, periodic ? K[0] : K[m], r);

  double x0 = 0, y0 = 0, xm = 0, ym = 0;
  if (periodic) {
    // row 0: low(d[-1]) + mid d[0] + high d[1] = right, with d[-1] = T^-1 d[n-1] and d[n] = T d[0], T the turn:
    // (mid + high first[1] + low last[n-1]) d0 + (high last[1] T + low first[n-1] T^-1) d0 = right - high p[1] - low T^-1 p[n-1]
    double h1 = low(K, c, 1), hn = low(K, c, n - 1);
    double px = co * r.x[n - 1] + s * r.y[n - 1], py = -s * r.x[n - 1] + co * r.y[n - 1];
    double fx = co * f[0][n - 1] + s * f[1][n - 1], fy = -s * f[0][n - 1] + co * f[1][n - 1];
    double bx = c * (fx + 4 * f[0][0] + f[0][1]) - h1 * r.x[1] - hn * px;
    double by = c * (fy + 4 * f[1][0] + f[1][1]) - h1 * r.y[1] - hn * py;
    double diagonal = mid(K, c, 0) + h1 * r.first[1] + hn * r.last[n - 1] + co * (h1 * r.last[1] + hn * r.first[n - 1]);
    double cross = s * (h1 * r.last[1] - hn * r.first[n - 1]), det = diagonal * diagonal + cross * cross;

    // (diagonal, -cross; cross, diagonal) d0 = b; all K = 0 leaves the mean free: take 0
    double scale = mid(K, c, 0) * mid(K, c, 0) * 1e-24;
    if (det > scale) x0 = (diagonal * bx + cross * by) / det, y0 = (diagonal * by - cross * bx) / det;
    xm = co * x0 - s * y0;
    ym = s * x0 + co * y0;
  }
  d[0][0] = x0, d[1][0] = y0;
  for (int k = 1; k < m; k++) {
    d[0][k] = r.x[k] + r.first[k] * x0 + r.last[k] * xm;
    d[1][k] = r.y[k] + r.first[k] * y0 + r.last[k] * ym;
  }
  if (!periodic) d[0][m] = d[1][m] = 0;

  // the spline's derivatives
  for (int i = 0; i < 2; i++) {
    for (int k = 0; k < n; k++) second[i][k] = K[k] * d[i][k] + f[i][k];
    for (int k = 0; k + 1 < n; k++) first[i][k] = (d[i][k + 1] - d[i][k]) / dt - dt / 6 * (2 * second[i][k] + second[i][k + 1]);
    double step = periodic ? (i ? ym : xm) - d[i][n - 1] : d[i][n - 1] - d[i][n - 2];
    if (periodic) {
      double next = i ? s * second[0][0] + co * (K[0] * d[1][0] + f[1][0]) : co * second[0][0] - s * (K[0] * d[1][0] + f[1][0]);
      first[i][n - 1] = step / dt - dt / 6 * (2 * second[i][n - 1] + next);
    } else {
      first[i][n - 1] = step / dt + dt / 6 * (second[i][n - 2] + 2 * second[i][n - 1]);
    }
  }
}
