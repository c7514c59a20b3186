#include "engine/sim/belt.h"

#include "base/maths.h"
#include "engine/sim/carry.h"
#include "engine/sim/place.h"

enum { HALT_DOWN = 1, HALT_OFF = 2, HALT_END = 4 };

static struct belt *belt_of(const struct twin *t, int32_t s) { return &t->belt[t->station[s].belt]; }
static bool accumulates(const struct twin *t, int32_t s) { return t->layout->stations[s].accumulating; }

static ns_t belt_time(const struct twin *t, const struct belt *b) { return b->halted ? b->frozen : t->now - b->offset; }

static uint32_t rank_of(const struct belt *b, uint32_t p) {
  uint32_t k = 0;
  while (k < b->count && b->part[k] != p) k++;
  assert(k < b->count);
  return k;
}

// The furthest the part with k ahead of it can stand.
static ns_t stand(const struct twin *t, int32_t s, const struct belt *b, uint32_t k) {
  return accumulates(t, s) ? b->length - (ns_t)k * b->pitch : b->length;
}

static ns_t front(const struct twin *t, int32_t s, const struct belt *b, uint32_t k) {
  ns_t x = belt_time(t, b) - t->part[b->part[k]].belt, end = stand(t, s, b, k);
  return x < end ? x : end;
}

void belt_book(struct twin *t, int32_t s) {
  struct belt *b = belt_of(t, s);
  struct server *v = &t->server[t->station[s].first_server];
  enum station_cause c = STATION_WORKING;
  if (b->count == 0) c = STATION_STARVED;
  else if (front(t, s, b, 0) >= b->length) c = t->part[b->part[0]].state == PART_RESERVED ? STATION_WAITING_ROBOT : STATION_BLOCKED;
  if (b->halted & HALT_DOWN) c = STATION_DOWN;
  if (b->halted & HALT_OFF) c = STATION_OFF_SHIFT;
  server_book(t, v, c);
}

// Set the timer for what comes next: the first part reaches the end, or the last one makes room.
static void plan(struct twin *t, int32_t s) {
  struct belt *b = belt_of(t, s);
  uint32_t timer = t->timer_belt + (uint32_t)t->station[s].belt;
  timer_cancel(t, timer);
  if (b->halted || b->count == 0) return;
  ns_t now = belt_time(t, b), next = NS_NEVER;
  ns_t end = t->part[b->part[0]].belt + b->length;
  if (end > now) next = end;
  uint32_t last = b->count - 1;
  ns_t gap = t->part[b->part[last]].belt + b->pitch;
  if (gap > now && gap < next && stand(t, s, b, last) >= b->pitch) next = gap;
  if (next != NS_NEVER) timer_set(t, timer, t->now + (next - now), CLASS_END, true);
}

bool belt_gap(const struct twin *t, int32_t s) {
  const struct belt *b = belt_of(t, s);
  return b->kept == 0 && (b->count == 0 || (b->count < b->capacity && front(t, s, b, b->count - 1) >= b->pitch));
}

bool belt_room(const struct twin *t, int32_t s, bool by_robots) {
  const struct belt *b = belt_of(t, s);
  if (by_robots) return b->count + (uint32_t)t->station[s].incoming < b->capacity;
  return b->droppers == 0 && belt_gap(t, s);             // a robot that stands there goes first
}

bool belt_offers(const struct twin *t, int32_t s, uint32_t p) {
  if (t->station[s].kind != STATION_CONVEYOR) return true;
  const struct belt *b = belt_of(t, s);
  return b->count > 0 && b->part[0] == p && front(t, s, b, 0) >= b->length && !(b->halted & HALT_OFF);
}

void belt_enter(struct twin *t, uint32_t p, int32_t s) {
  struct belt *b = belt_of(t, s);
  assert(b->count < b->capacity);
  t->part[p].belt = belt_time(t, b);
  b->part[b->count++] = p;
  plan(t, s);
  part_ready(t, p);
  belt_book(t, s);
}

// Tell the direct flows of the part at the end that it is there.
static void offer(struct twin *t, int32_t s) {
  struct belt *b = belt_of(t, s);
  if (b->count == 0 || front(t, s, b, 0) < b->length) return;
  struct part *a = &t->part[b->part[0]];
  if (a->since == a->entered) a->since = t->now;       // for those who merge with it, it waits from here on
  if (!accumulates(t, s) && !b->halted) {
    b->frozen = belt_time(t, b);
    b->halted |= HALT_END;
  }
  if (a->state != PART_READY || a->way == NONE) return;
  const struct way *y = &t->way[a->way];
  for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) station_dirty(t, t->edge[e].to);
}

