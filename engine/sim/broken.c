#include "engine/sim/broken.h"

#include "engine/sim/bays.h"
#include "engine/sim/body.h"
#include "engine/sim/build.h"
#include "engine/sim/carry.h"
#include "engine/sim/fleet.h"
#include "engine/sim/job.h"
#include "engine/sim/motion.h"
#include "engine/sim/place.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/team.h"
#include "engine/sim/upset.h"
#include "engine/sim/walk.h"

#define REPAIR_GUESS (3600 * NS_SECOND)     // of a repair when neither a station nor `down` says how long; a guess

enum phase {
  SOUND,
  GOING,                            // to its repair station
  IN_LINE,                          // there, without a slot
  CALLED,                           // waits for who mends
  MENDING
};

struct broken_row {
  uint8_t  phase;
  bool     pending;                 // breaks when its walk has ended
  uint8_t  why;                     // enum break_cause, of the pending one
  uint8_t  help;                    // enum help + 1 of the call at hand, 0: none
  int32_t  bay, slot;               // repair station, NONE; slot -1: stands in line
  uint32_t next;                    // robot + 1 behind it in line
  uint32_t job;                     // of the helper, 0: none
  ns_t     length;                  // of the help that was called
  ns_t     up_left, since;          // to the next failure, NS_NEVER: none; since its clock runs
  ns_t     up_all;                  // drawn when it was mended
  struct stream up, down;
};

struct bay { int32_t station, slots, taken; uint32_t head, tail; };

struct broken {
  struct broken_row *row;           // (robots)
  struct bay        *bay;
  int32_t            bays;
  int32_t          (*list)[HELPS];  // (fleets) of waiting jobs, NONE: nobody helps
};

static uint32_t timer_of(const struct twin *t, int32_t i, int which) { return t->timer_broken + BROKEN_TIMERS * (uint32_t)i + (uint32_t)which; }
static uint32_t act_timer(const struct twin *t, int32_t i) { return t->timer_robot + ROBOT_TIMERS * (uint32_t)i + ROBOT_ACT; }
static struct broken_row *row_of(const struct twin *t, int32_t i) { return &t->broken->row[i]; }
static const struct fleet *plan_of(const struct twin *t, int32_t i) { return &t->layout->fleets[t->robot[i].fleet]; }

// ---- at the start -----------------------------------------------------------------------------------------

// Fleets that help fleet f; one that has a single robot does not help itself.
static uint64_t helpers_of(const struct layout *l, int f, enum help help) {
  const struct fleet *plan = &l->fleets[f];
  if (help == HELP_REPAIR && plan->failures.given && plan->failures.by != NONE) return UINT64_C(1) << plan->failures.by;
  uint64_t mask = 0;
  for (int g = 0; g < l->fleet_count; g++)
    if (l->fleets[g].skills >> help & 1 && l->fleets[g].count_max > (g == f)) mask |= UINT64_C(1) << g;
  return mask;
}

enum status broken_create(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  struct broken *x = ARENA_NEW(&t->arena, struct broken, 1);
  int n = 0;
  for (int s = 0; s < l->station_count; s++) n += l->stations[s].kind == STATION_REPAIR;
  if (x) {
    x->row = ARENA_NEW(&t->arena, struct broken_row, t->robots + 1);
    x->bay = ARENA_NEW(&t->arena, struct bay, n + 1);
    x->list = arena_alloc(&t->arena, sizeof *x->list * (size_t)(l->fleet_count + 1), 4);
  }
  if (!x || !x->row || !x->bay || !x->list) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for repairs");
  t->broken = x;
  for (int s = 0; s < l->station_count; s++)
    if (l->stations[s].kind == STATION_REPAIR) x->bay[x->bays++] = (struct bay){.station = s, .slots = l->stations[s].place_count};
  for (int f = 0; f < l->fleet_count; f++) {
    for (int k = 0; k < HELPS; k++) {
      uint64_t mask = helpers_of(l, f, (enum help)k);
      x->list[f][k] = mask ? build_list(t, mask, 0) : NONE;
    }
    for (int k = 0; k < t->fleet[f].robots; k++)
      x->row[t->fleet[f].first_robot + k] = (struct broken_row){.bay = NONE, .up_left = NS_NEVER,
        .up = stream_make(t->options.seed, t->options.replication, l->fleets[f].name, "up", (uint32_t)k),
        .down = stream_make(t->options.seed, t->options.replication, l->fleets[f].name, "down", (uint32_t)k)};
  }
  return STATUS_OK;
}

