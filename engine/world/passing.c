#include "engine/world/passing.h"

#include <stdint.h>
#include <stdlib.h>

#include "engine/world/floor.h"
#include "engine/world/stand.h"

#define SLACK 1e-4                  // m    by which footprints may seem to overlap

static int lives_at(const struct layout *l, int station) {
  int n = 0;
  for (int k = 0; k < l->fleet_count; k++)
    if (l->fleets[k].home != NONE && l->groups[l->fleets[k].home].first == station) n += l->fleets[k].count;
  return n;
}

static void check_slots(const struct layout *l, const struct floor *floor, int station, struct faults *f) {
  const struct station *s = &l->stations[station];
  int slots = s->place_count > 0 ? s->place_count : 1, live = lives_at(l, station);
  bool footprints = l->run.fidelity == FIDELITY_MOTION;
  if (live > slots && footprints) fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: %d robots live here and it has %d slots: the others stand in the way around it", s->name, live, slots);
  double at[2], before[2] = {0, 0};
  for (int k = 0; k < slots; k++) {
    station_slot(s, k, WALKER_RADIUS, at);
    if (!floor_free(floor, at)) {
      char what[96];
      floor_cover(floor, at, what, sizeof what);
      fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: slot %d at [%.2f, %.2f] is %s: nobody can stand there", s->name, k + 1, at[0], at[1], what);
      return;
    }
    if (k > 0 && footprints && geo_distance(at, before) < 2 * WALKER_RADIUS - SLACK) {
      fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: its slots are %.2f m apart, robots of %.2f m do not fit side by side: one of two stays empty", s->name, geo_distance(at, before), 2 * WALKER_RADIUS);
      return;
    }
    before[0] = at[0];
    before[1] = at[1];
  }
}

// Robots or people come here to pick, place, work.
static bool visited(const struct layout *l, int station) {
  if (l->stations[station].operators.count > 0) return true;
  for (int k = 0; k < l->flow_count; k++) {
    const struct flow *w = &l->flows[k];
    for (int end = 0; end < 2 && w->by != CARRIER_DIRECT; end++) {
      const struct station_group *g = &l->groups[end ? w->to : w->from];
      if (station >= g->first && station < g->first + g->count) return true;
    }
  }
  return false;
}

// ---- a hall that can only jam -----------------------------------------------------------------------------------

#define RASTER      0.05            // m    between the points at which a dock's slots are looked at
#define RASTER_MOST 2000000         //      of them
#define AROUND      2.0             // m    around the slots
#define PITCH       (2 * WALKER_RADIUS + 0.1)           // m    one walker's share of the floor, as the coordinator's cells
#define SHIFTS      4               //      places of that grid, each way

struct raster {
  double   from[2];                 // m    first point
  int      nx, ny;
  uint8_t *taken;                   // (points) slots whose robot touches one that stands here; SOLID: no floor
  uint8_t *outside;                 // (points) reached from the rim, past all who stand in slots
  int32_t *queue;
};

enum { SOLID = 255 };

static void raster_point(const struct raster *r, int c, double out[2]) {
  out[0] = r->from[0] + RASTER * (c % r->nx);
  out[1] = r->from[1] + RASTER * (c / r->nx);
}

static void raster_slot(struct raster *r, const double at[2], int by) {
  int reach = (int)(2 * WALKER_RADIUS / RASTER) + 1, x = (int)((at[0] - r->from[0]) / RASTER), y = (int)((at[1] - r->from[1]) / RASTER);
  for (int j = y - reach; j <= y + reach + 1; j++)
    for (int i = x - reach; i <= x + reach + 1; i++) {
      if (i < 0 || j < 0 || i >= r->nx || j >= r->ny || r->taken[j * r->nx + i] == SOLID) continue;
      double p[2];
      raster_point(r, j * r->nx + i, p);
      if (geo_distance(p, at) < 2 * WALKER_RADIUS - SLACK) r->taken[j * r->nx + i] = (uint8_t)(r->taken[j * r->nx + i] + by);
    }
}

