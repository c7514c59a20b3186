#include "robots/recover_state.h"

#define TILT_RATE  45.0             // 1/s  of a foot on the floor that rolls about its edge to where the leg wants it; a guess
#define TILT_STEP  0.6              // 1    of it in a step of the body, at most
#define TILT_MOST  0.8              // rad  heel up
#define TILT_LEAST 1e-4             // rad  flatter is flat
#define HEEL_KNEE  0.10             // rad  bend of a leg below which the heel rises, with the foot below the hip
#define HEEL_MORE  1.2              // rad/m  and more with the foot farther away than FOOT_NEAR, by HEEL_MOST at most: a straight leg asks for large rates
#define FOOT_NEAR  0.12             // m
#define HEEL_MOST  0.30             // rad
#define DROOP      0.36             // rad  of a foot that lifts twice DROOP_FROM (m) or more behind its hip: its ankle has no more range; guesses
#define DROOP_FROM 0.20
#define DROOP_TIME 0.7              // of the swing
#define LOOKS      8               // at a swing that is to come
#define CLEARANCE  0.04             // m    of the sole in a capture step; a guess

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static struct m3 turned(double yaw, double tilt) { return m3_product(m3_rotation_z(yaw), m3_rotation_y(tilt)); }

// Bump 64 s^3 (1-s)^3 over T.
static struct jet bump(double t, double T) {
  double s = t / T, r = 1 - s, p = s * r, d = 1 - 2 * s;
  if (s <= 0 || s >= 1) return (struct jet){0, 0, 0};
  return (struct jet){64 * p * p * p, 192 * p * p * d / T, (384 * p * d * d - 384 * p * p) / (T * T)};
}

void recover_foot_frame(const struct recover *r, const struct recover_make *m, int side, struct frame_motion *out) {
  const struct recover_foot *f = &r->foot[side];
  double t = r->time - f->since, h = m->humanoid->sole.height, sn, cs;
  struct jet tilt = f->down ? f->tilt : recover_fade(f->tilt, t, f->length), turn = {f->yaw, 0, 0};
  if (!f->down) {
    turn = recover_fade(f->turn, t, f->length);
    turn.x += r->heading;
    struct jet more = bump(t, DROOP_TIME * f->length);
    tilt.x += f->droop * more.x, tilt.v += f->droop * more.v, tilt.a += f->droop * more.a;
  }
  m_sincos(turn.x, &sn, &cs);
  struct v3 across = v3(-sn, cs, 0), up = v3(0, 0, 1);
  out->rotation = turned(turn.x, tilt.x);
  out->angular_velocity = v3_mul_add(v3_scale(up, turn.v), across, tilt.v);
  out->angular_acceleration = v3_add(v3_mul_add(v3_scale(up, turn.a), across, tilt.a), v3_scale(v3_cross(up, across), turn.v * tilt.v));
  if (f->down) {
    // about the edge that stays where it is
    struct v3 arm = m3_apply(&out->rotation, v3(-f->edge, 0, h));
    out->position = v3_add(v3(f->place[0] + f->edge * cs, f->place[1] + f->edge * sn, r->floor), arm);
    out->velocity = v3_cross(out->angular_velocity, arm);
    out->acceleration = v3_add(v3_cross(out->angular_acceleration, arm), v3_cross(out->angular_velocity, out->velocity));
    return;
  }
  struct jet z = recover_fade(f->height, t, f->length), b = bump(t, f->length);
  double lift = CLEARANCE + m->humanoid->sole.ball * f->droop;         // the ball is lower
  out->position = v3(f->swing[0].x, f->swing[1].x, r->floor + h + z.x + lift * b.x);
  out->velocity = v3(f->swing[0].v, f->swing[1].v, z.v + lift * b.v);
  out->acceleration = v3(f->swing[0].a, f->swing[1].a, z.a + lift * b.a);
}

void recover_foot_lift(struct recover *r, const struct recover_make *m, int side, double length) {
  struct recover_foot *f = &r->foot[side];
  struct frame_motion now;
  recover_foot_frame(r, m, side, &now);
  f->swing[0] = (struct jet){now.position.x, now.velocity.x, now.acceleration.x};
  f->swing[1] = (struct jet){now.position.y, now.velocity.y, now.acceleration.y};
  f->height = (struct jet){now.position.z - r->floor - m->humanoid->sole.height, now.velocity.z, now.acceleration.z};
  f->turn = (struct jet){f->yaw - r->heading, 0, 0};
  double sn, cs, behind;
  struct m3 pelvis = m3_of_quaternion(r->turned);
  struct v3 hip = m3_apply(&pelvis, m->leg[side].hip);
  m_sincos(r->heading, &sn, &cs);
  behind = cs * (r->pelvis[0].x + hip.x - now.position.x) + sn * (r->pelvis[1].x + hip.y - now.position.y);
  f->droop = clamp((behind - DROOP_FROM) / DROOP_FROM, 0, 1) * DROOP;
  f->since = r->time;
  f->length = length;
  f->down = false;
}

