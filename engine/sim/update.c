#include "engine/sim/update.h"

#include <string.h>

#include "engine/measure/result.h"
#include "engine/sim/body.h"
#include "engine/sim/power.h"
#include "engine/sim/strain.h"
#include "engine/sim/upset.h"

struct update {
  struct happening plan;
  bool             runs;
  uint16_t         make;
  struct goal      rollback;        // plan.rollback points here: a command's own goes with the command
  double          *number;          // row of the result
  struct sums      last, now;       // at the wave before; scratch
};

struct updates {
  struct update      *of;           // (fleets)
  uint16_t           *before;       // make of each robot before the update of its fleet (robots)
  struct result_index index;
  bool                measures;     // the index is there
};

enum status updates_create(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  struct updates *u = ARENA_NEW(&t->arena, struct updates, 1);
  if (u) {
    u->of = ARENA_NEW(&t->arena, struct update, l->fleet_count + 1);
    u->before = ARENA_NEW(&t->arena, uint16_t, t->robots + 1);
  }
  if (!u || !u->of || !u->before) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for updates");
  t->updates = u;
  return STATUS_OK;
}

static int32_t make_named(const struct twin *t, const struct fleet_row *f, const char *revision) {
  for (int32_t m = f->first_make; m < f->first_make + f->makes; m++)
    if (strcmp(t->make[m].revision, revision) == 0) return m;
  return NONE;
}

// ---- robots ---------------------------------------------------------------------------------------------

static bool between_jobs(const struct robot *b) { return b->act == ACT_IDLE || b->act == ACT_HOME || (b->act == ACT_CHARGE && !b->job); }

static void become(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  // a body on its feet changes when it has come to rest
  if (b->make == b->next_make || (body_stepped(t, i) && (body_walks(t, i) || body_upset(t, i)))) return;
  power_book(t, i);
  FLEET_BOOK(t, b, cause[b->cause], t->now - b->cause_since);
  b->cause_since = t->now;
  if (body_stepped(t, i)) body_become(t, i, b->next_make);
  strain_settle(t, i);
  b->make = b->next_make;
  power_book(t, i);
  power_watch(t, i);
  const char *revision = make_of(t, b)->revision;
  twin_note(t, NOTE_ROBOT, i, "R%u has revision %.40s", b->number, *revision ? revision : "of the model");
  t->digest = digest_u64(t->digest, (uint64_t)t->now, UINT64_C(3) << 62 | (uint64_t)i << 16 | b->make);
  t->dispatch_wanted = true;
}

static void change(struct twin *t, int32_t i, uint16_t make) {
  t->robot[i].next_make = make;
  // what charges now charges as it began
  if (between_jobs(&t->robot[i]) && t->robot[i].act != ACT_CHARGE) become(t, i);
}

void update_due(struct twin *t, int32_t i) { become(t, i); }

void update_rests(struct twin *t, int32_t i) {
  if (t->robot[i].act == ACT_IDLE) become(t, i);
}

// ---- waves ----------------------------------------------------------------------------------------------

// The next wave; false when nobody was left.
static bool wave(struct twin *t, int32_t fleet) {
  struct update *u = &t->updates->of[fleet];
  const struct fleet_row *f = &t->fleet[fleet];
  double share = u->plan.share * f->present;
  int left = (int)share, wanted;
  if (left < share - 1e-9 || left < 1) left++;
  wanted = left;
  for (int pass = 0; pass < 2; pass++)
    for (int32_t i = f->first_robot; i < f->first_robot + f->robots && left > 0; i++) {
      const struct robot *b = &t->robot[i];
      if (b->act == ACT_GONE || b->next_make == u->make || (pass == 0 && !between_jobs(b))) continue;
      change(t, i, u->make);
      left--;
    }
  return left < wanted;
}

