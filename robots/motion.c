#include "robots/motion.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WALK_KNEE 0.36              // rad  least bend in full strides (robots/walk.c)
#define LOW_KNEE  0.12              // rad  least bend elsewhere
#define SINK_FROM 0.3               // of the way down from which the height is held to what the legs reach

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }

// ---- curves through the marks -----------------------------------------------------------------------

struct jet { double x, v, a; };

// A quantity at the marks: values, and slopes that keep between neighbours (Fritsch & Butland 1984: the harmonic mean).
enum quantity { AT_X, AT_Y, AT_Z, AT_YAW, AT_BOUNCE, AT_SWING, AT_STRIDE, AT_SINK, AT_PHASE, QUANTITIES };
struct curves { int marks; double *time, *value, *slope; int at; };    // value, slope: (QUANTITIES x marks); at: the piece last used

static double value_of(const struct step_plan *p, enum quantity q, int k) {
  const struct step_mark *m = &p->mark[k], *first = &p->mark[1], *last = &p->mark[p->marks - 2];
  int steps = p->marks - 2;
  switch (q) {
  case AT_X: return m->place.x;
  case AT_Y: return m->place.y;
  case AT_Z: return m->place.z;
  case AT_YAW: return m->yaw;
  case AT_BOUNCE: return m->bounce;
  case AT_SWING: return m->swing;
  case AT_STRIDE: return m->stride;
  case AT_SINK: return k > 0 && k < p->marks - 1;
  default: break;
  }

  // a full turn a step, left feet at whole multiples of two; at the ends the nearest step's rate
  double turn = 2 * M_PI_D, start = p->step[2].side == LEFT ? 0 : turn;
  if (k > 0 && k < p->marks - 1) return start + turn * (k - 1);
  double rate = steps > 1 ? turn * (steps - 1) / (last->time - first->time) : turn / 0.6;
  return k == 0 ? start - rate * (first->time - m->time) : start + turn * (steps - 1) + rate * (m->time - last->time);
}

static bool curves_make(struct curves *c, const struct step_plan *p) {
  int n = p->marks;
  assert(n >= 2);
  c->marks = n;
  c->at = 0;
  c->time = malloc(sizeof(double) * (size_t)n * (1 + 2 * QUANTITIES));
  if (!c->time) return false;
  c->value = c->time + n;
  c->slope = c->value + n * QUANTITIES;
  for (int k = 0; k < n; k++) c->time[k] = p->mark[k].time;
  for (int q = 0; q < QUANTITIES; q++) {
    double *v = c->value + q * n, *s = c->slope + q * n;
    for (int k = 0; k < n; k++) v[k] = value_of(p, q, k), s[k] = 0;
    for (int k = 1; k < n - 1; k++) {
      double a = (v[k] - v[k - 1]) / (c->time[k] - c->time[k - 1]), b = (v[k + 1] - v[k]) / (c->time[k + 1] - c->time[k]);
      s[k] = a * b > 0 ? 2 * a * b / (a + b) : 0;
    }
    if (q == AT_PHASE && n > 2) s[0] = s[1], s[n - 1] = s[n - 2];
  }
  return true;
}

static struct jet curve_at(const struct curves *c, enum quantity q, double t) {
  int n = c->marks, k = c->at;
  const double *v = c->value + q * n, *s = c->slope + q * n;
  double T = c->time[k + 1] - c->time[k], u = (t - c->time[k]) / T;
  if (u >= 1) return (struct jet){v[n - 1] + (q == AT_PHASE ? s[n - 1] * (t - c->time[n - 1]) : 0), q == AT_PHASE ? s[n - 1] : 0, 0};
  double d = v[k + 1] - v[k], v0 = s[k] * T, x = d - v0, w = s[k + 1] * T - v0;
  double a3 = 10 * x - 4 * w, a4 = -15 * x + 7 * w, a5 = 6 * x - 3 * w;
  return (struct jet){v[k] + u * (v0 + u * u * (a3 + u * (a4 + u * a5))),
                      (v0 + u * u * (3 * a3 + u * (4 * a4 + u * 5 * a5))) / T,
                      u * (6 * a3 + u * (12 * a4 + u * 20 * a5)) / (T * T)};
}

static void curves_seek(struct curves *c, double t) {
  while (c->at + 2 < c->marks && t >= c->time[c->at + 1]) c->at++;
}

// a cos(phase): value, rate, acceleration.
static struct jet wave(struct jet a, struct jet phase, double ratio, double offset) {
  double s, c, w = ratio * phase.v, dw = ratio * phase.a;
  m_sincos(ratio * phase.x + offset, &s, &c);
  return (struct jet){a.x * c, a.v * c - a.x * w * s, a.a * c - 2 * a.v * w * s - a.x * (dw * s + w * w * c)};
}

