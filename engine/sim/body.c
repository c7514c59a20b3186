#include "engine/sim/body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/body_hands.h"
#include "engine/sim/body_state.h"
#include "engine/sim/body_wear.h"
#include "engine/sim/footing.h"
#include "engine/sim/pace.h"
#include "engine/sim/robot.h"
#include "engine/sim/walk.h"
#include "engine/sim/way.h"
#include "engine/world/assets.h"

#define LIES_TILT     0.7           // 1      cosine of a tilt from which a body lies
#define SLID_LEAST    0.02          // m      that its feet slid on a walk: it goes on to its spot
#define SPLIT_FROM    64            // rows; a guess

// ---- making -----------------------------------------------------------------------------------------------

static bool columns(struct body_rows *k, struct arena *a) {
  size_t all = (size_t)k->kind.model.joint_count * (size_t)k->stride;
  double **joint[] = {&k->q, &k->qd, &k->qdd, &k->tau, &k->winding, &k->housing, &k->damage};
  double **row[] = {&k->electrical, &k->mechanical, &k->heat, &k->rotor, &k->excess, &k->power, &k->drawn, &k->residual, &k->energy, &k->facing, &k->mass};
  for (size_t i = 0; i < sizeof joint / sizeof *joint; i++) *joint[i] = arena_alloc(a, sizeof(double) * all, 64);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) *row[i] = arena_alloc(a, sizeof(double) * (size_t)k->stride, 64);
  for (int i = 0; i < 19 + 6 + 12 + 2; i++) {
    double **to = i < 19 ? &k->base[i] : i < 25 ? &k->root[i - 19] : i < 37 ? &k->outside[(i - 25) / 6][(i - 25) % 6] : &k->load[i - 37];
    *to = arena_alloc(a, sizeof(double) * (size_t)k->stride, 64);
    if (!*to) return false;
  }
  // a quaternion of a row that nobody has must be one all the same
  for (int r = 0; r < k->stride; r++) k->base[3][r] = 1;
  k->robot = ARENA_NEW(a, int32_t, k->stride);
  k->here = ARENA_NEW(a, bool, k->stride);
  k->still = ARENA_NEW(a, bool, k->stride);
  k->again = ARENA_NEW(a, bool, k->stride);
  k->act = ARENA_NEW(a, struct body_act, k->stride);
  k->grip = ARENA_NEW(a, struct body_grip, k->stride);
  if (!k->act || !k->grip) return false;
  k->arrived = ARENA_NEW(a, bool, k->stride);
  k->empty = ARENA_NEW(a, bool, k->stride);
  k->returns = ARENA_NEW(a, bool, k->stride);
  k->fault = ARENA_NEW(a, uint8_t, k->stride);
  k->faulty = ARENA_NEW(a, uint8_t, k->stride);
  k->walk = ARENA_NEW(a, const struct walk *, k->stride);
  k->began = ARENA_NEW(a, int64_t, k->stride);
  k->origin = ARENA_NEW(a, struct v3, k->stride);
  k->sample = ARENA_NEW(a, struct walk_sample, k->stride);
  k->tick = ARENA_NEW(a, struct drive_tick, k->kind.model.joint_count + 1);
  if (!k->tick || !k->returns || !k->sample || !k->walk || !k->mass || !k->damage) return false;
  for (size_t i = 0; i < all; i++) k->winding[i] = k->housing[i] = k->ambient;
  return true;
}

// Mean distance of a rectangle's points from its middle.
static double mean_radius(double a, double b) {
  double d = m_sqrt(a * a + b * b);
  return (2 * d + a * a / b * m_log((b + d) / a) + b * b / a * m_log((a + d) / b)) / 12;
}

