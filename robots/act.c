#include "robots/act.h"

#include <stdlib.h>
#include <string.h>

struct play { double begin, time; int from, to; };

static double played(const struct handling *h, int i, int before) {
  const struct handling_step *s = &h->step[i];
  double time = s->phase == HAND_POSITION && s->pose != before ? s->time - h->fit.time : s->time;
  return time > 1e-6 ? time : 1e-6;
}

// The floor's wrench on each foot: force and yaw moment by shares, so that both together press where the body asks.
static void stand_on(const struct reacher *r, const double foot[2], const struct base_motion *base, const struct wrench *root, struct walk_sample *s) {
  double half = r->standing.half_width, height = r->humanoid->sole.height;
  struct v3 moment = v3_add(root->moment, v3_cross(base->position, root->force));       // the root is level: its axes are the frame's
  double z = root->force.z, x = -moment.y / z, y = moment.x / z, turn = moment.z - (x * root->force.y - y * root->force.x);
  double left = (y - foot[1] + half) / (2 * half);
  left = left < 0 ? 0 : left > 1 ? 1 : left;
  double middle = foot[1] + (2 * left - 1) * half;                                      // what the shares alone bring
  s->planned = v3(x, y, 0);
  for (int i = 0; i < 2; i++) {
    double share = i == LEFT ? left : 1 - left, at = foot[1] + (i == LEFT ? half : -half);
    s->contact[i] = true;
    s->share[i] = share;
    s->foot[i] = v3(foot[0], at, height);
    s->foot_yaw[i] = 0;
    s->cop[i] = v3(x, at + y - middle, 0);
    s->wrench[i] = (struct wrench){v3_scale(root->force, share), v3(0, 0, share * turn)};
  }
}

static enum status allocate(struct walk *w, int joints, struct error *e) {
  size_t all = (size_t)w->samples * (size_t)joints;
  w->joints = joints;
  w->moving_count = joints;
  w->moving = malloc(sizeof *w->moving * (size_t)joints);
  w->rest = calloc((size_t)joints, sizeof *w->rest);
  w->sample = calloc((size_t)w->samples, sizeof *w->sample);
  w->q = malloc(sizeof(double) * all), w->qd = malloc(sizeof(double) * all), w->qdd = malloc(sizeof(double) * all);
  return w->moving && w->rest && w->sample && w->q && w->qd && w->qdd ? STATUS_OK : error_at(e, STATUS_MEMORY, "act", 0, 0, "a motion of %d samples", w->samples);
}

// Joints that stay where they are need no columns.
static void drop_still(struct walk *w) {
  int kept = 0, joints = w->joints;
  for (int j = 0; j < joints; j++) {
    bool moves = false;
    for (int k = 1; k < w->samples && !moves; k++) moves = w->q[k * joints + j] != w->q[j];
    w->rest[j] = w->q[j];
    if (moves) w->moving[kept++] = j;
  }
  double *columns[3] = {w->q, w->qd, w->qdd};
  for (int k = 0; k < w->samples; k++)
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < kept; i++) columns[c][k * kept + i] = columns[c][k * joints + w->moving[i]];
  w->moving_count = kept;
}

enum status act_make(struct walk *w, const struct reacher *r, const struct handling *h, const double foot[2], double tick, double before, double after, double *change, struct error *e) {
  const struct humanoid *o = r->humanoid;
  struct play play[HANDLING_PHASES_MAX];
  struct robot_model model[2];
  double end = 0;
  int pose = 0, n = o->model->joint_count;
  memset(w, 0, sizeof *w);
  *change = 0;
  for (int i = 0; i < h->steps; i++) {
    const struct handling_step *s = &h->step[i];
    if (s->phase == HAND_LIFT || s->phase == HAND_RETREAT) *change = end;
    play[i] = (struct play){end, played(h, i, pose), pose, s->pose};
    end += play[i].time;
    pose = s->pose;
  }
  w->tick = tick;
  w->samples = (int)m_floor(end / tick + 1 - 1e-9) + 1;
  w->time = (w->samples - 1) * tick;
  enum status status = posture_load(&model[0], o, before, e);
  if (status != STATUS_OK) return status;
  status = posture_load(&model[1], o, after, e);
  if (status == STATUS_OK) status = allocate(w, n, e);
  for (int k = 0, i = 0; k < w->samples && status == STATUS_OK; k++) {
    double t = k * tick, s, rate, second, *q = w->q + (size_t)k * (size_t)n, *qd = w->qd + (size_t)k * (size_t)n, *qdd = w->qdd + (size_t)k * (size_t)n, tau[ROBOT_JOINTS_MAX];
    while (i + 1 < h->steps && t >= play[i].begin + play[i].time) i++;
    const struct play *p = &play[i];
    double x = (t - p->begin) / p->time;
    x = x < 0 ? 0 : x > 1 ? 1 : x;
    minimum_jerk(x, &s, &rate, &second);
    struct move_wish m = {.from = &h->pose[p->from], .to = &h->pose[p->to], .foot = {foot[0], foot[1]}};
    struct frame_motion root;
    struct wrench force;
    move_path(r, &m, s, rate / p->time, second / (p->time * p->time), &root, q, qd, qdd);
    struct base_motion *base = &w->sample[k].base;
    *base = (struct base_motion){.position = root.position, .orientation = {1, 0, 0, 0}, .velocity = root.velocity, .acceleration = root.acceleration};
    robot_inverse_dynamics(&model[t >= *change], base, q, qd, qdd, 0, NULL, NULL, tau, &force);
    stand_on(r, foot, base, &force, &w->sample[k]);
  }
  posture_load_finish(&model[0]);
  if (model[1].body) posture_load_finish(&model[1]);
  if (status != STATUS_OK) walk_finish(w);
  else drop_still(w);
  return status;
}
