#include "robots/jog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/gait_measure.h"
#include "robots/quintic.h"

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
#define LACK_MOST     1e6           // m/s2, rad/s2
#define FOUND         1e-3          // m    allowed
#define RUNNERS_HANDS v3(0.50, 0.02, 0.55)   // elbows at about a right angle
#define AXES          6             // of the pelvis: x, y, z, roll, pitch, yaw

// A run being solved. The pelvis is led by a point P at `arm` above its origin, the centre of percussion of all that hangs on it:
// turning about P needs no force, so that attitude and place can be corrected apart. Attitude is R = Rz(yaw) Ry(pitch) Rx(roll).
struct run {
  struct trajectory      *t;
  const struct slip      *slip;
  const struct slip_step *step;
  double  arm;                      // m
  double *x[AXES], *v[AXES], *a[AXES];                                 // place of P and attitude, rates, accelerations  (n)
  double *z, *zv, *za;              // m    wished height of P, its rate and acceleration        (n)
  double *lack[AXES];               //      accelerations that flight lacks                      (n)
  double (*inverse)[AXES][AXES];    //      of the inertia that the pelvis feels in flight       (n)
  double *K, *f[2], *d[2], *first[2], *second[2], *work;
  struct jet *jets;                 //                                                           (n + 1)
  double  lean;                     // rad
  bool    lost;                     //      a motion that no acceleration mends: legs locked
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
    .arm_swing = wish->load > 0 || wish->load_pose != LOAD_NONE ? 0 : 0.625 + 0.41 * froude,
  };
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

static void run_finish(struct run *r) { free(r->x[0]), free(r->jets), free(r->inverse); }

static enum status run_init(struct run *r, struct trajectory *t, struct error *e) {
  size_t n = (size_t)t->n, columns = 4 * AXES + 3 + 1 + 2 * 4 + CORRECTION_WORK(1);
  double *p = calloc(columns * n, sizeof *p);
  *r = (struct run){.t = t, .jets = calloc(n + 1, sizeof *r->jets), .inverse = calloc(n, sizeof *r->inverse)};
  r->x[0] = p;
  if (!p || !r->jets || !r->inverse) {
    run_finish(r);
    return error_at(e, STATUS_MEMORY, t->model->name, 0, 0, "a jog of %d samples", t->n);
  }
  double **row[] = {r->x, r->v, r->a, r->lack};
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
static bool in_flight(const struct run *r, int k) {
  double since = k % (r->t->n / 2) * r->t->dt;
  return since == 0 || since > r->step->contact - r->t->dt / 2;
}

// The pelvis' frame from its coordinates at sample k.
static struct frame_motion frame_at(const struct run *r, int k) {
  double s[3], c[3];
  for (int i = 0; i < 3; i++) m_sincos(r->x[3 + i][k], &s[i], &c[i]);
  double roll = r->v[3][k], pitch = r->v[4][k], yaw = r->v[5][k];
  struct frame_motion p;
  p.rotation = m3_rotation_rpy(r->x[3][k], r->x[4][k], r->x[5][k]);

  // w = roll ex + pitch ey + yaw ez, with ey and ez's turns carried along
  struct v3 ex = v3(c[2] * c[1], s[2] * c[1], -s[1]), ey = v3(-s[2], c[2], 0), ez = v3(0, 0, 1);
  struct v3 ey_rate = v3_scale(v3(-c[2], -s[2], 0), yaw);
  struct v3 ex_rate = v3_add(v3_scale(v3_cross(ez, ex), yaw), v3_scale(v3_cross(ey, ex), pitch));
  p.angular_velocity = v3_add(v3_add(v3_scale(ex, roll), v3_scale(ey, pitch)), v3_scale(ez, yaw));
  p.angular_acceleration = v3_add(v3_add(v3_scale(ex, r->a[3][k]), v3_scale(ey, r->a[4][k])),
                                  v3_add(v3_scale(ez, r->a[5][k]), v3_add(v3_scale(ex_rate, roll), v3_scale(ey_rate, pitch))));

