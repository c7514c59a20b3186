#include "engine/sim/reassign.h"

#include <math.h>

#include "base/maths.h"
#include "engine/sim/admit.h"
#include "engine/sim/bays.h"
#include "engine/sim/body.h"
#include "engine/sim/estimate.h"
#include "engine/sim/job.h"
#include "engine/sim/motion.h"
#include "engine/sim/pace.h"
#include "engine/sim/robot.h"
#include "engine/sim/walk.h"
#include "scheduler/exchange.h"

#define MARGIN     5.0              // s    that an exchange must bring; a choice
#define LOW_CHARGE 900.0            // s    of work left: such a robot keeps the job it was given; a guess
#define AT_ONCE    16               // exchanges after one dispatch; a choice, more wait for the next

struct reassign {
  int32_t *robot;                   // row of the twin; walkers, then idle ones      (robots)
  double  *left, *most;             // s                                              (robots)
  bool    *fresh, *used, *got;      //                                                (robots)
  ns_t    *taken_over;              //        when it last got a job by an exchange   (robots)
};

bool reassign_create(struct twin *t) {
  struct reassign *x = ARENA_NEW(&t->arena, struct reassign, 1);
  if (!x) return false;
  x->robot = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  x->left = ARENA_NEW(&t->arena, double, t->robots + 1);
  x->most = ARENA_NEW(&t->arena, double, t->robots + 1);
  x->fresh = ARENA_NEW(&t->arena, bool, t->robots + 1);
  x->used = ARENA_NEW(&t->arena, bool, t->robots + 1);
  x->got = ARENA_NEW(&t->arena, bool, t->robots + 1);
  x->taken_over = ARENA_NEW(&t->arena, ns_t, t->robots + 1);
  for (int32_t i = 0; x->taken_over && i < t->robots; i++) x->taken_over[i] = -1;
  t->reassign = x;
  return x->robot && x->left && x->most && x->fresh && x->used && x->got && x->taken_over;
}

// ---- who may -----------------------------------------------------------------------------------------------

static double left_of(const struct twin *t, const struct robot *b) {
  double left = ns_to_seconds(b->act_start + b->act_length - t->now);
  return left > 0 ? left : 0;
}

static bool low(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  const struct make *m = make_of(t, b);
  if (!t->fleet[b->fleet].drains) return false;
  double rate = (m->rate_walk > m->rate_work ? m->rate_walk : m->rate_work) * 1e9;
  return robot_charge(t, i) - t->layout->fleets[b->fleet].charge_below < rate * LOW_CHARGE;
}

// On the way to a job for one that it has not begun, and free to turn round.
static bool walks_to_job(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if ((b->act != ACT_FETCH && b->act != ACT_TO_POST) || !b->job || b->off || b->leaving || b->stopped || b->turned || b->remaining >= 0 || b->place == NONE || b->from == NONE) return false;
  if (bays_waits(t, i) || bays_has(t, i)) return false;           // it has come there already
  const struct job *a = &t->job[b->job];
  if (a->state != JOB_ASSIGNED || a->need != 1 || a->robots != 1) return false;
  if (a->kind == JOB_CARRY) return t->station[a->from].kind != STATION_CONVEYOR || a->on_floor;
  return a->kind == JOB_OPERATE || a->kind == JOB_MEND;
}

// Seconds from where it is now to a place.
static double time_to(struct twin *t, int32_t i, int32_t place) {
  struct robot *b = &t->robot[i];
  double length;
  if (!b->job) return walk_time_from_spot(t, i, place);
  uint8_t act = b->act;
  b->act = ACT_HOME;                // from the middle of its walk, as one that strolls
  double s = walk_time(t, i, place, 0, &length);
  b->act = act;
  return s;
}

static double time_of(void *context, int32_t r, int32_t k) {
  struct twin *t = context;
  const struct reassign *x = t->reassign;
  uint32_t j = t->robot[x->robot[k]].job;
  int32_t i = x->robot[r];
  if (!(t->list[t->job[j].list].fleets >> t->robot[i].fleet & 1)) return -1;
  return time_to(t, i, robots_job_place(t, j));
}

// ---- what happens -------------------------------------------------------------------------------------------

// It turns from its job, which waits again, and may be given another one.
static void recall(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  robot_drop_job(t, i);
  b->act = ACT_HOME;
  b->idle_since = t->now;
  robot_idle_add(t, i);
}

