#include "engine/sim/ahead.h"

#include <math.h>
#include <stdlib.h>

#include "engine/sim/ahead_way.h"
#include "engine/sim/place.h"
#include "engine/sim/shift.h"
#include "scheduler/shop_search.h"
#include "scheduler/timetable.h"

#define LOTS_MAX    1000
#define LOTS_WANTED 400             // lots of several parts when there are more parts than that
#define STAGES_MAX  16              // machines on the way of a product
#define AGAIN       (5 * 60 * NS_SECOND)
#define LATE        300.0           // s    off the plan
#define LATE_SHARE  0.05            //      or this share of its length, when that is more
#define ITERATIONS  20000           // of tabu search for the first plan
#define REPAIR      4000            // for every other
#define WEEK        (7 * 24 * 3600 * NS_SECOND)
#define DOWN_GUESS  600.0           // s    until a machine is mended that was stopped by order

struct ahead {
  struct routing *route;              // of each product                                   (parts)
  int32_t *machine_of;              // first machine of each station, NONE               (stations)
  int32_t  machines;
  double  *begin, *end;             // s    of lot x stage                               (lots x STAGES_MAX)
  int64_t *begun;                   //      parts of it
  int32_t *at;                      //      station and server, as machine
  ns_t    *since;                   //      work of each server                          (servers)
  double   length;                  // s    from plan to its end
  bool     wanted;
  ns_t     next;                    // not before
  bool     anew;
};

static const struct stage *stage_of(const struct twin *t, const struct lot_row *lot, int32_t s, int *k) {
  const struct routing *r = &t->ahead->route[t->layout->orders[lot->order].product];
  int32_t g = t->layout->stations[s].group;
  for (*k = 0; *k < r->stages; (*k)++)
    if (r->stage[*k].group == g) return &r->stage[*k];
  return NULL;
}

// ---- lots ---------------------------------------------------------------------------------------------------

static bool make_lots(struct twin *t) {
  const struct layout *l = t->layout;
  bool    families = false;
  int64_t total = 0;
  for (int k = 0; k < l->order_count; k++) {
    const struct routing *r = &t->ahead->route[l->orders[k].product];
    for (int i = 0; i < r->stages; i++) families = families || r->stage[i].setup > 0;
    total += l->orders[k].quantity;
  }
  // a set-up for every lot: then an order is one
  int64_t size = families ? INT64_MAX : (total + LOTS_WANTED - 1) / LOTS_WANTED;
  int64_t lots = 0;
  for (int k = 0; k < l->order_count; k++) lots += families ? 1 : (l->orders[k].quantity + size - 1) / size;
  if (lots > LOTS_MAX) return false;
  t->lots = 0;
  t->lot = ARENA_NEW(&t->arena, struct lot_row, lots + 1);
  for (int k = 0; k < l->order_count && t->lot; k++)
    for (int64_t left = l->orders[k].quantity; left > 0;) {
      int64_t n = left < size ? left : size;
      t->lot[t->lots] = (struct lot_row){.order = k, .left = n, .number = t->lots};
      t->lots++;
      left -= n;
    }
  return t->lot != NULL;
}

