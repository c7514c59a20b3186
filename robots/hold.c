#include "robots/hold.h"

#include <string.h>

// Where each foot carries: both move together until their middle is below the centre of mass.
static void place_pressure(struct hold *out, const struct humanoid *h, const struct body_motion *body) {
  struct v3 ankle[2] = {body[h->leg[LEFT].body].position, body[h->leg[RIGHT].body].position};
  struct v3 middle = v3_scale(v3_add(ankle[LEFT], ankle[RIGHT]), 0.5);
  for (int i = 0; i < 2; i++) {
    out->pressure[i] = v3_add(ankle[i], v3_sub(out->com, middle));
    out->pressure[i].z = ankle[i].z - h->sole.height;
  }
}

void hold_pose(struct hold *out, const struct humanoid *h, const struct robot_model *model, const struct robot_spec *spec,
               const struct base_motion *base, const double *q, double ambient) {
  const double still[ROBOT_JOINTS_MAX] = {0};
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct v3 velocity;
  memset(out, 0, sizeof *out);
  robot_forward(model, base, q, NULL, body);
  out->com = robot_com(model, body, &velocity);
  place_pressure(out, h, body);

  struct v3 half = v3(0, 0, model->mass * GRAVITY / 2);
  int feet[2] = {h->leg[LEFT].body, h->leg[RIGHT].body};
  struct wrench ground[2];
  for (int i = 0; i < 2; i++) ground[i] = (struct wrench){half, v3_cross(v3_sub(out->pressure[i], body[feet[i]].position), half)};
  robot_inverse_dynamics(model, base, q, still, still, 2, feet, ground, out->tau, &out->residual);

  for (int j = 0; j < model->joint_count; j++) {
    const struct actuator *a = &spec->actuator[j];
    if (spec->drive[j] < 0) continue;
    struct actuator_power p = actuator_power(a, out->tau[j], 0, 0, 1);
    out->winding[j] = heat_steady_warm(a, p.copper, p.inverter, ambient);
    out->joint_power[j] = p.electrical;
    out->joints += p.electrical;
  }
  out->power = bus_power(&spec->bus, out->joints, spec->enabled);
}

bool hold_stands(const struct hold *p, const struct humanoid *h, const struct base_motion *base, const double *q) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  robot_forward(h->model, base, q, NULL, body);
  for (int i = 0; i < 2; i++) {
    // in the foot's own directions
    const struct body_motion *foot = &body[h->leg[i].body];
    struct m3 frame = m3_product(foot->rotation, h->foot_frame[i]);
    struct v3 at = m3_apply_inverse(&frame, v3_sub(p->pressure[i], foot->position));
    double left = i == LEFT ? h->sole.outer : h->sole.inner, right = i == LEFT ? h->sole.inner : h->sole.outer;
    if (at.x < h->sole.heel || at.x > h->sole.toe || at.y > left || at.y < -right) return false;
  }
  return true;
}