  struct v3 arm = m3_apply(&p.rotation, v3(0, 0, -r->arm)), turning = v3_cross(p.angular_velocity, arm);
  p.position = v3_add(v3(r->x[0][k], r->x[1][k], r->x[2][k]), arm);
  p.velocity = v3_add(v3(r->v[0][k], r->v[1][k], r->v[2][k]), turning);
  p.acceleration = v3_add(v3(r->a[0][k], r->a[1][k], r->a[2][k]),
                          v3_add(v3_cross(p.angular_acceleration, arm), v3_cross(p.angular_velocity, turning)));
  return p;
}

// Accelerations of roll, pitch and yaw from an angular acceleration that is added to what there is.
static struct v3 euler_of(const struct run *r, int k, struct v3 angular) {
  double sp, cp, sy, cy;
  m_sincos(r->x[4][k], &sp, &cp);
  m_sincos(r->x[5][k], &sy, &cy);
  double roll = (cy * angular.x + sy * angular.y) / cp;
  return v3(roll, -sy * angular.x + cy * angular.y, angular.z + sp * roll);
}

// The model's height over one stride: spring on the floor, parabola in the air.
static void model_height(struct run *r) {
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

static void set_pelvis(struct run *r) {
  for (int k = 0; k < r->t->n; k++) r->t->pelvis[k] = frame_at(r, k);
}

// Footstep i: left for even i, touching down at i periods with the ball below the model's foot.
static struct footstep footstep_of(const struct run *r, const struct jog_style *y, int i) {
  const struct slip_step *s = r->step;
  double land = i * s->period, ball = r->t->humanoid->sole.ball;
  return (struct footstep){
    .side = i % 2 ? RIGHT : LEFT, .position = v3(i * s->length - s->land.x - ball, i % 2 ? -y->half_width : y->half_width, 0),
    .land = land, .lift = land + s->contact, .flat = land + y->flat * s->contact, .heel_off = land + y->heel_off * s->contact,
    .strike = -y->strike, .strike_rate = y->strike_ratio * y->strike / (y->flat * s->contact),
    .toe_off = y->toe_off, .toe_off_rate = y->toe_off_ratio * y->toe_off / ((1 - y->heel_off) * s->contact),
    .cop_start = ball, .cop_end = ball, .clearance = y->clearance};
}

static void plan(struct run *r, const struct gait_wish *wish, const struct jog_style *y, const struct posture *posture) {
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
    r->x[0][k] = wish->speed * time, r->v[0][k] = wish->speed;
    r->z[k] -= above;
    r->x[2][k] = r->z[k], r->v[2][k] = r->zv[k], r->a[2][k] = r->za[k];
    r->x[4][k] = y->lean;
    for (int j = 0; j < t->model->joint_count; j++) t->q[j * t->stride + k] = posture->q[j];
    for (int i = 0; i < 2; i++) {
      // the arm is ahead when its own side's foot is behind
      int j = posture->swing[i], at = j * t->stride + k;
      if (j < 0) continue;
      double swing = (i == LEFT ? 1 : -1) * posture->swing_sign[i] * y->arm_swing;
      t->q[at] += swing * c, t->qd[at] = -swing * w * s, t->qdd[at] = -swing * w * w * c;
    }
  }
  set_pelvis(r);
}

// ---- flight -----------------------------------------------------------------------------------------

// Wrench on the root at sample k if the pelvis moved as p: legs follow, everything else as it is.
static void wrench_with(const struct trajectory *t, int k, const struct frame_motion *p, double out[AXES]) {
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX], tau[ROBOT_JOINTS_MAX];
  for (int j = 0; j < t->model->joint_count; j++) {
    int at = j * t->stride + k;
    q[j] = t->q[at], qd[j] = t->qd[at], qdd[j] = t->qdd[at];
  }
  for (int s = 0; s < 2; s++) {
    const struct chain *c = &t->leg[s].chain;
    double lq[LIMB_JOINTS_MAX], lqd[LIMB_JOINTS_MAX], lqdd[LIMB_JOINTS_MAX];
    for (int i = 0; i < c->count; i++) lq[i] = q[c->joint[i]];
    leg_rates(&t->leg[s], p, &t->foot[s][k].frame, lq, lqd, lqdd);
    for (int i = 0; i < c->count; i++) qdd[c->joint[i]] = lqdd[i];
  }
  struct base_motion base = {p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                             p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
  struct wrench w;
  robot_inverse_dynamics(t->model, &base, q, qd, qdd, 0, NULL, NULL, tau, &w);
  struct v3 moment = m3_apply(&p->rotation, w.moment);
  memcpy(out, (double[AXES]){w.force.x, w.force.y, w.force.z, moment.x, moment.y, moment.z}, sizeof(double[AXES]));
}

// Inverse with row pivots (Gauss, Jordan), for inertias: never singular.
static void invert(double A[AXES][AXES], double inverse[AXES][AXES]) {
  for (int i = 0; i < AXES; i++)
    for (int j = 0; j < AXES; j++) inverse[i][j] = i == j;
  for (int k = 0; k < AXES; k++) {
    int best = k;
    for (int i = k + 1; i < AXES; i++)
      if (size_of(A[i][k]) > size_of(A[best][k])) best = i;
    double scale = 1 / A[best][k];
    for (int j = 0; j < AXES; j++) {
      double a = A[best][j], b = inverse[best][j];
      A[best][j] = A[k][j], inverse[best][j] = inverse[k][j];
      A[k][j] = a * scale, inverse[k][j] = b * scale;
    }
    for (int i = 0; i < AXES; i++) {
      double f = A[i][k];
      for (int j = 0; j < AXES && i != k; j++) A[i][j] -= f * A[k][j], inverse[i][j] -= f * inverse[k][j];
    }
  }
}

// The wrench is affine in the pelvis' six accelerations, so seven wrenches give its inertia A, legs on their way included.
static void inertia_at(const struct trajectory *t, int k, double A[AXES][AXES]) {
  double none[AXES], with[AXES];
  wrench_with(t, k, &t->pelvis[k], none);
  for (int c = 0; c < AXES; c++) {
    struct frame_motion p = t->pelvis[k];
    double *add[AXES] = {&p.acceleration.x, &p.acceleration.y, &p.acceleration.z,
                         &p.angular_acceleration.x, &p.angular_acceleration.y, &p.angular_acceleration.z};
    *add[c] += 1;
    wrench_with(t, k, &p, with);
    for (int i = 0; i < AXES; i++) A[i][c] = with[i] - none[i];
  }
}

// Accelerations that are lacking at sample k of flight for no wrench at all.
static void find_lack(struct run *r, int k) {
  const struct wrench *w = &r->t->root[k];
  double wrench[AXES] = {w->force.x, w->force.y, w->force.z, w->moment.x, w->moment.y, w->moment.z}, x[AXES] = {0};
  for (int i = 0; i < AXES; i++)
    for (int j = 0; j < AXES; j++) x[i] -= r->inverse[k][i][j] * wrench[j];
  struct v3 angular = v3(x[3], x[4], x[5]), euler = euler_of(r, k, angular);
  struct v3 turning = v3_cross(angular, m3_apply(&r->t->pelvis[k].rotation, v3(0, 0, r->arm)));
  double lack[AXES] = {x[0] + turning.x, x[1] + turning.y, x[2] + turning.z, euler.x, euler.y, euler.z};
  for (int c = 0; c < AXES; c++) {
    r->lack[c][k] = lack[c];
    if (!(size_of(lack[c]) < LACK_MOST)) r->lost = true;
  }
}

// A jet d carried over h by an acceleration that goes from a0 to a1 in a straight line.
static struct jet carry(struct jet d, double a0, double a1, double h) {
  return (struct jet){d.x + h * d.v + h * h * (2 * a0 + a1) / 6, d.v + h * (a0 + a1) / 2, a1};
}

// Samples of one flight: from .. to, the last at touch-down (in the last flight n, which is sample 0).
struct span { int from, to; };

// One coordinate over one flight of n samples as difference from what is wished: its acceleration is given, rate and value are
// free by a straight line, taken so that the mean square difference is least. at_lift: carried back over `before` to lift-off.
static void fly(int n, double h, double before, const double *accel, struct jet *d, struct jet *at_lift) {
  double sum = 0, moment = 0;
  d[0] = (struct jet){0, 0, accel[0]};
  for (int i = 1; i < n; i++) d[i] = carry(d[i - 1], accel[i - 1], accel[i], h);
  for (int i = 0; i < n; i++) sum += d[i].x, moment += d[i].x * (i - (n - 1) / 2.0);
  double slope = moment / (n * ((double)n * n - 1) / 12) / h, mean = sum / n;
  for (int i = 0; i < n; i++) d[i].x -= mean + slope * (i - (n - 1) / 2.0) * h, d[i].v -= slope;

  // lift-off lies between samples
  double a_lift = accel[0] - (accel[1] - accel[0]) * before / h;
  *at_lift = carry(d[0], accel[0], a_lift, -before);
}

// ---- correction -------------------------------------------------------------------------------------

static struct span flight_of(const struct run *r, int i) {
  struct span s = {i * r->t->n / 2 + 1, (i + 1) * r->t->n / 2};
  while (!in_flight(r, s.from)) s.from++;
  return s;
}

// Wished value of a coordinate at sample k.
static struct jet wished(const struct run *r, int axis, int k) {
  if (axis == 2) return (struct jet){r->z[k], r->zv[k], r->za[k]};
  return (struct jet){axis == 4 ? r->lean : 0, 0, 0};
}

// Height and attitude: as flight needs them, and through stance by a quintic on top of what is wished.
static void correct_free(struct run *r, int axis, double share) {
  const struct trajectory *t = r->t;
  struct jet lift[2], *d = r->jets;
  for (int i = 0; i < 2; i++) {
    struct span s = flight_of(r, i);
    double *accel = r->work, before = t->start + s.from * t->dt - i * r->step->period - r->step->contact;
    for (int k = s.from; k <= s.to; k++) accel[k - s.from] = r->a[axis][k % t->n] + r->lack[axis][k % t->n] - wished(r, axis, k % t->n).a;
    fly(s.to - s.from + 1, t->dt, before, accel, d + s.from, &lift[i]);
  }
  d[0] = d[t->n];
  for (int i = 0; i < 2; i++) {
    int land = i * t->n / 2;
    struct quintic q = quintic_between(d[land], lift[i], r->step->contact);
    for (int k = land + 1; k < flight_of(r, i).from; k++) d[k] = quintic_at(&q, (k - land) * t->dt);
  }
  double most = axis == 2 ? SHIFT_MOST : TURN_MOST, part = most;
  for (int k = 0; k < t->n; k++) {
    struct jet w = wished(r, axis, k);
    d[k] = (struct jet){w.x + d[k].x - r->x[axis][k], w.v + d[k].v - r->v[axis][k], w.a + d[k].a - r->a[axis][k]};
    if (size_of(d[k].x) > most) most = size_of(d[k].x);
  }
  part *= share / most;
  for (int k = 0; k < t->n; k++) r->x[axis][k] += part * d[k].x, r->v[axis][k] += part * d[k].v, r->a[axis][k] += part * d[k].a;
}

// Along the floor: the centre of pressure on the ball in stance, what flight lacks in the air.
static void correct_plane(struct run *r, double share) {
  const struct trajectory *t = r->t;
  for (int k = 0; k < t->n; k++) {
    struct v3 cop, normal;
    r->K[k] = 0;
    if (trajectory_cop(t, k, &cop, &normal)) {
      double z = t->pelvis[k].position.z + t->com_height - cop.z;
      r->K[k] = t->root[k].force.z / (t->model->mass * z);
      if (r->K[k] < 0) r->K[k] = 0;
    }
    for (int i = 0; i < 2; i++) r->f[i][k] = in_flight(r, k) ? r->lack[i][k] : r->K[k] * t->error[i][k];
  }
  correction_solve(t->n, t->dt, ENDS_PERIODIC, 0, r->K, (const double *const *)r->f, r->d, r->first, r->second, r->work);
  double most = SHIFT_MOST;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < t->n; k++)
      if (size_of(r->d[i][k]) > most) most = size_of(r->d[i][k]);
  double part = share * SHIFT_MOST / most;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < t->n; k++) r->x[i][k] += part * r->d[i][k], r->v[i][k] += part * r->first[i][k], r->a[i][k] += part * r->second[i][k];
}

