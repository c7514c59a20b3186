#include "robots/reach_move.h"

#include <math.h>
#include <string.h>

#define EDGE        0.015           // m    kept from the edge of the soles
#define TORQUE_MOST 0.95            // share of a drive's peak that is planned with
#define TIME_LEAST  0.06            // s    three pictures of a camera; a guess
#define TRIES       40              // of 3 % each, when friction in the drives asks for more
#define LONGER      1.03
#define STRIDE      MOVE_SAMPLES_MAX
#define DROP        0.02            // m    of the pelvis from which twice as many samples are looked at: straight legs bend suddenly

const char *move_limit_text(enum move_limit l) {
  static const char *const text[] = {
#define X(name, text) text,
    MOVE_LIMIT_MAP(X)
#undef X
  };
  return text[l];
}

static double size_of(double x) { return x < 0 ? -x : x; }

void minimum_jerk(double x, double *s, double *rate, double *second) {
  double y = 1 - x;
  *s = x * x * x * (10 + x * (6 * x - 15));
  *rate = 30 * x * x * y * y;
  *second = 60 * x * y * (1 - 2 * x);
}

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

// ---- inverse dynamics of all samples --------------------------------------------------------------------------------

// Columns of one pass; A at rest, B what comes with 1 / T^2.
struct pass {
  double q[ROBOT_JOINTS_MAX * STRIDE], qd[ROBOT_JOINTS_MAX * STRIDE], qdd[ROBOT_JOINTS_MAX * STRIDE], zero[ROBOT_JOINTS_MAX * STRIDE];
  double tau[2][ROBOT_JOINTS_MAX * STRIDE], base[2][19][STRIDE], root[2][6][STRIDE], load[2][STRIDE];
  struct frame_motion frame[STRIDE];
  double rate[STRIDE], second[STRIDE], share[STRIDE];
  int    n;                         // samples, a multiple of 8; last, so that columns lie on 64 bytes
};

static void one_run(const struct reacher *r, struct pass *p, int moving) {
  const struct humanoid *h = r->humanoid;
  struct dynamics_columns c = {.n = p->n, .stride = p->n, .q = p->q, .qd = moving ? p->qd : p->zero, .qdd = moving ? p->qdd : p->zero, .tau = p->tau[moving], .load_count = 2};
  for (int i = 0; i < 19; i++) c.base[i] = p->base[moving][i];
  for (int i = 0; i < 6; i++) c.root[i] = p->root[moving][i];
  for (int s = 0; s < 2; s++) c.load_body[s] = h->arm[s].body, c.load[s] = p->load[s];
  dynamics_columns_run(h->model, &c, 0, p->n, dynamics_lanes());
}

// The wrench that the floor gives about the middle of the ankles, and each leg's half of it taken off the legs' torques.
static void stand_on(const struct reacher *r, const double foot[2], struct pass *p, int moving, int k, struct wrench *out) {
  double *const tau = p->tau[moving];
  struct v3 middle = v3(foot[0], foot[1], r->humanoid->sole.height), root = p->frame[k].position;
  struct wrench w = {v3(p->root[moving][0][k], p->root[moving][1][k], p->root[moving][2][k]), v3(p->root[moving][3][k], p->root[moving][4][k], p->root[moving][5][k])};
  w.moment = v3_add(w.moment, v3_cross(v3_sub(root, middle), w.force));
  *out = w;
  struct wrench half = {v3_scale(w.force, 0.5), v3_scale(w.moment, 0.5)};
  for (int i = 0; i < 2; i++) {
    double q[LIMB_JOINTS_MAX];
    const struct chain *c = &r->leg[i].chain;
    for (int j = 0; j < c->count; j++) q[j] = p->q[c->joint[j] * p->n + k];
    struct v3 at = v3_add(middle, v3(0, i == LEFT ? r->standing.half_width : -r->standing.half_width, 0));
    leg_wrench(&r->leg[i], &p->frame[k], q, at, &half, -1, tau + k, p->n);
  }
}