// Largest acceleration and speed on the way, times what is allowed; at most 1: it can be made.
static double effort(const struct quintic *q, double left, double accel, double speed) {
  double most = 0;
  for (int i = 0; i <= LOOKS; i++) {
    struct jet j = quintic_at(q, left * i / LOOKS);
    double a = (j.a < 0 ? -j.a : j.a) / accel, v = (j.v < 0 ? -j.v : j.v) / speed;
    if (a > most) most = a;
    if (v > most) most = v;
  }
  return most;
}

// Where the foot comes to at most on its way to `aim`: a hip swings no faster than its drive.
static double within(struct jet now, double aim, double left, double accel, double speed) {
  struct quintic q = quintic_between(now, (struct jet){aim, 0, 0}, left);
  if (effort(&q, left, accel, speed) <= 1) return aim;
  double low = now.x + 0.5 * left * now.v, high = aim;                 // from where it comes to rest by itself
  for (int k = 0; k < 10; k++) {
    double middle = 0.5 * (low + high);
    q = quintic_between(now, (struct jet){middle, 0, 0}, left);
    if (effort(&q, left, accel, speed) <= 1) low = middle; else high = middle;
  }
  return low;
}

void recover_foot_swing(struct recover *r, const struct recover_make *m, int side, const struct v3 *hip_velocity, double aim[2], double left, double dt) {
  struct recover_foot *f = &r->foot[side];
  const struct balance_params *b = &m->balance;
  if (hip_velocity && b->swing_accel[0] > 0 && b->swing_accel[1] > 0) {
    // along and across, seen from the hip
    double s, c, move[2] = {hip_velocity->x * left, hip_velocity->y * left}, to[2];
    m_sincos(r->heading, &s, &c);
    const struct jet x = f->swing[0], y = f->swing[1];
    struct jet local[2] = {{0, c * (x.v - hip_velocity->x) + s * (y.v - hip_velocity->y), c * x.a + s * y.a}, {0, c * (y.v - hip_velocity->y) - s * (x.v - hip_velocity->x), c * y.a - s * x.a}};
    double off[2] = {aim[0] - x.x - move[0], aim[1] - y.x - move[1]}, want[2] = {c * off[0] + s * off[1], c * off[1] - s * off[0]};
    for (int k = 0; k < 2; k++) to[k] = within(local[k], want[k], left, b->swing_accel[k], b->swing_speed[k]);
    if (to[0] != want[0] || to[1] != want[1]) {
      aim[0] = x.x + move[0] + c * to[0] - s * to[1];
      aim[1] = y.x + move[1] + s * to[0] + c * to[1];
    }
  }
  for (int k = 0; k < 2; k++) {
    struct quintic q = quintic_between(f->swing[k], (struct jet){aim[k], 0, 0}, left);
    f->swing[k] = left > dt ? quintic_at(&q, dt) : (struct jet){aim[k], 0, 0};
  }
}

void recover_foot_land(struct recover *r, int side, const double aim[2]) {
  struct recover_foot *f = &r->foot[side];
  f->down = true;
  f->yaw = r->heading + recover_fade(f->turn, r->time - f->since, f->length).x;
  f->edge = 0;
  f->tilt = (struct jet){0, 0, 0};
  f->since = r->time;
  for (int k = 0; k < 2; k++) f->place[k] = aim[k];
}

// Distance of the ankle from a hip when the foot is tilted about an edge.
static double distance(const struct recover *r, const struct recover_make *m, const struct recover_foot *f, struct v3 hip, double edge, double tilt) {
  double sn, cs, st, ct, h = m->humanoid->sole.height;
  m_sincos(f->yaw, &sn, &cs);
  m_sincos(tilt, &st, &ct);
  double along = edge - edge * ct + h * st, up = edge * st + h * ct;
  return v3_norm(v3_sub(v3(f->place[0] + cs * along, f->place[1] + sn * along, r->floor + up), hip));
}

// The least tilt that brings the ankle within reach: heel up behind the body, toe up before it.
static double tilt_wanted(const struct recover *r, const struct recover_make *m, int side, struct v3 hip, double *edge) {
  const struct recover_foot *f = &r->foot[side];
  double x = hip.x - f->place[0], y = hip.y - f->place[1], sn, cs, low = 0, high;
  double reach = leg_length_bent(&m->leg[side], clamp(HEEL_KNEE + HEEL_MORE * (m_sqrt(x * x + y * y) - FOOT_NEAR), HEEL_KNEE, HEEL_MOST));
  m_sincos(f->yaw, &sn, &cs);
  bool before = cs * x + sn * y < 0;
  *edge = before ? m->humanoid->sole.heel : m->humanoid->sole.ball;
  if (distance(r, m, f, hip, 0, 0) <= reach) return 0;
  high = before ? -TILT_MOST : TILT_MOST;
  for (int k = 0; k < 20; k++) {
    double middle = 0.5 * (low + high);
    if (distance(r, m, f, hip, *edge, middle) > reach) low = middle; else high = middle;
  }
  return high;
}

