#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/check.h"

// ---- bodies ------------------------------------------------------------------------------------

// values that `size` has for a shape
static int size_count(enum part_shape s) {
  return s == SHAPE_CYLINDER ? 2 : s == SHAPE_SPHERE || s == SHAPE_PRISM ? 1 : 3;
}

static const char *size_text(enum part_shape s) {
  switch (s) {
    case SHAPE_CYLINDER: return "cylinder has [d, h]";
    case SHAPE_SPHERE:   return "sphere has [d]";
    case SHAPE_PRISM:    return "prism has [h] (and `base`)";
    case SHAPE_BAG:      return "bag has [l, w, h]";
    case SHAPE_SHEET:    return "sheet has [l, w, h]";
    default:             return "box has [l, w, h]";
  }
}

static void read_size(struct check *c, const struct node *n, struct part_type *p) {
  const struct key *k = key_find(SCOPE_PART, -1, "size");
  int want = size_count(p->shape);
  double v[3];
  if (n->kind != NODE_LIST || n->count != want) {
    if (n->kind != NODE_LIST) check_fault(c, n, STATUS_TYPE, "a list is wanted, here is %s: a %s", node_kind_text(n), size_text(p->shape));
    else check_fault(c, n, STATUS_TYPE, "a %s, here are %d values", size_text(p->shape), n->count);
    return;
  }
  int i = 0;
  for (const struct node *item = n->first; item; item = item->next, i++)
    if (!read_quantity(c, item, k, &v[i])) return;
  switch (p->shape) {
    case SHAPE_CYLINDER: p->size[0] = p->size[1] = v[0]; p->size[2] = v[1]; break;
    case SHAPE_SPHERE:   p->size[0] = p->size[1] = p->size[2] = v[0]; break;
    case SHAPE_PRISM:    p->size[2] = v[0]; break;
    default:             memcpy(p->size, v, sizeof v); break;
  }
}

static void read_base(struct check *c, const struct node *n, struct part_type *p) {
  const struct key *k = key_find(SCOPE_PART, -1, "base");
  if (p->shape != SHAPE_PRISM) {
    check_fault_key(c, n, STATUS_CONFLICT, "only a prism has a base");
    return;
  }
  if (!read_area(c, n, k, &p->base)) return;
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < p->base.count; i++) {
    const double *a = p->base.point[i], *b = p->base.point[(i + 1) % p->base.count], *q = p->base.point[(i + 2) % p->base.count];
    if ((b[0] - a[0]) * (q[1] - b[1]) - (b[1] - a[1]) * (q[0] - b[0]) < 0) {
      check_fault(c, n, STATUS_CONFLICT, "the base is not convex");
      return;
    }
    for (int x = 0; x < 2; x++) lo[x] = fmin(lo[x], a[x]), hi[x] = fmax(hi[x], a[x]);
  }
  p->size[0] = hi[0] - lo[0];
  p->size[1] = hi[1] - lo[1];
}

static bool colour_valid(const char *t) {
  size_t n = strlen(t);
  if (t[0] == '#') return (n == 4 || n == 7) && strspn(t + 1, "0123456789abcdefABCDEF") == n - 1;
  return n > 0 && n <= 30 && strspn(t, "abcdefghijklmnopqrstuvwxyz-") == n;
}

static void read_part(struct check *c, const struct node *n, struct part_type *p, const struct part_type *like) {
  if (like) *p = *like;
  else check_defaults(c, SCOPE_PART, -1, p);
  const char *name = n->key;
  p->name = arena_text(c->a, name, strnlen(name, NAME_MAX_SIZE));
  p->mark = n->key_mark;
  if (n->kind != NODE_MAP) {
    check_map(c, n, SCOPE_PART, p);
    return;
  }

  // what is not said is like the other part: defaults do not come back over it
  struct part_type before = *p;
  check_map(c, n, SCOPE_PART, p);
  if (!node_get(n, "mass"))     p->mass     = before.mass;
  if (!node_get(n, "friction")) p->friction = before.friction;
  if (!node_get(n, "colour"))   p->colour   = before.colour;
  if (!node_get(n, "priority")) p->priority = before.priority;
  if (!node_get(n, "shape"))    p->shape    = before.shape;

  const struct node *size = node_get(n, "size"), *base = node_get(n, "base"), *colour = node_get(n, "colour");
  bool new_shape = !like || p->shape != like->shape;
  if (new_shape) {
    p->size[0] = p->size[1] = p->size[2] = 0.1;
    p->base = (struct polygon){0};
    if (p->shape == SHAPE_PRISM && !base) check_fault_key(c, n, STATUS_KEY, "base is missing: a prism needs its convex polygon");
  }
  if (size) read_size(c, size, p);
  if (base) read_base(c, base, p);
  if (colour && colour->kind == NODE_SCALAR && !colour_valid(colour->text)) {
    char text[SHOWN_SIZE];
    check_fault(c, colour, STATUS_RANGE, "%s is neither a name in small letters nor #rrggbb", shown(colour, text));
  }
}

