#include "robots/jog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/flight.h"
#include "robots/gait_measure.h"
#include "robots/twist.h"

#define STEPS         8             // footsteps around a stride
#define PASSES        24            // corrections; a fast jog of a heavy-legged body needs most of them
#define HEIGHT_FIT    9             // the pass from which on the pelvis is as high as the knees allow
#define BEND_SPARE    0.3           // rad  before
#define INERTIA_EVERY 4             // passes for which the inertia in flight is kept
#define SETTLE        3             // solves of flight at the end, when the pelvis no longer moves
#define SHARE_ODD     0.55          // of a correction in every other pass: straight legs answer almost twice as strongly as thought
#define SHIFT_MOST    0.03          // m    in one pass: the first ones see a body far from its motion
#define TURN_MOST     0.05          // rad
#define LOST          1e6           // m    error of the centre of pressure at which there is nothing left to correct
#define TWIST_FROM    10            // passes in which trunk and arms are turned against the legs: the body is then near its motion, and what follows
#define TWIST_TO      16            // ... takes them as given
#define TWIST_EVERY   3
#define FOUND         1e-3          // m    allowed
#define RUNNERS_HANDS v3(0.50, 0.02, 0.55)   // elbows at about a right angle
#define AXES          FLIGHT_AXES

// A stride being solved.
struct stride {
  struct flight_axes      axes;
  struct trajectory      *t;
  const struct slip      *slip;
  const struct slip_step *step;
  double *z, *zv, *za;              // m    wished height of P, its rate and acceleration        (n)
  double *K, *f[2], *d[2], *first[2], *second[2], *work;
  struct jet *jets;                 //                                                           (n + 1)
  double  lean;                     // rad
};

static double size_of(double x) { return x < 0 ? -x : x; }

// ---- style and model --------------------------------------------------------------------------------

struct jog_style jog_style_of(const struct humanoid *h, const struct gait_wish *wish) {
  double l = h->leg_length, unit = m_sqrt(l / GRAVITY), froude = wish->speed / m_sqrt(GRAVITY * l);

  // near the least power of a person-like body within its drives' and its soles' limits, smooth in speed
  return (struct jog_style){
    .flight = (0.18 + 0.175 * froude) * unit,
    .compression = 0.085 * l,
    .half_width = 0.7 * h->hip_half,
    .strike = 0.14,
    .strike_ratio = 1.1,
    .flat = 0.33,
    .heel_off = 0.36,
    .toe_off = 0.56,
    .toe_off_ratio = 2.5,
    .clearance = 0.022 * l,
    .bend = 0.50,
    .lean = 0.10,
    .arm_swing = wish->load > 0 || wish->load_pose != LOAD_NONE ? 0 : 0.8,
  };
}

void jog_posture(struct posture *p, const struct humanoid *h, const struct robot_model *model, double load, enum load_pose pose) {
  posture_find(p, h, pose);
  if (load == 0 && pose == LOAD_NONE) posture_hands(p, h, RUNNERS_HANDS);
  posture_balance(p, h, model);
}

// Height of the centre of mass over the soles, standing straight.
static double standing_height(const struct robot_model *m, const struct humanoid *h) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  double q[ROBOT_JOINTS_MAX] = {0};
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  struct leg leg;
  robot_forward(m, &base, q, NULL, body);
  leg_init(&leg, h, LEFT);
  return robot_com(m, body, NULL).z - leg.hip.z + leg.reach + h->sole.height;
}

enum status jog_step(struct slip *slip, struct slip_step *step, const struct robot_model *model, const struct humanoid *h,
                     const struct gait_wish *wish, const struct jog_style *style, struct error *e) {
  double angle;
  *slip = (struct slip){.mass = model->mass, .length = standing_height(model, h)};
  if (wish->speed > 0 && slip_jog_compressed(slip, wish->speed, style->flight, style->compression, &angle, step)) return STATUS_OK;
  return error_at(e, STATUS_RANGE, model->name, 0, 0, "no jog at %g m/s: a leg of %.2f m that gives way by %.3f m has none with %.3f s of flight",
                  wish->speed, slip->length, style->compression, style->flight);
}

// ---- memory -----------------------------------------------------------------------------------------

static void stride_finish(struct stride *r) { free(r->axes.x[0]), free(r->jets), free(r->axes.inverse); }