// The row of kinds for a revision of a model, read when it is the first one with it.
static enum status kind_of(struct twin *t, int f, const char *revision, int *out, struct error *e) {
  struct body *b = t->body;
  const struct fleet *plan = &t->layout->fleets[f];
  char folder[1024], name[ASSET_NAME_MAX];
  if (!assets_find(assets_name(plan->model, revision, name), t->layout->file, t->options.assets, folder) || !kind_there(folder))
    return error_at(e, STATUS_REF, t->layout->file, (int)plan->mark.line, (int)plan->mark.column, "robots.%s: the model %s has no body (a URDF of that name in its folder), so it runs at event only", plan->name, plan->model);
  for (*out = 0; *out < b->kinds; (*out)++)
    if (strcmp(b->rows[*out]->kind.folder, folder) == 0) return STATUS_OK;
  if (b->kinds == BODY_KINDS_MAX)
    return error_at(e, STATUS_LIMIT, t->layout->file, (int)plan->mark.line, (int)plan->mark.column, "robots.%s: more than %d models in one layout", plan->name, BODY_KINDS_MAX);
  struct body_rows *k = calloc(1, sizeof *k);
  if (!k) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for a robot model");
  enum status s = kind_load(&k->kind, folder, split_threads(b->split), e);
  if (s != STATUS_OK) {
    free(k);
    return s;
  }
  const struct sole *o = &k->kind.humanoid.sole;
  k->ambient = HEAT_AMBIENT;
  k->yaw_radius = mean_radius(o->toe - o->heel, o->inner + o->outer);
  const struct kind *kind = &k->kind;
  struct balance_params balance = balance_params_of(&kind->humanoid, &kind->model, &kind->library.standing);
  k->yaw_inertia = balance_yaw_inertia(&balance);
  b->rows[b->kinds++] = k;
  return STATUS_OK;
}

// Every kind that robots of a fleet are or may become has a row for each of them.
static enum status give_kinds(struct twin *t, int f, struct error *e) {
  struct body *b = t->body;
  const struct fleet_row *row = &t->fleet[f];
  const struct fleet *plan = &t->layout->fleets[f];
  bool counted[BODY_KINDS_MAX] = {false};
  for (int32_t m = row->first_make; m < row->first_make + row->makes; m++) b->make_kind[m] = -1;
  if (plan->people || row->routes == NONE) return STATUS_OK;
  if (!plan->model)
    return error_at(e, STATUS_CONFLICT, t->layout->file, (int)plan->mark.line, (int)plan->mark.column, "robots.%s: at body fidelity a fleet of robots needs a model", plan->name);
  for (int32_t m = row->first_make; m < row->first_make + row->makes; m++) {
    int *k = &b->make_kind[m];
    enum status s = kind_of(t, f, t->make[m].revision, k, e);
    struct kind *kind = s == STATUS_OK ? &b->rows[*k]->kind : NULL;
    if (s == STATUS_OK) s = pace_fit(&t->make[m], kind, e);
    if (s == STATUS_OK && plan->pace > 0) s = kind_jogs(kind, split_threads(b->split), e);
    if (s == STATUS_OK && plan->pace > 0) s = pace_jog(t, f, &t->make[m], kind, e);
    if (s != STATUS_OK) return s;
    if (!counted[*k]) b->rows[*k]->n += row->robots;
    counted[*k] = true;
  }
  return STATUS_OK;
}

static enum status give_rows(struct twin *t, struct error *e) {
  struct body *b = t->body;
  for (int f = 0; f < t->layout->fleet_count; f++) {
    enum status s = give_kinds(t, f, e);
    if (s != STATUS_OK) return s;
  }
  for (int i = 0; i < b->kinds; i++) {
    struct body_rows *k = b->rows[i];
    k->stride = (k->n + 7) / 8 * 8;
    if (k->stride == 0) k->stride = 8;
    if (!columns(k, &t->arena) || !upset_create(t, k) || !wear_create(t, k)) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for the bodies of %d robots", k->n);
    drives_prepare(k->tick, &k->kind.spec, b->dt);
    k->n = 0;
  }
  b->row_in = ARENA_NEW(&t->arena, int32_t, t->robots * b->kinds + 1);
  if (!b->row_in) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for bodies");
  for (int32_t i = 0; i < t->robots; i++) {
    const struct fleet_row *f = &t->fleet[t->robot[i].fleet];
    int32_t *row = b->row_in + (size_t)i * (size_t)b->kinds;
    for (int k = 0; k < b->kinds; k++) row[k] = NONE;
    for (int32_t m = f->first_make; m < f->first_make + f->makes; m++) {
      int kind = b->make_kind[m];
      if (kind < 0 || row[kind] != NONE) continue;
      struct body_rows *k = b->rows[kind];
      row[kind] = k->n;
      k->robot[k->n++] = i;
      wear_begin(t, k, k->n - 1);
    }
    int own = b->make_kind[t->robot[i].make];
    b->row_of[i] = own >= 0 ? row[own] : NONE;
  }
  return STATUS_OK;
}

