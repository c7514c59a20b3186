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

// What some samples demand.
struct part { struct walk_faults faults; double margin, friction; };

static void check_foot(struct part *o, const struct walk *w, const struct trajectory *t, int side, int k, double friction) {
  const struct foot_sample *f = &t->foot[side][k];
  const struct sole *sole = &t->humanoid->sole;
  if (f->share <= SHARE_LEAST) return;
  double down = v3_dot(f->wrench.force, f->normal);
  if (w->plan.pace.speed > 0 && v3_norm(f->wrench.force) < FORCE_LEAST * t->model->mass * GRAVITY) return;
  if (down <= 0) { o->faults.lift++; return; }
  double demand = v3_norm(v3_mul_add(f->wrench.force, f->normal, -down)) / down, yaw = size_of(v3_dot(f->wrench.moment, f->normal));
  if (demand > o->friction) o->friction = demand;
  o->faults.friction += demand > friction;
  o->faults.yaw += yaw > friction * down * mean_radius(sole->toe - sole->heel, sole->inner + sole->outer);

  // along and across the sole
  struct v3 x = v3_sub(f->cop_actual, f->cop), ahead = v3(f->frame.rotation.m[0], f->frame.rotation.m[3], f->frame.rotation.m[6]);
  struct v3 across = v3_cross(f->normal, ahead);
  across = v3_scale(across, 1 / v3_norm(across));
  ahead = v3_cross(across, f->normal);
  double at = v3_dot(x, ahead) + f->sole_x, out = v3_dot(x, across) + f->sole_y;
  double along = least(at - sole->heel, sole->ball - at);
  double beside = side == LEFT ? least(sole->outer - out, out + sole->inner) : least(sole->inner - out, out + sole->outer);
  o->faults.sole += least(along, beside) < -SOLE_ALLOWED;
  double margin = rolls(&w->plan, side, t->start + k * t->dt) ? beside : least(along, beside);
  if (margin < o->margin) o->margin = margin;
}

// Each joint over samples from .. to-1, its drive's constants kept at hand; the drives' power of a sample is summed from joint 0 upwards.
static void check_joints(struct part *o, const struct walk *w, const struct trajectory *t, int from, int to) {
  const struct robot_spec *spec = w->library->spec;
  for (int k = from; k < to; k++) w->sample[k].power = 0;
  for (int j = 0; j < t->model->joint_count; j++) {
    const struct robot_joint *joint = &t->model->joint[j];
    const double *q = t->q + j * t->stride, *qd = t->qd + j * t->stride, *qdd = t->qdd + j * t->stride, *tau = t->tau + j * t->stride;
    double upper = joint->upper + 1e-6, lower = joint->lower - 1e-6, warm = 1;
    int beyond = 0, weak = 0, slow = 0;
    for (int k = from; k < to; k++) beyond += (q[k] > upper) | (q[k] < lower);
    o->faults.joint += beyond;
    if (spec->drive[j] < 0) continue;
    const struct actuator a = spec->actuator[j];
    for (int k = from; k < to; k++) {
      struct power_1 p;
      drive_1(&p, &a, &tau[k], &qd[k], &qdd[k], &warm);
      weak += size_of(p.motor_torque) > a.torque_peak;
      slow += size_of(qd[k]) > a.speed_max;
      w->sample[k].power += p.electrical;
    }
    o->faults.torque += weak;
    o->faults.speed += slow;
  }
  for (int k = from; k < to; k++) w->sample[k].power = bus_power(&spec->bus, w->sample[k].power, spec->enabled);
}

#define PARTS 16                    // of the samples, each counted by itself: sums and extremes do not depend on who counts them

struct check { const struct walk *w; const struct trajectory *t; double friction; struct part part[PARTS]; };

static void check_parts(void *context, int from, int to) {
  struct check *c = context;
  for (int i = from; i < to; i++) {
    struct part *o = &c->part[i];
    int first = (int)((long)c->t->n * i / PARTS), end = (int)((long)c->t->n * (i + 1) / PARTS);
    *o = (struct part){.margin = 1e9};
    for (int k = first; k < end; k++)
      for (int s = 0; s < 2; s++) check_foot(o, c->w, c->t, s, k, c->friction);
    check_joints(o, c->w, c->t, first, end);
  }
}

void walk_check(struct walk *w, const struct trajectory *t, double friction) {
  struct check c = {.w = w, .t = t, .friction = friction};
  if (t->split) split_run_parts(t->split, PARTS, PARTS, 1, check_parts, &c);
  else check_parts(&c, 0, PARTS);
  w->faults = (struct walk_faults){0};
  w->zmp_margin = 1e9;
  w->friction = w->cost.energy = 0;
  for (int i = 0; i < PARTS; i++) {
    const struct walk_faults *f = &c.part[i].faults;
    w->faults.lift += f->lift, w->faults.sole += f->sole, w->faults.friction += f->friction, w->faults.yaw += f->yaw;
    w->faults.torque += f->torque, w->faults.speed += f->speed, w->faults.joint += f->joint;
    if (c.part[i].margin < w->zmp_margin) w->zmp_margin = c.part[i].margin;
    if (c.part[i].friction > w->friction) w->friction = c.part[i].friction;
  }
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