struct floor { struct wrench rest[STRIDE], more[STRIDE]; };

static void sample_all(const struct reacher *r, const struct move_wish *w, struct pass *p, struct floor *f) {
  int n = r->humanoid->model->joint_count;
  p->n = size_of(w->to->root.z - w->from->root.z) > DROP ? STRIDE : STRIDE / 2;
  memset(p->zero, 0, sizeof(double) * (size_t)(n * p->n));
  for (int k = 0; k < p->n; k++) {
    double q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
    minimum_jerk((k + 0.5) / p->n, &p->share[k], &p->rate[k], &p->second[k]);
    move_path(r, w, p->share[k], p->rate[k], p->second[k], &p->frame[k], q, qd, qdd);
    for (int j = 0; j < n; j++) p->q[j * p->n + k] = q[j], p->qd[j * p->n + k] = qd[j], p->qdd[j * p->n + k] = qdd[j];
    const struct frame_motion *b = &p->frame[k];
    const double moving[19] = {b->position.x, b->position.y, b->position.z, 1, 0, 0, 0, b->velocity.x, b->velocity.y, b->velocity.z, 0, 0, 0,
                               b->acceleration.x, b->acceleration.y, b->acceleration.z};
    for (int i = 0; i < 19; i++) p->base[1][i][k] = moving[i], p->base[0][i][k] = i < 7 ? moving[i] : 0;
    p->load[LEFT][k] = w->load[LEFT], p->load[RIGHT][k] = w->load[RIGHT];
  }
  for (int moving = 0; moving < 2; moving++) one_run(r, p, moving);
  for (int k = 0; k < p->n; k++) {
    struct wrench whole;
    stand_on(r, w->foot, p, 0, k, &f->rest[k]);
    stand_on(r, w->foot, p, 1, k, &whole);
    f->more[k] = (struct wrench){v3_sub(whole.force, f->rest[k].force), v3_sub(whole.moment, f->rest[k].moment)};
  }
  for (int i = 0; i < n * p->n; i++) p->tau[1][i] -= p->tau[0][i];
}

// ---- limits ---------------------------------------------------------------------------------------------------------

struct bound { double u; enum move_limit limit; int joint; bool broken; };      // u = 1 / T^2

static void bound_by(struct bound *b, double rest, double more, double most, enum move_limit limit, int joint) {
  // rest + u more <= most
  if (rest > most) b->broken = true, b->limit = limit, b->joint = joint;
  if (more <= 0 || rest > most) return;
  double u = (most - rest) / more;
  if (u < b->u) b->u = u, b->limit = limit, b->joint = joint;
}

// In the floor's frame: a x + b <= 0 for the four edges, sliding and turning.
static void floor_bounds(const struct reacher *r, const struct move_wish *w, const struct pass *p, const struct floor *f, struct bound *b) {
  const struct sole *o = &r->humanoid->sole;
  double h = o->height, side = r->standing.half_width + o->outer - EDGE, ahead = o->ball - EDGE, back = -o->heel - EDGE;
  for (int k = 0; k < p->n; k++) {
    const struct wrench *a = &f->rest[k], *m = &f->more[k];
    // pressure x = (-My - Fx h) / Fz, y = (Mx - Fy h) / Fz
    double x0 = -a->moment.y - a->force.x * h, x1 = -m->moment.y - m->force.x * h, y0 = a->moment.x - a->force.y * h, y1 = m->moment.x - m->force.y * h;
    double z0 = a->force.z, z1 = m->force.z;
    bound_by(b, x0 - ahead * z0, x1 - ahead * z1, 0, MOVE_BALANCE, -1);
    bound_by(b, -x0 - back * z0, -x1 - back * z1, 0, MOVE_BALANCE, -1);
    bound_by(b, y0 - side * z0, y1 - side * z1, 0, MOVE_BALANCE, -1);
    bound_by(b, -y0 - side * z0, -y1 - side * z1, 0, MOVE_BALANCE, -1);
    // at rest nothing pushes along the floor
    double push = m_sqrt(m->force.x * m->force.x + m->force.y * m->force.y), turn = size_of(m->moment.z) / r->standing.half_width;
    bound_by(b, 0, push + turn - w->friction * z1, w->friction * z0, MOVE_FLOOR, -1);
  }
}