// Level by level over points that nobody in a slot touches, from the first *tail of the queue, which grows by them; true: it came to a point outside (when asked
// to look for one).
static bool raster_flood(struct raster *r, int *tail, bool look, uint8_t mark) {
  for (int head = 0; head < *tail; head++) {
    int c = r->queue[head], x = c % r->nx, y = c / r->nx;
    if (look && r->outside[c] == 1) return true;
    const int next[4] = {x + 1 < r->nx ? c + 1 : NONE, y + 1 < r->ny ? c + r->nx : NONE, x > 0 ? c - 1 : NONE, y > 0 ? c - r->nx : NONE};
    for (int k = 0; k < 4; k++) {
      if (next[k] == NONE || r->taken[next[k]] > 0 || r->outside[next[k]] == mark) continue;
      if (!look || r->outside[next[k]] == 0) r->outside[next[k]] = mark;
      r->queue[(*tail)++] = next[k];
      if (look && r->outside[next[k]] == 1) return true;
    }
  }
  return false;
}

// A slot from which nobody gets out while others stand in theirs.
static void check_walled_in(const struct layout *l, const struct floor *floor, int station, struct faults *f) {
  const struct station *s = &l->stations[station];
  int slots = s->place_count > 0 ? s->place_count : 1, rim = 0;
  double at[2], box[4] = {1e9, 1e9, -1e9, -1e9};
  for (int k = 0; k < slots; k++) {
    station_slot(s, k, WALKER_RADIUS, at);
    for (int a = 0; a < 2; a++) {
      if (at[a] < box[a]) box[a] = at[a];
      if (at[a] > box[2 + a]) box[2 + a] = at[a];
    }
  }
  struct raster r = {.from = {box[0] - AROUND, box[1] - AROUND}, .nx = (int)((box[2] - box[0] + 2 * AROUND) / RASTER), .ny = (int)((box[3] - box[1] + 2 * AROUND) / RASTER)};
  if (slots < 2 || (int64_t)r.nx * r.ny > RASTER_MOST) return;
  size_t points = (size_t)r.nx * (size_t)r.ny;
  r.taken = calloc(points, 1);
  r.outside = calloc(points, 1);
  r.queue = malloc(points * sizeof *r.queue);
  if (r.taken && r.outside && r.queue) {
    for (int c = 0; c < r.nx * r.ny; c++) {
      double p[2];
      raster_point(&r, c, p);
      if (p[0] < 0 || p[1] < 0 || p[0] > l->size[0] || p[1] > l->size[1] || !floor_free(floor, p)) r.taken[c] = SOLID;
    }
    for (int k = 0; k < slots; k++) {
      station_slot(s, k, WALKER_RADIUS, at);
      raster_slot(&r, at, 1);
    }
    for (int c = 0; c < r.nx * r.ny; c++) {
      int x = c % r.nx, y = c / r.nx;
      if ((x > 0 && y > 0 && x + 1 < r.nx && y + 1 < r.ny) || r.taken[c] > 0) continue;
      r.outside[c] = 1;
      r.queue[rim++] = c;
    }
    int tail = rim;
    raster_flood(&r, &tail, false, 1);
  }
  for (int k = 0; k < slots && rim > 0; k++) {
    station_slot(s, k, WALKER_RADIUS, at);
    int c = (int)((at[1] - r.from[1]) / RASTER + 0.5) * r.nx + (int)((at[0] - r.from[0]) / RASTER + 0.5);
    if (r.taken[c] != 1) continue;            // in a wall, or it touches its neighbour: said already
    raster_slot(&r, at, -1);
    int tail = 1;
    r.queue[0] = c;
    r.outside[c] = 2;
    bool out = raster_flood(&r, &tail, true, 2);
    raster_slot(&r, at, 1);
    for (int i = 0; i < tail; i++)
      if (r.outside[r.queue[i]] == 2) r.outside[r.queue[i]] = 0;
    if (out) continue;
    fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: slot %d at [%.2f, %.2f] is walled in by the robots in its other slots: nobody gets in or out while they stand there", s->name, k + 1, at[0], at[1]);
    break;
  }
  free(r.taken);
  free(r.outside);
  free(r.queue);
}

