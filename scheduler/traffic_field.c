#include "scheduler/traffic_field.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MARGIN      14              // cells around goal and asker
#define BUCKETS     256             // a step costs at most 255
#define BATCH       64              // fields handed to the threads at once

struct entry { int32_t state, next; };

struct field_scratch {
  uint16_t     *cost;               // (cells x 4) of the rectangle, by local cell; with a rim of one cell
  uint8_t      *open;               // (cells) of the rectangle with its rim: may be entered from
  struct entry *entry;              // a state comes in at most once for each way out of it: 3 a state
  int32_t       bucket[BUCKETS];
  int64_t       settled;
};

struct job { int32_t slot; int64_t settled; bool fits; };

static struct field_scratch *scratch_create(int32_t width, int32_t height) {
  struct field_scratch *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  size_t cells = (size_t)width * (size_t)height, rim = (size_t)(width + 2) * (size_t)(height + 2);
  s->cost = malloc(rim * 4 * sizeof *s->cost);
  s->open = malloc(rim);
  s->entry = malloc((cells * 12 + 4) * sizeof *s->entry);
  return s;
}

static void scratch_destroy(struct field_scratch *s) {
  if (!s) return;
  free(s->cost);
  free(s->open);
  free(s->entry);
  free(s);
}

// Facings beside each other differ by one turn at most, and the least is 0.
static void find_patterns(struct fields *f) {
  int n = 0;
  for (int code = 0; code < 256; code++) {
    bool least = false, fits = true;
    uint32_t out = 0;
    for (int k = 0; k < 4; k++) {
      int a = code >> 2 * k & 3, b = code >> 2 * ((k + 1) & 3) & 3;
      least |= a == 0;
      fits &= a <= 2 && abs(a - b) <= 1;
      out |= (uint32_t)(a * TRAFFIC_UNIT) << (16 + 4 * k);
    }
    f->pattern[code] = 255;
    if (!least || !fits) continue;
    f->turns[n] = out;
    f->pattern[code] = (uint8_t)n++;
  }
  assert(n == 19);
}

