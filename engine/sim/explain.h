// Why a robot got a job: told to whoever asks, for a span of simulated time. Telling changes nothing in the twin.
//
// Decisions come with their candidates, the cheapest first: walks for every policy, and the terms of the cost where the policy
// gives them (scheduler/policy.h). Every change of every job is told from the start of the run, so that a history can be kept.
#pragma once

#include "base/clock.h"
#include "engine/sim/twin.h"
#include "scheduler/policy.h"

#define EXPLAIN_CANDIDATES 8

enum explain_kind {
  EXPLAIN_GIVEN,                    // a robot takes a job on
  EXPLAIN_CHARGE,                   // a robot is sent to charge
  EXPLAIN_WAITS,                    // a job waits on; `why`
  EXPLAIN_JOB                       // a job is in another state; `state`, and the robot that did it, 0: none
};

struct explain_candidate {
  char     robot[12];               // "R3", as it is called everywhere
  bool     wins;
  double   free_in, walk, cost;     // s
  int      terms;                   // 0: the cost is the walk
  struct policy_term term[POLICY_TERMS];
};

struct explanation {
  ns_t              at;
  enum explain_kind kind;
  const char       *policy;
  uint32_t          job;            // row; used again when the job is over
  char              what[200];      // "carry a from q to m"
  double            age, work, due; // s   due: from now, infinite: none
  int               count, others;  // candidates that are told, and how many more there are
  struct explain_candidate candidate[EXPLAIN_CANDIDATES];
  char              why[200];
  const char       *state;          // "waits", "given", "works", "over"
  uint32_t          robot;          // number over all fleets
};

struct explain {
  ns_t  from, until;                // decisions within
  // Only what gives something to do to these robots (numbers) is told then, to each of several that a job needs; no jobs that wait, no changes. NULL: all
  bool (*wants)(void *context, uint32_t robot);
  void (*tell)(void *context, const struct explanation *x);     // x is borrowed for the call
  void *context;
  const struct explain *next;       // who else asks; NULL: nobody
};

// ---- for the files of engine/sim ----

// Somebody asks now: at all; for everything; for what this robot gets to do.
bool explain_on(const struct twin *t);
bool explain_all(const struct twin *t);
bool explain_wants(const struct twin *t, uint32_t robot);
void explain_job(struct twin *t, uint32_t j, const char *state, uint32_t robot);
// The pairs of rows of the view in t->decide that are about to be carried out.
void explain_answer(struct twin *t, const char *policy, const struct policy_pair *pair, int32_t count);
// What a job is, in words.
void explain_what(const struct twin *t, uint32_t j, char *out, size_t size);
