#include "engine/sim/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/layout/revisions.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/motion.h"
#include "engine/world/assets.h"
#include "engine/world/reach.h"
#include "engine/world/stand.h"

#define BELT_STAND_GAP 0.5          // m between places along a belt
#define BELT_STAND_OFF 0.25         // m from the edge of a belt to a walker's rim; a station's place so near is a place of the belt too

static bool same_ways(const struct layout *l, int a, int b) {
  const struct fleet *x = &l->fleets[a], *y = &l->fleets[b];
  if (x->zone_count || y->zone_count || x->people != y->people) return false;
  if ((x->model == NULL) != (y->model == NULL) || (x->model && strcmp(x->model, y->model) != 0) || x->speed != y->speed) return false;
  for (int z = 0; z < l->zone_count; z++)
    if (l->zones[z].only_count) return false;
  return true;
}

// Stations where somebody may have to stand.
static void wanted_stands(const struct twin *t, bool *wanted) {
  const struct layout *l = t->layout;
  for (int k = 0; k < l->flow_count; k++) {
    const struct flow *f = &l->flows[k];
    if (f->by == CARRIER_DIRECT) continue;
    for (int s = l->groups[f->from].first; s < l->groups[f->from].first + l->groups[f->from].count; s++) wanted[s] = true;
    for (int s = l->groups[f->to].first; s < l->groups[f->to].first + l->groups[f->to].count; s++) wanted[s] = true;
  }
  for (int s = 0; s < l->station_count; s++) {
    const struct station *p = &l->stations[s];
    if (p->operators.count > 0 || (p->failures.given && p->failures.by != NONE) || p->kind == STATION_CHARGER || p->kind == STATION_REPAIR) wanted[s] = true;
    if (!p->placed) wanted[s] = false;
  }
  for (int f = 0; f < l->fleet_count; f++)
    if (l->fleets[f].home != NONE && l->stations[l->groups[l->fleets[f].home].first].placed) wanted[l->groups[l->fleets[f].home].first] = true;
}

static bool free_for_somebody(const struct twin *t, const double p[2]) {
  for (int k = 0; k < t->route_sets; k++)
    if (routes_free(t->routes[k], p)) return true;
  return false;
}

static int32_t add_place(struct twin *t, const double p[2], double along) {
  for (int k = 0; k < t->route_sets; k++) routes_place(t->routes[k], p);
  t->place_at[t->places][0] = p[0];
  t->place_at[t->places][1] = p[1];
  t->place_belt[t->places] = along;
  return t->places++;
}

// Does who stands at station o reach belt s as well? Then it can pick and place without a step.
static bool shared_stand(const struct twin *t, int s, int o, double radius, double at[2], double *along) {
  const struct station *belt = &t->layout->stations[s], *p = &t->layout->stations[o];
  if (p->kind == STATION_CONVEYOR || p->kind == STATION_DOCK || p->kind == STATION_CHARGER) return false;
  station_stand(p, radius, at);
  return conveyor_near(belt, at, conveyor_width(belt) / 2 + radius + BELT_STAND_OFF, along);
}

// Places on both sides along a belt, wherever the floor is free, and those of stations beside it.
static void belt_places(struct twin *t, int s, double radius, const bool *wanted) {
  const struct station *p = &t->layout->stations[s];
  t->belt_stand[s] = t->places;
  int n = (int)(p->length / BELT_STAND_GAP) + 1;
  for (int i = 0; i <= n; i++)
    for (int left = 0; left < 2; left++) {
      double along = p->length * i / n, at[2];
      conveyor_stand(p, along, left, radius, at);
      if (!free_for_somebody(t, at)) continue;
      add_place(t, at, along);
      t->belt_stand_count[s]++;
    }
  for (int o = 0; o < t->layout->station_count; o++) {
    double along, at[2];
    if (!wanted[o] || !shared_stand(t, s, o, radius, at, &along) || !free_for_somebody(t, at)) continue;
    add_place(t, at, along);
    t->belt_stand_count[s]++;
  }
}

static int count_places(const struct twin *t, double radius, const bool *wanted) {
  const struct layout *l = t->layout;
  int n = l->station_count + 1;
  for (int s = 0; s < l->station_count; s++) {
    if (!wanted[s] || l->stations[s].kind != STATION_CONVEYOR) continue;
    n += 2 * ((int)(l->stations[s].length / BELT_STAND_GAP) + 3);
    double along, at[2];
    for (int o = 0; o < l->station_count; o++) n += wanted[o] && shared_stand(t, s, o, radius, at, &along);
  }
  return n;
}

