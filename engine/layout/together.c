#include <string.h>

#include "engine/layout/check.h"

// What several parts of a layout say of one another: places and floor, carriers and their ends,
// operators and fleets, chargers and models.

static const struct node *section(const struct node *root, const char *name) {
  const struct node *n = node_get(root, name);
  return n && n->kind == NODE_MAP ? n : NULL;
}

static const struct node *key_or_self(const struct node *n, const char *key) {
  const struct node *v = n->kind == NODE_MAP ? node_get(n, key) : NULL;
  return v ? v : n;
}

// ---- floor -------------------------------------------------------------------------------------

static void check_places(struct check *c, const struct node *root) {
  struct layout *l = c->l;
  const struct node *stations = section(root, "stations"), *floor = node_get(root, "floor");
  const struct node *placed = NULL;
  int g = 0;
  for (const struct node *n = stations ? stations->first : NULL; n && !placed; n = n->next, g++)
    if (g < l->group_count && l->stations[l->groups[g].first].placed) placed = n;
  l->has_floor = placed != NULL;
  if (placed && !floor) check_fault_key(c, placed, STATUS_CONFLICT, "has a place, but the layout has no floor: give floor: {size: [w, d]}");
  if (!placed && floor && !c->stations_wrong) check_warn(c, floor, STATUS_CONFLICT, "no station has a place: this is a logical line and its floor plays no part");
}

// ---- fleets ------------------------------------------------------------------------------------

static void check_fleet(struct check *c, const struct node *n, const struct fleet *f) {
  const struct layout *l = c->l;
  if (f->home != NONE && l->has_floor && !l->stations[l->groups[f->home].first].placed)
    check_fault(c, key_or_self(n, "home"), STATUS_CONFLICT, "%s has no place on the floor", l->groups[f->home].name);
  const struct node *failures = n->kind == NODE_MAP ? node_get(n, "failures") : NULL;
  if (failures && f->failures.by != NONE && !c->fleets_wrong && fleet_at_once(&l->fleets[f->failures.by]) == 0)
    check_fault(c, key_or_self(failures, "by"), STATUS_CONFLICT, "nobody is in %s", l->fleets[f->failures.by].name);
  if (!f->model || c->stations_wrong) return;
  if (!l->has_floor) {
    check_fault(c, key_or_self(n, "model"), STATUS_CONFLICT, "robots with a model need a floor and places: leave the model out in a logical line");
    return;
  }
  // a model charges as its charger can
  for (int i = 0; i < l->station_count; i++) {
    const struct station *s = &l->stations[i];
    if (s->kind != STATION_CHARGER || s->power > 0 || s->swaps || (i > 0 && s[-1].group == s->group)) continue;
    fault_add(c->f, FAULT_ERROR, STATUS_KEY, s->mark, "stations.%s: power is missing (or swap and packs): fleet %s has a model", l->groups[s->group].name, f->name);
  }
}

static void check_all_fleets(struct check *c, const struct node *root) {
  const struct layout *l = c->l;
  int row = 0;
  for (int people = 0; people < 2; people++) {
    const struct node *map = section(root, people ? "people" : "robots");
    for (const struct node *n = map ? map->first : NULL; n && row < l->fleet_count; n = n->next, row++) check_fleet(c, n, &l->fleets[row]);
  }
}

// ---- stations ----------------------------------------------------------------------------------

// those of the fleets (all, when none is named) that can be there
static int64_t people_in(const struct layout *l, const int *fleet, int count) {
  int64_t sum = 0;
  for (int i = 0; i < (count ? count : l->fleet_count); i++) sum += fleet_at_once(&l->fleets[count ? fleet[i] : i]);
  return sum;
}

