#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/maths.h"
#include "engine/layout/check.h"

const char *station_kind_name(enum station_kind k) {
  static const char *const names[STATION_KINDS] = {
    "source", "sink", "buffer", "rack", "bin", "machine", "assembly", "disassembly", "sorter",
    "conveyor", "inspection", "charger", "repair", "dock"
  };
  return (unsigned)k < STATION_KINDS ? names[k] : "station";
}

// ---- sources -----------------------------------------------------------------------------------

static void read_sequence(struct check *c, const struct node *n, struct makes *m) {
  static const struct key number = {.name = "makes", .min = 1, .max = 1e9};
  if (n->count == 0 || n->count > 10000) {
    check_fault(c, n, STATUS_LIMIT, "a sequence has 1 to 10000 items, here are %d", n->count);
    return;
  }
  struct part_count *v = CHECK_NEW(c, struct part_count, n->count);
  int i = 0;
  for (const struct node *item = n->first; item; item = item->next) {
    char near[100];
    int64_t count;
    if (item->kind != NODE_MAP || item->count != 1) {
      check_fault(c, item, STATUS_TYPE, "one {part: number} is wanted for each item of a sequence");
      continue;
    }
    int part = name_find(c, NAMED_PART, item->first->key);
    if (part == NONE) {
      check_fault_key(c, item->first, STATUS_REF, "there is no part %.40s%s", item->first->key, name_nearest(c, NAMED_PART, item->first->key, near, sizeof near));
      continue;
    }
    if (read_integer(c, item->first, &number, &count)) v[i++] = (struct part_count){part, (int)count};
  }
  *m = (struct makes){.kind = MAKES_SEQUENCE, .count = i, .sequence = v};
}

// Released when their time has come: there is nothing to draw, to count or to turn away.
static void makes_orders(struct check *c, const struct node *n, struct station *s) {
  static const char *const own[] = {"first", "batch", "limit", "when_full", "copies"};
  struct layout *l = c->l;
  if (!node_get(c->tree->root, "orders")) check_fault(c, n, STATUS_REF, "there are no `orders` in this layout");
  if (l->orders_from) check_fault(c, n, STATUS_CONFLICT, "%s releases the orders already: one source does", l->orders_from);
  for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
    const struct node *other = node_get(n->parent, own[k]);
    if (other) check_fault_key(c, other, STATUS_CONFLICT, "the orders say what is released, how many and when: leave out %s", own[k]);
  }
  l->orders_from = l->groups[s->group].name;
  s->makes = (struct makes){.kind = MAKES_ORDERS, .mix = CHECK_NEW(c, struct part_share, l->part_count > 0 ? l->part_count : 1)};
  s->limit = 0;
  for (int k = 0; k < l->order_count; k++) s->limit += l->orders[k].quantity;
  double total = (double)s->limit;
  for (int k = 0; k < l->order_count; k++) {
    int i = 0;
    while (i < s->makes.count && s->makes.mix[i].part != l->orders[k].product) i++;
    if (i == s->makes.count) s->makes.mix[s->makes.count++] = (struct part_share){l->orders[k].product, 0};
    s->makes.mix[i].share += (double)l->orders[k].quantity / total;
  }
}

static void read_makes(struct check *c, const struct node *n, struct station *s) {
  const struct key *k = key_find(SCOPE_STATION, s->kind, "makes");
  bool source = s->kind == STATION_SOURCE;
  if (source && n->kind == NODE_SCALAR && strcmp(n->text, "orders") == 0) {
    makes_orders(c, n, s);
    return;
  }
  if (n->kind == NODE_LIST) {
    if (source) read_sequence(c, n, &s->makes);
    else check_fault(c, n, STATUS_TYPE, "only a source makes a sequence; a part or a mix {part: share} is wanted");
    return;
  }
  if (read_mix(c, n, k, &s->makes.mix, &s->makes.count)) s->makes.kind = MAKES_MIX;
}

// ---- stores ------------------------------------------------------------------------------------

