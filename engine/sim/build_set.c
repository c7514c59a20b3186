// `set`: one value of the running line is changed.
//
// The layout's text is edited and checked anew as a whole; when the new layout has the same
// stations, flows, parts and fleets, the twin goes on with its numbers. What cannot change while
// the line runs (rows, places, capacities of belts) is refused with a note, and nothing happens.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/belt.h"
#include "engine/sim/build.h"
#include "engine/sim/source.h"

static bool same_station(const struct station *a, const struct station *b) {
  if (a->kind != b->kind || strcmp(a->name, b->name) != 0 || a->servers != b->servers || a->batch != b->batch || a->shift != b->shift) return false;
  if (a->need_count != b->need_count || a->base != b->base || a->early != b->early || a->into_count != b->into_count || a->order != b->order) return false;
  for (int k = 0; k < a->need_count; k++)
    if (a->needs[k].part != b->needs[k].part || a->needs[k].count != b->needs[k].count) return false;
  if (a->rework_to != b->rework_to || (a->rework > 0) != (b->rework > 0) || a->before_service != b->before_service || a->lose != b->lose) return false;
  if (a->operators.count != b->operators.count || a->operators.by_count != b->operators.by_count || a->operators.during != b->operators.during) return false;
  if (a->failures.given != b->failures.given || a->failures.calendar != b->failures.calendar || a->failures.by != b->failures.by) return false;
  if (a->placed != b->placed || a->at[0] != b->at[0] || a->at[1] != b->at[1] || a->facing != b->facing || a->size[0] != b->size[0] || a->size[1] != b->size[1]) return false;
  if (a->length != b->length || a->part_pitch != b->part_pitch || a->accumulating != b->accumulating || a->place_count != b->place_count || a->packs != b->packs || a->swaps != b->swaps) return false;
  if ((a->scrap > 0) != (b->scrap > 0)) return false;
  return a->every.given == b->every.given && a->setup_when == b->setup_when && a->makes.kind == b->makes.kind && a->makes.count == b->makes.count;
}

static bool same_line(const struct layout *a, const struct layout *b) {
  if (a->station_count != b->station_count || a->flow_count != b->flow_count || a->part_count != b->part_count || a->fleet_count != b->fleet_count) return false;
  if (a->shift_count != b->shift_count || a->limit_count != b->limit_count || a->zone_count != b->zone_count || a->happening_count != b->happening_count) return false;
  for (int s = 0; s < a->station_count; s++)
    if (!same_station(&a->stations[s], &b->stations[s])) return false;
  for (int k = 0; k < a->flow_count; k++) {
    const struct flow *x = &a->flows[k], *y = &b->flows[k];
    if (x->from != y->from || x->to != y->to || x->part != y->part || x->by != y->by || x->fleet != y->fleet || x->robots != y->robots || x->when != y->when || x->share != y->share || x->priority != y->priority) return false;
  }
  for (int k = 0; k < a->fleet_count; k++) {
    const struct fleet *x = &a->fleets[k], *y = &b->fleets[k];
    if (x->count != y->count || x->count_max != y->count_max || (x->model == NULL) != (y->model == NULL) || x->shift != y->shift || x->home != y->home) return false;
    if (x->model && strcmp(x->model, y->model) != 0) return false;
  }
  return true;
}

// A belt at another speed: positions stay, times along it change.
static void adopt_belt(struct twin *t, int32_t s, double old_speed) {
  const struct station *p = &t->layout->stations[s];
  struct belt *b = &t->belt[t->station[s].belt];
  if (p->speed == old_speed) return;
  ns_t now = b->halted ? b->frozen : t->now - b->offset;
  double ratio = old_speed / p->speed;
  ns_t length = b->length;
  b->length = ns_from_seconds(p->length / p->speed);
  b->pitch = ns_from_seconds(p->part_pitch / p->speed);
  if (b->pitch < 1) b->pitch = 1;
  for (uint32_t k = 0; k < b->count; k++) {
    // a part that has come to its stop keeps it
    ns_t x = now - t->part[b->part[k]].belt;
    if (x > length) x = length;
    t->part[b->part[k]].belt = now - (ns_t)((double)x * ratio);
  }
  belt_halt(t, s, 8);
  belt_run(t, s, 8);
}

static void adopt(struct twin *t, const struct layout *l) {
  const struct layout *old = t->layout;
  t->layout = l;
  for (int32_t s = 0; s < l->station_count; s++) {
    const struct station *p = &l->stations[s];
    struct station_row *r = &t->station[s];
    if (p->kind == STATION_BUFFER || p->kind == STATION_RACK || p->kind == STATION_BIN) r->capacity = p->capacity;
    if (p->kind == STATION_SOURCE && p->every.given) r->every = p->every;
    if (p->kind == STATION_CONVEYOR) adopt_belt(t, s, old->stations[s].speed);
    station_dirty(t, s);
  }
  for (int32_t f = 0; f < l->fleet_count; f++) {
    t->fleet[f].speed = l->fleets[f].speed;
    if (t->fleet[f].typed && t->fleet[f].drains && l->fleets[f].runs > 0)
      t->fleet[f].rate_idle = t->fleet[f].rate_walk = t->fleet[f].rate_work = 1.0 / (double)l->fleets[f].runs;
  }
}

void build_set(struct twin *t, const char *path, const char *value) {
  if (t->adoptions == 64) {
    twin_note(t, NOTE_FAULT, 0, "set %s: no more than 64 changes in one run", path);
    return;
  }
  struct layout *l = calloc(1, sizeof *l);
  if (!l) return;
  struct layout_override set = {path, value};
  struct faults f;
  faults_init(&f, t->layout->file, t->layout->text, t->layout->text_size);
  enum status s = layout_read_text(l, t->layout->file, t->layout->text, t->layout->text_size, &set, 1, &f);
  if (s != STATUS_OK) twin_note(t, NOTE_FAULT, 0, "set %.30s: %.50s", path, f.count ? f.fault[0].text : status_text(s));
  else if (!same_line(t->layout, l)) twin_note(t, NOTE_FAULT, 0, "set %.40s: cannot change while the line runs", path);
  faults_finish(&f);
  if (s != STATUS_OK || !same_line(t->layout, l)) {
    layout_finish(l);
    free(l);
    return;
  }
  t->adopted[t->adoptions++] = l;
  adopt(t, l);
  twin_note(t, NOTE_COMMAND, 0, "set %.40s = %.30s", path, value);
}

void build_finish(struct twin *t) {
  for (int32_t k = 0; k < t->adoptions; k++) {
    layout_finish(t->adopted[k]);
    free(t->adopted[k]);
  }
}
