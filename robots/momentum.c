#include "robots/momentum.h"

struct floor_momentum floor_momentum_of(const struct robot_model *m, const struct base_motion *base, const double *q, const double *qd, double floor) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct floor_momentum f;
  robot_forward(m, base, q, qd, body);
  f.com = robot_com(m, body, &f.com_velocity);
  struct v3 below = v3(f.com.x, f.com.y, floor), sum = v3(0, 0, 0);
  for (int i = 0; i <= m->joint_count; i++) {
    const struct robot_body *k = &m->body[i];
    struct v3 arm = m3_apply(&body[i].rotation, k->com), at = v3_add(body[i].position, arm), speed = v3_add(body[i].velocity, v3_cross(body[i].angular_velocity, arm));
    struct v3 spin = m3_apply(&k->inertia, m3_apply_inverse(&body[i].rotation, body[i].angular_velocity));
    sum = v3_add(sum, v3_add(v3_scale(v3_cross(v3_sub(at, below), speed), k->mass), m3_apply(&body[i].rotation, spin)));
  }
  double scale = 1 / (m->mass * (f.com.z - floor));
  f.swing[0] = sum.y * scale, f.swing[1] = -sum.x * scale;
  return f;
}
