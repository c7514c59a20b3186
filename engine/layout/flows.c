#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/check.h"

// ---- paths -------------------------------------------------------------------------------------

// The groups of "a -> b -> c" in order; 0 after a fault.
static int read_path(struct check *c, const struct node *n, int *groups, int most) {
  char text[SHOWN_SIZE], near[100];
  if (!read_scalar(c, n, "a path a -> b")) return 0;
  int count = 0;
  bool ok = true;
  for (const char *p = n->text;;) {
    const char *arrow = strstr(p, "->"), *end = arrow ? arrow : p + strlen(p);
    const char *b = p, *e = end;
    while (b < e && *b == ' ') b++;
    while (e > b && e[-1] == ' ') e--;
    bool tight = (arrow && (arrow == p || arrow[-1] != ' ')) || (p > n->text && b < e && p[0] != ' ');
    if (b == e) {
      check_fault(c, n, STATUS_SYNTAX, "%s: a station is missing beside the arrow", shown(n, text));
      return 0;
    }
    char name[NAME_MAX_SIZE + 2];
    size_t length = (size_t)(e - b);
    if (length > NAME_MAX_SIZE) length = NAME_MAX_SIZE + 1;
    memcpy(name, b, length);
    name[length] = 0;
    int g = name_find(c, NAMED_STATION, name);
    if (count == most) {
      check_fault(c, n, STATUS_LIMIT, "a path of more than %d stations", most);
      return 0;
    }
    if (tight) {
      check_fault(c, n, STATUS_SYNTAX, "%s: spaces are wanted around the arrow", shown(n, text));
      return 0;
    }
    if (g == NONE) {
      if (name_find(c, NAMED_FLEET, name) != NONE) check_fault(c, n, STATUS_REF, "%s is a fleet, not a station", name);
      else check_fault(c, n, STATUS_REF, "there is no station %s%s", name, name_nearest(c, NAMED_STATION, name, near, sizeof near));
      ok = false;
    }
    groups[count++] = g;
    if (!arrow) break;
    p = arrow + 2;
  }
  if (count < 2 && ok) {
    check_fault(c, n, STATUS_SYNTAX, "%s has no arrow: a -> b is wanted", shown(n, text));
    return 0;
  }
  return ok ? count : 0;
}

// what of the two ends of an arrow cannot be
static bool ends_fit(struct check *c, const struct node *n, int from, int to) {
  const struct layout *l = c->l;
  const struct station_group *a = &l->groups[from], *b = &l->groups[to];
  enum station_kind ka = l->stations[a->first].kind, kb = l->stations[b->first].kind;
  bool places_a = ka == STATION_CHARGER || ka == STATION_REPAIR || ka == STATION_DOCK;
  bool places_b = kb == STATION_CHARGER || kb == STATION_REPAIR || kb == STATION_DOCK;
  if (places_a || places_b) {
    check_fault(c, n, STATUS_CONFLICT, "%s is a %s: parts do not go there", places_a ? a->name : b->name, station_kind_name(places_a ? ka : kb));
    return false;
  }
  if (ka == STATION_SINK) {
    check_fault(c, n, STATUS_CONFLICT, "%s is a sink: nothing leaves it", a->name);
    return false;
  }
  if (kb == STATION_SOURCE) {
    check_fault(c, n, STATUS_CONFLICT, "%s is a source: nothing goes into it", b->name);
    return false;
  }
  if (a->first < b->first + b->count && b->first < a->first + a->count) {
    check_fault(c, n, STATUS_CONFLICT, "%s leads to itself", a->name);
    return false;
  }
  return true;
}

// ---- who carries -------------------------------------------------------------------------------

static bool any_fleet(const struct layout *l, bool people) {
  for (int i = 0; i < l->fleet_count; i++)
    if (l->fleets[i].people == people) return true;
  return false;
}

static void read_by(struct check *c, const struct node *n, struct flow *f) {
  char near[100], text[SHOWN_SIZE];
  if (!read_scalar(c, n, "direct, robots, people or a fleet")) return;
  if (strcmp(n->text, "direct") == 0) return;
  bool robots = strcmp(n->text, "robots") == 0, people = strcmp(n->text, "people") == 0;
  if (robots || people) {
    if (!any_fleet(c->l, people)) check_fault(c, n, STATUS_REF, "there are no %s in this layout", n->text);
    else f->by = robots ? CARRIER_ROBOTS : CARRIER_PEOPLE;
    return;
  }
  f->fleet = name_find(c, NAMED_FLEET, n->text);
  if (f->fleet != NONE) {
    f->by = CARRIER_FLEET;
    return;
  }
  word_nearest(c, "direct robots people", n->text, near, sizeof near);
  if (!near[0]) name_nearest(c, NAMED_FLEET, n->text, near, sizeof near);
  check_fault(c, n, STATUS_REF, "%s is neither direct, robots, people nor a fleet%s", shown(n, text), near);
}

