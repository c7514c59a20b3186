#include "robots/recover.h"

#include <assert.h>
#include <string.h>

#include "robots/momentum.h"
#include "robots/recover_state.h"

// Guesses
#define KNEE_STANDS   0.12          // rad  bend that a leg keeps at the end
#define KNEE_STEPS    0.35          // rad  and before: nearer to straight, small ways of the foot ask for large rates
#define KNEE_LANDS    0.50          // rad  and that of a leg that lands
#define PELVIS_LAG    0.20          // of a step: the pelvis swings back as the leg goes ahead
#define HEIGHT_RATE   10.0          // 1/s  of the root's way to the height that the legs ask for
#define HEIGHT_ACCEL  (0.5 * GRAVITY)
#define HEIGHT_SPEED  0.8           // m/s
#define SWING_LEAD    0.05          // s    the same for a foot in the air
#define LOOK_AHEAD    0.15          // s    by which the height is chosen before it is needed
#define AIM_FIXED     0.04          // s    before touch-down: the foot lands where it is going
#define SWING_LEAST   0.10          // s    of a swing that a push finds under way
#define SHIFT_TIME    0.4           // s    to bring the load onto one foot or between both, gathering
#define SHIFT_SPEED   1.0           // m/s  and as far as it has to go
#define SWING_TIME    0.6           // s    of the gathering step
#define SETTLE_TIME   0.4           // s
#define TIP_ALLOWED   0.01          // m    that the centre of pressure of a sliding body may be outside the soles
#define CLOSE         1e-6          // m    feet are as in the standing pose
#define TRUNK_RATE    5.0           // 1/s  of the trunk's way back upright
#define TRUNK_ACCEL   10.0          // rad/s2
#define ACCEL_MOST    2000.0        // m/s2, rad/s2  more than any drive gives: a leg out of its reach
#define FRICTION_USED 0.8           // of the floor's friction that is counted on
#define FRICTION_SPARE 0.10         // 1    of it that a swing may take, the trunk staying upright
#define TURN_USED     0.8           // of what the soles hold against turning
#define CROUCH_SHARE  0.55          // of the root's height, crouched, at least
#define CROUCH_STEP   0.01

static double size_of(double x) { return x < 0 ? -x : x; }
static double smaller(double a, double b) { return a < b ? a : b; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

// ---- the make -----------------------------------------------------------------------------------------------

// The place of an ankle when the root stands at x, y.
static void ankle_of(const struct recover_make *m, const double root[2], double heading, int side, double out[2]) {
  double s, c, y = m->stand.ankle_y + (side == LEFT ? m->stand.half_width : -m->stand.half_width), x = m->stand.ankle_x;
  m_sincos(heading, &s, &c);
  out[0] = root[0] + c * x - s * y;
  out[1] = root[1] + s * x + c * y;
}

// Root of a body that would stand with that ankle there.
static void root_of(const struct recover_make *m, const double ankle[2], double heading, int side, double out[2]) {
  const double none[2] = {0, 0};
  double from[2];
  ankle_of(m, none, heading, side, from);
  for (int k = 0; k < 2; k++) out[k] = ankle[k] - from[k];
}

// The crouch: the root lowered to a share of its height, and moved until the centre of mass is where it is standing. false: beyond a leg's range.
static bool crouch_at(struct recover_make *m, double share) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  const double none[2] = {0, 0};
  m->crouch[0] = 0;
  m->crouch[1] = share * m->stand.root_height;
  memcpy(m->crouched, m->stand.q, sizeof m->crouched);
  for (int round = 0; round < 8; round++) {
    struct base_motion base = {.position = {m->crouch[0], 0, m->crouch[1]}, .orientation = {1, 0, 0, 0}};
    for (int s = 0; s < 2; s++) {
      double at[2], q[LIMB_JOINTS_MAX];
      struct m3 level = m3_identity();
      const struct leg *l = &m->leg[s];
      ankle_of(m, none, 0, s, at);
      for (int k = 0; k < l->chain.count; k++) q[k] = m->crouched[l->chain.joint[k]];
      leg_solve(l, &level, v3(at[0] - m->crouch[0], at[1], m->humanoid->sole.height - m->crouch[1]), q);
      for (int k = 0; k < l->chain.count; k++) m->crouched[l->chain.joint[k]] = q[k];
    }
    struct v3 velocity;
    robot_forward(&m->model, &base, m->crouched, NULL, body);
    m->crouch[0] -= robot_com(&m->model, body, &velocity).x - m->stand.ankle_x - m->stand.rest;
  }
  for (int s = 0; s < 2; s++)
    for (int k = 0; k < m->leg[s].chain.count; k++) {
      int j = m->leg[s].chain.joint[k];
      if (m->crouched[j] < m->model.joint[j].lower || m->crouched[j] > m->model.joint[j].upper) return false;
    }
  return true;
}

// As low as the ranges of its joints let it.
static void find_crouch(struct recover_make *m) {
  for (double share = CROUCH_SHARE; share < 1 && !crouch_at(m, share); share += CROUCH_STEP) {}
}

// Prone or supine: arms raised ahead of the head to catch the fall, legs as they stand.
static void find_lying(struct recover_make *m) {
  memcpy(m->lying, m->stand.q, sizeof m->lying);
  for (int s = 0; s < 2; s++) {
    int j = m->posture.swing[s];
    if (j < 0) continue;
    const struct robot_joint *joint = &m->model.joint[j];
    double q = m->lying[j] - 1.2 * m->posture.swing_sign[s];
    m->lying[j] = q < joint->lower ? joint->lower : q > joint->upper ? joint->upper : q;
  }
}

enum status recover_make_init(struct recover_make *m, const struct gait_library *l, double load, enum load_pose pose, struct error *e) {
  memset(m, 0, sizeof *m);
  m->humanoid = l->humanoid;
  enum status status = posture_load(&m->model, l->humanoid, load, e);
  if (status) return status;
  posture_find(&m->posture, l->humanoid, pose);
  status = stand_find(&m->stand, l->humanoid, &m->model, &m->posture, e);
  if (status) {
    posture_load_finish(&m->model);
    return status;
  }
  m->balance = balance_params_of(l->humanoid, &m->model, &m->stand);
  for (int s = 0; s < 2; s++) leg_init(&m->leg[s], l->humanoid, s);
  find_crouch(m);
  find_lying(m);
  return STATUS_OK;
}

