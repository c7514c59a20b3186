// What the files of lookahead share: its memory between calls and within one, and the numbers it goes by.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/assignment.h"
#include "scheduler/lookahead.h"
#include "scheduler/near.h"
#include "scheduler/policy.h"

#define NONE (-1)

// choices of ours; see docs/scheduler.md for what they do
#define CANDIDATES      24          // robots a job looks at
#define CANDIDATES_MANY 12          // the same in a fleet of more than MANY: they stand closer there, and every one costs time
#define MANY            2000
#define GUESTS          4           // robots that look at it and are not among them
#define FEW             256         // points: looked at one by one, a grid is not worth it
#define JOBS_A_ROBOT    8          // jobs that an idle robot looks at
#define JOBS_FIRST      8           // and the first by priority and age, whoever is near them
#define HORIZON         3.0         // s    robots free within it count
#define WORTH           600.0       // s    of doing a job now
#define WORTH_LARGE     60.0        // s    the same where the problem is large: who is farther away waits for a better time
#define LARGE           512         // jobs
#define PRIORITY_WORTH  3600.0      // s    each step of priority
#define AGE_WORTH       0.1         // s    each second of waiting
#define LATE_WORTH      300.0       // s    at full urgency and weight 1
#define LATE_SPREAD     3.0         // k of ATC
#define LATE_WAIT       2.0         // b of ATC
#define BATTERY_WORTH   30.0        // s    when the job is longer than the charge lasts
#define BATTERY_NEAR    600.0       // s    of slack that begin to count
#define HEAT_FROM       0.5         //      of the way to a winding's limit, where heat begins to count
#define HEAT_FULL       0.8         //      where it counts in full: drives give less from about here
#define HEAT_WORTH      20.0        // s    then
#define WEAR_WORTH      20.0        // s    at the end of its life
#define SETUP_MOST      300.0       // s    of a set-up that count: a job that needs one is not put off for ever
#define TEACH_UNTIL     0.5         //      of urgency: later jobs are for those who are fast
#define IDLE_WORTH      1.0         // s    idle for IDLE_LONG or not at all
#define IDLE_LONG       300.0       // s
#define COMMIT_WORTH    1.0         // s    a robot that is free at last is better than one that will be
#define HOLD            60.0        // s
#define CHARGE_LEVEL    0.6         // below it charging is worth something
#define CHARGE_WORTH    3600.0      // s    at level 0
#define SLACK           0.1        // s    by which a bid goes up at least
#define DENSE_MAX       16384       // pairs of what is left over
#define EXCHANGES_MAX   4           // passes
#define AHEAD_OF        8           // rows that are on their way from memory while one is worked on
#define LINE            64          // bytes of it at a time
#define AHEAD           4           // jobs of the last call that are compared before the table is asked

struct lookahead_row {              // of a waiting job
  uint64_t key;
  uint32_t call;                    // last seen in
  int32_t  count;
  uint32_t given;                   // number of the robot of the last answer, 0: none
  bool     stale;                   // costs are to be made anew
  bool     plain;                   // they are of the job as it is to every robot alike (lookahead_plain)
  struct assignment_edge *of;       // its candidates, in order: robots by their numbers, own is the walk in s   (candidates + GUESTS)
  double   work, urgency, most;     // s; the largest cost since they were made, s
  double   hold_since;              // s, of a job for several; < 0: holds nobody
};

// A robot as it was when it was last seen, and in which call that was.
struct lookahead_seen { int32_t place; uint32_t call; uint8_t fleet; bool idle; double at[2], free_in, slack; };