static void drive_bounds(const struct reacher *r, const struct pass *p, struct bound *b) {
  for (int j = 0; j < r->humanoid->model->joint_count; j++) {
    const struct actuator *a = &r->spec->actuator[j];
    if (r->spec->drive[j] < 0) continue;
    for (int k = 0; k < p->n; k++) {
      int at = j * p->n + k;
      double most = TORQUE_MOST * a->torque_peak, sign = p->tau[0][at] < 0 ? -1 : 1, more = p->tau[1][at] + a->rotor_inertia * p->qdd[at], rate = size_of(p->qd[at]);
      bound_by(b, sign * p->tau[0][at] * a->backward, sign * more, most, MOVE_TORQUE, j);
      bound_by(b, -sign * p->tau[0][at], -sign * more, most, MOVE_TORQUE, j);
      if (rate > 0 && a->speed_max * a->speed_max / (rate * rate) < b->u) b->u = a->speed_max * a->speed_max / (rate * rate), b->limit = MOVE_SPEED, b->joint = j;
    }
  }
}

// Power and torque at a duration; the worst share of a peak.
static double drive_all(const struct reacher *r, const struct pass *p, double T, double *power, int *worst, double (*hot)[2]) {
  double most = 0, u = 1 / (T * T);
  *power = 0;
  for (int k = 0; k < p->n; k++) {
    double joints = 0;
    for (int j = 0; j < r->humanoid->model->joint_count; j++) {
      const struct actuator *a = &r->spec->actuator[j];
      int at = j * p->n + k;
      if (r->spec->drive[j] < 0) continue;
      struct actuator_power e = actuator_power(a, p->tau[0][at] + u * p->tau[1][at], p->qd[at] / T, p->qdd[at] * u, 1);
      double share = size_of(e.motor_torque) / a->torque_peak;
      joints += e.electrical;
      if (share > most) most = share, *worst = j;
      if (!hot) continue;
      hot[j][0] += e.copper * T / p->n;
      hot[j][1] += (e.gear + e.friction + e.inverter > 0 ? e.gear + e.friction + e.inverter : 0) * T / p->n;
    }
    *power += bus_power(&r->spec->bus, joints, r->spec->enabled) / p->n;
  }
  return most;
}

// ---- hands ----------------------------------------------------------------------------------------------------------

// Mass that touches: kinetic energy of the whole body for the hand's speed, from the work that speeding up takes in the first sample.
static double touching_mass(const struct reacher *r, const struct pass *p, double distance) {
  double work = 0;
  for (int j = 0; j < r->humanoid->model->joint_count; j++) {
    int at = j * p->n;
    work += (p->tau[1][at] + r->spec->actuator[j].rotor_inertia * p->qdd[at]) * p->qd[at];
  }
  double v = distance * p->rate[0], a = distance * p->second[0];
  return v * a > 0 && work > 0 ? work / (v * a) : 0;
}

// Least time at which the hand is no faster than v when `guard` metres are left of `distance`.
static double guarded_time(double distance, double guard, double v) {
  double low = 0, high = 1, s, rate, second;
  if (guard >= distance) return 1.875 * distance / v;
  for (int i = 0; i < 40; i++) {
    double x = (low + high) / 2;
    minimum_jerk(x, &s, &rate, &second);
    if (s * distance < guard) low = x; else high = x;
  }
  minimum_jerk(low, &s, &rate, &second);
  return distance * rate / v;
}

static void at_least(struct move *m, double time, enum move_limit limit) {
  if (time <= m->time) return;
  m->time = time;
  m->limit = limit;
  m->joint = -1;
}

