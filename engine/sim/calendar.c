#include "engine/sim/calendar.h"

#include <stddef.h>

// Stands behind the last entry: later than any event.
static const struct calendar_entry none = {NS_NEVER, UINT64_MAX};

static inline bool before(struct calendar_entry a, struct calendar_entry b) {
  unsigned __int128 x = (unsigned __int128)(uint64_t)a.time << 64 | a.key;
  unsigned __int128 y = (unsigned __int128)(uint64_t)b.time << 64 | b.key;
  return x < y;
}

bool calendar_init(struct calendar *c, uint32_t timers, struct arena *a) {
  assert(timers > 0);
  assert(timers < CALENDAR_TIMERS_MAX);
  *c = (struct calendar){.timers = timers};
  // children 1..4 of the root begin a cache line: the heap starts 48 bytes into one
  char *block = arena_alloc(a, ((size_t)timers + 8) * sizeof(struct calendar_entry), 64);
  c->where = ARENA_NEW(a, uint32_t, timers);
  if (!block || !c->where) return false;
  c->heap = (struct calendar_entry *)(void *)(block + 48);
  for (int i = 0; i < 5; i++) c->heap[i] = none;
  return true;
}

static void sift_up(struct calendar *c, uint32_t i, struct calendar_entry e) {
  while (i > 0) {
    uint32_t parent = (i - 1) / 4;
    if (!before(e, c->heap[parent])) break;
    c->heap[i] = c->heap[parent];
    c->where[calendar_timer(c->heap[i])] = i + 1;
    i = parent;
  }
  c->heap[i] = e;
  c->where[calendar_timer(e)] = i + 1;
}

static void sift_down(struct calendar *c, uint32_t i, struct calendar_entry e) {
  struct calendar_entry *heap = c->heap;
  uint32_t count = c->count;
  for (;;) {
    uint32_t child = 4 * i + 1;
    if (child >= count) break;
    uint32_t left = child + before(heap[child + 1], heap[child]);
    uint32_t right = child + 2 + before(heap[child + 3], heap[child + 2]);
    uint32_t best = before(heap[right], heap[left]) ? right : left;
    if (!before(heap[best], e)) break;
    heap[i] = heap[best];
    c->where[calendar_timer(heap[i])] = i + 1;
    i = best;
  }
  heap[i] = e;
  c->where[calendar_timer(e)] = i + 1;
}

// Take the last entry off the heap.
static struct calendar_entry shrink(struct calendar *c) {
  struct calendar_entry last = c->heap[--c->count];
  c->heap[c->count] = none;
  return last;
}

void calendar_fill(struct calendar *c) {
  c->hole = false;
  assert(c->count > 0);
  struct calendar_entry last = shrink(c);
  if (c->count > 0) sift_down(c, 0, last);
}

void calendar_set(struct calendar *c, uint32_t timer, ns_t time, enum event_class k) {
  assert(timer < c->timers);
  assert(c->where[timer] == 0);
  assert(time >= 0);
  struct calendar_entry e = {time, (uint64_t)k << 61 | c->sequence++ << 24 | timer};
  if (c->hole) {
    c->hole = false;
    sift_down(c, 0, e);
  } else {
    c->heap[c->count + 4] = none;
    sift_up(c, c->count++, e);
  }
}

void calendar_cancel(struct calendar *c, uint32_t timer) {
  if (c->where[timer] == 0) return;
  if (c->hole) calendar_fill(c);
  uint32_t i = c->where[timer] - 1;
  c->where[timer] = 0;
  struct calendar_entry last = shrink(c);
  if (i == c->count) return;
  if (i > 0 && before(last, c->heap[(i - 1) / 4])) sift_up(c, i, last);
  else sift_down(c, i, last);
}

bool calendar_valid(const struct calendar *c) {
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->hole && i == 0) continue;
    if (c->where[calendar_timer(c->heap[i])] != i + 1) return false;
    if (i > 0 && !(c->hole && i <= 4) && before(c->heap[i], c->heap[(i - 1) / 4])) return false;
  }
  return true;
}
