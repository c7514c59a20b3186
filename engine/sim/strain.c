#include "engine/sim/strain.h"

#include <math.h>

#include "base/maths.h"
#include "engine/sim/body_state.h"
#include "engine/sim/broken.h"
#include "engine/sim/pace.h"
#include "engine/world/kind.h"
#include "robots/toll.h"

enum { WINDING, HOUSING, NODES };

// Of a make: heat for ever per W beyond standing, and the winding's share of it against its housing; how fast each gets there, 1/ns; more of that power for a heat of 1.
// share 0: not known.
struct warming { double idle, share, fast, rate[NODES], more; };

struct strain {
  struct warming *of;               // (makes)
  double        (*node)[NODES];     // (robots) heat at `since`: the winding against its housing, the housing against the air
  double         *end;              // (robots) heat for ever, as things are
  ns_t           *since;            // (robots)
};

// From a walk for ever, drive by drive. Nothing is known of one that does not walk so.
static struct warming warming_of(const struct make *m, const struct kind *k) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, m->tables.walk_speed);
  struct warming w = {.idle = m->tables.power_idle};
  struct drive_toll toll[ROBOT_JOINTS_MAX];
  struct gait_report report;
  struct gait g;
  struct error e;
  double most = 0, more = 0;
  if (gait_solve(&g, &report, &k->humanoid, &k->spec, &wish, &e) != STATUS_OK) return w;
  toll_find(toll, &k->spec, g.tau, g.qd, g.qdd, g.samples, HEAT_AMBIENT);
  double beyond = report.power - w.idle;
  gait_finish(&g, &report);
  if (!(beyond > 0)) return w;
  for (int j = 0; j < k->spec.joint_count; j++) {
    const struct actuator *a = &k->spec.actuator[j];
    const struct drive_toll *d = &toll[j];
    double winding, housing;
    if (k->spec.drive[j] < 0) continue;
    // its loss is that of cold windings: what grows is in the power
    heat_steady(a, d->copper, d->other, HEAT_AMBIENT, &winding, &housing);
    double heat = (winding - HEAT_AMBIENT) / (a->winding_limit - HEAT_AMBIENT);
    more += d->copper * (heat_copper_factor(a, winding) - 1);
    if (heat <= most) continue;
    most = heat;
    w.fast = (winding - housing) / (winding - HEAT_AMBIENT);
    w.rate[WINDING] = 1e-9 / (a->winding_capacity * a->winding_resistance);
    w.rate[HOUSING] = 1e-9 / ((a->winding_capacity + a->housing_capacity) * a->housing_resistance);
  }
  w.share = most / beyond;
  w.more = most > 0 ? more / beyond / most : 0;
  return w;
}

enum status strain_create(struct twin *t, struct error *e) {
  if (t->body) return STATUS_OK;
  struct strain *x = ARENA_NEW(&t->arena, struct strain, 1);
  if (x) {
    x->of = ARENA_NEW(&t->arena, struct warming, t->makes + 1);
    x->node = arena_alloc(&t->arena, sizeof *x->node * (size_t)(t->robots + 1), 8);
    x->end = ARENA_NEW(&t->arena, double, t->robots + 1);
    x->since = ARENA_NEW(&t->arena, ns_t, t->robots + 1);
  }
  if (!x || !x->of || !x->node || !x->end || !x->since) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for heat");
  for (int32_t m = 0; m < t->makes; m++) {
    const struct kind *k = pace_kind(t, m);
    if (k) x->of[m] = warming_of(&t->make[m], k);
  }
  t->strain = x;
  return STATUS_OK;
}

static void nodes_now(const struct twin *t, int32_t i, double out[NODES]) {
  const struct strain *x = t->strain;
  const struct warming *w = &x->of[t->robot[i].make];
  for (int n = 0; n < NODES; n++) {
    double end = x->end[i] * (n == WINDING ? w->fast : 1 - w->fast);
    out[n] = w->share > 0 ? end + (x->node[i][n] - end) * m_exp(-w->rate[n] * (double)(t->now - x->since[i])) : 0;
  }
}

static double heat_now(const struct twin *t, int32_t i) {
  double node[NODES];
  nodes_now(t, i, node);
  return node[WINDING] + node[HOUSING];
}

void strain_settle(struct twin *t, int32_t i) {
  if (!t->strain) return;
  nodes_now(t, i, t->strain->node[i]);
  t->strain->since[i] = t->now;
}

void strain_power(struct twin *t, int32_t i, double power) {
  struct strain *x = t->strain;
  const struct warming *w = &x->of[t->robot[i].make];
  double end = power > w->idle ? w->share * (power - w->idle) : 0;
  if (end == x->end[i]) return;
  strain_settle(t, i);
  x->end[i] = end;
}

double strain_warm(const struct twin *t, int32_t i, double power) {
  const struct warming *w = &t->strain->of[t->robot[i].make];
  return power > w->idle ? power + w->more * heat_now(t, i) * (power - w->idle) : power;
}

static double hottest(const struct body_rows *k, int r) {
  double most = 0;
  for (int j = 0; j < k->kind.model.joint_count; j++) {
    if (k->kind.spec.drive[j] < 0) continue;
    double share = (k->winding[(size_t)j * (size_t)k->stride + (size_t)r] - k->ambient) / (k->kind.spec.actuator[j].winding_limit - k->ambient);
    if (share > most) most = share;
  }
  return most;
}

static double most_worn(const struct body_rows *k, int r) {
  double most = 0;
  for (int j = 0; j < k->kind.model.joint_count; j++) {
    double damage = k->damage[(size_t)j * (size_t)k->stride + (size_t)r];
    if (k->kind.spec.drive[j] >= 0 && damage > most) most = damage;
  }
  return most;
}

double strain_heat(const struct twin *t, int32_t i) {
  if (t->body && t->body->row_of[i] != NONE) return hottest(rows_of(t, i), t->body->row_of[i]);
  return t->strain ? heat_now(t, i) : 0;
}

double strain_wear(const struct twin *t, int32_t i) {
  if (t->body && t->body->row_of[i] != NONE) return most_worn(rows_of(t, i), t->body->row_of[i]);
  return broken_age(t, i);
}
