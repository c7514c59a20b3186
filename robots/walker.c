#include "robots/walker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/walk_check.h"

#define REACH_MOST 0.02             // m    that a leg may be short of its step; less is counted as a fault
#define PASSES 3                    // corrections: the error falls tenfold in each

// Everything that a load changes.
struct body { struct robot_model model; struct posture posture; struct stand stand; };

static enum status body_find(struct body *b, const struct gait_library *l, double load, enum load_pose pose, struct error *e) {
  enum status status = posture_load(&b->model, l->humanoid, load, e);
  if (status) return status;
  posture_find(&b->posture, l->humanoid, pose);
  status = stand_find(&b->stand, l->humanoid, &b->model, &b->posture, e);
  if (status) posture_load_finish(&b->model);
  return status;
}

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

static enum status copy_motion(struct walk *w, const struct trajectory *t, struct error *e) {
  int joints = t->model->joint_count, moving = 0;
  w->samples = t->n;
  w->joints = joints;
  w->moving = malloc(sizeof *w->moving * (size_t)joints);
  w->rest = malloc(sizeof *w->rest * (size_t)joints);
  w->sample = malloc(sizeof *w->sample * (size_t)t->n);
  if (w->moving)
    for (int j = 0; j < joints; j++)
      if (moves(t, j)) w->moving[moving++] = j;
  w->moving_count = moving;
  size_t size = sizeof(double) * (size_t)t->n * (size_t)(moving ? moving : 1);
  w->q = malloc(size), w->qd = malloc(size), w->qdd = malloc(size);
  if (!w->moving || !w->rest || !w->sample || !w->q || !w->qd || !w->qdd)
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a walk of %d samples", t->n);
  for (int j = 0; j < joints; j++) w->rest[j] = t->q[j * t->stride];
  for (int k = 0; k < t->n; k++) {
    copy_sample(&w->sample[k], t, k);
    for (int i = 0; i < moving; i++) {
      int from = w->moving[i] * t->stride + k, to = k * moving + i;
      w->q[to] = t->q[from], w->qd[to] = t->qd[from], w->qdd[to] = t->qdd[from];
    }
  }
  return STATUS_OK;
}

// ---- making -----------------------------------------------------------------------------------------

// A standing robot as a plan of no steps cannot be: the shortest walk has one sample.
static enum status stay(struct walk *w, const struct body *b, const struct walk_targets *t, struct error *e) {
  w->samples = 1;
  w->joints = b->model.joint_count;
  w->rest = malloc(sizeof *w->rest * (size_t)w->joints);
  w->sample = calloc(1, sizeof *w->sample);
  if (!w->rest || !w->sample) return error_at(e, STATUS_MEMORY, b->model.name, 0, 0, "a walk of no steps");
  (void)t;
  return STATUS_OK;
}

static enum status solve(struct walk *w, const struct body *b, const struct walk_route *r, struct error *e) {
  struct trajectory t;
  struct motion_result result;
  double reach = 0;
  struct motion_wish wish = {w->library->humanoid, &b->model, &b->posture, &b->stand, &w->plan, PASSES, r->tick};
  enum status status = motion_solve(&t, &result, &wish, e);
  if (status) return status;
  status = copy_motion(w, &t, e);
  if (!status) {
    walk_check(w, &t, r->friction);
    w->zmp_error = result.zmp_error;
    w->time = (t.n - 1) * t.dt;
    reach = t.out_of_reach;
  }
  trajectory_finish(&t);
  if (!status && reach > REACH_MOST)
    return error_at(e, STATUS_RANGE, b->model.name, 0, 0, "route: at %g m/s a leg is %.2g m too short for its steps", r->speed, reach);
  if (!status && !(w->zmp_error < MOTION_LOST))
    return error_at(e, STATUS_RANGE, b->model.name, 0, 0, "route: at %g m/s the centre of pressure stays %.2g m from any plan", r->speed, w->zmp_error);
  return status;
}

// Footsteps of a route.
static enum status plan(struct step_plan *p, struct walk_targets *t, const struct gait_library *l, const struct stand *stand,
                        const struct walk_route *r, struct error *e) {
  enum status status = walk_targets_make(t, l->humanoid, r, e);
  if (status || !t->count) return status;
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, r->speed);
  wish.load = r->load;
  wish.load_pose = r->load_pose;
  status = step_plan_make(p, l->humanoid, stand, &wish, t->from, transition_first(t->from, t->target[0]), t->target, t->count, e);
  if (status) walk_targets_finish(t);
  return status;
}

enum status walk_make(struct walk *w, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  struct body body;
  struct walk_targets targets;
  memset(w, 0, sizeof *w);
  w->library = l;
  w->tick = r->tick;
  enum status status = body_find(&body, l, r->load, r->load_pose, e);
  if (status) return status;
  status = plan(&w->plan, &targets, l, &body.stand, r, e);
  if (!status) {
    struct step_target end = targets.count ? targets.target[targets.count - 1] : targets.from;
    w->end = end.place;
    w->end_heading = end.yaw;
    status = targets.count ? solve(w, &body, r, e) : stay(w, &body, &targets, e);
    if (!status && !targets.count) {
      double *q = w->rest, nothing[ROBOT_JOINTS_MAX];
      status = walk_standing(l, end.place, end.yaw, r->load, r->load_pose, &w->sample[0], q, nothing, nothing, 1, e);
    }
    w->cost.time = w->time;
    w->cost.distance = targets.distance;
    w->cost.steps = targets.count;
    walk_targets_finish(&targets);
  }
  posture_load_finish(&body.model);
  if (status) walk_finish(w);
  return status;
}

// ---- cost -------------------------------------------------------------------------------------------

// Energy of a plan by the library's figures: steady power over each swing, half of a start and stop for every change of speed
// from 0 to that speed or back, and height.
static double energy_of(const struct gait_library *l, const struct step_plan *p, const struct walk_targets *t, double load) {
  double weight = (l->humanoid->model->mass + load) * GRAVITY, rest = gait_library_ends(l, 0, load), energy = rest, before = rest;
  for (int i = 0; i + 1 < t->count; i++) {
    const struct step_target *a = i ? &t->target[i - 1] : &t->from, *b = &t->target[i];
    double x = b->place.x - a->place.x, y = b->place.y - a->place.y, rise = b->place.z - a->place.z;
    double time = p->step[i + 1].lift - p->step[i].lift, v = m_sqrt(x * x + y * y) / time, now = gait_library_ends(l, v, load);
    energy += gait_library_power(l, v, load) * time + weight * rise * l->rise[rise < 0] + 0.5 * (now > before ? now - before : before - now);
    before = now;
  }
  return energy + 0.5 * (before - rest);
}

enum status walk_cost(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e) {
  struct walk_targets targets;
  struct step_plan steps = {0};
  memset(c, 0, sizeof *c);
  enum status status = plan(&steps, &targets, l, &l->standing, r, e);
  if (!status) {
    c->steps = targets.count;
    c->distance = targets.distance;
    if (targets.count) {
      c->time = motion_time(&steps, r->tick);
      c->energy = energy_of(l, &steps, &targets, r->load);
    }
    step_plan_finish(&steps);
    walk_targets_finish(&targets);
  }
  return status;
}

void walk_finish(struct walk *w) {
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
  struct body b;
  enum status status = body_find(&b, l, load, pose, e);
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
  posture_load_finish(&b.model);
  return STATUS_OK;
}
