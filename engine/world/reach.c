#include "engine/world/reach.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/geometry.h"
#include "engine/world/routes.h"

#define BELT_STEP   0.5             // m    between the places tried beside a belt
#define BELT_PLACES 64              //      at most, on both sides together

// Somebody must get to a station.
struct need {
  int          station;
  enum carrier by;                  // DIRECT: any fleet
  int          fleet;               // CARRIER_FLEET
  int          list_count;          // of fleets; 0: as `by` says
  const int   *list;
};

struct needs { struct need *need; int count, capacity; bool failed; };

// One set of routes for fleets that may enter the same places.
struct class {
  struct routes *routes;
  int           *first;             // (stations) first place of a station, NONE: not needed
  int           *count;             // (stations) places of it
};

struct start { int class, place, station; };            // of a fleet; place NONE: it can stand nowhere

static void add_need(struct needs *n, struct need need) {
  if (n->count == n->capacity) {
    int larger = n->capacity ? n->capacity * 2 : 64;
    struct need *more = realloc(n->need, sizeof *more * (size_t)larger);
    if (!more) {
      n->failed = true;
      return;
    }
    n->need = more;
    n->capacity = larger;
  }
  n->need[n->count++] = need;
}

static void add_group(struct needs *n, const struct layout *l, int group, struct need need) {
  if (group == NONE) return;
  for (int i = 0; i < l->groups[group].count; i++) {
    need.station = l->groups[group].first + i;
    if (l->stations[need.station].placed) add_need(n, need);
  }
}

static void list_needs(struct needs *n, const struct layout *l) {
  for (int i = 0; i < l->flow_count; i++) {
    const struct flow *w = &l->flows[i];
    if (w->by == CARRIER_DIRECT) continue;
    struct need need = {.by = w->by, .fleet = w->fleet};
    add_group(n, l, w->from, need);
    add_group(n, l, w->to, need);
  }
  for (int i = 0; i < l->station_count; i++) {
    const struct station *s = &l->stations[i];
    if (!s->placed) continue;
    if (s->operators.count > 0) add_need(n, (struct need){.station = i, .list_count = s->operators.by_count, .list = s->operators.by});
    if (s->failures.given && s->failures.by != NONE) add_need(n, (struct need){.station = i, .by = CARRIER_FLEET, .fleet = s->failures.by});
    if (s->kind == STATION_CHARGER) add_need(n, (struct need){.station = i, .by = CARRIER_ROBOTS});
  }
  for (int i = 0; i < l->fleet_count; i++) add_group(n, l, l->fleets[i].home, (struct need){.by = CARRIER_FLEET, .fleet = i});
}

static bool may(const struct layout *l, const struct need *n, int fleet) {
  if (n->list_count > 0) {
    for (int i = 0; i < n->list_count; i++)
      if (n->list[i] == fleet) return true;
    return false;
  }
  switch (n->by) {
    case CARRIER_ROBOTS: return !l->fleets[fleet].people;
    case CARRIER_PEOPLE: return l->fleets[fleet].people;
    case CARRIER_FLEET:  return n->fleet == fleet;
    default:             return true;
  }
}

// The places of a station join the routes of a class; beside a belt all that are free, or the middle one.
static void add_places(struct class *c, const struct layout *l, int station) {
  const struct station *s = &l->stations[station];
  double p[2];
  if (c->first[station] != NONE) return;
  c->first[station] = routes_places(c->routes);
  if (s->kind == STATION_CONVEYOR && s->path_count >= 2) {
    double length = 0;
    for (int i = 0; i + 1 < s->path_count; i++) length += geo_distance(s->path[i], s->path[i + 1]);
    int n = length / BELT_STEP < BELT_PLACES / 2 - 1 ? (int)(length / BELT_STEP) + 1 : BELT_PLACES / 2;
    for (int i = 0; i < 2 * n; i++) {
      conveyor_stand(s, length * (i / 2 + 0.5) / n, i % 2, WALKER_RADIUS, p);
      if (routes_free(c->routes, p)) routes_place(c->routes, p);
    }
  }
  if (routes_places(c->routes) == c->first[station]) {
    station_stand(s, WALKER_RADIUS, p);
    routes_place(c->routes, p);
  }
  c->count[station] = routes_places(c->routes) - c->first[station];
}

// The place a fleet starts from: its home, else the first station it may have to go to; the first free one.
static struct start start_of(const struct layout *l, const struct class *classes, int class, const struct needs *n, int fleet) {
  const struct class *c = &classes[class];
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < n->count; i++) {
      const struct need *need = &n->need[i];
      int home = l->fleets[fleet].home, own = home != NONE && l->stations[need->station].group == home;
      if (!may(l, need, fleet) || (pass == 0 && !own)) continue;
      for (int k = 0; k < c->count[need->station]; k++) {
        int place = c->first[need->station] + k;
        double p[2];
        routes_place_at(c->routes, place, p);
        if (routes_free(c->routes, p)) return (struct start){class, place, need->station};
      }
    }
  }
  return (struct start){class, NONE, NONE};
}

// only people may do this work
static bool need_people(const struct layout *l, const struct need *n) {
  for (int k = 0; k < l->fleet_count; k++)
    if (may(l, n, k) && !l->fleets[k].people) return false;
  return true;
}