enum status body_create(struct twin *t, struct error *e) {
  struct body *b = calloc(1, sizeof *b);
  if (!b) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for bodies");
  t->body = b;
  b->twin = t;
  b->dt_ns = NS_SECOND / t->layout->run.body_rate;
  b->dt = 1.0 / t->layout->run.body_rate;
  b->timer = t->timer_body;
  b->lanes = dynamics_lanes();
  b->split = split_create(t->options.threads > 0 ? t->options.threads : 1);
  b->walks = walks_create();
  b->acts = acts_create();
  b->make_kind = ARENA_NEW(&t->arena, int, t->makes + 1);
  b->row_of = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  if (!b->split || !b->walks || !b->acts || !b->make_kind || !b->row_of) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for bodies");
  enum status s = give_rows(t, e);
  if (s == STATUS_OK && b->kinds > 0) timer_set(t, b->timer, 0, CLASS_END, false);
  return s;
}

void body_destroy(struct twin *t) {
  struct body *b = t->body;
  if (!b) return;
  clear_destroy(t);
  walks_destroy(b->walks);
  acts_destroy(b->acts);
  split_destroy(b->split);
  for (int i = 0; i < b->kinds; i++) {
    for (int r = 0; b->rows[i]->upset && r < b->rows[i]->n; r++) upset_leave(t, b->rows[i], r);
    rise_finish(&b->rows[i]->rise);
    kind_finish(&b->rows[i]->kind);
    free(b->rows[i]);
  }
  free(b);
  t->body = NULL;
}

// ---- where it stands ------------------------------------------------------------------------------------------

bool body_stepped(const struct twin *t, int32_t i) { return t->body && t->body->make_kind[t->robot[i].make] >= 0; }

// It has come to rest where it is: nothing moves any more.
static void rest(struct body_rows *k, int r, struct v3 at, double facing) {
  k->walk[r] = NULL;
  k->act[r].act = NULL;
  k->origin[r] = at;
  k->facing[r] = facing;
  k->still[r] = k->again[r] = false;
  body_halts(k, r);
}

// In that row of that kind, with nothing in its hands.
static void stand(struct twin *t, int32_t i, struct body_rows *k, int r, struct v3 at, double facing, double share) {
  struct error e;
  k->energy[r] = battery_energy(&k->kind.spec.battery, share);
  k->here[r] = true;
  // nothing of whoever had the row before, or of its own last time here
  k->drawn[r] = 0;
  k->fault[r] = k->faulty[r] = 0;
  k->arrived[r] = k->empty[r] = k->returns[r] = false;
  k->mass[r] = 0;
  if (walk_standing(&k->kind.library, at, facing, 0, LOAD_NONE, &k->sample[r], k->q + r, k->qd + r, k->qdd + r, k->stride, &e) != STATUS_OK)
    twin_fault(t, "R%u cannot stand: %s", t->robot[i].number, e.text);
  rest(k, r, at, facing);
}

void body_enter(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  double at[2], facing;
  way_goal(t, i, at, &facing);
  const double spot[2] = {at[0], at[1]};
  clear_enter(t, i, at);
  t->robot[i].astray = at[0] != spot[0] || at[1] != spot[1];
  stand(t, i, k, r, v3(at[0], at[1], 0), facing, t->robot[i].charge);
  clear_entered(t, i);
}

void body_leave(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (k->walk[r]) {
    walks_release(k->walk[r]);
    t->alive--;
  }
  upset_leave(t, k, r);
  k->walk[r] = NULL;
  k->act[r].act = NULL;
  k->here[r] = false;
  clear_leaves(t, i);
}

void body_become(struct twin *t, int32_t i, int32_t make) {
  struct body *b = t->body;
  struct body_rows *k = rows_of(t, i), *n = b->rows[b->make_kind[make]];
  int r = b->row_of[i], to = b->row_in[(size_t)i * (size_t)b->kinds + (size_t)b->make_kind[make]];
  assert(!k->walk[r] && !k->upset[r].make);
  if (n == k || !k->here[r]) {
    b->row_of[i] = to;
    return;
  }
  act_over(b, k, r);
  struct v3 at = k->origin[r];
  double facing = k->facing[r], share = body_charge(t, i);
  // what is the same joint has the same heat and wear
  bool same = n->kind.model.joint_count == k->kind.model.joint_count;
  for (int j = 0; same && j < n->kind.model.joint_count; j++) {
    size_t from = (size_t)j * (size_t)k->stride + (size_t)r, as = (size_t)j * (size_t)n->stride + (size_t)to;
    n->winding[as] = k->winding[from], n->housing[as] = k->housing[from], n->damage[as] = k->damage[from];
  }
  upset_becomes(k, r, n, to);
  upset_leave(t, k, r);
  k->here[r] = false;               // it keeps its spot
  b->row_of[i] = to;
  stand(t, i, n, to, at, facing, share);
}

