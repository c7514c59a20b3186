#include "robots/walk_check.h"

#define LANES 1
#define KERNEL(name) name##_1
#include "robots/drives_kernel.h"

#define SOLE_ALLOWED 2e-3           // m
#define FORCE_LEAST  1e-2           // of the weight, of walks that jog: at the instant of landing from flight there is next to none, with any centre; a guess
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
  if (w->plan.pace.speed > 0 && v3_norm(f->wrench.force) < FORCE_LEAST * t->model->mass * GRAVITY) return;
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

// Each joint over all samples, its drive's constants kept at hand; the drives' power of a sample is summed from joint 0 upwards.
static void check_joints(struct walk *w, const struct trajectory *t) {
  const struct robot_spec *spec = w->library->spec;
  for (int k = 0; k < t->n; k++) w->sample[k].power = 0;
  for (int j = 0; j < t->model->joint_count; j++) {
    const struct robot_joint *joint = &t->model->joint[j];
    const double *q = t->q + j * t->stride, *qd = t->qd + j * t->stride, *qdd = t->qdd + j * t->stride, *tau = t->tau + j * t->stride;
    double upper = joint->upper + 1e-6, lower = joint->lower - 1e-6, warm = 1;
    int beyond = 0, weak = 0, slow = 0;
    for (int k = 0; k < t->n; k++) beyond += (q[k] > upper) | (q[k] < lower);
    w->faults.joint += beyond;
    if (spec->drive[j] < 0) continue;
    const struct actuator a = spec->actuator[j];
    for (int k = 0; k < t->n; k++) {
      struct power_1 p;
      drive_1(&p, &a, &tau[k], &qd[k], &qdd[k], &warm);
      weak += size_of(p.motor_torque) > a.torque_peak;
      slow += size_of(qd[k]) > a.speed_max;
      w->sample[k].power += p.electrical;
    }
    w->faults.torque += weak;
    w->faults.speed += slow;
  }
  for (int k = 0; k < t->n; k++) w->sample[k].power = bus_power(&spec->bus, w->sample[k].power, spec->enabled);
}

void walk_check(struct walk *w, const struct trajectory *t, double friction) {
  w->faults = (struct walk_faults){0};
  w->zmp_margin = 1e9;
  w->friction = w->cost.energy = 0;
  for (int k = 0; k < t->n; k++)
    for (int s = 0; s < 2; s++) check_foot(w, t, s, k, friction);
  check_joints(w, t);
  for (int k = 0; k + 1 < t->n; k++) w->cost.energy += w->sample[k].power * t->dt;
  w->faults.reach = t->out_of_reach > 1e-6;
}

void walk_power(double *power, const struct trajectory *t, const struct robot_spec *spec) {
  double warm = 1;
  for (int k = 0; k < t->n; k++) power[k] = 0;
  for (int j = 0; j < t->model->joint_count; j++) {
    if (spec->drive[j] < 0) continue;
    const double *qd = t->qd + j * t->stride, *qdd = t->qdd + j * t->stride, *tau = t->tau + j * t->stride;
    const struct actuator a = spec->actuator[j];
    for (int k = 0; k < t->n; k++) {
      struct power_1 p;
      drive_1(&p, &a, &tau[k], &qd[k], &qdd[k], &warm);
      power[k] += p.electrical;
    }
  }
  for (int k = 0; k < t->n; k++) power[k] = bus_power(&spec->bus, power[k], spec->enabled);
}
