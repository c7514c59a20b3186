// Traffic: which of many robots on a grid goes forward, turns or waits in the next step, so that no two are ever in one cell
// and no two swap cells. Robots have a facing; a step is one cell forward, a quarter turn, or a wait (League of Robot Runners
// 2024); with `sideways` a step may go to any side without turning first. Following closely and rings that rotate are allowed,
// the latter only when `rings` says so: discs of nearly a cell cannot turn in a small ring. Called again and again with goals that change (lifelong).
//
// Every step is decided by priority inheritance with backtracking (PIBT: Okumura, Machida, Defago, Tamura, AIJ 2022): who has
// waited longest chooses first, and whoever is in the way inherits its priority and has to yield. With `window` > 0 the steps
// ahead are planned too, by PIBT rolled out and then improved by large neighbourhood search (windowed PIBT-LNS: Jiang, Zhang,
// Veerapaneni, Li, ICAPS 2024; MAPF-LNS2: Li et al., AAAI 2022): a delayed robot takes its cheapest way through the window, those whose
// plans it crosses are planned anew in turn, and the change stays if the sum of delays is no greater. Costs to go are exact
// distances with turns, on a grid with slow, one-way and guidance costs (guidance graphs: Zhang, Jiang, Bhatt, Nikolaidis, Li, IJCAI 2024).
//
// Columns are owned by the caller. Knows no engine, no files, no clock. Work is counted, never timed: same calls, same
// answers, on any number of threads. Memory is taken by traffic_create; a step allocates nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAFFIC_NONE       (-1)     // no goal, no cell, no robot
#define TRAFFIC_UNIT       4        // cost of one step: a wait, a quarter turn, a plain cell forward
#define TRAFFIC_GOALS      3        // goals ahead that a robot may name
#define TRAFFIC_WINDOW_MAX 16       // steps
#define TRAFFIC_CELLS_MAX  4000000  // of a hall
#define TRAFFIC_FAR        60000    // cost to go that is no way at all; a longer way counts as none

// Facings; clockwise is +1. y grows to the south: cell = y x width + x.
enum traffic_facing { TRAFFIC_EAST, TRAFFIC_SOUTH, TRAFFIC_WEST, TRAFFIC_NORTH };

// TRAFFIC_GO + facing: one cell to that side, where robots go sideways.
enum traffic_action { TRAFFIC_WAIT, TRAFFIC_FORWARD, TRAFFIC_CLOCKWISE, TRAFFIC_COUNTER, TRAFFIC_GO };

enum traffic_state {
  TRAFFIC_OBEYS,                    // does what the last step said
  TRAFFIC_HELD,                     // stays where it is in this step: delayed, at work, fallen; others keep clear of its cell
  TRAFFIC_ROGUE                     // may go anywhere: others do not enter the cells beside it either
};

// The hall. Read by traffic_create and copied.                              (shape)
struct traffic_grid {
  int32_t        width, height;     // cells, at most TRAFFIC_CELLS_MAX together
  const uint8_t *wall;              // 1: nobody ever                         (cells)
  const uint8_t *cost;              // going forward from the cell, by facing: TRAFFIC_UNIT plain, more is
                                    // slower, 0 closed (one way); NULL: plain (cells x 4)
};

struct traffic_params {
  int32_t  robots_max;
  int32_t  window;                  // steps      planned ahead; 0: PIBT alone
  int64_t  work;                    // states     searched in a step to better the window; some 100 ns each
  int64_t  field_work;              // states     settled in a step for distance fields that are new; 0: no limit
  size_t   field_bytes;             // bytes      of distance fields kept; the one longest unused goes first
  int32_t  admitted;                // robots     that go for their goals at once, 0: all. The others only make room.
  int32_t  patience;                // steps      without coming nearer before a robot counts as stuck
  int32_t  threads;                 // 1 .. 64    the answer is the same
  bool     sideways;                //            to any side without turning first; facings mean nothing
  bool     rings;                   //            robots may all move on in a ring at once
  bool     spread;                  //            who only makes room goes towards the nearest cell that is empty; the grid is searched once a step
  uint64_t seed;                    //            breaks ties
};

// 64 MiB of fields, window 0, one thread, turning, rings. Set robots_max.
struct traffic_params traffic_defaults(void);

