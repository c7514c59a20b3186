// Replications over worker processes: few processes, many replications each.
//
// Workers take numbers from one shared counter and send each result through a pipe as bytes with a
// check sum; the parent keeps them by number, so nothing depends on who was first. With one worker
// all is done in this process. A worker that dies is reported; what the others found is kept.
#pragma once

#include "app/replication.h"

struct kept {                       // what remains of one replication
  bool            done, interrupted;
  enum twin_state state;
  uint64_t        events, digest;
  ns_t            warmup, window;
  double          load_s;
  double         *row;              // in the results' arena
  char           *why;              // in the results' arena, "" for none
};

struct results {
  struct arena  arena;
  int           count;              // asked for
  struct kept  *kept;               // (count), replication k at k - 1
  int           done;               // finished
  bool          interrupted;
  int           dead;               // workers that died
  char          death[160];         // how the first of them died
  int           batches;            // count 1: whole slices, and their rows
  double       *batch_rows;
  int           second_count;
  uint64_t     *second_digest;
};

// Run them all. STATUS_OK also when interrupted or a worker died (see the fields); an error is that of the
// first replication that could not run. results_finish it in any case.
enum status replications_run(const struct replication_plan *p, int count, int threads, struct results *out, struct error *e);
void        results_finish(struct results *r);

// Cores this process may use.
int cores(void);
