// Rows split over worker threads inside one step of a simulation.
//
// The split is fixed: part k of n is always the same rows, whoever runs it, so nothing that is computed row by row can depend on
// the number of threads. Workers wait between calls; a call costs a few microseconds. The caller is worker 0.
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
