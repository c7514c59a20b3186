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
#include "engine/sim/decide.h"
#include "engine/sim/source.h"

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
    // the end stays the end, whatever rounding says
    ns_t there = x >= length ? b->length : (ns_t)((double)x * ratio);
    t->part[b->part[k]].belt = now - (there < b->length ? there : b->length);
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
  if (l->policy != old->policy) decide_again(t);
  for (int32_t f = 0; f < l->fleet_count; f++) {
    t->fleet[f].speed = l->fleets[f].speed;
    if (t->fleet[f].typed && t->fleet[f].drains && l->fleets[f].runs > 0)
{
      struct make *m = &t->make[t->fleet[f].first_make];
      m->rate_idle = m->rate_walk = m->rate_work = 1.0 / (double)l->fleets[f].runs;
    }
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
  // code of others is run when it is asked for at the start, never because somebody who is connected says so
  else if (l->policy == POLICY_LIBRARY && t->layout->policy != POLICY_LIBRARY) s = STATUS_CONFLICT, twin_note(t, NOTE_FAULT, 0, "set %.40s: a library can only be named at the start", path);
  else if (!layout_same_line(t->layout, l)) twin_note(t, NOTE_FAULT, 0, "set %.40s: cannot change while the line runs", path);
  faults_finish(&f);
  if (s != STATUS_OK || !layout_same_line(t->layout, l)) {
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
