// Assignment of all waiting jobs to all robots at once, with an eye on what comes: the policy `lookahead`.
//
//   least  sum of cost(job, robot) over the pairs + sum of worth(job) over the jobs that get nobody
//
//   cost    (free in + walk                       robots about to be free count, so a job may wait for a nearer one
//            + work                               where it depends on who does it: practice, failed tries
//            + other work                         it must find its way into this family of work
//            + set-up) x (1 + urgency)            of where the job goes: jobs that need none go first
//           + battery                             little charge left for this job
//           + heat                                a winding near its limit: it will be slow soon, and does better to cool down
//           + wear                               the old rest, the young work
//           + idle                                small: not idle for long
//   worth   WORTH + priority + age + urgency      all in seconds of walking
//
// urgency is the factor of ATC (Vepsalainen & Morton 1987), 1 when the order is or will be late, falling with its slack.
// Candidates are the k robots that are there first, by true travel times, looked for in rings of a grid; they are kept
// while neither job nor robot changes. The sparse problem is solved by an auction with warm prices and, for what the
// bids leave over, shortest augmenting paths (scheduler/assignment.h). Jobs whose candidates are all taken are matched with
// the robots left over, densely, and then pairs are exchanged while that is cheaper.
//
// Jobs for several robots come first, in the order given: the team is the one that is complete first, those about to be free
// counted. Who of it is idle already is held for HOLD seconds at most; then the job steps back for as long, so that nobody
// waits for somebody who waits.
//
// Charging: a robot's price is what the fleet loses without it, charging is worth the more the lower its charge; the lowest go
// while slots are free, before they must, where docks are fewer than robots need.
//
// Teaching: a job that is for it (scheduler: {teach}) and not late costs, in place of the work, what practice has taken off it already: who has learnt least
// is the cheapest.
//
// The constants are choices of ours, measured in docs/scheduler.md. Every effort has a bound in numbers of steps; nothing reads a
// clock. Prices and candidates are kept between calls; the prices are in the digest.
#pragma once

#include <stdint.h>

#include "scheduler/policy.h"

extern const struct policy lookahead_policy;

// s    of waiting that a part may have less than another and still go first, where the other one costs a set-up of so many seconds: as the prices say.
double lookahead_setup_wait(double setup);

// Work done so far, for benchmarks.
struct lookahead_count { int64_t calls, candidates, bids, paths, completed, exchanges, held; };
struct lookahead_count lookahead_counted(const void *self);