// ---- the clock of failures --------------------------------------------------------------------------------

static bool wears(uint8_t cause) { return cause == ROBOT_WORKING || cause == ROBOT_WALKING; }

static void next_failure(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  const struct failures *f = &plan_of(t, i)->failures;
  x->up_left = NS_NEVER;
  if (!f->given) return;
  ns_t up = distribution_sample(&f->up, &x->up);
  x->up_all = up;
  if (f->calendar) {
    x->since = t->now;
    timer_set(t, timer_of(t, i, BROKEN_FAIL), t->now + up, CLASS_FAILURE, false);
    return;
  }
  x->up_left = up;
  x->since = t->now;
  if (wears(t->robot[i].cause)) timer_set(t, timer_of(t, i, BROKEN_FAIL), t->now + up, CLASS_FAILURE, false);
}

void broken_clock(struct twin *t, int32_t i, uint8_t cause) {
  struct broken_row *x = row_of(t, i);
  bool ran = wears(t->robot[i].cause), runs = wears(cause);
  if (x->up_left == NS_NEVER || ran == runs) return;
  if (ran) {
    x->up_left -= t->now - x->since;
    timer_cancel(t, timer_of(t, i, BROKEN_FAIL));
  } else {
    x->since = t->now;
    timer_set(t, timer_of(t, i, BROKEN_FAIL), t->now + x->up_left, CLASS_FAILURE, false);
  }
}

double broken_age(const struct twin *t, int32_t i) {
  const struct broken_row *x = row_of(t, i);
  const struct failures *f = &plan_of(t, i)->failures;
  if (!f->given || f->up.kind == DIST_EXPONENTIAL || x->phase != SOUND) return 0;
  double mean = distribution_mean(&f->up);
  // its time is up, and it walks to the end of its walk
  if (!f->calendar && x->up_left == NS_NEVER) return mean > 0 ? ns_to_seconds(x->up_all) / mean : 0;
  ns_t   age = f->calendar ? t->now - x->since : x->up_all - x->up_left + (wears(t->robot[i].cause) ? t->now - x->since : 0);
  return mean > 0 ? ns_to_seconds(age) / mean : 0;
}

void broken_start(struct twin *t, int32_t i) { next_failure(t, i); }

// ---- slots ------------------------------------------------------------------------------------------------

static int32_t nearest_bay(const struct twin *t, int32_t i, bool free_only) {
  int32_t best = NONE;
  double least = 0, length;
  for (int32_t k = 0; k < t->broken->bays; k++) {
    const struct bay *y = &t->broken->bay[k];
    if (free_only && y->taken >= y->slots) continue;
    double time = walk_time(t, i, t->stand[y->station], 0, &length);
    if (time < 0 || (best != NONE && time >= least)) continue;
    best = k;
    least = time;
  }
  return best;
}

static int32_t free_slot(const struct twin *t, int32_t bay) {
  int32_t slot = 0;
  for (int32_t k = 0; k < t->robots; k++)
    if (row_of(t, k)->bay == bay && row_of(t, k)->slot == slot) {
      slot++;
      k = -1;                       // from the first robot again
    }
  return slot;
}

static void enter_bay(struct twin *t, int32_t i, int32_t bay) {
  struct bay *y = &t->broken->bay[bay];
  struct broken_row *x = row_of(t, i);
  if (y->taken < y->slots) {
    x->slot = free_slot(t, bay);
    y->taken++;
  } else {
    x->slot = -1;
    x->next = 0;
    if (y->tail) row_of(t, (int32_t)y->tail - 1)->next = (uint32_t)i + 1; else y->head = (uint32_t)i + 1;
    y->tail = (uint32_t)i + 1;
  }
  x->bay = bay;
}

