#include "robots/arm.h"

#include <string.h>

#define DAMPING 1e-7                // m2, least
#define TO_REST   0.02              // share of the way to the pose of rest a step
#define STEP_MAX 0.3                // rad

void arm_init(struct arm *a, const struct humanoid *h, enum side side) {
  memset(a, 0, sizeof *a);
  chain_init(&a->chain, h->model, &h->arm[side]);
  int n = a->chain.count, shoulder = n > 3 ? 2 : n > 0 ? n - 1 : 0;
  a->shoulder = n ? a->chain.point[shoulder] : v3(0, 0, 0);
  struct v3 at = a->shoulder;
  for (int i = shoulder + 1; i < n; i++) {
    a->reach += v3_norm(v3_sub(a->chain.point[i], at));
    at = a->chain.point[i];
  }
  a->reach += v3_norm(v3_sub(a->chain.tip, at));
}

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

// y of (J J^T + damping I) y = e, the first m rows of J, in place, by Cholesky.
static void solve_task(int m, int n, double J[6][LIMB_JOINTS_MAX], double damping, double *e) {
  double A[6][6];
  for (int i = 0; i < m; i++) {
    for (int j = 0; j <= i; j++) {
      double sum = i == j ? damping : 0;
      for (int k = 0; k < n; k++) sum += J[i][k] * J[j][k];
      for (int k = 0; k < j; k++) sum -= A[i][k] * A[j][k];
      A[i][j] = i == j ? m_sqrt(sum > 1e-300 ? sum : 1e-300) : sum / A[j][j];
    }
  }
  for (int i = 0; i < m; i++) {
    for (int k = 0; k < i; k++) e[i] -= A[i][k] * e[k];
    e[i] /= A[i][i];
  }
  for (int i = m - 1; i >= 0; i--) {
    for (int k = i + 1; k < m; k++) e[i] -= A[k][i] * e[k];
    e[i] /= A[i][i];
  }
}

double arm_solve(const struct arm *a, const struct m3 *rotation, struct v3 position, const double *rest, double *q) {
  const struct chain *c = &a->chain;
  int n = c->count, m = rotation ? 6 : 3;
  double left = 0, damping = 1e-3;
  struct v3 axis[LIMB_JOINTS_MAX], point[LIMB_JOINTS_MAX], p;
  struct m3 r;
  for (int step = 0; step < ARM_STEPS; step++) {
    double J[6][LIMB_JOINTS_MAX], lean[LIMB_JOINTS_MAX];
    chain_forward(c, q, &r, &p, axis, point);
    chain_jacobian(c, axis, point, p, J);
    struct v3 linear = v3_sub(position, p), angular = rotation ? rotation_between(&r, rotation) : v3(0, 0, 0);
    double e[6] = {linear.x, linear.y, linear.z, angular.x, angular.y, angular.z};
    left = v3_dot(linear, linear) + v3_dot(angular, angular);
    damping = 0.1 * left > DAMPING ? 0.1 * left : DAMPING;

    // x = J^T y + (z - J^T y_z): the task, and what of the pull to rest the task leaves free
    double pull = step < ARM_STEPS / 2 ? TO_REST : 0, task[6] = {0};
    for (int i = 0; i < n; i++) {
      bool bounded = c->upper[i] - c->lower[i] < 4 * M_PI_D;
      double to = rest ? rest[i] : bounded ? (c->lower[i] + c->upper[i]) / 2 : q[i];
      lean[i] = c->follow[i] < 0 ? pull * (to - q[i]) : 0;
      for (int k = 0; k < m; k++) task[k] += J[k][i] * lean[i];
    }
    for (int k = 0; k < m; k++) e[k] -= task[k];
    solve_task(m, n, J, damping, e);
    for (int i = 0; i < n; i++) {
      double x = lean[i];
      for (int k = 0; k < m; k++) x += J[k][i] * e[k];
      q[i] = clamp(q[i] + clamp(x, -STEP_MAX, STEP_MAX), c->lower[i], c->upper[i]);
    }
    chain_follow(c, q);
  }
  chain_forward(c, q, &r, &p, NULL, NULL);
  return v3_norm(v3_sub(position, p));
}
