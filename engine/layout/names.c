#include "engine/layout/check.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

// Stations, fleets, people, zones, doors and obstacles share one space of names; parts and shifts
// have their own.
static int space_of(enum named what) {
  return what == NAMED_PART ? 1 : what == NAMED_SHIFT ? 2 : 0;
}

const char *named_text(enum named what) {
  static const char *const texts[] = {"thing", "station", "fleet", "zone", "door", "obstacle", "part", "shift"};
  return texts[what];
}

bool name_valid(const char *text, size_t size) {
  if (size == 0 || size > NAME_MAX_SIZE) return false;
  for (size_t i = 0; i < size; i++) {
    char ch = text[i];
    bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
    bool other  = (ch >= '0' && ch <= '9') || ch == '-' || ch == '_';
    if (!letter && (i == 0 || !other)) return false;
  }
  return true;
}

// ---- the table ---------------------------------------------------------------------------------

static struct name_entry *slot_of(struct check *c, int space, const char *name) {
  uint64_t h = digest_bytes(DIGEST_START + (uint64_t)space, name, strlen(name));
  uint32_t mask = c->name_capacity - 1;
  for (uint32_t i = (uint32_t)(h ^ h >> 32) & mask;; i = (i + 1) & mask) {
    struct name_entry *e = &c->names[i];
    if (!e->name || (space_of(e->what) == space && strcmp(e->name, name) == 0)) return e;
  }
}

void name_add(struct check *c, const char *name, enum named what, int row, const struct node *node) {
  assert(c->name_count * 2 < c->name_capacity);
  struct name_entry *e = slot_of(c, space_of(what), name);
  if (e->name) {
    if (e->node == node || e->node->parent == node->parent) {
      // NAME-1 of copies; a key that stands twice was told by the reader of the text
      if (e->node == node || strcmp(e->node->key, node->key) == 0) return;
    }
    check_fault_key(c, node, STATUS_CONFLICT, "the name %s belongs to a %s already, line %u", name, named_text(e->what), e->node->key_mark.line);
    return;
  }
  *e = (struct name_entry){name, what, row, node};
  c->name_count++;
}

// without a table (a single value is read): the rows of the layout themselves
static int find_in_layout(const struct layout *l, enum named what, const char *name) {
  switch (what) {
    case NAMED_STATION: return layout_group(l, name);
    case NAMED_FLEET:   return layout_fleet(l, name);
    case NAMED_PART:    return layout_part(l, name);
    case NAMED_ZONE:
      for (int i = 0; i < l->zone_count; i++)
        if (strcmp(l->zones[i].name, name) == 0) return i;
      break;
    case NAMED_SHIFT:
      for (int i = 0; i < l->shift_count; i++)
        if (strcmp(l->shifts[i].name, name) == 0) return i;
      break;
    default: break;
  }
  return NONE;
}

int name_find(struct check *c, enum named what, const char *name) {
  if (!c->names) return find_in_layout(c->l, what, name);
  const struct name_entry *e = slot_of(c, space_of(what), name);
  return e->name && e->what == what ? e->row : NONE;
}

// ---- suggestions -------------------------------------------------------------------------------

static const char *suggest(const char *near, char *out, size_t size) {
  if (near) snprintf(out, size, "; did you mean %s?", near);
  else out[0] = 0;
  return out;
}

const char *name_nearest(struct check *c, enum named what, const char *word, char *out, size_t size) {
  // any letter is near any other
  if (strlen(word) < 2) return suggest(NULL, out, size);
  const char *best[2] = {NULL, NULL};
  for (uint32_t i = 0; c->names && i < c->name_capacity; i++) {
    const struct name_entry *e = &c->names[i];
    if (!e->name || e->what != what || --c->nearest_left < 0) continue;
    // of equally near names the one that stands first in the text
    best[1] = e->name;
    const char *near = nearest_word(word, best, 2);
    if (near == e->name && best[0] && nearest_word(word, (const char *const[]){e->name, best[0]}, 2) == best[0]) near = best[0];
    if (near && near == best[0] && nearest_word(word, (const char *const[]){e->name, best[0]}, 2) == e->name) {
      const struct name_entry *old = slot_of(c, space_of(what), best[0]);
      if (e->row < old->row) near = e->name;
    }
    best[0] = near;
  }
  return suggest(best[0], out, size);
}