static void check_station(struct check *c, const struct node *n, const struct station *s) {
  const struct layout *l = c->l;
  const struct node *operators = node_get(n, "operator"), *failures = node_get(n, "failures");
  if (!operators) operators = node_get(n, "robots");
  if (operators && s->operators.count > 0) {
    const struct node *by = key_or_self(operators, "by");
    int64_t people = people_in(l, s->operators.by, s->operators.by_count);
    bool named = by != operators;
    if (l->fleet_count == 0) check_fault_key(c, operators, STATUS_REF, "there are no robots and no people in this layout");
    else if (!c->fleets_wrong && people < s->operators.count && (!named || s->operators.by_count > 0))
      check_fault(c, key_or_self(operators, "count"), STATUS_CONFLICT, "%d must be there at once, but %s %lld in all", s->operators.count, named ? "those in `by` are" : "the fleets are", (long long)people);
    if (l->has_floor && !s->placed) check_fault_key(c, operators, STATUS_CONFLICT, "the station has no place where an operator could stand: give `at`");
  }
  if (failures && s->failures.by != NONE) {
    const struct node *by = key_or_self(failures, "by");
    if (!c->fleets_wrong && fleet_at_once(&l->fleets[s->failures.by]) == 0) check_fault(c, by, STATUS_CONFLICT, "nobody is in %s", l->fleets[s->failures.by].name);
    if (l->has_floor && !s->placed) check_fault(c, by, STATUS_CONFLICT, "the station has no place where somebody could stand to mend it: give `at`");
  }
  const struct node *rework = node_get(n, "rework");
  if (rework && s->rework_to != NONE) {
    const struct node *to = key_or_self(rework, "to");
    enum station_kind k = l->stations[l->groups[s->rework_to].first].kind;
    if (k == STATION_SOURCE || k == STATION_CHARGER || k == STATION_REPAIR || k == STATION_DOCK)
      check_fault(c, to, STATUS_CONFLICT, "%s is a %s: parts do not go there", l->groups[s->rework_to].name, station_kind_name(k));
    else if (s->rework_to == s->group)
      check_fault(c, to, STATUS_CONFLICT, "%s sends its rework to itself", l->groups[s->rework_to].name);
  }
}

// Robots walk to these: off the floor nobody gets there.
static void check_walked_to(struct check *c, const struct node *n, const struct station *s) {
  if (!c->l->has_floor || s->placed || (s->kind != STATION_CHARGER && s->kind != STATION_DOCK && s->kind != STATION_REPAIR)) return;
  check_fault_key(c, n, STATUS_UNREACHABLE, "a %s needs a place on the floor: give `at`", station_kind_name(s->kind));
}

static void check_all_stations(struct check *c, const struct node *root) {
  const struct layout *l = c->l;
  const struct node *map = section(root, "stations");
  int g = 0;
  if (l->station_count == 0) return;
  for (const struct node *n = map ? map->first : NULL; n; n = n->next, g++)
    if (n->kind == NODE_MAP) {
      check_station(c, n, &l->stations[l->groups[g].first]);
      check_hands(c, n, &l->groups[g]);
      check_walked_to(c, n, &l->stations[l->groups[g].first]);
    }
}

// ---- flows -------------------------------------------------------------------------------------

static int64_t carriers_of(const struct layout *l, const struct flow *f) {
  int64_t sum = 0;
  for (int i = 0; i < l->fleet_count; i++) {
    const struct fleet *x = &l->fleets[i];
    if (f->by == CARRIER_FLEET ? i == f->fleet : x->people == (f->by == CARRIER_PEOPLE)) sum += fleet_at_once(x);
  }
  return sum;
}

static void check_carriers(struct check *c, const struct node *root) {
  const struct layout *l = c->l;
  const struct node *list = node_get(root, "flow"), *n = list && list->kind == NODE_LIST ? list->first : NULL;
  int line = 0;
  for (int i = 0; i < l->flow_count; i++) {
    const struct flow *f = &l->flows[i];
    if (f->by == CARRIER_DIRECT) continue;
    while (n && line < f->line) n = n->next, line++;
    if (!n) return;
    for (int end = 0; l->has_floor && end < 2; end++) {
      const struct station_group *g = &l->groups[end ? f->to : f->from];
      if (!l->stations[g->first].placed) check_fault(c, key_or_self(n, "by"), STATUS_UNREACHABLE, "%s has no place on the floor: only direct flows touch it", g->name);
    }
    int64_t carriers = carriers_of(l, f);
    const struct node *robots = key_or_self(n, "robots");
    if (c->fleets_wrong) continue;
    if (carriers == 0) check_fault(c, key_or_self(n, "by"), STATUS_CONFLICT, "nobody is there to carry");
    else if (carriers < f->robots) check_fault(c, robots, STATUS_CONFLICT, "%d carry one part together, but the fleets have %lld in all", f->robots, (long long)carriers);
  }
}

void check_together(struct check *c, const struct node *root) {
  check_places(c, root);
  check_all_fleets(c, root);
  check_all_stations(c, root);
  check_carriers(c, root);
  const struct node *orders = node_get(root, "orders");
  if (orders && !c->l->orders_from && c->f->errors == 0) check_fault_key(c, orders, STATUS_CONFLICT, "no source releases them: one with `makes: orders` does");
}