static void carry_out(struct twin *t, const struct exchange *e, int32_t walkers) {
  const struct reassign *x = t->reassign;
  int32_t a = x->robot[e->a], b = x->robot[e->b];
  uint32_t ja = t->robot[a].job, jb = e->b < walkers ? t->robot[b].job : 0;
  recall(t, a);
  if (jb) recall(t, b);
  job_give(t, ja, b);
  if (jb) job_give(t, jb, a);
  x->taken_over[a] = x->taken_over[b] = t->now;
}

static double due_in(struct twin *t, uint32_t j) {
  struct estimate_job e = estimate_job(t, j);
  return e.due - e.work - e.rest;
}

// A job that will be late is not to be reached later than now.
static double most_of(struct twin *t, uint32_t j, double left) {
  double slack = due_in(t, j);
  return slack >= 1e300 ? INFINITY : slack > left ? slack : left;
}

void reassign(struct twin *t, const int32_t *given, int32_t n) {
  struct reassign *x = t->reassign;
  int32_t walkers = 0, fresh = 0;
  for (int32_t k = 0; k < n; k++) x->got[given[k]] = true;
  for (int32_t i = 0; i < t->robots; i++) {
    // once at an instant: who has to wait in line for its spot has more before it than an idle one reckons with, and two would change for ever
    if (x->taken_over[i] == t->now || !walks_to_job(t, i) || low(t, i)) continue;
    x->robot[walkers] = i;
    x->left[walkers] = left_of(t, &t->robot[i]);
    x->most[walkers] = most_of(t, t->robot[i].job, x->left[walkers]);
    x->fresh[walkers] = x->got[i];
    fresh += x->got[i];
    walkers++;
  }
  for (int32_t k = 0; k < n; k++) x->got[given[k]] = false;
  int32_t robots = walkers;
  for (int32_t k = 0; k < t->idles && walkers > 0; k++) {
    int32_t i = t->idle_robot[k];
    if (!t->robot[i].fresh || low(t, i)) continue;
    x->robot[robots] = i;
    x->fresh[robots++] = true;
    fresh++;
  }
  if (walkers == 0 || fresh == 0) return;
  struct exchange_problem p = {walkers, robots, x->left, x->most, x->fresh, time_of, t, MARGIN};
  struct exchange found[AT_ONCE];
  int32_t count = exchange_find(&p, x->used, found, AT_ONCE);
  for (int32_t k = 0; k < count; k++) carry_out(t, &found[k], walkers);
}

// The nearest walker of lower priority gets job j; false: there is none, or no room.
static bool turn_to(struct twin *t, uint32_t j) {
  if (t->job[j].kind == JOB_CARRY && t->station[t->job[j].from].kind == STATION_CONVEYOR && !t->job[j].on_floor) return false;
  int32_t place = robots_job_place(t, j), best = NONE;
  double  least = INFINITY;
  for (int32_t i = 0; i < t->robots; i++) {
    if (!walks_to_job(t, i) || t->job[t->robot[i].job].priority >= t->job[j].priority || low(t, i)) continue;
    if (!(t->list[t->job[j].list].fleets >> t->robot[i].fleet & 1)) continue;
    double s = time_to(t, i, place);
    if (s < 0 || s >= least) continue;
    least = s;
    best = i;
  }
  if (best == NONE || (t->admit && !admit_room(t, j, best))) return false;
  recall(t, best);
  job_give(t, j, best);
  return true;
}

// Heads of lines in the order of their priority, down to that of the least of those who walk, until one is given.
void reassign_urgent(struct twin *t) {
  bool    walk = false;
  int32_t least = 0, last = 0, at = NONE;
  for (int32_t i = 0; i < t->robots; i++) {
    if (!walks_to_job(t, i)) continue;
    int32_t priority = t->job[t->robot[i].job].priority;
    if (!walk || priority < least) least = priority;
    walk = true;
  }
  while (walk) {
    uint32_t j = 0;
    int32_t  row = NONE;
    for (int32_t k = 0; k < t->lists; k++) {
      uint32_t head = t->list[k].head;
      if (!head || t->job[head].need != 1 || t->job[head].robots > 0 || t->job[head].priority <= least) continue;
      if (at != NONE && (t->job[head].priority > last || (t->job[head].priority == last && k <= at))) continue;
      if (!j || t->job[head].priority > t->job[j].priority) j = head, row = k;
    }
    if (!j || turn_to(t, j)) return;
    last = t->job[j].priority;
    at = row;
  }
}
