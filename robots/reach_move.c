#include "robots/reach_move.h"

#include <math.h>
#include <string.h>

#include "robots/move_table.h"

#define EDGE        0.015           // m    kept from the edge of the soles
#define TORQUE_MOST 0.95            // share of a drive's peak that is planned with
#define TIME_LEAST  0.06            // s    three pictures of a camera; a guess
#define TORQUE_SURE 0.97            // of it, losses in, at the samples: between them it was up to 2.7 % more in 5,500 moves
#define ROUNDING    (1 - 1e-9)      // of what is a bound
#define TRIES       40              // of 3 % each, when friction in the drives asks for more
#define LONGER      1.03
#define SPEED_UP    1.9             // 1    most of a touch speed over the mean of the quick part before it: about that of half a minimum jerk, which only speeds up; a guess
#define DROP        0.02            // m    of the pelvis from which twice as many samples are looked at: straight legs bend suddenly
#define KNEE        1e-4            // m    s x drop where the centre of pressure is pushed farthest by knees that leave the straight, of this body; a guess for others
#define BEND        2.2             // 1    times as long from that end of the move they are looked at closely
#define CLOSE       6               // samples of that piece

const char *move_limit_text(enum move_limit l) {
  static const char *const text[] = {
#define X(name, text) text,
    MOVE_LIMIT_MAP(X)
#undef X
  };
  return text[l];
}

static double size_of(double x) { return x < 0 ? -x : x; }

// ---- the path -------------------------------------------------------------------------------------------------------

void move_path(const struct reacher *r, const struct move_wish *w, double s, double rate, double second, struct frame_motion *root, double *q, double *qd, double *qdd) {
  const struct humanoid *h = r->humanoid;
  struct v3 step = v3_sub(w->to->root, w->from->root);
  *root = (struct frame_motion){.rotation = m3_identity(), .position = v3_mul_add(w->from->root, step, s), .velocity = v3_scale(step, rate), .acceleration = v3_scale(step, second)};
  for (int j = 0; j < h->model->joint_count; j++) {
    double d = w->to->q[j] - w->from->q[j];
    q[j] = w->from->q[j] + s * d, qd[j] = rate * d, qdd[j] = second * d;
  }
  for (int i = 0; i < 2; i++) {
    const struct chain *c = &r->leg[i].chain;
    double a[LIMB_JOINTS_MAX], ad[LIMB_JOINTS_MAX], add[LIMB_JOINTS_MAX], half = i == LEFT ? r->standing.half_width : -r->standing.half_width;
    struct frame_motion foot = {.rotation = m3_identity(), .position = v3(w->foot[0], w->foot[1] + half, h->sole.height)};
    for (int k = 0; k < c->count; k++) a[k] = q[c->joint[k]];
    leg_motion(&r->leg[i], root, &foot, a, ad, add);
    for (int k = 0; k < c->count; k++) q[c->joint[k]] = a[k], qd[c->joint[k]] = ad[k], qdd[c->joint[k]] = add[k];
  }
}

// ---- limits ---------------------------------------------------------------------------------------------------------

struct bound { double u; enum move_limit limit; int joint; bool broken; };      // u = 1 / T^2

static void bound_by(struct bound *b, double rest, double more, double most, enum move_limit limit, int joint) {
  // rest + u more <= most
  if (rest > most) b->broken = true, b->limit = limit, b->joint = joint;
  if (more <= 0 || rest > most || rest + b->u * more <= most) return;
  b->u = (most - rest) / more, b->limit = limit, b->joint = joint;
}

// What comes with 1 / T^2 of a move from rest to rest.
struct quick { _Alignas(64) double x[MOVE_SAMPLES_MAX], share[MOVE_SAMPLES_MAX], rate[MOVE_SAMPLES_MAX], second[MOVE_SAMPLES_MAX]; struct wrench floor[MOVE_SAMPLES_MAX]; };