static void check_store(struct check *c, const struct node *n, struct station *s) {
  const struct node *capacity = node_get(n, "capacity"), *slots = node_get(n, "slots"), *pattern = node_get(n, "pattern");
  const struct node *levels = node_get(n, "levels"), *holds = node_get(n, "holds");
  if (!capacity) s->capacity = INT32_MAX;
  if (s->kind != STATION_BUFFER) {
    if (s->level_count == 0) {
      s->levels = CHECK_NEW(c, double, 1);
      s->levels[0] = s->height;
      s->level_count = 1;
    }
    for (int i = 1; levels && i < s->level_count; i++)
      if (s->levels[i] <= s->levels[i - 1]) {
        check_fault(c, node_at(levels, i), STATUS_CONFLICT, "levels go upwards: %.10g m is not above %.10g m", s->levels[i], s->levels[i - 1]);
        break;
      }
    if (slots && pattern) check_fault_key(c, pattern, STATUS_CONFLICT, "slots and pattern both say where parts lie: leave one out");
    int64_t places = slots ? (int64_t)s->slots[0] * s->slots[1] : pattern ? (int64_t)s->grid[0] * s->grid[1] : 0;
    if (places > 0) {
      places *= s->level_count;
      if (capacity) check_fault_key(c, capacity, STATUS_CONFLICT, "the capacity is levels x slots (%lld): leave it out", (long long)places);
      if (places > 1000000) check_fault_key(c, slots ? slots : pattern, STATUS_LIMIT, "%lld places are more than 1000000", (long long)places);
      else s->capacity = (int)places;
    }
  }
  int64_t held = 0;
  for (int i = 0; i < s->holds_count; i++) held += s->holds[i].count;
  if (holds && held > s->capacity) check_fault(c, holds, STATUS_RANGE, "%lld parts are more than the capacity of %d", (long long)held, s->capacity);
}

// ---- conveyors ---------------------------------------------------------------------------------

static void check_conveyor(struct check *c, const struct node *n, struct station *s) {
  const struct node *path = node_get(n, "path"), *length = node_get(n, "length");
  if (path && length) check_fault_key(c, length, STATUS_CONFLICT, "the path has a length already: leave out length or path");
  if (!path && !length) check_fault_key(c, n, STATUS_KEY, "path is missing (or length, in a logical line)");
  if (path) {
    struct polygon p;
    if (!read_points(c, path, key_find(SCOPE_STATION, -1, "path"), 2, &p)) return;
    s->placed = true;
    s->path_count = p.count;
    s->path = p.point;
    s->length = 0;
    for (int i = 0; i + 1 < p.count; i++) {
      double x = p.point[i + 1][0] - p.point[i][0], y = p.point[i + 1][1] - p.point[i][1];
      s->length += m_sqrt(x * x + y * y);
    }

    // its middle is half way along the belt
    double left = s->length / 2;
    for (int i = 0; i + 1 < p.count; i++) {
      double x = p.point[i + 1][0] - p.point[i][0], y = p.point[i + 1][1] - p.point[i][1], d = m_sqrt(x * x + y * y);
      if (left <= d || i + 2 == p.count) {
        s->at[0] = p.point[i][0] + x * left / d;
        s->at[1] = p.point[i][1] + y * left / d;
        break;
      }
      left -= d;
    }
  }
  s->size[0] = s->length;
  if (s->length > 0 && s->part_pitch > 0 && s->length / s->part_pitch > 1e6)
    check_fault_key(c, n, STATUS_LIMIT, "a belt of %.10g m with a part every %.10g m holds more than 1000000", s->length, s->part_pitch);
}

// ---- chargers ----------------------------------------------------------------------------------

static void check_places(struct check *c, const struct node *n, struct station *s) {
  // the default size is that of one slot, side by side: chargers and repair stations along the side where robots stand
  if (!node_get(n, "size")) s->size[s->kind != STATION_DOCK] *= s->place_count;
  if (s->kind != STATION_CHARGER) return;
  const struct node *power = node_get(n, "power"), *swap = node_get(n, "swap"), *packs = node_get(n, "packs");
  s->swaps = swap != NULL;
  if (power && swap) check_fault_key(c, swap, STATUS_CONFLICT, "a charger charges with power or swaps packs: leave one out");
  if (packs && !swap) check_fault_key(c, packs, STATUS_CONFLICT, "packs needs swap: the time to change one");
  if (swap && !packs) check_fault_key(c, swap, STATUS_KEY, "packs is missing: the full packs at the start");
}

// ---- copies ------------------------------------------------------------------------------------

static bool in_hall(const struct check *c, const double p[2]) {
  return !c->hall || (p[0] >= 0 && p[1] >= 0 && p[0] <= c->l->size[0] && p[1] <= c->l->size[1]);
}