// ---- one item ----------------------------------------------------------------------------------

static void add_flow(struct check *c, const struct flow *f) {
  struct layout *l = c->l;
  l->flows[l->flow_count++] = *f;
}

static void read_flow(struct check *c, const struct node *n, int line) {
  struct flow f = {.part = NONE, .fleet = NONE, .share = -1, .robots = 1, .line = line, .mark = n->mark};
  const struct node *path = n;
  duration_zero(c, &f.time);
  int errors = c->f->errors;
  if (n->kind == NODE_MAP) {
    check_map(c, n, SCOPE_FLOW, &f);
    path = node_get(n, "path");
    const struct node *by = node_get(n, "by"), *when = node_get(n, "when"), *robots = node_get(n, "robots");
    if (by) read_by(c, by, &f);
    if (when && when->kind == NODE_SCALAR) f.when = strcmp(when->text, "pass") == 0 ? WHEN_PASS : strcmp(when->text, "fail") == 0 ? WHEN_FAIL : WHEN_ANY;
    if (robots && f.robots > 1 && f.by == CARRIER_DIRECT && c->f->errors == errors)
      check_fault_key(c, robots, STATUS_CONFLICT, "nobody carries here: give by: robots");
    if (!path) return;
  } else if (n->kind == NODE_LIST) {
    check_fault(c, n, STATUS_TYPE, "a path a -> b or a map {path: a -> b, ...} is wanted, here is a list");
    return;
  }

  int groups[64], count = read_path(c, path, groups, 64);
  for (int i = 0; i + 1 < count; i++) {
    f.from = groups[i];
    f.to   = groups[i + 1];
    if (!ends_fit(c, path, f.from, f.to)) continue;
    enum station_kind kind = c->l->stations[c->l->groups[f.from].first].kind;
    if (f.when != WHEN_ANY && kind != STATION_INSPECTION) {
      check_fault_key(c, node_get(n, "when"), STATUS_CONFLICT, "only an inspection has a verdict, and %s is a %s", c->l->groups[f.from].name, station_kind_name(kind));
      continue;
    }
    const struct station *to = &c->l->stations[c->l->groups[f.to].first];
    if (to->kind == STATION_ASSEMBLY && !to->early && f.by != CARRIER_DIRECT) {
      check_fault(c, node_get(n, "by"), STATUS_CONFLICT, "%s takes its parts together, from direct flows only: give it take: early", c->l->groups[f.to].name);
      continue;
    }
    add_flow(c, &f);
  }
  if (count > 2 && f.share >= 0) check_fault_key(c, node_get(n, "share"), STATUS_CONFLICT, "a share is of one arrow, and this path has %d: write them apart", count - 1);
}

// ---- shares ------------------------------------------------------------------------------------

static int flow_cmp(const void *a, const void *b) {
  const struct flow *const *x = a, *const *y = b;
  if ((*x)->from != (*y)->from) return (*x)->from < (*y)->from ? -1 : 1;
  return *x < *y ? -1 : *x > *y;
}

static const struct node *line_node(const struct node *list, int line, const char *key) {
  const struct node *n = node_at(list, line), *v = n && n->kind == NODE_MAP ? node_get(n, key) : NULL;
  return v ? v : n;
}

// Shares of the flows that a part may take from one place: all have one, and they sum to 1.
static void check_shares_of(struct check *c, const struct node *list, struct flow *const *flow, int count, int part, enum pass_when when) {
  const struct layout *l = c->l;
  const struct flow *with = NULL, *without = NULL;
  double sum = 0;
  for (int i = 0; i < count; i++) {
    const struct flow *f = flow[i];
    if ((f->part != NONE && f->part != part) || (f->when != WHEN_ANY && f->when != when)) continue;
    if (f->share < 0) without = without ? without : f;
    else with = with ? with : f, sum += f->share;
  }
  if (!with) return;
  const char *from = l->groups[with->from].name, *of = part == NONE ? "" : " for part ", *name = part == NONE ? "" : l->parts[part].name;
  if (without) check_fault(c, line_node(list, without->line, "path"), STATUS_CONFLICT, "no share here, but another flow from %s%s%s has one: all of them or none", from, of, name);
  else if (fabs(sum - 1) > 1e-9) check_fault(c, line_node(list, with->line, "share"), STATUS_CONFLICT, "the shares of the flows from %s%s%s sum to %.10g, not to 1", from, of, name, sum);
}

