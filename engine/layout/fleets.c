#include <string.h>

#include "engine/layout/check.h"

// model or typed values, not both
static void model_or_typed(struct check *c, const struct node *map, struct fleet *f) {
  static const char *const typed[] = {"speed", "handling", "runs", "charges", "falls", "gives_up"};
  const struct node *model = node_get(map, "model");
  if (model && f->model && !name_valid(f->model, strlen(f->model)))
    check_fault(c, model, STATUS_TYPE, "a model is the name of a folder: a letter first, then letters, digits, - and _");
  for (int i = 0; i < 6; i++) {
    const struct node *n = node_get(map, typed[i]);
    if (model && n) check_fault_key(c, n, STATUS_CONFLICT, "a fleet with a model has its own: leave out %s or model", typed[i]);
  }
  const struct node *pace = node_get(map, "pace");
  if (pace && !model) check_fault_key(c, pace, STATUS_CONFLICT, "only a fleet with a model has a pace: a typed one has speed");
  const struct node *revision = node_get(map, "revision");
  if (revision && !model) check_fault_key(c, revision, STATUS_CONFLICT, "only a fleet with a model has revisions");
  else check_revision_name(c, revision, f->revision);
  const struct node *runs = node_get(map, "runs"), *charges = node_get(map, "charges");
  if (runs && !charges) check_fault_key(c, runs, STATUS_CONFLICT, "runs needs charges: the time from empty to full");
  if (charges && !runs) check_fault_key(c, charges, STATUS_CONFLICT, "charges needs runs: what a full charge lasts");
}

static void read_fleet(struct check *c, const struct node *n, struct fleet *f, bool people) {
  enum scope scope = people ? SCOPE_PEOPLE : SCOPE_ROBOTS;
  f->name   = arena_text(c->a, n->key, strnlen(n->key, NAME_MAX_SIZE));
  f->mark   = n->key_mark;
  f->people = people;
  f->home = f->shift = f->failures.by = NONE;
  f->battery = 1;
  if (!people) check_defaults(c, SCOPE_CHARGING, -1, f);
  f->handling = f->falls_for = f->gives_up_for = *c->zero[0];
  check_map(c, n, scope, f);
  f->count_max = f->count + f->spares;
  if (n->kind != NODE_MAP) return;
  check_skills(c, n, f);
  f->failures.given = node_get(n, "failures") != NULL;

  if (people) return;
  model_or_typed(c, n, f);
  const struct node *charging = node_get(n, "charging");
  if (charging && f->charge_below >= f->charge_until)
    check_fault(c, charging, STATUS_CONFLICT, "below (%.10g) must be less than until (%.10g)", f->charge_below, f->charge_until);
}

void check_fleets(struct check *c, const struct node *root) {
  struct layout *l = c->l;
  int row = 0;
  int64_t total = 0;
  for (int people = 0; people < 2; people++) {
    const struct node *map = node_get(root, people ? "people" : "robots");
    if (!map) continue;
    if (map->kind != NODE_MAP) {
      check_fault(c, map, STATUS_TYPE, "a map {NAME: {...}} is wanted, here is %s", node_kind_text(map));
      continue;
    }
    if (row + map->count > l->fleet_count) continue;
    for (const struct node *n = map->first; n; n = n->next, row++) {
      read_fleet(c, n, &l->fleets[row], people);
      total += l->fleets[row].count_max;
      if (total > ROBOTS_MAX && total - l->fleets[row].count_max <= ROBOTS_MAX)
        check_fault_key(c, n, STATUS_LIMIT, "with this one there are %lld robots and people, more than %d", (long long)total, ROBOTS_MAX);
    }
  }
}