static double nominal_speed(const struct twin *t, const struct fleet_row *f) {
  double v = f->typed ? f->speed : t->make[f->first_make].tables.walk_speed;
  return v > 0 ? v : 1;
}

static enum status build_places(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  bool *wanted = calloc((size_t)l->station_count + 1, 1);
  if (!wanted) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for places");
  wanted_stands(t, wanted);
  double radius = WALKER_RADIUS;
  for (int f = 0; f < l->fleet_count; f++) if (t->fleet[f].radius > radius) radius = t->fleet[f].radius;
  int max = count_places(t, radius, wanted);
  t->place_at = arena_alloc(&t->arena, sizeof *t->place_at * (size_t)max, 8);
  t->place_belt = ARENA_NEW(&t->arena, double, max);
  if (!t->place_at || !t->place_belt) {
    free(wanted);
    return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for places");
  }
  enum status status = STATUS_OK;
  for (int s = 0; s < l->station_count && status == STATUS_OK; s++) {
    const struct station *p = &l->stations[s];
    if (!wanted[s]) continue;
    if (p->kind == STATION_CONVEYOR) {
      belt_places(t, s, radius, wanted);
      t->stand[s] = t->belt_stand_count[s] > 0 ? t->belt_stand[s] : NONE;
      if (t->stand[s] == NONE) status = error_at(e, STATUS_UNREACHABLE, l->file, (int)p->mark.line, (int)p->mark.column, "stations.%s: there is no free floor beside this belt where a robot could stand", p->name);
      continue;
    }
    double at[2];
    station_stand(p, radius, at);
    if (!free_for_somebody(t, at)) status = error_at(e, STATUS_UNREACHABLE, l->file, (int)p->mark.line, (int)p->mark.column, "stations.%s: the place where robots stand, [%.2f, %.2f], is not on free floor", p->name, at[0], at[1]);
    else t->stand[s] = add_place(t, at, 0);
  }
  free(wanted);
  return status;
}

static enum status solve(struct twin *t, struct error *e) {
  for (int k = 0; k < t->route_sets; k++)
    for (int f = 0; f < t->layout->fleet_count; f++)
      if (t->fleet[f].routes == k) {
        enum status s = routes_solve(t->routes[k], nominal_speed(t, &t->fleet[f]), e);
        if (s != STATUS_OK) return s;
        break;
      }
  return STATUS_OK;
}

static enum status check_reach(struct twin *t, struct error *e) {
  struct faults f;
  faults_init(&f, t->layout->file, NULL, 0);
  enum status s = routes_check(t->layout, &f);
  if (s != STATUS_OK) {
    faults_sort(&f);
    const struct fault *first = &f.fault[0];
    error_at(e, s, t->layout->file, (int)first->mark.line, (int)first->mark.column, "%s", first->text);
  }
  faults_finish(&f);
  return s;
}

static enum status build_routes(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  for (int f = 0; f < l->fleet_count; f++) t->fleet[f].routes = NONE;
  if (!l->has_floor) return STATUS_OK;
  for (int f = 0; f < l->fleet_count; f++) {
    for (int g = 0; g < f && t->fleet[f].routes == NONE; g++)
      if (same_ways(l, f, g)) t->fleet[f].routes = t->fleet[g].routes;
    if (t->fleet[f].routes != NONE) continue;
    struct routes *r = routes_create(l, f, t->fleet[f].radius, t->zone_closed);
    if (!r) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for routes");
    t->fleet[f].routes = t->route_sets;
    t->routes[t->route_sets++] = r;
  }
  if (t->route_sets == 0) return STATUS_OK;
  enum status s = check_reach(t, e);
  if (s != STATUS_OK) return s;
  s = build_places(t, e);
  return s == STATUS_OK ? solve(t, e) : s;
}

void build_routes_again(struct twin *t) {
  struct error e;
  if (t->motion) motion_settle(t);  // what runs beside may look at the floor
  for (int k = 0; k < t->route_sets; k++) {
    int f = 0;
    while (t->fleet[f].routes != k) f++;
    struct routes *r = routes_create(t->layout, f, t->fleet[f].radius, t->zone_closed);
    if (!r) {
      twin_fault(t, "no memory for new routes");
      return;
    }
    for (int32_t p = 0; p < t->places; p++) routes_place(r, t->place_at[p]);
    routes_destroy(t->routes[k]);
    t->routes[k] = r;
  }
  if (solve(t, &e) != STATUS_OK) twin_fault(t, "%s", e.text);
  for (uint32_t j = 1; j <= t->job_top; j++) t->job[j].reach = -1;       // ways are others now
  if (t->motion) motion_routes_changed(t);
  if (t->body) clear_routes_changed(t);
  t->dispatch_wanted = true;        // somebody may get somewhere again
}