// When the samples are, by t / T, and each one's share of the time. Where legs bend there are twice as many, and they are close where the legs are nearly
// straight: there the knees' angle goes with the square root of what the pelvis has dropped, so it jerks the body while the drop, 10 x^3 of it, has hardly begun.
static void lay_samples(struct quick *o, struct move_table *t, double drop) {
  bool bends = size_of(drop) > DROP;
  int n = t->n = t->used = bends ? MOVE_SAMPLES_MAX : MOVE_SAMPLES_MAX / 2, close = bends ? CLOSE : 0;
  double piece = bends ? BEND * m_exp(m_log(KNEE / size_of(drop)) / 3) : 0;
  for (int i = 0; i < n; i++) {
    int k = drop < 0 ? n - 1 - i : i;         // it rises: the other way about
    double share = i < close ? piece / close : (1 - piece) / (n - close), x = i < close ? (i + 0.5) * share : piece + (i - close + 0.5) * share;
    o->x[k] = drop < 0 ? 1 - x : x;
    o->share[k] = share;
    minimum_jerk(o->x[k], &t->s[k], &o->rate[k], &o->second[k]);
  }
}

static void take_quick(struct quick *o, const struct move_table *t) {
  for (int k = 0; k < t->n; k++) {
    double square = o->rate[k] * o->rate[k];
    o->floor[k] = (struct wrench){v3_mul_add(v3_scale(t->floor[1][k].force, square), t->floor[2][k].force, o->second[k]),
                                  v3_mul_add(v3_scale(t->floor[1][k].moment, square), t->floor[2][k].moment, o->second[k])};
  }
}

// In the floor's frame: a x + b <= 0 for the four edges, sliding and turning.
static void floor_bound(const struct reacher *r, double friction, const struct wrench *a, const struct wrench *m, struct bound *b) {
  const struct sole *sole = &r->humanoid->sole;
  double h = sole->height, side = r->standing.half_width + sole->outer - EDGE, ahead = sole->ball - EDGE, back = -sole->heel - EDGE;
  // pressure x = (-My - Fx h) / Fz, y = (Mx - Fy h) / Fz
  double x0 = -a->moment.y - a->force.x * h, x1 = -m->moment.y - m->force.x * h, y0 = a->moment.x - a->force.y * h, y1 = m->moment.x - m->force.y * h;
  double z0 = a->force.z, z1 = m->force.z;
  bound_by(b, x0 - ahead * z0, x1 - ahead * z1, 0, MOVE_BALANCE, -1);
  bound_by(b, -x0 - back * z0, -x1 - back * z1, 0, MOVE_BALANCE, -1);
  bound_by(b, y0 - side * z0, y1 - side * z1, 0, MOVE_BALANCE, -1);
  bound_by(b, -y0 - side * z0, -y1 - side * z1, 0, MOVE_BALANCE, -1);
  // at rest nothing pushes along the floor
  double push = m_sqrt(m->force.x * m->force.x + m->force.y * m->force.y), turn = size_of(m->moment.z) / r->standing.half_width;
  bound_by(b, 0, push + turn - friction * z1, friction * z0, MOVE_FLOOR, -1);
}

static void floor_bounds(const struct reacher *r, double friction, const struct move_table *t, const struct quick *o, struct bound *b) {
  for (int k = 0; k < t->used; k++) floor_bound(r, friction, &t->floor[0][k], &o->floor[k], b);
}

static void drive_bounds(const struct reacher *r, const struct move_table *t, const struct quick *o, struct bound *b) {
  for (int i = 0; i < t->joints; i++) {
    int j = r->lump.joint[i], row = i * t->n;
    const struct actuator *a = &r->spec->actuator[j];
    if (r->spec->drive[j] < 0) continue;
    double peak = TORQUE_MOST * a->torque_peak, speed = a->speed_max * a->speed_max;
    if (!move_table_bound(t, a, row, &(struct move_rates){o->rate, o->second, o->share}, peak, b->u)) continue;
    for (int k = 0; k < t->used; k++) {
      double rest = t->rest[row + k], sign = rest < 0 ? -1 : 1, square = o->rate[k] * o->rate[k], along = t->along[row + k];
      double turn = along * o->second[k] + t->bend[row + k] * square;
      double more = sign * (t->speed[row + k] * square + t->thrust[row + k] * o->second[k] + a->rotor_inertia * turn);
      bound_by(b, sign * rest * a->backward, more, peak, MOVE_TORQUE, j);
      bound_by(b, -sign * rest, -more, peak, MOVE_TORQUE, j);
      double rate = along * along * square;
      if (b->u * rate > speed) b->u = speed / rate, b->limit = MOVE_SPEED, b->joint = j;
    }
  }
}

