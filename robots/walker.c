#include "robots/walker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/walk_body.h"
#include "robots/walk_check.h"
#include "robots/walker_state.h"

#define REACH_MOST 0.02             // m    that a leg may be short of its step; less is counted as a fault
#define PASSES 3                    // corrections: the error falls tenfold in each

static struct base_motion base_of(const struct frame_motion *p) {
  return (struct base_motion){p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                              p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
}

// ---- from the trajectory ----------------------------------------------------------------------------

static bool moves(const struct trajectory *t, int j) {
  const double *q = t->q + j * t->stride;
  for (int k = 1; k < t->n; k++)
    if (q[k] != q[0]) return true;
  return false;
}

static void copy_sample(struct walk_sample *s, const struct trajectory *t, int k) {
  struct v3 normal;
  memset(s, 0, sizeof *s);
  s->base = base_of(&t->pelvis[k]);
  trajectory_cop(t, k, &s->planned, &normal);
  for (int i = 0; i < 2; i++) {
    const struct foot_sample *f = &t->foot[i][k];
    const double *m = f->frame.rotation.m;
    s->contact[i] = f->contact;
    s->share[i] = f->share;
    s->cop[i] = f->cop_actual;
    s->wrench[i] = f->wrench;
    s->foot[i] = f->frame.position;
    s->foot_yaw[i] = m_atan2(m[3], m[0]);
  }
}

struct copy { struct walk *w; const struct trajectory *t; };

static void copy_part(void *context, int from, int to) {
  const struct copy *c = context;
  const struct walk *w = c->w;
  const struct trajectory *t = c->t;
  int moving = w->moving_count;
  for (int k = from; k < to; k++) {
    copy_sample(&w->sample[k], t, k);
    for (int i = 0; i < moving; i++) {
      int at = w->moving[i] * t->stride + k, to_row = k * moving + i;
      w->q[to_row] = t->q[at], w->qd[to_row] = t->qd[at], w->qdd[to_row] = t->qdd[at];
    }
  }
}

static enum status copy_motion(struct walk *w, const struct trajectory *t, struct error *e) {
  int joints = t->model->joint_count, moving = 0;
  w->samples = t->n;
  w->joints = joints;
  w->moving = malloc(sizeof *w->moving * (size_t)joints);
  w->rest = malloc(sizeof *w->rest * (size_t)joints);
  w->sample = malloc(sizeof *w->sample * (size_t)w->samples);
  if (w->moving)
    for (int j = 0; j < joints; j++)
      if (moves(t, j)) w->moving[moving++] = j;
  w->moving_count = moving;
  size_t size = sizeof(double) * (size_t)w->samples * (size_t)(moving ? moving : 1);
  w->q = malloc(size), w->qd = malloc(size), w->qdd = malloc(size);
  if (!w->moving || !w->rest || !w->sample || !w->q || !w->qd || !w->qdd)
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a walk of %d samples", t->n);
  for (int j = 0; j < joints; j++) w->rest[j] = t->q[j * t->stride];
  trajectory_share(t, copy_part, &(struct copy){w, t});
  return STATUS_OK;
}

// ---- making -----------------------------------------------------------------------------------------

// A walk of no steps has one sample.
static enum status stay(struct walk *w, const struct walk_body *b, struct error *e) {
  double nothing[ROBOT_JOINTS_MAX];
  w->samples = 1;
  w->joints = b->model.joint_count;
  w->rest = malloc(sizeof *w->rest * (size_t)w->joints);
  w->sample = calloc(1, sizeof *w->sample);
  if (!w->rest || !w->sample) return error_at(e, STATUS_MEMORY, b->model.name, 0, 0, "a walk of no steps");
  return walk_standing(w->library, w->end, w->end_heading, w->load, w->load_pose, &w->sample[0], w->rest, nothing, nothing, 1, e);
}

enum status walker_solve(struct walk *w, const struct walk_body *b, const struct motion_join *join, struct split *split, struct motion_result *result, struct error *e) {
  struct trajectory t;
  bool jogs = w->plan.pace.speed > 0;
  struct posture jogging;
  if (jogs) jog_posture(&jogging, w->library->humanoid, &b->model, w->load, w->load_pose);
  struct motion_wish wish = {.humanoid = w->library->humanoid, .model = &b->model, .posture = &b->posture, .stand = &b->stand, .plan = &w->plan, .passes = PASSES, .tick = w->tick, .split = split, .join = join,
                             .jogging = jogs ? &jogging : NULL};
  enum status status = motion_solve(&t, result, &wish, e);
  if (status) return status;
  double reach = t.out_of_reach;
  status = copy_motion(w, &t, e);
  if (!status) {
    if (join && join->hurry) motion_retime(&w->plan, join->hurry);
    walk_check(w, &t, w->floor);
    w->zmp_error = result->zmp_error;
    w->clock = t.start;
    w->time = (t.n - 1) * t.dt;
    w->cost.time = w->time;
  }
  trajectory_finish(&t);
  if (!status && reach > REACH_MOST)
    return error_at(e, STATUS_RANGE, b->model.name, 0, 0, "route: at %g m/s a leg is %.2g m too short for its steps", w->speed, reach);
  if (!status && !join && !(w->zmp_error < MOTION_LOST))
    return error_at(e, STATUS_RANGE, b->model.name, 0, 0, "route: at %g m/s the centre of pressure stays %.2g m from any plan", w->speed, w->zmp_error);
  return status;
}

static void set_end(struct walk *w) {
  struct step_target end = w->targets.count ? w->targets.target[w->targets.count - 1] : w->targets.from;
  w->end = end.place;
  w->end_heading = end.yaw;
  w->cost.distance = w->targets.distance;
  w->cost.steps = w->targets.count;
}

enum status walk_make(struct walk *w, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  struct walk_body body;
  struct motion_result result;
  memset(w, 0, sizeof *w);
  w->library = l;
  w->tick = r->tick;
  w->speed = r->speed, w->load = r->load, w->floor = r->friction, w->load_pose = r->load_pose;
  enum status status = walk_body_find(&body, l, r->load, r->load_pose, e);
  if (status) return status;
  status = walk_targets_make(&w->targets, l->humanoid, gait_library_feet(l, r->load), r, e);
  if (!status) {
    set_end(w);
    if (!w->targets.count) status = stay(w, &body, e);
    else status = walk_footsteps(&w->plan, &w->targets, l, &body.stand, w->speed, w->load, w->load_pose, 0, e);
    if (!status && w->targets.count) status = walker_solve(w, &body, NULL, r->split, &result, e);
  }
  walk_body_finish(&body);
  if (status) walk_finish(w);
  return status;
}

struct frame_motion walker_frame_of(const struct base_motion *b) {
  struct m3 r = m3_of_quaternion(b->orientation);
  return (struct frame_motion){r, b->position, b->velocity, b->acceleration, m3_apply(&r, b->angular_velocity), m3_apply(&r, b->angular_acceleration)};
}

enum status walker_past(struct motion_past *p, const struct walk *w, int at, double until, struct error *e) {
  struct frame_motion *root = malloc(sizeof *root * (size_t)(w->samples - at));
  if (!root) return error_at(e, STATUS_MEMORY, w->library->humanoid->model->name, 0, 0, "a walk of %d samples", w->samples);
  for (int k = at; k < w->samples; k++) root[k - at] = walker_frame_of(&w->sample[k].base);
  size_t from = (size_t)at * (size_t)w->moving_count;
  *p = (struct motion_past){until, root, w->samples - at, w->moving_count, w->moving, w->q + from, w->qd + from, w->qdd + from};
  return STATUS_OK;
}

void walker_forget(struct walk *w) {
  free(w->moving), free(w->rest), free(w->sample);
  free(w->q), free(w->qd), free(w->qdd);
  w->moving = NULL, w->rest = NULL, w->sample = NULL, w->q = w->qd = w->qdd = NULL;
}

bool walker_keeps(const struct walk_faults *now, const struct walk_faults *was) {
  return now->lift <= was->lift && now->sole <= was->sole && now->friction <= was->friction && now->torque <= was->torque && now->speed <= was->speed &&
         now->joint <= was->joint && now->reach <= was->reach;
}

void walk_finish(struct walk *w) {
  walk_targets_finish(&w->targets);
  step_plan_finish(&w->plan);
  walker_forget(w);
  memset(w, 0, sizeof *w);
}

// ---- sampling ---------------------------------------------------------------------------------------

// Value, rate and acceleration between two samples of x and v, at share s of the time T.
static void between(double x0, double v0, double x1, double v1, double T, double s, double *x, double *v, double *a) {
  double d = x1 - x0, m0 = v0 * T, m1 = v1 * T, c2 = 3 * d - 2 * m0 - m1, c3 = m0 + m1 - 2 * d;
  *x = x0 + s * (m0 + s * (c2 + s * c3));
  *v = (m0 + s * (2 * c2 + s * 3 * c3)) / T;
  *a = (2 * c2 + 6 * s * c3) / (T * T);
}

static struct v3 mix(struct v3 a, struct v3 b, double s) { return v3_add(v3_scale(a, 1 - s), v3_scale(b, s)); }

// The base between two samples; rates and accelerations, and the short turn, are mixed.
static struct base_motion base_between(const struct base_motion *a, const struct base_motion *b, double T, double s) {
  struct base_motion m;
  between(a->position.x, a->velocity.x, b->position.x, b->velocity.x, T, s, &m.position.x, &m.velocity.x, &m.acceleration.x);
  between(a->position.y, a->velocity.y, b->position.y, b->velocity.y, T, s, &m.position.y, &m.velocity.y, &m.acceleration.y);
  between(a->position.z, a->velocity.z, b->position.z, b->velocity.z, T, s, &m.position.z, &m.velocity.z, &m.acceleration.z);
  struct quaternion p = a->orientation, q = b->orientation;
  double sign = p.w * q.w + p.x * q.x + p.y * q.y + p.z * q.z < 0 ? -1 : 1, r = 1 - s, t = sign * s;
  struct quaternion o = {r * p.w + t * q.w, r * p.x + t * q.x, r * p.y + t * q.y, r * p.z + t * q.z};
  double norm = 1 / m_sqrt(o.w * o.w + o.x * o.x + o.y * o.y + o.z * o.z);
  m.orientation = (struct quaternion){o.w * norm, o.x * norm, o.y * norm, o.z * norm};
  m.angular_velocity = mix(a->angular_velocity, b->angular_velocity, s);
  m.angular_acceleration = mix(a->angular_acceleration, b->angular_acceleration, s);
  return m;
}

void walk_at(const struct walk *w, double time, struct walk_sample *out, double *q, double *qd, double *qdd, int stride) {
  double at = time < 0 ? 0 : time / w->tick;
  int k = at >= w->samples - 1 ? w->samples - 1 : (int)at;
  double s = k < w->samples - 1 ? at - k : 0;

  // a time that is a sample's but for rounding
  if (s > 1 - 1e-9) k++, s = 0;
  if (s < 1e-9) s = 0;
  *out = w->sample[k];
  for (int j = 0; j < w->joints; j++) q[j * stride] = w->rest[j], qd[j * stride] = qdd[j * stride] = 0;
  for (int i = 0; i < w->moving_count; i++) {
    int a = k * w->moving_count + i, b = a + w->moving_count, to = w->moving[i] * stride;
    if (s == 0) q[to] = w->q[a], qd[to] = w->qd[a], qdd[to] = w->qdd[a];
    else between(w->q[a], w->qd[a], w->q[b], w->qd[b], w->tick, s, &q[to], &qd[to], &qdd[to]);
  }
  if (s > 0) out->base = base_between(&w->sample[k].base, &w->sample[k + 1].base, w->tick, s);
}

static void ask(const void *at, size_t size) {
  for (size_t i = 0; i < size; i += 64) __builtin_prefetch((const char *)at + i);
}

void walk_ahead(const struct walk *w, double time) {
  double at = time < 0 ? 0 : time / w->tick + 0.5;
  size_t k = at >= w->samples - 1 ? (size_t)w->samples - 1 : (size_t)at, row = k * (size_t)w->moving_count, size = sizeof(double) * (size_t)w->moving_count;
  ask(&w->sample[k], sizeof *w->sample);
  ask(w->q + row, size);
  ask(w->qd + row, size);
  ask(w->qdd + row, size);
}

enum status walk_standing(const struct gait_library *l, struct v3 place, double heading, double load, enum load_pose pose,
                          struct walk_sample *out, double *q, double *qd, double *qdd, int stride, struct error *e) {
  struct walk_body b;
  enum status status = walk_body_find(&b, l, load, pose, e);
  if (status) return status;
  double s, c, tau[ROBOT_JOINTS_MAX], still[ROBOT_JOINTS_MAX] = {0}, joints = 0;
  m_sincos(heading, &s, &c);
  struct m3 turned = {{c, -s, 0, s, c, 0, 0, 0, 1}};
  memset(out, 0, sizeof *out);
  out->base.position = v3(place.x, place.y, place.z + b.stand.root_height);
  out->base.orientation = quaternion_of_m3(&turned);
  out->planned = v3_add(place, m3_apply(&turned, v3(b.stand.ankle_x + b.stand.rest, b.stand.ankle_y, 0)));
  int body[2], n = b.model.joint_count;
  struct wrench on[2];
  struct body_motion bodies[ROBOT_JOINTS_MAX + 1];
  robot_forward(&b.model, &out->base, b.stand.q, NULL, bodies);
  for (int i = 0; i < 2; i++) {
    double half = i == LEFT ? b.stand.half_width : -b.stand.half_width;
    out->contact[i] = true;
    out->share[i] = 0.5;
    out->foot[i] = v3_add(place, m3_apply(&turned, v3(b.stand.ankle_x, b.stand.ankle_y + half, l->humanoid->sole.height)));
    out->cop[i] = v3_add(place, m3_apply(&turned, v3(b.stand.ankle_x + b.stand.rest, b.stand.ankle_y + half, 0)));
    out->foot_yaw[i] = heading;
    out->wrench[i] = (struct wrench){v3(0, 0, b.model.mass * GRAVITY / 2), v3(0, 0, 0)};
    body[i] = l->humanoid->leg[i].body;
    struct v3 arm = v3_sub(out->cop[i], bodies[body[i]].position);
    on[i] = (struct wrench){out->wrench[i].force, v3_cross(arm, out->wrench[i].force)};
  }
  struct wrench root;
  robot_inverse_dynamics(&b.model, &out->base, b.stand.q, still, still, 2, body, on, tau, &root);
  for (int j = 0; j < n; j++) {
    q[j * stride] = b.stand.q[j], qd[j * stride] = qdd[j * stride] = 0;
    if (l->spec->drive[j] >= 0) joints += actuator_power(&l->spec->actuator[j], tau[j], 0, 0, 1).electrical;
  }
  out->power = bus_power(&l->spec->bus, joints, l->spec->enabled);
  walk_body_finish(&b);
  return STATUS_OK;
}