// ---- pelvis and arms before any dynamics ------------------------------------------------------------

static void set_joint(struct trajectory *t, int joint, int k, double x, struct jet j) {
  int at = joint * t->stride + k;
  t->q[at] = x + j.x, t->qd[at] = j.v, t->qdd[at] = j.a;
}

static void set_body(struct trajectory *t, const struct motion_wish *w, struct curves *c, double *sink, double *sink_second, double *stride) {
  const struct posture *p = w->posture;
  for (int k = 0; k < t->n; k++) {
    double time = t->start + k * t->dt, sy, cy;
    curves_seek(c, time);
    struct jet phase = curve_at(c, AT_PHASE, time), bounce = wave(curve_at(c, AT_BOUNCE, time), phase, 1, 0);
    struct jet x = curve_at(c, AT_X, time), y = curve_at(c, AT_Y, time), z = curve_at(c, AT_Z, time), yaw = curve_at(c, AT_YAW, time);
    struct jet down = curve_at(c, AT_SINK, time);
    struct frame_motion *b = &t->pelvis[k];
    m_sincos(yaw.x, &sy, &cy);
    b->rotation = (struct m3){{cy, -sy, 0, sy, cy, 0, 0, 0, 1}};
    b->position = v3(x.x, y.x, z.x + w->stand->root_height + bounce.x);
    b->velocity = v3(x.v, y.v, z.v + bounce.v);
    b->acceleration = v3(x.a, y.a, z.a + bounce.a);
    b->angular_velocity = v3(0, 0, yaw.v);
    b->angular_acceleration = v3(0, 0, yaw.a);
    sink[k] = down.x, sink_second[2 * k] = down.v, sink_second[2 * k + 1] = down.a;
    stride[k] = curve_at(c, AT_STRIDE, time).x;

    // the arms against the legs, as in a steady walk: a little after half way through the stance
    struct jet swing = curve_at(c, AT_SWING, time);
    for (int j = 0; j < t->model->joint_count; j++) set_joint(t, j, k, p->q[j], (struct jet){0, 0, 0});
    for (int i = 0; i < 2; i++) {
      double sign = (i == LEFT ? 1 : -1) * p->swing_sign[i];
      struct jet a = {sign * swing.x, sign * swing.v, sign * swing.a};
      if (p->swing[i] >= 0) set_joint(t, p->swing[i], k, p->q[p->swing[i]], wave(a, phase, 0.5, 0.59 * M_PI_D));
    }
  }
}

// The walking part as high as the knees allow, and not above the stand. *depth is how far it is down, before and after.
static void set_height(struct trajectory *t, const double *sink, const double *sink_second, const double *stride, double *depth) {
  double more = -*depth;
  for (int k = 0; k < t->n; k++) {
    if (sink[k] < SINK_FROM) continue;
    for (int s = 0; s < 2; s++) {
      const struct frame_motion *p = &t->pelvis[k];
      double reach = leg_length_bent(&t->leg[s], LOW_KNEE + (WALK_KNEE - LOW_KNEE) * stride[k]);
      struct v3 hip = v3_add(p->position, m3_apply(&p->rotation, t->leg[s].hip)), r = v3_sub(hip, t->foot[s][k].frame.position);
      double square = reach * reach - r.x * r.x - r.y * r.y, over = r.z - (square > 0 ? m_sqrt(square) : 0);
      more = larger(more, over / sink[k]);
    }
  }
  *depth += more;
  for (int k = 0; k < t->n; k++) {
    t->pelvis[k].position.z -= more * sink[k];
    t->pelvis[k].velocity.z -= more * sink_second[2 * k];
    t->pelvis[k].acceleration.z -= more * sink_second[2 * k + 1];
  }
}

// ---- rest at both ends ------------------------------------------------------------------------------

// Move the planned centre of pressure of sample k by x, y.
static void move_cop(struct trajectory *t, int k, double x, double y) {
  for (int s = 0; s < 2; s++) {
    struct foot_sample *f = &t->foot[s][k];
    if (!f->contact) continue;
    const double *m = f->frame.rotation.m;
    double c = m[0], sn = m[3], norm = m_sqrt(c * c + sn * sn);
    f->cop = v3_add(f->cop, v3(x, y, -(f->normal.x * x + f->normal.y * y) / f->normal.z));
    f->sole_x += (c * x + sn * y) / norm;
    f->sole_y += (c * y - sn * x) / norm;
  }
}