// Rate and second derivative of s at the samples, 1/s and 1/s2, and each sample's share of the time, s.
struct timing { _Alignas(64) double rate[MOVE_SAMPLES_MAX], second[MOVE_SAMPLES_MAX], share[MOVE_SAMPLES_MAX]; };

static void time_samples(struct timing *o, const struct move_table *t, const struct quick *q, const struct move_law *l) {
  double T = move_law_time(l);
  if (!(l->rate > 0)) {
    for (int k = 0; k < t->used; k++) o->rate[k] = q->rate[k] / T, o->second[k] = q->second[k] / (T * T), o->share[k] = T * q->share[k];
    return;
  }
  _Alignas(64) double when[MOVE_SAMPLES_MAX];
  move_table_passed(t, l, when, o->rate, o->second);
  for (int k = 0; k < t->used; k++) o->share[k] = ((k + 1 < t->n ? when[k + 1] + when[k] : 2 * T) - (k > 0 ? when[k - 1] + when[k] : 0)) / 2;
}

// Staying at the first (or the last) sample, which is within a thousandth of the way's end.
static double stay(const struct reacher *r, const struct move_table *t, int k, double seconds, double (*hot)[2]) {
  double joints = 0;
  for (int i = 0; i < t->joints; i++) {
    int j = r->lump.joint[i];
    if (r->spec->drive[j] < 0) continue;
    struct actuator_power e = actuator_power(&r->spec->actuator[j], t->rest[i * t->n + k], 0, 0, 1);
    joints += e.electrical;
    if (hot) hot[j][0] += e.copper * seconds, hot[j][1] += e.inverter * seconds;
  }
  return bus_power(&r->spec->bus, joints, r->spec->enabled) * seconds;
}

// The worst share of a drive's peak, and the energy. heat (lump's joints; may be NULL): J of copper and of everything else.
static double drive_all(const struct reacher *r, const struct move_table *t, const struct timing *o, double *energy, int *worst, double (*heat)[2]) {
  _Alignas(64) double joints[MOVE_SAMPLES_MAX] = {0};
  double most = 0;
  *energy = 0;
  for (int i = 0; i < t->joints; i++) {
    int j = r->lump.joint[i];
    const struct actuator *a = &r->spec->actuator[j];
    if (r->spec->drive[j] < 0) continue;
    struct move_drive d = move_table_drive(t, a, i * t->n, &(struct move_rates){o->rate, o->second, o->share}, joints);
    if (d.size > most * a->torque_peak) most = d.size / a->torque_peak, *worst = j;
    if (heat) heat[i][0] = d.copper, heat[i][1] = d.other;
  }
  for (int k = 0; k < t->used; k++) *energy += bus_power(&r->spec->bus, joints[k], r->spec->enabled) * o->share[k];
  return most;
}

static void add_heat(const struct reacher *r, double (*heat)[2], double (*hot)[2]) {
  for (int i = 0; hot && i < r->lump.count; i++)
    if (r->spec->drive[r->lump.joint[i]] >= 0)
      for (int k = 0; k < 2; k++) hot[r->lump.joint[i]][k] += heat[i][k];
}

static double margin_of(const struct reacher *r, const struct move_table *t, const struct timing *o) {
  const struct sole *sole = &r->humanoid->sole;
  double h = sole->height, least = 1e9, side = r->standing.half_width + sole->outer;
  for (int k = 0; k < t->used; k++) {
    struct wrench w = t->floor[0][k];
    const double by[2] = {o->rate[k] * o->rate[k], o->second[k]};
    for (int c = 0; c < 2; c++) w = (struct wrench){v3_mul_add(w.force, t->floor[c + 1][k].force, by[c]), v3_mul_add(w.moment, t->floor[c + 1][k].moment, by[c])};
    double x = (-w.moment.y - w.force.x * h) / w.force.z, y = (w.moment.x - w.force.y * h) / w.force.z;
    double in = fmin(fmin(sole->ball - x, x - sole->heel), side - size_of(y));
    if (in < least) least = in;
  }
  return least;
}

// ---- hands ----------------------------------------------------------------------------------------------------------

// Mass that touches: the whole body's at the end of the way, as the hand feels it: twice its kinetic energy by the hand's speed squared.
static double touching_mass(const struct reacher *r, const struct move_table *t, double distance) {
  double twice = 0;
  for (int i = 0; i < t->joints; i++) {
    int at = i * t->n + t->n - 1;
    twice += (t->thrust[at] + r->spec->actuator[r->lump.joint[i]].rotor_inertia * t->along[at]) * t->along[at];
  }
  return twice > 0 ? twice / (distance * distance) : 0;
}

