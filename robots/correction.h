// d'' = K(t) d + f(t) along a row of samples: how far to shift a body so that its centre of pressure comes right.
//
// d is a cubic spline through the samples, so that d, d' and d'' belong to one C2 function. With M = d'' at the samples the
// spline asks (M[k-1] + 4 M[k] + M[k+1]) / 6 = (d[k-1] - 2 d[k] + d[k+1]) / dt^2; putting M = K d + f into it gives one
// tridiagonal system (Thomas' algorithm). K >= 0, so it is diagonally dominant: the unstable pendulum is held at both ends.
// K and f may jump from sample to sample.
#pragma once

enum trajectory_ends {
  ENDS_PERIODIC,                    // sample n would be sample 0 turned by `turn` about z (and moved: d does not see that)
  ENDS_FIXED                        // d = 0 at the first and the last sample
};

// x and y together: f[2], d[2], first[2] = d', second[2] = d'' are arrays of n; n >= 4. work: CORRECTION_WORK(n) doubles.
// Periodic with a turn: d of sample n is (d[0], d[1]) of sample 0 turned counter-clockwise.
#define CORRECTION_WORK(n) (6 * (n))
void correction_solve(int n, double dt, enum trajectory_ends ends, double turn, const double *K, const double *const f[2],
                      double *const d[2], double *const first[2], double *const second[2], double *work);
