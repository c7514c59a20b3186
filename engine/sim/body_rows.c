// One step of the rows of one kind: runs on several threads, touches its own rows only.
#include "engine/sim/body_hands.h"
#include "engine/sim/body_state.h"

#include <string.h>

#include "engine/sim/footing.h"
#include "robots/bus.h"

#define SOLE_SLACK    0.004         // m      outside an edge that counts as on it
#define FLAT          0.0005        // m      of the ankle above its height on a flat sole: from here on the foot rolls
#define SHARE_LEAST   1e-3          // of the load: below it a foot's centre of pressure says nothing
#define FORCE_LEAST   1e-2          // of the weight: at the instant of landing from flight there is next to none
#define AHEAD         3             // rows for which samples are asked of memory before they are read; a guess
#define RESIDUAL_MOST 5.0           // N, N m that feet and body may disagree before it is called an error

// ---- joints and torques -------------------------------------------------------------------------------------

static void set_base(struct body_rows *k, int r, const struct base_motion *m) {
  double number[19];
  _Static_assert(sizeof number == sizeof *m, "the columns are base_motion's numbers in order");
  memcpy(number, m, sizeof number);
  for (int i = 0; i < 19; i++) k->base[i][r] = number[i];
}

// The floor's wrench on each foot, about the root's origin.
static void set_feet(struct body_rows *k, int r, const struct walk_sample *s) {
  for (int f = 0; f < 2; f++) {
    struct wrench w = {{0, 0, 0}, {0, 0, 0}};
    if (s->contact[f]) {
      w = s->wrench[f];
      w.moment = v3_add(w.moment, v3_cross(v3_sub(s->cop[f], s->base.position), w.force));
    }
    const double number[6] = {w.force.x, w.force.y, w.force.z, w.moment.x, w.moment.y, w.moment.z};
    for (int i = 0; i < 6; i++) k->outside[f][i][r] = number[i];
  }
}

// A walk whose feet have turned on the floor goes on in a frame that is turned by as much.
static void turn_sample(struct walk_sample *s, double angle) {
  const struct m3 z = m3_rotation_z(angle);
  struct m3 root = m3_of_quaternion(s->base.orientation);
  root = m3_product(z, root);
  s->base.orientation = quaternion_of_m3(&root);
  struct v3 *turns[] = {&s->base.position, &s->base.velocity, &s->base.acceleration, &s->planned};
  for (int i = 0; i < 4; i++) *turns[i] = m3_apply(&z, *turns[i]);
  for (int f = 0; f < 2; f++) {
    struct v3 *foot[] = {&s->cop[f], &s->foot[f], &s->wrench[f].force, &s->wrench[f].moment};
    for (int i = 0; i < 4; i++) *foot[i] = m3_apply(&z, *foot[i]);
    s->foot_yaw[f] += angle;
  }
}

void body_sample(const struct body *b, struct body_rows *k, int r) {
  const struct walk *w = k->walk[r];
  struct walk_sample *s = &k->sample[r];
  if (k->upsets[r] & UPSET_BODY) {
    upset_sample(b, k, r);
  } else if (act_played(k, r)) {
    act_sample(b, k, r);
  } else if (w) {
    double time = (double)(b->step - k->began[r]) * b->dt;
    k->arrived[r] = time >= w->time - 1e-9;
    walk_at(w, time, s, k->q + r, k->qd + r, k->qdd + r, k->stride);
    if (k->upset[r].turned != 0) turn_sample(s, k->upset[r].turned);
    struct v3 o = k->origin[r];
    s->base.position = v3_add(s->base.position, o);
    s->planned = v3_add(s->planned, o);
    for (int f = 0; f < 2; f++) {
      s->cop[f] = v3_add(s->cop[f], o);
      s->foot[f] = v3_add(s->foot[f], o);
    }
  }
  set_base(k, r, &s->base);
  set_feet(k, r, s);
  if (!act_played(k, r) || k->upsets[r] & UPSET_BODY) k->load[0][r] = k->load[1][r] = k->mass[r] / 2;
}

static bool limp(const struct body_rows *k, int r) { return (k->upsets[r] & UPSET_BODY) && !k->sample[r].contact[LEFT] && !k->sample[r].contact[RIGHT]; }

