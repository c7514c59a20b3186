#include <string.h>

#include "engine/layout/check.h"

// Machines and their relatives: what their keys say of one another.

static void check_setup(struct check *c, const struct node *setup, struct station *s) {
  const struct node *when = node_get(setup, "when"), *every = node_get(setup, "every");
  if (when && every) check_fault_key(c, every, STATUS_CONFLICT, "when and every exclude each other: leave one out");
  if (!when && !every) check_fault_key(c, setup, STATUS_KEY, "when is missing: part-changes (or every: n)");
  s->setup_when = every ? SETUP_EVERY : when ? SETUP_PART_CHANGES : SETUP_NEVER;
}

static void check_operators(struct check *c, const struct node *n, struct station *s) {
  const struct node *during = node_get(n, "during"), *skill = node_get(n, "skill");
  if (skill) s->operators.skill = read_skill(c, skill, "a skill");
  if (during && s->operators.during == DURING_SETUP && s->setup_when == SETUP_NEVER)
    check_fault(c, during, STATUS_CONFLICT, "there is no setup to be there for");
}

// `robots: 2` is a short way to say operator: {count: 2}
static void check_robots(struct check *c, const struct node *n, struct station *s) {
  const struct node *robots = node_get(n, "robots"), *operators = node_get(n, "operator");
  if (!robots) return;
  if (operators && operators->kind == NODE_MAP && node_get(operators, "count"))
    check_fault_key(c, robots, STATUS_CONFLICT, "operator.count says how many already: leave one out");
  s->operators.count = s->robots;
}

static void check_assembly(struct check *c, const struct node *n, struct station *s) {
  const struct node *base = node_get(n, "base"), *pattern = node_get(n, "pattern");
  int64_t pieces = 0;
  for (int i = 0; i < s->need_count; i++) {
    pieces += s->needs[i].count;
    if (s->base != NONE && s->needs[i].part == s->base)
      check_fault(c, base, STATUS_CONFLICT, "%s is in needs too: the base comes beside them", c->l->parts[s->base].name);
  }
  if (base && !s->early) check_fault_key(c, base, STATUS_CONFLICT, "the parts come after the base: give take: early");
  if (pattern && s->grid[0] > 0 && (int64_t)s->grid[0] * s->grid[1] < pieces)
    check_fault(c, pattern, STATUS_CONFLICT, "a grid of %d x %d has fewer places than the %lld parts that are needed", s->grid[0], s->grid[1], (long long)pieces);
}

static void read_finds(struct check *c, const struct node *n, struct station *s) {
  const struct key *k = key_find(SCOPE_STATION, STATION_INSPECTION, "finds");
  if (n->kind != NODE_MAP || n->count == 0) {
    check_fault(c, n, STATUS_TYPE, "a map {part: share} is wanted, here is %s", n->kind == NODE_MAP ? "an empty map" : node_kind_text(n));
    return;
  }
  for (const struct node *item = n->first; item; item = item->next) {
    char near[100];
    double share;
    int part = name_find(c, NAMED_PART, item->key);
    if (part == NONE) check_fault_key(c, item, STATUS_REF, "there is no part %.40s%s", item->key, name_nearest(c, NAMED_PART, item->key, near, sizeof near));
    if (read_quantity(c, item, k, &share) && part != NONE) s->finds[part] = share;
  }
}

void check_works(struct check *c, const struct node *n, struct station *s) {
  const struct layout *l = c->l;
  const struct node *steps = node_get(n, "steps"), *time = node_get(n, "time"), *setup = node_get(n, "setup");
  const struct node *failures = node_get(n, "failures"), *operators = node_get(n, "operator"), *finds = node_get(n, "finds");
  check_robots(c, n, s);
  if (!steps && !time && s->kind == STATION_MACHINE) check_fault_key(c, n, STATUS_KEY, "time is missing: of the work on a part");
  if (setup && setup->kind == NODE_MAP) check_setup(c, setup, s);
  s->failures.given = failures != NULL;
  if (operators && operators->kind == NODE_MAP) check_operators(c, operators, s);
  if (s->kind == STATION_ASSEMBLY) check_assembly(c, n, s);
  if (steps) check_steps(c, n, s);

  if (s->kind == STATION_INSPECTION) {
    s->finds = CHECK_NEW(c, double, l->part_count > 0 ? l->part_count : 1);
    for (int i = 0; i < l->part_count; i++) s->finds[i] = -1;
    if (finds) read_finds(c, finds, s);
  }

  // the planned time of a part is the mean of its work, which a batch shares
  if (!node_get(n, "ideal") && time) {
    double sum = 0;
    int count = 0;
    for (int i = 0; s->time.given && i < l->part_count; i++)
      if (s->time.by_part && s->time.by_part[i]) sum += distribution_mean(s->time.by_part[i]), count++;
    s->ideal = count ? sum / count / (s->batch > 1 ? s->batch : 1) : 0;
  }
}