bool broken_slot(const struct twin *t, int32_t i, int32_t *slot) {
  *slot = row_of(t, i)->slot;
  return *slot >= 0;
}

int broken_taken(const struct twin *t, int32_t station) {
  for (int32_t k = 0; k < t->broken->bays; k++)
    if (t->broken->bay[k].station == station) return t->broken->bay[k].taken;
  return 0;
}

static void seek_helper(struct twin *t, int32_t i);

static void leave_bay(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  if (x->bay == NONE) return;
  struct bay *y = &t->broken->bay[x->bay];
  uint32_t me = (uint32_t)i + 1, before = 0;
  int32_t slot = x->slot;
  x->bay = NONE;
  if (slot < 0) {
    for (uint32_t k = y->head; k != me; k = row_of(t, (int32_t)k - 1)->next) before = k;
    if (before) row_of(t, (int32_t)before - 1)->next = x->next; else y->head = x->next;
    if (y->tail == me) y->tail = before;
    return;
  }
  if (!y->head) {
    y->taken--;
    return;
  }
  // the first in line has it now
  int32_t first = (int32_t)y->head - 1;
  y->head = row_of(t, first)->next;
  if (!y->head) y->tail = 0;
  row_of(t, first)->slot = slot;
  if (row_of(t, first)->phase == IN_LINE) seek_helper(t, first);
}

// ---- help -------------------------------------------------------------------------------------------------

bool help_there(const struct twin *t, int32_t i, enum help help) { return t->broken->list[t->robot[i].fleet][help] != NONE; }

static void begin_help(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  if (x->phase != SOUND) x->phase = MENDING;
  timer_set(t, timer_of(t, i, BROKEN_HELP), t->now + x->length, CLASS_REPAIR, true);
}

void help_call(struct twin *t, int32_t i, enum help help, ns_t length) {
  struct broken_row *x = row_of(t, i);
  assert(x->help == 0);
  int32_t list = t->broken->list[t->robot[i].fleet][help];
  x->help = (uint8_t)(help + 1);
  x->length = length;
  if (list == NONE) begin_help(t, i);
  else x->job = job_help(t, i, list);
}

int32_t broken_place(const struct twin *t, uint32_t j) {
  int32_t i = t->job[j].server;
  const struct robot *b = &t->robot[i];
  if (row_of(t, i)->help == HELP_REMOTE + 1) return NONE;
  bool midway = b->act == ACT_BROKEN && b->remaining >= 0 && b->from != NONE;
  return midway && 2 * b->remaining > b->act_length ? b->from : b->place;
}

void broken_helped(struct twin *t, uint32_t j) {
  int32_t i = t->job[j].server;
  const struct robot *b = &t->robot[i];
  t->sums.line.interventions++;
  FLEET_BOOK(t, b, helps, 1);
  FLEET_BOOK(t, b, help_wait, ns_to_seconds(t->now - t->job[j].created));
  begin_help(t, i);
}

void broken_helper_left(struct twin *t, uint32_t j) {
  row_of(t, t->job[j].server)->job = 0;
  job_free(t, j);
}

// The call is over, or not wanted any more.
static void end_call(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  uint32_t j = x->job;
  timer_cancel(t, timer_of(t, i, BROKEN_HELP));
  x->help = 0;
  x->job = 0;
  if (j) job_cancel(t, j);
}

// Where it stands, with what is left of a walk that it broke in.
static void stand_broken(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  ns_t left = b->remaining, start = b->act_start, length = b->act_length;
  robot_begin(t, i, ACT_BROKEN, DO_WAIT, 0);
  b->remaining = left;
  if (left >= 0) {
    b->act_start = start;
    b->act_length = length;
  }
  robot_book(t, i, ROBOT_REPAIR);
}

