#include <math.h>
#include <string.h>

#include "engine/layout/check.h"

#define ON_WALL 0.1                 // m      a door this near to the line of a wall is in it

static double distance_to(const double p[2], const double a[2], const double b[2]) {
  double d[2] = {b[0] - a[0], b[1] - a[1]}, along = (p[0] - a[0]) * d[0] + (p[1] - a[1]) * d[1];
  double t = fmin(1, fmax(0, along / (d[0] * d[0] + d[1] * d[1])));
  double x = a[0] + t * d[0] - p[0], y = a[1] + t * d[1] - p[1];
  return sqrt(x * x + y * y);
}

// the rim of the hall is a wall too
static bool on_wall(const struct layout *l, const double p[2]) {
  if (p[0] <= ON_WALL || p[1] <= ON_WALL || p[0] >= l->size[0] - ON_WALL || p[1] >= l->size[1] - ON_WALL) return true;
  for (int w = 0; w < l->wall_count; w++)
    for (int i = 0; i + 1 < l->walls[w].line.count; i++)
      if (distance_to(p, l->walls[w].line.point[i], l->walls[w].line.point[i + 1]) <= ON_WALL) return true;
  return false;
}

static void read_walls(struct check *c, const struct node *n) {
  struct layout *l = c->l;
  static const struct key inside = {.scope = SCOPE_FLOOR, .name = "walls", .dimension = DIM_LENGTH, .min = 0, .max = 1e5, .flags = KEY_INSIDE};
  if (n->kind != NODE_LIST) {
    check_fault(c, n, STATUS_TYPE, "a list of lines [[[x, y], [x, y]], ...] is wanted, here is %s", node_kind_text(n));
    return;
  }
  if (n->count > AREAS_MAX) {
    check_fault(c, n, STATUS_LIMIT, "%d walls are more than %d", n->count, AREAS_MAX);
    return;
  }
  l->walls = CHECK_NEW(c, struct wall, n->count);
  for (const struct node *item = n->first; item; item = item->next) {
    struct wall *w = &l->walls[l->wall_count];
    if (!read_points(c, item, &inside, 2, &w->line)) continue;
    w->mark = item->mark;
    l->wall_count++;
  }
}

static bool is_names(struct check *c, const struct node *map) {
  if (!map) return false;
  if (map->kind == NODE_MAP) return true;
  check_fault(c, map, STATUS_TYPE, "a map {NAME: {...}} is wanted, here is %s", node_kind_text(map));
  return false;
}

static const char *name_of(struct check *c, const struct node *n) {
  return arena_text(c->a, n->key, strnlen(n->key, NAME_MAX_SIZE));
}

void check_floor(struct check *c, const struct node *map) {
  struct layout *l = c->l;
  check_defaults(c, SCOPE_FLOOR, -1, l);
  if (!map) return;
  if (map->kind != NODE_MAP) {
    check_map(c, map, SCOPE_FLOOR, l);
    return;
  }

  // the size first: everything else lies inside it
  const struct node *size = node_get(map, "size");
  int errors = c->f->errors;
  check_map(c, map, SCOPE_FLOOR, l);
  c->hall = size && l->size[0] > 0;
  if (c->f->errors > errors && !c->hall) l->size[0] = l->size[1] = 1e5;

  const struct node *walls = node_get(map, "walls"), *doors = node_get(map, "doors");
  const struct node *obstacles = node_get(map, "obstacles"), *zones = node_get(map, "zones");
  if (walls) read_walls(c, walls);
  if (is_names(c, doors) && l->door_count > 0) {
    struct door *d = l->doors;
    for (const struct node *n = doors->first; n; n = n->next, d++) {
      d->name = name_of(c, n);
      d->mark = n->key_mark;
      int before = c->f->errors;
      check_map(c, n, SCOPE_DOOR, d);
      if (c->f->errors == before && c->hall && !on_wall(l, d->at)) check_fault(c, node_get(n, "at"), STATUS_CONFLICT, "[%.10g, %.10g] is on no wall: a door is a gap in a wall", d->at[0], d->at[1]);
    }
  }
  if (is_names(c, obstacles) && l->obstacle_count > 0) {
    struct obstacle *o = l->obstacles;
    for (const struct node *n = obstacles->first; n; n = n->next, o++) {
      o->name = name_of(c, n);
      o->mark = n->key_mark;
      check_map(c, n, SCOPE_OBSTACLE, o);
    }
  }
  if (is_names(c, zones) && l->zone_count > 0) {
    struct zone *z = l->zones;
    for (const struct node *n = zones->first; n; n = n->next, z++) {
      z->name = name_of(c, n);
      z->mark = n->key_mark;
      int before = c->f->errors;
      int kind = check_map(c, n, SCOPE_ZONE, z);
      check_variant_built(c, n, SCOPE_ZONE, kind, before);
    }
  }
}
