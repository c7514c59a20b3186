#include "robots/motion.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/marks.h"
#include "robots/run.h"
#include "robots/twist.h"

#define WALK_KNEE 0.36              // rad  least bend in full strides (robots/walk.c)
#define LOW_KNEE  0.25              // rad  least bend in other steps; a guess
#define NUMERIC_KNEE 0.60           // rad  of legs without closed form, whose hip is no point: 0.45 is not enough for steps aside
#define SINK_TIME 1.3               // of the time on both feet: going down to walking height and up again; a guess
#define CLOSE     5e-4              // m    of error that is good enough
#define RUN_PASSES    24            // of a motion that jogs, as robots/jog.c has them; what is not said here is said there
#define RUN_FIT       9
#define RUN_SPARE     0.3           // rad
#define RUN_TWIST     16
#define RUN_INERTIA   4
#define RUN_SHARE_ODD 0.55
#define RUN_SETTLE    3
#define RUN_AGAIN     24            // passes from a motion that is nearly it; a guess
#define AGAIN_FIT     3             // of them from one fit of the height to the next; a guess
#define AGAIN_BEND    0.20          // rad  less bent than planned before it goes lower; a guess
#define LOAD_LEAST    1e-2          // of the weight
#define LOST          1e3           // m
#define MORE      2                 // corrections beyond the wished ones
#define JOIN_LEAD 1.5               // s    in which the held end of a solution that begins on its way goes over to the plan's
#define SINK_JOIN 0.35              // s    in which a pushed body goes to the height of its new steps; a guess
#define PUSHED    2                 // corrections more of a body that was pushed
#define ARMS_LATE 0.59              // of half a turn from the middle of a stance on: arms of a walk
#define SINK_FROM 0.3               // of the way down from which the height is held to what the legs reach

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }

// a cos(phase): value, rate, acceleration.
static struct jet wave(struct jet a, struct jet phase, double ratio, double offset) {
  double s, c, w = ratio * phase.v, dw = ratio * phase.a;
  m_sincos(ratio * phase.x + offset, &s, &c);
  return (struct jet){a.x * c, a.v * c - a.x * w * s, a.a * c - 2 * a.v * w * s - a.x * (dw * s + w * w * c)};
}

// smooth_step(t / T) and its derivatives.
static struct jet rise_of(double t, double T) {
  double s = t / T, r = 1 - s;
  if (s <= 0 || s >= 1) return (struct jet){s >= 1, 0, 0};
  return (struct jet){smooth_step(s), 30 * s * s * r * r / T, 60 * s * r * (1 - 2 * s) / (T * T)};
}

// ---- the clock ----------------------------------------------------------------------------------------

struct jet motion_clock(const struct motion_hurry *h, double time) {
  if (!h || time <= h->from) return (struct jet){time, 1, 0};
  if (time >= h->to) return (struct jet){time + h->by, 1, 0};
  double T = h->to - h->from;
  struct quintic q = quintic_between((struct jet){h->from, 1, 0}, (struct jet){h->to + h->by, 1, 0}, T);
  return quintic_at(&q, time - h->from);
}

double motion_when(const struct motion_hurry *h, double clock) {
  if (clock <= h->from) return clock;
  if (clock >= h->to + h->by) return clock - h->by;
  double low = h->from, high = h->to;
  for (int k = 0; k < 48; k++) {
    double middle = 0.5 * (low + high);
    if (motion_clock(h, middle).x < clock) low = middle;
    else high = middle;
  }
  return high;
}

void motion_retime(struct step_plan *p, const struct motion_hurry *h) {
  for (int i = 0; i < p->count; i++) {
    struct footstep *s = &p->step[i];
    double *time[5] = {&s->land, &s->lift, &s->flat, &s->heel_off, &s->moved_at};
    for (int k = 0; k < 5; k++) *time[k] = motion_when(h, *time[k]);
  }
  for (int i = 0; i < p->marks; i++) p->mark[i].time = motion_when(h, p->mark[i].time), p->mark[i].turn_time = motion_when(h, p->mark[i].turn_time);
  p->time -= h->by;
}

// What goes by the clock, by the time.
static struct jet by_clock(struct jet x, struct jet clock) { return (struct jet){x.x, x.v * clock.v, x.a * clock.v * clock.v + x.v * clock.a}; }

