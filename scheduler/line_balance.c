#include "scheduler/line_balance.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PASS_BYTES ((size_t)400 << 20)        // states of one pass may take this much

// A set of tasks that are done, at the end of a station. Its bits stand beside it in the stage.
struct state { int64_t work; int32_t parent, count; uint32_t hash; };

struct stage { struct state *state; uint64_t *bits; int32_t count; };

struct pass {
  const struct line *l;
  const struct line_search *how;
  int64_t       takt, work;         // of all tasks
  int32_t       width, words, found_below;
  int64_t       nodes_max;          // loads looked at for one state
  bool          exact, stopped;
  struct stage *stage;              // 0: nothing done; k: after k stations      (n + 1)
  int32_t      *table, table_size;  // index + 1 into the next stage, by hash
  int32_t      *by_time;            // tasks, longest first
  int32_t      *list, *missing;     // available tasks; open predecessors
  uint64_t     *bits;               // of the state with the load in hand
  int64_t       nodes, ticks;       // of the state in hand; of the pass
  int32_t       found;              // stations of a whole balance, 0: none
};

// ---- bounds ------------------------------------------------------------------------------------------

// Stations that the tasks not in bits need at least; bits NULL: all tasks.
static int32_t stations_bound(const struct line *l, int64_t takt, const uint64_t *bits) {
  int64_t work = 0, halves = 0, sixths = 0;
  for (int32_t i = 0; i < l->n; i++) {
    if (bits && bits[i / 64] >> (i % 64) & 1) continue;
    int64_t t = l->time[i];
    work += t;
    // more than half a takt stands alone, just half shares
    halves += 2 * t > takt ? 2 : 2 * t == takt;
    sixths += 3 * t > 2 * takt ? 6 : 3 * t == 2 * takt ? 4 : 2 * t > takt ? 3 : 3 * t > takt ? 3 : 3 * t == takt ? 2 : 0;
  }
  int64_t bound = (work + takt - 1) / takt;
  if ((halves + 1) / 2 > bound) bound = (halves + 1) / 2;
  if ((sixths + 5) / 6 > bound) bound = (sixths + 5) / 6;
  return (int32_t)bound;
}

// ---- states of the next station ----------------------------------------------------------------------

// idle time per station less a fiftieth of the open tasks: smaller is better (Sewell & Jacobson 2012)
static int64_t rank_of(const struct pass *p, const struct state *s, int32_t station) {
  return 50 * (station * p->takt - s->work) - (int64_t)station * (p->l->n - s->count);
}

struct ranked { int64_t rank; int32_t index; };

