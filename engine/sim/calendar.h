// The event calendar: an indexed 4-ary heap of timers.
//
// Each thing that can have an event pending (a server, a belt, a robot, a part on its way) owns a
// timer number, and a timer is set at most once at a time. So the heap has a fixed size, a timer is
// cancelled or moved in place, and nothing is ever stale.
//
// Events are ordered by (time, class, sequence): class is the order at one instant that the layout
// language gives, sequence the order in which timers were set. Entries are 16 bytes, the four
// children of a node share a cache line:
//
//   time  63..0                     | key  63..61 class | 60..24 sequence | 23..0 timer |
//
// 2^37 sequence numbers last for hours of wall time at ten million events a second.
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"

#define CALENDAR_TIMERS_MAX (1u << 24)
#define CALENDAR_SEQUENCE_MAX (UINT64_C(1) << 37)

// The order at one instant.
enum event_class {
  CLASS_COMMAND, CLASS_SHIFT, CLASS_REPAIR, CLASS_FAILURE, CLASS_END, CLASS_ARRIVAL
};

struct calendar_entry { ns_t time; uint64_t key; };

struct calendar {
  struct calendar_entry *heap;      // (timers + 4), children of i at 4i+1..4i+4, aligned for the cache line; behind the
                                    // last stand four entries of NS_NEVER, so that a node can be taken to have four children
  uint32_t              *where;     // index + 1 in the heap of each timer, 0: not set
  uint32_t               count, timers;
  uint64_t               sequence;
  bool                   hole;      // the root was taken and is still to be filled
};

// Room for `timers` timers. False when the arena is full.
bool calendar_init(struct calendar *c, uint32_t timers, struct arena *a);

// Set a timer that is not set.
void calendar_set(struct calendar *c, uint32_t timer, ns_t time, enum event_class k);
// Take a timer back; nothing happens when it is not set.
void calendar_cancel(struct calendar *c, uint32_t timer);
// Fill the hole that calendar_take left, before anything else looks at the heap.
void calendar_fill(struct calendar *c);

static inline uint32_t calendar_timer(struct calendar_entry e) { return (uint32_t)(e.key & (CALENDAR_TIMERS_MAX - 1)); }
static inline bool calendar_is_set(const struct calendar *c, uint32_t timer) { return c->where[timer] != 0; }
static inline ns_t calendar_time(const struct calendar *c, uint32_t timer) { return c->heap[c->where[timer] - 1].time; }

// Time of the next event, NS_NEVER when there is none.
static inline ns_t calendar_next(struct calendar *c) {
  if (c->hole) calendar_fill(c);
  return c->heap[0].time;
}

// Take the next event. Its place at the root stays open, so that the timer it sets next costs one
// pass through the heap instead of two.
static inline uint32_t calendar_take(struct calendar *c) {
  assert(!c->hole);
  assert(c->count > 0);
  uint32_t timer = (uint32_t)(c->heap[0].key & (CALENDAR_TIMERS_MAX - 1));
  c->where[timer] = 0;
  c->hole = true;
  return timer;
}

// True when no other event is set for `now`, while the one that was taken is being handled.
static inline bool calendar_quiet(const struct calendar *c, ns_t now) {
  const struct calendar_entry *h = c->heap;
  if (!c->hole) return h[0].time > now;
  return h[1].time > now && h[2].time > now && h[3].time > now && h[4].time > now;
}

// True when the heap is in order and agrees with `where`; for twin_validate.
bool calendar_valid(const struct calendar *c);