static enum status stride_init(struct stride *r, struct trajectory *t, struct error *e) {
  size_t n = (size_t)t->n, columns = 4 * AXES + 3 + 1 + 2 * 4 + CORRECTION_WORK(1);
  double *p = calloc(columns * n, sizeof *p);
  *r = (struct stride){.t = t, .jets = calloc(n + 1, sizeof *r->jets), .axes = {.t = t, .inverse = calloc(n, sizeof *r->axes.inverse)}};
  r->axes.x[0] = p;
  if (!p || !r->jets || !r->axes.inverse) {
    stride_finish(r);
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a jog of %d samples", t->n);
  }
  double **row[] = {r->axes.x, r->axes.v, r->axes.a, r->axes.lack};
  for (int i = 0; i < 4; i++)
    for (int c = 0; c < AXES; c++) row[i][c] = p, p += n;
  double **pair[] = {r->f, r->d, r->first, r->second};
  for (int i = 0; i < 4; i++)
    for (int c = 0; c < 2; c++) pair[i][c] = p, p += n;
  r->z = p, r->zv = p + n, r->za = p + 2 * n, r->K = p + 3 * n, r->work = p + 4 * n;
  return STATUS_OK;
}

// ---- plan -------------------------------------------------------------------------------------------

// In the air. The instant of touch-down (samples 0 and n / 2) counts, since no force has grown yet, and so does a sample
// at most half an interval before lift-off, where there is next to none left.
static bool in_flight(const struct stride *r, int k) {
  double since = k % (r->t->n / 2) * r->t->dt;
  return since == 0 || since > r->step->contact - r->t->dt / 2;
}

// The model's height over one stride: spring on the floor, parabola in the air.
static void model_height(struct stride *r) {
  const struct trajectory *t = r->t;
  const struct slip_step *s = r->step;
  for (int k = 0; k < t->n; k++) {
    double time = t->start + k * t->dt, since = time - m_floor(time / s->period) * s->period;
    struct slip_state a = s->lift;
    if (since < s->contact) {
      a = slip_stance(r->slip, s->land, since);
      double length = m_sqrt(a.x * a.x + a.y * a.y);
      r->za[k] = r->slip->stiffness / r->slip->mass * (r->slip->length / length - 1) * a.y - GRAVITY;
      r->z[k] = a.y, r->zv[k] = a.vy;
    } else {
      double fly = since - s->contact;
      r->z[k] = a.y + fly * (a.vy - GRAVITY * fly / 2), r->zv[k] = a.vy - GRAVITY * fly, r->za[k] = -GRAVITY;
    }
  }
}

// Footstep i: left for even i, touching down at i periods with the ball below the model's foot.
static struct footstep footstep_of(const struct stride *r, const struct jog_style *y, int i) {
  const struct slip_step *s = r->step;
  double land = i * s->period, ball = r->t->humanoid->sole.ball;
  return (struct footstep){
    .side = i % 2 ? RIGHT : LEFT, .position = v3(i * s->length - s->land.x - ball, i % 2 ? -y->half_width : y->half_width, 0),
    .land = land, .lift = land + s->contact, .flat = land + y->flat * s->contact, .heel_off = land + y->heel_off * s->contact,
    .strike = -y->strike, .strike_rate = y->strike_ratio * y->strike / (y->flat * s->contact),
    .toe_off = y->toe_off, .toe_off_rate = y->toe_off_ratio * y->toe_off / ((1 - y->heel_off) * s->contact),
    .cop_start = ball, .cop_end = ball, .clearance = y->clearance};
}

static void plan(struct stride *r, const struct gait_wish *wish, const struct jog_style *y, const struct posture *posture) {
  struct trajectory *t = r->t;
  struct footstep step[STEPS];
  double w = M_PI_D / r->step->period, above;
  for (int i = 0; i < STEPS; i++) step[i] = footstep_of(r, y, i - 3);
  trajectory_feet(t, &(struct footsteps){step, STEPS, r->step->period});
  model_height(r);
  r->lean = y->lean;
  above = r->slip->length - (t->leg[LEFT].reach + t->humanoid->sole.height - t->leg[LEFT].hip.z);
  for (int k = 0; k < t->n; k++) {
    double time = t->start + k * t->dt, s, c;
    m_sincos(w * time, &s, &c);
    r->axes.x[0][k] = wish->speed * time, r->axes.v[0][k] = wish->speed;
    r->z[k] -= above;
    r->axes.x[2][k] = r->z[k], r->axes.v[2][k] = r->zv[k], r->axes.a[2][k] = r->za[k];
    r->axes.x[4][k] = y->lean;
    for (int j = 0; j < t->model->joint_count; j++) t->q[j * t->stride + k] = posture->q[j];
    for (int i = 0; i < 2; i++) {
      // the arm is ahead when its own side's foot is behind
      int j = posture->swing[i], at = j * t->stride + k;
      if (j < 0) continue;
      double swing = (i == LEFT ? 1 : -1) * posture->swing_sign[i] * y->arm_swing;
      t->q[at] += swing * c, t->qd[at] = -swing * w * s, t->qdd[at] = -swing * w * w * c;
    }
  }
  flight_set_pelvis(&r->axes);
}

// Samples of one flight: from .. to, the last at touch-down (in the last flight n, which is sample 0).
struct span { int from, to; };