struct lookahead {
  int32_t jobs_max, robots_max, candidates;
  uint32_t call;
  struct near *robots, *jobs;
  // jobs: rows from a free list, found by a table of (row + 1) with linear probing
  struct lookahead_row *row;   int32_t *free_row, frees;
  struct assignment_edge *candidate;          // of the rows                       (jobs x wide)
  double   unit;                              // s    of the costs
  double   walk_most, work_most;              // s    of all that were in a row; of the jobs of this call
  int32_t *table;    uint32_t table_mask;
  int32_t *before;   int32_t befores;         // rows of the last call
  // robots by their number
  struct lookahead_seen *seen;
  int32_t *here;                              // row in this call, NONE: not there
  int32_t *still;                             // the same of those that are where they were in the last call, NONE: others
  int32_t *steady;                            // and of those of them whose costs are what they were, but for what they ask of all
  double *price, *base;                       // <= 0, as assignment wants it; s that is the same for every job
  // this call
  int32_t *pick, picks;                       // jobs of the view that are looked at, in its order
  int32_t *sees;                              // jobs each idle robot looks at, NONE: no more   (robots x JOBS_A_ROBOT)
  bool    *picked;                            //                                   (jobs)
  int32_t *row_of;                            // of each job of the view           (jobs)
  double  *urgency;                           // of each job of the problem        (jobs)
  bool    *changed;                           // robot is not where it was         (robots)
  bool    *taken;                             // by a team, or sent to charge      (robots)
  int32_t *ring;                              // points of one ring, and one more
  struct assignment *solver, *dense;
  int32_t *job, *match, *owner;               // of the problem: view rows; owner: job of each robot
  double  *skip;
  int32_t *there, theres;                     // numbers of the robots that are not taken
  int32_t *left, *spare;
  struct { int32_t first[DENSE_MAX + 1], robot[DENSE_MAX], match[DENSE_MAX]; double cost[DENSE_MAX], skip[DENSE_MAX], price[DENSE_MAX]; } rest;
  struct lookahead_count count;
  uint64_t hash;
};

// A row that is wanted soon: thousands of them do not fit into a near cache. Three lines hold the candidates of a job of a large fleet.
static inline void lookahead_fetch(const struct lookahead *l, int32_t row) {
  const char *of = (const char *)&l->candidate[row * (l->candidates + GUESTS)];
  __builtin_prefetch(&l->row[row]);
  __builtin_prefetch(of);
  __builtin_prefetch(of + LINE);
  __builtin_prefetch(of + 2 * LINE);
}

static inline bool may(const struct policy_view *v, int32_t j, int32_t r) { return v->jobs.fleets[j] >> v->robots.fleet[r] & 1; }

// ---- candidates (lookahead_near.c) ----

// The jobs that are looked at, into l->pick. True: not all of them, only those that idle robots reach first, and the first ones.
bool lookahead_pick(struct lookahead *l, const struct policy_view *v);
// Candidates of every picked job with their costs, from those of the last call where neither has changed. changed: robots that are not where they were.
void lookahead_candidates(struct lookahead *l, const struct policy_view *v, int32_t changed, bool some);

// ---- costs (lookahead_price.c) ----

double lookahead_mean_work(const struct policy_jobs *jobs);
// 1 when the order of job j will be late as things stand, falling with the slack that it has; times its weight.
double lookahead_urgency(const struct policy_jobs *jobs, int32_t j, double mean);
// s    what leaving it for later costs.
double lookahead_worth(const struct policy_view *v, int32_t j, double urgency);
// s    of robot r, whatever the job; and of the pair, with that.
double lookahead_base(const struct policy_view *v, int32_t r);
static inline double lookahead_battery(double slack, double walk, double work) {
  double left = slack - walk - work;
  return left >= BATTERY_NEAR ? 0 : left <= 0 ? BATTERY_WORTH : BATTERY_WORTH * (1 - left / BATTERY_NEAR);
}
// s    who does job j matters beyond the walk: nothing, as for most
static inline bool lookahead_plain(const struct policy_view *v, int32_t j) { return !v->jobs.skill[j] && v->jobs.family[j] < 0 && v->jobs.setup[j] <= 0; }
double lookahead_extra(const struct policy_view *v, int32_t j, int32_t r, double urgency);
static inline double lookahead_pair(double free_in, double slack, double walk, double extra, double work, double urgency) {
  return (free_in + walk + extra) * (1 + urgency) + lookahead_battery(slack, walk, work);
}
static inline double lookahead_cost(const struct policy_view *v, int32_t j, int32_t r, double walk, double urgency, double base) {
  double extra = lookahead_plain(v, j) ? 0 : lookahead_extra(v, j, r, urgency);
  return lookahead_pair(v->robots.free_in[r], v->robots.slack[r], walk, extra, v->jobs.work[j], urgency) + base;
}
// The cost in units of a robot, by its number, for job j, whose row it is; without what the robot asks of all.
int32_t lookahead_price(const struct lookahead *l, const struct policy_view *v, struct lookahead_row *w, int32_t j, int32_t number, double walk);
int32_t lookahead_explain(const void *self, const struct policy_view *v, int32_t j, int32_t r, struct policy_term *term);

// ---- the solve (lookahead_solve.c) ----

// The best pairs of picked jobs for one robot and robots that are not taken: l->job[k] gets view row l->match[k]. Returns how many jobs.
int32_t lookahead_solve(struct lookahead *l, const struct policy_view *v);