bool ahead_create(struct twin *t) {
  const struct layout *l = t->layout;
  if (l->policy != POLICY_LOOKAHEAD || l->order_count == 0 || l->order_count > LOTS_MAX) return true;
  struct ahead *a = ARENA_NEW(&t->arena, struct ahead, 1);
  if (!a) return false;
  a->route = ARENA_NEW(&t->arena, struct routing, l->part_count);
  a->machine_of = ARENA_NEW(&t->arena, int32_t, l->station_count + 1);
  if (!a->route || !a->machine_of) return false;
  int32_t source = NONE;
  for (int s = 0; s < l->station_count; s++) {
    if (l->stations[s].makes.kind == MAKES_ORDERS) source = l->stations[s].group;
    a->machine_of[s] = NONE;
    if (!ahead_works(l->stations[s].kind)) continue;
    a->machine_of[s] = a->machines;
    a->machines += l->stations[s].servers;
  }
  for (int k = 0; k < l->order_count; k++)
    if (!ahead_way(t, source, l->orders[k].product, &a->route[l->orders[k].product])) return true;     // no plan: by time, priority and file
  t->ahead = a;
  struct lot_row *plain = t->lot;
  int32_t count = t->lots;
  if (!make_lots(t)) {
    t->ahead = NULL;
    t->lot = plain;
    t->lots = count;
    return true;
  }
  size_t n = (size_t)t->lots * STAGES_MAX;
  a->begin = ARENA_NEW(&t->arena, double, n);
  a->end = ARENA_NEW(&t->arena, double, n);
  a->begun = ARENA_NEW(&t->arena, int64_t, n);
  a->at = ARENA_NEW(&t->arena, int32_t, n);
  a->since = ARENA_NEW(&t->arena, ns_t, t->servers + 1);
  if (!a->begin || !a->end || !a->begun || !a->at || !a->since) return false;
  t->planned = true;
  return true;
}

// ---- the shop of what is left to do ---------------------------------------------------------------------------

struct build {
  struct twin *t;
  int32_t jobs, ops, alts, machines;
  int32_t *job_ops, *op_alts, *alt_machine, *alt_time;
  int32_t *op_lot, *op_stage;       // NONE: a head, a tail, a machine that is down
  double  *op_time;                 // s
  struct timetable_op *row;         // the same with people, robots and hours
};

static void add_op(struct build *b, double time, int32_t lot, int32_t stage) {
  b->op_lot[b->ops] = lot;
  b->op_stage[b->ops] = stage;
  b->op_time[b->ops] = time;
  b->row[b->ops] = (struct timetable_op){.job = b->jobs, .machine = NONE, .pool = NONE, .hours = NONE, .time = time};
  b->op_alts[b->ops++] = 0;
  b->job_ops[b->jobs]++;
}

static void add_machine(struct build *b, int32_t machine) {
  b->alt_machine[b->alts++] = machine;
  b->op_alts[b->ops - 1]++;
}

static void add_alone(struct build *b, double time) {
  add_op(b, time, NONE, NONE);
  add_machine(b, b->machines++);
}

// Time that nobody spends: what follows may be as late.
static void add_tail(struct build *b, double time) {
  add_alone(b, time);
  b->row[b->ops - 1].time = 0;
}

// Heads of a fleet; at the start they have not come yet.
static int32_t heads_of(const struct twin *t, int fleet) { return t->now == 0 ? t->layout->fleets[fleet].count : t->fleet[fleet].present; }

// Is there a moment of the week at which both work?
static bool shifts_meet(const struct shift *a, const struct shift *b) {
  for (ns_t at = 0; at < WEEK;) {
    if (shift_works(a, at) && shift_works(b, at)) return true;
    ns_t x = shift_next_change(a, at), y = shift_next_change(b, at);
    at = x < y ? x : y;
  }
  return false;
}

// Who does that, and when they are there: `station` NONE: only they count.
static void add_people(struct build *b, int fleet, int heads, double approach, int32_t station) {
  const struct layout *l = b->t->layout;
  struct timetable_op *row = &b->row[b->ops - 1];
  int first = station == NONE ? NONE : l->stations[station].shift, second = fleet == NONE ? NONE : l->fleets[fleet].shift;
  // those who are never there when the station works would put it off for ever: planned as if they came
  if (first != NONE && second != NONE && !shifts_meet(&l->shifts[first], &l->shifts[second])) second = NONE;
  if (first != NONE || second != NONE) row->hours = (first + 1) * (l->shift_count + 1) + second + 1;
  int32_t there = fleet == NONE ? 0 : heads_of(b->t, fleet);
  if (there == 0) return;
  row->pool = fleet;
  row->heads = heads < there ? heads : there;
  row->approach = approach;
}