static void feet_by_clock(struct trajectory *t, const struct footsteps *steps, const struct motion_hurry *h) {
  int k = 0;
  for (; k < t->n && t->start + k * t->dt < h->to; k++) {
    struct jet c = motion_clock(h, t->start + k * t->dt);
    footsteps_sample(t->humanoid, steps, 1, c.x, t->dt, &t->foot[LEFT][k], &t->foot[RIGHT][k]);
    for (int s = 0; s < 2; s++) {
      struct frame_motion *f = &t->foot[s][k].frame;
      f->acceleration = v3_add(v3_scale(f->acceleration, c.v * c.v), v3_scale(f->velocity, c.a));
      f->angular_acceleration = v3_add(v3_scale(f->angular_acceleration, c.v * c.v), v3_scale(f->angular_velocity, c.a));
      f->velocity = v3_scale(f->velocity, c.v), f->angular_velocity = v3_scale(f->angular_velocity, c.v);
    }
  }
  if (k < t->n) footsteps_sample(t->humanoid, steps, t->n - k, t->start + k * t->dt + h->by, t->dt, t->foot[LEFT] + k, t->foot[RIGHT] + k);
}

// ---- pelvis and arms before any dynamics ------------------------------------------------------------

static struct jet curve_by(const struct curves *c, enum quantity q, struct jet clock) { return by_clock(curve_at(c, q, clock.x), clock); }

static void set_joint(struct trajectory *t, int joint, int k, double x, struct jet j) {
  int at = joint * t->stride + k;
  t->q[at] = x + j.x, t->qd[at] = j.v, t->qdd[at] = j.a;
}

// Height of the root as it would be with the knees of the stand, and how far the body is down to its walking height.
struct height { struct jet up, sink; double stride; };

static void set_body(struct trajectory *t, const struct motion_wish *w, struct curves *c, struct height *height, struct run *run) {
  const struct posture *p = w->posture;
  double last = t->start + (t->n - 1) * t->dt;
  for (int k = 0; k < t->n; k++) {
    double time = t->start + k * t->dt, sy, cy;
    struct jet clock = motion_clock(w->join ? w->join->hurry : NULL, time);
    curves_seek(c, clock.x);
    struct jet phase = curve_by(c, AT_PHASE, clock), bounce = wave(curve_by(c, AT_BOUNCE, clock), phase, 1, 0);
    struct jet x = curve_by(c, AT_X, clock), y = curve_by(c, AT_Y, clock), z = curve_by(c, AT_Z, clock), yaw = curve_by(c, AT_YAW, clock);
    struct jet down = rise_of(time, SINK_TIME * w->plan->ready[0]), up = rise_of(last - time, SINK_TIME * w->plan->ready[1]);
    struct frame_motion *b = &t->pelvis[k];
    m_sincos(yaw.x, &sy, &cy);
    b->rotation = (struct m3){{cy, -sy, 0, sy, cy, 0, 0, 0, 1}};
    b->position = v3(x.x, y.x, z.x + w->stand->root_height + bounce.x);
    b->velocity = v3(x.v, y.v, z.v + bounce.v);
    b->acceleration = v3(x.a, y.a, z.a + bounce.a);
    b->angular_velocity = v3(0, 0, yaw.v);
    b->angular_acceleration = v3(0, 0, yaw.a);
    height[k].sink = (struct jet){down.x * up.x, down.v * up.x - down.x * up.v, down.a * up.x - 2 * down.v * up.v + down.x * up.a};
    height[k].up = (struct jet){b->position.z, b->velocity.z, b->acceleration.z};
    height[k].stride = curve_at(c, AT_STRIDE, clock.x).x;
    struct jet jog = curve_by(c, AT_RUN, clock);
    if (run) run->jog[k] = jog, run->yaw[k] = yaw;

    // the arms against the legs, as in a steady walk: a little after half way through the stance
    struct jet swing = curve_by(c, AT_SWING, clock);
    for (int j = 0; j < t->model->joint_count; j++) {
      double more = run ? w->jogging->q[j] - p->q[j] : 0;
      set_joint(t, j, k, p->q[j], (struct jet){more * jog.x, more * jog.v, more * jog.a});
    }
    double late = (run ? w->plan->pace.step.duty - ARMS_LATE : 0) * M_PI_D;
    struct jet arms = {0.5 * phase.x + ARMS_LATE * M_PI_D + late * jog.x, 0.5 * phase.v + late * jog.v, 0.5 * phase.a + late * jog.a};
    for (int i = 0; i < 2; i++) {
      double sign = (i == LEFT ? 1 : -1) * p->swing_sign[i];
      struct jet a = {sign * swing.x, sign * swing.v, sign * swing.a};
      if (p->swing[i] < 0) continue;
      int j = p->swing[i], at = j * t->stride + k;
      struct jet back = wave(a, arms, 1, 0);
      if (run) set_joint(t, j, k, t->q[at], (struct jet){back.x, t->qd[at] + back.v, t->qdd[at] + back.a});
      else set_joint(t, j, k, p->q[j], back);
    }
  }
}