// Torques with the floor's wrenches on the feet and the load in the hands; what remains at the root should be nothing. Blocks of
// 8 in which nobody moves keep what they have.
static void torques(const struct body *b, struct body_rows *k, int from, int to) {
  const struct humanoid *h = &k->kind.humanoid;
  struct dynamics_columns c = {.n = k->stride, .stride = k->stride, .q = k->q, .qd = k->qd, .qdd = k->qdd, .tau = k->tau, .outside_count = 2, .load_count = 2};
  for (int i = 0; i < 19; i++) c.base[i] = k->base[i];
  for (int i = 0; i < 6; i++) c.root[i] = k->root[i];
  for (int f = 0; f < 2; f++) {
    c.outside_body[f] = h->leg[f].body;
    c.load_body[f] = h->arm[f].count ? h->arm[f].body : h->waist_count ? h->waist[h->waist_count - 1] + 1 : 0;
    c.load[f] = k->load[f];
    for (int i = 0; i < 6; i++) c.outside[f][i] = k->outside[f][i];
  }
  for (int block = from; block < to; block += 8) {
    bool moves = false;
    for (int r = block; r < block + 8 && r < to; r++) moves |= k->here[r] && !k->still[r];
    if (moves) dynamics_columns_run(&k->kind.model, &c, block, block + 8, b->lanes);
  }
  for (int r = from; r < to; r++) {
    // what lies on the floor is carried by it in unknown places, with its drives off
    if (limp(k, r)) {
      for (int j = 0; j < k->kind.model.joint_count; j++) k->tau[j * k->stride + r] = 0;
      for (int i = 0; i < 6; i++) k->root[i][r] = 0;
    }
    double force = k->root[0][r] * k->root[0][r] + k->root[1][r] * k->root[1][r] + k->root[2][r] * k->root[2][r];
    double moment = k->root[3][r] * k->root[3][r] + k->root[4][r] * k->root[4][r] + k->root[5][r] * k->root[5][r];
    k->residual[r] = m_sqrt(force) + m_sqrt(moment);
  }
}

// ---- the floor --------------------------------------------------------------------------------------------------

double body_friction(const struct twin *t, struct v3 p) {
  const double at[2] = {p.x, p.y};
  return footing_friction(t, at, false);
}

// How far the centre of pressure, `ahead` of the ankle along the foot, lies outside what carries: the flat sole, or the edge that a raised
// foot rolls about. An edge at x keeps its distance from the ankle, x^2 + h^2, so with the ankle z above the floor it is
// sqrt(x^2 + h^2 - z^2) away along the floor.
static double outside(const struct sole *o, double ahead, double z) {
  double h = o->height, flat = ahead > o->toe ? ahead - o->toe : ahead < o->heel ? o->heel - ahead : 0;
  if (z < h + FLAT) return flat;
  double ball = o->ball * o->ball + h * h - z * z, heel = o->heel * o->heel + h * h - z * z, least = flat > 0 ? flat : 1;
  for (int edge = 0; edge < 2; edge++) {
    double square = edge ? heel : ball;
    if (square < 0) continue;
    double away = (edge ? -m_sqrt(square) : m_sqrt(square)) - ahead;
    away = away < 0 ? -away : away;
    if (away < least) least = away;
  }
  return least;
}

static uint8_t contact(const struct twin *t, const struct body_rows *k, int r, int f) {
  const struct walk_sample *s = &k->sample[r];
  const struct sole *o = &k->kind.humanoid.sole;
  if (!s->contact[f]) return 0;
  struct v3 force = s->wrench[f].force;
  uint8_t broken = 0;
  if (s->share[f] <= SHARE_LEAST || v3_norm(force) < FORCE_LEAST * k->kind.model.mass * GRAVITY) return 0;
  if (force.z <= 0) return BODY_STUMBLE;        // it would have to pull on the floor
  double mu = body_friction(t, s->cop[f]), side = m_sqrt(force.x * force.x + force.y * force.y);
  double yaw = s->wrench[f].moment.z;
  if (side > mu * force.z) broken |= BODY_SLIP;
  if ((yaw < 0 ? -yaw : yaw) > mu * force.z * k->yaw_radius) broken |= BODY_TWIST;
  // centre of pressure in the sole's own axes; how a sole lies on a slope is not looked at
  double sn, cs, x = s->cop[f].x - s->foot[f].x, y = s->cop[f].y - s->foot[f].y;
  m_sincos(s->foot_yaw[f], &sn, &cs);
  const double at[2] = {s->cop[f].x, s->cop[f].y}, along[2] = {cs, sn};
  if (footing_slope(t, at, along) != 0) return broken;
  double ahead = x * cs + y * sn, left = y * cs - x * sn;
  double out = f == LEFT ? left : -left;                        // towards the foot's outer edge
  if (outside(o, ahead, s->foot[f].z - s->cop[f].z) > SOLE_SLACK || out > o->outer + SOLE_SLACK || out < -o->inner - SOLE_SLACK) broken |= BODY_TIP;
  return broken;
}

