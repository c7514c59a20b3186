// One replication: a twin from time 0 to the end of its window, and the numbers it gives.
//
// The run is cut into fixed pieces of simulated time, the same in every process and for every
// number of workers, so that sums of floating point numbers come out the same to the bit. The
// twin looks at `stop` after every instant.
#pragma once

#include <signal.h>
#include <stdint.h>

#include "base/status.h"
#include "engine/measure/result.h"
#include "engine/sim/twin.h"

#define BATCHES 20                  // slices of the window

struct kept;

struct replication_plan {
  const struct layout       *layout;
  const struct result_index *index;
  uint64_t seed;
  ns_t     warmup, length;          // the window begins at warmup and lasts length
  bool     second_digests;          // of replication 1
  bool     quiet;                   // nothing is said of jobs that nobody can do
  int      threads;                 // inside the run, for bodies; 0: 1
  const struct bars *bars;          // who wants to see the plan of a line and what became of it, NULL: nobody
  const struct explain *explain;    // who wants to know why robots got their jobs, NULL: nobody
  const struct kinds *kinds;        // bodies for all replications, borrowed; NULL: each loads its own
  const volatile sig_atomic_t *stop;

  // asked after every piece with the simulated share done; may be NULL
  void   (*progress)(void *context, double share);
  void    *context;

  // of several replications: those to leave out, skip[number]; NULL: none. And who hears of each that is finished, as it comes.
  const bool *skip;
  void   (*finished)(void *context, uint32_t number, const struct kept *k);
  void    *finished_context;

  // runs the twin to a time in place of twin_run, for recordings; NULL: twin_run
  enum twin_state (*advance)(void *context, struct twin *t, ns_t until, struct error *e);
  void    *advance_context;
};

struct replication {
  uint32_t        number;           // from 1
  enum twin_state state;            // TWIN_RUNS: the time was over
  bool            interrupted;
  uint64_t        events, digest;
  ns_t            warmup, window;   // simulated; window 0: ended before it began
  double          load_s, wall_s;   // making the twin; running it
  double         *row;              // (index->count)
  int             batches;          // whole slices done
  double         *batch_rows;       // (BATCHES x index->count)
  int             second_count;
  uint64_t       *second_digest;    // owned, NULL: not asked for
  char            why[512];         // DEADLOCK, FAULT
};

// Memory for one replication of a layout at a time.
struct replication_space {
  struct arena arena;
  struct sums  start, last, now;
};

bool replication_space_init(struct replication_space *s, const struct result_index *index, struct replication *r);
void replication_space_finish(struct replication_space *s, struct replication *r);

// Run replication `number`. An error is that of twin_create, of a recording, or STATUS_INTERNAL when the
// twin's own check found a fault.
enum status replication_run(const struct replication_plan *p, uint32_t number, struct replication_space *s, struct replication *r, struct error *e);

// Warm-up by MSER-5 over the lead times of a pilot run of replication 1, `length` long: the time of the
// truncation rounded up to a two-hundredth of the run. 0 when nothing came out.
enum status replication_warmup(const struct replication_plan *p, ns_t *warmup, struct error *e);
