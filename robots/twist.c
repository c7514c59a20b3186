#include "robots/twist.h"

struct twist twist_of(const struct posture *p, double arms, double rate) {
  struct twist w = {.rate = rate, .arms = 1};
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

// What joints from .. to give together of moment about the vertical for each rad/s2, in the pose of sample 0.
static double moment_of(const struct trajectory *t, const struct twist *w, int from, int to) {
  double q[ROBOT_JOINTS_MAX], still[ROBOT_JOINTS_MAX] = {0}, pushed[ROBOT_JOINTS_MAX] = {0}, tau[ROBOT_JOINTS_MAX];
  struct frame_motion at = t->pelvis[0];
  struct base_motion base = {.position = at.position, .orientation = quaternion_of_m3(&at.rotation)};
  struct wrench rest, root;
  for (int j = 0; j < t->model->joint_count; j++) q[j] = t->q[j * t->stride];
  for (int i = from; i < to; i++) pushed[w->joint[i]] = w->share[i];
  robot_inverse_dynamics(t->model, &base, q, still, still, 0, NULL, NULL, tau, &rest);
  robot_inverse_dynamics(t->model, &base, q, still, pushed, 0, NULL, NULL, tau, &root);
  return m3_apply(&at.rotation, v3_sub(root.moment, rest.moment)).z;
}

// smooth_step(t / T) and its derivatives; 1 for T = 0.
static struct jet taper_at(double time, double T) {
  double s = T > 0 ? time / T : 1, r = 1 - s;
  if (s <= 0 || s >= 1) return (struct jet){smooth_step(s), 0, 0};
  return (struct jet){smooth_step(s), 30 * s * s * r * r / T, 60 * s * r * (1 - 2 * s) / (T * T)};
}

static struct jet times(struct jet a, struct jet b) { return (struct jet){a.x * b.x, a.v * b.x + a.x * b.v, a.a * b.x + 2 * a.v * b.v + a.x * b.a}; }

void twist_solve(struct trajectory *t, const struct twist *w, const double taper[2]) {
  int n = t->n, stride = t->stride, arms = w->run ? w->arms : w->count;
  if (!w->count) return;
  double unit = GRAVITY / t->humanoid->leg_length, weight = t->model->mass * GRAVITY;
  double trunk = moment_of(t, w, 0, arms), more = moment_of(t, w, arms, w->count), *K = t->work, *f[2] = {K + stride, K + 2 * stride};
  double *d[2] = {K + 3 * stride, K + 4 * stride}, *first[2] = {K + 5 * stride, K + 6 * stride}, *second[2] = {K + 7 * stride, K + 8 * stride};
  for (int k = 0; k < n; k++) {
    double moment, run = w->run ? w->run[k].x : 0, rate = w->rate + (w->run_rate - w->rate) * run;
    K[k] = f[0][k] = f[1][k] = 0;
    if (!trajectory_turning(t, k, &moment)) continue;
    K[k] = rate * rate * unit * (t->root[k].force.z > 0 ? t->root[k].force.z / weight : 0);
    f[0][k] = -moment / (trunk + run * more);
  }
  correction_solve(n, t->dt, t->ends, 0, K, (const double *const *)f, d, first, second, K + 9 * stride);
  for (int k = 0; k < n; k++) {
    struct jet in = taper_at(k * t->dt, taper[0]), out = taper_at((n - 1 - k) * t->dt, taper[1]);
    struct jet turn = times(times(in, (struct jet){out.x, -out.v, out.a}), (struct jet){d[0][k], first[0][k], second[0][k]});
    for (int i = 0; i < w->count; i++) {
      int at = w->joint[i] * stride + k;
      struct jet j = i < arms ? turn : times(w->run[k], turn);
      t->q[at] += w->share[i] * j.x;
      t->qd[at] += w->share[i] * j.v;
      t->qdd[at] += w->share[i] * j.a;
    }
  }
}