// Where one can stand and be passed, in walkers: of some places of a grid of PITCH the best.
static int room_to_pass(const struct layout *l, const struct floor *floor, const struct floor *wide, int enough) {
  int best = 0;
  for (int shift = 0; shift < SHIFTS * SHIFTS && best < enough; shift++) {
    int n = 0;
    double p[2];
    for (p[1] = PITCH * (shift / SHIFTS + 0.5) / SHIFTS; p[1] < l->size[1] && n < enough; p[1] += PITCH)
      for (p[0] = PITCH * (shift % SHIFTS + 0.5) / SHIFTS; p[0] < l->size[0] && n < enough; p[0] += PITCH) n += floor_free(floor, p) && !floor_narrow(floor, wide, p);
    if (n > best) best = n;
  }
  return best;
}

static void check_room(const struct layout *l, const struct floor *floor, const struct floor *wide, struct faults *f) {
  int walkers = 0, slots = 0, visits = 0, first = NONE;
  for (int k = 0; k < l->fleet_count; k++) walkers += l->fleets[k].count;
  for (int i = 0; i < l->station_count; i++) {
    const struct station *s = &l->stations[i];
    bool dock = s->kind == STATION_DOCK || s->kind == STATION_CHARGER;
    if (!s->placed || (!dock && !visited(l, i))) continue;
    slots += dock && s->place_count > 0 ? s->place_count : 1;
    visits++;
    if (first == NONE && !dock) first = i;
  }
  if (walkers < 2 || visits < 2 || first == NONE) return;
  int room = room_to_pass(l, floor, wide, walkers);
  double at[2];
  station_stand(&l->stations[first], WALKER_RADIUS, at);
  if (room == 0)
    fault_add(f, FAULT_WARNING, STATUS_CONFLICT, l->stations[first].mark, "floor: %d walkers, and nowhere on it can two pass each other: they can only jam, from stations.%s at [%.2f, %.2f] on (two need %.2f m)", walkers, l->stations[first].name, at[0], at[1], 2 * wide->radius);
  else if (walkers > room + slots)
    fault_add(f, FAULT_WARNING, STATUS_CONFLICT, l->fleets[0].mark, "floor: %d walkers, and room for %d where others can pass and %d who stand at stations: they can only jam", walkers, room, slots);
}

// ---- stands -----------------------------------------------------------------------------------------------------

static void check_stands(const struct layout *l, const struct floor *floor, const struct floor *wide, struct faults *f) {
  int group = NONE;
  for (int i = 0; i < l->station_count; i++) {
    const struct station *s = &l->stations[i];
    if (!s->placed || s->kind == STATION_CONVEYOR || s->kind == STATION_DOCK || s->group == group || !visited(l, i)) continue;
    double at[2];
    station_stand(s, WALKER_RADIUS, at);
    if (!floor_free(floor, at) || !floor_narrow(floor, wide, at)) continue;
    group = s->group;
    fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: where robots stand, [%.2f, %.2f], nobody can pass them: they go in and out one by one (two need %.2f m)", s->name, at[0], at[1], 2 * wide->radius);
  }
}

void passing_check(const struct layout *l, struct faults *f) {
  if (!l->has_floor || l->fleet_count == 0 || l->run.fidelity == FIDELITY_EVENT) return;
  struct floor floor = {0}, wide = {0};
  struct error e;
  bool footprints = l->run.fidelity == FIDELITY_MOTION;
  if (floor_init(&floor, l, NONE, WALKER_RADIUS, NULL, &e) == STATUS_OK && floor_init(&wide, l, NONE, 2 * WALKER_RADIUS + FLOOR_PASSING, NULL, &e) == STATUS_OK) {
    for (int i = 0; i < l->station_count; i++)
      if (l->stations[i].placed && (l->stations[i].kind == STATION_DOCK || l->stations[i].kind == STATION_CHARGER)) {
        check_slots(l, &floor, i, f);
        if (footprints) check_walled_in(l, &floor, i, f);
      }
    if (footprints) check_room(l, &floor, &wide, f);
    if (footprints) check_stands(l, &floor, &wide, f);
  }
  floor_finish(&floor);
  floor_finish(&wide);
}
