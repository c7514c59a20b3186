#include "engine/sim/estimate.h"

#include <math.h>

#include "engine/sim/carry.h"
#include "engine/sim/robot.h"
#include "engine/sim/work.h"

#define HELP_WORK   60.0F            // s   with a robot that needs somebody; a guess
#define ROUNDS_MAX  1000            // of looking for quicker ways: as many as a way has stations

static double mean_of(const struct duration *d, int type) {
  if (!d->given) return 0;
  const struct distribution *one = d->by_part[type];
  return one ? distribution_mean(one) : 0;
}

static double handling(const struct twin *t, int32_t f, double mass) {
  const struct fleet_row *row = &t->fleet[f];
  if (row->typed) return 2 * distribution_mean(&t->layout->fleets[f].handling);
  return robot_pick_time(&t->make[row->first_make].tables, HAND_TRAVEL, mass, HAND_SINGLE) + robot_place_time(&t->make[row->first_make].tables, HAND_TRAVEL, mass, 0);
}

double estimate_hands(const struct twin *t, int32_t f, double mass) { return handling(t, f, mass) / 2; }

double estimate_walk(const struct twin *t, int32_t f, int32_t from, int32_t to) {
  const struct fleet_row *row = &t->fleet[f];
  if (row->routes == NONE || t->stand[from] == NONE || t->stand[to] == NONE || t->stand[from] == t->stand[to]) return 0;
  double speed = row->typed ? row->speed : t->make[row->first_make].tables.walk_speed;
  if (speed <= 0) return 0;
  double s = routes_time(t->routes[row->routes], t->stand[from], t->stand[to], speed);
  return s < 0 ? 0 : s + (row->typed ? 0 : t->make[row->first_make].tables.start_stop);
}

double estimate_carry(const struct twin *t, const struct flow *f, int32_t from, int32_t to, int type) {
  double s = mean_of(&f->time, type);
  if (f->by == CARRIER_DIRECT) return s;
  const struct layout *l = t->layout;
  for (int k = 0; k < l->fleet_count; k++) {
    bool may = f->by == CARRIER_FLEET ? k == f->fleet : l->fleets[k].people == (f->by == CARRIER_PEOPLE);
    if (may) return s + estimate_walk(t, k, from, to) + handling(t, k, l->parts[type].mass);
  }
  return s;
}

// ---- the rest of an order -----------------------------------------------------------------------------

static float *rest_in(const struct twin *t, int32_t s, int type) { return &t->rest[((size_t)s * (size_t)t->layout->part_count + (size_t)type) * 2]; }
static float *rest_out(const struct twin *t, int32_t s, int type) { return rest_in(t, s, type) + 1; }

static int made_of(const struct station *s, int type) { return s->makes.kind == MAKES_MIX && s->makes.count > 0 && s->kind != STATION_SOURCE ? s->makes.mix[0].part : type; }

double estimate_own(const struct twin *t, int32_t row, int type) {
  const struct station *s = &t->layout->stations[row];
  if (s->step_count) return work_mean(t, row);
  if (s->kind == STATION_CONVEYOR) return s->speed > 0 ? s->length / s->speed : 0;
  double mean = mean_of(&s->time, type);
  return mean > 0 ? mean : mean_of(&s->time, made_of(s, type));
}

static bool shorten(float *to, double s) {
  if (!((float)s < *to)) return false;
  *to = (float)s;
  return true;
}

// One look along every flow, last first; true when some way got shorter.
static bool look(struct twin *t) {
  const struct layout *l = t->layout;
  bool changed = false;
  for (int k = l->flow_count - 1; k >= 0; k--) {
    const struct flow *f = &l->flows[k];
    int32_t from = l->groups[f->from].first, to = l->groups[f->to].first;
    for (int type = 0; type < l->part_count; type++) {
      if (f->part != NONE && f->part != type) continue;
      double ahead = *rest_in(t, to, type);
      if (ahead < INFINITY) changed |= shorten(rest_out(t, from, type), ahead + estimate_carry(t, f, from, to, type));
    }
  }
  for (int32_t s = l->station_count - 1; s >= 0; s--) {
    const struct station *plan = &l->stations[s];
    if (l->groups[plan->group].first != s) continue;
    for (int type = 0; type < l->part_count; type++) {
      double ahead = *rest_out(t, s, made_of(plan, type));
      if (ahead < INFINITY) changed |= shorten(rest_in(t, s, type), ahead + estimate_own(t, s, type));
    }
  }
  return changed;
}

