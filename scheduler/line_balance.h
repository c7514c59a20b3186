// Simple assembly line balancing (SALBP; Baybars 1986; Scholl & Becker 2006): tasks with times and precedences go to
// the stations of a line, in order.
//
//   SALBP-1   the takt is given: as few stations as can be
//   SALBP-2   the stations are given: as short a takt as can be
//
// Bounded dynamic programming (Bautista & Pereira 2009) in the manner of branch, bound and remember (Sewell & Jacobson
// 2012): station after station, a state is the set of tasks done so far. Every state is extended by
// all its maximal loads; a set reached twice is kept once; states that the bounds rule out are dropped; and when more
// than `width` remain, those with the least idle time per station go on. A pass that never had to drop a state for lack of width
// is a proof. Passes with growing width run until proof, stop, or the largest width. SALBP-2 asks SALBP-1 at takts in between.
//
// Bounds on the stations that a set of tasks needs (Scholl & Becker 2006): all work / takt; tasks longer than half the
// takt, with halves; tasks of a third and two thirds.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define LINE_TASKS_MAX 2000
#define LINE_TIME_MAX  1000000000   // sum of all times

struct line {
  int32_t  n;
  int64_t  takt;                    // of the file; 0: it names none
  int32_t *time;                    //                                                        (n)
  int32_t  arcs;
  int32_t *next_begin, *next;       // direct successors of task i: next_begin[i] ...         (n + 1), (arcs)
};

// Standard .alb text (Scholl; Otto, Otto & Scholl 2013): sections <number of tasks>, <cycle time>, <task times>,
// <precedence relations> "i,j" and <end>; tasks count from 1. Other sections are
// passed over, but not one whose name is nearly one of these. The first fault is reported with line, column and reason.
enum status line_read(struct line *l, const char *file, const char *text, size_t size, struct error *e);
// From arrays: arcs pairs (from, to), counted from 0, without circles. Returns false when memory is short.
bool line_make(struct line *l, int32_t n, const int32_t *time, int32_t arcs, const int32_t (*arc)[2]);
void line_finish(struct line *l);

struct line_search {
  int32_t  width_max;               // states kept a station, in the last pass
  bool   (*stop)(void *context);    // asked now and then; may be NULL
  void    *context;
};

struct line_search line_balance_defaults(void);

struct line_balance {
  int32_t  stations;
  int64_t  takt;                    // asked for (SALBP-1), or the longest load (SALBP-2)
  int64_t  bound;                   // true: of the stations (SALBP-1) or of the takt (SALBP-2)
  int32_t *station;                 // of each task, from 0; the caller's                     (n)
  bool     stopped;
};

// Every task must fit the takt: STATUS_RANGE else. The answer is always a balance that can be done.
enum status line_balance_stations(const struct line *l, int64_t takt, const struct line_search *how, struct line_balance *b);
enum status line_balance_takt(const struct line *l, int32_t stations, const struct line_search *how, struct line_balance *b);