static enum status tell(const struct layout *l, const struct class *c, const struct need *need, int start, struct faults *f) {
  int station = need->station;
  const struct station *s = &l->stations[station];
  const char *who = need_people(l, need) ? "people" : "robots";
  char why[200];
  double p[2];
  routes_place_at(c->routes, c->first[station], p);
  routes_cover(c->routes, p, why, sizeof why);
  if (*why)
    return fault_add(f, FAULT_ERROR, STATUS_UNREACHABLE, s->mark, "stations.%s: the place where %s stand [%.2f, %.2f] is %s", s->name, who, p[0], p[1], why);
  return fault_add(f, FAULT_ERROR, STATUS_UNREACHABLE, s->mark, "stations.%s: no walk leads to the place where %s stand [%.2f, %.2f] and back from %s",
                   s->name, who, p[0], p[1], start == NONE ? "anywhere" : l->stations[start].name);
}

// Is the station of a need reached by some fleet that may do the work? Else the first of them tells why not.
static enum status check_need(const struct layout *l, const struct class *classes, const struct start *starts, const struct need *need, struct faults *f) {
  const struct start *first = NULL;
  for (int k = 0; k < l->fleet_count; k++) {
    if (!may(l, need, k)) continue;
    const struct start *from = &starts[k];
    const struct class *c = &classes[from->class];
    if (!first) first = from;
    for (int i = 0; from->place != NONE && i < c->count[need->station]; i++) {
      int place = c->first[need->station] + i;
      bool back = routes_length(c->routes, place, from->place) >= 0;
      if (back && (routes_return(c->routes) || routes_length(c->routes, from->place, place) >= 0)) return STATUS_OK;
    }
  }
  return first ? tell(l, &classes[first->class], need, first->station, f) : STATUS_OK;
}

// Walks of one class: where the way there is the way back, only those to the places its fleets start from.
static enum status solve_class(const struct layout *l, const struct class *classes, const struct start *starts, int class, struct faults *f) {
  struct routes *routes = classes[class].routes;
  bool *goal = calloc((size_t)routes_places(routes) + 1, sizeof *goal);
  struct error e = {0};
  if (!goal) return STATUS_MEMORY;
  for (int k = 0; k < l->fleet_count; k++)
    if (starts[k].class == class && starts[k].place != NONE) goal[starts[k].place] = true;
  enum status s = routes_solve_to(routes, 1, routes_return(routes) ? goal : NULL, &e);
  free(goal);
  return s == STATUS_OK ? s : fault_add(f, FAULT_ERROR, s, (struct mark){0}, "%s", e.text);
}

static enum status check(const struct layout *l, struct class *classes, struct start *starts, const struct needs *n, bool *told, struct faults *f) {
  // fleets that may enter the same places share routes
  for (int k = 0; k < l->fleet_count; k++) {
    starts[k].class = k;
    for (int i = 0; i < k && starts[k].class == k; i++)
      if (starts[i].class == i && routes_same(l, i, k)) starts[k].class = i;
    struct class *c = &classes[starts[k].class];
    if (!c->routes) {
      c->routes = routes_create(l, k, WALKER_RADIUS, NULL);
      c->first = malloc(sizeof *c->first * (size_t)(l->station_count + 1));
      c->count = calloc((size_t)l->station_count + 1, sizeof *c->count);
      if (!c->routes || !c->first || !c->count) return STATUS_MEMORY;
      for (int i = 0; i < l->station_count; i++) c->first[i] = NONE;
    }
    for (int i = 0; i < n->count; i++)
      if (may(l, &n->need[i], k)) add_places(c, l, n->need[i].station);
  }
  for (int k = 0; k < l->fleet_count; k++) starts[k] = start_of(l, classes, starts[k].class, n, k);
  for (int k = 0; k < l->fleet_count; k++) {
    if (starts[k].class != k) continue;
    enum status s = solve_class(l, classes, starts, k, f);
    if (s != STATUS_OK) return s;
  }

  enum status status = STATUS_OK;
  for (int i = 0; i < n->count; i++) {
    int station = n->need[i].station;
    if (told[station]) continue;
    enum status s = check_need(l, classes, starts, &n->need[i], f);
    told[station] = s != STATUS_OK;
    if (status == STATUS_OK) status = s;
  }
  return status;
}

enum status routes_check(const struct layout *l, struct faults *f) {
  struct needs n = {0};
  if (!l->has_floor || l->fleet_count == 0) return STATUS_OK;
  list_needs(&n, l);
  struct class *classes = calloc((size_t)l->fleet_count, sizeof *classes);
  struct start *starts = calloc((size_t)l->fleet_count, sizeof *starts);
  bool *told = calloc((size_t)l->station_count + 1, sizeof *told);
  enum status status = STATUS_MEMORY;
  if (classes && starts && told && !n.failed) status = check(l, classes, starts, &n, told, f);
  if (status == STATUS_MEMORY) fault_add(f, FAULT_ERROR, status, (struct mark){0}, "the walks of this floor do not fit into memory");
  for (int k = 0; classes && k < l->fleet_count; k++) {
    routes_destroy(classes[k].routes);
    free(classes[k].first);
    free(classes[k].count);
  }
  free(classes);
  free(starts);
  free(told);
  free(n.need);
  return status;
}