// The walking part as high as the knees allow and not above the stand, step by step: between two marks the depth is at least what the legs
// need there, since the curve stays between its values at the marks.
static void set_height(struct trajectory *t, struct curves *c, const struct height *height, const struct motion_hurry *hurry, const struct run *run) {
  int n = c->marks;
  double *depth = c->value + AT_DEPTH * n;
  for (int k = 0; k < n; k++) depth[k] = 0;
  for (int k = 0; k < t->n; k++) {
    if (height[k].sink.x < SINK_FROM || (run && run_flies(run, k))) continue;
    const struct frame_motion *p = &t->pelvis[k];
    struct v3 root = v3(p->position.x, p->position.y, height[k].up.x);
    curves_seek(c, motion_clock(hurry, t->start + k * t->dt).x);
    for (int s = 0; s < 2; s++) {
      double low = t->leg[s].closed_form ? LOW_KNEE : NUMERIC_KNEE, high = larger(WALK_KNEE, low);
      double reach = leg_length_bent(&t->leg[s], low + (high - low) * height[k].stride);
      struct v3 hip = v3_add(root, m3_apply(&p->rotation, t->leg[s].hip)), r = v3_sub(hip, t->foot[s][k].frame.position);
      double square = reach * reach - r.x * r.x - r.y * r.y, need = (r.z - (square > 0 ? m_sqrt(square) : 0)) / height[k].sink.x;
      for (int i = 0; i < 2; i++) depth[c->at + i] = larger(depth[c->at + i], need);
    }
  }
  curves_set_slopes(c, AT_DEPTH);
  for (int k = 0; k < t->n; k++) {
    double time = t->start + k * t->dt;
    if (run && run_covers(run, k)) continue;
    struct jet clock = motion_clock(hurry, time);
    curves_seek(c, clock.x);
    struct jet d = curve_by(c, AT_DEPTH, clock), s = height[k].sink, up = height[k].up;
    t->pelvis[k].position.z = up.x - d.x * s.x;
    t->pelvis[k].velocity.z = up.v - d.v * s.x - d.x * s.v;
    t->pelvis[k].acceleration.z = up.a - d.a * s.x - 2 * d.v * s.v - d.x * s.a;
  }
}

// ---- rest at both ends ------------------------------------------------------------------------------

// Move the planned centre of pressure of sample k: from foot to foot by their shares of the load, the rest within the soles.
static void move_cop(struct trajectory *t, int k, struct v3 by) {
  struct foot_sample *l = &t->foot[LEFT][k], *r = &t->foot[RIGHT][k];
  struct v3 before, after, normal, apart = v3_sub(l->cop, r->cop);
  double square = apart.x * apart.x + apart.y * apart.y;
  if (!l->contact || !r->contact || square < 1e-6) return;
  trajectory_cop(t, k, &before, &normal);
  double share = l->share + (by.x * apart.x + by.y * apart.y) / square;
  share = share < 0 ? 0 : share > 1 ? 1 : share;
  by = v3_sub(by, v3_scale(apart, share - l->share));
  l->share = share, r->share = 1 - share;
  for (int s = 0; s < 2; s++) {
    struct foot_sample *f = &t->foot[s][k];
    const double *m = f->frame.rotation.m;
    double norm = m_sqrt(m[0] * m[0] + m[3] * m[3]), c = m[0] / norm, sn = m[3] / norm, ahead = c * by.x + sn * by.y;
    f->cop = v3_add(f->cop, v3(ahead * c, ahead * sn, -(f->normal.x * c + f->normal.y * sn) * ahead / f->normal.z));
    f->sole_x += ahead;
  }
  trajectory_cop(t, k, &after, &normal);
  t->error[0][k] -= after.x - before.x, t->error[1][k] -= after.y - before.y;
}