void recover_make_finish(struct recover_make *m) { posture_load_finish(&m->model); }

// ---- the body in one tick ---------------------------------------------------------------------------------------

struct base_motion recover_base(const struct frame_motion *p) {
  return (struct base_motion){p->position, quaternion_of_m3(&p->rotation), p->velocity, m3_apply_inverse(&p->rotation, p->angular_velocity),
                              p->acceleration, m3_apply_inverse(&p->rotation, p->angular_acceleration)};
}

static void pelvis_frame(const struct recover *r, struct frame_motion *p) {
  p->rotation = m3_of_quaternion(r->turned);
  p->position = v3(r->pelvis[0].x, r->pelvis[1].x, r->floor + r->height.x);
  p->velocity = v3(r->pelvis[0].v, r->pelvis[1].v, r->height.v);
  p->acceleration = v3(0, 0, 0);
  p->angular_velocity = r->spin;
  p->angular_acceleration = v3(0, 0, 0);
}

// The turn from standing upright along the heading, as a vector along its axis of the sine of its angle.
static struct v3 tilt_of(const struct recover *r) {
  struct m3 upright = m3_rotation_z(r->heading), now = m3_of_quaternion(r->turned);
  return rotation_between(&upright, &now);
}

static void leg_rates_of(const struct recover_make *m, struct recover_body *b) {
  for (int s = 0; s < 2; s++) {
    const struct leg *l = &m->leg[s];
    double q[LIMB_JOINTS_MAX], qd[LIMB_JOINTS_MAX], qdd[LIMB_JOINTS_MAX];
    for (int k = 0; k < l->chain.count; k++) q[k] = b->q[l->chain.joint[k]];
    leg_rates(l, &b->pelvis, &b->foot[s], q, qd, qdd);
    for (int k = 0; k < l->chain.count; k++) b->qd[l->chain.joint[k]] = qd[k], b->qdd[l->chain.joint[k]] = qdd[k];
  }
}

double recover_pose(const struct recover *r, const struct recover_make *m, const struct jet *from, struct recover_body *b) {
  double beyond = 0;
  for (int j = 0; j < m->model.joint_count; j++) {
    struct jet d = recover_fade(from[j], r->time, RECOVER_FADE);
    b->q[j] = m->posture.q[j] + d.x, b->qd[j] = d.v, b->qdd[j] = d.a;
  }
  for (int s = 0; s < 2; s++) {
    const struct leg *l = &m->leg[s];
    double q[LIMB_JOINTS_MAX], qd[LIMB_JOINTS_MAX], qdd[LIMB_JOINTS_MAX];
    recover_foot_frame(r, m, s, &b->foot[s]);
    for (int k = 0; k < l->chain.count; k++) q[k] = l->bent[k];
    double short_by = leg_motion(l, &b->pelvis, &b->foot[s], q, qd, qdd);
    if (short_by > beyond) beyond = short_by;
    for (int k = 0; k < l->chain.count; k++) {
      int j = l->chain.joint[k];
      b->q[j] = q[k], b->qd[j] = qd[k], b->qdd[j] = qdd[k];
    }
  }
  return beyond;
}

static void find_com(const struct recover *r, const struct recover_make *m, struct recover_body *b) {
  struct base_motion base = recover_base(&b->pelvis);
  struct floor_momentum f = floor_momentum_of(&m->model, &base, b->q, b->qd, r->floor);
  b->com = f.com, b->com_velocity = f.com_velocity;
  for (int k = 0; k < 2; k++) b->swing[k] = f.swing[k];
}

// ---- height -------------------------------------------------------------------------------------------------

// Highest that the root may be for a leg with its foot there.
static double height_over(const struct recover *r, const struct recover_make *m, int side, const double root[2], const double foot[2], double bend) {
  const struct leg *l = &m->leg[side];
  struct m3 turn = m3_rotation_z(r->heading);
  struct v3 hip = m3_apply(&turn, l->hip);
  double reach = leg_length_bent(l, bend), x = root[0] + hip.x - foot[0], y = root[1] + hip.y - foot[1], square = reach * reach - x * x - y * y;
  return m->humanoid->sole.height + (square > 0 ? m_sqrt(square) : 0) - l->hip.z;
}

// Where the root will be over a while: it stays about as far from the centre of mass as it stands.
static void root_after(const struct recover *r, const struct recover_make *m, const struct recover_body *b, double t, double out[2]) {
  double s, c, e = m_exp(m->balance.rate * t), co = 0.5 * (e + 1 / e), si = 0.5 * (e - 1 / e);
  m_sincos(r->heading, &s, &c);
  for (int k = 0; k < 2; k++) {
    double x = (k ? b->com.y : b->com.x) - r->press[k], v = k ? b->com_velocity.y : b->com_velocity.x, ahead = m->stand.ankle_x + m->stand.rest;
    out[k] = r->press[k] + x * co + v / m->balance.rate * si - ahead * (k ? s : c);
  }
}

// swing: the foot that lands at `aim` after `left`, -1: none.
static void drive_height(struct recover *r, const struct recover_make *m, const struct recover_body *b, const double aim[2], int swing, double left) {
  double want = m->stand.root_height, least = m->crouch[1], bend = r->stage == RECOVER_SETTLE ? KNEE_STANDS : KNEE_STEPS;
  double now[2] = {r->pelvis[0].x, r->pelvis[1].x}, soon[2], then[2];
  if (r->crouches) want = least;
  root_after(r, m, b, LOOK_AHEAD, soon);
  root_after(r, m, b, left, then);
  if (swing >= 0)
    for (int k = 0; k < 2; k++) then[k] -= PELVIS_LAG * (aim[k] - r->foot[!swing].place[k]);
  for (int s = 0; s < 2; s++) {
    const double *foot = r->foot[s].place;
    if (r->foot[s].down) want = smaller(want, smaller(height_over(r, m, s, now, foot, bend), height_over(r, m, s, soon, foot, bend)));
    else if (swing >= 0) want = smaller(want, height_over(r, m, s, now, (const double[2]){r->foot[s].swing[0].x + SWING_LEAD * r->foot[s].swing[0].v, r->foot[s].swing[1].x + SWING_LEAD * r->foot[s].swing[1].v}, bend));
    if (swing >= 0) want = smaller(want, height_over(r, m, s, then, s == swing ? aim : foot, s == swing ? KNEE_LANDS : bend));
  }
  if (r->stage == RECOVER_GATHER && r->part < 2) {
    // before the load is on one foot, the other leg will be at its longest
    double over[2];
    root_of(m, r->foot[r->stance].place, r->heading, r->stance, over);
    const struct recover_foot *f = &r->foot[!r->stance];
    want = smaller(want, height_over(r, m, !r->stance, over, f->down ? f->place : (const double[2]){f->swing[0].x, f->swing[1].x}, KNEE_LANDS));
  }
  if (want < least) want = least;
  // as fast as it can still be braked
  double way = want - r->height.x, most = smaller(HEIGHT_SPEED, m_sqrt(HEIGHT_ACCEL * size_of(way)));
  double speed = clamp(0.5 * HEIGHT_RATE * way, -most, most);
  r->height.a = clamp(2 * HEIGHT_RATE * (speed - r->height.v), -HEIGHT_ACCEL, HEIGHT_ACCEL);
}

