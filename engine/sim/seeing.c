#include "engine/sim/seeing.h"

#include <stdlib.h>

#include "engine/sim/hands.h"
#include "engine/sim/place.h"
#include "engine/world/hands_check.h"

// A station where classes are told apart.
struct seeing {
  int32_t       fleet;              // whose eyes
  int           first, count;       // classes that leave it, in t->seen_class
  struct stream draws;
};

static bool lies(uint8_t kind) { return kind == STATION_SOURCE || kind == STATION_BUFFER || kind == STATION_RACK || kind == STATION_BIN || kind == STATION_CONVEYOR; }

// Choices at station s of two classes are the same: nobody need tell them apart there.
static bool alike(const struct twin *t, int32_t s, int a, int b) {
  const struct station_row *r = &t->station[s];
  if (!r->choice_by_type) return true;
  for (int level = 0; level < r->levels; level++) {
    const struct choice *x = &t->choice[r->choice + 2 * (a * r->levels + level)], *y = &t->choice[r->choice + 2 * (b * r->levels + level)];
    if (x->shares != y->shares) return false;
    if (x->shares == 0 && x->way != y->way) return false;
    for (int k = 0; k < x->shares; k++)
      if (t->share[x->first_share + k].way != t->share[y->first_share + k].way) return false;
  }
  return true;
}

// The first fleet with eyes that may take parts from station s, NONE.
static int32_t fleet_of(const struct twin *t, int32_t s) {
  const struct layout *l = t->layout;
  for (int k = 0; k < l->flow_count; k++) {
    const struct station_group *g = &l->groups[l->flows[k].from];
    if (s < g->first || s >= g->first + g->count) continue;
    uint64_t able = hands_carriers(l, &l->flows[k]) & ~hands_cannot(t, k);
    for (int32_t f = 0; f < l->fleet_count && f < 64; f++)
      if (able >> f & 1 && t->fleet[f].robots > 0 && hands_kind(t, t->fleet[f].first_robot)) return f;
  }
  return NONE;
}

// Classes that leave station s into out (parts); how many.
static int classes_of(const struct twin *t, int32_t s, const uint64_t *comes, int words, uint16_t *out) {
  const struct layout *l = t->layout;
  int n = 0;
  for (int type = 0; type < l->part_count; type++) {
    bool leaves = false;
    for (int k = 0; k < l->flow_count && !leaves; k++) {
      const struct station_group *g = &l->groups[l->flows[k].from];
      leaves = s >= g->first && s < g->first + g->count && comes[k * words + (type >> 6)] >> (type & 63) & 1;
    }
    if (leaves) out[n++] = (uint16_t)type;
  }
  for (int k = 1; k < n; k++)
    if (!alike(t, s, out[0], out[k])) return n;
  return 0;
}

bool seeing_create(struct twin *t) {
  const struct layout *l = t->layout;
  int words = (l->part_count + 63) / 64, first = 0, rows = 0;
  for (int32_t s = 0; s < l->station_count; s++) t->station[s].mixed = NONE;
  if (!t->hands) return true;
  uint64_t *comes = calloc((size_t)l->flow_count * (size_t)words + 1, sizeof *comes);
  uint16_t *class = calloc((size_t)l->part_count + 1, sizeof *class);
  t->seeing = ARENA_NEW(&t->arena, struct seeing, l->station_count + 1);
  t->seen_class = ARENA_NEW(&t->arena, uint16_t, (size_t)l->station_count * (size_t)l->part_count + 1);
  bool good = comes && class && t->seeing && t->seen_class;
  if (good) hands_parts(l, comes);
  for (int32_t s = 0; good && s < l->station_count; s++) {
    if (!lies(t->station[s].kind) || !l->stations[s].placed) continue;
    int32_t fleet = fleet_of(t, s);
    int n = fleet == NONE ? 0 : classes_of(t, s, comes, words, class);
    if (n == 0) continue;
    for (int k = 0; k < n; k++) t->seen_class[first + k] = class[k];
    t->seeing[rows] = (struct seeing){fleet, first, n, stream_make(t->options.seed, t->options.replication, l->stations[s].name, "seeing", 0)};
    t->station[s].mixed = rows++;
    first += n;
  }
  free(comes);
  free(class);
  return good;
}

static void right_now(struct twin *t, struct part *a) {
  if (a->is == a->type) return;
  a->type = a->becomes = a->is;
  a->wrong--;
  t->sums.line.found++;
}

void seeing_look(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  struct seeing *x = &t->seeing[t->station[a->station].mixed];
  const uint16_t *class = &t->seen_class[x->first];
  int others = 0;
  for (int k = 0; k < x->count; k++) others += !alike(t, a->station, a->is, class[k]);
  double error = hands_class_error(t, x->fleet, p, x->count) * others / (x->count - 1), u = stream_unit(&x->draws);
  right_now(t, a);
  if (!(u < error)) return;
  // the same draw says which of the others it is taken for
  int which = (int)(u / error * others);
  for (int k = 0; k < x->count; k++) {
    if (alike(t, a->station, a->is, class[k]) || which-- != 0) continue;
    a->type = a->becomes = class[k];
    a->wrong++;
    sums_of(t, a->station)->missorted++;
    t->sums.line.missorted++;
    t->digest = digest_u64(t->digest, (uint64_t)t->now, UINT64_C(5) << 61 | (uint64_t)a->is << 32 | class[k]);
  }
}

static bool scans(const struct station *s) {
  for (int k = 0; k < s->step_count; k++)
    if (s->steps[k].what == STEP_SCAN) return true;
  return false;
}

static void mend(struct twin *t, struct part *a) {
  t->sums.line.found += a->wrong;
  a->wrong = 0;
  a->is = a->type;
}

bool seeing_worked(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  const struct station *plan = &t->layout->stations[a->station];
  if (a->wrong == 0) return true;
  if (plan->kind == STATION_INSPECTION) return true;
  if (a->failed) {
    mend(t, a);
    return true;
  }
  if (!scans(plan)) return true;
  // room is kept for what it was taken for
  bool goes = !a->holding && (plan->makes.count > 0 || way_there(t, a->station, a, a->is));
  if (a->is != a->type && goes) right_now(t, a);
  if (a->wrong == 0) return true;
  // whoever works on it next sees to it
  a->failed = true;
  return false;
}

void seeing_join(struct part *into, struct part *a) {
  into->wrong = (uint16_t)(into->wrong + a->wrong);
  a->wrong = 0;
}

int64_t seeing_count(const struct twin *t) {
  int64_t wrong = 0;
  for (uint32_t p = 1; p <= t->part_top; p++)
    if (t->part[p].state != PART_FREE) wrong += t->part[p].wrong;
  return wrong;
}
