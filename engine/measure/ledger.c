#include "engine/measure/ledger.h"

#include <assert.h>
#include <string.h>

#include "engine/layout/revisions.h"

const char *station_cause_name(enum station_cause c) {
#define X(name, text) text,
  static const char *const names[STATION_CAUSES] = { STATION_CAUSE_MAP(X) };
#undef X
  assert((int)c >= 0);
  assert(c < STATION_CAUSES);
  return names[c];
}

const char *robot_cause_name(enum robot_cause c) {
#define X(name, text) text,
  static const char *const names[ROBOT_CAUSES] = { ROBOT_CAUSE_MAP(X) };
#undef X
  assert((int)c >= 0);
  assert(c < ROBOT_CAUSES);
  return names[c];
}

struct sums sums_make(const struct layout *l, struct arena *a) {
  struct sums s = {.stations = l->station_count, .fleets = l->fleet_count, .steps = l->step_count, .revisions = layout_revisions(l, NULL)};
  s.station = ARENA_NEW(a, struct station_sums, l->station_count + 1);
  s.fleet = ARENA_NEW(a, struct fleet_sums, l->fleet_count + 1);
  s.step = ARENA_NEW(a, struct step_sums, l->step_count + 1);
  s.revision = ARENA_NEW(a, struct fleet_sums, s.revisions + 1);
  return s;
}

void sums_copy(struct sums *to, const struct sums *from) {
  assert(to->stations == from->stations);
  assert(to->fleets == from->fleets);
  assert(to->steps == from->steps);
  assert(to->revisions == from->revisions);
  to->now = from->now;
  to->line = from->line;
  memcpy(to->station, from->station, sizeof *to->station * (size_t)to->stations);
  memcpy(to->fleet, from->fleet, sizeof *to->fleet * (size_t)to->fleets);
  memcpy(to->step, from->step, sizeof *to->step * (size_t)to->steps);
  memcpy(to->revision, from->revision, sizeof *to->revision * (size_t)to->revisions);
}
