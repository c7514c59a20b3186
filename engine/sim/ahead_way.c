#include "engine/sim/ahead_way.h"

#include "engine/sim/estimate.h"

bool ahead_works(enum station_kind k) { return k >= STATION_MACHINE && k <= STATION_INSPECTION && k != STATION_CONVEYOR; }

static double setup_of(const struct station *s, int type) {
  if (s->setup_when != SETUP_PART_CHANGES || !s->setup.given || !s->setup.by_part[type]) return 0;
  return distribution_mean(s->setup.by_part[type]);
}

// The fleet that a flow is carried by: its own, or the first that may.
static int carrier_of(const struct layout *l, const struct flow *f) {
  if (f->by == CARRIER_FLEET) return f->fleet;
  for (int k = 0; k < l->fleet_count && f->by != CARRIER_DIRECT; k++)
    if (l->fleets[k].people == (f->by == CARRIER_PEOPLE)) return k;
  return NONE;
}

static bool carries_from(const struct layout *l, int fleet, int group) {
  for (int k = 0; k < l->flow_count; k++)
    if (l->flows[k].from == group && carrier_of(l, &l->flows[k]) == fleet) return true;
  return false;
}

static bool operates(const struct station *s, int fleet) {
  if (s->operators.count == 0 && s->step_count == 0) return false;
  for (int k = 0; k < s->operators.by_count; k++)
    if (s->operators.by[k] == fleet) return true;
  return s->operators.by_count == 0;
}

// Mean walk of that fleet to station `to` from all the places where it works.
static double approach(const struct twin *t, int fleet, int32_t to) {
  const struct layout *l = t->layout;
  double sum = 0;
  int    n = 0;
  for (int g = 0; g < l->group_count; g++) {
    int32_t s = l->groups[g].first;
    bool    ends = false;           // it sets something down there
    for (int k = 0; k < l->flow_count; k++) ends = ends || (l->flows[k].to == g && carrier_of(l, &l->flows[k]) == fleet);
    if (!ends && !operates(&l->stations[s], fleet)) continue;
    sum += estimate_walk(t, fleet, s, to);
    n++;
  }
  return n > 0 ? sum / n : 0;
}

static void add_flow(const struct twin *t, const struct flow *f, int32_t from, int32_t to, int type, struct carry *c) {
  int fleet = carrier_of(t->layout, f);
  double time = estimate_carry(t, f, from, to, type);
  if (fleet == NONE || (c->fleet != NONE && c->fleet != fleet)) {
    // nobody, or another one than before: only its time counts
    c->lag += time;
    return;
  }
  if (c->fleet == fleet) c->time += c->approach;        // and back for the next walk
  c->fleet = fleet;
  c->robots = f->robots;
  c->time += time;
  c->approach = carries_from(t->layout, fleet, f->from) ? approach(t, fleet, from) : 0;
}

static void set_crew(const struct twin *t, struct stage *x, int32_t s) {
  const struct station *plan = &t->layout->stations[s];
  x->crew = NONE;
  if (plan->operators.count == 0 && plan->step_count == 0) return;
  for (int f = 0; f < t->layout->fleet_count && x->crew == NONE; f++)
    if (operates(plan, f)) x->crew = f;
  if (x->crew == NONE) return;
  x->heads = plan->operators.count > 0 ? plan->operators.count : 1;
  x->approach = approach(t, x->crew, s);
}

bool ahead_way(const struct twin *t, int32_t group, int type, struct routing *r) {
  const struct layout *l = t->layout;
  *r = (struct routing){.last.fleet = NONE};
  struct carry c = {.fleet = NONE};
  for (int steps = 0; steps < l->group_count + 1; steps++) {
    const struct flow *f = NULL;
    for (int k = 0; k < l->flow_count && !f; k++)
      if (l->flows[k].from == group && (l->flows[k].part == NONE || l->flows[k].part == type) && l->flows[k].when != WHEN_FAIL) f = &l->flows[k];
    if (!f) return false;
    int32_t from = l->groups[group].first, to = l->groups[f->to].first;
    add_flow(t, f, from, to, type, &c);
    group = l->stations[to].group;
    const struct station *s = &l->stations[l->groups[group].first];
    if (s->kind == STATION_SINK) {
      r->last = c;
      return r->stages > 0;
    }
    if (!ahead_works(s->kind)) {
      if (s->kind == STATION_CONVEYOR) c.lag += estimate_own(t, to, type);
      continue;
    }
    for (int k = 0; k < r->stages; k++)
      if (r->stage[k].group == group) return false;
    if (r->stages == STAGES_MAX) return false;
    int made = s->makes.kind == MAKES_MIX && s->makes.count > 0 ? s->makes.mix[0].part : type;
    struct stage *x = &r->stage[r->stages++];
    *x = (struct stage){.group = group, .time = estimate_own(t, l->groups[group].first, type) / (s->batch > 1 ? s->batch : 1), .setup = setup_of(s, type), .carry = c};
    set_crew(t, x, l->groups[group].first);
    c = (struct carry){.fleet = NONE};
    type = made;
  }
  return false;
}