static void seek_helper(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  const struct fleet *plan = plan_of(t, i);
  ns_t length = REPAIR_GUESS;
  if (x->bay != NONE) {
    const struct distribution *d = t->layout->stations[t->broken->bay[x->bay].station].time.by_part[0];
    length = d ? distribution_sample(d, &x->down) : 0;
  } else if (plan->failures.given) {
    length = distribution_sample(&plan->failures.down, &x->down);
  }
  x->phase = CALLED;
  help_call(t, i, HELP_REPAIR, length);
}

// ---- breaking ---------------------------------------------------------------------------------------------

bool robot_is_broken(const struct twin *t, int32_t i) { return row_of(t, i)->phase != SOUND; }

static bool carries(const struct robot *b) { return b->act == ACT_CARRY || b->act == ACT_PLACE || b->act == ACT_WAIT_SPACE; }

static void no_longer_waits(struct twin *t, const struct robot *b) {
  if (b->act == ACT_WAIT_SPACE) t->belt[t->station[t->job[b->job].to].belt].droppers--;
}

static ns_t stop_walk(struct twin *t, int32_t i);

// The robots of a job have nothing to do with it any more; whoever is not broken goes on from where it is.
static void disband(struct twin *t, const struct job *a, int32_t broken, ns_t left) {
  for (int k = 0; k < a->robots; k++) {
    int32_t i = (int32_t)a->robot[k];
    struct robot *b = &t->robot[i];
    timer_cancel(t, act_timer(t, i));
    b->held = b->job = 0;
    b->load = 0;
    team_leave(t, i);
    b->station = NONE;
    // who is followed step by step walks on to the end of its walk, and says itself when it is there
    b->remaining = b->act == ACT_CARRY && (i == broken || !(body_stepped(t, i) || motion_stepped(t, i))) ? left : -1;
    if (i == broken) continue;
    if (b->remaining >= 0) robot_stroll_on(t, i);
    else robot_done(t, i);
  }
}

static void lay_down(struct twin *t, uint32_t j, int32_t i, ns_t left) {
  struct job *a = &t->job[j], was = *a;
  const struct robot *b = &t->robot[a->robot[0]];
  a->on_floor = true;
  a->laid = left >= 0 && 2 * left > b->act_length ? b->from : b->place;
  a->robots = a->there = 0;
  t->part[a->part].state = PART_LAID;
  job_release_again(t, j);
  disband(t, &was, i, left);
}

static void scrap(struct twin *t, uint32_t j, int32_t i, ns_t left) {
  struct job was = t->job[j];
  struct part *p = &t->part[was.part];
  p->job = 0;
  t->sums.line.scrapped++;
  place_unreserve(t, was.to, p->type, true);
  if (p->limits) limits_leave(t, &p->limits, p->limits);
  part_retire(t, was.part);
  job_free(t, j);
  disband(t, &was, i, left);
}

void robot_lay_down(struct twin *t, int32_t i, bool scrapped) {
  struct robot *b = &t->robot[i];
  ns_t left = stop_walk(t, i);
  if (b->act == ACT_CARRY && motion_walks(t, i)) left = (ns_t)(motion_left(t, i) * (double)b->act_length);
  if (b->act == ACT_CARRY && body_stepped(t, i)) left = b->act_start + b->act_length > t->now ? b->act_start + b->act_length - t->now : 0;
  no_longer_waits(t, b);
  if (scrapped) scrap(t, b->job, i, left);
  else lay_down(t, b->job, i, left);
  b->remaining = -1;
}

// What becomes of the part in its hands. left: of the walk, -1: it stands.
static void drop_part(struct twin *t, int32_t i, ns_t left) {
  struct robot *b = &t->robot[i];
  const struct failures *f = &plan_of(t, i)->failures;
  enum failure_then then = f->given ? f->then : FAILURE_RESUME;
  no_longer_waits(t, b);
  if (then == FAILURE_SCRAP) scrap(t, b->job, i, left);
  else if (then == FAILURE_RESTART || t->job[b->job].robots > 1) lay_down(t, b->job, i, left);
}

