#include "engine/sim/bays.h"

#include <stdio.h>
#include <string.h>

#include "engine/sim/admit.h"
#include "engine/sim/robot.h"
#include "engine/sim/spot.h"

struct bays {
  struct spots spots;
  int32_t     *spot;                // of each robot, NONE
  bool        *waits;               // of each robot
  bool        *up;                  // of each robot: it has waited, and walks its last steps
  int32_t     *queue, queued;       // who waits, in order
};

enum status bays_create(struct twin *t, struct error *e) {
  if (t->route_sets == 0 || t->places == 0) return STATUS_OK;
  struct bays *b = ARENA_NEW(&t->arena, struct bays, 1);
  if (b) {
    b->spot = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
    b->waits = ARENA_NEW(&t->arena, bool, t->robots + 1);
    b->up = ARENA_NEW(&t->arena, bool, t->robots + 1);
    b->queue = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  }
  if (!b || !b->spot || !b->waits || !b->up || !b->queue) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  for (int32_t i = 0; i < t->robots; i++) b->spot[i] = NONE;
  enum status s = spots_make(&b->spots, t, &t->arena, e);
  if (s == STATUS_OK) s = admit_create(t, &b->spots, e);
  if (s != STATUS_OK) return s;
  t->bays = b;
  return STATUS_OK;
}

static bool asks(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if (b->place == NONE || t->fleet[b->fleet].routes == NONE || !b->job) return false;
  const struct job *a = &t->job[b->job];
  if (a->kind != JOB_CARRY || a->need > 1 || (a->on_floor && b->act == ACT_FETCH)) return false;
  return t->station[b->act == ACT_CARRY ? a->to : a->from].kind != STATION_CONVEYOR;
}

static bool take(struct twin *t, int32_t i) {
  struct bays *d = t->bays;
  int32_t k = spots_free(&d->spots, i, t->robot[i].place, NONE, t->place_at[t->robot[i].place]);
  if (k == NONE) return false;
  spots_take(&d->spots, k, i);
  spots_stand(&d->spots, k);
  d->spot[i] = k;
  return true;
}

bool bays_has(const struct twin *t, int32_t i) { return t->bays && t->bays->spot[i] != NONE; }

bool bays_waits(const struct twin *t, int32_t i) { return t->bays && t->bays->waits[i]; }

bool bays_walks_up(const struct twin *t, int32_t i) { return t->bays && t->bays->up[i]; }

static bool others_wait(const struct twin *t, int32_t place) {
  for (int32_t k = 0; k < t->bays->queued; k++)
    if (t->robot[t->bays->queue[k]].place == place) return true;
  return false;
}

bool bays_enter(struct twin *t, int32_t i) {
  struct bays *d = t->bays;
  if (!d || !asks(t, i)) return true;
  int32_t place = t->robot[i].place;
  if (d->spot[i] != NONE && d->spots.spot[d->spot[i]].place == place) return true;
  bays_leave(t, i);
  if (!others_wait(t, place) && take(t, i)) return true;
  d->waits[i] = true;
  d->queue[d->queued++] = i;
  robot_waits_in_line(t, i);
  return false;
}

// Free spots to those who wait, in order: they walk the last steps.
static void grant(struct twin *t) {
  struct bays *d = t->bays;
  for (int32_t q = 0; q < d->queued; q++) {
    int32_t i = d->queue[q], first = 0;
    while (t->robot[d->queue[first]].place != t->robot[i].place) first++;
    if (first != q || !take(t, i)) continue;            // who came first goes first
    d->waits[i] = false;
    d->up[i] = true;
    d->queued--;
    memmove(d->queue + q, d->queue + q + 1, sizeof *d->queue * (size_t)(d->queued - q));
    q--;
    const struct robot *b = &t->robot[i];
    robot_walks_up(t, i, ns_from_seconds(spot_walk_up(&t->fleet[b->fleet], make_of(t, b))));
  }
}

void bays_leave(struct twin *t, int32_t i) {
  struct bays *d = t->bays;
  if (!d) return;
  if (d->waits[i]) {
    int32_t k = 0;
    while (d->queue[k] != i) k++;
    d->queued--;
    memmove(d->queue + k, d->queue + k + 1, sizeof *d->queue * (size_t)(d->queued - k));
    d->waits[i] = false;
  }
  d->up[i] = false;
  if (d->spot[i] == NONE) return;
  spots_leave(&d->spots, d->spot[i]);
  d->spot[i] = NONE;
  t->dispatch_wanted = t->dispatch_wanted || (t->jobs_waiting > 0 && t->idles > 0);     // some job may be admitted now
  grant(t);
}

// It picks or places where one has to have a spot.
static bool works_at_one(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if ((b->act != ACT_PICK && b->act != ACT_PLACE) || b->place == NONE || t->fleet[b->fleet].routes == NONE) return false;
  const struct job *a = &t->job[b->job];
  return a->kind == JOB_CARRY && a->need == 1 && !(a->on_floor && b->act == ACT_PICK) && t->station[b->act == ACT_PLACE ? a->to : a->from].kind != STATION_CONVEYOR;
}

const char *bays_validate(const struct twin *t) {
  static _Thread_local char text[120];
  const struct bays *d = t->bays;
  if (!d) return NULL;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    int32_t k = d->spot[i];
    if (k == NONE && works_at_one(t, i)) {
      snprintf(text, sizeof text, "R%u picks or places at a spot that it does not have", b->number);
      return text;
    }
    if (k != NONE && d->spots.spot[k].holder == i && d->spots.spot[k].place == b->place && !d->waits[i]) continue;
    if (k == NONE && (!d->waits[i] || b->act == ACT_FETCH || b->act == ACT_CARRY)) continue;
    snprintf(text, sizeof text, "R%u holds a spot where it does not stand, or waits for one that it does not need", b->number);
    return text;
  }
  for (int32_t q = 0; q < d->queued; q++) {
    int32_t i = d->queue[q], first = 0;
    while (t->robot[d->queue[first]].place != t->robot[i].place) first++;
    if (first != q || spots_free(&d->spots, i, t->robot[i].place, NONE, t->place_at[t->robot[i].place]) == NONE) continue;
    snprintf(text, sizeof text, "R%u waits for a spot that is free", t->robot[i].number);
    return text;
  }
  return NULL;
}