// ---- correction -------------------------------------------------------------------------------------

static struct span flight_of(const struct stride *r, int i) {
  struct span s = {i * r->t->n / 2 + 1, (i + 1) * r->t->n / 2};
  while (!in_flight(r, s.from)) s.from++;
  return s;
}

// Wished value of a coordinate at sample k.
static struct jet wished(const struct stride *r, int axis, int k) {
  if (axis == 2) return (struct jet){r->z[k], r->zv[k], r->za[k]};
  return (struct jet){axis == 4 ? r->lean : 0, 0, 0};
}

// Height and attitude: as flight needs them, and through stance by a quintic on top of what is wished.
static void correct_free(struct stride *r, int axis, double share) {
  const struct trajectory *t = r->t;
  struct jet lift[2], *d = r->jets;
  for (int i = 0; i < 2; i++) {
    struct span s = flight_of(r, i);
    double *accel = r->work, before = t->start + s.from * t->dt - i * r->step->period - r->step->contact;
    for (int k = s.from; k <= s.to; k++) accel[k - s.from] = r->axes.a[axis][k % t->n] + r->axes.lack[axis][k % t->n] - wished(r, axis, k % t->n).a;
    struct jet land;                // at a sample
    flight_path(s.to - s.from + 1, t->dt, before, 0, accel, d + s.from, &lift[i], &land);
  }
  d[0] = d[t->n];
  for (int i = 0; i < 2; i++) {
    int land = i * t->n / 2;
    struct quintic q = quintic_between(d[land], lift[i], r->step->contact);
    for (int k = land + 1; k < flight_of(r, i).from; k++) d[k] = quintic_at(&q, (k - land) * t->dt);
  }
  for (int k = 0; k < t->n; k++) {
    struct jet w = wished(r, axis, k);
    d[k] = (struct jet){w.x + d[k].x, w.v + d[k].v, w.a + d[k].a};
  }
  flight_bring(&r->axes, axis, d, axis == 2 ? SHIFT_MOST : TURN_MOST, share);
}

// Along the floor: the centre of pressure on the ball in stance, what flight lacks in the air.
static void correct_plane(struct stride *r, double share) {
  const struct trajectory *t = r->t;
  for (int k = 0; k < t->n; k++) {
    struct v3 cop, normal;
    r->K[k] = 0;
    if (trajectory_cop(t, k, &cop, &normal)) {
      double z = t->pelvis[k].position.z + t->com_height - cop.z;
      r->K[k] = t->root[k].force.z / (t->model->mass * z);
      if (r->K[k] < 0) r->K[k] = 0;
    }
    for (int i = 0; i < 2; i++) r->f[i][k] = in_flight(r, k) ? r->axes.lack[i][k] : r->K[k] * t->error[i][k];
  }
  correction_solve(t->n, t->dt, ENDS_PERIODIC, 0, r->K, (const double *const *)r->f, r->d, r->first, r->second, r->work);
  double most = SHIFT_MOST;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < t->n; k++)
      if (size_of(r->d[i][k]) > most) most = size_of(r->d[i][k]);
  double part = share * SHIFT_MOST / most;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < t->n; k++) r->axes.x[i][k] += part * r->d[i][k], r->axes.v[i][k] += part * r->first[i][k], r->axes.a[i][k] += part * r->second[i][k];
}

static void find_lacks(struct stride *r, bool inertia) {
  for (int k = 0; k < r->t->n; k++)
    if (in_flight(r, k)) flight_find_lack(&r->axes, k, inertia);
}

// The point mass over the balls, to begin with.
static void pendulum(struct stride *r) {
  trajectory_pendulum(r->t);
  for (int k = 0; k < r->t->n; k++) {
    const struct frame_motion *p = &r->t->pelvis[k];
    r->axes.x[0][k] = p->position.x, r->axes.v[0][k] = p->velocity.x, r->axes.a[0][k] = p->acceleration.x;
    r->axes.x[1][k] = p->position.y, r->axes.v[1][k] = p->velocity.y, r->axes.a[1][k] = p->acceleration.y;
  }
}

// As high as the knees allow.
static void fit_height(struct stride *r, double bend) {
  double move = trajectory_height(r->t, bend);
  for (int k = 0; k < r->t->n; k++) r->z[k] += move, r->axes.x[2][k] += move;
}