const char *word_nearest(struct check *c, const char *words, const char *word, char *out, size_t size) {
  char copy[400];
  const char *list[64];
  size_t n, used = 0;
  const char *w;
  int count = 0;
  if (--c->nearest_left < 0) return suggest(NULL, out, size);
  for (int i = 0; count < 64 && (w = word_at(words, i, &n)); i++) {
    if (used + n + 1 > sizeof copy) break;
    memcpy(copy + used, w, n);
    copy[used + n] = 0;
    list[count++] = copy + used;
    used += n + 1;
  }
  return suggest(nearest_word(word, list, count), out, size);
}

int name_refer(struct check *c, const struct node *n, enum named what) {
  char text[SHOWN_SIZE], near[100];
  if (!read_scalar(c, n, "a name")) return NONE;
  int row = strlen(n->text) == n->size ? name_find(c, what, n->text) : NONE;
  if (row != NONE) return row;
  if (c->f->count >= FAULTS_MAX) {
    check_fault(c, n, STATUS_REF, "no such name");
    return NONE;
  }
  if (c->names && n->size <= NAME_MAX_SIZE) {
    const struct name_entry *e = slot_of(c, space_of(what), n->text);
    if (e->name) {
      check_fault(c, n, STATUS_REF, "%s is a %s, not a %s", n->text, named_text(e->what), named_text(what));
      return NONE;
    }
  }
  check_fault(c, n, STATUS_REF, "there is no %s %s%s", named_text(what), shown(n, text), name_nearest(c, what, n->text, near, sizeof near));
  return NONE;
}

// ---- declared names ----------------------------------------------------------------------------

static bool good_name(struct check *c, const struct node *item, enum named what) {
  static const char *const reserved[] = {"direct", "robots", "people", "floor", NULL};
  if (!name_valid(item->key, strlen(item->key))) {
    // what a forgotten quote leaves behind is told where the quote is missing
    if (!cut_by_comma(c, item))
      check_fault_key(c, item, STATUS_KEY, "%.40s is not a name: a letter first, then letters, digits, - and _, at most %d", item->key, NAME_MAX_SIZE);
    return false;
  }
  for (int i = 0; space_of(what) == 0 && reserved[i]; i++)
    if (strcmp(item->key, reserved[i]) == 0) {
      check_fault_key(c, item, STATUS_CONFLICT, "%s is a word of the language and cannot be a name", item->key);
      return false;
    }
  if (what == NAMED_PART && strcmp(item->key, "orders") == 0) {
    check_fault_key(c, item, STATUS_CONFLICT, "orders is a word of the language and cannot be a name");
    return false;
  }
  return true;
}

// entries of a map of names; at most `most`
static int count_entries(struct check *c, const struct node *map, int most) {
  if (!map || map->kind != NODE_MAP) return 0;
  if (map->count <= most) return map->count;
  check_fault_key(c, map, STATUS_LIMIT, "%d entries are more than %d", map->count, most);
  return -1;
}

static void add_entries(struct check *c, const struct node *map, enum named what, int first) {
  if (!map || map->kind != NODE_MAP) return;
  int row = first;
  for (const struct node *item = map->first; item; item = item->next, row++)
    if (good_name(c, item, what)) name_add(c, item->key, what, row, item);
}