// ---- where the floor shall press -------------------------------------------------------------------------------


static void xi_of(const struct recover_make *m, const struct recover_body *b, double xi[2]) {
  for (int k = 0; k < 2; k++) xi[k] = (k ? b->com.y : b->com.x) + (k ? b->com_velocity.y : b->com_velocity.x) / m->balance.rate;
}

// Point of rest of a foot, or between both.
static void rest_of(const struct recover *r, const struct recover_make *m, int side, double out[2]) {
  double s, c;
  m_sincos(r->heading, &s, &c);
  for (int k = 0; k < 2; k++) {
    double middle = (r->foot[LEFT].place[k] + r->foot[RIGHT].place[k]) / 2;
    out[k] = (side < 0 ? middle : r->foot[side].place[k]) + m->balance.rest * (k ? s : c);
  }
}

// Shift the load from where it is now.
static void next_stage(struct recover *r, const struct recover_make *m, const struct recover_body *b, enum recover_stage stage) {
  double rest[2];
  r->stage = stage;
  r->stage_since = r->time;
  xi_of(m, b, r->xi);
  rest_of(r, m, stage == RECOVER_GATHER ? r->stance : -1, rest);
  r->shift = SHIFT_TIME + m_sqrt((r->xi[0] - rest[0]) * (r->xi[0] - rest[0]) + (r->xi[1] - rest[1]) * (r->xi[1] - rest[1])) / SHIFT_SPEED;
}

// Follow xi along a quintic to a point: p = xi - xi_ref' / w + k (xi - xi_ref).
static void follow(const struct recover *r, const struct recover_make *m, const double xi[2], const double to[2], double p[2]) {
  double t = r->time - r->stage_since;
  for (int k = 0; k < 2; k++) {
    struct jet ref = {to[k], 0, 0};
    if (t < r->shift) {
      struct quintic q = quintic_between((struct jet){r->xi[k], 0, 0}, ref, r->shift);
      ref = quintic_at(&q, t);
    }
    p[k] = xi[k] - ref.v / m->balance.rate + m->balance.gain * (xi[k] - ref.x);
  }
}

static void begin_gather(struct recover *r, const struct recover_make *m, const struct recover_body *b) {
  struct balance_columns c = recover_row(r);
  double root[2], other[2];
  r->stance = c.stance[0];
  r->heading = r->foot[r->stance].yaw;                // the other foot comes to where this one looks; the body turns after it
  root_of(m, r->foot[r->stance].place, r->heading, r->stance, root);
  ankle_of(m, root, r->heading, !r->stance, other);
  double off = size_of(other[0] - r->foot[!r->stance].place[0]) + size_of(other[1] - r->foot[!r->stance].place[1]) + size_of(r->foot[!r->stance].yaw - r->heading);
  r->part = 0;
  next_stage(r, m, b, off < CLOSE ? RECOVER_SETTLE : RECOVER_GATHER);
}

// The gathering step: load onto one foot, the other beside it. Leaves where the swing lands and what is left of it.
static void gather(struct recover *r, const struct recover_make *m, const struct recover_body *b, double dt, double p[2], double aim[2], double *left) {
  double xi[2], rest[2], root[2], t = r->time - r->stage_since;
  xi_of(m, b, xi);
  rest_of(r, m, r->stance, rest);
  root_of(m, r->foot[r->stance].place, r->heading, r->stance, root);
  ankle_of(m, root, r->heading, !r->stance, aim);
  if (r->part == 0 && t >= r->shift && size_of(xi[0] - rest[0]) + size_of(xi[1] - rest[1]) < 0.02) {
    r->part = 1;
    recover_foot_lift(r, m, !r->stance, SWING_TIME);
  }
  follow(r, m, xi, rest, p);
  *left = r->part == 1 ? r->foot[!r->stance].since + SWING_TIME - r->time : 0;
  if (r->part == 1 && *left <= dt * (1 + 1e-9)) r->part = 2;           // lands at the end of this tick
}

static void settle(struct recover *r, const struct recover_make *m, const struct recover_body *b, double p[2]) {
  double xi[2], rest[2];
  xi_of(m, b, xi);
  rest_of(r, m, -1, rest);
  follow(r, m, xi, rest, p);
}

// It has settled to a few millimetres: the rest of the way is a fade.
static bool settled(const struct recover *r, const struct recover_make *m) {
  double root[2], off = size_of(r->height.x - m->stand.root_height), speed = size_of(r->height.v);
  root_of(m, r->foot[r->stance].place, r->heading, r->stance, root);
  for (int k = 0; k < 2; k++) off += size_of(r->pelvis[k].x - root[k]), speed += size_of(r->pelvis[k].v);
  return r->time - r->stage_since > r->shift + RECOVER_FADE && off < 0.004 && speed < 0.008 && v3_norm(tilt_of(r)) < 0.004 && v3_norm(r->spin) < 0.01;
}

// ---- the floor's answer --------------------------------------------------------------------------------------

struct answer { struct v3 force, moment; };         // on the root, world axes; the moment about its origin

