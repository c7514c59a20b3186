#include "robots/twist.h"

struct twist twist_of(const struct posture *p, double arms, double rate) {
  struct twist w = {.rate = rate};
  if (p->waist_yaw < 0) return w;
  w.joint[w.count] = p->waist_yaw;
  w.share[w.count++] = p->waist_sign;
  for (int i = 0; i < 2 && arms != 0 && p->swing[LEFT] >= 0 && p->swing[RIGHT] >= 0; i++) {
    // the left arm back and the right one ahead turn as the trunk does, counter-clockwise
    w.joint[w.count] = p->swing[i];
    w.share[w.count++] = (i == LEFT ? arms : -arms) * p->swing_sign[i];
  }
  return w;
}

// What the joints' shares together give of moment about the vertical for each rad/s2, in the pose of sample 0.
static double moment_of(const struct trajectory *t, const struct twist *w) {
  double q[ROBOT_JOINTS_MAX], still[ROBOT_JOINTS_MAX] = {0}, pushed[ROBOT_JOINTS_MAX] = {0}, tau[ROBOT_JOINTS_MAX];
  struct frame_motion at = t->pelvis[0];
  struct base_motion base = {.position = at.position, .orientation = quaternion_of_m3(&at.rotation)};
  struct wrench rest, root;
  for (int j = 0; j < t->model->joint_count; j++) q[j] = t->q[j * t->stride];
  for (int i = 0; i < w->count; i++) pushed[w->joint[i]] = w->share[i];
  robot_inverse_dynamics(t->model, &base, q, still, still, 0, NULL, NULL, tau, &rest);
  robot_inverse_dynamics(t->model, &base, q, still, pushed, 0, NULL, NULL, tau, &root);
  return m3_apply(&at.rotation, v3_sub(root.moment, rest.moment)).z;
}

// smooth_step(t / T) and its derivatives; 1 for T = 0.
static void taper_at(double time, double T, double out[3]) {
  double s = T > 0 ? time / T : 1, r = 1 - s;
  out[0] = smooth_step(s), out[1] = out[2] = 0;
  if (s > 0 && s < 1) out[1] = 30 * s * s * r * r / T, out[2] = 60 * s * r * (1 - 2 * s) / (T * T);
}

void twist_solve(struct trajectory *t, const struct twist *w, const double taper[2]) {
  int n = t->n, stride = t->stride;
  if (!w->count) return;
  double square = w->rate * w->rate * GRAVITY / t->humanoid->leg_length, weight = t->model->mass * GRAVITY;
  double inertia = moment_of(t, w), *K = t->work, *f[2] = {K + stride, K + 2 * stride};
  double *d[2] = {K + 3 * stride, K + 4 * stride}, *first[2] = {K + 5 * stride, K + 6 * stride}, *second[2] = {K + 7 * stride, K + 8 * stride};
  for (int k = 0; k < n; k++) {
    double moment;
    K[k] = f[0][k] = f[1][k] = 0;
    if (!trajectory_turning(t, k, &moment)) continue;
    K[k] = square * (t->root[k].force.z > 0 ? t->root[k].force.z / weight : 0);
    f[0][k] = -moment / inertia;
  }
  correction_solve(n, t->dt, t->ends, 0, K, (const double *const *)f, d, first, second, K + 9 * stride);
  for (int k = 0; k < n; k++) {
    double a[3], b[3], x = d[0][k], v = first[0][k], y = second[0][k];
    taper_at(k * t->dt, taper[0], a);
    taper_at((n - 1 - k) * t->dt, taper[1], b);
    double s = a[0] * b[0], ds = a[1] * b[0] - a[0] * b[1], dds = a[2] * b[0] - 2 * a[1] * b[1] + a[0] * b[2];
    for (int i = 0; i < w->count; i++) {
      int at = w->joint[i] * stride + k;
      t->q[at] += w->share[i] * s * x;
      t->qd[at] += w->share[i] * (ds * x + s * v);
      t->qdd[at] += w->share[i] * (dds * x + 2 * ds * v + s * y);
    }
  }
}