void check_parts(struct check *c, const struct node *map) {
  struct layout *l = c->l;
  if (!map || map->kind != NODE_MAP) {
    if (map) check_fault(c, map, STATUS_TYPE, "a map {NAME: {...}} is wanted, here is %s", node_kind_text(map));
    return;
  }
  if (map->count == 0) check_fault_key(c, map, STATUS_KEY, "at least one part is needed");
  if (l->part_count == 0) return;
  const struct node **node = CHECK_NEW(c, const struct node *, l->part_count);
  int *like = CHECK_NEW(c, int, l->part_count);
  char *done = CHECK_NEW(c, char, l->part_count);
  int i = 0;
  for (const struct node *item = map->first; item; item = item->next, i++) {
    const struct node *other = item->kind == NODE_MAP ? node_get(item, "like") : NULL;
    node[i] = item;
    like[i] = other && other->kind == NODE_SCALAR ? name_find(c, NAMED_PART, other->text) : NONE;
  }

  // a part after the one that it is like; a chain that comes back to itself is cut with a fault
  for (i = 0; i < l->part_count; i++) {
    int steps = 0;
    for (int k = i; k != NONE && !done[k]; k = like[k])
      if (++steps > l->part_count) {
        check_fault(c, node_get(node[i], "like"), STATUS_CONFLICT, "the parts are like each other in a circle");
        like[i] = NONE;
        break;
      }
    while (!done[i]) {
      int k = i;
      while (like[k] != NONE && !done[like[k]]) k = like[k];
      read_part(c, node[k], &l->parts[k], like[k] == NONE ? NULL : &l->parts[like[k]]);
      done[k] = 1;
    }
  }
}

// ---- shifts ------------------------------------------------------------------------------------

static uint8_t read_days(struct check *c, const struct node *n) {
  char text[SHOWN_SIZE];
  uint8_t days = 0;
  if (n->kind == NODE_LIST) {
    if (n->count == 0) check_fault(c, n, STATUS_TYPE, "at least one day is needed");
    for (const struct node *item = n->first; item; item = item->next) {
      if (!read_scalar(c, item, "a day")) continue;
      int d = read_day(item->text, item->size);
      if (d < 0) check_fault(c, item, STATUS_RANGE, "%s is not Mon, Tue, Wed, Thu, Fri, Sat or Sun", shown(item, text));
      else days |= (uint8_t)(1u << d);
    }
    return days;
  }
  if (!read_scalar(c, n, "days")) return 0;
  size_t dash = strcspn(n->text, "-");
  int from = read_day(n->text, dash), to = dash < n->size ? read_day(n->text + dash + 1, n->size - dash - 1) : from;
  if (from < 0 || to < 0) {
    check_fault(c, n, STATUS_RANGE, "%s is not a day or days like Mon-Fri", shown(n, text));
    return 0;
  }
  for (int d = from;; d = (d + 1) % 7) {
    days |= (uint8_t)(1u << d);
    if (d == to) return days;
  }
}

static void read_breaks(struct check *c, const struct node *n, struct shift *s) {
  const ns_t day = 86400 * NS_SECOND;
  const struct key *k = key_find(SCOPE_SHIFT, -1, "breaks");
  if (n->kind != NODE_LIST || n->count > 50) {
    check_fault(c, n, STATUS_TYPE, "a list [[10:00, 15 min], ...] of at most 50 is wanted, here is %s", n->kind == NODE_LIST ? "a longer one" : node_kind_text(n));
    return;
  }
  s->breaks = CHECK_NEW(c, struct shift_break, n->count);
  ns_t length = s->end - s->start;
  if (length <= 0) length += day;
  for (const struct node *item = n->first; item; item = item->next) {
    struct shift_break b;
    double seconds;
    if (item->kind != NODE_LIST || item->count != 2) {
      check_fault(c, item, STATUS_TYPE, "a pair [10:00, 15 min] is wanted");
      continue;
    }
    bool ok = read_clock(c, item->first, &b.start);
    ok = read_quantity(c, item->first->next, k, &seconds) && ok;
    if (!ok) continue;
    b.length = ns_from_seconds(seconds);
    ns_t after = b.start - s->start;
    if (after < 0) after += day;
    if (b.length <= 0) check_fault(c, item, STATUS_RANGE, "the break has no length");
    else if (after + b.length > length) check_fault(c, item, STATUS_CONFLICT, "the break is not inside the shift");
    else s->breaks[s->break_count++] = b;
  }
}

void check_shifts(struct check *c, const struct node *map) {
  if (!map) return;
  if (map->kind != NODE_MAP) {
    check_fault(c, map, STATUS_TYPE, "a map {NAME: {...}} is wanted, here is %s", node_kind_text(map));
    return;
  }
  if (c->l->shift_count == 0) return;
  struct shift *s = c->l->shifts;
  for (const struct node *n = map->first; n; n = n->next, s++) {
    s->name = arena_text(c->a, n->key, strnlen(n->key, NAME_MAX_SIZE));
    s->mark = n->key_mark;
    s->days = 127;
    int errors = c->f->errors;
    check_map(c, n, SCOPE_SHIFT, s);
    if (n->kind != NODE_MAP) continue;
    const struct node *days = node_get(n, "days"), *breaks = node_get(n, "breaks");
    if (days) s->days = read_days(c, days);
    if (breaks && c->f->errors == errors) read_breaks(c, breaks, s);
  }
}
