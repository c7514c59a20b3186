// Rows split over worker threads inside one step of a simulation.
//
// The split is fixed: part k of n is always the same rows, whoever runs it, so nothing that is computed row by row can depend on
// the number of threads. Who is free takes the next part: the caller from the first one on, the workers from the last one back, so on an idle
// machine each has the same rows every time, and on a busy one nobody waits for a thread that does not run. Workers wait between calls; a call
// costs a few microseconds.
// One split belongs to one thread of one process: destroy it before a fork, make it anew in the child.
#pragma once

#include <stdbool.h>

struct split;

// Work on rows from .. to-1, a multiple of `block` at both ends but for the last row.
typedef void split_work(void *context, int from, int to);

// threads: 1 .. 64, the caller among them; fewer when they cannot be made. NULL: no memory.
struct split *split_create(int threads);
void          split_destroy(struct split *s);                        // takes NULL
int           split_threads(const struct split *s);

// Run work on rows 0 .. rows-1 in one part a thread, and return when all is done. What was written before the call is seen by
// every worker, and what they write is seen after it.
void split_run(struct split *s, int rows, int block, split_work *work, void *context);
// Parts a thread where some threads may come late, so that they have some too; a guess.
#define SPLIT_PARTS 4
// The same in so many parts, such as SPLIT_PARTS a thread.
void split_run_parts(struct split *s, int parts, int rows, int block, split_work *work, void *context);
// The same in two: others begin, and the caller does what it has to do meanwhile; then it does what is left, and returns when all is done. Nothing else is split in between.
void split_start(struct split *s, int parts, int rows, int block, split_work *work, void *context);
void split_finish(struct split *s);                                  // nothing when nothing was started

// Begin work(context, 0, 1) beside what the caller does until split_end, splitting among that. One at a time. With one thread, or where no worker has come to
// it, split_end does it.
void split_begin(struct split *s, split_work *work, void *context);
void split_end(struct split *s);