static void find_lacks(struct run *r, bool inertia) {
  double A[AXES][AXES];
  for (int k = 0; k < r->t->n; k++) {
    if (!in_flight(r, k)) continue;
    if (inertia) inertia_at(r->t, k, A), invert(A, r->inverse[k]);
    find_lack(r, k);
  }
}

// The point mass over the balls, to begin with.
static void pendulum(struct run *r) {
  trajectory_pendulum(r->t);
  for (int k = 0; k < r->t->n; k++) {
    const struct frame_motion *p = &r->t->pelvis[k];
    r->x[0][k] = p->position.x, r->v[0][k] = p->velocity.x, r->a[0][k] = p->acceleration.x;
    r->x[1][k] = p->position.y, r->v[1][k] = p->velocity.y, r->a[1][k] = p->acceleration.y;
  }
}

// Lead the pelvis by the centre of percussion: the arm at which pitching and rolling take least force, in the middle of a flight.
static void find_arm(struct run *r) {
  struct span s = flight_of(r, 0);
  double A[AXES][AXES], pitch, roll;
  int k = (s.from + s.to) / 2;
  inertia_at(r->t, k, A);
  pitch = A[0][4] / A[0][0], roll = -A[1][3] / A[1][1];
  r->arm = (pitch + roll) / 2;
  struct v3 up = m3_apply(&r->t->pelvis[k].rotation, v3(0, 0, r->arm));
  for (k = 0; k < r->t->n; k++) r->x[0][k] += up.x, r->x[1][k] += up.y, r->x[2][k] += up.z, r->z[k] += up.z;
}

