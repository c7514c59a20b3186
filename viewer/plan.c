#include "viewer/plan.h"

#include <string.h>

#include "base/tree.h"
#include "base/units.h"

#define STATIONS_MAX 20000
#define THINGS_MAX   4000           // walls, zones, parts ...
#define POINTS_MAX   4000

struct reader {
  struct plan  *plan;
  struct error *error;
  enum status   status;
};

static void refuse(struct reader *r, const struct node *n, const char *what) {
  if (r->status != STATUS_OK) return;
  char path[128] = "";
  if (n) node_path(n, path, sizeof path);
  r->status = error_at(r->error, STATUS_PROTOCOL, "", 0, 0, "the plan of the hall is not valid: %s %s", path[0] ? path : "it", what);
}

static float number(struct reader *r, const struct node *n) {
  double v = 0;
  if (!n || n->kind != NODE_SCALAR || quantity_read(n->text, n->size, DIM_NUMBER, &v)) {
    refuse(r, n, "is not a number");
    return 0;
  }
  if (!(v >= -PLAN_REACH && v <= PLAN_REACH)) {
    refuse(r, n, "is out of reach");
    return 0;
  }
  return (float)v;
}

static bool absent(const struct node *n) {
  return !n || (n->kind == NODE_SCALAR && !n->quoted && strcmp(n->text, "null") == 0);
}

static float number_or(struct reader *r, const struct node *map, const char *key, float otherwise) {
  const struct node *n = node_get(map, key);
  return absent(n) ? otherwise : number(r, n);
}

static const char *text_or(struct reader *r, const struct node *map, const char *key, const char *otherwise) {
  const struct node *n = node_get(map, key);
  if (absent(n)) return otherwise;
  if (n->kind != NODE_SCALAR || n->size > 200) {
    refuse(r, n, "is not a name");
    return otherwise;
  }
  const char *copy = arena_text(&r->plan->arena, n->text, n->size);
  return copy ? copy : otherwise;
}

static bool true_or(const struct node *map, const char *key, bool otherwise) {
  const struct node *n = node_get(map, key);
  return absent(n) || n->kind != NODE_SCALAR ? otherwise : strcmp(n->text, "true") == 0;
}

// numbers of a list; one number alone fills all places
static void numbers(struct reader *r, const struct node *map, const char *key, float *out, int count) {
  const struct node *n = node_get(map, key);
  if (absent(n)) return;
  if (n->kind == NODE_SCALAR) {
    float v = number(r, n);
    for (int i = 0; i < count; i++) out[i] = v;
    return;
  }
  if (n->kind != NODE_LIST || n->count != count) {
    refuse(r, n, "has the wrong number of values");
    return;
  }
  int i = 0;
  for (const struct node *k = n->first; k; k = k->next) out[i++] = number(r, k);
}

static void area(struct reader *r, const struct node *n, struct plan_area *out) {
  if (absent(n)) return;
  if (n->kind != NODE_LIST || n->count > POINTS_MAX) {
    refuse(r, n, "is not a list of points");
    return;
  }
  out->point = arena_alloc(&r->plan->arena, sizeof *out->point * (size_t)(n->count + 1), 8);
  if (!out->point) {
    refuse(r, n, "is too large");
    return;
  }
  for (const struct node *k = n->first; k && r->status == STATUS_OK; k = k->next) {
    if (k->kind != NODE_LIST || k->count != 2) {
      refuse(r, k, "is not a point");
      return;
    }
    out->point[out->count][0] = number(r, k->first);
    out->point[out->count][1] = number(r, k->first->next);
    out->count++;
  }
}

static int word(const char *text, const char *const *words, int n, int otherwise) {
  for (int i = 0; i < n; i++)
    if (strcmp(text, words[i]) == 0) return i;
  return otherwise;
}

static const char *const zone_words[] = {"slow", "one-way", "slippery", "ramp", "dim", "no-go", "people", "charging"};
static const char *const kind_words[] = {"source", "sink", "buffer", "rack", "bin", "machine", "assembly", "disassembly", "sorter",
                                         "conveyor", "inspection", "charger", "repair", "dock"};
static const char *const shape_words[] = {"box", "cylinder", "sphere", "prism", "bag", "sheet"};

static void read_wall(struct reader *r, const struct node *n, void *row) { area(r, n, row); }