bool fields_init(struct fields *f, int32_t width, int32_t height, const uint8_t *wall, const uint8_t *cost, int32_t slots, size_t bytes,
                 struct split *split) {
  *f = (struct fields){.width = width, .height = height, .cells = width * height, .wall = wall, .cost = cost, .slots = slots, .split = split,
                       .newest = TRAFFIC_NONE, .oldest = TRAFFIC_NONE, .plain = true};
  f->whole = f->cells <= FIELD_WHOLE_CELLS;
  f->pages_a_field = (2 * f->cells + FIELD_PAGE_SIZE - 1) >> FIELD_PAGE_BITS;
  f->pages = (int32_t)(bytes / (FIELD_PAGE_SIZE * sizeof *f->pool));
  if (f->pages < f->pages_a_field) f->pages = f->pages_a_field;
  f->pool_bytes = (size_t)f->pages * FIELD_PAGE_SIZE * sizeof *f->pool;
  // not touched until it is used
  f->pool = mmap(NULL, f->pool_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (f->pool == MAP_FAILED) f->pool = NULL;
  f->field = calloc((size_t)slots, sizeof *f->field);
  f->page = calloc((size_t)slots * (size_t)f->pages_a_field, sizeof *f->page);
  f->slot_of = malloc((size_t)f->cells * sizeof *f->slot_of);
  f->want_of = malloc((size_t)f->cells * sizeof *f->want_of);
  f->wide = calloc((size_t)f->cells, 1);
  f->free_page = malloc((size_t)f->pages * sizeof *f->free_page);
  f->wants_max = slots;
  f->want = malloc((size_t)f->wants_max * sizeof *f->want);
  f->threads = split_threads(split);
  bool ok = f->pool && f->field && f->page && f->slot_of && f->want_of && f->wide && f->free_page && f->want;
  for (int32_t k = 0; ok && k < f->threads; k++) {
    f->scratch[k] = scratch_create(width, height);
    ok = f->scratch[k] && f->scratch[k]->cost && f->scratch[k]->open && f->scratch[k]->entry;
  }
  if (!ok) return false;
  for (int32_t c = 0; c < f->cells; c++) f->slot_of[c] = f->want_of[c] = TRAFFIC_NONE;
  for (int32_t k = 0; k < f->pages; k++) f->free_page[k] = f->pages - 1 - k;
  f->free_pages = f->pages;
  for (int32_t k = 0; k < slots; k++) {
    f->field[k].goal = TRAFFIC_NONE;
    f->field[k].newer = k + 1 < slots ? k + 1 : TRAFFIC_NONE;
  }
  find_patterns(f);
  return true;
}

void fields_finish(struct fields *f) {
  if (f->pool) munmap(f->pool, f->pool_bytes);
  free(f->field);
  free(f->page);
  free(f->slot_of);
  free(f->want_of);
  free(f->wide);
  free(f->free_page);
  free(f->want);
  for (int32_t k = 0; k < f->threads; k++) scratch_destroy(f->scratch[k]);
}

void fields_change(struct fields *f, bool plain) {
  f->version++;
  f->plain = plain;
}

size_t fields_bytes(const struct fields *f) { return (size_t)(f->pages - f->free_pages) * FIELD_PAGE_SIZE * sizeof *f->pool; }

// ---- the list by use -----------------------------------------------------------------------------------------------

static void unlink_field(struct fields *f, int32_t k) {
  struct field *d = &f->field[k];
  if (d->newer != TRAFFIC_NONE) f->field[d->newer].older = d->older;
  else f->newest = d->older;
  if (d->older != TRAFFIC_NONE) f->field[d->older].newer = d->newer;
  else f->oldest = d->newer;
}

static void link_newest(struct fields *f, int32_t k) {
  struct field *d = &f->field[k];
  d->newer = TRAFFIC_NONE;
  d->older = f->newest;
  if (f->newest != TRAFFIC_NONE) f->field[f->newest].newer = k;
  else f->oldest = k;
  f->newest = k;
}

static void give_back_pages(struct fields *f, int32_t k) {
  struct field *d = &f->field[k];
  uint16_t **page = f->page + (size_t)k * (size_t)f->pages_a_field;
  for (int32_t i = 0; i < d->pages; i++) f->free_page[f->free_pages++] = (int32_t)((page[i] - f->pool) >> FIELD_PAGE_BITS);
  d->pages = 0;
}

static void drop(struct fields *f, int32_t k) {
  unlink_field(f, k);
  give_back_pages(f, k);
  f->slot_of[f->field[k].goal] = TRAFFIC_NONE;
  f->field[k].goal = TRAFFIC_NONE;
  f->field[k].newer = f->free_slot;
  f->free_slot = k;
  f->dropped++;
}

// ---- asking --------------------------------------------------------------------------------------------------------

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

static void ask(struct fields *f, int32_t goal, int32_t from, const struct field *had) {
  int32_t k = f->want_of[goal];
  if (k == TRAFFIC_NONE) {
    if (f->wants == f->wants_max) return;
    k = f->wants++;
    f->want_of[goal] = k;
    int32_t x = goal % f->width, y = goal / f->width;
    f->want[k] = (struct field_want){goal, x, y, x, y};
    if (had) f->want[k] = (struct field_want){goal, had->x, had->y, had->x + had->w - 1, had->y + had->h - 1};
  }
  struct field_want *w = &f->want[k];
  int32_t gx = goal % f->width, gy = goal / f->width, x = from % f->width, y = from / f->width;
  // a margin that grows when the rectangle before was too small to hold a way
  int32_t margin = MARGIN + (had ? (had->w + had->h) / 4 : 0);
  w->x0 = most(0, least(w->x0, least(gx, x) - margin));
  w->y0 = most(0, least(w->y0, least(gy, y) - margin));
  w->x1 = least(f->width - 1, most(w->x1, most(gx, x) + margin));
  w->y1 = least(f->height - 1, most(w->y1, most(gy, y) + margin));
  if (f->whole) *w = (struct field_want){goal, 0, 0, f->width - 1, f->height - 1};
}

bool fields_use(struct fields *f, int32_t goal, int32_t from) {
  int32_t k = f->slot_of[goal];
  if (k == TRAFFIC_NONE) {
    ask(f, goal, from, NULL);
    return false;
  }
  struct field *d = &f->field[k];
  if (d->used != f->now) {
    d->used = f->now;
    unlink_field(f, k);
    link_newest(f, k);
  }
  int32_t v = field_look(f, k, from, 0);
  bool all = d->w == f->width && d->h == f->height;
  if (d->version != f->version) ask(f, goal, from, d);
  else if (!all && (v < 0 || v >= TRAFFIC_FAR)) ask(f, goal, from, d);
  return v >= 0;
}

// ---- building ------------------------------------------------------------------------------------------------------

// what lies one cell on by facing, in cells of the whole grid
static const int32_t step_x[4] = {1, 0, -1, 0}, step_y[4] = {0, 1, 0, -1};

// Take pages for the want; drop fields that this step does not use. False: none can be dropped.
static bool reserve(struct fields *f, const struct field_want *w, int32_t *slot) {
  int32_t cells = (w->x1 - w->x0 + 1) * (w->y1 - w->y0 + 1);
  bool wide = !f->plain || f->wide[w->goal];
  int32_t pages = ((cells << wide) + FIELD_PAGE_SIZE - 1) >> FIELD_PAGE_BITS;
  int32_t k = f->slot_of[w->goal];
  int32_t have = k != TRAFFIC_NONE ? f->field[k].pages : 0;
  while (f->free_pages + have < pages || (k == TRAFFIC_NONE && f->free_slot == TRAFFIC_NONE)) {
    // in the order of use: behind one that is used in this step all are
    int32_t out = f->oldest;
    if (out == k && out != TRAFFIC_NONE) out = f->field[out].newer;
    if (out == TRAFFIC_NONE || f->field[out].used == f->now) return false;
    drop(f, out);
  }
  if (k == TRAFFIC_NONE) {
    k = f->free_slot;
    f->free_slot = f->field[k].newer;
    f->field[k] = (struct field){.goal = w->goal, .used = f->now};
    f->slot_of[w->goal] = k;
  } else {
    unlink_field(f, k);
    give_back_pages(f, k);
  }
  link_newest(f, k);
  struct field *d = &f->field[k];
  d->x = w->x0;
  d->y = w->y0;
  d->w = w->x1 - w->x0 + 1;
  d->h = w->y1 - w->y0 + 1;
  d->goal_x = w->goal % f->width;
  d->goal_y = w->goal / f->width;
  d->wide = wide;
  d->pages = pages;
  d->version = f->version;
  d->used = f->now;
  for (int32_t i = 0; i < pages; i++) {
    f->page[(size_t)k * (size_t)f->pages_a_field + (size_t)i] = f->pool + ((size_t)f->free_page[--f->free_pages] << FIELD_PAGE_BITS);
  }
  *slot = k;
  return true;
}

static inline void push(struct field_scratch *s, int32_t *entries, int32_t state, int32_t cost) {
  s->entry[*entries] = (struct entry){state, s->bucket[cost & (BUCKETS - 1)]};
  s->bucket[cost & (BUCKETS - 1)] = (*entries)++;
}

// From the goal backwards: a state is reached from the two turns beside it, and from the cell behind it.
static int64_t flood(const struct fields *f, const struct field *d, struct field_scratch *s) {
  int32_t cells = d->w * d->h, entries = 0;
  uint16_t *cost = s->cost;
  memset(cost, 0xFF, (size_t)cells * 4 * sizeof *cost);
  memset(s->bucket, 0xFF, sizeof s->bucket);
  int32_t gx = d->goal % f->width - d->x, gy = d->goal / f->width - d->y, goal = gy * d->w + gx;
  for (int k = 0; k < 4; k++) {
    cost[4 * goal + k] = 0;
    push(s, &entries, 4 * goal + k, 0);
  }
  int64_t settled = 0;
  int32_t waiting = 4;
  for (int32_t c = 0; waiting > 0 && c < TRAFFIC_FAR - BUCKETS; c++) {
    while (s->bucket[c & (BUCKETS - 1)] >= 0) {
      struct entry e = s->entry[s->bucket[c & (BUCKETS - 1)]];
      s->bucket[c & (BUCKETS - 1)] = e.next;
      waiting--;
      if (cost[e.state] != c) continue;
      settled++;
      int32_t cell = e.state >> 2, facing = e.state & 3;
      for (int turn = 1; turn <= 3; turn += 2) {
        int32_t to = 4 * cell + ((facing + turn) & 3), v = c + TRAFFIC_UNIT;
        if (cost[to] <= v) continue;
        cost[to] = (uint16_t)v;
        push(s, &entries, to, v);
        waiting++;
      }
      int32_t y = cell / d->w, x = cell - y * d->w;
      x -= step_x[facing];
      y -= step_y[facing];
      if ((uint32_t)x >= (uint32_t)d->w || (uint32_t)y >= (uint32_t)d->h) continue;
      int32_t behind = (y + d->y) * f->width + x + d->x, by = f->cost[4 * behind + facing];
      int32_t to = 4 * (y * d->w + x) + facing, v = c + by;
      if (f->wall[behind] || by == 0 || cost[to] <= v) continue;
      cost[to] = (uint16_t)v;
      push(s, &entries, to, v);
      waiting++;
    }
  }
  return settled;
}

// The same where turns cost nothing: one cost a cell.
static int64_t flood_sideways(const struct fields *f, const struct field *d, struct field_scratch *s) {
  int32_t cells = d->w * d->h, entries = 0;
  uint16_t *cost = s->cost;
  memset(cost, 0xFF, (size_t)cells * 4 * sizeof *cost);
  memset(s->bucket, 0xFF, sizeof s->bucket);
  int32_t goal = (d->goal / f->width - d->y) * d->w + d->goal % f->width - d->x, waiting = 1;
  int64_t settled = 0;
  cost[4 * goal] = 0;
  push(s, &entries, goal, 0);
  for (int32_t c = 0; waiting > 0 && c < TRAFFIC_FAR - BUCKETS; c++) {
    while (s->bucket[c & (BUCKETS - 1)] >= 0) {
      struct entry e = s->entry[s->bucket[c & (BUCKETS - 1)]];
      s->bucket[c & (BUCKETS - 1)] = e.next;
      waiting--;
      int32_t cell = e.state;
      if (cost[4 * cell] != c) continue;
      settled++;
      for (int facing = 0; facing < 4; facing++) {
        int32_t y = cell / d->w, x = cell - y * d->w;
        x -= step_x[facing];
        y -= step_y[facing];
        if ((uint32_t)x >= (uint32_t)d->w || (uint32_t)y >= (uint32_t)d->h) continue;
        int32_t behind = (y + d->y) * f->width + x + d->x, by = f->cost[4 * behind + facing], to = y * d->w + x, v = c + by;
        if (f->wall[behind] || by == 0 || cost[4 * to] <= v) continue;
        cost[4 * to] = (uint16_t)v;
        push(s, &entries, to, v);
        waiting++;
      }
    }
  }
  for (int32_t k = 0; k < cells; k++) cost[4 * k + 1] = cost[4 * k + 2] = cost[4 * k + 3] = cost[4 * k];
  return settled;
}

// The same where every way costs one unit: level by level, no buckets. Cells are counted with the rim, so nothing has to ask for the edge.
static int64_t flood_plain(const struct fields *f, const struct field *d, struct field_scratch *s) {
  int32_t stride = d->w + 2, cells = stride * (d->h + 2);
  const int32_t behind[4] = {-1, -stride, 1, stride};
  memset(s->cost, 0xFF, (size_t)cells * 4 * sizeof *s->cost);
  memset(s->open, 0, (size_t)cells);
  for (int32_t y = 0; y < d->h; y++)
    for (int32_t x = 0; x < d->w; x++) s->open[(y + 1) * stride + x + 1] = !f->wall[(y + d->y) * f->width + x + d->x];
  int32_t *queue = (int32_t *)s->entry, head = 0, tail = 0;
  int32_t goal = (d->goal / f->width - d->y + 1) * stride + d->goal % f->width - d->x + 1;
  for (int k = 0; k < 4; k++) {
    s->cost[4 * goal + k] = 0;
    queue[tail++] = 4 * goal + k;
  }
  while (head < tail) {
    int32_t state = queue[head++], cell = state >> 2, facing = state & 3, then = s->cost[state] + TRAFFIC_UNIT;
    if (then >= TRAFFIC_FAR - BUCKETS) break;
    const int32_t to[3] = {4 * cell + ((facing + 1) & 3), 4 * cell + ((facing + 3) & 3), 4 * (cell + behind[facing]) + facing};
    for (int k = 0; k < 3; k++) {
      if (s->cost[to[k]] != UINT16_MAX || (k == 2 && !s->open[to[k] >> 2])) continue;
      s->cost[to[k]] = (uint16_t)then;
      queue[tail++] = to[k];
    }
  }
  // out of the rim
  for (int32_t y = 0; y < d->h; y++) memmove(s->cost + (size_t)y * (size_t)d->w * 4, s->cost + ((size_t)(y + 1) * (size_t)stride + 1) * 4, (size_t)d->w * 4 * sizeof *s->cost);
  return tail;
}

// Four facings into four bytes.
static uint32_t pack_wide(const uint16_t *v) {
  uint32_t low = v[0];
  for (int k = 1; k < 4; k++) low = v[k] < low ? v[k] : low;
  uint32_t out = low;
  if (low >= TRAFFIC_FAR) return TRAFFIC_FAR;
  for (int k = 0; k < 4; k++) out |= (v[k] - low > 15 ? 15 : v[k] - low) << (16 + 4 * k);
  return out;
}

// Into two. False: they do not fit.
static bool pack_narrow(const struct fields *f, const uint16_t *v, int32_t straight, uint16_t *out) {
  int32_t low = v[0], code = 0;
  for (int k = 1; k < 4; k++) low = v[k] < low ? v[k] : low;
  if (low >= TRAFFIC_FAR) {
    *out = FIELD_NO_WAY;
    return true;
  }
  for (int k = 0; k < 4; k++) {
    int32_t above = (v[k] - low) / TRAFFIC_UNIT;
    if (above > 2) return false;
    code |= above << 2 * k;
  }
  int32_t around = low / TRAFFIC_UNIT - straight;
  if (around > FIELD_AROUND_MAX || f->pattern[code] == 255) return false;
  *out = (uint16_t)(around << 5 | f->pattern[code]);
  return true;
}

static bool pack(const struct fields *f, int32_t slot, const struct field_scratch *s) {
  const struct field *d = &f->field[slot];
  uint16_t **page = f->page + (size_t)slot * (size_t)f->pages_a_field;
  const uint16_t *v = s->cost;
  size_t at = 0;
  for (int32_t y = d->y; y < d->y + d->h; y++)
    for (int32_t x = d->x; x < d->x + d->w; x++, v += 4, at += 1u << d->wide) {
      uint16_t *to = &page[at >> FIELD_PAGE_BITS][at & (FIELD_PAGE_SIZE - 1)];
      if (d->wide) {
        uint32_t out = pack_wide(v);
        to[0] = (uint16_t)out;
        to[1] = (uint16_t)(out >> 16);
      } else if (!pack_narrow(f, v, abs(x - d->goal_x) + abs(y - d->goal_y), to)) return false;
    }
  return true;
}

static void build(struct fields *f, struct job *j, struct field_scratch *s) {
  const struct field *d = &f->field[j->slot];
  j->settled = (f->sideways ? flood_sideways : f->plain ? flood_plain : flood)(f, d, s);
  j->fits = pack(f, j->slot, s);
}

struct batch { struct fields *f; struct job *job; int32_t n, stride; };

// thread k builds every stride-th field of the batch
static void work(void *context, int from, int to) {
  struct batch *b = context;
  for (int k = from; k < to; k++) {
    for (int32_t i = k; i < b->n; i += b->stride) build(b->f, &b->job[i], b->f->scratch[k]);
  }
}

// Ways too long for two bytes: the same with four.
static void build_wide(struct fields *f, struct job *j) {
  const struct field *d = &f->field[j->slot];
  const struct field_want w = {d->goal, d->x, d->y, d->x + d->w - 1, d->y + d->h - 1};
  f->wide[d->goal] = 1;
  if (reserve(f, &w, &j->slot)) build(f, j, f->scratch[0]);
  else drop(f, j->slot);
}

void fields_build(struct fields *f, int64_t states) {
  int32_t done = 0;
  int64_t settled = 0;
  while (done < f->wants && (states == 0 || settled < states)) {
    struct job job[BATCH];
    struct batch b = {f, job, 0, f->threads};
    int64_t estimate = settled;
    while (done < f->wants && b.n < BATCH && (states == 0 || estimate < states)) {
      const struct field_want *w = &f->want[done++];
      f->want_of[w->goal] = TRAFFIC_NONE;
      int32_t slot;
      if (!reserve(f, w, &slot)) continue;          // asked for again in the next step
      job[b.n++] = (struct job){slot, 0, true};
      estimate += 4 * (int64_t)(f->field[slot].w * f->field[slot].h);
    }
    if (b.n == 0) continue;
    split_run(f->split, f->threads, 1, work, &b);
    for (int32_t i = 0; i < b.n; i++) {
      if (!job[i].fits) build_wide(f, &job[i]);
      settled += job[i].settled;
    }
    f->built += b.n;
    if (estimate > settled) settled = estimate;     // what is counted is what was planned: a bound on the time
  }
  // what is left is asked for anew by those who still need it
  for (int32_t k = done; k < f->wants; k++) f->want_of[f->want[k].goal] = TRAFFIC_NONE;
  f->wants = 0;
}