// What is left of the walk at hand, which stops here; -1: it stands.
static ns_t stop_walk(struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  int32_t first = b->act == ACT_CARRY ? (int32_t)t->job[b->job].robot[0] : i;
  uint32_t timer = act_timer(t, first);
  ns_t left = calendar_is_set(&t->calendar, timer) ? calendar_time(&t->calendar, timer) - t->now : t->robot[first].remaining;
  timer_cancel(t, timer);
  bool walks = b->act == ACT_FETCH || b->act == ACT_CARRY || b->act == ACT_TO_POST || b->act == ACT_HOME || b->act == ACT_TO_CHARGER;
  return walks ? left : -1;
}

// A walk that was called back, and one that is followed step by step, is walked to its end.
static bool must_walk_on(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  if ((body_stepped(t, i) && body_walks(t, i) && !body_upset(t, i)) || (motion_stepped(t, i) && motion_walks(t, i))) return true;
  bool walks = b->act == ACT_FETCH || b->act == ACT_TO_POST || b->act == ACT_HOME || b->act == ACT_TO_CHARGER;
  return walks && b->turned && (b->remaining >= 0 || calendar_is_set(&t->calendar, act_timer(t, i)));
}

static void leave_work(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  robot_idle_remove(t, i);
  power_book(t, i);
  ns_t left = stop_walk(t, i);
  if (b->job && carries(b)) drop_part(t, i, left);
  else if (b->job) robot_drop_job(t, i);
  power_leave(t, i);
  b->must_charge = false;
  b->then = b->act;
  b->remaining = left;
  stand_broken(t, i);
}

void robot_break(struct twin *t, int32_t i, enum break_cause cause) {
  struct robot *b = &t->robot[i];
  struct broken_row *x = row_of(t, i);
  if (b->act == ACT_GONE || x->phase != SOUND) return;
  x->why = (uint8_t)cause;
  x->pending = must_walk_on(t, i);
  if (x->pending) return;
  timer_cancel(t, timer_of(t, i, BROKEN_FAIL));
  x->up_left = NS_NEVER;
  end_call(t, i);
  x->phase = CALLED;
  FLEET_BOOK(t, b, breakdowns, 1);
  twin_note(t, NOTE_ROBOT, i, "R%u broke", b->number);
  leave_work(t, i);
  t->fleet[b->fleet].broken++;
  fleet_spares(t, b->fleet);
  bool walks = cause == BREAK_FAILURE || cause == BREAK_ARM;
  int32_t bay = walks ? nearest_bay(t, i, true) : NONE;
  if (walks && bay == NONE) bay = nearest_bay(t, i, false);
  if (bay == NONE) {
    seek_helper(t, i);
    return;
  }
  enter_bay(t, i, bay);
  x->phase = GOING;
  // a stopped walk ends later by as long as it stood; here it stood no time
  if (b->remaining >= 0) b->act_start = t->now + b->remaining - b->act_length;
  b->station = t->broken->bay[bay].station;
  robot_walk(t, i, t->stand[b->station], ACT_TO_REPAIR);
  robot_book(t, i, ROBOT_REPAIR);
}

bool broken_rests(struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  // those who carry together come to rest together
  bool together = b->job && carries(b);
  struct job a = together ? t->job[b->job] : (struct job){.robots = 1, .robot = {(uint32_t)i}};
  bool broke = false;
  for (int k = 0; k < a.robots; k++) {
    struct broken_row *x = row_of(t, (int32_t)a.robot[k]);
    if (!x->pending) continue;
    t->robot[a.robot[k]].from = t->robot[a.robot[k]].place;
    t->robot[a.robot[k]].turned = false;
    robot_break(t, (int32_t)a.robot[k], (enum break_cause)x->why);
    broke = true;
  }
  return broke;
}

void broken_arrive(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  stand_broken(t, i);
  if (x->slot >= 0) seek_helper(t, i);
  else x->phase = IN_LINE;
}