// rows first ... first + count - 1 are copies of the first one
static void place_copies(struct check *c, const struct node *n, int first, int count, int columns) {
  struct station *s = &c->l->stations[first];
  const struct node *step = node_get(n, "step"), *copies = node_get(n, "copies");
  double d[2] = {0, 0};
  if (step && !copies) check_fault_key(c, step, STATUS_CONFLICT, "step needs copies");
  if (step && copies && !s->placed) check_fault_key(c, step, STATUS_CONFLICT, "step moves copies that have a place: give `at`, or leave it out");
  if (step && !read_pair(c, step, key_find(SCOPE_STATION, -1, "step"), d)) return;
  if (count > 1 && s->placed && !step) {
    check_fault_key(c, copies, STATUS_KEY, "step is missing: the way from one copy to the next");
    return;
  }
  bool grid = copies && copies->kind == NODE_LIST;
  bool still = grid ? (columns > 1 && d[0] == 0) || (count > columns && d[1] == 0) : d[0] == 0 && d[1] == 0;
  if (count > 1 && s->placed && still) check_fault(c, step, STATUS_RANGE, "a step of nothing puts copies at one place");

  for (int i = 1; i < count; i++) {
    struct station *t = s + i;
    const char *name = t->name;
    *t = *s;
    t->name = name;
    double x = d[0] * (grid ? i % columns : i), y = d[1] * (grid ? i / columns : i);
    t->at[0] += x;
    t->at[1] += y;
    bool inside = in_hall(c, t->at);
    if (s->path_count > 0 && (x != 0 || y != 0)) {
      t->path = (double (*)[2])check_alloc(c, sizeof(double[2]) * (size_t)s->path_count, _Alignof(double));
      for (int k = 0; k < s->path_count; k++) {
        t->path[k][0] = s->path[k][0] + x;
        t->path[k][1] = s->path[k][1] + y;
        inside = inside && in_hall(c, t->path[k]);
      }
    }
    if (s->placed && !inside) {
      check_fault(c, step, STATUS_RANGE, "copy %s at [%.10g, %.10g] is outside the hall of %.10g m x %.10g m", name, t->at[0], t->at[1], c->l->size[0], c->l->size[1]);
      break;
    }
  }
}

// ---- one station -------------------------------------------------------------------------------

static void read_station(struct check *c, const struct node *n, struct station *s) {
  s->shift = s->base = s->rework_to = s->failures.by = s->operators.skill = NONE;
  s->limit = INT64_MAX;
  duration_zero(c, &s->time);
  duration_zero(c, &s->setup);
  int errors = c->f->errors, kind = check_map(c, n, SCOPE_STATION, s);
  if (kind < 0) {
    s->kind = STATION_BUFFER;       // told already; a buffer fits anywhere in a flow
    return;
  }
  check_variant_built(c, n, SCOPE_STATION, kind, errors);
  s->placed = node_get(n, "at") != NULL;
  const struct node *makes = node_get(n, "makes");
  if (makes && key_find(SCOPE_STATION, kind, "makes")) read_makes(c, makes, s);
  switch (s->kind) {
    case STATION_BUFFER: case STATION_RACK: case STATION_BIN: check_store(c, n, s); break;
    case STATION_MACHINE: case STATION_ASSEMBLY: case STATION_DISASSEMBLY: case STATION_SORTER: case STATION_INSPECTION:
      check_works(c, n, s);
      break;
    case STATION_CONVEYOR: check_conveyor(c, n, s); break;
    case STATION_CHARGER: case STATION_DOCK: case STATION_REPAIR: check_places(c, n, s); break;
    default: break;
  }
}

void check_stations(struct check *c, const struct node *map) {
  struct layout *l = c->l;
  if (!map) return;
  if (map->kind != NODE_MAP) {
    check_fault(c, map, STATUS_TYPE, "a map {NAME: {...}} is wanted, here is %s", node_kind_text(map));
    return;
  }
  if (map->count == 0) check_fault_key(c, map, STATUS_KEY, "at least one station is needed");
  if (l->station_count == 0) return;
  int g = 0;
  for (const struct node *n = map->first; n; n = n->next, g++) {
    const struct station_group *group = &l->groups[g];
    struct station *s = &l->stations[group->first];
    int columns = s->grid[0];
    for (int i = 0; i < group->count; i++) s[i].grid[0] = 0;
    read_station(c, n, s);
    if (n->kind == NODE_MAP) place_copies(c, n, group->first, group->count, columns > 0 ? columns : 1);
    for (int i = 0; i < group->count; i++) {
      s[i].first_step = l->step_count;
      l->step_count += s[i].step_count;
    }
  }
}