// Samples of a time at either end.
static int window_of(const struct trajectory *t, double time) {
  int count = (int)(time / t->dt);
  return count < t->n ? count : t->n - 1;
}

// Change the bump at the start (end = false) or the end so that the speed there goes to zero. total: sum of the bumps so far.
static void detour(struct trajectory *t, double window, double rate, bool end, double total[2]) {
  int n = t->n, count = window_of(t, window), at = end ? n - 1 : 0;
  struct v3 v = t->pelvis[at].velocity;
  double weight = 0;
  for (int i = 0; i <= count; i++) {
    double s = (double)i / count, r = s * (1 - s);
    weight += t->dt * m_exp(-rate * i * t->dt) * 64 * r * r * r;
  }
  double scale = (end ? 1 : -1) / (rate * rate * weight), x = v.x * scale, y = v.y * scale;
  for (int i = 0; i <= count; i++) {
    double s = (double)i / count, r = s * (1 - s), b = 64 * r * r * r;
    move_cop(t, end ? n - 1 - i : i, v3(x * b, y * b, 0));
  }
  total[0] += x, total[1] += y;
}

// Take off what is left of speed and acceleration at an end, over the time on both feet. Returns the speed.
static double polish(struct trajectory *t, double window, bool end) {
  int n = t->n, count = window_of(t, window), at = end ? n - 1 : 0;
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

static void detours(struct trajectory *t, const struct step_plan *p, double rate, bool from_rest, double total[2][2]) {
  if (from_rest) detour(t, p->ready[0], rate, false, total[0]);
  detour(t, p->ready[1], rate, true, total[1]);
}

// ---- from a motion that is under way ------------------------------------------------------------------

// What takes value, rate and acceleration (x, v, a) to nothing within T.
static struct jet fade(struct jet from, double t, double T) {
  double s = t / T, u = 1 - s, x = from.x, v = from.v * T, a = from.a * T * T / 2;
  if (s >= 1) return (struct jet){0, 0, 0};
  double h0 = 1 - s * s * s * (10 - s * (15 - 6 * s)), d0 = -30 * s * s * u * u, e0 = -60 * s * u * (1 - 2 * s);
  double h1 = s - s * s * s * (6 - s * (8 - 3 * s)), d1 = 1 - s * s * (18 - s * (32 - 15 * s)), e1 = -s * (36 - s * (96 - 60 * s));
  double h2 = s * s * u * u * u, d2 = s * u * u * (2 - 5 * s), e2 = u * (2 - s * (16 - 20 * s));
  return (struct jet){x * h0 + v * h1 + a * h2, (x * d0 + v * d1 + a * d2) / T, (x * e0 + v * e1 + a * e2) / (T * T)};
}

static void add_to_pelvis(struct frame_motion *p, struct jet x, struct jet y, struct jet z) {
  p->position = v3_add(p->position, v3(x.x, y.x, z.x));
  p->velocity = v3_add(p->velocity, v3(x.v, y.v, z.v));
  p->acceleration = v3_add(p->acceleration, v3(x.a, y.a, z.a));
}

// The held end of the solution where the body was.
static void begin_at(struct trajectory *t, const struct motion_join *join) {
  struct v3 off = v3_sub(join->pelvis.position, t->pelvis[0].position);
  for (int k = 0; k < t->n && k * t->dt < JOIN_LEAD; k++)
    add_to_pelvis(&t->pelvis[k], fade((struct jet){off.x, 0, 0}, k * t->dt, JOIN_LEAD), fade((struct jet){off.y, 0, 0}, k * t->dt, JOIN_LEAD), (struct jet){0, 0, 0});
}

static double yaw_of(const struct frame_motion *p) { return m_atan2(p->rotation.m[3], p->rotation.m[0]); }

// Along the floor. Leaves the speed that the solved path had.
static void join_along(struct trajectory *t, const struct motion_join *join, double speed[2]) {
  const struct frame_motion *was = &join->pelvis, at = t->pelvis[0];
  struct v3 x = v3_sub(was->position, at.position), v = v3_sub(was->velocity, at.velocity);
  speed[0] = at.velocity.x, speed[1] = at.velocity.y;
  for (int k = 0; k < t->n && k * t->dt < JOIN_TIME; k++) {
    double time = k * t->dt;
    add_to_pelvis(&t->pelvis[k], fade((struct jet){x.x, v.x, 0}, time, JOIN_TIME), fade((struct jet){x.y, v.y, 0}, time, JOIN_TIME), (struct jet){0, 0, 0});
  }
}

static bool in_leg(const struct trajectory *t, int joint) {
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < t->leg[s].chain.count; i++)
      if (t->leg[s].chain.joint[i] == joint) return true;
  return false;
}