static void resume(struct twin *t, struct belt *b, uint8_t reason) {
  if (!(b->halted & reason)) return;
  ns_t frozen = b->frozen;
  b->halted &= (uint8_t)~reason;
  if (!b->halted) b->offset = t->now - frozen;
}

void belt_leave(struct twin *t, uint32_t p, int32_t s) {
  struct belt *b = belt_of(t, s);
  uint32_t k = rank_of(b, p);
  ns_t now = belt_time(t, b);
  // those behind that stood roll on from where they stood
  if (accumulates(t, s))
    for (uint32_t j = k + 1; j < b->count; j++) {
      ns_t end = stand(t, s, b, j);
      if (now - t->part[b->part[j]].belt < end) break;
      t->part[b->part[j]].belt = now - end;
    }
  for (uint32_t j = k + 1; j < b->count; j++) b->part[j - 1] = b->part[j];
  b->count--;
  if (k == 0) resume(t, b, HALT_END);
  offer(t, s);
  plan(t, s);
  belt_book(t, s);
  if (b->droppers > 0) carry_gap(t, s);
  station_dirty(t, s);
}

void belt_timer(struct twin *t, int32_t row) {
  struct belt *b = &t->belt[row];
  int32_t s = t->part[b->part[0]].station;
  offer(t, s);
  if (b->droppers > 0) carry_gap(t, s);
  station_dirty(t, s);
  plan(t, s);
  belt_book(t, s);
}

void belt_halt(struct twin *t, int32_t s, uint8_t reason) {
  struct belt *b = belt_of(t, s);
  if (!b->halted) b->frozen = belt_time(t, b);
  b->halted |= reason;
  plan(t, s);
  belt_book(t, s);
}

void belt_run(struct twin *t, int32_t s, uint8_t reason) {
  resume(t, belt_of(t, s), reason);
  offer(t, s);
  plan(t, s);
  belt_book(t, s);
  station_dirty(t, s);
}

double belt_front(const struct twin *t, int32_t s, uint32_t k) { return ns_to_seconds(front(t, s, belt_of(t, s), k)) * t->layout->stations[s].speed; }
double belt_stand_of(const struct twin *t, int32_t s, uint32_t k) { return ns_to_seconds(stand(t, s, belt_of(t, s), k)) * t->layout->stations[s].speed; }

double belt_position(const struct twin *t, uint32_t p) {
  int32_t s = t->part[p].station;
  const struct belt *b = belt_of(t, s);
  return ns_to_seconds(front(t, s, b, rank_of(b, p))) * t->layout->stations[s].speed;
}

void belt_point(const struct station *p, double x, double at[2], double *heading) {
  *heading = 0;
  for (int k = 0; k + 1 < p->path_count; k++) {
    double dx = p->path[k + 1][0] - p->path[k][0], dy = p->path[k + 1][1] - p->path[k][1];
    double length = m_sqrt(dx * dx + dy * dy);
    if (length <= 0) continue;
    if (x <= length || k + 2 == p->path_count) {
      if (x > length) x = length;
      at[0] = p->path[k][0] + dx * x / length;
      at[1] = p->path[k][1] + dy * x / length;
      *heading = m_atan2(dy, dx);
      return;
    }
    x -= length;
  }
}

ns_t belt_rolls(const struct twin *t, uint32_t p) {
  int32_t s = t->part[p].station;
  const struct belt *b = belt_of(t, s);
  uint32_t k = rank_of(b, p);
  return b->halted ? 0 : stand(t, s, b, k) - front(t, s, b, k);
}

double belt_stop(const struct twin *t, uint32_t p) {
  int32_t s = t->part[p].station;
  const struct belt *b = belt_of(t, s);
  return ns_to_seconds(stand(t, s, b, rank_of(b, p))) * t->layout->stations[s].speed;
}

ns_t belt_passes(const struct twin *t, uint32_t p, double x) {
  int32_t s = t->part[p].station;
  const struct belt *b = belt_of(t, s);
  uint32_t k = rank_of(b, p);
  ns_t at = ns_from_seconds(x / t->layout->stations[s].speed);
  if (at <= front(t, s, b, k)) return t->now;
  if (b->halted || at > stand(t, s, b, k)) return NS_NEVER;
  return t->now + (t->part[p].belt + at - belt_time(t, b));
}