static void read_door(struct reader *r, const struct node *n, void *row) {
  struct plan_door *d = row;
  d->name = text_or(r, n, "name", "");
  d->width = number_or(r, n, "width", 1.2f);
  numbers(r, n, "at", d->at, 2);
}

static void read_obstacle(struct reader *r, const struct node *n, void *row) {
  struct plan_obstacle *o = row;
  o->name = text_or(r, n, "name", "");
  area(r, node_get(n, "area"), &o->area);
}

static void read_zone(struct reader *r, const struct node *n, void *row) {
  struct plan_zone *z = row;
  z->name = text_or(r, n, "name", "");
  z->kind = (enum plan_zone_kind)word(text_or(r, n, "kind", ""), zone_words, PLAN_ZONE_KINDS, PLAN_SLOW);
  z->value = number_or(r, n, "value", 0);
  z->towards = number_or(r, n, "towards", 0);
  area(r, node_get(n, "area"), &z->area);
}

static void read_part(struct reader *r, const struct node *n, void *row) {
  struct plan_part *p = row;
  p->name = text_or(r, n, "name", "");
  p->shape = (enum plan_shape)word(text_or(r, n, "shape", ""), shape_words, PLAN_SHAPES, PLAN_BOX);
  p->size[0] = p->size[1] = p->size[2] = 0.1f;
  numbers(r, n, "size", p->size, 3);
  p->colour = text_or(r, n, "colour", "");
}

// Whole numbers of a list, each from low to high; returns how many, at most max.
static int integers(struct reader *r, const struct node *map, const char *key, int low, int high, int max, int *out) {
  const struct node *list = node_get(map, key);
  if (!list || list->kind != NODE_LIST || list->count > max) {
    refuse(r, list ? list : map, "is not a list of that length");
    return 0;
  }
  int n = 0;
  for (const struct node *i = list->first; i && r->status == STATUS_OK; i = i->next) {
    float v = number(r, i);
    if (!(v >= (float)low && v <= (float)high)) refuse(r, i, "is out of range");
    else out[n++] = (int)v;
  }
  return r->status == STATUS_OK ? n : 0;
}

// N m of each point's drive, 0: none, or not told.
static void read_peaks(struct reader *r, const struct node *map, struct skeleton *s) {
  const struct node *list = node_get(map, "peaks");
  float peak[SKELETON_POINTS];
  if (absent(list)) return;
  if (list->kind != NODE_LIST || list->count != s->points) {
    refuse(r, list, "is not as long as the points");
    return;
  }
  numbers(r, map, "peaks", peak, s->points);
  for (int i = 0; i < s->points && r->status == STATUS_OK; i++) s->point[i].peak = peak[i];
}

static int read_outline(struct reader *r, const struct node *map, const char *key, float out[SKELETON_REACH][2]) {
  const struct node *list = node_get(map, key);
  float flat[2 * SKELETON_REACH];
  if (absent(list)) return 0;
  if (list->kind != NODE_LIST || list->count % 2 || list->count > 2 * SKELETON_REACH) {
    refuse(r, list, "is no outline");
    return 0;
  }
  numbers(r, map, key, flat, list->count);
  for (int i = 0; i < list->count && r->status == STATUS_OK; i++) out[i / 2][i % 2] = flat[i];
  return r->status == STATUS_OK ? list->count / 2 : 0;
}

static void read_reach(struct reader *r, const struct node *map, struct skeleton *s) {
  if (absent(map)) return;
  if (map->kind != NODE_MAP) {
    refuse(r, map, "is no reach");
    return;
  }
  s->reach_ahead = read_outline(r, map, "ahead", s->ahead);
  s->reach_around = read_outline(r, map, "around", s->around);
}