// One make of a fleet: the figures of its model at that revision.
static enum status add_make(struct twin *t, int k, const char *revision, struct mark mark, struct error *e) {
  const struct fleet *plan = &t->layout->fleets[k];
  struct fleet_row *f = &t->fleet[k];
  char name[ASSET_NAME_MAX];
  for (int32_t m = f->first_make; m < f->first_make + f->makes; m++)
    if (strcmp(t->make[m].revision, revision) == 0) return STATUS_OK;
  struct make *m = &t->make[t->makes++];
  f->makes++;
  m->revision = revision;
  m->revision_row = NONE;
  if (f->typed) {
    if (f->drains) m->rate_idle = m->rate_walk = m->rate_work = 1.0 / (double)plan->runs;
    return STATUS_OK;
  }
  enum status s = assets_robot(assets_name(plan->model, revision, name), t->layout->file, t->options.assets, &m->tables, e);
  if (s != STATUS_OK) {
    e->line = (int)mark.line;
    e->column = (int)mark.column;
    return s;
  }
  if (plan->pace > 0 && plan->pace < m->tables.walk_speed) m->tables.walk_speed = plan->pace;
  if (m->tables.radius > f->radius || f->makes == 1) f->radius = m->tables.radius;
  m->rate_idle = m->tables.power_idle / m->tables.battery * 1e-9;
  m->rate_walk = m->tables.power_walk / m->tables.battery * 1e-9;
  m->rate_work = m->tables.power_work / m->tables.battery * 1e-9;
  return STATUS_OK;
}

static enum status build_fleet(struct twin *t, int k, struct error *e) {
  const struct layout *l = t->layout;
  const struct fleet *plan = &l->fleets[k];
  struct fleet_row *f = &t->fleet[k];
  f->typed = plan->model == NULL;
  f->speed = plan->speed;
  f->radius = WALKER_RADIUS;
  f->home = plan->home == NONE ? NONE : l->groups[plan->home].first;
  f->first_robot = t->robots;
  f->robots = plan->count_max > plan->count ? plan->count_max : plan->count;
  t->robots += f->robots;
  f->drains = !f->typed || (!plan->people && plan->runs > 0);
  f->first_make = t->makes;
  enum status s = add_make(t, k, plan->revision ? plan->revision : "", plan->mark, e);
  for (int h = 0; h < l->happening_count && s == STATUS_OK; h++)
    if (l->happenings[h].kind == HAPPENING_UPDATE && l->happenings[h].fleet == k) s = add_make(t, k, l->happenings[h].revision, l->happenings[h].mark, e);
  return s;
}

// Rows of the sums are in the order of the makes.
static bool number_revisions(struct twin *t) {
  int n = layout_revisions(t->layout, NULL);
  struct fleet_revision *row = ARENA_NEW(&t->arena, struct fleet_revision, n + 1);
  if (!row) return false;
  layout_revisions(t->layout, row);
  for (int k = 0; k < n; k++)
    for (int32_t m = t->fleet[row[k].fleet].first_make; m < t->fleet[row[k].fleet].first_make + t->fleet[row[k].fleet].makes; m++)
      if (strcmp(t->make[m].revision, row[k].name) == 0) t->make[m].revision_row = k;
  return true;
}

// Where a robot stands at time 0: at home, at a charger, else where its first work is.
static int32_t first_place(const struct twin *t, int f) {
  const struct layout *l = t->layout;
  if (t->fleet[f].routes == NONE) return NONE;
  if (t->fleet[f].home != NONE && t->stand[t->fleet[f].home] != NONE) return t->stand[t->fleet[f].home];
  for (int c = 0; c < t->chargers; c++)
    if (t->stand[t->charger[c].station] != NONE) return t->stand[t->charger[c].station];
  for (int s = 0; s < l->station_count; s++)
    if (t->stand[s] != NONE) return t->stand[s];
  return NONE;
}