bool body_walks(const struct twin *t, int32_t i) {
  if (!body_stepped(t, i)) return false;
  if (rows_of(t, i)->walk[t->body->row_of[i]]) return true;
  uint8_t act = t->robot[i].act;
  return body_upset(t, i) && act != ACT_FALLEN && act != ACT_BROKEN;
}

// ---- walking ----------------------------------------------------------------------------------------------------

void body_walk(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (clear_stays(t, i)) {
    walk_not_begun(t, i);
    t->alive--;
  }
  if (k->walk[r] || k->upset[r].make) {
    bool turned = t->robot[i].turned;
    k->again[r] = !turned || !k->walk[r] || !body_turns_off(t, i);
    if (turned && k->again[r]) walk_goes_on(t, i);
    return;
  }
  act_over(t->body, k, r);
  if (t->robot[i].stopped) {
    upset_waits(t, i);
    return;
  }
  t->alive++;
  k->returns[r] = false;            // it may have fallen on its way back
  clear_set_out(t, i, k->origin[r], k->facing[r]);
}

void body_halts(struct body_rows *k, int r) {
  struct base_motion *m = &k->sample[r].base;
  for (int j = 0; j < k->kind.model.joint_count; j++) k->qd[j * k->stride + r] = k->qdd[j * k->stride + r] = 0;
  m->velocity = m->acceleration = m->angular_velocity = m->angular_acceleration = v3(0, 0, 0);
}

void body_stands(struct twin *t, int32_t i, struct v3 at, double heading) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  bool again = k->again[r];
  rest(k, r, at, heading);
  k->again[r] = again;
}

void body_go(struct twin *t, int32_t i, bool back) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  k->returns[r] = back;
  clear_set_out(t, i, k->origin[r], k->facing[r]);
}

// It has come to rest.
static void arrive(struct twin *t, int32_t i, struct body_rows *k, int r) {
  const struct walk *w = k->walk[r];
  double heading = w->end_heading + k->upset[r].turned, sn, cs;
  m_sincos(k->upset[r].turned, &sn, &cs);
  struct v3 at = v3_add(k->origin[r], v3(cs * w->end.x - sn * w->end.y, sn * w->end.x + cs * w->end.y, w->end.z));
  bool again = k->again[r], back = k->returns[r];
  struct upset *u = &k->upset[r];
  bool slid = u->slid > SLID_LEAST || (u->turned != 0 && upset_off_spot(t, i, at, heading)), halts = u->halts, on = again || slid || halts;
  u->slide[0] = u->slide[1] = u->slid = u->lost[0] = u->lost[1] = u->turning = u->turned = u->told = 0;
  u->halts = false;
  upset_flags(k, r);
  t->robot[i].astray = slid || halts;
  k->returns[r] = back && !again && (slid || halts);
  rest(k, r, at, heading);
  walks_release(w);
  if (halts && upset_halted(t, k, r, k->returns[r])) {
    clear_left(t, i);
    return;
  }
  enum clear_end end = clear_arrives(t, i, on);
  t->robot[i].astray = t->robot[i].astray || end != CLEAR_THERE;
  if (again || (end != CLEAR_ASIDE && (slid || halts || end == CLEAR_NEAR))) {
    k->returns[r] = back && !again;
    clear_set_out(t, i, at, heading);
    return;
  }
  t->alive--;
  if (back) upset_back(t, k, r);
  else robot_arrived(t, i);
}

// ---- the step ---------------------------------------------------------------------------------------------------

// Where it slipped everybody knows the floor now.
static void slipped(struct twin *t, int32_t i) {
  const struct walk_sample *s = &rows_of(t, i)->sample[t->body->row_of[i]];
  for (int f = 0; f < 2; f++) {
    const double at[2] = {s->cop[f].x, s->cop[f].y};
    if (s->contact[f]) footing_slipped(t, at);
  }
}

// The joint whose drive is asked for most beyond what it has at its temperature, and by how much of its peak.
static int worst_drive(const struct body_rows *k, int r, double *over) {
  int worst = -1;
  *over = -2;
  for (int j = 0; j < k->kind.model.joint_count; j++) {
    const struct actuator *a = &k->kind.spec.actuator[j];
    int at = j * k->stride + r;
    if (k->kind.spec.drive[j] < 0) continue;
    double share = (a->winding_limit - k->winding[at]) / HEAT_DERATING;
    double asked = __builtin_fabs(actuator_power(a, k->tau[at], k->qd[at], k->qdd[at], 1).motor_torque) / a->torque_peak - (share > 1 ? 1 : share < 0 ? 0 : share);
    if (asked > *over) *over = asked, worst = j;
  }
  return worst;
}

