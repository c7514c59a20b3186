// Dispatching rules: the order in which waiting jobs are served, from their times and due dates. Arrays in, an index out.
//
//   spt   shortest processing time        index  p
//   edd   earliest due date (Jackson 1955)       d
//   atc   apparent tardiness cost (Vepsalainen & Morton, Management Science 33 (1987) 1035-1047)
//              (w / p) exp(-max(d - p - R - W, 0) / (k P)),   the largest first
//         R work of the order after this job, W what it will wait for it: b R, P mean p of the waiting jobs.
//         b = 2 and k = 3 are theirs for job shops where jobs keep coming.
//
// Times are in s from now; an order without a due date has d = infinity: both serve it last, atc
// by its rate w / p times 1e-300, so that any due date goes before it (that factor is ours).
#pragma once

enum dispatch_index { INDEX_SPT, INDEX_EDD, INDEX_ATC };

// Columns of the waiting jobs.                                              (shape)
struct index_jobs {
  int           n;
  const double *work;               // s    p >= 0                           (n)
  const double *due;                // s    d, from now; may be infinite     (n)
  const double *rest;               // s    R >= 0                           (n)
  const double *weight;             // w > 0                                 (n)
};

// Smaller goes first. p counts as at least 1 ms in atc.
void dispatch_index(enum dispatch_index rule, const struct index_jobs *jobs, double *index);

// Rows 0 .. n - 1 by index, equal ones in the order in which they stand; the first `most` of them are wanted. Sorts a heap
// of rows: O(n + most log n).
void dispatch_rank(const double *index, int n, int most, int *row);