// So many pieces to the next machine: one walk after the other, by as many as there are.
static void add_carry(struct build *b, const struct carry *c, int64_t pieces) {
  if (c->lag + c->time <= 0) return;
  int64_t there = c->fleet == NONE ? pieces : heads_of(b->t, c->fleet), at_once = there < 1 ? 1 : pieces < there ? pieces : there;
  int64_t rounds = (pieces + at_once - 1) / at_once;
  add_alone(b, c->lag + c->time * (double)rounds + (c->fleet == NONE ? 0 : c->approach * (double)rounds));
  struct timetable_op *row = &b->row[b->ops - 1];
  row->time = c->lag + c->time * (double)rounds + c->approach * (double)(rounds - 1);
  if (c->fleet != NONE) add_people(b, c->fleet, (int)(at_once * c->robots < 1000 ? at_once * c->robots : 1000), c->approach, NONE);
}

static bool is_down(const struct twin *t, int32_t i) { return t->server[i].down != 0; }

static void add_lot(struct build *b, const struct lot_row *lot, const int64_t *left, double last_due) {
  struct twin *t = b->t;
  const struct order *o = &t->layout->orders[lot->order];
  const struct routing *r = &t->ahead->route[o->product];
  double head = ns_to_seconds(o->release - t->now), tail = o->due < NS_NEVER ? last_due - ns_to_seconds(o->due) : 0;
  bool any = false;
  for (int k = 0; k < r->stages; k++) any = any || left[k] > 0;
  if (!any) return;
  b->job_ops[b->jobs] = 0;
  if (head > 0) add_alone(b, head);
  for (int k = 0; k < r->stages; k++) {
    if (left[k] <= 0) continue;
    const struct station_group *g = &t->layout->groups[r->stage[k].group];
    add_carry(b, &r->stage[k].carry, left[k]);
    add_op(b, r->stage[k].setup + (double)left[k] * r->stage[k].time, lot->number, k);
    add_people(b, r->stage[k].crew, r->stage[k].heads, r->stage[k].approach, g->first);
    for (int s = g->first; s < g->first + g->count; s++)
      for (int v = 0; v < t->layout->stations[s].servers; v++) add_machine(b, t->ahead->machine_of[s] + v);
  }
  if (left[r->stages - 1] > 0) add_carry(b, &r->last, left[r->stages - 1]);
  if (tail > 0) add_tail(b, tail);
  b->jobs++;
}

// A machine that is down: an operation that comes first, since what follows it would else be the longest chain.
static void add_down(struct build *b, int32_t s, int32_t i, double longest) {
  const struct station *p = &b->t->layout->stations[s];
  double down = p->failures.given && !(b->t->server[i].down & 2) ? distribution_mean(&p->failures.down) : DOWN_GUESS;
  b->job_ops[b->jobs] = 0;
  add_op(b, down, NONE, NONE);
  add_machine(b, b->t->ahead->machine_of[s] + (i - b->t->station[s].first_server));
  if (longest > down) add_tail(b, longest - down);
  b->jobs++;
}

// Parts of every lot that still need a stage: those to be released, and those in the line that have not been there.
static void count_left(const struct twin *t, int64_t *left) {
  for (int32_t k = 0; k < t->lots; k++)
    for (int i = 0; i < STAGES_MAX; i++) left[(size_t)t->lot[k].number * STAGES_MAX + (size_t)i] = t->lot[k].left;
  for (uint32_t p = 1; p <= t->part_top; p++) {
    const struct part *a = &t->part[p];
    if (a->state == PART_FREE || !a->lot) continue;
    for (int i = a->stage; i < STAGES_MAX; i++) left[(size_t)(a->lot - 1) * STAGES_MAX + (size_t)i]++;
  }
}