// Joint j runs on as it is at sample `at` (x), and within JOIN_TIME onto what it is to do.
static void join_joint(struct trajectory *t, int j, int at, struct jet x) {
  int row = j * t->stride;
  struct jet d = {x.x - t->q[row + at], x.v - t->qd[row + at], x.a - t->qdd[row + at]};
  for (int k = at; k < t->n && (k - at) * t->dt < JOIN_TIME; k++) {
    struct jet f = fade(d, (k - at) * t->dt, JOIN_TIME);
    t->q[row + k] += f.x, t->qd[row + k] += f.v, t->qdd[row + k] += f.a;
  }
}

// The joints that legs do not have.
static void join_joints(struct trajectory *t, const struct motion_join *join) {
  const struct motion_past *p = join->past;
  double ticks = p ? m_floor((p->until - t->start) / t->dt) : 0;
  int at = ticks < t->n - 1 ? (int)ticks : t->n - 1;                   // it may be infinite
  if (p && at >= p->samples) at = p->samples - 1;
  for (int j = 0; j < t->model->joint_count && at <= 0; j++)
    if (!in_leg(t, j)) join_joint(t, j, 0, (struct jet){join->q[j], join->qd[j], join->qdd[j]});
  // as in the motion that is left as long as the steps are the same
  for (int i = 0; p && at > 0 && i < p->moving_count; i++) {
    int j = p->moving[i], last = at * p->moving_count + i;
    if (in_leg(t, j)) continue;
    join_joint(t, j, at, (struct jet){p->q[last], p->qd[last], p->qdd[last]});
    for (int k = 0; k <= at; k++) {
      int from = k * p->moving_count + i, to = j * t->stride + k;
      t->q[to] = p->q[from], t->qd[to] = p->qd[from], t->qdd[to] = p->qdd[from];
    }
  }
}

// Those of the motion that is left.
static void past_joints(struct trajectory *t, const struct motion_past *p) {
  for (int i = 0; i < p->moving_count; i++)
    for (int k = 0; k < t->n && k < p->samples; k++) {
      int from = k * p->moving_count + i, to = p->moving[i] * t->stride + k;
      t->q[to] = p->q[from], t->qd[to] = p->qd[from], t->qdd[to] = p->qdd[from];
    }
}

// Height, heading and joints.
static void join_posture(struct trajectory *t, const struct motion_join *join) {
  const struct frame_motion *was = &join->pelvis, at = t->pelvis[0];
  struct jet z = {was->position.z - at.position.z, was->velocity.z - at.velocity.z, was->acceleration.z - at.acceleration.z};
  double turn = yaw_of(was) - yaw_of(&at), whole = 2 * M_PI_D;
  turn -= whole * m_floor(turn / whole + 0.5);
  struct jet yaw = {turn, was->angular_velocity.z - at.angular_velocity.z, was->angular_acceleration.z - at.angular_acceleration.z};
  for (int k = 0; k < t->n; k++) {
    double time = k * t->dt;
    if (time >= JOIN_TIME) break;
    struct frame_motion *p = &t->pelvis[k];
    add_to_pelvis(p, (struct jet){0, 0, 0}, (struct jet){0, 0, 0}, fade(z, time, SINK_JOIN));
    struct jet y = fade(yaw, time, JOIN_TIME);
    double s, c;
    m_sincos(yaw_of(p) + y.x, &s, &c);
    p->rotation = (struct m3){{c, -s, 0, s, c, 0, 0, 0, 1}};
    p->angular_velocity.z += y.v;
    p->angular_acceleration.z += y.a;
  }
  join_joints(t, join);
}

