#include "robots/walker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/walk_body.h"
#include "robots/walk_check.h"
#include "robots/walker_state.h"

#define REACH_MOST 0.02             // m    that a leg may be short of its step; less is counted as a fault
#define HALT_STEPS 3                // more steps that a stop may take to keep the pressure in the soles
#define PASSES 3                    // corrections: the error falls tenfold in each

static struct base_motion base_of(const struct frame_motion *p) {
  return (struct base_motion){p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                              p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
}

// ---- from the trajectory ----------------------------------------------------------------------------

static bool moves(const struct trajectory *t, int j, int from) {
  const double *q = t->q + j * t->stride;
  for (int k = from + 1; k < t->n; k++)
    if (q[k] != q[from]) return true;
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

static enum status copy_motion(struct walk *w, const struct trajectory *t, int from, struct error *e) {
  int joints = t->model->joint_count, moving = 0;
  w->samples = t->n - from;
  w->joints = joints;
  w->moving = malloc(sizeof *w->moving * (size_t)joints);
  w->rest = malloc(sizeof *w->rest * (size_t)joints);
  w->sample = malloc(sizeof *w->sample * (size_t)w->samples);
  if (w->moving)
    for (int j = 0; j < joints; j++)
      if (moves(t, j, from)) w->moving[moving++] = j;
  w->moving_count = moving;
  size_t size = sizeof(double) * (size_t)w->samples * (size_t)(moving ? moving : 1);
  w->q = malloc(size), w->qd = malloc(size), w->qdd = malloc(size);
  if (!w->moving || !w->rest || !w->sample || !w->q || !w->qd || !w->qdd)
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a walk of %d samples", t->n);
  for (int j = 0; j < joints; j++) w->rest[j] = t->q[j * t->stride + from];
  for (int k = 0; k < w->samples; k++) {
    copy_sample(&w->sample[k], t, from + k);
    for (int i = 0; i < moving; i++) {
      int at = w->moving[i] * t->stride + from + k, to = k * moving + i;
      w->q[to] = t->q[at], w->qd[to] = t->qd[at], w->qdd[to] = t->qdd[at];
    }
  }
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

enum status walker_solve(struct walk *w, const struct walk_body *b, const struct motion_join *join, struct motion_result *result, struct error *e) {
  struct trajectory t;
  bool jogs = w->plan.pace.speed > 0;
  struct posture jogging;
  if (jogs) jog_posture(&jogging, w->library->humanoid, &b->model, w->load, w->load_pose);
  struct motion_wish wish = {.humanoid = w->library->humanoid, .model = &b->model, .posture = &b->posture, .stand = &b->stand, .plan = &w->plan, .passes = PASSES, .tick = w->tick, .join = join,
                             .jogging = jogs ? &jogging : NULL};
  enum status status = motion_solve(&t, result, &wish, e);
  if (status) return status;
  int from = join ? (int)((join->time - t.start) / t.dt + 0.5) : 0;
  double reach = t.out_of_reach;
  status = copy_motion(w, &t, from, e);
  if (!status) {
    walk_check(w, &t, from, w->floor);
    w->zmp_error = result->zmp_error;
    w->clock = t.start + from * t.dt;
    w->time = (t.n - 1 - from) * t.dt;
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
    if (!status && w->targets.count) status = walker_solve(w, &body, NULL, &result, e);
  }
  walk_body_finish(&body);
  if (status) walk_finish(w);
  return status;
}

// ---- stopping ---------------------------------------------------------------------------------------

// The first n targets and the last of them again, so that the feet come together there; all of them when there are no more.
static enum status shorten(struct walk_targets *out, const struct walk_targets *t, int n, const char *name, struct error *e) {
  *out = *t;
  out->count = n + 1 < t->count ? n + 1 : t->count;
  out->target = malloc(sizeof *out->target * (size_t)out->count);
  if (!out->target) return error_at(e, STATUS_MEMORY, name, 0, 0, "a walk of %d steps", out->count);
  memcpy(out->target, t->target, sizeof *out->target * (size_t)out->count);
  if (out->count < t->count) out->target[out->count - 1] = out->target[out->count - 2];
  out->distance = 0;
  for (int i = 0; i < out->count; i++) {
    const struct v3 *a = i ? &out->target[i - 1].place : &out->from.place, *b = &out->target[i].place;
    out->distance += m_sqrt((b->x - a->x) * (b->x - a->x) + (b->y - a->y) * (b->y - a->y));
  }
  return STATUS_OK;
}

struct frame_motion walker_frame_of(const struct base_motion *b) {
  struct m3 r = m3_of_quaternion(b->orientation);
  return (struct frame_motion){r, b->position, b->velocity, b->acceleration, m3_apply(&r, b->angular_velocity), m3_apply(&r, b->angular_acceleration)};
}

// w shortened to n targets, joined at sample `at` of the walk it comes from.
static enum status halt_after(struct walk *out, const struct walk *w, const struct walk_body *b, int n, int at, struct error *e) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
  struct walk_sample now;
  int lead = (int)(JOIN_LEAD / w->tick), begin = at > lead ? at - lead : 0;
  if (w->clock == 0 && begin < lead) begin = 0;
  memset(out, 0, sizeof *out);
  out->library = w->library;
  out->tick = w->tick;
  out->speed = w->speed, out->load = w->load, out->floor = w->floor, out->load_pose = w->load_pose;
  enum status status = shorten(&out->targets, &w->targets, n, b->model.name, e);
  if (status) return status;
  set_end(out);
  status = walk_footsteps(&out->plan, &out->targets, w->library, &b->stand, w->speed, w->load, w->load_pose, w->plan.ready[0], e);
  if (status) return status;
  walk_at(w, at * w->tick, &now, q, qd, qdd, 1);
  struct motion_join join = {w->clock + begin * w->tick, w->clock + at * w->tick, {walker_frame_of(&w->sample[begin].base), walker_frame_of(&now.base)}, q, qd, qdd, false};
  struct motion_result result;
  return walker_solve(out, b, &join, &result, e);
}

static void *copy_of(const void *from, size_t size) {
  void *copy = malloc(size ? size : 1);
  if (copy && size) memcpy(copy, from, size);
  return copy;
}

// What is left of w from a sample on: it stops by itself.
static enum status rest_of(struct walk *out, const struct walk *w, int at, struct error *e) {
  size_t joints = (size_t)w->joints, n = (size_t)(w->samples - at), row = sizeof(double) * (size_t)w->moving_count, skip = (size_t)(at * w->moving_count);
  *out = *w;
  out->targets = (struct walk_targets){.from = w->targets.from};
  out->plan = (struct step_plan){0};
  out->samples = (int)n;
  out->clock = w->clock + at * w->tick;
  out->time = out->cost.time = (double)(n - 1) * w->tick;
  out->cost.energy = out->cost.distance = 0;
  out->cost.steps = 0;
  out->moving = copy_of(w->moving, sizeof *w->moving * (size_t)w->moving_count);
  out->rest = copy_of(w->rest, sizeof(double) * joints);
  out->sample = copy_of(w->sample + at, sizeof *w->sample * n);
  out->q = copy_of(w->q + skip, row * n), out->qd = copy_of(w->qd + skip, row * n), out->qdd = copy_of(w->qdd + skip, row * n);
  if (!out->moving || !out->rest || !out->sample || !out->q || !out->qd || !out->qdd)
    return error_at(e, STATUS_MEMORY, w->library->humanoid->model->name, 0, 0, "a walk of %d samples", out->samples);
  for (int k = 0; k + 1 < out->samples; k++) out->cost.energy += out->sample[k].power * w->tick;
  return STATUS_OK;
}

enum status walk_halt(struct walk *out, const struct walk *w, double time, struct error *e) {
  struct walk_body body;
  memset(out, 0, sizeof *out);
  int at = time > 0 ? (int)m_floor(time / w->tick + 1 - 1e-9) : 0, swing = 0;
  if (at > w->samples - 1) at = w->samples - 1;
  if (w->samples < 2) return error_at(e, STATUS_CONFLICT, w->library->humanoid->model->name, 0, 0, "a robot that stands cannot be stopped");
  if (w->plan.pace.speed > 0) return error_at(e, STATUS_RANGE, w->library->humanoid->model->name, 0, 0, "a walk that jogs on its way ends where it was planned to end");
  enum status status = walk_body_find(&body, w->library, w->load, w->load_pose, e);
  if (status) return status;

  // the step it is in, or the next one when the foot that stands has begun to roll off for it
  double clock = w->clock + at * w->tick;
  bool stops = w->targets.count == 0;                                  // the end of a walk that was stopped
  while (swing + 1 < w->targets.count && w->plan.step[swing + 2].land <= clock) swing++;
  if (swing + 1 < w->targets.count && clock > w->plan.step[swing + 1].heel_off) swing++;
  stops = stops || swing + 2 >= w->targets.count;
  if (stops) status = rest_of(out, w, at, e);
  for (int more = 0; more <= HALT_STEPS && !stops; more++) {
    walk_finish(out);
    status = halt_after(out, w, &body, swing + 1 + more, at, e);
    if (status || !(out->faults.sole + out->faults.lift) || swing + 2 + more >= w->targets.count) break;
  }
  walk_body_finish(&body);
  if (status) walk_finish(out);
  return status;
}

void walk_finish(struct walk *w) {
  walk_targets_finish(&w->targets);
  step_plan_finish(&w->plan);
  free(w->moving), free(w->rest), free(w->sample);
  free(w->q), free(w->qd), free(w->qdd);
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
