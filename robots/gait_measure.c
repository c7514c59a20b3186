#include "robots/gait_measure.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LANES 1
#define KERNEL(name) name##_1
#include "robots/drives_kernel.h"

#define BLOCK         64            // samples of all joints that stay in the first cache
#define REACH_ALLOWED 1e-6          // m
#define SOLE_ALLOWED  2e-3          // m
#define FORCE_LEAST   1e-9          // of the weight: at the instant of landing from flight there is none yet
#define SHARE_LEAST   1e-3          // share of the load below which a foot's centre of pressure says nothing

static double size_of(double x) { return x < 0 ? -x : x; }

const char *gait_limit_name(int bit) {
  static const char *const names[] = {"torque", "speed", "reach", "friction", "yaw", "sole", "lift", "joint"};
  return bit >= 0 && bit < (int)(sizeof names / sizeof *names) ? names[bit] : NULL;
}

// ---- power ------------------------------------------------------------------------------------------

// Sums over samples, and the bus' load of each sample of a block.
struct power_sums { double positive, copper, gear, friction, torque, load[BLOCK]; };

// One joint over a block: what actuator_power gives, with the drive's constants kept at hand.
static void add_joint(struct power_sums *sum, const struct gait *g, const struct actuator *a, int j, int from, int to) {
  double positive = 0, copper = 0, gear = 0, friction = 0, torque = sum->torque, warm = 1;
  for (int k = from; k < to; k++) {
    struct power_1 p;
    int at = k * g->joints + j;
    drive_1(&p, a, &g->tau[at], &g->qd[at], &g->qdd[at], &warm);
    double size = size_of(p.motor_torque);
    torque = size > torque ? size : torque;
    sum->load[k - from] += p.electrical;
    positive += p.mechanical > 0 ? p.mechanical : 0;
    copper += p.copper;
    gear += p.gear;
    friction += p.friction;
  }
  sum->positive += positive, sum->copper += copper, sum->gear += gear, sum->friction += friction;
  sum->torque = torque;
}

double gait_power(const struct gait *g, const struct robot_spec *spec, struct gait_report *r) {
  double bus = 0, n = g->samples;
  struct power_sums sum = {0};
  for (int j = 0; j < g->joints; j++) r->torque_share[j] = 0;
  for (int from = 0; from < g->samples; from += BLOCK) {
    int to = from + BLOCK < g->samples ? from + BLOCK : g->samples;
    memset(sum.load, 0, sizeof sum.load);
    for (int j = 0; j < g->joints; j++) {
      const struct actuator a = spec->actuator[j];
      if (!(a.torque_peak > 0)) continue;                              // follows another joint
      sum.torque = 0;
      add_joint(&sum, g, &a, j, from, to);
      double share = sum.torque / a.torque_peak;
      if (share > r->torque_share[j]) r->torque_share[j] = share;
    }
    for (int k = from; k < to; k++) bus += bus_power(&spec->bus, sum.load[k - from], spec->enabled);
  }
  r->power = bus / n;
  r->mechanical_positive = sum.positive / n;
  r->copper = sum.copper / n;
  r->gear = sum.gear / n;
  r->friction = sum.friction / n;
  r->electronics = spec->bus.electronics + spec->enabled;
  return r->power;
}

// ---- contact ----------------------------------------------------------------------------------------

// Mean distance of the points of a rectangle from its middle.
static double mean_radius(double a, double b) {
  double d = m_sqrt(a * a + b * b);
  return (2 * d + a * a / b * m_log((b + d) / a) + b * b / a * m_log((a + d) / b)) / 12;
}

static double least(double a, double b) { return a < b ? a : b; }