static const struct skeleton *read_skeleton(struct reader *r, const struct node *map) {
  const struct node *names = node_get(map, "points");
  struct skeleton *s = ARENA_NEW(&r->plan->arena, struct skeleton, 1);
  int side[SKELETON_POINTS], driven[SKELETON_POINTS], bone[4 * SKELETON_POINTS], ankle[2], n = 0;
  if (map->kind != NODE_MAP || !s || !names || names->kind != NODE_LIST || names->count < 1 || names->count > SKELETON_POINTS) {
    refuse(r, map, "is no skeleton");
    return NULL;
  }
  for (const struct node *i = names->first; i && r->status == STATUS_OK; i = i->next, n++) {
    if (i->kind != NODE_SCALAR || i->size >= sizeof s->point->name) refuse(r, i, "is not a name");
    else memcpy(s->point[n].name, i->text, i->size + 1);
  }
  s->points = n;
  int sides = integers(r, map, "sides", 0, 2, n, side), drives = integers(r, map, "driven", 0, 1, n, driven);
  int bones = integers(r, map, "bones", 0, n - 1 > 2 ? n - 1 : 2, 4 * SKELETON_POINTS, bone), ankles = integers(r, map, "ankles", -1, n - 1, 2, ankle);
  if (r->status == STATUS_OK && (sides != n || drives != n || bones % 4 || ankles != 2)) refuse(r, map, "has lists of other lengths");
  if (r->status != STATUS_OK) return NULL;
  for (int i = 0; i < n; i++) {
    s->point[i].side = (uint8_t)side[i];
    s->point[i].driven = driven[i];
  }
  for (s->bones = 0; s->bones < bones / 4; s->bones++) {
    const int *b = bone + 4 * s->bones;
    if (b[0] >= n || b[1] >= n || b[2] > 2 || b[3] > 2) refuse(r, map, "has a bone that joins nothing");
    s->bone[s->bones] = (struct skeleton_bone){(uint8_t)b[0], (uint8_t)b[1], (uint8_t)b[2], (uint8_t)b[3]};
  }
  float head = number_or(r, map, "head", -1);
  s->head = head >= 0 && head < (float)n ? (int)head : -1;
  s->head_radius = number_or(r, map, "head_radius", 0.1f);
  read_peaks(r, map, s);
  read_reach(r, node_get(map, "reach"), s);
  s->ankle[0] = ankle[0];
  s->ankle[1] = ankle[1];
  return r->status == STATUS_OK ? s : NULL;
}

static void read_fleet(struct reader *r, const struct node *n, void *row) {
  struct plan_fleet *f = row;
  f->name = text_or(r, n, "name", "");
  f->people = true_or(n, "people", false);
  f->count = (int)number_or(r, n, "count", 0);
  f->model = text_or(r, n, "model", "");
  const struct node *skeleton = node_get(n, "skeleton");
  f->skeleton = absent(skeleton) ? NULL : read_skeleton(r, skeleton);
}

static void read_goal(struct reader *r, const struct node *n, void *row) {
  struct plan_goal *g = row;
  g->path = text_or(r, n, "path", "");
  g->op = text_or(r, n, "op", "=");
  const struct node *value = node_get(n, "value");
  if (!value || value->kind != NODE_SCALAR || quantity_read(value->text, value->size, DIM_NUMBER, &g->value)) refuse(r, n, "has no value");
}

static void read_step(struct reader *r, const struct node *n, void *row) {
  struct plan_step *s = row;
  s->what = text_or(r, n, "do", "");
  s->count = (int)number_or(r, n, "count", 1);
}

static void rows(struct reader *r, const struct node *root, const char *key, size_t size, int limit, int *count, void *out,
                 void (*read)(struct reader *, const struct node *, void *));

static void read_station(struct reader *r, const struct node *n, void *row) {
  struct plan_station *s = row;
  float grid[2] = {0}, slots[2] = {0};
  s->name = text_or(r, n, "name", "");
  s->group = text_or(r, n, "group", s->name);
  s->kind = (enum plan_kind)word(text_or(r, n, "kind", ""), kind_words, PLAN_KINDS, PLAN_MACHINE);
  s->placed = true_or(n, "placed", true);
  s->scrapped = true_or(n, "scrapped", false);
  numbers(r, n, "at", s->at, 2);
  s->size[0] = s->size[1] = 0.8f;
  numbers(r, n, "size", s->size, 2);
  s->facing = number_or(r, n, "facing", 0);
  s->speed = number_or(r, n, "speed", 0);
  numbers(r, n, "pitch", s->pitch, 2);
  numbers(r, n, "grid", grid, 2);
  numbers(r, n, "slots", slots, 2);
  s->servers = (int)number_or(r, n, "servers", 1);
  s->makes = (int)number_or(r, n, "makes", -1);
  const struct node *capacity = node_get(n, "capacity");
  double room = -1;
  if (!absent(capacity) && capacity->kind == NODE_SCALAR) quantity_read(capacity->text, capacity->size, DIM_NUMBER, &room);
  s->capacity = room >= 0 && room < 1e9 ? (long)room : -1;
  area(r, node_get(n, "path"), &s->path);
  rows(r, n, "steps", sizeof(struct plan_step), 1000, &s->step_count, &s->steps, read_step);
  for (int i = 0; i < 2; i++) {
    if (!(s->size[i] >= 0) || s->size[i] > 1000) refuse(r, n, "has a size out of reach");
    s->grid[i] = grid[i] >= 1 && grid[i] <= 100 ? (int)grid[i] : 0;
    s->slots[i] = slots[i] >= 1 && slots[i] <= 1000 ? (int)slots[i] : 0;
  }
  if (!s->grid[0] || !s->grid[1]) s->grid[0] = s->grid[1] = 0;
  if (s->path.count == 1) s->path.count = 0;
}