static struct answer dynamics(const struct recover_make *m, struct recover_body *b) {
  double tau[ROBOT_JOINTS_MAX];
  struct base_motion base = recover_base(&b->pelvis);
  struct wrench root;
  leg_rates_of(m, b);
  robot_inverse_dynamics(&m->model, &base, b->q, b->qd, b->qdd, 0, NULL, NULL, tau, &root);
  return (struct answer){root.force, m3_apply(&b->pelvis.rotation, root.moment)};
}

static struct v3 moment_about(const struct answer *a, const struct recover_body *b, const double p[2], double floor) {
  return v3_add(a->moment, v3_cross(v3_sub(b->pelvis.position, v3(p[0], p[1], floor)), a->force));
}

#define UNKNOWNS 5                  // accelerations of the root along x, y, z and about x and y

// A x = A[.][UNKNOWNS] by elimination, the largest pivot first.
static bool solve_row(double A[UNKNOWNS][UNKNOWNS + 1], double x[UNKNOWNS]) {
  for (int c = 0; c < UNKNOWNS; c++) {
    int best = c;
    for (int i = c + 1; i < UNKNOWNS; i++) if (size_of(A[i][c]) > size_of(A[best][c])) best = i;
    if (!(size_of(A[best][c]) > 0)) return false;
    for (int k = 0; k <= UNKNOWNS; k++) { double t = A[c][k]; A[c][k] = A[best][k]; A[best][k] = t; }
    for (int i = c + 1; i < UNKNOWNS; i++) {
      double f = A[i][c] / A[c][c];
      for (int k = c; k <= UNKNOWNS; k++) A[i][k] -= f * A[c][k];
    }
  }
  for (int c = UNKNOWNS - 1; c >= 0; c--) {
    x[c] = A[c][UNKNOWNS];
    for (int k = c + 1; k < UNKNOWNS; k++) x[c] -= A[c][k] * x[k];
    x[c] /= A[c][c];
  }
  return true;
}

// What brings the trunk upright, rad/s2.
static struct v3 righting(const struct recover *r) {
  struct v3 e = tilt_of(r), a = v3_add(v3_scale(e, -TRUNK_RATE * TRUNK_RATE), v3_scale(r->spin, -2 * TRUNK_RATE));
  double size = v3_norm(a);
  return size > TRUNK_ACCEL ? v3_scale(a, TRUNK_ACCEL / size) : a;
}

// Moment about the centre of mass that the floor's friction holds beside the line to it.
static double spare_moment(const struct recover *r, const struct recover_body *b, const double p[2], double force) {
  double x = b->com.x - p[0], y = b->com.y - p[1], z = b->com.z - r->floor, share = FRICTION_USED * r->friction - m_sqrt(x * x + y * y) / z;
  return force * z * clamp(share, 0, FRICTION_SPARE);
}

// Accelerate the root so that the floor presses at p and the centre of mass goes up by height.a. The trunk goes by `right`, unless a swing
// takes more moment than friction has to spare: then it takes the rest.
static bool accelerate_turning(struct recover *r, const struct recover_make *m, struct recover_body *b, const double p[2], struct v3 right, struct answer *out) {
  struct answer a[UNKNOWNS + 1];
  double A[UNKNOWNS][UNKNOWNS + 1], B[UNKNOWNS][UNKNOWNS + 1], x[UNKNOWNS], force = m->model.mass * (GRAVITY + r->height.a);
  const double com[2] = {b->com.x, b->com.y};
  for (int k = 0; k <= UNKNOWNS; k++) {
    b->pelvis.acceleration = v3(k == 1, k == 2, k == 3);
    b->pelvis.angular_acceleration = v3(k == 4, k == 5, right.z);
    a[k] = dynamics(m, b);
    struct v3 press = moment_about(&a[k], b, p, r->floor), mass = moment_about(&a[k], b, com, b->com.z);
    const double row[UNKNOWNS] = {press.x, press.y, mass.x, mass.y, a[k].force.z};
    for (int i = 0; i < UNKNOWNS; i++) A[i][k == 0 ? UNKNOWNS : k - 1] = row[i];
  }
  for (int i = 0; i < UNKNOWNS; i++) {
    for (int k = 0; k < UNKNOWNS; k++) A[i][k] -= A[i][UNKNOWNS];
    A[i][UNKNOWNS] = -A[i][UNKNOWNS];
  }
  A[4][UNKNOWNS] += force;

  // first with the trunk on its own way: what moment is that?
  memcpy(B, A, sizeof B);
  for (int i = 2; i < 4; i++) {
    for (int k = 0; k <= UNKNOWNS; k++) B[i][k] = 0;
    B[i][i + 1] = 1;
    B[i][UNKNOWNS] = i == 2 ? right.x : right.y;
  }
  if (!solve_row(B, x)) return false;
  double moment[2] = {-A[2][UNKNOWNS], -A[3][UNKNOWNS]}, spare = spare_moment(r, b, p, force);
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < UNKNOWNS; k++) moment[i] += A[2 + i][k] * x[k];
  double size = m_sqrt(moment[0] * moment[0] + moment[1] * moment[1]);
  if (size > spare) {
    for (int i = 0; i < 2; i++) A[2 + i][UNKNOWNS] += moment[i] * spare / size;
    if (!solve_row(A, x)) return false;
  }
  b->pelvis.acceleration = v3(x[0], x[1], x[2]);
  b->pelvis.angular_acceleration = v3(x[3], x[4], right.z);
  *out = dynamics(m, b);
  r->spin_rate = b->pelvis.angular_acceleration;
  double most = 0;
  for (int k = 0; k < UNKNOWNS; k++) if (!(size_of(x[k]) <= most)) most = size_of(x[k]);
  return most < ACCEL_MOST;
}

// What a quick swing asks of the soles against turning beyond TURN_USED of what they hold, the trunk takes too.
static bool accelerate(struct recover *r, const struct recover_make *m, struct recover_body *b, const double p[2], struct answer *out) {
  struct v3 right = righting(r);
  if (!accelerate_turning(r, m, b, p, right, out)) return false;
  double moment = moment_about(out, b, p, r->floor).z, most = TURN_USED * recover_turn_most(r, m, &out->force), inertia = balance_yaw_inertia(&m->balance);
  for (int k = 0; k < 2 && size_of(moment) > most * (1 + 1e-6) && r->turning == 0; k++) {
    double by = ((moment > 0 ? most : -most) - moment) / inertia, before = moment;
    right.z += by;
    if (!accelerate_turning(r, m, b, p, right, out)) return false;
    moment = moment_about(out, b, p, r->floor).z;
    inertia = (moment - before) / by;
    if (!(inertia > 0)) break;
  }
  return true;
}