// Least time of a move from rest to rest at which the hand is no faster than v when `guard` metres are left of `distance`.
static double guarded_time(double distance, double guard, double v) {
  struct move_law unit = move_law_rest(1);
  double s, rate, second;
  if (guard >= distance) return 1.875 * distance / v;
  double x = move_law_when(&unit, 1 - guard / distance);
  if (x < 0.5) x = 0.5;             // the greatest speed is in the guarded part
  minimum_jerk(x, &s, &rate, &second);
  return distance * rate / v;
}

static void at_least(struct move *m, double time, enum move_limit limit) {
  if (time <= m->time) return;
  m->time = time;
  m->limit = limit;
  m->joint = -1;
}

// m/s with which the hand may be stopped by what it touches, for the sake of balance: what pushes back at the hands must be borne by the feet.
static double stop_speed(const struct reacher *r, const struct move_wish *w, const struct move_table *t, double distance, double stop) {
  const struct wrench *m = &t->floor[2][t->n - 1];
  struct wrench per = {v3_scale(m->force, -1.5 / stop), v3_scale(m->moment, -1.5 / stop)};        // by the rate of s before it
  struct bound b = {.u = 1e9};
  floor_bound(r, w->friction, &t->floor[0][t->n - 1], &per, &b);
  return b.broken ? 0 : b.u * distance;
}

// Quick until a touch may come, then as gently as it must be; from rest to rest where that is as good.
static void touch(const struct reacher *r, const struct move_wish *w, const struct move_table *t, struct move *m) {
  const struct hand_figures *f = &r->spec->hands;
  double v = hand_touch_speed(f, m->mass, w->touch), stop = 2 * m_sqrt(m->mass / f->stiffness), firm = stop_speed(r, w, t, m->distance, stop);
  if (firm > 0 && firm < v) v = firm;
  double slow = guarded_time(m->distance, w->guard, v);
  m->law = move_law_rest(m->time);
  if (slow <= m->time) return;
  if (w->guard < m->distance && v * m->time <= SPEED_UP * (m->distance - w->guard)) {
    struct move_law law = move_law_guarded(m->time, m->distance, w->guard, v, v * stop / 2);
    if (move_law_time(&law) < slow) {
      m->law = law;
      m->time = move_law_time(&law);
      m->limit = MOVE_TOUCH;
      m->joint = -1;
      return;
    }
  }
  at_least(m, slow, MOVE_TOUCH);
  m->law = move_law_rest(m->time);
}

// The quick part takes the time that there is more, as long as it need not draw back for that; then all of it is slower, the touch too.
static void lengthen(struct move *m, double time) {
  struct move_law *l = &m->law;
  l->quick += time - m->time;
  m->time = time;
  if (l->rate * l->quick <= MOVE_LAW_FORWARD * l->reach) return;
  double guard = 1 - l->reach, rate = (MOVE_LAW_FORWARD * l->reach + guard) / (time - l->stop / 2), give = rate * l->stop / 2;
  *l = (struct move_law){.quick = MOVE_LAW_FORWARD * l->reach / rate, .creep = (guard - give) / rate, .stop = l->stop, .reach = l->reach, .brake = 1 - give, .rate = rate};
}

static bool same_joints(const struct chain *c, const struct reach_pose *a, const struct reach_pose *b) {
  for (int i = 0; i < c->count; i++)
    if (a->q[c->joint[i]] != b->q[c->joint[i]]) return false;
  return true;
}

static bool same_root(const struct reach_pose *a, const struct reach_pose *b) { return a->root.x == b->root.x && a->root.y == b->root.y && a->root.z == b->root.z; }

// Of the hand that goes farther. What stands still has gone nowhere.
static double distance_of(const struct reacher *r, const struct reach_pose *from, const struct reach_pose *to) {
  double most = 0;
  bool root = same_root(from, to);
  for (int s = 0; s < 2; s++) {
    if (root && same_joints(&r->chain[s], from, to)) continue;
    double d = v3_norm(v3_sub(reach_hand(r, to, s), reach_hand(r, from, s)));
    if (d > most) most = d;
  }
  return most;
}

