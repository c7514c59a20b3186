#include "engine/sim/strain.h"

#include "base/maths.h"
#include "engine/sim/body_state.h"
#include "engine/sim/broken.h"
#include "engine/sim/pace.h"
#include "engine/world/kind.h"
#include "robots/toll.h"

#define SPREAD  1.6                 // the hottest drive of the legs against their mean, so that walking is as warm as at body fidelity

// Of a make: share of heat for ever per W beyond standing, and how fast it gets there; more of that power for a share of heat. rate 0: not known.
struct warming { double idle, share, rate, more; };

struct strain {
  struct warming *of;               // (makes)
  double         *heat, *end;       // (robots) share at `since`; for ever, as things are
  ns_t           *since;            // (robots)
};

static struct warming warming_of(const struct make *m, const struct kind *k) {
  struct warming w = {0};
  const struct humanoid *h = &k->humanoid;
  double worst = 0;
  int    drives = 0;
  for (int side = 0; side < 2; side++)
    for (int n = 0; n < h->leg[side].count; n++) {
      int j = h->leg[side].joint[n];
      const struct actuator *a = &k->spec.actuator[j];
      if (k->spec.drive[j] < 0) continue;
      drives++;
      double share = (a->winding_resistance + a->housing_resistance) / (a->winding_limit - HEAT_AMBIENT);
      if (share <= worst) continue;
      worst = share;
      w.rate = 1e-9 / ((a->winding_capacity + a->housing_capacity) * a->housing_resistance);
    }
  if (drives > 0) w.share = SPREAD * worst / drives;
  w.idle = m->tables.power_idle;
  return w;
}

// What warm windings of a walk for ever take beyond cold ones, as a share of its power beyond standing and for its share of heat. 0 where it does not walk so, or would get
// warmer for ever.
static double more_of(const struct make *m, const struct kind *k, const struct warming *w) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, m->tables.walk_speed);
  struct drive_toll toll[ROBOT_JOINTS_MAX];
  struct gait_report report;
  struct gait g;
  struct error e;
  double more = 0;
  if (gait_solve(&g, &report, &k->humanoid, &k->spec, &wish, &e) != STATUS_OK) return 0;
  toll_find(toll, &k->spec, g.tau, g.qd, g.qdd, g.samples, HEAT_AMBIENT);
  for (int j = 0; j < k->spec.joint_count; j++)
    if (k->spec.drive[j] >= 0) more += toll[j].copper * (heat_copper_factor(&k->spec.actuator[j], toll[j].winding) - 1);
  double beyond = report.power - w->idle;
  more = beyond > 0 && w->share > 0 && more < beyond ? more / beyond / (w->share * beyond) : 0;
  gait_finish(&g, &report);
  return more;
}

enum status strain_create(struct twin *t, struct error *e) {
  if (t->body) return STATUS_OK;
  struct strain *x = ARENA_NEW(&t->arena, struct strain, 1);
  if (x) {
    x->of = ARENA_NEW(&t->arena, struct warming, t->makes + 1);
    x->heat = ARENA_NEW(&t->arena, double, t->robots + 1);
    x->end = ARENA_NEW(&t->arena, double, t->robots + 1);
    x->since = ARENA_NEW(&t->arena, ns_t, t->robots + 1);
  }
  if (!x || !x->of || !x->heat || !x->end || !x->since) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for heat");
  for (int32_t m = 0; m < t->makes; m++) {
    const struct kind *k = pace_kind(t, m);
    if (!k) continue;
    x->of[m] = warming_of(&t->make[m], k);
    x->of[m].more = more_of(&t->make[m], k, &x->of[m]);
  }
  t->strain = x;
  return STATUS_OK;
}

static double heat_now(const struct twin *t, int32_t i) {
  const struct strain *x = t->strain;
  double rate = x->of[t->robot[i].make].rate;
  return rate > 0 ? x->end[i] + (x->heat[i] - x->end[i]) * m_exp(-rate * (double)(t->now - x->since[i])) : 0;
}

void strain_power(struct twin *t, int32_t i, double power) {
  struct strain *x = t->strain;
  const struct warming *w = &x->of[t->robot[i].make];
  double end = power > w->idle ? w->share * (power - w->idle) : 0;
  if (w->rate <= 0 || end == x->end[i]) return;
  x->heat[i] = heat_now(t, i);
  x->since[i] = t->now;
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