bool estimate_create(struct twin *t) {
  const struct layout *l = t->layout;
  bool dated = false;
  for (int k = 0; k < l->order_count; k++) dated |= l->orders[k].due < NS_NEVER;
  if (!dated) return true;
  size_t n = (size_t)l->station_count * (size_t)l->part_count * 2;
  t->rest = ARENA_NEW(&t->arena, float, n + 1);
  if (!t->rest) return false;
  for (size_t k = 0; k < n; k++) t->rest[k] = INFINITY;
  for (int32_t s = 0; s < l->station_count; s++)
    for (int type = 0; type < l->part_count && l->stations[s].kind == STATION_SINK; type++) *rest_in(t, s, type) = 0;
  for (int k = 0; k < ROUNDS_MAX && look(t); k++) {}
  // copies are alike
  for (int32_t s = 0; s < l->station_count; s++) {
    int32_t first = l->groups[l->stations[s].group].first;
    for (int type = 0; type < l->part_count && first != s; type++) {
      *rest_in(t, s, type) = *rest_in(t, first, type);
      *rest_out(t, s, type) = *rest_out(t, first, type);
    }
  }
  return true;
}

// ---- jobs -----------------------------------------------------------------------------------------------

static float known(float s) { return s < INFINITY ? s : 0; }

static double weight_of(int priority) { return priority >= 0 ? 1.0 + priority : 1.0 / (1 - priority); }

// Once a job: what it carries and where to stays the same, or nearly.
static void expect(struct twin *t, struct job *a, const struct part *part) {
  const struct layout *l = t->layout;
  a->rest = 0;
  if (a->kind == JOB_HELP) {
    a->work = HELP_WORK;
    return;
  }
  if (a->kind == JOB_CARRY) {
    a->work = (float)estimate_carry(t, &l->flows[t->edge[a->edge].flow], a->from, a->to, part->type);
    if (t->rest) a->rest = known(*rest_in(t, a->to, part->type));
    return;
  }
  const struct station *plan = &l->stations[a->from];
  double work = a->kind == JOB_MEND ? distribution_mean(&plan->failures.down) : part ? mean_of(&plan->time, part->type) : 0;
  if (plan->step_count && a->kind != JOB_MEND) work = work_mean(t, a->from);
  if (work == 0 && a->kind != JOB_MEND) work = plan->ideal;
  a->work = (float)work;
  if (part && t->rest) a->rest = known(*rest_out(t, a->from, made_of(plan, part->type)));
}

double estimate_reach(struct twin *t, uint32_t j) {
  struct job *a = &t->job[j];
  if (a->reach < 0) {
    const struct layout *l = t->layout;
    const struct flow *w = &l->flows[t->edge[a->edge].flow];
    int type = t->part[a->part].type, f = w->by == CARRIER_FLEET ? w->fleet : 0;
    while (w->by != CARRIER_FLEET && f + 1 < l->fleet_count && l->fleets[f].people != (w->by == CARRIER_PEOPLE)) f++;
    a->reach = (float)(mean_of(&w->time, type) + estimate_hands(t, f, l->parts[type].mass) + estimate_walk(t, f, a->from, a->to));
  }
  return (double)a->reach;
}

struct estimate_job estimate_job(struct twin *t, uint32_t j) {
  struct job *a = &t->job[j];
  const struct layout *l = t->layout;
  uint32_t p = a->kind == JOB_CARRY ? a->part : a->kind == JOB_HELP ? 0 : t->server[a->server].first_part;
  const struct part *part = p ? &t->part[p] : NULL;
  if (a->work < 0) expect(t, a, part);
  struct estimate_job e = {.work = (double)a->work, .rest = (double)a->rest, .due = INFINITY, .weight = 1};
  if (!part) return e;
  int priority = l->parts[part->type].priority;
  if (part->order) {
    const struct order *o = &l->orders[part->order - 1];
    priority += o->priority;
    if (o->due < NS_NEVER) e.due = ns_to_seconds(o->due) - ns_to_seconds(t->now);
  }
  e.weight = weight_of(priority);
  return e;
}