// Twice the kinetic energy at s of its way where s' is 1 and the root stands still, as its joints' rates and the drives' rotors make it.
static double twice_energy(const struct reacher *r, const struct move_wish *w, double s) {
  const struct robot_row *row = r->lump.row;
  struct v3 turn[ROBOT_JOINTS_MAX + 1], along[ROBOT_JOINTS_MAX + 1];         // of each body, in its own axes: rate, and speed of its origin
  bool moves[ROBOT_JOINTS_MAX + 1] = {false};
  double twice = 0;
  turn[0] = along[0] = v3(0, 0, 0);
  for (int i = 1; i <= r->lump.count; i++) {
    const struct robot_row *b = &row[i];
    int j = r->lump.joint[i - 1];
    double d = w->to->q[j] - w->from->q[j];
    moves[i] = d != 0 || moves[b->parent];
    if (!moves[i]) continue;
    const double *m = b->rotation, *I = b->second, q = w->from->q[j] + s * d;
    double sine = 0, cosine = 1;
    struct v3 o = v3(b->origin[0], b->origin[1], b->origin[2]), x[2] = {v3(0, 0, 0), v3(0, 0, 0)};
    if (b->slides) o = v3_mul_add(o, v3(m[2], m[5], m[8]), q);
    else m_sincos(q + b->offset, &sine, &cosine);
    if (moves[b->parent]) x[0] = turn[b->parent], x[1] = v3_add(along[b->parent], v3_cross(x[0], o));
    for (int k = 0; k < 2; k++) {
      struct v3 a = v3(m[0] * x[k].x + m[3] * x[k].y + m[6] * x[k].z, m[1] * x[k].x + m[4] * x[k].y + m[7] * x[k].z, m[2] * x[k].x + m[5] * x[k].y + m[8] * x[k].z);
      x[k] = v3(cosine * a.x + sine * a.y, cosine * a.y - sine * a.x, a.z);
    }
    if (b->slides) x[1].z += d; else x[0].z += d;
    turn[i] = x[0], along[i] = x[1];
    struct v3 first = v3(b->first[0], b->first[1], b->first[2]), t = x[0];
    twice += b->mass * v3_dot(x[1], x[1]) + 2 * v3_dot(x[1], v3_cross(t, first)) + r->spec->actuator[j].rotor_inertia * d * d;
    twice += t.x * t.x * (I[3] + I[5]) + t.y * t.y * (I[0] + I[5]) + t.z * t.z * (I[0] + I[3]) - 2 * (t.x * t.y * I[1] + t.x * t.z * I[2] + t.y * t.z * I[4]);
  }
  for (int k = 0; k < 2; k++) {
    int b = r->lump.body[r->humanoid->arm[k].body];
    if (!moves[b] || w->load[k] == 0) continue;
    struct v3 v = v3_add(along[b], v3_cross(turn[b], v3(row[b].com[0], row[b].com[1], row[b].com[2])));
    twice += w->load[k] * v3_dot(v, v);
  }
  return twice;
}

// Of a move whose quick part takes `time` at least: see touch.
static double touch_least(const struct reacher *r, const struct move_wish *w, double mass, double distance, double time) {
  const struct hand_figures *f = &r->spec->hands;
  double v = hand_touch_speed(f, mass, w->touch), slow = guarded_time(distance, w->guard, v), coming = w->guard / v, gently = fmin(time + coming + fmin(m_sqrt(mass / f->stiffness), coming), slow);
  return gently > time ? gently : time;
}

double move_least(const struct reacher *r, const struct move_wish *w) {
  double distance = distance_of(r, w->from, w->to), time = fmax(TIME_LEAST, 1.875 * distance / r->spec->hands.speed), s, rate, second;
  if (w->hold < INFINITY) time = fmax(time, m_sqrt(5.7735 * distance / w->hold));
  if (!(distance > 1e-9)) return 0;
  if (!(w->guard > 0) || !same_root(w->from, w->to) || !same_joints(&r->leg[LEFT].chain, w->from, w->to) || !same_joints(&r->leg[RIGHT].chain, w->from, w->to)) return time * ROUNDING;
  minimum_jerk(1 - 0.5 / (MOVE_SAMPLES_MAX / 2), &s, &rate, &second);         // the last sample, as lay_samples has it
  double mass = twice_energy(r, w, s) / (distance * distance) / (w->both ? 2 : 1) * ROUNDING;
  if (mass > 0) time = touch_least(r, w, mass, distance, time);
  return time * ROUNDING;
}