static void measure_foot(const struct trajectory *t, const struct gait_wish *wish, int side, int k, struct gait_report *r) {
  const struct foot_sample *f = &t->foot[side][k];
  const struct sole *sole = &t->humanoid->sole;
  if (f->share <= SHARE_LEAST || v3_norm(f->wrench.force) < FORCE_LEAST * t->model->mass * GRAVITY) return;
  double down = v3_dot(f->wrench.force, f->normal), yaw = size_of(v3_dot(f->wrench.moment, f->normal));
  if (down <= 0) {
    r->broken |= LIMIT_LIFT;
    return;
  }
  struct v3 along = v3_mul_add(f->wrench.force, f->normal, -down);
  double demand = v3_norm(along) / down;
  if (demand > r->friction_demand) r->friction_demand = demand;
  if (yaw > r->yaw_moment) r->yaw_moment = yaw;
  if (demand > wish->friction) r->broken |= LIMIT_FRICTION;
  if (yaw > wish->friction * down * mean_radius(sole->toe - sole->heel, sole->inner + sole->outer)) r->broken |= LIMIT_YAW;

  // in the sole: its frame turned flat, so that a foot rolling about an edge is measured along the floor from that edge
  struct v3 x = v3_sub(f->cop_actual, f->cop);
  struct v3 ahead = v3(f->frame.rotation.m[0], f->frame.rotation.m[3], f->frame.rotation.m[6]);
  struct v3 across = v3_cross(f->normal, ahead);
  across = v3_scale(across, 1 / v3_norm(across));
  ahead = v3_cross(across, f->normal);
  double at = v3_dot(x, ahead) + f->sole_x, out = v3_dot(x, across) + f->sole_y;
  double margin = least(least(at - sole->heel, sole->ball - at),
                        side == LEFT ? least(sole->outer - out, out + sole->inner) : least(sole->inner - out, out + sole->outer));
  if (margin < r->zmp_margin) r->zmp_margin = margin;
  if (margin < -SOLE_ALLOWED) r->broken |= LIMIT_SOLE;
}

static void measure_joints(const struct trajectory *t, const struct robot_spec *spec, struct gait_report *r) {
  for (int j = 0; j < t->model->joint_count; j++) {
    const struct robot_joint *joint = &t->model->joint[j];
    const double *q = t->q + j * t->stride, *qd = t->qd + j * t->stride;
    double low = q[0], high = q[0], speed = 0;
    for (int k = 0; k < t->n; k++) {
      double size = size_of(qd[k]);
      low = q[k] < low ? q[k] : low;
      high = q[k] > high ? q[k] : high;
      speed = size > speed ? size : speed;
    }
    if (high > joint->upper + 1e-6 || low < joint->lower - 1e-6) r->broken |= LIMIT_JOINT;
    if (spec->actuator[j].speed_max > 0) r->speed_share[j] = speed / spec->actuator[j].speed_max;
    if (r->speed_share[j] > 1) r->broken |= LIMIT_SPEED;
    if (r->torque_share[j] > 1) r->broken |= LIMIT_TORQUE;
  }
}

// ---- the whole --------------------------------------------------------------------------------------

static bool allocate(struct gait *g, struct gait_report *r, int n, int joints) {
  size_t column = sizeof(double) * (size_t)n * (size_t)joints;
  g->q = malloc(column), g->qd = malloc(column), g->qdd = malloc(column), g->tau = malloc(column);
  g->base = malloc(sizeof *g->base * (size_t)n);
  bool ok = g->q && g->qd && g->qdd && g->tau && g->base;
  for (int s = 0; s < 2; s++) {
    g->foot[s] = malloc(sizeof *g->foot[s] * (size_t)n);
    g->contact[s] = malloc((size_t)n);
    ok = ok && g->foot[s] && g->contact[s];
  }
  r->torque_share = calloc((size_t)joints, sizeof(double));
  r->speed_share = calloc((size_t)joints, sizeof(double));
  return ok && r->torque_share && r->speed_share;
}

void gait_finish(struct gait *g, struct gait_report *r) {
  free(g->q), free(g->qd), free(g->qdd), free(g->tau), free(g->base);
  for (int s = 0; s < 2; s++) free(g->foot[s]), free(g->contact[s]);
  free(r->torque_share), free(r->speed_share);
  memset(g, 0, sizeof *g);
  memset(r, 0, sizeof *r);
}