// copies: n or [nx, ny]; 0: the key is not there
static int copies_of(struct check *c, const struct node *station, int grid[2]) {
  const struct node *n = station->kind == NODE_MAP ? node_get(station, "copies") : NULL;
  const struct key *k = key_find(SCOPE_STATION, -1, "copies");
  int64_t v[2] = {0, 1};
  grid[0] = grid[1] = 1;
  if (!n) return 0;
  if (n->kind == NODE_LIST && n->count == 2) {
    bool ok = read_integer(c, n->first, k, &v[0]);
    ok = read_integer(c, n->first->next, k, &v[1]) && ok;
    if (!ok) return 1;
  } else if (n->kind == NODE_LIST) {
    check_fault(c, n, STATUS_TYPE, "a number or a pair [nx, ny] is wanted, here are %d values", n->count);
    return 1;
  } else if (!read_integer(c, n, k, &v[0])) {
    return 1;
  }
  if (v[0] * v[1] > (int64_t)k->max) {
    check_fault(c, n, STATUS_LIMIT, "%lld copies are more than %.10g", (long long)(v[0] * v[1]), k->max);
    return 1;
  }
  grid[0] = (int)v[0];
  grid[1] = (int)v[1];
  return (int)(v[0] * v[1]);
}

static void count_stations(struct check *c, const struct node *map) {
  struct layout *l = c->l;
  int declared = count_entries(c, map, STATIONS_MAX), total = 0, named_copies = 0, i = 0;
  if (declared <= 0) return;
  int (*copies)[3] = (int (*)[3])check_alloc(c, sizeof(int[3]) * (size_t)declared, _Alignof(int));
  for (const struct node *item = map->first; item; item = item->next, i++) {
    copies[i][0] = copies_of(c, item, &copies[i][1]);
    total += copies[i][0] ? copies[i][0] : 1;
    named_copies += copies[i][0];
    if (total > STATIONS_MAX) {
      check_fault_key(c, item, STATUS_LIMIT, "with this one there are %d stations, more than %d", total, STATIONS_MAX);
      return;
    }
  }

  l->stations = CHECK_NEW(c, struct station, total);
  l->groups   = CHECK_NEW(c, struct station_group, declared + named_copies);
  l->station_count = total;
  l->group_count   = declared + named_copies;
  int row = 0, copy_group = declared, g = 0;
  for (const struct node *item = map->first; item; item = item->next, g++) {
    int n = copies[g][0] ? copies[g][0] : 1;
    const char *name = arena_text(c->a, item->key, strnlen(item->key, NAME_MAX_SIZE));
    if (!name) name = "";
    l->groups[g] = (struct station_group){name, row, n, item->key_mark};
    bool good = good_name(c, item, NAMED_STATION);
    if (good) name_add(c, name, NAMED_STATION, g, item);
    for (int k = 0; k < n; k++, row++) {
      struct station *s = &l->stations[row];
      s->name  = name;
      s->group = g;
      s->mark  = item->key_mark;
      s->grid[0] = copies[g][1];          // until check_stations has placed the copies
      if (!copies[g][0]) continue;
      char *text = CHECK_NEW(c, char, strlen(name) + 12);
      sprintf(text, "%s-%d", name, k + 1);
      s->name = text;
      l->groups[copy_group] = (struct station_group){text, row, 1, item->key_mark};
      if (good) name_add(c, text, NAMED_STATION, copy_group, item);
      copy_group++;
    }
  }
}

// Robots are NAME-1, NAME-2 ... too: nothing else may have such a name.
static void check_robot_names(struct check *c) {
  for (uint32_t i = 0; i < c->name_capacity; i++) {
    const struct name_entry *e = &c->names[i];
    if (!e->name || space_of(e->what) != 0) continue;
    const char *dash = strrchr(e->name, '-');
    if (!dash || dash[1] < '1' || dash[1] > '9' || strspn(dash + 1, "0123456789") != strlen(dash + 1)) continue;
    char stem[NAME_MAX_SIZE + 16];
    snprintf(stem, sizeof stem, "%.*s", (int)(dash - e->name), e->name);
    const struct name_entry *fleet = slot_of(c, 0, stem);
    if (!fleet->name || fleet->what != NAMED_FLEET) continue;
    check_fault_key(c, e->node, STATUS_CONFLICT, "the name %s belongs to a robot of fleet %s, line %u", e->name, stem, fleet->node->key_mark.line);
  }
}