// ---- the move -------------------------------------------------------------------------------------------------------

struct move move_find(const struct reacher *r, const struct move_wish *w, double (*hot)[2]) {
  _Alignas(64) struct move_table t;
  struct quick q;
  struct timing o;
  struct move m = {.joint = -1, .possible = true};
  m.distance = distance_of(r, w->from, w->to);
  bool still = m.distance < 1e-9 && v3_norm(v3_sub(w->to->root, w->from->root)) < 1e-9;
  lay_samples(&q, &t, w->from->root.z - w->to->root.z);
  move_table_fill(&t, r, w, false);
  take_quick(&q, &t);
  struct bound b = {.u = 1 / (TIME_LEAST * TIME_LEAST), .limit = MOVE_REST, .joint = -1};
  drive_bounds(r, &t, &q, &b);
  floor_bounds(r, w->friction, &t, &q, &b);
  m.possible = !b.broken;
  m.time = still ? 0 : 1 / m_sqrt(b.u > 1e-4 ? b.u : 1e-4);
  m.limit = b.limit;
  m.joint = b.joint;
  if (still) return m;
  m.mass = touching_mass(r, &t, m.distance) / (w->both ? 2 : 1);
  at_least(&m, 1.875 * m.distance / r->spec->hands.speed, MOVE_HAND);
  if (w->hold < INFINITY) at_least(&m, m_sqrt(5.7735 * m.distance / w->hold), MOVE_GRIP);
  m.law = move_law_rest(m.time);
  if (w->guard > 0 && m.mass > 0) touch(r, w, &t, &m);
  if (w->time > m.time) lengthen(&m, w->time), m.limit = MOVE_ASKED, m.joint = -1;
  double heat[ROBOT_JOINTS_MAX][2];
  int worst = -1;
  for (int i = 0; i <= TRIES; i++) {
    time_samples(&o, &t, &q, &m.law);
    m.torque = drive_all(r, &t, &o, &m.energy, &worst, hot ? heat : NULL);
    if (m.torque <= TORQUE_SURE || !m.possible) break;
    m.possible = i < TRIES;
    if (!m.possible) break;
    lengthen(&m, m.time + (LONGER - 1) * m.law.quick);
    m.limit = MOVE_TORQUE;
    m.joint = worst;
  }
  add_heat(r, heat, hot);
  if (w->before > 0) m.before = stay(r, &t, 0, w->before, hot);
  if (w->after > 0) m.after = stay(r, &t, t.n - 1, w->after, hot);
  double rate, second;
  move_law_peaks(&m.law, &rate, &second);
  m.speed = rate * m.distance;
  m.acceleration = second * m.distance;
  m.margin = margin_of(r, &t, &o);
  return m;
}

struct move move_hold(const struct reacher *r, const struct reach_pose *pose, const double foot[2], const double load[2], double seconds, double (*hot)[2]) {
  _Alignas(64) struct move_table t;
  struct quick q = {0};
  struct timing o = {0};
  struct move m = {.joint = -1, .time = seconds, .law = move_law_rest(seconds)};
  struct move_wish w = {.from = pose, .to = pose, .foot = {foot[0], foot[1]}, .load = {load[0], load[1]}, .friction = 1};
  struct bound b = {.u = 1, .limit = MOVE_REST, .joint = -1};
  double heat[ROBOT_JOINTS_MAX][2];
  t.n = MOVE_SAMPLES_MAX / 2;
  t.used = 1;
  for (int k = 0; k < t.n; k++) t.s[k] = 0;
  o.share[0] = seconds > 0 ? seconds : 0;
  move_table_fill(&t, r, &w, true);
  drive_bounds(r, &t, &q, &b);
  floor_bounds(r, w.friction, &t, &q, &b);
  int worst = -1;
  m.torque = drive_all(r, &t, &o, &m.energy, &worst, hot ? heat : NULL);
  add_heat(r, heat, hot);
  m.possible = !b.broken && m.torque <= 1;
  m.limit = b.limit;
  m.joint = b.broken ? b.joint : worst;
  m.margin = margin_of(r, &t, &o);
  return m;
}