// Wrenches of the floor on the feet at the centre of pressure that the body has with its slide. Returns how far that is outside the soles.
static double press(const struct recover *r, const struct recover_make *m, const struct recover_body *b, struct answer a, const double slide[2], struct walk_sample *out) {
  struct v3 push = v3(m->model.mass * slide[0], m->model.mass * slide[1], 0);
  a.force = v3_add(a.force, push);
  a.moment = v3_add(a.moment, v3_cross(v3_sub(b->com, b->pelvis.position), push));
  double p[2] = {r->press[0], r->press[1]}, held[2], share, cop[2][2];
  struct v3 turn = moment_about(&a, b, p, r->floor);
  p[0] -= turn.y / a.force.z, p[1] += turn.x / a.force.z;
  held[0] = p[0], held[1] = p[1];
  recover_hold(r, m, held, &share, cop);
  double away[2] = {p[0] - held[0], p[1] - held[1]};
  turn = moment_about(&a, b, p, r->floor);
  out->planned = v3(p[0], p[1], r->floor);
  for (int s = 0; s < 2; s++) {
    double part = s == LEFT ? share : 1 - share;
    out->contact[s] = r->foot[s].down;
    out->share[s] = part;
    out->cop[s] = v3(cop[s][0] + away[0], cop[s][1] + away[1], r->floor);
    out->wrench[s] = (struct wrench){v3_scale(a.force, part), v3(0, 0, turn.z * part)};
    out->foot[s] = b->foot[s].position;
    out->foot_yaw[s] = m_atan2(b->foot[s].rotation.m[3], b->foot[s].rotation.m[0]);
  }
  return m_sqrt(away[0] * away[0] + away[1] * away[1]);
}

// ---- one step -----------------------------------------------------------------------------------------------

static void write_joints(const struct recover_make *m, const struct recover_body *b, double *q, double *qd, double *qdd, int stride) {
  for (int j = 0; j < m->model.joint_count; j++) q[j * stride] = b->q[j], qd[j * stride] = b->qd[j], qdd[j * stride] = b->qdd[j];
}

// What balance wants in this tick. Feet that it lands and lifts are handled at the tick's end by `land`.
struct want { double p[2], aim[2], left; int swing; bool lands, lifts; double swing_time; };

static struct want balance(struct recover *r, const struct recover_make *m, const struct recover_body *b, double dt) {
  struct balance_columns c = recover_row(r);
  struct balance_params params = m->balance;
  params.rate = m_sqrt(GRAVITY / (b->com.z - r->floor));
  params.com_height = b->com.z - r->floor;
  struct want w = {.swing = !c.stance[0], .left = params.swing_time - c.phase[0], .swing_time = params.swing_time};
  bool steps = c.mode[0] == BALANCE_STEP;
  c.com[0][0] = b->com.x, c.com[0][1] = b->com.y;
  // the floor's answer changes momentum about the floor as the pendulum has it, whatever legs and trunk do meanwhile
  for (int k = 0; k < 2; k++) c.vel[0][k] = b->swing[k];
  for (int s = 0; s < 2; s++)
    for (int k = 0; k < 2; k++)
      if (r->foot[s].down) c.foot[0][s][k] = r->foot[s].place[k];
  c.heading[0] = r->heading;
  balance_step(&params, &c, 0, 1, dt);
  // who slides or turns does not rest
  if (c.events[0] & BALANCE_EVENT_REST && (r->turning != 0 || r->slide[0] != 0 || r->slide[1] != 0)) c.events[0] &= (uint8_t)~BALANCE_EVENT_REST, c.phase[0] = 0;
  if (!steps && c.mode[0] == BALANCE_STEP) w.swing = !c.stance[0], w.left = params.swing_time;
  w.lands = (c.events[0] & BALANCE_EVENT_LAND) != 0;
  w.lifts = c.mode[0] == BALANCE_STEP && c.phase[0] >= c.both[0] - 1e-9;
  if (c.mode[0] == BALANCE_STAND && !w.lands) w.swing = -1;
  for (int k = 0; k < 2; k++) {
    w.p[k] = w.lands ? r->press[k] : c.cop[0][k];
    w.aim[k] = w.left > AIM_FIXED ? c.target[0][k] : r->xi[k];         // xi: where it was going
    r->xi[k] = w.aim[k];
  }
  return w;
}

// q turned about `spin` (hall axes) for t.
static void turn_by(struct quaternion *q, struct v3 spin, double t) {
  double rate = v3_norm(spin), s, c;
  if (rate == 0) return;
  m_sincos(rate * t / 2, &s, &c);
  struct v3 u = v3_scale(spin, s / rate);
  struct quaternion o = *q;
  *q = (struct quaternion){c * o.w - u.x * o.x - u.y * o.y - u.z * o.z, c * o.x + u.x * o.w + u.y * o.z - u.z * o.y,
                           c * o.y - u.x * o.z + u.y * o.w + u.z * o.x, c * o.z + u.x * o.y - u.y * o.x + u.z * o.w};
  double norm = 1 / m_sqrt(q->w * q->w + q->x * q->x + q->y * q->y + q->z * q->z);
  *q = (struct quaternion){q->w * norm, q->x * norm, q->y * norm, q->z * norm};
}

static void advance(struct recover *r, const struct recover_body *b, const double slide[2], double dt) {
  const double a[2] = {b->pelvis.acceleration.x, b->pelvis.acceleration.y};
  for (int k = 0; k < 2; k++) {
    double drift = dt * (r->slide[k] + 0.5 * dt * slide[k]);
    r->pelvis[k].x += dt * (r->pelvis[k].v + 0.5 * dt * a[k]) + drift;
    r->pelvis[k].v += dt * a[k];
    r->slide[k] += dt * slide[k];
    for (int s = 0; s < 2; s++) {
      if (r->foot[s].down) r->foot[s].place[k] += drift;
      else r->foot[s].swing[k].x += drift;
    }
  }
  r->slid += dt * m_sqrt(r->slide[0] * r->slide[0] + r->slide[1] * r->slide[1]);
  turn_by(&r->turned, v3_mul_add(r->spin, r->spin_rate, 0.5 * dt), dt);
  r->spin = v3_mul_add(r->spin, r->spin_rate, dt);
  r->height.x += dt * (r->height.v + 0.5 * dt * b->pelvis.acceleration.z);
  r->height.v += dt * b->pelvis.acceleration.z;
  r->time += dt;
}

