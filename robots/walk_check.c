#include "robots/walk_check.h"

#define SOLE_ALLOWED 2e-3           // m
#define SHARE_LEAST  1e-3           // of the load: below it a foot's centre of pressure says nothing

static double size_of(double x) { return x < 0 ? -x : x; }
static double least(double a, double b) { return a < b ? a : b; }

// Mean distance of a rectangle's points from its middle.
static double mean_radius(double a, double b) {
  double d = m_sqrt(a * a + b * b);
  return (2 * d + a * a / b * m_log((b + d) / a) + b * b / a * m_log((a + d) / b)) / 12;
}

// Is the foot one that rolls over heel or ball somewhere, so that its pressure comes to an edge on purpose?
static bool rolls(const struct step_plan *p, int side, double time) {
  for (int i = 0; i < p->count; i++) {
    const struct footstep *s = &p->step[i];
    if ((int)s->side == side && time >= s->land && time < s->lift) return s->strike != 0 || s->toe_off != 0;
  }
  return true;
}

static void check_foot(struct walk *w, const struct trajectory *t, int side, int k, double friction) {
  const struct foot_sample *f = &t->foot[side][k];
  const struct sole *sole = &t->humanoid->sole;
  if (f->share <= SHARE_LEAST) return;
  double down = v3_dot(f->wrench.force, f->normal);
  if (down <= 0) { w->faults.lift++; return; }
  double demand = v3_norm(v3_mul_add(f->wrench.force, f->normal, -down)) / down, yaw = size_of(v3_dot(f->wrench.moment, f->normal));
  if (demand > w->friction) w->friction = demand;
  w->faults.friction += demand > friction;
  w->faults.yaw += yaw > friction * down * mean_radius(sole->toe - sole->heel, sole->inner + sole->outer);

  // along and across the sole
  struct v3 x = v3_sub(f->cop_actual, f->cop), ahead = v3(f->frame.rotation.m[0], f->frame.rotation.m[3], f->frame.rotation.m[6]);
  struct v3 across = v3_cross(f->normal, ahead);
  across = v3_scale(across, 1 / v3_norm(across));
  ahead = v3_cross(across, f->normal);
  double at = v3_dot(x, ahead) + f->sole_x, out = v3_dot(x, across) + f->sole_y;
  double along = least(at - sole->heel, sole->ball - at);
  double beside = side == LEFT ? least(sole->outer - out, out + sole->inner) : least(sole->inner - out, out + sole->outer);
  w->faults.sole += least(along, beside) < -SOLE_ALLOWED;
  double margin = rolls(&w->plan, side, t->start + k * t->dt) ? beside : least(along, beside);
  if (margin < w->zmp_margin) w->zmp_margin = margin;
}

static double check_joints(struct walk *w, const struct trajectory *t, int k) {
  const struct robot_spec *spec = w->library->spec;
  double joints = 0;
  for (int j = 0; j < t->model->joint_count; j++) {
    const struct robot_joint *joint = &t->model->joint[j];
    int at = j * t->stride + k;
    w->faults.joint += t->q[at] > joint->upper + 1e-6 || t->q[at] < joint->lower - 1e-6;
    if (spec->drive[j] < 0) continue;
    const struct actuator *a = &spec->actuator[j];
    struct actuator_power p = actuator_power(a, t->tau[at], t->qd[at], t->qdd[at], 1);
    w->faults.torque += size_of(p.motor_torque) > a->torque_peak;
    w->faults.speed += size_of(t->qd[at]) > a->speed_max;
    joints += p.electrical;
  }
  return bus_power(&spec->bus, joints, spec->enabled);
}

void walk_check(struct walk *w, const struct trajectory *t, int from, double friction) {
  w->faults = (struct walk_faults){0};
  w->zmp_margin = 1e9;
  w->friction = w->cost.energy = 0;
  for (int k = from; k < t->n; k++) {
    for (int s = 0; s < 2; s++) check_foot(w, t, s, k, friction);
    double power = check_joints(w, t, k);
    w->sample[k - from].power = power;
    if (k + 1 < t->n) w->cost.energy += power * t->dt;
  }
  w->faults.reach = t->out_of_reach > 1e-6;
}