static int compare_ranked(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

static void enter(struct pass *p, const struct stage *next, int32_t index) {
  uint32_t at = next->state[index].hash & (uint32_t)(p->table_size - 1);
  while (p->table[at]) at = (at + 1) & (uint32_t)(p->table_size - 1);
  p->table[at] = index + 1;
}

// Keep the best `width` states of a stage that is full, in their old order.
static void thin(struct pass *p, struct stage *next, int32_t station) {
  struct ranked *ranked = malloc((size_t)next->count * sizeof *ranked);
  assert(ranked);
  for (int32_t i = 0; i < next->count; i++) ranked[i] = (struct ranked){rank_of(p, &next->state[i], station), i};
  qsort(ranked, (size_t)next->count, sizeof *ranked, compare_ranked);
  // the last one that stays decides
  struct ranked last = ranked[p->width - 1];
  int32_t kept = 0;
  memset(p->table, 0, (size_t)p->table_size * sizeof *p->table);
  for (int32_t i = 0; i < next->count; i++) {
    struct ranked r = {rank_of(p, &next->state[i], station), i};
    if (compare_ranked(&r, &last) > 0) continue;
    next->state[kept] = next->state[i];
    memmove(next->bits + (size_t)kept * (size_t)p->words, next->bits + (size_t)i * (size_t)p->words, (size_t)p->words * sizeof *next->bits);
    enter(p, next, kept++);
  }
  free(ranked);
  next->count = kept;
  p->exact = false;
}

// A maximal load is complete: p->bits with `work` done by `count` tasks after `station` stations.
static void emit(struct pass *p, int32_t station, int32_t parent, int64_t work, int32_t count) {
  struct stage *next = &p->stage[station];
  if (count == p->l->n) p->found = station;
  else if (station + (p->work - work + p->takt - 1) / p->takt >= p->found_below) return;

  uint64_t mix = 0;
  for (int32_t w = 0; w < p->words; w++) mix = (mix ^ p->bits[w]) * UINT64_C(0x9E3779B97F4A7C15), mix ^= mix >> 29;
  uint32_t hash = (uint32_t)(mix >> 32), at = hash & (uint32_t)(p->table_size - 1);
  for (; p->table[at]; at = (at + 1) & (uint32_t)(p->table_size - 1)) {
    int32_t k = p->table[at] - 1;
    if (next->state[k].hash == hash && !memcmp(next->bits + (size_t)k * (size_t)p->words, p->bits, (size_t)p->words * sizeof *p->bits)) return;
  }
  if (!p->found && station + stations_bound(p->l, p->takt, p->bits) >= p->found_below) return;
  if (next->count == 2 * p->width) {
    thin(p, next, station);
    at = hash & (uint32_t)(p->table_size - 1);
    while (p->table[at]) at = (at + 1) & (uint32_t)(p->table_size - 1);
  }
  memcpy(next->bits + (size_t)next->count * (size_t)p->words, p->bits, (size_t)p->words * sizeof *p->bits);
  next->state[next->count] = (struct state){work, parent, count, hash};
  p->table[at] = ++next->count;
}

// ---- loads of one station ----------------------------------------------------------------------------

// All maximal loads that add to the one in hand tasks of the list from place `from` on. Chosen places rise and tasks that
// become available join at the end, so that no load comes twice.
static void load_station(struct pass *p, int32_t station, int32_t parent, int32_t from, int32_t length, int64_t room, int64_t work, int32_t count) {
  const struct line *l = p->l;
  if (++p->ticks % 256 == 0 && p->how->stop && p->how->stop(p->how->context)) p->stopped = true;
  if (++p->nodes > p->nodes_max) p->exact = false;
  bool full = true;
  for (int32_t k = from; k < length && !p->stopped && p->nodes <= p->nodes_max && !p->found; k++) {
    int32_t i = p->list[k], more = length;
    if (l->time[i] > room) continue;
    full = false;
    p->bits[i / 64] |= UINT64_C(1) << (i % 64);
    for (int32_t a = l->next_begin[i]; a < l->next_begin[i + 1]; a++)
      if (--p->missing[l->next[a]] == 0) p->list[more++] = l->next[a];
    load_station(p, station, parent, k + 1, more, room - l->time[i], work + l->time[i], count + 1);
    for (int32_t a = l->next_begin[i]; a < l->next_begin[i + 1]; a++) p->missing[l->next[a]]++;
    p->bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
  }
  if (!full || p->found || p->stopped) return;
  // a task passed over that would fit makes this load no maximal one
  for (int32_t k = 0; k < from; k++) {
    int32_t i = p->list[k];
    if (l->time[i] <= room && !(p->bits[i / 64] >> (i % 64) & 1)) return;
  }
  emit(p, station, parent, work, count);
}

static void extend(struct pass *p, int32_t station, int32_t parent) {
  const struct line *l = p->l;
  const struct stage *now = &p->stage[station - 1];
  const struct state *s = &now->state[parent];
  memcpy(p->bits, now->bits + (size_t)parent * (size_t)p->words, (size_t)p->words * sizeof *p->bits);
  memset(p->missing, 0, (size_t)l->n * sizeof *p->missing);
  for (int32_t i = 0; i < l->n; i++) {
    if (p->bits[i / 64] >> (i % 64) & 1) continue;
    for (int32_t a = l->next_begin[i]; a < l->next_begin[i + 1]; a++) p->missing[l->next[a]]++;
  }
  int32_t length = 0;
  for (int32_t k = 0; k < l->n; k++) {
    int32_t i = p->by_time[k];
    if (!(p->bits[i / 64] >> (i % 64) & 1) && p->missing[i] == 0) p->list[length++] = i;
  }
  p->nodes = 0;
  load_station(p, station, parent, 0, length, p->takt, s->work, s->count);
}

// ---- one pass ----------------------------------------------------------------------------------------

static bool stage_make(struct pass *p, struct stage *s, int32_t capacity) {
  s->count = 0;
  s->state = malloc((size_t)capacity * sizeof *s->state);
  s->bits = malloc((size_t)capacity * (size_t)p->words * sizeof *s->bits);
  return s->state && s->bits;
}

// the stage keeps what it holds, not what it might have held
static void stage_shrink(struct pass *p, struct stage *s) {
  size_t count = s->count ? (size_t)s->count : 1;
  void *state = realloc(s->state, count * sizeof *s->state), *bits = realloc(s->bits, count * (size_t)p->words * sizeof *s->bits);
  if (state) s->state = state;
  if (bits) s->bits = bits;
}

static bool run_stages(struct pass *p) {
  if (!stage_make(p, &p->stage[0], 1)) return false;
  p->stage[0].count = 1;
  p->stage[0].state[0] = (struct state){0};
  memset(p->stage[0].bits, 0, (size_t)p->words * sizeof *p->bits);
  for (int32_t k = 1; k < p->found_below && !p->found && !p->stopped; k++) {
    if (!stage_make(p, &p->stage[k], 2 * p->width)) return false;
    memset(p->table, 0, (size_t)p->table_size * sizeof *p->table);
    for (int32_t i = 0; i < p->stage[k - 1].count && !p->found && !p->stopped; i++) extend(p, k, i);
    if (!p->found && p->stage[k].count > p->width) thin(p, &p->stage[k], k);
    stage_shrink(p, &p->stage[k]);
    if (p->stage[k].count == 0) break;
  }
  return true;
}

// Look for a balance of fewer than found_below stations. p->found says how many, station gets it; without one, p->exact
// says that there is none.
static bool pass_run(struct pass *p, int32_t *station) {
  const struct line *l = p->l;
  p->words = (l->n + 63) / 64;
  size_t bytes = (sizeof(struct state) + (size_t)p->words * 8) * (size_t)p->found_below;
  if ((size_t)p->width * bytes > PASS_BYTES) p->width = (int32_t)(PASS_BYTES / bytes) + 1;
  for (p->table_size = 16; p->table_size < 8 * p->width; p->table_size *= 2) {}
  p->stage = calloc((size_t)l->n + 2, sizeof *p->stage);
  p->table = malloc((size_t)p->table_size * sizeof *p->table);
  p->by_time = calloc(3 * (size_t)l->n + 1, sizeof *p->by_time);
  p->bits = calloc((size_t)p->words, sizeof *p->bits);
  bool good = p->stage && p->table && p->by_time && p->bits;
  p->exact = true;
  if (good) {
    p->list = p->by_time + l->n;
    p->missing = p->list + l->n;
    struct ranked *ranked = malloc((size_t)l->n * sizeof *ranked);
    good = ranked != NULL;
    for (int32_t i = 0; good && i < l->n; i++) ranked[i] = (struct ranked){-l->time[i], i};
    if (good) qsort(ranked, (size_t)l->n, sizeof *ranked, compare_ranked);
    for (int32_t i = 0; good && i < l->n; i++) p->by_time[i] = ranked[i].index;
    free(ranked);
  }
  good = good && run_stages(p);
  if (good && p->found) {
    // back from the last station: what a state has and its parent has not
    int32_t at = p->stage[p->found].count - 1;
    for (int32_t k = p->found; k > 0; k--) {
      const struct stage *s = &p->stage[k], *before = &p->stage[k - 1];
      int32_t parent = s->state[at].parent;
      const uint64_t *has = s->bits + (size_t)at * (size_t)p->words, *had = before->bits + (size_t)parent * (size_t)p->words;
      for (int32_t i = 0; i < l->n; i++)
        if ((has[i / 64] & ~had[i / 64]) >> (i % 64) & 1) station[i] = k - 1;
      at = parent;
    }
  }
  for (int32_t k = 0; p->stage && k < l->n + 2; k++) {
    free(p->stage[k].state);
    free(p->stage[k].bits);
  }
  free(p->stage);
  free(p->table);
  free(p->by_time);
  free(p->bits);
  return good;
}

// ---- SALBP-1 and SALBP-2 -----------------------------------------------------------------------------

struct line_search line_balance_defaults(void) { return (struct line_search){.width_max = 100000}; }

enum answer { ANSWER_FOUND, ANSWER_NONE, ANSWER_UNKNOWN, ANSWER_NO_MEMORY };

// Fewer than `below` stations at this takt? By the tasks as they come and from the end of the line.
static enum answer ask(const struct line *l, const struct line *turned, int64_t takt, int32_t below, int32_t width, const struct line_search *how,
                       int32_t *station, int32_t *found, bool *exact, bool *stopped) {
  int64_t work = 0;
  for (int32_t i = 0; i < l->n; i++) work += l->time[i];
  *exact = false;
  for (int side = 0; side < 2; side++) {
    struct pass p = {.l = side ? turned : l, .how = how, .takt = takt, .work = work, .width = width, .found_below = below, .nodes_max = 1000 + 20 * (int64_t)width};
    if (!pass_run(&p, station)) return ANSWER_NO_MEMORY;
    *stopped = *stopped || p.stopped;
    if (p.found) {
      for (int32_t i = 0; side && i < l->n; i++) station[i] = p.found - 1 - station[i];
      *found = p.found;
      *exact = p.exact;
      return ANSWER_FOUND;
    }
    if (p.stopped) return ANSWER_UNKNOWN;
    if (p.exact) return ANSWER_NONE;
  }
  return ANSWER_UNKNOWN;
}

static bool turn(struct line *turned, const struct line *l) {
  int32_t (*arc)[2] = malloc(((size_t)l->arcs + 1) * sizeof *arc);
  if (arc == NULL) return false;
  for (int32_t i = 0, k = 0; i < l->n; i++)
    for (; k < l->next_begin[i + 1]; k++) {
      arc[k][0] = l->next[k];
      arc[k][1] = i;
    }
  bool good = line_make(turned, l->n, l->time, l->arcs, (const int32_t (*)[2])arc);
  free(arc);
  return good;
}

// a first balance that nothing can interrupt: task after task, as soon as it can be done
static int32_t first_balance(const struct line *l, int64_t takt, int32_t *station) {
  struct line_search calm = {.width_max = 1};
  struct pass p = {.l = l, .how = &calm, .takt = takt, .width = 1, .found_below = l->n + 1, .nodes_max = 200};
  for (int32_t i = 0; i < l->n; i++) p.work += l->time[i];
  return pass_run(&p, station) ? p.found : 0;
}

enum status line_balance_stations(const struct line *l, int64_t takt, const struct line_search *how, struct line_balance *b) {
  struct line turned;
  for (int32_t i = 0; i < l->n; i++)
    if (l->time[i] > takt) return STATUS_RANGE;
  int32_t *station = b->station, *other = malloc((size_t)l->n * sizeof *other);
  if (other == NULL || !turn(&turned, l)) {
    free(other);
    return STATUS_MEMORY;
  }
  *b = (struct line_balance){.takt = takt, .bound = stations_bound(l, takt, NULL), .station = station};
  if (b->bound < 1) b->bound = 1;
  b->stations = first_balance(l, takt, station);
  enum status status = b->stations > 0 ? STATUS_OK : STATUS_MEMORY;
  for (int32_t width = 10; status == STATUS_OK && b->stations > b->bound && width <= how->width_max && !b->stopped;) {
    int32_t found = 0;
    bool exact;
    enum answer answer = ask(l, &turned, takt, b->stations, width, how, other, &found, &exact, &b->stopped);
    if (answer == ANSWER_NO_MEMORY) status = STATUS_MEMORY;
    if (answer == ANSWER_FOUND) {
      b->stations = found;
      memcpy(station, other, (size_t)l->n * sizeof *other);
    }
    // nothing was dropped on the way: there is no better one
    if (answer == ANSWER_NONE || (answer == ANSWER_FOUND && exact)) b->bound = b->stations;
    if (answer != ANSWER_FOUND) width = width < how->width_max && 10 * width > how->width_max ? how->width_max : 10 * width;
  }
  line_finish(&turned);
  free(other);
  return status;
}

static int64_t longest_load(const struct line *l, int32_t stations, const int32_t *station) {
  int64_t *load = calloc((size_t)stations, sizeof *load), longest = 0;
  assert(load);
  for (int32_t i = 0; i < l->n; i++) {
    load[station[i]] += l->time[i];
    if (load[station[i]] > longest) longest = load[station[i]];
  }
  free(load);
  return longest;
}

enum status line_balance_takt(const struct line *l, int32_t stations, const struct line_search *how, struct line_balance *b) {
  struct line turned;
  int32_t *station = b->station, *other = malloc((size_t)l->n * sizeof *other);
  if (other == NULL || !turn(&turned, l)) {
    free(other);
    return STATUS_MEMORY;
  }
  // all tasks at the first station can always be done
  memset(station, 0, (size_t)l->n * sizeof *station);
  *b = (struct line_balance){.stations = stations, .station = station, .takt = longest_load(l, stations, station)};
  b->bound = (b->takt + stations - 1) / stations;
  for (int32_t i = 0; i < l->n; i++)
    if (l->time[i] > b->bound) b->bound = l->time[i];

  enum status status = STATUS_OK;
  for (int32_t width = 10; status == STATUS_OK && b->takt > b->bound && width <= how->width_max && !b->stopped;) {
    // halve what lies between; a takt at which this width finds nothing counts as too short for this round
    int64_t low = b->bound;
    while (status == STATUS_OK && low < b->takt && !b->stopped) {
      int64_t takt = low + (b->takt - low) / 2;
      int32_t found = 0;
      bool exact;
      enum answer answer = ask(l, &turned, takt, stations + 1, width, how, other, &found, &exact, &b->stopped);
      if (answer == ANSWER_NO_MEMORY) status = STATUS_MEMORY;
      if (answer == ANSWER_FOUND) {
        memcpy(station, other, (size_t)l->n * sizeof *other);
        b->takt = longest_load(l, stations, station);
      } else {
        low = takt + 1;
        if (answer == ANSWER_NONE) b->bound = low;
      }
    }
    width = width < how->width_max && 10 * width > how->width_max ? how->width_max : 10 * width;
  }
  line_finish(&turned);
  free(other);
  return status;
}