// At least as many names as the stations will have, their copies included.
static int64_t likely_names(const struct node *stations) {
  int64_t sum = 0;
  for (const struct node *n = stations && stations->kind == NODE_MAP ? stations->first : NULL; n && sum < 3 * STATIONS_MAX; n = n->next) {
    const struct node *copies = n->kind == NODE_MAP ? node_get(n, "copies") : NULL;
    double product = copies ? 1 : 0, v;
    for (const struct node *item = copies && copies->kind == NODE_LIST ? copies->first : copies; item; item = item == copies ? NULL : item->next)
      product = item->kind == NODE_SCALAR && !quantity_read(item->text, item->size, DIM_NUMBER, &v) && v >= 1 ? product * v : 0;
    sum += 1 + (int64_t)(product < STATIONS_MAX ? product : STATIONS_MAX);
  }
  return sum;
}

void check_names(struct check *c, const struct node *root) {
  struct layout *l = c->l;
  const struct node *floor = node_get(root, "floor"), *stations = node_get(root, "stations");
  const struct node *doors = NULL, *obstacles = NULL, *zones = NULL;
  if (floor && floor->kind == NODE_MAP) {
    doors     = node_get(floor, "doors");
    obstacles = node_get(floor, "obstacles");
    zones     = node_get(floor, "zones");
  }
  const struct node *parts = node_get(root, "parts"), *shifts = node_get(root, "shifts");
  const struct node *robots = node_get(root, "robots"), *people = node_get(root, "people");
  int n_parts = count_entries(c, parts, PARTS_MAX), n_shifts = count_entries(c, shifts, SHIFTS_MAX);
  int n_robots = count_entries(c, robots, FLEETS_MAX), n_people = count_entries(c, people, FLEETS_MAX);
  int n_doors = count_entries(c, doors, AREAS_MAX), n_obstacles = count_entries(c, obstacles, AREAS_MAX), n_zones = count_entries(c, zones, AREAS_MAX);
  if (n_robots >= 0 && n_people >= 0 && n_robots + n_people > FLEETS_MAX) {
    check_fault_key(c, people, STATUS_LIMIT, "%d fleets and groups of people are more than %d", n_robots + n_people, FLEETS_MAX);
    n_people = -1;
  }

  // twice as many slots as names, and a power of two
  int64_t sum = n_parts + n_shifts + n_robots + n_people + n_doors + n_obstacles + n_zones + 16;
  sum += likely_names(stations);
  for (c->name_capacity = 64; c->name_capacity < 2 * sum;) c->name_capacity *= 2;
  c->names = calloc(c->name_capacity, sizeof *c->names);
  if (!c->names) {
    fault_add(c->f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory for the names of the layout");
    longjmp(*c->full, 1);
  }

  if (n_parts > 0)     l->parts     = CHECK_NEW(c, struct part_type, n_parts), l->part_count = n_parts;
  if (n_shifts > 0)    l->shifts    = CHECK_NEW(c, struct shift, n_shifts), l->shift_count = n_shifts;
  if (n_doors > 0)     l->doors     = CHECK_NEW(c, struct door, n_doors), l->door_count = n_doors;
  if (n_obstacles > 0) l->obstacles = CHECK_NEW(c, struct obstacle, n_obstacles), l->obstacle_count = n_obstacles;
  if (n_zones > 0)     l->zones     = CHECK_NEW(c, struct zone, n_zones), l->zone_count = n_zones;
  int first_people = n_robots > 0 ? n_robots : 0;
  l->fleet_count = first_people + (n_people > 0 ? n_people : 0);
  if (l->fleet_count > 0) l->fleets = CHECK_NEW(c, struct fleet, l->fleet_count);
  if (n_parts > 0)     add_entries(c, parts, NAMED_PART, 0);
  if (n_shifts > 0)    add_entries(c, shifts, NAMED_SHIFT, 0);
  count_stations(c, stations);
  if (n_robots > 0)    add_entries(c, robots, NAMED_FLEET, 0);
  if (n_people > 0)    add_entries(c, people, NAMED_FLEET, first_people);
  if (n_zones > 0)     add_entries(c, zones, NAMED_ZONE, 0);
  if (n_doors > 0)     add_entries(c, doors, NAMED_DOOR, 0);
  if (n_obstacles > 0) add_entries(c, obstacles, NAMED_OBSTACLE, 0);
  if (l->fleet_count > 0) check_robot_names(c);
}