// The pendulum swings at the centre of mass, which at rest is not above the root's origin.
static void move_pendulum(struct trajectory *t, const struct stand *stand) {
  for (int way = 0; way < 2; way++) {
    for (int k = 0; k < t->n; k++) {
      struct frame_motion *p = &t->pelvis[k];
      struct v3 com = m3_apply(&p->rotation, v3(stand->ankle_x + stand->rest, stand->ankle_y, 0));
      p->position = v3_mul_add(p->position, com, way ? -1 : 1);
    }
    if (!way) trajectory_pendulum(t);
  }
}

// ---- the whole --------------------------------------------------------------------------------------

static int samples_of(double time, double tick) { return (int)m_floor(time / tick - 1e-9) + 2; }

double motion_time(const struct step_plan *p, double tick) { return (samples_of(p->time, tick) - 1) * tick; }

// What a motion is solved from, step by step.
struct solving {
  struct trajectory        *t;
  const struct motion_wish *w;
  struct curves             curves;
  struct height            *height;
  struct run                run;    // when the plan jogs
  bool                      from_rest, jogs;
  double                    rate, total[2][2];
  struct twist              twist;
};

static void fit_height(struct solving *s) { set_height(s->t, &s->curves, s->height, s->w->join ? s->w->join->hurry : NULL, s->jogs ? &s->run : NULL); }

// Walking only. Returns the speed that the quintics at the ends took off.
static double solve_walk(struct solving *s) {
  struct trajectory *t = s->t;
  const struct step_plan *p = s->w->plan;
  // a pushed body's posture is joined while there are corrections to come: what is left to join are millimetres a second
  bool pushed = s->w->join != NULL;
  for (int i = 0; i < s->w->passes + (pushed ? PUSHED : 0); i++) {
    if (i < 2) fit_height(s);
    if (pushed && i == 2) join_posture(t, s->w->join);
    trajectory_dynamics(t);
    if (i > 0) detours(t, p, s->rate, s->from_rest, s->total);
    if (i == 1) twist_solve(t, &s->twist, (double[2]){s->from_rest ? p->ready[0] : 0, p->ready[1]});
    trajectory_correct(t);
  }
  return larger(s->from_rest ? polish(t, p->ready[0], false) : 0, polish(t, p->ready[1], true));
}

// Largest error of the centre of pressure where there is load to speak of: at a touch-down from flight next to no force has its centre anywhere.
static double largest_error(const struct trajectory *t) {
  double largest = 0, least = LOAD_LEAST * t->model->mass * GRAVITY;
  for (int k = 0; k < t->n; k++) {
    double x = t->error[0][k], y = t->error[1][k], size = m_sqrt(x * x + y * y);
    if (t->root[k].force.z > least) largest = larger(largest, size);
    if (!(size < LOST)) return LOST;
  }
  return largest;
}

// Walking and jogging.
static double solve_run(struct solving *s, double joined[2]) {
  struct trajectory *t = s->t;
  struct run *r = &s->run;
  const struct step_plan *p = s->w->plan;
  const struct motion_join *join = s->w->join;
  const struct motion_past *past = join && join->past && join->past->until > t->start + t->n * t->dt ? join->past : NULL;
  if (past) past_joints(t, past);
  else if (join) join_joints(t, join);
  double bend = p->pace.style.bend;
  run_begin(r);
  run_fit_height(r, bend + RUN_SPARE);
  trajectory_dynamics(t);
  run_lead(r);
  for (int i = 0; i < (past ? RUN_AGAIN : RUN_PASSES); i++) {
    if (i == 1 || i == RUN_FIT) fit_height(s), run_take_height(r);
    if (i == 1 || i == RUN_FIT) run_fit_height(r, bend + (i < RUN_FIT ? RUN_SPARE : 0));
    if (past && i % AGAIN_FIT == 0) run_fit_height(r, bend - AGAIN_BEND);
    trajectory_dynamics(t);
    if (i > 0) detours(t, p, s->rate, s->from_rest, s->total);
    if (!past && i > RUN_FIT && i <= RUN_TWIST && (i - RUN_FIT) % 3 == 1) {
      twist_solve(t, &s->twist, (double[2]){s->from_rest ? p->ready[0] : 0, p->ready[1]});
      if (join) join_joints(t, join);
    }
    run_find_lacks(r, i % RUN_INERTIA == 0);
    if (r->axes.lost) return 0;
    run_correct(r, i % 2 ? RUN_SHARE_ODD : 1);
  }
  run_join(r, joined);
  double speed = larger(s->from_rest ? polish(t, p->ready[0], false) : 0, polish(t, p->ready[1], true));
  trajectory_dynamics(t);
  for (int i = 0; i < RUN_SETTLE && !r->axes.lost; i++) {
    run_settle(r, i == 0);
    trajectory_dynamics(t);
  }
  return speed;
}