static void book_faults(struct twin *t, int32_t i, uint8_t now, uint8_t before) {
  const struct robot *o = &t->robot[i];
  uint8_t fresh = now & (uint8_t)~before;
  uint32_t number = o->number;
  if (fresh & BODY_STUMBLE) {
    FLEET_BOOK(t, o, stumbles, 1);
    twin_note(t, NOTE_ROBOT, i, "R%u stumbled: a foot would have to pull on the floor", number);
  }
  if (fresh & BODY_SLIP) {
    FLEET_BOOK(t, o, slips, 1);
    slipped(t, i);
    twin_note(t, NOTE_ROBOT, i, "R%u slipped: more force along the floor than its friction holds", number);
  }
  if (fresh & BODY_TWIST) FLEET_BOOK(t, o, twists, 1);          // too common in brisk walking for a note each
  if (fresh & BODY_TIP) {
    FLEET_BOOK(t, o, tips, 1);
    twin_note(t, NOTE_ROBOT, i, "R%u tipped: the centre of pressure left the sole", number);
  }
  if (fresh & BODY_OVERLOAD) {
    double over;
    const struct body_rows *k = rows_of(t, i);
    int j = worst_drive(k, t->body->row_of[i], &over);
    FLEET_BOOK(t, o, overloads, 1);
    twin_note(t, NOTE_ROBOT, i, "R%u: %s is asked for more torque than it has, by %.2g %% of its peak", number, j >= 0 ? k->kind.model.joint[j].name : "a drive", 100 * over);
  }
}

static void book(struct twin *t, struct body_rows *k, int r) {
  struct body *b = t->body;
  int32_t i = k->robot[r];
  if (!k->here[r]) return;
  b->robot_steps++;
  FLEET_BOOK(t, &t->robot[i], energy, k->drawn[r] * b->dt);
  if (k->residual[r] > b->worst_residual) b->worst_residual = k->residual[r];
  if (k->fault[r] != k->faulty[r]) book_faults(t, i, k->fault[r], k->faulty[r]);
  k->faulty[r] = k->fault[r];
  if (k->empty[r] && t->robot[i].charge > 0) {
    t->sums.line.interventions++;
    t->robot[i].charge = 0;
    twin_note(t, NOTE_ROBOT, i, "R%u: battery empty", t->robot[i].number);
  }
  upset_book(t, k, r);
  if (k->arrived[r] && k->walk[r]) arrive(t, i, k, r);
}

void body_timer(struct twin *t) {
  struct body *b = t->body;
  b->step = t->now / b->dt_ns;
  for (int n = 0; n < b->kinds; n++) {
    b->at = b->rows[n];
    upset_pushes(t, b->at);
    // few rows are done before another thread is awake
    if (b->at->n < SPLIT_FROM) body_rows_step(b, 0, b->at->n);
    else split_run_parts(b->split, SPLIT_PARTS * split_threads(b->split), b->at->n, 8, body_rows_step, b);
  }
  for (int n = 0; n < b->kinds; n++)
    for (int r = 0; r < b->rows[n]->n; r++) book(t, b->rows[n], r);
  clear_step(t);
  if (b->step % t->layout->run.body_rate == 0)
    for (int n = 0; n < b->kinds; n++) wear_look(t, b->rows[n]);
  timer_set(t, b->timer, t->now + b->dt_ns, CLASS_END, false);
}

// ---- looking ----------------------------------------------------------------------------------------------------

uint64_t body_digest(const struct twin *t, uint64_t chain) {
  const struct body *b = t->body;
  for (int n = 0; n < b->kinds; n++) {
    const struct body_rows *k = b->rows[n];
    for (int r = 0; r < k->n; r++) chain = digest_bytes(chain, &k->sample[r].base, sizeof k->sample[r].base);
    chain = digest_bytes(chain, k->energy, sizeof *k->energy * (size_t)k->n);
    for (int j = 0; j < k->kind.model.joint_count; j++) {
      size_t row = (size_t)j * (size_t)k->stride, size = sizeof(double) * (size_t)k->n;
      chain = digest_bytes(chain, k->q + row, size);
      chain = digest_bytes(chain, k->tau + row, size);
      chain = digest_bytes(chain, k->winding + row, size);
      chain = digest_bytes(chain, k->damage + row, size);
    }
  }
  return chain;
}