static void check_shares(struct check *c, const struct node *list) {
  struct layout *l = c->l;
  bool any = false;
  for (int i = 0; i < l->flow_count && !any; i++) any = l->flows[i].share >= 0;
  if (!any) return;
  struct flow **sorted = CHECK_NEW(c, struct flow *, l->flow_count);
  for (int i = 0; i < l->flow_count; i++) sorted[i] = &l->flows[i];
  qsort(sorted, (size_t)l->flow_count, sizeof sorted[0], flow_cmp);
  char *seen = CHECK_NEW(c, char, l->part_count + 1);
  for (int i = 0, j; i < l->flow_count; i = j) {
    for (j = i; j < l->flow_count && sorted[j]->from == sorted[i]->from; j++) continue;
    any = false;
    for (int k = i; k < j && !any; k++) any = sorted[k]->share >= 0;
    if (!any) continue;

    // each part that is named, and those that are not
    bool inspection = l->stations[l->groups[sorted[i]->from].first].kind == STATION_INSPECTION;
    memset(seen, 0, (size_t)l->part_count + 1);
    int errors = c->f->errors;
    for (int k = i; k <= j && c->f->errors == errors; k++) {
      int part = k < j ? sorted[k]->part : NONE;
      if (seen[part + 1]) continue;
      seen[part + 1] = 1;
      if (inspection) {
        check_shares_of(c, list, sorted + i, j - i, part, WHEN_PASS);
        if (c->f->errors == errors) check_shares_of(c, list, sorted + i, j - i, part, WHEN_FAIL);
      } else {
        check_shares_of(c, list, sorted + i, j - i, part, WHEN_ANY);
      }
    }
  }
}

// ---- all flows ---------------------------------------------------------------------------------

static int arrows_in(const struct node *n) {
  const struct node *path = n->kind == NODE_MAP ? node_get(n, "path") : n;
  int count = 0;
  if (!path || path->kind != NODE_SCALAR) return 0;
  for (const char *p = path->text; (p = strstr(p, "->")); p += 2) count++;
  return count;
}

void check_flows(struct check *c, const struct node *root) {
  struct layout *l = c->l;
  const struct node *list = node_get(root, "flow"), *limits = node_get(root, "flow_limits");
  if (list && list->kind != NODE_LIST) {
    check_fault(c, list, STATUS_TYPE, "a list of paths [a -> b, ...] is wanted, here is %s", node_kind_text(list));
  } else if (list) {
    int64_t arrows = 0;
    for (const struct node *n = list->first; n; n = n->next) arrows += arrows_in(n);
    if (arrows > FLOWS_MAX) {
      check_fault_key(c, list, STATUS_LIMIT, "%lld arrows are more than %d", (long long)arrows, FLOWS_MAX);
    } else if (l->group_count > 0) {
      l->flows = CHECK_NEW(c, struct flow, arrows);
      int line = 0;
      for (const struct node *n = list->first; n; n = n->next) read_flow(c, n, line++);
      check_shares(c, list);
    }
  }

  if (limits && limits->kind != NODE_LIST) {
    check_fault(c, limits, STATUS_TYPE, "a list [{wip: 6, from: a, to: c}] is wanted, here is %s", node_kind_text(limits));
  } else if (limits && limits->count > 1000) {
    check_fault_key(c, limits, STATUS_LIMIT, "%d limits are more than 1000", limits->count);
  } else if (limits) {
    l->limits = CHECK_NEW(c, struct flow_limit, limits->count);
    for (const struct node *n = limits->first; n; n = n->next) {
      struct flow_limit *x = &l->limits[l->limit_count];
      int errors = c->f->errors;
      x->mark = n->mark;
      check_map(c, n, SCOPE_LIMIT, x);
      if (c->f->errors == errors) l->limit_count++;
    }
  }
}