// Feet at the end of the tick.
static void move_feet(struct recover *r, const struct recover_make *m, const struct recover_body *b, struct want *w, double dt) {
  struct balance_columns c = recover_row(r);
  int swing = w->swing;
  struct frame_motion pelvis = b->pelvis;
  pelvis.position = v3(r->pelvis[0].x, r->pelvis[1].x, r->floor + r->height.x);
  pelvis.velocity = v3(r->pelvis[0].v, r->pelvis[1].v, r->height.v);
  for (int s = 0; s < 2; s++) if (r->foot[s].down) recover_foot_roll(r, m, s, &pelvis, dt);
  if (swing >= 0 && !r->foot[swing].down) {
    recover_foot_swing(r, m, swing, r->stage == RECOVER_BALANCE && w->left > AIM_FIXED ? &pelvis.velocity : NULL, w->aim, w->left, dt);
    if (r->stage == RECOVER_BALANCE) for (int k = 0; k < 2; k++) r->xi[k] = w->aim[k];
    if (w->lands) {
      recover_foot_reach(r, m, swing, &pelvis, w->aim);
      recover_foot_land(r, swing, w->aim);
      r->steps++;
      r->event |= RECOVER_EVENT_STEP;
      for (int k = 0; k < 2; k++) c.foot[0][swing][k] = w->aim[k];
    }
  }
  if (r->stage == RECOVER_BALANCE && w->lifts && r->foot[!c.stance[0]].down) {
    recover_foot_lift(r, m, !c.stance[0], w->swing_time - c.phase[0]);
    for (int k = 0; k < 2; k++) r->xi[k] = c.target[0][k];
  }
}

// The end: pelvis to the standing pose, whatever the last millimetres ask of the floor.
static bool fade_out(struct recover *r, const struct recover_make *m, const struct jet *from, double dt, struct walk_sample *out, struct recover_body *b) {
  double root[2], t = r->time - r->stage_since;
  struct jet d[6];
  root_of(m, r->foot[r->stance].place, r->heading, r->stance, root);
  for (int k = 0; k < 6; k++) d[k] = recover_fade(r->drop[k], t, SETTLE_TIME);
  struct m3 level = m3_rotation_z(r->heading);
  r->turned = quaternion_of_m3(&level);
  turn_by(&r->turned, v3(d[3].x, d[4].x, d[5].x), 1);
  b->pelvis.rotation = m3_of_quaternion(r->turned);
  b->pelvis.angular_velocity = r->spin = v3(d[3].v, d[4].v, d[5].v);
  b->pelvis.angular_acceleration = v3(d[3].a, d[4].a, d[5].a);
  b->pelvis.position = v3(root[0] + d[0].x, root[1] + d[1].x, r->floor + m->stand.root_height + d[2].x);
  b->pelvis.velocity = v3(d[0].v, d[1].v, d[2].v);
  b->pelvis.acceleration = v3(d[0].a, d[1].a, d[2].a);
  recover_pose(r, m, from, b);
  find_com(r, m, b);
  struct answer a = dynamics(m, b);
  const double none[2] = {0, 0};
  double p[2] = {b->com.x, b->com.y};
  r->press[0] = p[0], r->press[1] = p[1];
  press(r, m, b, a, none, out);
  for (int k = 0; k < 2; k++) r->pelvis[k] = (struct jet){root[k] + d[k].x, d[k].v, 0};
  r->height = (struct jet){m->stand.root_height + d[2].x, d[2].v, 0};
  if (t >= SETTLE_TIME) {
    r->stage = RECOVER_STANDS;
    r->event |= RECOVER_EVENT_STANDS;
  }
  r->time += dt;
  return true;
}

static void begin_drop(struct recover *r, const struct recover_make *m) {
  double root[2];
  root_of(m, r->foot[r->stance].place, r->heading, r->stance, root);
  for (int k = 0; k < 2; k++) r->drop[k] = (struct jet){r->pelvis[k].x - root[k], r->pelvis[k].v, 0};
  r->drop[2] = (struct jet){r->height.x - m->stand.root_height, r->height.v, 0};
  struct v3 e = tilt_of(r);
  r->drop[3] = (struct jet){e.x, r->spin.x, r->spin_rate.x}, r->drop[4] = (struct jet){e.y, r->spin.y, r->spin_rate.y}, r->drop[5] = (struct jet){e.z, r->spin.z, r->spin_rate.z};
  r->part = 3;
  r->stage_since = r->time;
}

static struct want wants(struct recover *r, const struct recover_make *m, const struct recover_body *b, double dt) {
  struct want w = {.swing = -1};
  switch (r->stage) {
    case RECOVER_GATHER: {
      gather(r, m, b, dt, w.p, w.aim, &w.left);
      w.swing = !r->stance;
      w.lands = r->part == 2;
      break;
    }
    case RECOVER_SETTLE: settle(r, m, b, w.p); break;
    default: w = balance(r, m, b, dt);
  }
  return w;
}