static double margin_of(const struct reacher *r, const struct pass *p, const struct floor *f, double u) {
  const struct sole *o = &r->humanoid->sole;
  double h = o->height, least = 1e9, side = r->standing.half_width + o->outer;
  for (int k = 0; k < p->n; k++) {
    const struct wrench *a = &f->rest[k], *m = &f->more[k];
    double z = a->force.z + u * m->force.z;
    double x = (-a->moment.y - u * m->moment.y - (a->force.x + u * m->force.x) * h) / z, y = (a->moment.x + u * m->moment.x - (a->force.y + u * m->force.y) * h) / z;
    double in = fmin(fmin(o->ball - x, x - o->heel), side - size_of(y));
    if (in < least) least = in;
  }
  return least;
}

// ---- the move -------------------------------------------------------------------------------------------------------

struct move move_find(const struct reacher *r, const struct move_wish *w, double (*hot)[2]) {
  _Alignas(64) struct pass p;
  struct floor f;
  struct move m = {.joint = -1, .possible = true};
  for (int s = 0; s < 2; s++) {
    double d = v3_norm(v3_sub(reach_hand(r, w->to, s), reach_hand(r, w->from, s)));
    if (d > m.distance) m.distance = d;
  }
  sample_all(r, w, &p, &f);
  bool still = m.distance < 1e-9 && v3_norm(v3_sub(w->to->root, w->from->root)) < 1e-9;
  struct bound b = {.u = 1 / (TIME_LEAST * TIME_LEAST), .limit = MOVE_REST, .joint = -1};
  drive_bounds(r, &p, &b);
  floor_bounds(r, w, &p, &f, &b);
  m.possible = !b.broken;
  m.time = still ? 0 : 1 / m_sqrt(b.u > 1e-4 ? b.u : 1e-4);
  m.limit = b.limit;
  m.joint = b.joint;
  if (still) return m;
  m.mass = touching_mass(r, &p, m.distance) / (w->both ? 2 : 1);
  at_least(&m, 1.875 * m.distance / r->spec->hands.speed, MOVE_HAND);
  if (w->guard > 0 && m.mass > 0) at_least(&m, guarded_time(m.distance, w->guard, hand_touch_speed(&r->spec->hands, m.mass, w->touch)), MOVE_TOUCH);
  if (w->hold < INFINITY) at_least(&m, m_sqrt(5.7735 * m.distance / w->hold), MOVE_GRIP);
  at_least(&m, w->time, MOVE_ASKED);
  double power = 0;
  int worst = -1;
  for (int i = 0; i < TRIES && m.possible; i++) {
    m.torque = drive_all(r, &p, m.time, &power, &worst, NULL);
    if (m.torque <= 1) break;
    m.time *= LONGER;
    m.limit = MOVE_TORQUE;
    m.joint = worst;
    m.possible = i + 1 < TRIES;
  }
  m.torque = drive_all(r, &p, m.time, &power, &worst, hot);
  m.energy = power * m.time;
  m.speed = 1.875 * m.distance / m.time;
  m.acceleration = 5.7735 * m.distance / (m.time * m.time);
  m.margin = margin_of(r, &p, &f, 1 / (m.time * m.time));
  return m;
}

struct move move_hold(const struct reacher *r, const struct reach_pose *pose, const double foot[2], const double load[2], double seconds, double (*hot)[2]) {
  _Alignas(64) struct pass p;
  struct floor f;
  struct move m = {.joint = -1, .time = seconds};
  struct move_wish w = {.from = pose, .to = pose, .foot = {foot[0], foot[1]}, .load = {load[0], load[1]}, .friction = 1};
  struct bound b = {.u = 1, .limit = MOVE_REST, .joint = -1};
  sample_all(r, &w, &p, &f);
  drive_bounds(r, &p, &b);
  floor_bounds(r, &w, &p, &f, &b);
  double power;
  int worst = -1;
  m.torque = drive_all(r, &p, seconds > 0 ? seconds : 1, &power, &worst, hot);
  m.possible = !b.broken && m.torque <= 1;
  m.limit = b.limit;
  m.joint = b.broken ? b.joint : worst;
  m.energy = power * seconds;
  m.margin = margin_of(r, &p, &f, 0);
  return m;
}