static bool someone_left(const struct twin *t, int32_t fleet) {
  const struct fleet_row *f = &t->fleet[fleet];
  for (int32_t i = f->first_robot; i < f->first_robot + f->robots; i++)
    if (t->robot[i].act != ACT_GONE && t->robot[i].next_make != t->updates->of[fleet].make) return true;
  return false;
}

static void next_look(struct twin *t, int32_t fleet) {
  const struct update *u = &t->updates->of[fleet];
  timer_set(t, t->timer_update + (uint32_t)fleet, t->now + u->plan.wave, CLASS_COMMAND, false);
}

static void roll_back(struct twin *t, int32_t fleet, double value) {
  struct update *u = &t->updates->of[fleet];
  const struct fleet_row *f = &t->fleet[fleet];
  twin_note(t, NOTE_COMMAND, 0, "%.30s: %.30s is %.6g: back to the revision before", t->layout->fleets[fleet].name, u->plan.rollback->path, value);
  for (int32_t i = f->first_robot; i < f->first_robot + f->robots; i++) {
    if (t->robot[i].act == ACT_GONE && body_stepped(t, i)) body_become(t, i, t->updates->before[i]);
    if (t->robot[i].act == ACT_GONE) {
      strain_settle(t, i);
      t->robot[i].make = t->robot[i].next_make = t->updates->before[i];
    }
    else change(t, i, t->updates->before[i]);
  }
  u->runs = false;
}

// Where the sums are kept; only updates with a rollback measure.
static bool ready_to_measure(struct twin *t, struct update *u) {
  struct updates *all = t->updates;
  if (!all->measures) all->measures = result_index_make(&all->index, t->layout, &t->arena);
  if (!u->number && all->measures) {
    u->number = ARENA_NEW(&t->arena, double, all->index.count);
    u->last = sums_make(t->layout, &t->arena);
    u->now = sums_make(t->layout, &t->arena);
  }
  return u->rollback.path && u->number && u->last.station && u->last.fleet && u->now.station && u->now.fleet;
}

void update_begin(struct twin *t, const struct happening *h) {
  struct update *u = &t->updates->of[h->fleet];
  const struct fleet_row *f = &t->fleet[h->fleet];
  int32_t make = make_named(t, f, h->revision);
  if (make == NONE) {
    twin_note(t, NOTE_FAULT, 0, "update: no event of the layout brings revision %.40s", h->revision);
    return;
  }
  u->plan = *h;
  if (h->rollback) {
    u->rollback = *h->rollback;
    u->rollback.path = arena_text(&t->arena, h->rollback->path, strlen(h->rollback->path));
    u->plan.rollback = &u->rollback;
  }
  u->make = (uint16_t)make;
  u->runs = true;
  timer_cancel(t, t->timer_update + (uint32_t)h->fleet);
  for (int32_t i = f->first_robot; i < f->first_robot + f->robots; i++) t->updates->before[i] = t->robot[i].next_make;
  if (h->rollback && !ready_to_measure(t, u)) {
    twin_fault(t, "no memory to watch an update");
    return;
  }
  if (h->rollback) twin_measure(t, &u->last);
  wave(t, h->fleet);
  if (h->rollback || someone_left(t, h->fleet)) next_look(t, h->fleet);
  else u->runs = false;
}

void update_timer(struct twin *t, int32_t fleet) {
  struct update *u = &t->updates->of[fleet];
  if (!u->runs) return;
  if (u->plan.rollback) {
    int number = result_find(&t->updates->index, u->plan.rollback->path);
    twin_measure(t, &u->now);
    result_fill(&t->updates->index, &u->last, &u->now, false, u->number);
    sums_copy(&u->last, &u->now);
    if (number != NONE && goal_holds(u->plan.rollback, u->number[number])) {
      roll_back(t, fleet, u->number[number]);
      return;
    }
  }
  u->runs = wave(t, fleet);
  if (u->runs && (u->plan.rollback || someone_left(t, fleet))) next_look(t, fleet);
}