void recover_step(struct recover *r, const struct recover_make *m, struct jet *from, double dt, struct walk_sample *out, double *q, double *qd, double *qdd, int stride) {
  struct recover_body b;
  r->event = 0;
  memset(out, 0, sizeof *out);
  if (recover_limp(r)) {
    recover_fall_step(r, m, from, dt, out, q, qd, qdd, stride);
    return;
  }
  if (r->stage == RECOVER_SETTLE && r->part != 3 && settled(r, m)) begin_drop(r, m);
  pelvis_frame(r, &b.pelvis);
  if ((r->stage == RECOVER_SETTLE && r->part == 3) || r->stage == RECOVER_STANDS) {
    fade_out(r, m, from, dt, out, &b);
    if (r->gives_way) {
      recover_fall_begin(r, &b, from, m->model.joint_count);
      recover_fall_step(r, m, from, dt, out, q, qd, qdd, stride);
      return;
    }
  } else {
    recover_pose(r, m, from, &b);
    find_com(r, m, &b);
    struct want w = wants(r, m, &b, dt);
    struct balance_columns c = recover_row(r);
    if ((r->stage == RECOVER_BALANCE && c.events[0] & BALANCE_EVENT_FALL) || r->gives_way) {
      recover_fall_begin(r, &b, from, m->model.joint_count);
      recover_fall_step(r, m, from, dt, out, q, qd, qdd, stride);
      return;
    }
    double share, cop[2][2], slides[2];
    recover_hold(r, m, w.p, &share, cop);
    for (int k = 0; k < 2; k++) r->press[k] = w.p[k];
    drive_height(r, m, &b, w.aim, w.swing, w.left);
    struct answer a;
    if (!accelerate(r, m, &b, w.p, &a)) {
      // legs that have come apart: it is thrown
      recover_fall_begin(r, &b, from, m->model.joint_count);
      recover_fall_step(r, m, from, dt, out, q, qd, qdd, stride);
      return;
    }
    const double force[2] = {a.force.x, a.force.y};
    if (balance_slides(r->slide, force, r->friction * (a.force.z > 0 ? a.force.z : 0), m->model.mass, dt, slides)) r->event |= RECOVER_EVENT_SLIP;
    // against turning, likewise
    double moment = moment_about(&a, &b, r->press, r->floor).z, turns = recover_turn_rate(r, m, &a.force, moment, dt);
    struct recover_body spun = b;
    if (r->turning != 0 || turns != 0) {
      double tau[ROBOT_JOINTS_MAX];
      struct wrench root;
      recover_turn_motion(r, &spun.pelvis, turns);
      struct base_motion base = recover_base(&spun.pelvis);
      robot_inverse_dynamics(&m->model, &base, b.q, b.qd, b.qdd, 0, NULL, NULL, tau, &root);
      a = (struct answer){root.force, m3_apply(&spun.pelvis.rotation, root.moment)};
    }
    double outside = press(r, m, &spun, a, slides, out);
    bool rests = r->stage == RECOVER_BALANCE && !r->crouches && (c.events[0] & BALANCE_EVENT_REST) && r->slide[0] == 0 && r->slide[1] == 0 && r->turning == 0;
    advance(r, &b, slides, dt);
    move_feet(r, m, &b, &w, dt);
    b.pelvis = spun.pelvis;
    b.pelvis.velocity = v3_add(b.pelvis.velocity, v3(r->slide[0] - dt * slides[0], r->slide[1] - dt * slides[1], 0));
    b.pelvis.acceleration = v3_add(b.pelvis.acceleration, v3(slides[0], slides[1], 0));
    if (r->turning != 0 || turns != 0) {
      recover_turn_by(r, dt * (r->turning + 0.5 * dt * turns));
      r->turning += dt * turns;
    }
    if (outside > TIP_ALLOWED && r->stage != RECOVER_STANDS) recover_fall_begin(r, &b, from, m->model.joint_count);
    else if (rests) begin_gather(r, m, &b);
    else if (r->stage == RECOVER_GATHER && w.lands) {
      next_stage(r, m, &b, RECOVER_SETTLE);
    }
  }
  out->base = recover_base(&b.pelvis);
  write_joints(m, &b, q, qd, qdd, stride);
}

// ---- beginning ----------------------------------------------------------------------------------------------

// Pose and rates of a foot's frame on a body that moves.
static void foot_of(const struct recover_make *m, const struct body_motion *body, const double *q, int side, struct frame_motion *out) {
  const struct leg *l = &m->leg[side];
  const struct body_motion *f = &body[m->humanoid->leg[side].body], *root = &body[0];
  double angle[LIMB_JOINTS_MAX];
  for (int k = 0; k < l->chain.count; k++) angle[k] = q[l->chain.joint[k]];
  leg_forward(l, angle, &out->rotation, &out->position);
  out->rotation = m3_product(root->rotation, out->rotation);
  out->position = v3_add(root->position, m3_apply(&root->rotation, out->position));
  out->angular_velocity = f->angular_velocity;
  out->velocity = v3_add(f->velocity, v3_cross(f->angular_velocity, v3_sub(out->position, f->position)));
}

static void begin_foot(struct recover *r, const struct recover_make *m, int side, const struct frame_motion *now, bool down, double left) {
  struct recover_foot *f = &r->foot[side];
  const double *R = now->rotation.m;
  const struct sole *sole = &m->humanoid->sole;
  double s, c, yaw = m_atan2(R[3], R[0]), tilt = m_atan2(-R[6], m_sqrt(R[0] * R[0] + R[3] * R[3]));
  m_sincos(yaw, &s, &c);
  double rate = v3_dot(now->angular_velocity, v3(-s, c, 0)), st, ct;
  m_sincos(tilt, &st, &ct);
  memset(f, 0, sizeof *f);
  f->down = down;
  f->yaw = yaw;
  f->tilt = (struct jet){tilt, rate, 0};
  f->length = left;
  // heel up: about the ball; toe up: about the heel. The ankle is (-edge, 0, height) from the edge, turned
  f->edge = tilt > 1e-9 ? sole->ball : tilt < -1e-9 ? sole->heel : 0;
  if (f->edge == 0) f->tilt = (struct jet){0, 0, 0};
  double back = -f->edge * ct + sole->height * st + f->edge;
  f->place[0] = now->position.x - c * back;
  f->place[1] = now->position.y - s * back;
  if (down) return;
  f->tilt = (struct jet){tilt, rate, 0};
  f->swing[0] = (struct jet){now->position.x, now->velocity.x, 0};
  f->swing[1] = (struct jet){now->position.y, now->velocity.y, 0};
  f->height = (struct jet){now->position.z - r->floor - sole->height, now->velocity.z, 0};
  f->turn = (struct jet){yaw - r->heading, now->angular_velocity.z, 0};
}