enum status jog_solve(struct trajectory *t, const struct gait_wish *wish, const struct jog_style *style, const struct posture *posture,
                      const struct slip *slip, const struct slip_step *step, struct error *e) {
  struct stride r;
  assert(t->n % 2 == 0);
  enum status s = stride_init(&r, t, e);
  if (s) return s;
  r.slip = slip, r.step = step;
  struct twist twist = twist_of(posture, style->arm_swing > 0 ? JOG_TWIST_ARMS : 0, JOG_TWIST);
  plan(&r, wish, style, posture);
  fit_height(&r, style->bend + BEND_SPARE);
  pendulum(&r);
  trajectory_dynamics(t);
  struct span flight = flight_of(&r, 0);
  double rise = flight_find_arm(&r.axes, (flight.from + flight.to) / 2);
  for (int k = 0; k < t->n; k++) r.z[k] += rise;
  for (int i = 0; i < PASSES; i++) {
    // low at first, so that a leg that the first passes move too far does not lock; then as high as wished
    if (i == HEIGHT_FIT || t->bend_least < style->bend / 2) fit_height(&r, i < HEIGHT_FIT ? style->bend + BEND_SPARE : style->bend);
    if (!(trajectory_dynamics(t) < LOST)) break;

    if (i >= TWIST_FROM && i <= TWIST_TO && (i - TWIST_FROM) % TWIST_EVERY == 0) twist_solve(t, &twist, (double[2]){0, 0});
    double share = i % 2 ? SHARE_ODD : 1;
    find_lacks(&r, i % INERTIA_EVERY == 0);
    if (r.axes.lost) break;
    correct_plane(&r, share);
    for (int axis = 2; axis < AXES; axis++) correct_free(&r, axis, share);
    flight_set_pelvis(&r.axes);
  }

  // what is left in the air after the last correction: exact for the path as it stands
  double error = trajectory_dynamics(t);
  for (int i = 0; i < SETTLE && error < LOST && !r.axes.lost; i++) {
    find_lacks(&r, i == 0);
    if (r.axes.lost) break;
    for (int k = 0; k < t->n; k++)
      for (int c = 0; c < AXES && in_flight(&r, k); c++) r.axes.a[c][k] += r.axes.lack[c][k];
    flight_set_pelvis(&r.axes);
    error = trajectory_dynamics(t);
  }
  stride_finish(&r);
  if (error < FOUND && !r.axes.lost) return STATUS_OK;
  return error_at(e, STATUS_RANGE, t->model->name, 0, 0, "no jog at %g m/s: the centre of pressure cannot be kept on the ball of the foot", wish->speed);
}

// Friction that the very ends of stance need. Force grows from zero there, so the ratio has a limit between samples: the
// straight line through the next two.
static double demand_at_ends(const struct trajectory *t, const struct slip_step *step) {
  double demand = 0;
  for (int i = 0; i < 2; i++) {
    int land = i * t->n / 2, last = land + (int)m_floor(step->contact / t->dt - 0.5);
    const int near[2] = {land + 1, last}, next[2] = {land + 2, last - 1};
    const double away[2] = {1, step->contact / t->dt - (last - land)};
    for (int k = 0; k < 2; k++) {
      struct v3 a = t->root[near[k]].force, b = t->root[next[k]].force;
      double ratio = m_sqrt(a.x * a.x + a.y * a.y) / a.z, other = m_sqrt(b.x * b.x + b.y * b.y) / b.z;
      double end = ratio + away[k] * (ratio - other);
      if (end > demand) demand = end;
    }
  }
  return demand;
}

// ---- the whole --------------------------------------------------------------------------------------

enum status jog_gait(struct gait *g, struct gait_report *r, const struct humanoid *h, const struct robot_spec *spec,
                     const struct gait_wish *wish, struct error *e) {
  struct robot_model loaded;
  struct posture posture;
  struct trajectory t;
  struct slip slip;
  struct slip_step step;
  double ends = 0;
  enum status s = posture_load(&loaded, h, wish->load, e);
  if (s) return s;
  struct jog_style style = jog_style_of(h, wish);
  s = jog_step(&slip, &step, &loaded, h, wish, &style, e);
  if (!s) {
    jog_posture(&posture, h, &loaded, wish->load, wish->load_pose);
    s = trajectory_init(&t, h, &loaded, wish->samples, 0, 2 * step.period / wish->samples, ENDS_PERIODIC, e);
  }
  if (!s) {
    s = jog_solve(&t, wish, &style, &posture, &slip, &step, e);
    if (!s) trajectory_contacts(&t);
    if (!s) ends = demand_at_ends(&t, &step);
    if (!s) s = gait_measure(g, r, &t, spec, wish, step.period, step.duty, e);
    trajectory_finish(&t);
  }
  if (!s && ends > r->friction_demand) r->friction_demand = ends;
  if (!s && r->friction_demand > wish->friction) {
    double demand = r->friction_demand;
    gait_finish(g, r);
    s = error_at(e, STATUS_RANGE, h->model->name, 0, 0, "no jog at %g m/s: it needs a friction of %.2f, the floor has %.2f", wish->speed, demand, wish->friction);
  }
  posture_load_finish(&loaded);
  return s;
}