// ---- whole again ------------------------------------------------------------------------------------------

static void go_on_carrying(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  const struct job *a = &t->job[b->job];
  b->station = a->to;
  if (b->remaining >= 0) {
    // from where it stopped
    power_book(t, i);
    b->act = ACT_CARRY;
    power_book(t, i);
    robot_book(t, i, ROBOT_WALKING);
    if (!b->off) robot_go_on(t, i);
    return;
  }
  if (b->place == t->stand[a->to]) {
    // it was there, or in line
    power_book(t, i);
    b->act = ACT_CARRY;
    power_book(t, i);
    if (bays_enter(t, i)) carry_put_down(t, i);
  } else {
    robot_walk(t, i, t->stand[a->to], ACT_CARRY);
  }
  if (b->off) robot_pause(t, i);
}

void robot_mended(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct broken_row *x = row_of(t, i);
  assert(x->phase != SOUND);
  if (b->act == ACT_TO_REPAIR) {
    // whole before it came there: it stands where it was going
    timer_cancel(t, act_timer(t, i));
    stand_broken(t, i);
  }
  x->phase = SOUND;
  end_call(t, i);
  leave_bay(t, i);
  next_failure(t, i);
  twin_note(t, NOTE_ROBOT, i, "R%u is mended", b->number);
  if (b->job) go_on_carrying(t, i);
  else if (b->remaining >= 0 && !b->leaving) robot_stroll_on(t, i);
  else robot_done(t, i);
  t->fleet[b->fleet].broken--;
  fleet_spares(t, b->fleet);
}

void broken_leave(struct twin *t, int32_t i) {
  struct broken_row *x = row_of(t, i);
  timer_cancel(t, timer_of(t, i, BROKEN_FAIL));
  x->up_left = NS_NEVER;
  x->pending = false;
  bool broke = x->phase != SOUND;
  x->phase = SOUND;
  if (x->help) end_call(t, i);
  leave_bay(t, i);
  if (!broke) return;
  t->fleet[t->robot[i].fleet].broken--;
  fleet_spares(t, t->robot[i].fleet);
}

void robot_give_up(struct twin *t, int32_t i, ns_t length) {
  struct robot *b = &t->robot[i];
  FLEET_BOOK(t, b, gave_up, 1);
  twin_note(t, NOTE_ROBOT, i, "R%u asks for help", b->number);
  b->then = b->act;
  robot_begin(t, i, ACT_GAVE_UP, DO_WAIT, 0);
  robot_book(t, i, ROBOT_WAITING_PARTNER);
  help_call(t, i, HELP_REMOTE, length);
}

void broken_timer(struct twin *t, uint32_t k) {
  int32_t i = (int32_t)(k / BROKEN_TIMERS);
  struct broken_row *x = row_of(t, i);
  if (k % BROKEN_TIMERS == BROKEN_FAIL) {
    x->up_left = NS_NEVER;
    robot_break(t, i, BREAK_FAILURE);
    return;
  }
  if (x->phase != SOUND) {
    robot_mended(t, i);
    return;
  }
  end_call(t, i);
  // off shift it gets up when its shift begins
  struct robot *b = &t->robot[i];
  if (!b->off) {
    robot_done_timer(t, i);
  } else {
    b->remaining = 0;
    b->act_length = 0;
  }
}

const char *broken_check(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  const struct broken_row *x = row_of(t, i);
  bool lies = b->act == ACT_BROKEN || b->act == ACT_TO_REPAIR;
  if (lies != (x->phase != SOUND)) return "a broken robot that acts, or a sound one that does not";
  if (x->job && (t->job[x->job].kind != JOB_HELP || t->job[x->job].state == JOB_FREE || t->job[x->job].server != i)) return "the helper's job";
  if (x->phase == SOUND && x->bay != NONE) return "a sound robot in a repair slot";
  if (!x->help && calendar_is_set(&t->calendar, timer_of(t, i, BROKEN_HELP))) return "help that nobody called";
  return NULL;
}