// each list of the plan by the same rules
static void rows(struct reader *r, const struct node *root, const char *key, size_t size, int limit, int *count, void *out,
                 void (*read)(struct reader *, const struct node *, void *)) {
  const struct node *list = node_get(root, key);
  if (absent(list)) return;
  if (list->kind != NODE_LIST || list->count > limit) {
    refuse(r, list, "is not a list of that length");
    return;
  }
  unsigned char *row = arena_alloc(&r->plan->arena, size * (size_t)(list->count ? list->count : 1), 16);
  if (!row) {
    refuse(r, list, "is too large");
    return;
  }
  *(void **)out = row;
  for (const struct node *n = list->first; n && r->status == STATUS_OK; n = n->next) {
    if (n->kind == NODE_SCALAR) refuse(r, n, "is not an entry");
    else read(r, n, row);
    row += size;
    ++*count;
  }
}

static void read_all(struct reader *r, const struct node *root) {
  struct plan *p = r->plan;
  p->name = text_or(r, root, "name", "");
  p->has_floor = !absent(node_get(root, "size"));
  if (p->has_floor) numbers(r, root, "size", p->size, 2);
  if (!(p->size[0] >= 0 && p->size[1] >= 0)) refuse(r, node_get(root, "size"), "is not a hall");
  // a line without positions has a hall of nothing
  p->has_floor = p->size[0] > 0 && p->size[1] > 0;
  rows(r, root, "walls", sizeof *p->walls, THINGS_MAX, &p->wall_count, &p->walls, read_wall);
  rows(r, root, "doors", sizeof *p->doors, THINGS_MAX, &p->door_count, &p->doors, read_door);
  rows(r, root, "obstacles", sizeof *p->obstacles, THINGS_MAX, &p->obstacle_count, &p->obstacles, read_obstacle);
  rows(r, root, "zones", sizeof *p->zones, THINGS_MAX, &p->zone_count, &p->zones, read_zone);
  rows(r, root, "parts", sizeof *p->parts, THINGS_MAX, &p->part_count, &p->parts, read_part);
  rows(r, root, "stations", sizeof *p->stations, STATIONS_MAX, &p->station_count, &p->stations, read_station);
  rows(r, root, "fleets", sizeof *p->fleets, THINGS_MAX, &p->fleet_count, &p->fleets, read_fleet);
  rows(r, root, "goals", sizeof *p->goals, THINGS_MAX, &p->goal_count, &p->goals, read_goal);
}

enum status plan_read(struct plan *out, const char *text, size_t size, struct error *e) {
  memset(out, 0, sizeof *out);
  if (!arena_init(&out->arena, (size_t)256 << 20)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the plan of the hall");
  struct reader r = {.plan = out, .error = e};
  struct faults faults;
  struct tree tree;
  faults_init(&faults, "plan", text, size);
  if (tree_read_json(&tree, text, size, &faults) != STATUS_OK || !tree.root) refuse(&r, NULL, "is not JSON");
  else if (tree.root->kind != NODE_MAP) refuse(&r, NULL, "is not an object");
  else read_all(&r, tree.root);
  tree_finish(&tree);
  faults_finish(&faults);
  if (r.status == STATUS_OK) return STATUS_OK;
  plan_finish(out);
  return r.status;
}

void plan_finish(struct plan *p) {
  arena_finish(&p->arena);
  memset(p, 0, sizeof *p);
}