static void fill(struct build *b, const int64_t *left) {
  struct twin *t = b->t;
  double last_due = 0, longest = 0;
  for (int32_t k = 0; k < t->lots; k++) {
    ns_t due = t->layout->orders[t->lot[k].order].due;
    if (due < NS_NEVER && ns_to_seconds(due) > last_due) last_due = ns_to_seconds(due);
  }
  for (int32_t k = 0; k < t->lots; k++) {
    int32_t first = b->ops, jobs = b->jobs;
    add_lot(b, &t->lot[k], &left[(size_t)t->lot[k].number * STAGES_MAX], last_due);
    double sum = 0;
    for (int32_t o = first; o < b->ops && b->jobs > jobs; o++) sum += b->op_time[o];
    if (sum > longest) longest = sum;
  }
  for (int32_t s = 0; s < t->layout->station_count && b->jobs > 0; s++)
    for (int32_t i = t->station[s].first_server; t->ahead->machine_of[s] != NONE && i < t->station[s].first_server + t->layout->stations[s].servers; i++)
      if (is_down(t, i)) add_down(b, s, i, longest);
}

// Whole numbers so that the sum of all times stays within what a shop may have.
static void to_units(struct build *b) {
  double sum = 0;
  for (int32_t o = 0; o < b->ops; o++) sum += b->op_time[o];
  double unit = sum / (0.5 * SHOP_TIME_MAX);
  if (unit < 1e-3) unit = 1e-3;
  for (int32_t o = 0, a = 0; o < b->ops; o++)
    for (int32_t k = 0; k < b->op_alts[o]; k++) b->alt_time[a++] = (int32_t)(b->op_time[o] / unit + 0.5);
}

static int by_begin(const void *a, const void *b) {
  const struct lot_row *x = a, *y = b;
  return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : x->number < y->number ? -1 : 1;
}

static bool on_shift(void *context, int32_t hours, double at, double *until) {
  const struct twin *t = context;
  const struct layout *l = t->layout;
  ns_t week = (l->run.start + t->now + ns_from_seconds(at)) % WEEK;
  int  shift[2] = {hours / (l->shift_count + 1) - 1, hours % (l->shift_count + 1) - 1};
  bool on = true;
  *until = INFINITY;
  for (int k = 0; k < 2; k++) {
    if (shift[k] == NONE) continue;
    on = on && shift_works(&l->shifts[shift[k]], week);
    ns_t next = shift_next_change(&l->shifts[shift[k]], week);
    if (next != NS_NEVER && at + ns_to_seconds(next - week) < *until) *until = at + ns_to_seconds(next - week);
  }
  return on;
}

// What the plan says, lot by lot: its order on each machine, with people, robots and hours. The order of release follows.
static bool take(struct build *b, const struct shop *s, const struct shop_plan *p, const int32_t *start) {
  struct twin *t = b->t;
  struct ahead *a = t->ahead;
  double now = ns_to_seconds(t->now), *begin = calloc((size_t)b->ops + 1, sizeof *begin), *end = calloc((size_t)b->ops + 1, sizeof *end);
  int32_t *size = calloc((size_t)t->layout->fleet_count + 1, sizeof *size);
  bool ok = begin && end && size;
  for (int f = 0; ok && f < t->layout->fleet_count; f++) size[f] = heads_of(t, f);
  for (int32_t j = 0, o = 0; j < s->jobs; j++)
    for (int32_t v = s->first[j]; s->job[v] == j; v++, o++) {
      b->row[o].rank = start[v];
      // those that nobody shares are no machines
      if (p->machine[v] < a->machines) b->row[o].machine = p->machine[v];
      if (b->op_lot[o] != NONE) a->at[(size_t)b->op_lot[o] * STAGES_MAX + (size_t)b->op_stage[o]] = p->machine[v];
    }
  struct timetable table = {b->ops, a->machines, t->layout->fleet_count, b->row, size, on_shift, t};
  ok = ok && timetable_make(&table, begin, end);
  a->length = 0;
  for (int32_t o = 0; ok && o < b->ops; o++) {
    if (b->op_lot[o] == NONE) continue;
    size_t at = (size_t)b->op_lot[o] * STAGES_MAX + (size_t)b->op_stage[o];
    a->begin[at] = now + begin[o];
    a->end[at] = now + end[o];
    if (end[o] > a->length) a->length = end[o];
  }
  free(begin);
  free(end);
  free(size);
  if (!ok) return false;
  for (int32_t k = 0; k < t->lots; k++) t->lot[k].begin = a->begin[(size_t)t->lot[k].number * STAGES_MAX];
  qsort(t->lot, (size_t)t->lots, sizeof *t->lot, by_begin);
  t->order_next = 0;
  return true;
}