double body_charge(const struct twin *t, int32_t i) {
  const struct body_rows *k = rows_of(t, i);
  double share = battery_share(&k->kind.spec.battery, k->energy[t->body->row_of[i]]);
  return share < 0 ? 0 : share > 1 ? 1 : share;
}

void body_recharge(struct twin *t, int32_t i, double share) {
  struct body_rows *k = rows_of(t, i);
  k->energy[t->body->row_of[i]] = battery_energy(&k->kind.spec.battery, share);
}

bool body_flat(const struct twin *t, int32_t i) {
  struct m3 turn = m3_of_quaternion(rows_of(t, i)->sample[t->body->row_of[i]].base.orientation);
  return turn.m[8] < LIES_TILT;
}

bool body_stands_at(const struct twin *t, int32_t i, double at[2]) {
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  at[0] = k->origin[r].x;
  at[1] = k->origin[r].y;
  return k->here[r] && !k->walk[r];
}

void body_position(const struct twin *t, int32_t i, double at[2], double *heading, double *speed) {
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  const struct walk_sample *s = &k->sample[r];
  at[0] = s->base.position.x;
  at[1] = s->base.position.y;
  *speed = m_sqrt(s->base.velocity.x * s->base.velocity.x + s->base.velocity.y * s->base.velocity.y);
  struct m3 turn = m3_of_quaternion(s->base.orientation);
  // who lies points where its head is
  bool lies = turn.m[8] < LIES_TILT;
  *heading = lies ? m_atan2(turn.m[5], turn.m[2]) : m_atan2(turn.m[3], turn.m[0]);
}

void body_look(const struct twin *t, int32_t i, struct body_view *out) {
  const struct body_rows *k = rows_of(t, i);
  const struct body *b = t->body;
  int r = b->row_of[i], joints = k->kind.model.joint_count;
  const struct walk_sample *s = &k->sample[r];
  *out = (struct body_view){.kind = &k->kind, .base = s->base, .contact = {s->contact[0], s->contact[1]}, .power = k->power[r], .walks = k->walk[r] != NULL,
                            .walk = k->walk[r], .time = k->began[r] > b->step ? 0 : (double)(b->step - k->began[r]) * b->dt, .origin = k->origin[r], .turned = k->upset[r].turned};
  for (int j = 0; j < joints; j++) {
    size_t at = (size_t)j * (size_t)k->stride + (size_t)r;
    const struct actuator *a = &k->kind.spec.actuator[j];
    bool driven = k->kind.spec.drive[j] >= 0;
    out->q[j] = k->q[at];
    out->heat[j] = k->winding[at];
    out->load[j] = driven ? __builtin_fabs(actuator_power(a, k->tau[at], k->qd[at], k->qdd[at], 1).motor_torque) / a->torque_peak : -1;
  }
  double up = 0, x = 0, y = 0;
  for (int f = 0; f < 2; f++) {
    double z = s->contact[f] && s->wrench[f].force.z > 0 ? s->wrench[f].force.z : 0;
    up += z;
    x += z * s->cop[f].x;
    y += z * s->cop[f].y;
  }
  out->holds = act_bears(k, r, b->step) && (k->grip[r].both || k->grip[r].width > 0);
  out->grip = k->grip[r];
  if (out->grip.both) out->grip.force = GRAVITY * k->mass[r] / 2;
  out->cop[0] = up > 0 ? x / up : s->base.position.x;
  out->cop[1] = up > 0 ? y / up : s->base.position.y;
}

const struct kind *body_kind(const struct twin *t, int32_t i) { return &rows_of(t, i)->kind; }

struct twin_bodies body_counted(const struct twin *t) {
  if (!t->body) return (struct twin_bodies){0};
  struct walks_count w = walks_counted(t->body->walks);
  struct twin_bodies n = {.steps = (long)t->body->step, .robot_steps = t->body->robot_steps, .walks_solved = w.solved, .walks_found = w.found, .walk_bytes = w.bytes,
                          .worst_residual = t->body->worst_residual};
  for (int f = 0; f < t->layout->fleet_count; f++) {
    const struct fleet_sums *s = &t->sums.fleet[f];
    n.stumbles += s->stumbles;
    n.slips += s->slips;
    n.twists += s->twists;
    n.tips += s->tips;
    n.overloads += s->overloads;
  }
  return n;
}
