#include <string.h>

#include "robots/recover_state.h"

#define BODY_RADIUS  0.06           // m    from a body's middle to its surface, for what lies on the floor; a guess
#define SMALL_MASS   0.05           // kg   of a finger: it is thinner
#define SMALL_RADIUS 0.01           // m
#define ROLL_TIME    2.0            // s    from however it lies onto its front; a guess
#define CROUCH_LEFT  2.0            // s    of rising that the way from the crouch to standing takes

static struct quaternion product(struct quaternion a, struct quaternion b) {
  return (struct quaternion){a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
                             a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}

// The short way from a to b, at share s of it.
static struct quaternion between(struct quaternion a, struct quaternion b, double s) {
  double sign = a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z < 0 ? -1 : 1, r = 1 - s, t = sign * s;
  struct quaternion q = {r * a.w + t * b.w, r * a.x + t * b.x, r * a.y + t * b.y, r * a.z + t * b.z};
  double norm = 1 / m_sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  return (struct quaternion){q.w * norm, q.x * norm, q.y * norm, q.z * norm};
}

static struct quaternion turn_about(const double over[2], double angle) {
  double s, c;
  m_sincos(angle / 2, &s, &c);
  return (struct quaternion){c, -over[1] * s, over[0] * s, 0};         // up x over
}

void recover_fall_begin(struct recover *r, const struct recover_body *b, struct jet *from, int joints) {
  struct balance_columns c = recover_row(r);
  double u[2], norm = 0;
  for (int k = 0; k < 2; k++) {
    double x = k ? b->com.y : b->com.x, v = k ? b->com_velocity.y : b->com_velocity.x;
    u[k] = x + v * 0.3 - r->press[k];
    norm += u[k] * u[k];
  }
  norm = m_sqrt(norm);
  double sn, cs;
  m_sincos(r->heading, &sn, &cs);
  r->over[0] = norm > 1e-9 ? u[0] / norm : cs, r->over[1] = norm > 1e-9 ? u[1] / norm : sn;
  if (c.mode[0] != BALANCE_FALLING) {
    // tipped by a slide
    double z = b->com.z - r->floor, lean = (b->com.x - r->press[0]) * r->over[0] + (b->com.y - r->press[1]) * r->over[1];
    c.mode[0] = BALANCE_FALLING;
    c.lean[0] = m_atan2(lean, z);
    c.lean_rate[0] = (b->com_velocity.x * r->over[0] + b->com_velocity.y * r->over[1]) / z;
  }
  if (c.lean[0] < 1e-3) c.lean[0] = 1e-3;
  if (c.lean_rate[0] < 0.1) c.lean_rate[0] = 0.1;
  r->base = recover_base(&b->pelvis);
  r->lean = c.lean[0];
  for (int k = 0; k < 2; k++) r->pivot[k] = r->press[k], r->slide[k] = 0;
  for (int j = 0; j < joints; j++) from[j] = (struct jet){b->q[j], b->qd[j], 0};
  r->stage = RECOVER_FALLING;
  r->gives_way = false;
  r->turning = 0;
  r->stage_since = r->time;
  r->event |= RECOVER_EVENT_FALL;
}

// How far the lowest body is in the floor.
static double sunk(const struct recover *r, const struct recover_make *m, const struct base_motion *base, const double *q) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  double most = 0;
  robot_forward(&m->model, base, q, NULL, body);
  for (int i = 0; i <= m->model.joint_count; i++) {
    struct v3 com = v3_add(body[i].position, m3_apply(&body[i].rotation, m->model.body[i].com));
    double z = com.z < body[i].position.z ? com.z : body[i].position.z, in = r->floor + (m->model.body[i].mass > SMALL_MASS ? BODY_RADIUS : SMALL_RADIUS) - z;
    if (in > most) most = in;
  }
  return most;
}

static double smooth(double s) { return s <= 0 ? 0 : s >= 1 ? 1 : s * s * s * (10 + s * (6 * s - 15)); }

// Over its edge, arms out.
static struct base_motion fallen(const struct recover *r, const struct recover_make *m, const struct jet *from, double lean, double rate, double *q) {
  struct quaternion turn = turn_about(r->over, lean - r->lean);
  struct m3 R = m3_of_quaternion(turn);
  struct v3 pivot = v3(r->pivot[0], r->pivot[1], r->floor), arm = m3_apply(&R, v3_sub(r->base.position, pivot)), spin = v3(-r->over[1] * rate, r->over[0] * rate, 0);
  struct base_motion b = {.position = v3_add(pivot, arm), .orientation = product(turn, r->base.orientation), .velocity = v3_cross(spin, arm)};
  struct m3 whole = m3_of_quaternion(b.orientation);
  b.angular_velocity = m3_apply_inverse(&whole, spin);
  double t = r->time - r->stage_since;
  for (int j = 0; j < m->model.joint_count; j++) {
    struct jet d = recover_fade((struct jet){from[j].x - m->lying[j], from[j].v, from[j].a}, t, RECOVER_FADE);
    q[j] = m->lying[j] + d.x;
  }
  b.position.z += sunk(r, m, &b, q);
  return b;
}

void recover_rise(struct recover *r, const struct recover_make *m, const struct jet *from, double time) {
  double q[ROBOT_JOINTS_MAX];
  if (r->stage != RECOVER_LYING) return;
  r->base = fallen(r, m, from, recover_row(r).lean[0], 0, q);
  r->stage = RECOVER_RISING;
  r->stage_since = r->time;
  r->own = m->rise != NULL;
  // face down with its head where it fell to, it comes up looking there
  if (r->own) r->heading = m_atan2(r->over[1], r->over[0]);
  r->rise_time = time > 2 * CROUCH_LEFT ? time - CROUCH_LEFT : CROUCH_LEFT;
}