static bool solve(struct build *b, int64_t iterations) {
  to_units(b);
  struct shop s;
  struct shop_plan p;
  if (!shop_make(&s, b->jobs, b->machines, b->job_ops, b->op_alts, b->alt_machine, b->alt_time)) return false;
  bool ok = shop_plan_make(&p, &s);
  if (ok) {
    struct shop_search how = shop_search_defaults();
    struct shop_found found;
    how.iterations = iterations;
    how.threads = 1;
    how.seed = 1;
    how.bound_work = 0;
    int32_t *start = calloc((size_t)s.nodes, sizeof *start);
    ok = start && shop_optimise(&s, &how, &p, &found) == STATUS_OK;
    if (ok) {
      shop_plan_times(&p, &s, start);
      ok = take(b, &s, &p, start);
    }
    free(start);
    shop_plan_finish(&p);
  }
  shop_finish(&s);
  return ok;
}

static void tell_plan(struct twin *t, const struct lot_row *lot) {
  const struct bars *bars = t->options.bars;
  const struct ahead *a = t->ahead;
  const struct routing *r = &a->route[t->layout->orders[lot->order].product];
  for (int k = 0; k < r->stages; k++) {
    size_t at = (size_t)lot->number * STAGES_MAX + (size_t)k;
    for (int32_t s = 0; s < t->layout->station_count; s++) {
      int32_t server = a->at[at] - a->machine_of[s];
      if (a->machine_of[s] == NONE || server < 0 || server >= t->layout->stations[s].servers) continue;
      struct bar b = {true, s, server, lot->order, (int32_t)lot->left, ns_from_seconds(a->begin[at]), ns_from_seconds(a->end[at])};
      bars->tell(bars->context, &b);
    }
  }
}

void ahead_plan(struct twin *t) {
  struct ahead *a = t->ahead;
  struct build b = {.t = t, .machines = a->machines};
  size_t lots = (size_t)t->lots, ops = lots * (2 * STAGES_MAX + 3) + 2 * (size_t)t->servers, wide = 1;
  for (int g = 0; g < t->layout->group_count; g++) {
    size_t n = 0;
    for (int s = t->layout->groups[g].first; s < t->layout->groups[g].first + t->layout->groups[g].count; s++) n += ahead_works(t->layout->stations[s].kind) ? (size_t)t->layout->stations[s].servers : 0;
    if (n > wide) wide = n;
  }
  int64_t *left = calloc(lots * STAGES_MAX, sizeof *left);
  b.job_ops = calloc(lots + (size_t)t->servers + 1, sizeof *b.job_ops);
  b.op_alts = calloc(ops, sizeof *b.op_alts);
  b.op_lot = calloc(ops, sizeof *b.op_lot);
  b.op_stage = calloc(ops, sizeof *b.op_stage);
  b.op_time = calloc(ops, sizeof *b.op_time);
  b.row = calloc(ops, sizeof *b.row);
  b.alt_machine = calloc(ops * wide, sizeof *b.alt_machine);
  b.alt_time = calloc(ops * wide, sizeof *b.alt_time);
  if (left && b.job_ops && b.op_alts && b.op_lot && b.op_stage && b.op_time && b.row && b.alt_machine && b.alt_time) {
    count_left(t, left);
    fill(&b, left);
    if (b.jobs > 0) solve(&b, t->now == 0 ? ITERATIONS : REPAIR);
  }
  free(left);
  free(b.job_ops);
  free(b.op_alts);
  free(b.op_lot);
  free(b.op_stage);
  free(b.op_time);
  free(b.row);
  free(b.alt_machine);
  free(b.alt_time);
  for (int32_t k = 0; k < t->lots && t->options.bars && t->now == 0; k++) tell_plan(t, &t->lot[k]);
  a->wanted = false;
  a->next = t->now + AGAIN;
  uint64_t sum = 0;
  for (int32_t k = 0; k < t->lots; k++) sum = digest_u64(sum, (uint64_t)t->lot[k].number, (uint64_t)(t->lot[k].begin * 1e3));
  t->digest = digest_u64(t->digest, sum, (uint64_t)t->now);
}