// Change the bump at the start (end = false) or the end so that the speed there goes to zero. total: sum of the bumps so far.
static void detour(struct trajectory *t, double window, double rate, bool end, double total[2]) {
  int n = t->n, count = (int)(window / t->dt), at = end ? n - 1 : 0;
  struct v3 v = t->pelvis[at].velocity;
  double weight = 0;
  for (int i = 0; i <= count; i++) {
    double s = (double)i / count, r = s * (1 - s);
    weight += t->dt * m_exp(-rate * i * t->dt) * 64 * r * r * r;
  }
  double scale = (end ? 1 : -1) / (rate * rate * weight), x = v.x * scale, y = v.y * scale;
  for (int i = 0; i <= count; i++) {
    double s = (double)i / count, r = s * (1 - s), b = 64 * r * r * r;
    int k = end ? n - 1 - i : i;
    move_cop(t, k, x * b, y * b);
    t->error[0][k] -= x * b, t->error[1][k] -= y * b;
  }
  total[0] += x, total[1] += y;
}

// Take off what is left of speed and acceleration at an end, over the time on both feet. Returns the speed.
static double polish(struct trajectory *t, double window, bool end) {
  int n = t->n, count = (int)(window / t->dt), at = end ? n - 1 : 0;
  double T = count * t->dt, sign = end ? -1 : 1;
  struct v3 v = v3_scale(t->pelvis[at].velocity, sign * T), a = v3_scale(t->pelvis[at].acceleration, T * T / 2);
  for (int i = 0; i <= count; i++) {
    // h1 = s - 6 s^3 + 8 s^4 - 3 s^5 has speed 1 at 0 and nothing else; h2 = s^2 (1-s)^3 has s^2
    double s = (double)i / count, u = 1 - s;
    double h1 = s - s * s * s * (6 - s * (8 - 3 * s)), d1 = 1 - s * s * (18 - s * (32 - 15 * s)), dd1 = -s * (36 - s * (96 - 60 * s));
    double h2 = s * s * u * u * u, d2 = s * u * u * (2 - 5 * s), dd2 = 2 * u * u * u - 12 * s * u * u + 6 * s * s * u;
    struct frame_motion *p = &t->pelvis[end ? n - 1 - i : i];
    p->position = v3_sub(p->position, v3(v.x * h1 + a.x * h2, v.y * h1 + a.y * h2, 0));
    p->velocity = v3_sub(p->velocity, v3_scale(v3(v.x * d1 + a.x * d2, v.y * d1 + a.y * d2, 0), sign / T));
    p->acceleration = v3_sub(p->acceleration, v3_scale(v3(v.x * dd1 + a.x * dd2, v.y * dd1 + a.y * dd2, 0), 1 / (T * T)));
  }
  return m_sqrt(v.x * v.x + v.y * v.y) / T;
}

static void detours(struct trajectory *t, const struct step_plan *p, double rate, double total[2][2]) {
  detour(t, p->ready, rate, false, total[0]);
  detour(t, p->ready, rate, true, total[1]);
}

// ---- the whole --------------------------------------------------------------------------------------

enum status motion_solve(struct trajectory *t, struct motion_result *r, const struct motion_wish *w, struct error *e) {
  const struct step_plan *p = w->plan;
  int n = (int)m_floor(p->time / MOTION_TICK - 1e-9) + 2;
  struct curves curves;
  double total[2][2] = {{0, 0}, {0, 0}};
  memset(r, 0, sizeof *r);
  enum status status = trajectory_init(t, w->humanoid, w->model, n, 0, MOTION_TICK, ENDS_FIXED, e);
  if (status) return status;
  double *work = malloc(sizeof(double) * 4 * (size_t)n);
  if (!work || !curves_make(&curves, p)) {
    free(work);
    trajectory_finish(t);
    return error_at(e, STATUS_MEMORY, w->model->name, 0, 0, "a motion of %d samples", n);
  }
  double *sink = work, *stride = work + n, *sink_second = work + 2 * n, rate = m_sqrt(GRAVITY / w->stand->com_height);
  trajectory_feet(t, &p->footsteps);
  set_body(t, w, &curves, sink, sink_second, stride);

  // the pendulum alone, then with the whole body; the height follows the path until the first correction and then stays
  double depth = 0;
  trajectory_pendulum(t);
  set_height(t, sink, sink_second, stride, &depth);
  detours(t, p, rate, total);
  trajectory_pendulum(t);
  for (int i = 0; i < w->passes; i++) {
    if (i < 2) set_height(t, sink, sink_second, stride, &depth);
    trajectory_dynamics(t);
    if (i > 0) detours(t, p, rate, total);
    trajectory_correct(t);
  }
  r->rest_speed = larger(polish(t, p->ready, false), polish(t, p->ready, true));
  r->zmp_error = trajectory_dynamics(t);
  r->residual = trajectory_contacts(t);
  for (int i = 0; i < 2; i++) r->detour[i] = larger(size_of(total[i][0]), size_of(total[i][1]));
  free(curves.time);
  free(work);
  return STATUS_OK;
}