// Robots as they stand. Row i is the same robot in every call.              (shape)
struct traffic_robots {
  int32_t        n;
  const int32_t *cell;              // where it stands, each in another       (n)
  const int32_t *also;              // second cell it still covers, or TRAFFIC_NONE; counts as held; NULL: none (n)
  const uint8_t *facing;            // enum traffic_facing; where robots go sideways: of the last step, it breaks ties, may be NULL (n)
  const uint8_t *state;             // enum traffic_state; NULL: all obey     (n)
  const int32_t *goal;              // the next goals in order, TRAFFIC_NONE behind the last; a robot
                                    // that has none only makes room          (n x TRAFFIC_GOALS)
  const int32_t *urgency;           // the smaller goes first, and is admitted first; in units of cost: what is left
                                    // of its job. Who is stuck gains on the others. NULL: who has waited longest (n)
  int32_t        shuts;             // cells that nobody may enter in this step,
  const int32_t *shut;              // whoever stands there may stay or leave (shuts)
};

// Robots that wait for each other in a ring, or for one that cannot go. robot[k] wants the cell of robot[k + 1]; a ring closes
// to robot[0], a chain ends at one that is held or has nowhere to go.
struct traffic_jam {
  int32_t count;                    // 0: nobody is stuck
  bool    ring;
  int32_t steps;                    // since the first of them came nearer to its goal
  int32_t robot[32], cell[32];
};

struct traffic_count {
  int64_t steps, waits, turns, moves;         // of robots, since the beginning
  int64_t searches, expanded, improved;       // of the window
  int64_t going, nearer;                      // steps of robots that are admitted; of these, with which they came nearer to their goal than before
  int64_t fields_built, fields_dropped;
  int64_t rollouts;                           // windows planned afresh: somebody was not where the plan had it
  size_t  field_bytes;                        // kept now
  int32_t without_field;                      // robots in the last step that went by straight-line distance
};

struct traffic;

// NULL: out of memory. Grid and params must be in their limits (assert).
struct traffic *traffic_create(const struct traffic_grid *g, const struct traffic_params *p);
void            traffic_destroy(struct traffic *t);                          // takes NULL

// Decide the next step. action (n), enum traffic_action. When every robot does as it is told (held ones wait), no
// two are in one cell afterwards and none have swapped.
void traffic_step(struct traffic *t, const struct traffic_robots *r, uint8_t *action);

// From the next step on nobody may enter the cell, or they may again. Whoever stands there may leave.
void traffic_block(struct traffic *t, int32_t cell, bool blocked);
// New costs for going forward (cells x 4, as in the grid; NULL: plain): guidance, slow zones. Fields are built anew bit by bit,
// and the steps that are planned stay unless a way closes or opens.
void traffic_guide(struct traffic *t, const uint8_t *cost);
void traffic_admit(struct traffic *t, int32_t robots);                        // 0: all

// Cost to go in units of TRAFFIC_UNIT / step: exact where there is a field, else the straight-line distance with turns.
// TRAFFIC_FAR: no way.
int32_t traffic_cost(const struct traffic *t, int32_t cell, int facing, int32_t goal);
// Build fields that were asked for, at most `states` settled (0: all); for the time between steps. A step itself builds field_work.
void    traffic_build(struct traffic *t, int64_t states);
// Ask for a field of this goal that reaches to this cell.
void    traffic_want(struct traffic *t, int32_t goal, int32_t from);
// The grid is so small that every field is the whole of it and costs next to nothing: ask for all that may be of use.
bool    traffic_is_small(const struct traffic *t);
int32_t traffic_width(const struct traffic *t);                               // of its grid
int32_t traffic_height(const struct traffic *t);

struct traffic_jam   traffic_stuck(const struct traffic *t);                  // after a step
struct traffic_count traffic_counts(const struct traffic *t);

// The rules as a check of its own: what breaks when robots that stood at cell/facing do action. Writes the first fault as a sentence and
// returns false; true: none. after_cell and after_facing (n) get the result; scratch (cells) is overwritten.
bool traffic_check(const struct traffic_grid *g, int32_t n, const int32_t *cell, const uint8_t *facing, const uint8_t *action,
                   int32_t *after_cell, uint8_t *after_facing, int32_t *scratch, char *fault, size_t fault_size);