// As high as the knees allow.
static void fit_height(struct run *r, double bend) {
  double move = trajectory_height(r->t, bend);
  for (int k = 0; k < r->t->n; k++) r->z[k] += move, r->x[2][k] += move;
}

enum status jog_solve(struct trajectory *t, const struct gait_wish *wish, const struct jog_style *style, const struct posture *posture,
                      const struct slip *slip, const struct slip_step *step, struct error *e) {
  struct run r;
  assert(t->n % 2 == 0);
  enum status s = run_init(&r, t, e);
  if (s) return s;
  r.slip = slip, r.step = step;
  plan(&r, wish, style, posture);
  fit_height(&r, style->bend + BEND_SPARE);
  pendulum(&r);
  trajectory_dynamics(t);
  find_arm(&r);
  for (int i = 0; i < PASSES; i++) {
    // low at first, so that a leg that the first passes move too far does not lock; then as high as wished
    if (i == HEIGHT_FIT || t->bend_least < style->bend / 2) fit_height(&r, i < HEIGHT_FIT ? style->bend + BEND_SPARE : style->bend);
    if (!(trajectory_dynamics(t) < LOST)) break;

    // once, when the body is near its motion: what follows takes the trunk as given
    if (i == HEIGHT_FIT + 1 && posture->waist_yaw >= 0) trajectory_twist(t, posture->waist_yaw, posture->waist_sign, (double[2]){0, 0});
    double share = i % 2 ? SHARE_ODD : 1;
    find_lacks(&r, i % INERTIA_EVERY == 0);
    if (r.lost) break;
    correct_plane(&r, share);
    for (int axis = 2; axis < AXES; axis++) correct_free(&r, axis, share);
    set_pelvis(&r);
  }

  // what is left in the air after the last correction: exact for the path as it stands
  double error = trajectory_dynamics(t);
  for (int i = 0; i < SETTLE && error < LOST && !r.lost; i++) {
    find_lacks(&r, i == 0);
    if (r.lost) break;
    for (int k = 0; k < t->n; k++)
      for (int c = 0; c < AXES && in_flight(&r, k); c++) r.a[c][k] += r.lack[c][k];
    set_pelvis(&r);
    error = trajectory_dynamics(t);
  }
  run_finish(&r);
  if (error < FOUND && !r.lost) return STATUS_OK;
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
    posture_find(&posture, h, wish->load_pose);
    if (wish->load == 0 && wish->load_pose == LOAD_NONE) posture_hands(&posture, h, RUNNERS_HANDS);
    posture_balance(&posture, h, &loaded);
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