// ---- power --------------------------------------------------------------------------------------------------------

// W of the arms at work beyond standing, by the hands' plans, else by the figures.
static double hands_power(const struct twin *t, const struct robot *b, bool played) {
  const struct robot_tables *tables = &make_of(t, b)->tables;
  bool works = b->act == ACT_PICK || b->act == ACT_PLACE || (b->act == ACT_POST && b->cause == ROBOT_WORKING);
  if (!works || played) return 0;                              // what is played draws by its drives
  double power = b->act == ACT_POST ? b->work_power : b->hand_power;
  return (power > 0 ? power : tables->power_work) - tables->power_idle;
}

static bool fed(const struct twin *t, const struct robot *b) {
  if (b->act == ACT_CHARGE) return true;
  return b->act == ACT_IDLE && (b->charger != NONE || (t->chargers == 0 && t->layout->fleets[b->fleet].charge_idle));
}

// The most that the pack gives with its terminals above the cut-off.
static double most_power(const struct battery_pack *p, double energy) {
  double volts = battery_volts(p, energy), end = p->cutoff > volts / 2 ? p->cutoff : volts / 2;
  return volts > end ? 0.999 * end * (volts - end) / p->resistance : 0;
}

static void supply(const struct body *b, struct body_rows *k, int r) {
  const struct twin *t = b->twin;
  const struct robot *o = &t->robot[k->robot[r]];
  k->empty[r] = false;
  k->drawn[r] = 0;
  if (!k->here[r] || o->off) {
    k->power[r] = 0;
    return;
  }
  bool   off = limp(k, r) || k->upsets[r] & UPSET_OFF;                 // drives off: brakes hold what does not lie
  k->power[r] = bus_power(&k->kind.spec.bus, off ? 0 : k->electrical[r], off ? 0 : k->kind.spec.enabled) + hands_power(t, o, act_played(k, r));
  // a step to keep its balance takes what there is
  if (k->upsets[r] & UPSET_BODY) {
    k->power[r] += k->upset[r].rise_power;
    double most = most_power(&k->kind.spec.battery, k->energy[r]);
    if (k->power[r] > most && most > 0) k->power[r] = most;
  }
  if (fed(t, o)) return;
  k->drawn[r] = k->power[r];
  // somebody brings it through its job by hand when the pack is empty
  if (battery_draw(&k->kind.spec.battery, &k->energy[r], k->power[r], b->dt, NULL, NULL) == BATTERY_EMPTY) {
    k->energy[r] = 0;
    k->empty[r] = true;
  }
}

// ---- the step -----------------------------------------------------------------------------------------------------

void body_rows_step(void *context, int from, int to) {
  struct body *b = context;
  struct body_rows *k = b->at;
  for (int r = from; r < to; r++) {
    k->arrived[r] = false;
    int next = r + AHEAD;
    if (next < to && k->walk[next] && !k->upsets[next]) walk_ahead(k->walk[next], (double)(b->step - k->began[next]) * b->dt);
    if (k->here[r] && !k->still[r]) body_sample(b, k, r);
  }
  torques(b, k, from, to);
  for (int r = from; r < to; r++) {
    if (!k->here[r] || k->still[r]) continue;
    k->fault[r] = k->residual[r] > RESIDUAL_MOST ? BODY_ERROR : 0;
    for (int f = 0; f < 2; f++) k->fault[r] |= contact(b->twin, k, r, f);
    if (k->walk[r] && (k->upsets[r] & UPSET_WALK || k->fault[r] & (BODY_STUMBLE | BODY_SLIP | BODY_TWIST | BODY_TIP))) upset_ground(b, k, r);
    k->still[r] = k->walk[r] == NULL && (!(k->upsets[r] & UPSET_BODY) || k->upsets[r] & UPSET_OFF) && !act_played(k, r);
  }
  struct drive_columns c = {.n = k->n, .stride = k->stride, .ambient = k->ambient, .tau = k->tau, .w = k->qd, .dw = k->qdd, .winding = k->winding, .housing = k->housing,
                            .damage = k->damage, .electrical = k->electrical, .mechanical = k->mechanical, .heat = k->heat, .rotor = k->rotor, .excess = k->excess};
  drives_run(k->tick, k->kind.model.joint_count, &c, from, to, b->lanes);
  for (int r = from; r < to; r++) {
    supply(b, k, r);
    k->fault[r] = (uint8_t)((k->fault[r] & ~BODY_OVERLOAD) | (k->here[r] && k->excess[r] > 0 ? BODY_OVERLOAD : 0));
  }
}
