// Assignment of jobs to robots at least total cost, over the candidate pairs that the caller names.
//
//   least  sum of cost[e] over the pairs taken + sum of skip[j] over the jobs that get nobody
//
// every job and every robot in at most one pair. The answer is within jobs x slack of the optimum over the candidates, costs rounded to a power of two
// of at least a millionth that the largest is 2^30 times at most. Method: an auction's bids with warm prices (Bertsekas 1988; Jonker & Volgenant 1987, augmenting
// row reduction), where most jobs are new in two rounds, the first by great steps (epsilon scaling, Bertsekas 1979); then shortest augmenting paths for
// what the bids left over (Jonker & Volgenant 1987 on sparse rows: Volgenant 1996), and the same from the robots' side for those whose price is stale. Prices
// stay valid between calls, and a robot that is new gets the price at which every job keeps what it has, so a call after few changes costs a path for each change
// and one look at every candidate that is cheap enough.
//
// Duals: u[j] + v[r] <= cost of every pair (+ slack), u[j] <= skip[j], v[r] <= 0; v is the (negative) price of a robot.
// Costs are finite and not negative. Everything is decided by costs and row numbers: same input, same output.
// Memory is taken once, by assignment_create; a solve allocates nothing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ASSIGNMENT_NONE (-1)
#define ASSIGNMENT_COST (1 << 30)   // units that a cost has at most

// A candidate of a job: its cost in units, and something of the caller's.
struct assignment_edge { int32_t cost, robot; float own; };
static inline bool assignment_before(struct assignment_edge a, struct assignment_edge b) { return a.cost < b.cost || (a.cost == b.cost && a.robot < b.robot); }

// Candidates by job: those of job j are first[j] .. first[j + 1] - 1.       (shape)
struct assignment_problem {
  int            jobs, robots;
  const int32_t *first;             // candidate rows                        (jobs + 1)
  const int32_t *robot;             // each robot at most once a job         (first[jobs])
  const double  *cost;              // >= 0                                  (first[jobs])
  const double  *skip;              // >= 0, of leaving the job undone       (jobs)
  double         slack;             // 0: exact; a hundredth of a usual cost is near enough and ends wars of prices sooner
  // In place of first, robot and cost, for a caller that keeps candidates in whole units and in order (assignment_before): those of job j, which stay
  // where they are until it is solved; how many; and in had whom it had in the last answer, or ASSIGNMENT_NONE. Asked for one job after the other.
  struct assignment_edge *(*row)(void *context, int32_t job, int32_t *count, int32_t *had);         // NULL: the arrays
  void          *context;
  double         unit;              // s    of its costs: assignment_unit of the largest, or more
  const double  *base;              // s    >= 0, of every pair of a robot besides; NULL: nothing   (robots)
  const int32_t *there;             // the robots that may get a job; NULL: all             (theres)
  int            theres;
};

struct assignment_count { int64_t bids, paths; };

struct assignment;
// arrays: candidates come in first, robot and cost; else only by row(), and there is no room for a copy of them. NULL: out of memory.
struct assignment *assignment_create(int jobs_max, int robots_max, int candidates_max, bool arrays);
void               assignment_destroy(struct assignment *a);                                // takes NULL

// Solve. robot_of_job (jobs): in, a matching to start from (from the last call, or all ASSIGNMENT_NONE; row() has its own); out, the
// answer. price (robots): in, the last call's prices, <= 0, or all 0; > 0 for a robot that is new among others that have theirs. Out, the
// new ones, <= 0, of those that are there. count may be NULL.
void assignment_solve(struct assignment *a, const struct assignment_problem *p, int32_t *robot_of_job, double *price, struct assignment_count *count);

// The unit of costs of which `most` is the largest: a power of two.
double assignment_unit(double most);
// A cost in units; what does not fit is cut off.
static inline int32_t assignment_whole(double cost, double per_unit) {
  double c = cost * per_unit + 0.5;
  return (int32_t)(c < ASSIGNMENT_COST ? c : ASSIGNMENT_COST);
}

// What an answer costs. Arrays only: not where row() gives the candidates (assert).
double assignment_total(const struct assignment_problem *p, const int32_t *robot_of_job);