// Columns of joints to rows of samples: two joints and eight samples at a time, which compilers move in pairs.
static void transpose(int samples, int joints, const double *from, int stride, double *to) {
  for (int k = 0; k < samples; k += 8) {
    int rows = samples - k < 8 ? samples - k : 8, j = 0;
    for (; j + 1 < joints && rows == 8; j += 2) {
      const double *a = from + j * stride + k, *b = a + stride;
      double *row = to + k * joints + j;
      for (int i = 0; i < 8; i++) row[i * joints] = a[i], row[i * joints + 1] = b[i];
    }
    for (; j < joints; j++)
      for (int i = 0; i < rows; i++) to[(k + i) * joints + j] = from[j * stride + k + i];
  }
}

static void copy_samples(struct gait *g, const struct trajectory *t) {
  for (int k = 0; k < t->n; k++) {
    const struct frame_motion *p = &t->pelvis[k];
    g->base[k] = (struct base_motion){p->position, quaternion_of_m3(&p->rotation), p->velocity,
                                      m3_apply_inverse(&p->rotation, p->angular_velocity), p->acceleration,
                                      m3_apply_inverse(&p->rotation, p->angular_acceleration)};
    for (int s = 0; s < 2; s++) {
      // about the point on the floor below the ankle
      const struct foot_sample *f = &t->foot[s][k];
      struct v3 below = v3(f->frame.position.x, f->frame.position.y, f->cop_actual.z), arm = v3_sub(f->cop_actual, below);
      g->foot[s][k] = (struct wrench){f->wrench.force, v3_add(f->wrench.moment, v3_cross(arm, f->wrench.force))};
      g->contact[s][k] = f->contact;
    }
  }
  const double *from[4] = {t->q, t->qd, t->qdd, t->tau};
  double *to[4] = {g->q, g->qd, g->qdd, g->tau};
  for (int i = 0; i < 4; i++) transpose(t->n, g->joints, from[i], t->stride, to[i]);
}

enum status gait_measure(struct gait *g, struct gait_report *r, const struct trajectory *t, const struct robot_spec *spec,
                         const struct gait_wish *wish, double step_period, double duty, struct error *e) {
  assert(spec->joint_count == t->model->joint_count);
  memset(g, 0, sizeof *g);
  memset(r, 0, sizeof *r);
  if (!allocate(g, r, t->n, t->model->joint_count)) {
    gait_finish(g, r);
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a gait of %d samples", t->n);
  }
  double speed = m_sqrt(wish->speed * wish->speed + wish->side_speed * wish->side_speed);
  g->wish = *wish;
  g->samples = t->n;
  g->joints = t->model->joint_count;
  g->step_period = step_period;
  g->step_length = speed * step_period;
  g->duty = duty;
  copy_samples(g, t);
  gait_power(g, spec, r);
  r->cost_of_transport = speed > 0 ? r->power / (t->model->mass * GRAVITY * speed) : 0;
  r->froude = speed * speed / (GRAVITY * t->humanoid->leg_length);
  r->zmp_margin = 1e9;
  int flight = 0;
  for (int k = 0; k < t->n; k++) {
    double error = m_sqrt(t->error[0][k] * t->error[0][k] + t->error[1][k] * t->error[1][k]);
    if (error > r->zmp_error) r->zmp_error = error;
    bool contact = t->foot[LEFT][k].contact || t->foot[RIGHT][k].contact;
    flight += !contact;
    if (contact && t->root[k].force.z < -FORCE_LEAST * t->model->mass * GRAVITY) r->broken |= LIMIT_LIFT;
    for (int s = 0; s < 2; s++) measure_foot(t, wish, s, k, r);
  }
  for (int j = 0; j < g->joints; j++) {
    double sum = 0;
    for (int k = 0; k < t->n; k++) sum += t->tau[j * t->stride + k] * t->qd[j * t->stride + k];
    r->sticking_power += sum / t->n;
  }
  r->flight = (double)flight / t->n;
  if (t->out_of_reach > REACH_ALLOWED) r->broken |= LIMIT_REACH;
  measure_joints(t, spec, r);
  return STATUS_OK;
}