// ---- following ----------------------------------------------------------------------------------------------------

float ahead_rank(const struct twin *t, uint32_t p, int32_t to) {
  const struct part *a = &t->part[p];
  if (!a->lot || !a->order) return 0;
  int k;
  struct lot_row lot = {.order = (int32_t)a->order - 1};
  const struct routing *r = &t->ahead->route[t->layout->orders[lot.order].product];
  // by its next stage when it does not wait for a machine
  if (!stage_of(t, &lot, to, &k)) k = a->stage;
  if (k >= r->stages) return 0;
  return (float)t->ahead->begin[(size_t)(a->lot - 1) * STAGES_MAX + (size_t)k];
}

void ahead_began(struct twin *t, int32_t i) {
  struct ahead *a = t->ahead;
  a->since[i] = t->now;
  for (uint32_t p = t->server[i].first_part; p; p = t->part[p].mate) {
    const struct part *part = &t->part[p];
    if (!part->lot || !part->order) continue;
    int k;
    struct lot_row lot = {.order = (int32_t)part->order - 1};
    if (!stage_of(t, &lot, t->server[i].station, &k)) continue;
    size_t at = (size_t)(part->lot - 1) * STAGES_MAX + (size_t)k;
    if (a->begun[at]++ > 0) continue;
    double off = ns_to_seconds(t->now) - a->begin[at], limit = a->length * LATE_SHARE;
    if (limit < LATE) limit = LATE;
    if (off > limit || off < -limit) a->wanted = true;
  }
}

void ahead_ended(struct twin *t, int32_t i) {
  const struct bars *bars = t->options.bars;
  const struct part *first = &t->part[t->server[i].first_part];
  if (bars && t->server[i].first_part && first->order) {
    int32_t s = t->server[i].station;
    struct bar b = {false, s, i - t->station[s].first_server, (int32_t)first->order - 1, (int32_t)t->server[i].parts, t->ahead->since[i], t->now};
    bars->tell(bars->context, &b);
  }
  for (uint32_t p = t->server[i].first_part; p; p = t->part[p].mate) {
    struct part *part = &t->part[p];
    if (!part->lot || !part->order) continue;
    int k;
    struct lot_row lot = {.order = (int32_t)part->order - 1};
    if (stage_of(t, &lot, t->server[i].station, &k)) part->stage = (uint8_t)(k + 1);
  }
}

void ahead_floor(struct twin *t, int32_t s) {
  if (t->ahead->machine_of[s] != NONE) t->ahead->wanted = true;
}

bool ahead_settle(struct twin *t) {
  struct ahead *a = t->ahead;
  // only where an event is: where somebody stops to look must not matter
  if (!a->wanted || t->now < a->next || t->instant == 0) return false;
  ahead_plan(t);
  ways_rank(t);
  return true;
}