double recover_rise_time(const struct rise *rise) { return ROLL_TIME + rise->time + CROUCH_LEFT; }

// Crouched with its feet under where it lay: balance takes over.
static void stand_up(struct recover *r, const struct recover_make *m, const double place[2], struct jet *from) {
  struct balance_columns c = balance_columns_init(r->row, 1);
  double s, k;
  m_sincos(r->heading, &s, &k);
  balance_stand(&m->balance, &c, 0, place[0], place[1], r->heading, 1e9);
  for (int j = 0; j < m->model.joint_count; j++) from[j] = (struct jet){0, 0, 0};
  for (int side = 0; side < 2; side++) {
    double x = m->stand.ankle_x, y = m->stand.ankle_y + (side == LEFT ? m->stand.half_width : -m->stand.half_width);
    r->foot[side] = (struct recover_foot){.down = true, .place = {place[0] + k * x - s * y, place[1] + s * x + k * y}, .yaw = r->heading, .since = r->time};
  }
  r->pelvis[0] = (struct jet){place[0] + k * m->crouch[0], 0, 0};
  r->pelvis[1] = (struct jet){place[1] + s * m->crouch[0], 0, 0};
  r->height = (struct jet){m->crouch[1], 0, 0};
  struct m3 level = m3_rotation_z(r->heading);
  r->turned = quaternion_of_m3(&level);
  r->spin = r->spin_rate = v3(0, 0, 0);
  for (int i = 0; i < 2; i++) r->press[i] = c.cop[0][i];
  r->stage = RECOVER_BALANCE;
}

// By itself: over onto its front, then by its plan, whose place is where the root lies now.
static struct base_motion rising_by_plan(struct recover *r, const struct recover_make *m, struct jet *from, double *q, double *qd, double *qdd) {
  double t = r->time - r->stage_since, sn, cs;
  struct m3 turn = m3_rotation_z(r->heading);
  struct base_motion first, b;
  m_sincos(r->heading, &sn, &cs);
  rise_at(m->rise, 0, &first, q, qd, qdd);
  double place[2] = {r->base.position.x - cs * first.position.x, r->base.position.y - sn * first.position.x};
  rise_at(m->rise, t - ROLL_TIME, &b, q, qd, qdd);
  b.position = v3_add(v3(place[0], place[1], r->floor), m3_apply(&turn, b.position));
  b.velocity = m3_apply(&turn, b.velocity), b.acceleration = m3_apply(&turn, b.acceleration);
  b.orientation = product(quaternion_of_m3(&turn), b.orientation);
  if (t < ROLL_TIME) {
    double s = smooth(t / ROLL_TIME);
    b = (struct base_motion){.position = v3_add(v3_scale(r->base.position, 1 - s), v3_scale(b.position, s)), .orientation = between(r->base.orientation, b.orientation, s)};
    for (int j = 0; j < m->model.joint_count; j++) q[j] = (1 - s) * m->lying[j] + s * q[j], qd[j] = qdd[j] = 0;
    b.position.z += sunk(r, m, &b, q) * (1 - s);
  }
  if (t >= ROLL_TIME + m->rise->time) stand_up(r, m, place, from);
  return b;
}

static struct base_motion rising(struct recover *r, const struct recover_make *m, struct jet *from, double *q) {
  double t = r->time - r->stage_since, s = smooth(t / r->rise_time), sn, cs;
  double place[2] = {r->base.position.x, r->base.position.y};
  m_sincos(r->heading, &sn, &cs);
  struct v3 end = v3(place[0] + cs * m->crouch[0], place[1] + sn * m->crouch[0], r->floor + m->crouch[1]);
  struct m3 level = m3_rotation_z(r->heading);
  struct base_motion b = {.position = v3_add(v3_scale(r->base.position, 1 - s), v3_scale(end, s)), .orientation = between(r->base.orientation, quaternion_of_m3(&level), s)};
  for (int j = 0; j < m->model.joint_count; j++) q[j] = (1 - s) * m->lying[j] + s * m->crouched[j];
  if (s < 1) b.position.z += sunk(r, m, &b, q) * (1 - s);
  if (t >= r->rise_time) stand_up(r, m, place, from);
  return b;
}

void recover_fall_step(struct recover *r, const struct recover_make *m, struct jet *from, double dt, struct walk_sample *out, double *q, double *qd, double *qdd, int stride) {
  struct balance_columns c = recover_row(r);
  double now[ROBOT_JOINTS_MAX], rate[ROBOT_JOINTS_MAX] = {0}, second[ROBOT_JOINTS_MAX] = {0};
  switch (r->stage) {
    case RECOVER_FALLING:
      out->base = fallen(r, m, from, c.lean[0], c.lean_rate[0], now);
      balance_step(&m->balance, &c, 0, 1, dt);
      if (c.mode[0] != BALANCE_LYING) break;
      r->energy = c.energy[0];
      r->event |= RECOVER_EVENT_DOWN;
      r->stage = RECOVER_LYING;
      break;
    case RECOVER_LYING:
      out->base = fallen(r, m, from, c.lean[0], 0, now);
      break;
    default:
      out->base = r->own ? rising_by_plan(r, m, from, now, rate, second) : rising(r, m, from, now);
  }
  out->planned = v3(out->base.position.x, out->base.position.y, r->floor);
  for (int s = 0; s < 2; s++) out->foot[s] = out->planned;
  for (int j = 0; j < m->model.joint_count; j++) q[j * stride] = now[j], qd[j * stride] = rate[j], qdd[j * stride] = second[j];
  r->time += dt;
}
