#include "engine/world/passing.h"

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
  if (live > slots) fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: %d robots live here and it has %d slots: the others stand in the way around it", s->name, live, slots);
  double at[2], before[2];
  for (int k = 0; k < slots; k++) {
    station_slot(s, k, WALKER_RADIUS, at);
    if (!floor_free(floor, at)) {
      char what[96];
      floor_cover(floor, at, what, sizeof what);
      fault_add(f, FAULT_WARNING, STATUS_CONFLICT, s->mark, "stations.%s: slot %d at [%.2f, %.2f] is %s: nobody can stand there", s->name, k + 1, at[0], at[1], what);
      return;
    }
    if (k > 0 && geo_distance(at, before) < 2 * WALKER_RADIUS - SLACK) {
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
  if (floor_init(&floor, l, NONE, WALKER_RADIUS, NULL, &e) == STATUS_OK && floor_init(&wide, l, NONE, 2 * WALKER_RADIUS + FLOOR_PASSING, NULL, &e) == STATUS_OK) {
    for (int i = 0; i < l->station_count; i++)
      if (l->stations[i].placed && (l->stations[i].kind == STATION_DOCK || l->stations[i].kind == STATION_CHARGER)) check_slots(l, &floor, i, f);
    check_stands(l, &floor, &wide, f);
  }
  floor_finish(&floor);
  floor_finish(&wide);
}