void recover_begin(struct recover *r, const struct recover_make *m, const struct recover_start *s, struct jet *from) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  struct frame_motion foot[2];
  double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX];
  const struct base_motion *base = &s->sample->base;
  memset(r, 0, sizeof *r);
  r->floor = s->floor, r->friction = s->friction, r->heading = s->heading;
  for (int j = 0; j < m->model.joint_count; j++) {
    q[j] = s->q[j * s->stride], qd[j] = s->qd[j * s->stride];
    from[j] = (struct jet){q[j] - m->posture.q[j], qd[j], s->qdd[j * s->stride]};
  }
  robot_forward(&m->model, base, q, qd, body);
  r->pelvis[0] = (struct jet){base->position.x, base->velocity.x, 0};
  r->pelvis[1] = (struct jet){base->position.y, base->velocity.y, 0};
  r->height = (struct jet){base->position.z - s->floor, base->velocity.z, 0};
  struct m3 turn = m3_of_quaternion(base->orientation);
  struct v3 spin = m3_apply(&turn, base->angular_velocity);
  r->turned = base->orientation;
  r->spin = spin;

  struct balance_columns c = balance_columns_init(r->row, 1);
  balance_stand(&m->balance, &c, 0, base->position.x, base->position.y, s->heading, 1e9);
  for (int k = 0; k < 2; k++) {
    bool down = s->sample->contact[k];
    foot_of(m, body, q, k, &foot[k]);
    begin_foot(r, m, k, &foot[k], down, s->swing_left > SWING_LEAST ? s->swing_left : SWING_LEAST);
    r->foot[k].yaw = s->heading + m_wrap(r->foot[k].yaw - s->heading);
    r->foot[k].turn.x = m_wrap(r->foot[k].turn.x);
    c.foot[0][k][0] = r->foot[k].place[0], c.foot[0][k][1] = r->foot[k].place[1];
  }
  // under way: a swing goes on; with both feet down the front one carries next
  bool both = r->foot[LEFT].down && r->foot[RIGHT].down;
  if (s->swing_left >= 0) {
    double sn, cs;
    m_sincos(s->heading, &sn, &cs);
    double left = cs * r->foot[LEFT].place[0] + sn * r->foot[LEFT].place[1], right = cs * r->foot[RIGHT].place[0] + sn * r->foot[RIGHT].place[1];
    c.mode[0] = BALANCE_STEP;
    c.stance[0] = (uint8_t)(both ? (left > right ? LEFT : RIGHT) : r->foot[LEFT].down ? LEFT : RIGHT);
    c.both[0] = both ? smaller(s->swing_left, m->balance.reaction) : 0;
    c.phase[0] = both ? 0 : m->balance.swing_time - r->foot[!c.stance[0]].length;
    for (int k = 0; k < 2; k++) c.lift[0][k] = c.target[0][k] = r->xi[k] = c.foot[0][!c.stance[0]][k];
  }
  for (int k = 0; k < 2; k++) r->press[k] = k ? s->sample->planned.y : s->sample->planned.x;
}

void recover_back_to_balance(struct recover *r, const struct recover_make *m) {
  struct balance_columns c = recover_row(r);
  bool both = r->foot[LEFT].down && r->foot[RIGHT].down;
  c.mode[0] = both ? BALANCE_STAND : BALANCE_STEP;
  c.stance[0] = (uint8_t)(both ? (r->stage == RECOVER_BALANCE ? c.stance[0] : r->stance) : r->foot[LEFT].down ? LEFT : RIGHT);
  c.both[0] = 0;
  double left = r->foot[!c.stance[0]].since + r->foot[!c.stance[0]].length - r->time;
  c.phase[0] = both ? 0 : m->balance.swing_time - (left > SWING_LEAST ? left : SWING_LEAST);
  r->stage = RECOVER_BALANCE;
}

void recover_crouch(struct recover *r, const struct recover_make *m) {
  r->crouches = true;
  if (!recover_limp(r)) recover_back_to_balance(r, m);
}

void recover_free(struct recover *r, const struct recover_make *m) {
  r->crouches = false;
  if (r->stage == RECOVER_BALANCE) recover_back_to_balance(r, m);
}

bool recover_rests(const struct recover *r, const struct recover_make *m) {
  double speed = size_of(r->pelvis[0].v) + size_of(r->pelvis[1].v) + size_of(r->height.v) + v3_norm(r->spin);
  struct recover copy = *r;
  bool frozen = recover_row(&copy).mode[0] == BALANCE_FROZEN, down = r->crouches && r->height.x < m->crouch[1] + 0.002;
  return r->stage == RECOVER_BALANCE && (frozen || down) && speed < 0.01 && r->slide[0] == 0 && r->slide[1] == 0;
}

// The pelvis' jump: the floor's answer has no moment about the floor, so the angular momentum there grows by J z.
void recover_push(struct recover *r, const struct recover_make *m, double jx, double jy) {
  struct balance_columns c = recover_row(r);
  if (r->stage == RECOVER_LYING || r->stage == RECOVER_RISING) return;
  if (r->stage == RECOVER_FALLING) {
    double z = m->balance.com_height;
    c.lean_rate[0] += (jx * r->over[0] + jy * r->over[1]) / (m->balance.mass * z);
    return;
  }
  if (r->stage != RECOVER_BALANCE) {
    recover_back_to_balance(r, m);
  } else if (c.mode[0] == BALANCE_STAND && c.phase[0] < 0) {
    c.phase[0] = 0;
  }
  struct recover_body b;
  double before[3][2];
  struct jet none[ROBOT_JOINTS_MAX] = {{0, 0, 0}};
  struct jet was[2] = {r->pelvis[0], r->pelvis[1]};
  for (int k = 0; k < 3; k++) {
    r->pelvis[0].v = was[0].v + (k == 1), r->pelvis[1].v = was[1].v + (k == 2);
    pelvis_frame(r, &b.pelvis);
    recover_pose(r, m, none, &b);
    find_com(r, m, &b);
    for (int i = 0; i < 2; i++) before[k][i] = b.swing[i];
  }
  // legs that have come apart let nothing through
  const double want[2] = {jx / m->balance.mass, jy / m->balance.mass};
  double jump[2] = {0, 0};
  floor_momentum_jump(before, want, jump);
  for (int k = 0; k < 2; k++) r->pelvis[k].v = was[k].v + jump[k];
}

void recover_give_way(struct recover *r) {
  if (!recover_limp(r)) r->gives_way = true;
}

void recover_freeze(struct recover *r) {
  struct balance_columns c = recover_row(r);
  if (r->stage == RECOVER_BALANCE) c.mode[0] = BALANCE_FROZEN;
}