// The path of the pendulum, then with heights and ready to come to rest.
static void solve_path(struct solving *s) {
  struct trajectory *t = s->t;
  move_pendulum(t, s->w->stand);
  fit_height(s);
  detours(t, s->w->plan, s->rate, s->from_rest, s->total);
  move_pendulum(t, s->w->stand);
}

static enum status prepare(struct solving *s, struct error *e) {
  struct trajectory *t = s->t;
  const struct motion_wish *w = s->w;
  s->jogs = w->plan->pace.speed > 0;
  s->rate = m_sqrt(GRAVITY / w->stand->com_height);
  s->height = malloc(sizeof *s->height * (size_t)t->n);
  if (!s->height || !curves_make(&s->curves, w->plan)) return error_at(e, STATUS_MEMORY, w->model->name, 0, 0, "a motion of %d samples", t->n);
  if (s->jogs) {
    enum status status = run_init(&s->run, t, w->plan, w->join ? &w->join->pelvis : NULL, w->join && w->join->past ? w->join->past->pelvis : NULL, w->join && w->join->past ? w->join->past->until : 0, e);
    if (status) return status;
    s->jogs = s->run.flights > 0 || w->join;
  }
  s->twist = twist_of(w->posture, s->jogs ? JOG_TWIST_ARMS : 0, WALK_TWIST);
  if (s->jogs) s->twist.run = s->run.jog, s->twist.run_rate = JOG_TWIST;
  if (w->join && w->join->hurry) feet_by_clock(t, &w->plan->footsteps, w->join->hurry);
  else trajectory_feet(t, &w->plan->footsteps);
  set_body(t, w, &s->curves, s->height, s->jogs ? &s->run : NULL);
  return STATUS_OK;
}

enum status motion_solve(struct trajectory *t, struct motion_result *r, const struct motion_wish *w, struct error *e) {
  const struct step_plan *p = w->plan;
  int first = w->join ? (int)(w->join->time / w->tick + 0.5) : 0, n = samples_of(p->time - (w->join && w->join->hurry ? w->join->hurry->by : 0), w->tick) - first;
  struct solving s = {.t = t, .w = w, .from_rest = first == 0};
  memset(r, 0, sizeof *r);
  enum status status = trajectory_init_shared(t, w->humanoid, w->model, n, first * w->tick, w->tick, ENDS_FIXED, w->split, e);
  if (status) return status;
  status = prepare(&s, e);
  if (!status) {
    if (!s.from_rest) begin_at(t, w->join);
    solve_path(&s);
    r->rest_speed = s.jogs ? solve_run(&s, r->speed) : solve_walk(&s);
    if (w->join && !s.jogs) join_along(t, w->join, r->speed);
    r->zmp_error = trajectory_dynamics(t);

    // a start or a stop that asks much of the pressure takes one or two more
    for (int i = 0; i < MORE && !w->join && !w->rough && !s.jogs && r->zmp_error > CLOSE && r->zmp_error < MOTION_LOST; i++) {
      detours(t, p, s.rate, s.from_rest, s.total);
      trajectory_correct(t);
      polish(t, p->ready[0], false);
      polish(t, p->ready[1], true);
      r->zmp_error = trajectory_dynamics(t);
    }
    if (s.jogs) r->zmp_error = s.run.axes.lost ? LOST : largest_error(t);
    r->residual = trajectory_contacts(t);
    for (int i = 0; i < 2; i++) r->detour[i] = larger(size_of(s.total[i][0]), size_of(s.total[i][1]));
  }
  run_finish(&s.run);
  curves_finish(&s.curves);
  free(s.height);
  if (status) trajectory_finish(t);
  return status;
}