static bool build_robots(struct twin *t) {
  const struct layout *l = t->layout;
  struct arena *a = &t->arena;
  int32_t n = t->robots;
  t->robot = ARENA_NEW(a, struct robot, n + 1);
  t->idle_place = ARENA_NEW(a, int32_t, n + 1);
  t->idle_fleet = ARENA_NEW(a, uint8_t, n + 1);
  t->idle_time = ARENA_NEW(a, int64_t, n + 1);
  t->idle_number = ARENA_NEW(a, uint32_t, n + 1);
  t->idle_robot = ARENA_NEW(a, int32_t, n + 1);
  t->wait_place = ARENA_NEW(a, int32_t, n + 17);
  t->wait_fleets = ARENA_NEW(a, uint64_t, n + 17);
  t->wait_need = ARENA_NEW(a, uint8_t, n + 17);
  t->wait_job = ARENA_NEW(a, uint32_t, n + 17);
  t->taken = ARENA_NEW(a, bool, n + 1);
  t->seconds_away = ARENA_NEW(a, double, n + 1);
  t->idle_strolls = ARENA_NEW(a, bool, n + 1);
  t->fresh = ARENA_NEW(a, int32_t, n > 0 ? n : 1);
  t->pairs_max = n;
  t->pairs = arena_alloc(a, sizeof *t->pairs * (size_t)(n + 1), 8);
  if (!t->robot || !t->pairs || !t->wait_job || !t->idle_robot || !t->seconds_away || !t->fresh) return false;
  for (int f = 0; f < l->fleet_count; f++)
    for (int k = 0; k < t->fleet[f].robots; k++) {
      int32_t i = t->fleet[f].first_robot + k;
      t->robot[i] = (struct robot){.fleet = (uint8_t)f, .act = ACT_GONE, .cause = ROBOT_STOPPED, .number = (uint32_t)i + 1, .station = NONE, .charger = NONE,
        .make = (uint16_t)t->fleet[f].first_make, .next_make = (uint16_t)t->fleet[f].first_make,
        .remaining = -1, .place = first_place(t, f), .from = NONE,
        .falls = stream_make(t->options.seed, t->options.replication, l->fleets[f].name, "falls", (uint32_t)k),
        .handling = stream_make(t->options.seed, t->options.replication, l->fleets[f].name, "handling", (uint32_t)k),
        .gives_up = stream_make(t->options.seed, t->options.replication, l->fleets[f].name, "gives_up", (uint32_t)k)};
      t->robot[i].from = t->robot[i].place;
    }
  return true;
}

static bool build_chargers(struct twin *t) {
  const struct layout *l = t->layout;
  int n = 0;
  for (int s = 0; s < l->station_count; s++) n += l->stations[s].kind == STATION_CHARGER;
  t->charger = ARENA_NEW(&t->arena, struct charger_row, n + 1);
  if (!t->charger) return false;
  for (int s = 0; s < l->station_count; s++) {
    const struct station *p = &l->stations[s];
    if (p->kind != STATION_CHARGER) continue;
    struct charger_row *c = &t->charger[t->chargers++];
    *c = (struct charger_row){.station = s, .slots = p->place_count > 0 ? p->place_count : 1, .packs = p->packs};
    c->pack_ready = ARENA_NEW(&t->arena, ns_t, p->packs + 1);
    if (!c->pack_ready) return false;
  }
  return true;
}

enum status build_fleets(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  t->fleet = ARENA_NEW(&t->arena, struct fleet_row, l->fleet_count + 1);
  t->make = ARENA_NEW(&t->arena, struct make, l->fleet_count + l->happening_count + 1);
  t->stand = ARENA_NEW(&t->arena, int32_t, l->station_count + 1);
  t->belt_stand = ARENA_NEW(&t->arena, int32_t, l->station_count + 1);
  t->belt_stand_count = ARENA_NEW(&t->arena, int32_t, l->station_count + 1);
  if (!t->fleet || !t->make || !t->stand || !t->belt_stand || !t->belt_stand_count || !build_chargers(t)) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for fleets");
  for (int s = 0; s < l->station_count; s++) t->stand[s] = NONE;
  for (int f = 0; f < l->fleet_count; f++) {
    enum status s = build_fleet(t, f, e);
    if (s != STATUS_OK) return s;
  }
  enum status s = build_routes(t, e);
  if (s != STATUS_OK) return s;
  if (!number_revisions(t) || !build_robots(t)) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for robots");
  return STATUS_OK;
}