void recover_foot_roll(struct recover *r, const struct recover_make *m, int side, const struct frame_motion *pelvis, double dt) {
  struct recover_foot *f = &r->foot[side];
  struct v3 hip = v3_add(v3_mul_add(pelvis->position, pelvis->velocity, 1 / TILT_RATE), m3_apply(&pelvis->rotation, m->leg[side].hip));
  double edge, want = tilt_wanted(r, m, side, hip, &edge), before = f->tilt.x, rate = TILT_RATE * dt < TILT_STEP ? TILT_RATE : TILT_STEP / dt;
  if (want == 0 && before == 0) return;
  if (before == 0) f->edge = edge;
  if (want * f->edge < 0) want = 0; // on the other edge: first down
  f->tilt.x += dt * (f->tilt.v + 0.5 * dt * f->tilt.a);
  f->tilt.v += dt * f->tilt.a;
  f->tilt.a = rate * (rate * (want - f->tilt.x) - 2 * f->tilt.v);
  bool flat = f->tilt.x * before < 0 || (want == 0 && f->tilt.x < TILT_LEAST && f->tilt.x > -TILT_LEAST);
  if (!flat) return;
  f->tilt = (struct jet){0, 0, 0};
  f->edge = 0;
}

bool recover_foot_reach(const struct recover *r, const struct recover_make *m, int side, const struct frame_motion *pelvis, double at[2]) {
  struct v3 hip = v3_add(pelvis->position, m3_apply(&pelvis->rotation, m->leg[side].hip));
  double reach = leg_length_bent(&m->leg[side], 0.5 * HEEL_KNEE), x = at[0] - hip.x, y = at[1] - hip.y, z = hip.z - r->floor - m->humanoid->sole.height;
  double square = reach * reach - z * z, away = m_sqrt(x * x + y * y), most = square > 0 ? m_sqrt(square) : 0;
  if (away <= most) return true;
  at[0] = hip.x + x * most / away, at[1] = hip.y + y * most / away;
  return false;
}

// A foot on its edge has only that.
static struct recover_sole sole_of(const struct recover *r, const struct recover_make *m, int side, double sn, double cs) {
  const struct balance_params *b = &m->balance;
  const struct recover_foot *f = &r->foot[side];
  double at = f->tilt.x != 0 ? f->edge : b->rest;
  struct recover_sole box = {.low = b->heel - at, .high = b->toe - at};
  if (f->tilt.x != 0) box.low = box.high = 0;
  box.middle[0] = f->place[0] + at * cs, box.middle[1] = f->place[1] + at * sn;
  return box;
}

void recover_hold(const struct recover *r, const struct recover_make *m, double p[2], double *share, double cop[2][2]) {
  double sn, cs;
  m_sincos(r->heading, &sn, &cs);
  const struct recover_sole sole[2] = {sole_of(r, m, LEFT, sn, cs), sole_of(r, m, RIGHT, sn, cs)};
  const bool down[2] = {r->foot[LEFT].down, r->foot[RIGHT].down};
  recover_soles(sole, down, r->heading, m->balance.half_width, p, share, cop);
}

void recover_soles(const struct recover_sole sole[2], const bool down[2], double heading, double half, double p[2], double *share, double cop[2][2]) {
  double sn, cs, e[2][2] = {{0, 0}, {0, 0}}, s = 0.5;
  m_sincos(heading, &sn, &cs);
  bool both = down[LEFT] && down[RIGHT];
  if (!both) s = down[LEFT];

  // what is missing moves the points in their soles, then the load between them
  for (int round = 0; round < 80; round++) {
    double off[2], way[2];
    for (int i = 0; i < 2; i++) {
      cop[i][0] = sole[i].middle[0] + cs * e[i][0] - sn * e[i][1];
      cop[i][1] = sole[i].middle[1] + sn * e[i][0] + cs * e[i][1];
    }
    for (int k = 0; k < 2; k++) {
      way[k] = cop[LEFT][k] - cop[RIGHT][k];
      off[k] = p[k] - cop[RIGHT][k] - s * way[k];
    }
    double square = way[0] * way[0] + way[1] * way[1], left = off[0] * off[0] + off[1] * off[1];
    if (left < 1e-24) break;
    if (both && square > 1e-12 && round % 2 == 0) {
      s = clamp(s + (off[0] * way[0] + off[1] * way[1]) / square, 0, 1);
      continue;
    }
    for (int i = 0; i < 2; i++) {
      e[i][0] = clamp(e[i][0] + cs * off[0] + sn * off[1], sole[i].low, sole[i].high);
      e[i][1] = clamp(e[i][1] + cs * off[1] - sn * off[0], -half, half);
    }
  }
  for (int k = 0; k < 2; k++) p[k] = s * cop[LEFT][k] + (1 - s) * cop[RIGHT][k];
  *share = s;
}
